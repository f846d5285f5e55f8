"""What an image shows before any network reads it: several pieces of ink far apart, or ink that fills the frame."""

import numpy as np

INK = 0.3  # of the darkest pixel, from which a pixel counts as ink
PIECE = 0.2  # share of all ink that a piece has at least, so that dots and specks do not count
APART = 0.12  # share of the frame between two pieces that lie far apart
FULL = 0.36  # share of the frame that is ink when it is too full for a digit with paper around it, as MNIST's are
FULL_CUT = 0.6  # likewise where the frame is cut to the digit, as those of 8x8 pixels are: they reach 0.52
CUT = 16  # pixels a side below which it is


def pieces_apart(image: np.ndarray) -> int:
    """How many large pieces of ink lie far apart in an image (h, w) with ink 1; pieces nearer than that count as one."""
    from scipy.ndimage import distance_transform_edt, label

    ink = image > INK * max(float(image.max()), 1e-6)
    if not ink.any():
        return 0
    reach = APART * max(image.shape) / 2  # grown by this, pieces that are not far apart touch
    marks, count = label(distance_transform_edt(~ink) <= reach, np.ones((3, 3)))
    sizes = np.bincount(marks[ink], minlength=count + 1)[1:]
    return int((sizes >= PIECE * ink.sum()).sum())


def filled(image: np.ndarray) -> float:
    """Share of the frame that is ink."""
    return float((image > INK).mean())


def doubt(image: np.ndarray) -> str:
    """Why an image is no digit that a network could know, as a name: "pieces", "full" or none ("")."""
    if filled(image) > (FULL if max(image.shape) >= CUT else FULL_CUT):
        return "full"
    return "pieces" if pieces_apart(image) > 1 else ""
