"""The answer to "which row of layer 1 has the largest norm after training?", read from the run on the screen."""

import numpy as np

from core.analysis.pixel_norms import pixel_norms, regions, untouched
from core.runs.run import Run

QUESTION = "After training, which pixel has the row with the largest norm in layer 1?"
PLACES = {"corner": "A corner pixel", "centre": "A centre pixel", "edge": "One in between"}
MODEL_ANSWER = (
    "A pixel that no training image inks never changes its unit's sum, so nothing tells its weights to move: "
    "those rows stay as they began. "
    "Pixels in the centre are inked often and share the work. A pixel that only a few images ink is moved rarely, "
    "but Adam measures each step against that weight's own past, so its rare steps are full ones, and nothing pulls it back."
)


def answer(run: Run) -> tuple[str, str]:
    """Where the largest row lies at the last state, one of PLACES, and the numbers behind it."""
    kernels = run.weights("dense1.kernel")
    found = pixel_norms(kernels[-1])
    still = untouched(kernels[0], kernels[-1])
    corner = regions(len(found.image))[1].ravel()
    row, column = found.largest
    return PLACES[found.place], (
        f"At epoch {run.epochs[-1]:g} the largest norm, {found.image.max():.3g}, belongs to the pixel at row {row}, "
        f"column {column} of the image. "
        f"The centre's norms average {found.centre_mean:.3g}, the corners' {found.corner_mean:.3g}; {np.sum(still)} of {len(still)} rows, "
        f"{np.sum(still & corner)} of the {np.sum(corner)} in the corners among them, still hold exactly the weights they began with."
    )
