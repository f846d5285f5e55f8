"""How well a network in training is: units that are dead or at the ends of their activation, gradients, and what that means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.analysis.digit_gradient import kernel_gradients
from core.analysis.fate import BETTER, fate, known
from core.analysis.gradient import backward
from core.analysis.gradient_flow import rms
from core.analysis.pulse_gradient import pulse_backward
from core.models import network
from core.specs import RunSpec

END = 0.98  # of the way to an end of tanh, sigmoid or the lower one of ELU: beyond it hardly any gradient passes
HALF = 0.5  # share of a layer's values at their ends from which it is called saturated
STILL = 0.97  # share of the loss at the start above which nothing has been learned
GOOD = 0.9  # share of training images right from which nothing is amiss


@dataclass(frozen=True)
class Layer:
    """One hidden layer, for some images."""

    name: str  # of its activation
    title: str
    units: int  # or maps
    dead: int  # that give 0 for every image; ReLU alone
    saturated: float  # share of the values at an end of their activation
    gradient: float | None  # root of the mean square of the loss's gradient by its kernel

    @property
    def blocked(self) -> bool:
        """Whether nothing passes it."""
        return self.dead == self.units or self.gradient == 0


def layers(spec: RunSpec, weights: Mapping[str, np.ndarray], images: np.ndarray, labels: np.ndarray) -> list[Layer]:
    """Every layer with weights but the last one's activation, from the input on, for images as the network reads them.

    Raises:
        core.specs.SpecError, KeyError: the state is not whole.
    """
    model = spec.model
    acts = network.activations(model, weights, images, np.float32)
    sizes = _gradients(spec, weights, images, labels)
    out = []
    for name, title, kernel, activation in _hidden(spec):
        values = acts[name]  # (images, units) or (images, maps, h, w)
        flat = np.moveaxis(values, 1, 0).reshape(values.shape[1], -1)  # (units, ...)
        dead = int((flat.max(1) <= 0).sum()) if activation == "relu" else 0
        out.append(Layer(name, title, len(flat), dead, _at_ends(flat, activation), sizes.get(kernel)))
    return out


def _hidden(spec: RunSpec) -> list[tuple[str, str, str, str]]:
    """Of each hidden layer its activation's name, a title, its kernel and what its activation is."""
    model = spec.model
    maps = [(f"relu{i}", f"Convolution {i}", f"conv{i}.kernel", "relu") for i in range(1, len(model.channels) + 1)]
    count = len(model.sizes) - (2 if model.kind == "dense" else 1)
    dense = []
    for i in range(1, count + 1):
        activation = "relu" if model.kind == "pulse_cnn" and i == 1 else model.activation
        dense.append((f"dense{i}", f"Dense {i}", f"dense{i}.kernel", activation))
    return maps + dense


def _at_ends(values: np.ndarray, activation: str) -> float:
    """Share of the values that lie at an end of their activation."""
    if activation == "tanh":
        return float((np.abs(values) > END).mean())
    if activation == "sigmoid":
        return float((np.abs(2 * values - 1) > END).mean())
    return float((values < -END).mean()) if activation == "elu" else 0.0


def _gradients(spec: RunSpec, weights: Mapping[str, np.ndarray], images: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Size of the loss's gradient by each kernel, the mean over the images."""
    model = spec.model
    if model.kind == "dense":
        found = backward(model, weights, images, labels, np.float32)
        return {f"dense{i}.kernel": rms(found.kernel(i)) for i in range(1, found.layers + 1)}
    if model.kind == "digit_cnn":
        return {name: rms(array) for name, array in kernel_gradients(model, weights, images, labels, np.float32).items()}
    each = [pulse_backward(model, spec.train.loss, weights, image, int(label)).kernels for image, label in zip(images, labels, strict=True)]
    return {f"{name}.kernel": rms(np.mean([one[name] for one in each], axis=0)) for name in ("conv1", "conv2")}


def verdict(spec: RunSpec, history: Mapping[str, np.ndarray], found: Sequence[Layer] = ()) -> tuple[str, str]:
    """How it stands in a word, and the sentence that tells waiting from dead.

    Args:
        history: column -> (states,), of the run so far.
        found: its hidden layers at the last of these states.
    """
    if len(history["epoch"]) < 2:
        return "untrained", "It has not begun: these are its first weights."
    classes = spec.model.sizes[-1]
    if spec.model.kind == "pulse_cnn" and known(history):
        told = fate(history, classes)
        return told.kind, told.sentence
    share, loss = _last(history, "accuracy_train", "accuracy_test"), history["loss"]
    guess = 1 / classes
    blocked = next((one for one in found if one.blocked), None)
    if blocked is not None and share < GOOD:
        why = "gives 0 for every image" if blocked.dead == blocked.units else "gets no gradient at all"
        return "dead", (
            f"It is dead: {blocked.title.lower()} {why}, so no gradient reaches the weights below, and more epochs change nothing there. "
            f"{share:.1%} of the training images right. Begin again with another start, or with smaller steps."
        )
    if share < BETTER * guess or loss[-1] > STILL * loss[0]:
        first = f" (root mean square {found[0].gradient:.2g} in the first kernel)" if found and found[0].gradient is not None else ""
        full = next((one for one in found if one.saturated > HALF), None)
        if full is not None:
            return "saturated", (
                f"It is held: {full.saturated:.0%} of what {full.title.lower()} gives lies at an end of its activation, where hardly any "
                "gradient passes. Smaller steps or a smaller start help."
            )
        return "waiting", f"It waits: {share:.1%} of the training images right is no better than a guess, but gradients flow{first}."
    falls = len(loss) < 4 or loss[-1] < loss[-4]
    return "learning", (
        f"It learns: the loss went from {loss[0]:.3g} to {loss[-1]:.3g}"
        + (", and still falls." if falls else ", and does not fall any more.")
    )


def _last(history: Mapping[str, np.ndarray], *columns: str) -> float:
    """The last number of the first of these columns that the history has."""
    return next((float(history[name][-1]) for name in columns if name in history and np.isfinite(history[name][-1])), float("nan"))
