"""How a large matrix is laid out as a picture: how many weights a pixel stands for, and which states the browser holds."""

from dataclasses import dataclass

from core.charts.epoch import Frames
from core.charts.size import CELLS, ROOM, SIDE

PIXELS = 220_000  # of one state's picture
FILM_WEIGHTS = 2_200_000  # of all states that are sent together, two bytes each
LONGEST = 60  # cells of a detail's side


@dataclass(frozen=True)
class Grid:
    """The picture of a matrix (rows, columns)."""

    rows: int
    columns: int
    down: int  # rows that a pixel stands for
    across: int  # columns that a pixel stands for
    tall: int  # pixels on the screen of one pixel of the picture
    wide: int

    @property
    def shape(self) -> tuple[int, int]:
        """Pixels of the picture, down and across."""
        return -(-self.rows // self.down), -(-self.columns // self.across)

    @property
    def height(self) -> int:
        """Pixels on the screen."""
        return self.shape[0] * self.tall

    @property
    def width(self) -> int:
        """Pixels on the screen."""
        return self.shape[1] * self.wide

    @property
    def brushed(self) -> tuple[str, ...]:
        """The axes along which a brush chooses a detail: "x", "y", or both where neither side fits into it whole."""
        if self.columns <= CELLS // 40:
            return ("y",)
        return ("x",) if self.rows <= CELLS // 40 else ("x", "y")


def grid(rows: int, columns: int, room: tuple[int, int] = ROOM) -> Grid:
    """The layout of a matrix: whole pixels within `room` pixels across and down, at most PIXELS in all."""
    down, across = -(-rows // min(room[1], SIDE)), -(-columns // min(room[0], SIDE))
    while -(-rows // down) * -(-columns // across) > PIXELS:
        if -(-rows // down) >= -(-columns // across):
            down += 1
        else:
            across += 1
    high, wide = -(-rows // down), -(-columns // across)
    cell = max(1, min(46, room[0] // wide))  # across
    return Grid(rows, columns, down, across, tall=max(1, min(room[1] // high, 40, max(cell, 240 // high))), wide=cell)


def film(of: Grid, states: int) -> Frames | None:
    """Which of a run's states the browser holds while a player moves: all, every so manieth, or None of a very large matrix."""
    frames = Frames(states, max(1, -(-states * of.rows * of.columns // FILM_WEIGHTS)))
    return None if states < 2 or len(frames.kept) < min(states, 6) else frames


@dataclass(frozen=True)
class Window:
    """The part of a matrix that is shown cell by cell, in places of the order shown."""

    top: int
    bottom: int  # the first row below it
    left: int
    right: int
    cut: bool = False  # more was chosen than fits


def window(of: Grid, brush: dict[str, list[float]], picked: tuple[int | None, int | None] = (None, None)) -> Window:
    """The brushed part, at most CELLS cells; without a brush that around the picked place, else the first rows and columns.

    Args:
        brush: "row" and "column" -> two places, as the chart reports them.
        picked: places of the picked row and column.
    """
    whole = {"row": of.columns <= CELLS // 40, "column": of.rows <= CELLS // 40}  # that axis is brushed alone
    spans = {}
    for axis, count in (("row", of.rows), ("column", of.columns)):
        span = sorted(brush.get(axis) or [])
        if len(span) == 2:
            first = min(max(0, int(span[0])), count - 1)
            spans[axis] = (first, max(first + 1, min(count, -int(-span[1] // 1))))
    if not spans:
        high, wide = _fitting(min(of.rows, 24), min(of.columns, 49))
        places = (_around(picked[0], high, of.rows), _around(picked[1], wide, of.columns))
        return Window(*places[0], *places[1])
    top, bottom = spans.get("row", (0, of.rows))
    left, right = spans.get("column", (0, of.columns))
    if whole["row"]:
        left, right = 0, of.columns
    elif whole["column"]:
        top, bottom = 0, of.rows
    high, wide = _fitting(bottom - top, right - left)
    return Window(top, top + high, left, left + wide, cut=(high, wide) != (bottom - top, right - left))


def _fitting(high: int, wide: int) -> tuple[int, int]:
    """So many rows and columns, or fewer where they are more than LONGEST or together more than CELLS."""
    high, wide = min(high, LONGEST), min(wide, LONGEST)
    if high * wide <= CELLS:
        return high, wide
    return (CELLS // wide, wide) if wide <= CELLS // 40 else (high, CELLS // high) if high <= CELLS // 40 else (CELLS // 45, 45)


def _around(place: int | None, length: int, count: int) -> tuple[int, int]:
    """A stretch of so many places with this one in its middle, or the first ones."""
    first = 0 if place is None else min(max(0, place - length // 2), count - length)
    return first, first + length
