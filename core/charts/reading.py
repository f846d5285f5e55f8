"""The data of a chart as tables to read: what the chart names, by its names, without what only places and colours its marks."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from core.charts.prepared import Prepared

STATE = re.compile(r"s(\d+)")  # a column of the values at a stored state
# What places marks and tells pictures; kept only where the chart gives it a name.
PLACES = {"url", "x", "y", "x2", "y2", "rx", "ry", "fx", "fy", "ax", "ay", "ox", "oy", "left", "label", "place", "cell", "shade", "chosen"}
PLACES |= {"right", "picked", "now", "clicks", "text"}
PICTURES = "data:image/"


def tables(picture: Prepared) -> dict[str, pd.DataFrame]:
    """Its tables by name, without those that only repeat a part of another; the values of a stored state are called "state 3"."""
    names = {"m": "part", **_names(picture.spec)}
    read = {name: _read(table, names) for name, table in picture.tables.items()}
    return {
        name: table
        for name, table in read.items()
        if table.size and not any(set(table) <= set(more) and len(table) < len(more) for more in read.values())
    }


def _read(table: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    called: dict[Any, str] = {}
    for column in table.columns:
        state = STATE.fullmatch(str(column))
        known = f"state {state[1]}" if state else names.get(str(column), "" if column in PLACES else str(column))
        if known and known not in called.values() and not _pictures(table[column]):
            called[column] = known
    return table[list(called)].rename(columns=called)


def _pictures(values: pd.Series) -> bool:
    return any(isinstance(value, str) and value.startswith(PICTURES) for value in values[:20])


def _names(spec: Mapping[str, Any]) -> dict[str, str]:
    """What each field is called: by a tooltip, or else by an axis or a legend."""
    tips: dict[str, str] = {}
    axes: dict[str, str] = {}
    for channel, said in _channels(spec):
        (tips if channel == "tooltip" else axes).setdefault(said["field"], said.get("title") or "")
    return {field: title or field for field, title in (axes | tips).items() if title or field in tips}


def _channels(part: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every channel with a field in the encodings of a spec and its parts."""
    if isinstance(part, dict):
        for channel, said in part.get("encoding", {}).items():
            yield from ((channel, one) for one in (said if isinstance(said, list) else [said]) if isinstance(one.get("field"), str))
    for one in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _channels(one)
