"""A network of this page at one of its stored states, and which networks it can show."""

from dataclasses import dataclass

import numpy as np

from core.charts import raster
from core.charts.templates import image_pixels
from core.charts.theme import Theme
from core.data import catalog
from core.data.catalog import DIGITS
from core.runs import fitting
from core.runs.fitting import learning as fits
from core.runs.run import Run
from core.specs import DataSpec, ModelSpec, RunSpec
from core.ui import shown
from core.ui.shown import Shown

SIDE = 112  # CSS pixels of an image's longer side, about
EARLY = 0.05  # epochs at which the page opens, where a run keeps such a state: it knows something, and errs enough to learn


def deep(spec: RunSpec) -> bool:
    """Whether such a network has hidden layers."""
    return fits(spec) and len(spec.model.sizes) > 2


def fits_pulses(spec: RunSpec) -> bool:
    """Whether it is a pulse CNN whose last state, at least, is stored whole."""
    return spec.train.store != "history" and fitting.cnn(spec)


def opening(run: Run) -> int:
    """The state that the page opens on."""
    return shown.nearest(run, EARLY)


@dataclass(frozen=True)
class View(Shown):
    """What every panel of this page gets."""

    @property
    def here(self) -> tuple[str, int]:
        """The network and its state, for caches."""
        return self.key, self.state

    @property
    def model(self) -> ModelSpec:
        return self.run.spec.model

    @property
    def data(self) -> DataSpec:
        return self.run.spec.data

    @property
    def layers(self) -> int:
        """How many dense layers it has."""
        return len(self.model.sizes) - 1

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one image: (height, width) or (height, width, 3)."""
        return catalog.shape_of(self.data)

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the outputs; those beyond the data set's classes are numbered."""
        names, outputs = catalog.named(self.run.spec), self.model.sizes[-1]
        return names + tuple(f"output {i + 1}" for i in range(len(names), outputs))

    @property
    def digits(self) -> bool:
        """Whether it reads handwritten digits, so that one can be drawn for it."""
        return len(self.shape) == 2 and catalog.classes_of(self.data) == DIGITS

    @property
    def moment(self) -> str:
        """The state, for the start of a sentence."""
        return self.words[0].upper() + self.words[1:]

    def kernel(self, layer: int) -> np.ndarray:
        """Of this state (inputs, units); 1 is the first layer."""
        return self.weights[f"dense{layer}.kernel"]

    def unit(self, layer: int, unit: int) -> str:
        """What a unit of a layer is called."""
        return self.classes[unit] if layer == self.layers else f"unit {unit + 1}"

    def source(self, layer: int, source: int) -> str:
        """What an input of a layer is called: a pixel by its row and column, or a unit of the layer below."""
        if layer > 1:
            return f"unit {source + 1} of layer {layer - 1}"
        row, column, *channel = np.unravel_index(source, self.shape)
        return f"pixel row {row + 1}, column {column + 1}" + (f", {('red', 'green', 'blue')[channel[0]]}" if channel else "")

    def picture(self, layer: int) -> tuple[int, ...]:
        """How the weights into one unit of a layer are laid out: like the image, or in a row."""
        return self.shape if layer == 1 else (1, self.model.sizes[layer - 1])

    @property
    def across(self) -> int:
        """CSS pixels across of an image, a whole multiple of its own."""
        return max(1, SIDE // max(self.shape[:2])) * self.shape[1]

    def url(self, flat: np.ndarray, colours: Theme) -> str:
        """An image (inputs,) in [0, 1] as a picture."""
        return raster.rgb_url(image_pixels(flat.reshape(self.shape), colours))
