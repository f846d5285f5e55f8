"""What the CNN page computes, once for everybody: test pulses, answers, responses, measures."""

import numpy as np
import pandas as pd

from core.analysis import kernels, pulse_response
from core.data import pulse_sets
from core.data.pulses import MEANINGS
from core.models import network
from core.models.activations import ANSWERS
from core.runs.run import Run
from core.serving.shared import shared
from core.specs import PulseSpec
from core.ui.shown import Shown
from pages.cnn.runs import pulses_of

FRESH = 300  # pulses of the test set's kind for a run that was not tested
WORK = 200_000_000  # pixels of images times kernels that a network is put through for a look at many pulses: some seconds
FEWEST = 12  # images that are looked through, however large they are


def kept(run: Run) -> bool:
    """Whether the kernels of every state are stored."""
    return all(run.shapes.get(f"conv{n}.kernel", (0,))[0] == run.states for n in (1, 2))


def answering(shown: Shown) -> Shown:
    """The state whose outputs can be had: the one shown where its dense layers are kept, else the last."""
    return shown if len(shown.weights) == len(shown.run.shapes) else shown.at(-1)


def history(run: Run, name: str) -> np.ndarray:
    """One column of a run's history, (states,); NaN where it says nothing."""
    return run.history.get(name, np.full(run.states, np.nan))


def floor(run: Run) -> float:
    """The least that an output of the network can be."""
    return -1.0 if run.spec.model.output == "tanh" else 0.0


def count(run: Run) -> int:
    """How many test pulses there are to look at."""
    return run.spec.data.test or FRESH


def affordable(run: Run) -> int:
    """How many pulses the network is put through for a look at many, fewer where it is large."""
    model = run.spec.model
    return max(FEWEST, WORK // (sum(model.channels) * model.image**2))


def labels(run: Run) -> np.ndarray:
    """The class of each test pulse, (count,)."""
    return np.arange(count(run)) % len(pulses_of(run.spec).classes)


def test_pulse(run: Run, number: int) -> np.ndarray:
    """One test pulse by its number, (side, side) uint8."""
    return pulse_sets.some(run.spec.data, "test", np.array([number]))[0]


def test_pulses(run: Run) -> np.ndarray:
    """The first test pulses, as many as are affordable, (images, side, side) uint8; treat them as read-only."""
    return _head(run, run.key, min(count(run), affordable(run)))


@shared()
def _head(_run: Run, key: str, images: int) -> np.ndarray:
    return pulse_sets.some(_run.spec.data, "test", np.arange(images))


def test_answers(shown: Shown) -> np.ndarray:
    """What a state whose outputs can be had says to `test_pulses`, (images, classes)."""
    return _answers(shown, shown.key, shown.state)


@shared("Reading the test pulses ...")
def _answers(_shown: Shown, key: str, state: int) -> np.ndarray:
    return network.answers(_shown.run.spec.model, complete(_shown), test_pulses(_shown.run))


def complete(shown: Shown) -> dict[str, np.ndarray]:
    """Every parameter for the state shown; dense layers that are kept of the last state alone are that state's."""
    return {**shown.at(-1).weights, **shown.weights}


def activations(shown: Shown, image: np.ndarray) -> dict[str, np.ndarray]:
    """Every activation of one image (side, side) by name; what the dense layers give means something where they are kept."""
    return _activations(shown, image, shown.key, shown.state, image.dtype.str, image.tobytes())


@shared()
def _activations(_shown: Shown, _image: np.ndarray, key: str, state: int, kind: str, image: bytes) -> dict[str, np.ndarray]:
    return network.activations(_shown.run.spec.model, complete(_shown), _image[None], np.float32)


def says(shown: Shown, image: np.ndarray) -> np.ndarray:
    """What a state whose outputs can be had says to one image (side, side), (classes,)."""
    return activations(shown, image)[ANSWERS[shown.run.spec.model.output]][0]


def sweep(shown: Shown, kind: str, parameter: str, fixed: dict[str, float]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Outputs and kernels' strongest responses along a parameter, over its whole span."""
    return _sweep(shown, shown.key, shown.state, kind, parameter, tuple(sorted(fixed.items())))


@shared("Moving the pulse ...")
def _sweep(
    _shown: Shown, key: str, state: int, kind: str, parameter: str, fixed: tuple[tuple[str, float], ...]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    spec = pulses_of(_shown.run.spec)
    model, weights = _shown.run.spec.model, complete(_shown)
    points = min(pulse_response.POINTS, affordable(_shown.run))
    return pulse_response.sweep(model, weights, spec, kind, parameter, dict(fixed), span(spec, parameter), points)


def span(spec: PulseSpec, parameter: str) -> tuple[float, float]:
    """All that a parameter may be, which is more than a network was trained with."""
    meaning = MEANINGS[parameter]
    low, high = getattr(spec, parameter)
    return min(meaning.least, low), max(meaning.most, high)


def searched(run: Run) -> int:
    """Among how many of the first test pulses patches are looked for."""
    return min(FRESH, count(run), affordable(run))


def liked(shown: Shown, best: int, label: int | None = None) -> pd.DataFrame:
    """The test patches that each kernel answers to most, among those searched, of one class if `label` says so."""
    return _liked(shown, shown.key, shown.state, best, label)


@shared("Looking for the patches that each kernel likes ...")
def _liked(_shown: Shown, key: str, state: int, best: int, label: int | None) -> pd.DataFrame:
    rows = np.arange(searched(_shown.run))
    if label is not None:
        rows = rows[labels(_shown.run)[rows] == label]
    found = pulse_response.liked(_shown.run.spec.model, complete(_shown), test_pulses(_shown.run)[rows], best)
    return found.assign(image=rows[found["image"]])


def planes(shown: Shown, layer: str) -> np.ndarray:
    """A convolution's 2-D kernels over the states, (states, kernels, k, k); of the second, those of all its maps after each other."""
    return kernels.planes(shown.over_states(f"{layer}.kernel"))


def limit(shown: Shown, layer: str) -> float:
    """The largest weight of a convolution over all states, for colours that stay the same."""
    return _limit(shown, shown.key, shown.run.states, layer)


@shared()
def _limit(_shown: Shown, key: str, states: int, layer: str) -> float:
    return kernels.limit(planes(_shown, layer))


def structure(shown: Shown, kernel: int) -> pd.DataFrame:
    """low and tv of one first kernel (from 0) over the states."""
    return _structure(shown, shown.key, shown.run.states, kernel)


@shared()
def _structure(_shown: Shown, key: str, states: int, kernel: int) -> pd.DataFrame:
    return kernels.structure(_shown.run.epochs, planes(_shown, "conv1")[:, kernel : kernel + 1])
