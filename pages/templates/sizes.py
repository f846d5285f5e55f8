"""How large pictures of any size stand on the screen: whole multiples of their own pixels, so that they are crisp."""

import math
from collections.abc import Sequence

LIST, STRIP, ONE, LARGE = 60, 90, 115, 150  # CSS pixels of the longer side, about: many pictures, a row of them, one alone, a large one


def width(shape: Sequence[int], about: int) -> int:
    """CSS pixels across of a picture (height, width[, 3]) whose longer side is about so long; a larger one is shrunk to that."""
    longer = max(shape[:2])
    scale = max(1, round(about / longer)) if longer <= 1.5 * about else about / longer
    return max(1, round(scale * shape[1]))


def film_scale(shape: Sequence[int], units: int) -> float:
    """How many times their size the templates of a film are shown: the more of them, the smaller."""
    room = 112 if units <= 20 else 84 if units <= 50 else 56  # CSS pixels of the longer side, at most
    longer = max(shape[:2])
    return room // longer if longer <= room else room / longer


def across(pictures: int, most: int = 10) -> int:
    """Pictures in a row, so that the rows are about even."""
    return math.ceil(pictures / math.ceil(pictures / most))


def sheet_columns(pictures: int) -> int:
    """Templates across a sheet: five, more where there are many; its rows are about even."""
    return across(pictures, max(5, math.ceil(math.sqrt(1.5 * pictures))))
