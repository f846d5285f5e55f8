"""The samples of an oscilloscope file as numbers: its columns, read at once by pandas, and what of the lines held none."""

import csv
import io
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.data.pulse_files import BadPulseFile
from core.data.scope.layout import LARGEST_NUMBER, MISSING, NUMBERS, Layout

Floats = NDArray[np.float64]
AT_ONCE = 16_384  # lines that are turned into numbers together
MOST_SECONDS = 1.5  # of computing, of the two that a file may take
MOST_SKIPPED = 0.1  # share of the lines
LARGEST_PAIRS = 2_000_000  # letters of a text in which commas are both
_LETTERS = ~np.isin(np.arange(256), list(b' ,;\t"\n'))  # bytes that are more than a separator
_NOTHING = "\x04"  # stands in no text, so each line is one cell


@dataclass(frozen=True)
class Table:
    """Columns of samples."""

    columns: Floats  # (K, C); NaN where there is no number, infinite where a value is said to be beyond the range
    skipped: tuple[int, ...]  # numbers of the lines that are not empty and hold no sample


def table(text: str, layout: Layout, places: Sequence[int], first: int) -> Table:
    """The columns at these places.

    Args:
        text: from the first sample's line on.
        first: that line's number, for the sentence.

    Raises:
        BadPulseFile: more than a tenth of the lines hold no sample; it takes too long; or quotation marks that are never closed.
    """
    mark = {"": _NOTHING, " ": r"\s+", ", ": "\t"}.get(layout.mark, layout.mark)
    if layout.mark == ", ":
        text = text.replace(", ", "\t")
    elif layout.pairs:
        if len(text) > LARGEST_PAIRS:
            raise BadPulseFile("Commas stand between columns and in numbers; save the file with semicolons between columns.")
        text = "\n".join(";".join(layout.cells(line)) for line in text.split("\n"))
        mark = ";"
    elif layout.mark == "" and layout.decimal == ",":
        text = text.replace(",\n", "\n")
    plain = '"' not in text or layout.mark in ("", " ")
    if plain and '"' in text:
        text = text.replace('"', "")
    raw = text.encode()
    ends = np.append(np.flatnonzero(np.frombuffer(raw, np.uint8) == ord("\n")), len(raw))
    filled = np.empty(0, bool)  # whether a line holds more than separators; found where it is asked
    parts: list[Floats] = []
    skipped: list[int] = []
    count, began = 0, time.thread_time()
    try:
        for chunk in pd.read_csv(
            io.BytesIO(raw),
            sep=mark,
            header=None,
            names=[f"column {place}" for place in places],  # pandas takes numbers for places
            usecols=list(places),
            decimal=layout.decimal,
            na_values=[*(word for word in MISSING if word), *(word.upper() for word in MISSING)],
            skip_blank_lines=False,
            quoting=csv.QUOTE_NONE if plain else csv.QUOTE_MINIMAL,
            chunksize=AT_ONCE,
            engine="c",
        ):
            part = np.column_stack([_floats(chunk[name], layout) for name in chunk])
            empty = np.isnan(part).all(axis=1)
            if empty.any() and not len(filled):
                filled = np.add.reduceat(_LETTERS[np.frombuffer(raw, np.uint8)], np.append(0, ends[:-1] + 1), dtype=np.int64) > 0
            rows = count + np.flatnonzero(empty)
            skipped.extend(map(int, rows[filled[rows[rows < len(filled)]]] if len(rows) and rows[-1] < len(filled) else []))
            parts.append(part[~empty])
            count += len(part)
            if len(skipped) > count / 2 + 20 or time.thread_time() - began > MOST_SECONDS:
                break
    except (pd.errors.ParserError, ValueError, OverflowError):
        raise BadPulseFile("The file's quotation marks or columns do not fit together; save it again as plain CSV.") from None
    if time.thread_time() - began > MOST_SECONDS:
        raise BadPulseFile("Reading this file takes too long: too many of its lines are unlike the others; remove these, or thin it out.")
    columns = np.concatenate(parts)
    if len(skipped) > MOST_SKIPPED * (len(skipped) + len(columns)):
        line = _line(raw, ends, skipped[0])[:160].decode(errors="replace").strip()
        raise BadPulseFile(
            f"Line {first + skipped[0]:,} of the file is {line[:40]!r}, which is no sample, and so it is with {len(skipped):,} of "
            f"{len(skipped) + len(columns):,} lines; write one number a line, or time and channels in columns."
        )
    return Table(columns, tuple(first + i for i in skipped))


def _line(raw: bytes, ends: NDArray[np.int64], i: int) -> bytes:
    return raw[0 if i == 0 else ends[i - 1] + 1 : ends[i]]


def _floats(column: pd.Series, layout: Layout) -> Floats:
    """A column as numbers; NaN for what is none."""
    if column.dtype.kind not in "fiu":
        words = column.astype(str) if column.dtype.kind == "b" else column
        plain = words
        if layout.decimal == ",":
            plain = words.str.replace(",", ".", regex=False).mask(words.str.contains(".", regex=False, na=False))
        column = pd.to_numeric(plain, errors="coerce")
        rest = words[column.isna()].astype(str).str.strip()
        grouped = rest[rest.str.fullmatch(NUMBERS[layout.decimal].pattern, na=False)]  # with marks between thousands
        if len(grouped):
            other = "," if layout.decimal == "." else "."
            column[grouped.index] = grouped.str.replace(other, "", regex=False).str.replace(layout.decimal, ".", regex=False).astype(float)
    values = column.to_numpy(np.float64).copy()
    values[(np.abs(values) > LARGEST_NUMBER) & np.isfinite(values)] = np.nan
    return values
