"""Where a form can start: what the four projects trained, the finicky ones among them, and small ones that any machine trains."""

from dataclasses import dataclass, replace

from core.runs.shipped import RUNS, TITLES
from core.runs.shipped.pulses import FINICKY, LIVE, STUDY
from core.specs import RunSpec, TrainSpec


@dataclass(frozen=True)
class Preset:
    """One of them."""

    title: str
    spec: RunSpec


_SMALL_STUDY = RunSpec(
    replace(LIVE.data, train=2_000),
    replace(STUDY.model, sizes=(256, 64, 3), image=64, kernel_size=17),
    TrainSpec(loss="l1", optimizer="sgd", learning_rate=0.1, batch=200, epochs=100, store="kernels"),
)
_BIG_STEPS = replace(
    _SMALL_STUDY, train=replace(_SMALL_STUDY.train, learning_rate=0.3, batch=25, epochs=40, weight_decay=0.01, decay_on="kernels")
)


def _shipped(name: str, words: str = "") -> Preset:
    return Preset(words or TITLES[name][0], RUNS[name])


PRESETS: dict[str, Preset] = {
    "mlp-random": _shipped("mlp-random"),
    "mlp-diagonal": _shipped("mlp-diagonal"),
    "mlp-relu": _shipped("mlp-relu"),
    "softmax-mnist": _shipped("softmax-mnist"),
    "hidden-mnist": _shipped("hidden-mnist"),
    "softmax-cifar10": _shipped("softmax-cifar10"),
    "digits": _shipped("digit-cnn-small"),
    "pulses": Preset("Pulses, small and reliable", LIVE),
    "pulses-finicky": Preset("Pulses, finicky: L1, tanh, 0.1, batch a tenth", _SMALL_STUDY),
    "pulses-steps": Preset("Pulses, finicky: steps three times as large", _BIG_STEPS),
    "pulses-seed": Preset("Pulses, finicky: the seed decides", FINICKY),
    "pulses-study": _shipped("pulse-study", "Pulses, the study's own settings, 300 epochs"),
    "uci-mlp": _shipped("uci-mlp"),
    "uci-softmax": _shipped("uci-softmax"),
}


def name_of(spec: RunSpec) -> str | None:
    """The preset that a spec is, or None."""
    return next((name for name, one in PRESETS.items() if one.spec == spec), None)
