"""An oscilloscope's file, read: its channels, what was understood, and what of it was not used.

A file may have several readings: "0,5" is a number with a decimal comma to some and two columns to others. Where nothing in the file
speaks for one of them, all are given, and whoever asked chooses.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.data.pulse_files import BadPulseFile
from core.data.scope import header, layout, text
from core.data.scope.header import Header
from core.data.scope.layout import LARGEST_NUMBER, Layout
from core.data.scope.numbers import Floats, table
from core.data.scope.text import Line
from core.data.scope.x_axis import Axis, axis_of, evenly, first_record, rises, time

MOST_CHANNELS = 16
MOST_CELLS = 3_000_000  # numbers that are read, of all channels together
KEPT_SAMPLES = 32_768  # of a channel; of more, the lowest and the highest of each part are kept
MOST_VALUES = 100_000  # of a line that is a channel, and not numbers alone
WIDE = 64  # columns of a file whose few lines are channels


@dataclass(frozen=True)
class Channel:
    """One curve."""

    name: str  # as the file says, or "column 2"
    unit: str  # "" where it is not said
    count: int  # samples in the file
    heights: Floats  # (K,) evenly spaced
    low: float  # of all samples
    high: float
    axis: Axis
    notes: tuple[str, ...]  # sentences: values that are missing, beyond the range

    @property
    def sentence(self) -> str:
        """What was understood: 400 samples, 1 us apart, channel A in V."""
        label = self.name if self.name.startswith(("column ", "line ")) else f"channel {self.name}"
        return f"{self.count:,} samples, {self.axis.words}, {label}{f' in {self.unit}' if self.unit else ''}"


@dataclass(frozen=True)
class Reading:
    """What a file says when it is read in one way."""

    kind: str  # "decimal" or "columns": what its commas are
    words: str  # the same with the first numbers
    channels: tuple[Channel, ...]
    notes: tuple[str, ...]  # sentences: what was skipped

    def channel(self, name: str) -> Channel:
        """The channel of this name, the first one where there is none."""
        return next((channel for channel in self.channels if channel.name == name), self.channels[0])


def read(data: bytes) -> tuple[Reading, ...]:
    """All readings of a file: one, or two where its commas can be decimal marks or stand between columns.

    Raises:
        BadPulseFile: what is wrong with the file and what to do, in a sentence.
    """
    words = text.decoded(data)
    first = text.head(words)
    last = text.tail(words, first)
    few = _few_rows(first)
    if few:
        return few
    found = layout.likely(last) if last else []
    if not found:
        raise BadPulseFile("The file holds fewer than two samples; write one number a line, or time and channels in columns.")
    if len(found) > 1:
        found = layout.settled(found, last, _above(first, found[0], last)[0])
    readings = []
    for one in found:
        try:
            readings.append(_read(words, first, last, one, len(found) > 1))
        except BadPulseFile:
            if one is found[-1] and not readings:
                raise
    return tuple(readings)


def _above(first: Sequence[Line], one: Layout, last: Sequence[Line]) -> tuple[list[Line], list[int], Line]:
    """The lines above the samples, the samples' columns, and the first sample's line."""
    places = layout.columns(one, last)
    rows = [_held(one, line, places) for line in first]
    for i, (samples, beside) in enumerate(rows):
        near = [held for held, _ in rows[i + 1 : i + 9]]
        if samples and (not beside or (near and near[0] and sum(near) >= 0.75 * len(near))):  # a key's value alone is no sample
            return list(first[:i]), places, first[i]
    raise BadPulseFile(f"The first {len(first):,} lines of the file hold no sample; remove what stands above the samples.")


def _held(one: Layout, line: Line, places: Sequence[int]) -> tuple[bool, bool]:
    """Whether a line holds samples, and whether words stand beside them."""
    cells = one.cells(line.text)
    held = [cells[place] if place < len(cells) else "" for place in places]
    others = (cell for i, cell in enumerate(cells) if i not in places)
    return all(map(one.holds, held)) and any(one.number(cell) is not None for cell in held), not all(map(one.holds, others))


def _read(words: str, first: list[Line], last: list[Line], one: Layout, asked: bool) -> Reading:
    above, places, start = _above(first, one, last)
    notes = []
    most = max(min(MOST_CHANNELS + 1, MOST_CELLS // (words.count("\n", start.start) + 1)), 2)
    if len(places) > most:
        notes.append(f"The file holds {len(places):,} columns; the first {most:,} are read.")
        places = places[:most]
    found = table(words[start.start :], one, places, start.number)
    if found.skipped:
        many = len(found.skipped)
        notes.append(
            f"{many:,} line{'s' if many > 1 else ''} among the samples {'hold' if many > 1 else 'holds'} none and "
            f"{'were' if many > 1 else 'was'} skipped (line {found.skipped[0]:,}{' first' if many > 1 else ''})."
        )
    if above:
        notes.append(
            f"{len(above):,} line{'s' if len(above) > 1 else ''} above the samples {'were' if len(above) > 1 else 'was'} read as header."
        )
    beside = _beside(first, one, places, start)
    said = header.read(
        [one.cells(line.text) for line in above],
        _points("\n".join([*(line.text for line in above), *beside]), one),
        places,
    )
    return Reading(
        "decimal" if one.decimal == "," else "columns",
        _sample_words(found.columns, one) if asked else "",
        _channels(found.columns, said, places, notes),
        tuple(notes),
    )


def _beside(first: Sequence[Line], one: Layout, places: Sequence[int], start: Line) -> list[str]:
    """What stands in other columns beside the first samples, as Tektronix's key, value."""
    rows = (one.cells(line.text) for line in first if line.start >= start.start)
    others = ([cell for i, cell in enumerate(cells) if i not in places and cell] for cells in rows)
    return [", ".join(cells) for cells in others if cells and one.number(cells[0]) is None][:60]


