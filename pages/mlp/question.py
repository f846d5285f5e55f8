"""The answer to "which row of layer 1 has the largest norm after training?", read from the run on the screen."""

import numpy as np

from core.analysis.pixel_norms import pixel_norms, regions, untouched
from core.charts import numbers
from core.runs.run import Run
from pages.mlp import words
from pages.mlp.layer import Layer, image_shape, kernel_at


def fits(layer: Layer) -> bool:
    """Whether the question makes sense: square images of one channel feed the network, and it was trained."""
    shape = image_shape(layer.spec)
    return shape is not None and len(shape) == 2 and shape[0] == shape[1] and layer.run.states > 1


def answer(run: Run) -> tuple[str, str]:
    """Where the largest row lies at the last state, one of words.PLACES, and the numbers behind it."""
    first, last = kernel_at(run, 1, 0), kernel_at(run, 1, run.states - 1)
    found = pixel_norms(last)
    still = untouched(first, last)
    corner = regions(len(found.image))[1].ravel()
    row, column = found.largest
    return words.PLACES[found.place], (
        f"At epoch {run.epochs[-1]:g} the largest norm, {numbers.number(found.image.max())}, belongs to the pixel at row {row + 1}, "
        f"column {column + 1} of the image. "
        f"The centre's norms average {numbers.number(found.centre_mean)}, the corners' {numbers.number(found.corner_mean)}; "
        f"{np.sum(still)} of {len(still)} rows, "
        f"{np.sum(still & corner)} of the {np.sum(corner)} in the corners among them, still hold exactly the weights they began with."
    )


def model_answer(run: Run) -> str:
    """A good reply to "why do you think so?"."""
    return words.MODEL_ANSWER + (words.WITH_ADAM if run.spec.train.optimizer == "adam" else "")
