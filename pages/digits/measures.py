"""What the digits page works out once for everybody: colour scales, a look at every test image, and whether a state can be shown."""

import numpy as np

from core.analysis import digit_survey
from core.analysis.digit_survey import Survey
from core.models.network import activations, weight_shapes
from core.serving.shared import shared
from core.ui.shown import Shown
from pages.digits.images import stamp, test_images

PROBE = 300  # test images whose activations set the colour scales


def see(net: Shown, image: np.ndarray) -> dict[str, np.ndarray]:
    """Every activation of one image (side, side) in [0, 1]: name -> (1, ...); read-only."""
    return _see(net, image, net.key, net.state, image.dtype.str, image.tobytes())


@shared()
def _see(_net: Shown, _image: np.ndarray, key: str, state: int, kind: str, image: bytes) -> dict[str, np.ndarray]:
    return activations(_net.run.spec.model, _net.weights, _image[None])


def trouble(net: Shown) -> str:
    """Why a state cannot be looked into, in a sentence with the cure; empty when it can."""
    return _trouble(net, net.key, net.run.states, net.state)


@shared()
def _trouble(_net: Shown, key: str, states: int, state: int) -> str:
    shapes, weights = weight_shapes(_net.run.spec.model), _net.weights
    missing = [name for name in shapes if name not in weights]
    if len(missing) == len(shapes):
        return "This run keeps its history alone and no weights; choose another network, or look at its training below."
    if missing:
        return f"Of this state the run keeps no {missing[0]}; choose its last state, of which everything is kept."
    wrong = [name for name, shape in shapes.items() if weights[name].shape != shape]
    if wrong:
        return f"The shape of {wrong[0]} is not the one that its spec says; choose another network."
    if not all(np.isfinite(array).all() for array in weights.values()):
        return "The training had lost all measure by this state: some weights are no numbers any more. Choose an earlier state."
    return ""


def limits(net: Shown) -> dict[str, float]:
    """The value of each layer that gets the strongest colour: 99.9% of the last state's values on test images lie below."""
    return _limits(net.at(-1), net.key, net.run.states, stamp(net.run.spec))


@shared()
def _limits(_net: Shown, key: str, states: int, stamp: str) -> dict[str, float]:
    """Taken once for each run, as far as it is, while its test images are the same."""
    shown = _net if not trouble(_net) else _net.at(0)
    acts = activations(shown.run.spec.model, shown.weights, test_images(shown.run.spec).images[:PROBE], np.float32)
    found = {name: float(np.quantile(np.abs(values), 0.999)) or 1.0 for name, values in acts.items()} | {"probabilities": 1.0}
    return found if shown.run.spec.model.kind == "sequence" else found | {"input": 1.0}  # a sequence may scale its pixels


def survey(net: Shown) -> Survey:
    """One state's pass over the test images, or over the first of them where the network is so large that they would fill the memory."""
    return _survey(net, net.key, net.state, stamp(net.run.spec))


@shared("Looking at every test image...")
def _survey(_net: Shown, key: str, state: int, stamp: str) -> Survey:
    """About 60 MB for the shipped networks."""
    model, found = _net.run.spec.model, test_images(_net.run.spec)
    most = digit_survey.room(model)
    return digit_survey.survey(model, _net.weights, found.images[:most], found.labels[:most])
