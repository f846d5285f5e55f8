"""How large a chart is: its stated height is that of the plot, axes and legend come on top; and the sizes of matrices."""

import altair as alt

WIDE = alt.AutoSizeParams(type="fit-x", contains="padding")  # as wide as its column
FIXED = alt.AutoSizeParams(type="pad")  # as wide as it says
CELLS = 2_000  # that a browser draws and sorts at ease as marks of their own
SIDE = 1_024  # pixels of a picture's side, at the most
ROOM = (490, 784)  # pixels that a large matrix may fill, across and down


def small(rows: int, columns: int) -> bool:
    """Whether a matrix is drawn cell by cell (core/charts/matrix.py); a larger one is a raster (raster.py) or a map."""
    return rows * columns <= CELLS and rows <= SIDE and columns <= ROOM[0]


def cell_size(units: int, room: int, least: int = 11, most: int = 40, stretch: float = 1.0) -> int:
    """Pixels a cell gets when `units` of them share `room` pixels, at least 1.

    Args:
        least: as many where room times `stretch` allows it.
    """
    if units * least <= stretch * room:
        return max(least, min(most, room // units))
    return max(1, min(least, round(stretch * room) // units))
