"""One layer of the dense network shown: its weights, what its rows and columns are called, and where they come from."""

import math
from dataclasses import dataclass

import numpy as np

from core.analysis.extent import Extent, extent
from core.data import catalog
from core.runs.run import Run
from core.serving.shared import shared
from core.specs import RunSpec, SpecError
from core.ui import cached
from core.ui.shown import Shown

STACKED = 8_000_000  # weights over all states, up to which they are kept together in memory


def image_shape(spec: RunSpec) -> tuple[int, ...] | None:
    """Shape of the images that feed the network: (height, width), or (height, width, 3); None if it is fed by something else."""
    try:
        shape = catalog.shape_of(spec.data)
    except SpecError:
        return None
    return shape if len(shape) >= 2 and math.prod(shape) == spec.model.sizes[0] else None


def class_names(spec: RunSpec) -> tuple[str, ...]:
    """Names of the outputs; their numbers, from 1, where the data set does not name so many."""
    return spec.given_classes or catalog.output_names(spec.data, spec.model.sizes[-1])


def class_noun(spec: RunSpec) -> str:
    """What an output stands for: "digit", "class", or "output" where the data set does not say."""
    names = class_names(spec)
    try:
        known = catalog.named(spec)
    except SpecError:
        return "output"
    return "output" if names != known else "digit" if known == catalog.DIGITS else "class"


@dataclass(frozen=True)
class Layer:
    """A layer of a network in one of its states."""

    shown: Shown
    number: int  # 1 = the first

    @property
    def run(self) -> Run:
        return self.shown.run

    @property
    def spec(self) -> RunSpec:
        return self.run.spec

    @property
    def state(self) -> int:
        return self.shown.state

    @property
    def sizes(self) -> tuple[int, ...]:
        return self.spec.model.sizes

    @property
    def count(self) -> int:
        """Layers of the network."""
        return len(self.sizes) - 1

    @property
    def shape(self) -> tuple[int, int]:
        """Inputs and outputs."""
        return self.sizes[self.number - 1], self.sizes[self.number]

    @property
    def first(self) -> bool:
        return self.number == 1

    @property
    def last(self) -> bool:
        return self.number == self.count

    @property
    def image(self) -> tuple[int, ...] | None:
        """Shape of the images that feed this layer; None if something else does."""
        return image_shape(self.spec) if self.first else None

    @property
    def kernel(self) -> np.ndarray:
        """(inputs, outputs) float32."""
        return self.kernel_at(self.state)

    @property
    def bias(self) -> np.ndarray:
        """(outputs,) float32."""
        return self.shown.over_states(f"dense{self.number}.bias")[self.state]

    def kernel_at(self, state: int) -> np.ndarray:
        """The kernel at a stored state."""
        return kernel_at(self.run, self.number, state)

    @property
    def stack(self) -> np.ndarray:
        """The kernel at all states, (states, inputs, outputs); for small layers."""
        return self.shown.over_states(f"dense{self.number}.kernel")

    @property
    def extent(self) -> Extent:
        """Where its scales end, over all states."""
        return _extent(self.run, self.run.key, self.run.states, self.number)

    def at(self, number: int) -> "Layer":
        """Another layer of the same network."""
        return Layer(self.shown, number)

    @property
    def ends(self) -> tuple[str, str]:
        """What the rows and the columns are, for the lines beside a picture."""
        rows = (
            f"{self.sizes[0]:,} {'pixels' if len(self.image) == 2 else 'values of pixels'}"
            if self.image
            else f"{self.shape[0]:,} inputs"
            if self.first
            else f"units of layer {self.number - 1}"
        )
        noun = class_noun(self.spec)
        plural = {"digit": "digits", "class": "classes"}.get(noun, f"{self.shape[1]:,} units") if self.last else ""
        return f"inputs: {rows}", f"outputs: {plural or f'{self.shape[1]:,} units of layer {self.number}'}"

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the outputs where they have some."""
        return class_names(self.spec) if self.last and class_noun(self.spec) != "output" else ()

    @property
    def sides(self) -> tuple[str, str]:
        """What an input and an output are, for tooltips and legends."""
        return ("pixel" if self.image else "input" if self.first else f"unit of layer {self.number - 1}"), (
            class_noun(self.spec) if self.last else f"unit of layer {self.number}"
        )

    def input_name(self, index: int) -> str:
        """An input by what sends it."""
        return unit_name(self.spec, self.number - 1, index)

    def output_name(self, index: int) -> str:
        """An output by the unit that it is."""
        return unit_name(self.spec, self.number, index)

    def images(self, columns: np.ndarray) -> np.ndarray:
        """Columns (inputs, n) laid out as the images that feed the layer, (n, height, width[, 3])."""
        assert self.image is not None  # asked only of a layer that images feed
        return columns.T.reshape(-1, *self.image)


def unit_name(spec: RunSpec, layer: int, unit: int) -> str:
    """A unit, counted from 0, by the layer that makes it, for people, who count from 1; layer 0 is the input."""
    if layer == 0:
        return f"pixel {unit + 1}" if image_shape(spec) else f"input {unit + 1}"
    if layer < len(spec.model.sizes) - 1:
        return f"unit {unit + 1} of layer {layer}"
    noun = class_noun(spec)
    return class_names(spec)[unit] if noun == "class" else f"{noun} {class_names(spec)[unit]}"


def pixel_words(shape: tuple[int, ...], index: int) -> str:
    """Where an input lies in an image (height, width[, 3]): "row 3, column 5", with its colour where it has one."""
    row, column, *colour = (int(i) for i in np.unravel_index(index, shape))
    return f"row {row + 1}, column {column + 1}" + (f", {('red', 'green', 'blue')[colour[0]]}" if colour else "")


def kernel_at(run: Run, layer: int, state: int) -> np.ndarray:
    """A layer's kernel at a stored state, (inputs, outputs) float32, read-only."""
    name = f"dense{layer}.kernel"
    if math.prod(run.shapes[name]) <= STACKED:
        return cached.stack(run, name)[state]
    return _one(run, run.key, run.states, layer, state)


@shared()
def _one(_run: Run, key: str, states: int, layer: int, state: int) -> np.ndarray:
    """A large kernel at one state; few are kept."""
    found = _run.at(state, f"dense{layer}.kernel")
    found.flags.writeable = False
    return found


@shared()
def _extent(_run: Run, key: str, states: int, layer: int) -> Extent:
    biases = cached.stack(_run, f"dense{layer}.bias")
    large = math.prod(_run.shapes[f"dense{layer}.kernel"]) > STACKED
    return extent(
        (_run.at(state, f"dense{layer}.kernel") if large else kernel_at(_run, layer, state), biases[state]) for state in range(states)
    )
