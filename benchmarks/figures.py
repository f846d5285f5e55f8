"""Figures for people and for the table of results."""

import json
import math
from collections.abc import Sequence
from typing import Any


def percentile(numbers: Sequence[float], share: float) -> float:
    """The smallest of the numbers that at least this share of them does not exceed; NaN of none."""
    ordered = sorted(numbers)
    return ordered[max(math.ceil(share * len(ordered)), 1) - 1] if ordered else math.nan


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Columns under their heads in Markdown, the first one of words and the others of numbers, rounded."""
    cells = [list(head), *([f"{cell:,.1f}" if isinstance(cell, float) else str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    lines = [[cell.rjust(w) if i else cell.ljust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))] for row in cells]
    lines.insert(1, ["-" * (w - 1) + (":" if i else "-") for i, w in enumerate(widths)])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def say(name: str, value: float, unit: str, **more: Any) -> None:
    """A line for the table of results."""
    print(json.dumps({"name": name, "value": round(value, 1), "unit": unit, **more}), flush=True)