def _points(words: str, one: Layout) -> str:
    """Header text with decimal points."""
    if one.decimal == ".":
        return words
    letters = list(words)
    for i in range(1, len(letters) - 1):
        if letters[i] == "," and letters[i - 1].isdigit() and letters[i + 1].isdigit():
            letters[i] = "."
    return "".join(letters)


def _sample_words(columns: Floats, one: Layout) -> str:
    """The first numbers under a layout, to choose by."""
    some = [", ".join(f"{value:g}" for value in column[:4]) for column in columns.T[:3]]
    if one.decimal == ",":
        return f"decimal commas: {' and '.join(some)}, ..."
    return f"commas between columns: {' and '.join(some)}, ..."


def _channels(columns: Floats, said: Header, places: Sequence[int], notes: list[str]) -> tuple[Channel, ...]:
    """A channel for each column that is no x."""
    count = columns.shape[1]
    kinds = [_kind(columns[:, i], i, said, count) for i in range(count)]
    if count > 1 and "x" in kinds:
        kinds = ["index" if kind == "index" else kind for kind in kinds]
    elif "index" in kinds and count > 1:
        kinds[kinds.index("index")] = "x"
    if "y" not in kinds:
        kinds[-1] = "y"
    channels = []
    seen: dict[str, int] = {}
    for i in [i for i, kind in enumerate(kinds) if kind == "y"]:
        x = max((j for j in range(i) if kinds[j] == "x"), default=next((j for j, kind in enumerate(kinds) if kind == "x"), None))
        name = said.names[i] or f"column {places[i] + 1}"
        seen[name] = seen.get(name, 0) + 1
        name = f"{name} ({seen[name]})" if seen[name] > 1 else name
        channels.append(_channel(columns[:, i], None if x is None else columns[:, x], name, i, x, said))
    good = [channel for channel in channels if channel is not None]
    if not good:
        raise BadPulseFile("The file holds fewer than two samples; write one number a line, or time and channels in columns.")
    empty = len(channels) - len(good)
    if empty:
        notes.append(
            f"{empty:,} column{'s hold' if empty > 1 else ' holds'} fewer than two samples and {'are' if empty > 1 else 'is'} left out."
        )
    return tuple(good)


def _kind(column: Floats, i: int, said: Header, count: int) -> str:
    """What a column is: x, y, or an index of samples."""
    name, unit = said.names[i], said.units[i]
    if count == 1:
        return "y"
    if header.is_index(name):
        return "index"
    if header.is_time(name, unit):
        return "x"
    return "x" if i == 0 and not header.is_channel(name, unit) and rises(column) else "y"


