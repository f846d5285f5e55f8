"""In words: how a run of the CNN page was trained, and whether it can be repeated."""

from core.runs.shipped.pulses import RECORDED
from core.specs import INITIALIZERS, LOSSES, OPTIMIZERS, RunSpec


def how_trained(name: str, spec: RunSpec) -> str:
    """The settings of a run, from its spec, as Markdown."""
    model, train = spec.model, spec.train
    scale = "" if model.start_scale == 1 else f", the convolutions' kernels at {model.start_scale:g} of torch's default"
    kept = " After each step the mean of every kernel is taken out." if model.centred else ""
    decay = f" Its kernels shrink by a weight decay of {train.weight_decay:g}." if train.weight_decay else ""
    return (
        f"{spec.data.train:,} drawn pulses of {model.image} × {model.image} pixels, {train.epochs} times over, in batches of "
        f"{train.batch}; {OPTIMIZERS[train.optimizer]} with a learning rate of {train.learning_rate:g} on the {LOSSES[train.loss]} loss. "
        f"Dense layers of {', '.join(f'{n:,}' for n in model.sizes)} units, the outputs by {model.output}. "
        f"The start: {INITIALIZERS[model.initializer]}{scale}, seed {model.seed}.{kept}{decay}\n\n{_repeatable(name)}"
    )


def _repeatable(name: str) -> str:
    if name in RECORDED:
        return (
            "**A recording.** The order of float sums decides the fate of such a run, so it repeats bit by bit only with the same torch "
            "on the same kind of machine; elsewhere another fate may come."
        )
    return (
        "**It can be trained again** with `make reproduce`: bit by bit with the same torch on the same kind of machine, and elsewhere to "
        "about the same end."
    )
