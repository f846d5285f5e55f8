"""How the table of an oscilloscope file is laid out: what stands between cells, which mark is the decimal one, where samples begin.

Every layout is tried on many lines of the file, and the one under which most of them are rows of numbers wins. Where two hold equally
well and say different things, as for 0,5 in each line, the header is asked; where it says nothing, so must the person be.
"""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.data.scope.header import is_quantity
from core.data.scope.text import Line

LARGEST_NUMBER = 1e12  # instruments write 9.9E+37 for a hole
FEW = 12  # lines that a layout is tried on first
MISSING = {"", "-", "--", "---", "nan", "na", "n/a", "#n/a", "null", "none", "*", "***", "****", "ovl", "ol"}
BEYOND = re.compile(r"[+-]?(inf|infinity|1\.#inf)", re.I)
_EXPONENT = r"(?:[eE][+-]?\d{1,4})?"
NUMBERS = {
    ".": re.compile(rf"[+-]?(?:\d+\.?\d*|\.\d+|\d{{1,3}}(?:,\d{{3}})+\.\d+){_EXPONENT}"),
    ",": re.compile(rf"[+-]?(?:\d+(?:,\d+)?|,\d+|\d{{1,3}}(?:\.\d{{3}})+,\d+){_EXPONENT}"),
}


@dataclass(frozen=True)
class Layout:
    """What stands between two cells (" " for any blanks, "" for one cell a line), and the decimal mark."""

    mark: str
    decimal: str
    pairs: bool = False  # commas are both: every second one is a decimal mark

    def cells(self, line: str) -> list[str]:
        """The cells of a line, without blanks and quotation marks around them."""
        if self.pairs:
            parts = line.split(",")
            return [",".join(parts[i : i + 2]).strip() for i in range(0, len(parts), 2)]
        if self.mark in ("", " "):
            line = line.replace('"', "") if line.count('"') % 2 == 0 else line
            return line.split() if self.mark else [line.strip().rstrip(",;")]
        if '"' in line and len(self.mark) == 1:
            return [cell.strip() for cell in next(csv.reader([line], delimiter=self.mark, skipinitialspace=True))]
        return [cell.strip() for cell in line.split(self.mark)]

    def number(self, cell: str) -> float | None:
        """A cell's number, infinite where it stands for beyond the range; None where it holds none that can be used."""
        if BEYOND.fullmatch(cell):
            return float("-inf" if cell[0] == "-" else "inf")
        if len(cell) > 60 or not NUMBERS[self.decimal].fullmatch(cell):
            return None
        other = "," if self.decimal == "." else "."
        value = float(cell.replace(other, "").replace(self.decimal, "."))
        return value if abs(value) <= LARGEST_NUMBER else None

    def holds(self, cell: str) -> bool:
        """Whether a cell is a number, or stands for one that is missing or beyond the range."""
        return self.number(cell) is not None or cell.lower() in MISSING

    def row(self, line: str) -> list[float | None]:
        """The numbers of a line's cells."""
        return [self.number(cell) for cell in self.cells(line)]


LAYOUTS = [Layout(mark, decimal) for decimal in ".," for mark in ("\t", ";", ",", ", ", " ", "")]
LAYOUTS.append(Layout(",", ",", pairs=True))


def likely(lines: Sequence[Line]) -> list[Layout]:
    """The layouts under which most of the lines are rows of numbers: one, or several that say different things; none without a number."""
    able = [
        layout
        for layout in LAYOUTS
        if (not layout.mark or any(layout.mark in line.text for line in lines))
        and not (layout.pairs and any(line.text.count(",") % 2 == 0 for line in lines))
    ]
    some = lines[:: max(1, len(lines) // FEW)]
    first = {layout: _share(layout, some)[0] for layout in able}
    found: dict[tuple, Layout] = {}
    best = 0.0
    for layout in able:
        if first[layout] < max(first.values()) - 0.6:
            continue  # far behind on a few lines already
        share, numbers = _share(layout, lines)
        if share > best + 1e-9:
            found, best = {}, share
        if share and abs(share - best) <= 1e-9:
            found.setdefault(numbers, layout)
    return list(found.values())


def _share(layout: Layout, lines: Sequence[Line]) -> tuple[float, tuple]:
    """How well a layout holds, from 0 to 2; and the numbers that it finds."""
    table = [layout.cells(line.text) for line in lines]
    numbers = [[layout.number(cell) for cell in cells] for cells in table]
    usual = Counter(map(len, table)).most_common(1)[0][0]
    good = sum(
        any(value is not None for value in row) and all(map(layout.holds, cells)) and (len(cells) == usual)
        for cells, row in zip(table, numbers, strict=True)
    )
    places = columns(layout, lines)
    covered = sum(all(c < len(row) and row[c] is not None for c in places) for row in numbers) if places else 0
    return (good + covered) / len(lines), tuple(tuple(value for value in row if value is not None) for row in numbers)


def columns(layout: Layout, lines: Sequence[Line]) -> list[int]:
    """The places of the columns that hold samples, from lines of the second half of a file.

    Where most lines are rows of numbers alone, a column with a number in every fourth of them is one too, as of a slower channel.
    """
    table = [layout.cells(line.text) for line in lines]
    pure = [cells for cells in table if all(map(layout.holds, cells)) and any(layout.number(cell) is not None for cell in cells)]
    alone = 2 * len(pure) > len(table)
    counts = Counter(c for cells in (pure if alone else table) for c, cell in enumerate(cells) if layout.number(cell) is not None)
    most = max(counts.values(), default=0)
    return sorted(c for c, count in counts.items() if count >= (0.25 if alone else 0.8) * most)


def settled(layouts: list[Layout], lines: Sequence[Line], header: Sequence[Line]) -> list[Layout]:
    """Of layouts that hold equally well, the one that the numbers or the header speak for; all of them where nothing does."""
    comma = next((layout for layout in layouts if layout == Layout(",", ".")), None)
    decimal = [layout for layout in layouts if layout.decimal == ","]
    if comma is None or not decimal or len(layouts) != len(decimal) + 1:
        return layouts[:1] if len(layouts) > 1 and not decimal else layouts
    cells = [comma.cells(line.text) for line in lines]
    blanks = any(", " in line.text for line in lines)
    parted = any(layout.mark == ", " for layout in decimal)  # 0,5, 1,5: a blank behind the commas between columns alone
    for_columns = any(cell[:1] in ("-", "+", "") for row in cells for cell in row[1::2]) or (blanks and not parted)
    for_decimal = parted or any(
        (len(after) > 1 and after.startswith("0")) or before in ("-0", "+0")
        for row in cells
        for before, after in zip(row[::2], row[1::2], strict=False)
    )
    names = [cell for cell in comma.cells(header[-1].text.lstrip("#;% ")) if cell] if header else []
    width = max(map(len, cells))
    if len(names) == width > 1:
        for_columns = True
    elif len(names) == width / 2 and (len(names) > 1 or is_quantity(names[0])):
        for_decimal = True
    if for_columns == for_decimal:
        return layouts
    return [comma] if for_columns else decimal