def _channel(y: Floats, x: Floats | None, name: str, i: int, at: int | None, said: Header) -> Channel | None:
    """The curve of a column; None with fewer than two samples."""
    notes = []
    if x is not None and at is not None:
        known = np.isfinite(x)
        x, y = x[known], y[known]
        if len(x) < 2:
            return None
        length = first_record(x)
        if length < len(x):
            notes.append(f"x begins again after {length:,} samples; the first record is shown.")
            x, y = x[:length], y[:length]
    whole = len(y)
    places = np.arange(whole, dtype=np.float64) if x is None else x
    here = ~np.isnan(y)
    places, y = places[here], y[here]
    finite = np.isfinite(y)
    if finite.sum() < 2:
        return None
    low, high = float(y[finite].min()), float(y[finite].max())
    if not finite.all():
        notes.append(f"{int((~finite).sum()):,} samples are beyond the range and drawn at its edge.")
        y = np.where(finite, y, np.where(y > 0, high, low))
    if len(y) < whole:
        notes.append(f"{whole - len(y):,} of its {whole:,} lines hold no value, and are bridged.")
    if x is None or at is None:
        axis = Axis(f"{time(said.interval)} apart" if said.interval else "evenly spaced", said.interval)
        even = True
    else:
        unit = said.units[at] or said.x_unit
        axis = axis_of(places, unit, said.names[at].lower().startswith("time") or bool(said.x_unit), said.interval)
        even = axis.step is not None
    if not even or len(y) < whole:
        y, held = evenly(places, y)
        if held:
            notes.append("Its values are 0 and 1, so each is held until the next.")
    return Channel(name, said.units[i], int(here.sum()), _thinned(y), low, high, axis, (*axis.notes, *notes))


def _thinned(heights: Floats) -> Floats:
    """At most as many heights as are kept; of more, the lowest and the highest of each part in their order."""
    if len(heights) <= KEPT_SAMPLES:
        return heights
    each = -(-len(heights) // (KEPT_SAMPLES // 2))
    parts = np.append(heights, np.full(-len(heights) % each, heights[-1])).reshape(-1, each)
    first, last = np.sort(np.stack([parts.argmin(axis=1), parts.argmax(axis=1)]), axis=0)
    rows = np.arange(len(parts))
    return np.stack([parts[rows, first], parts[rows, last]], axis=1).ravel()


def _few_rows(first: Sequence[Line]) -> tuple[Reading, ...]:
    """The readings of a file whose few lines are channels; none for other files."""
    lines = [Line(line.number, line.start, line.text.strip(" {}[]()")) for line in first]
    wide = [line for line in lines if sum(map(line.text.count, ",;\t ")) >= (WIDE if len(lines) > 1 else 1)]
    if not wide or len(lines) > MOST_CHANNELS + 8:
        return ()
    cut = [Line(line.number, line.start, line.text if len(line.text) < 2_000 else line.text[:2_000].rpartition(",")[0]) for line in wide]
    cut = [line if line.text else whole for line, whole in zip(cut, wide, strict=True)]
    found = layout.settled(layout.likely(cut), cut, [])
    readings = []
    for one in found:
        if len(one.row(cut[0].text)) < (2 if len(lines) > 1 else 1):
            return ()
        rows = [_row(one, line) for line in wide]
        rows = [(name, values) for name, values in rows if len(values) > 1][: MOST_CHANNELS + 1]
        if not rows:
            continue
        x = rows[0][1] if len(rows) > 1 and (np.diff(rows[0][1]) > 0).all() else None
        interval = _row_step(x)
        channels = [
            Channel(name or f"line {k + 1}", "", len(values), _thinned(values), float(values.min()), float(values.max()), interval, ())
            for k, (name, values) in enumerate(rows)
            if values is not x
        ]
        words = _sample_words(np.array([rows[0][1][:4]]).T, one) if len(found) > 1 else ""
        readings.append(
            Reading("decimal" if one.decimal == "," else "columns", words, tuple(channels), ("Each line is taken as a channel.",))
        )
    return tuple(readings)


def _row(one: Layout, line: Line) -> tuple[str, Floats]:
    """Name and numbers of a line that is a channel."""
    cells = one.cells(line.text)
    name = "" if one.number(cells[0]) is not None else header.parted(cells[0])[0]
    try:
        values = np.array(
            [cell.replace(",", ".") for cell in cells[bool(name) :] if cell] if one.decimal == "," else cells[bool(name) :], float
        )
    except ValueError:
        if len(cells) > MOST_VALUES:
            raise BadPulseFile(f"Line {line.number:,} of the file holds {len(cells):,} values; keep it within {MOST_VALUES:,}.") from None
        values = np.array([value for value in map(one.number, cells) if value is not None])
    return name, values[np.abs(values) <= LARGEST_NUMBER]


def _row_step(x: Floats | None) -> Axis:
    return Axis("evenly spaced", None) if x is None else axis_of(x, "", False, None)
