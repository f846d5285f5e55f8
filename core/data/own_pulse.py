"""A learner's own pulse: samples of a curve, from a formula or a CSV file, drawn on the one-bit screen."""

import numpy as np
from numpy.typing import NDArray

from core.data.formula import parse
from core.data.pulse_files import BadPulseFile

Floats = NDArray[np.float64]
Image = NDArray[np.uint8]

SAMPLES_A_COLUMN = 16  # of a formula, so that its steep flanks are seen
LARGEST_CSV = 2_000_000  # bytes
MOST_SAMPLES = 100_000
LEAST_EVEN = 8_192  # even steps that uneven samples are read off at, so that no corner is lost
LARGEST_NUMBER = 1e12
MARGIN = 0.1  # share of the height left free above and below a fitted curve


def from_formula(text: str, size: int) -> Floats:
    """(K,) heights of the formula at even steps over t in [0, 1); at the right edge the last one stands again, so that no wave wraps.

    Raises:
        core.data.formula.FormulaError: with the place and the cure.
    """
    count = size * SAMPLES_A_COLUMN
    values = parse(text).values(np.arange(count) / count)
    return np.append(values, values[-1])


def from_csv(data: bytes) -> Floats:
    """(K,) heights from the last column of a CSV file, evenly spaced; with two columns the first is x and must rise.

    Raises:
        BadPulseFile: with the line and the cure.
    """
    if len(data) > LARGEST_CSV:
        raise BadPulseFile(f"The CSV file holds {len(data):,} bytes; keep it within {LARGEST_CSV:,}.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadPulseFile("The file is not text; save the samples as CSV, one number a line.") from None
    if "\x00" in text:
        raise BadPulseFile("The file is not text; save the samples as CSV, one number a line.")
    first = text.lstrip().split("\n", 1)[0]
    mark = next((mark for mark in (";", "\t", ",") if mark in first), ",")
    rows: list[list[float]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [cell.strip() for cell in line.split(mark)]
        if not any(cells):
            continue
        values = _numbers(cells)
        if values is None:
            if not rows and not _is_number(cells[0]):
                continue  # a header, or a remark above the samples
            raise BadPulseFile(f"Line {number} of the CSV file is {line[:40]!r}; each line needs one number, or x and y.")
        if len(values) > 2:
            raise BadPulseFile(f"Line {number} of the CSV file holds {len(values)} numbers; keep y alone, or x and y.")
        if rows and len(values) != len(rows[0]):
            raise BadPulseFile(f"Line {number} of the CSV file holds {len(values)} numbers, the lines before it {len(rows[0])}.")
        if len(rows) == MOST_SAMPLES:
            raise BadPulseFile(f"The CSV file holds more than {MOST_SAMPLES:,} samples; thin it out.")
        rows.append(values)
    if len(rows) < 2:
        raise BadPulseFile("The CSV file holds fewer than two samples; write one number a line, or x and y.")
    table = np.array(rows)  # (K, 1 or 2)
    if table.shape[1] == 1:
        return table[:, 0]
    x, y = table.T
    falls = np.flatnonzero(np.diff(x) <= 0)
    if len(falls):
        raise BadPulseFile(f"x must rise from line to line, but {x[falls[0] + 1]:g} follows {x[falls[0]]:g}; sort the lines by x.")
    even = np.linspace(x[0], x[-1], min(max(4 * len(x), LEAST_EVEN), MOST_SAMPLES))
    return np.interp(even, x, y)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _numbers(cells: list[str]) -> list[float] | None:
    """The cells as usable numbers, or None."""
    try:
        values = [float(cell) for cell in cells]
    except ValueError:
        return None
    return values if all(abs(value) <= LARGEST_NUMBER for value in values) else None


def fit(heights: Floats) -> Floats:
    """The heights moved and scaled so that they fill the screen but a margin; a flat line goes to the middle."""
    low, high = float(heights.min()), float(heights.max())
    if high == low:
        return np.full_like(heights, 0.5)
    return MARGIN + (1 - 2 * MARGIN) * (heights - low) / (high - low)


def draw(heights: Floats, size: int, line: int) -> Image:
    """(size, size) image of the curve through evenly spaced heights (shares of the side, upwards); what leaves the screen is cut.

    Every column is inked over the span that the curve passes under the pen, as in core.data.pulses.
    """
    count = size * SAMPLES_A_COLUMN
    places = np.linspace(0, len(heights) - 1, count + 1) if len(heights) < count else np.arange(len(heights), dtype=np.float64)
    y = np.interp(places, np.arange(len(heights)), heights) * size - line / 2  # lower edge of the pen in pixels
    x = np.linspace(0, size, len(y))
    image = np.zeros((size, size), np.uint8)
    starts = np.searchsorted(x, np.arange(size) + 0.5 - line / 2, side="left")
    ends = np.searchsorted(x, np.arange(size) + 0.5 + line / 2, side="right")
    for column, (start, end) in enumerate(zip(starts, ends, strict=True)):
        part = y[start:end]
        low = int(np.clip(np.floor(part.min() + 0.5), 0, size))
        high = int(np.clip(np.floor(part.max() + 0.5) + line, 0, size))
        image[size - high : size - low, column] = 1
    return image
