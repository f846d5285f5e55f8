"""The data of a chart as tables to read: what the chart names, by its names, without what only places and colours its marks."""

import json
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
PART = re.compile(r"datum\.m ===? ['\"](\w+)['\"]")
# What numbers.called gives: how a chart calls a thing by its index.
CALLED = re.compile(r"(?P<names>\[.*\])\[\(?datum\.(?P<field>\w+)(?P<from_one> - 1\))?\]|datum\.(?P<number>\w+) \+ 1")


def tables(picture: Prepared) -> dict[str, pd.DataFrame]:
    """Its tables by name, without those that only repeat a part of another; the values of a stored state are called "state 3"."""
    names = {"m": "part", **_names(picture.spec)}
    read = {name: _read(_counted(table, picture.spec, names), names) for name, table in picture.tables.items()}
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


def _counted(table: pd.DataFrame, spec: Mapping[str, Any], names: dict[str, str]) -> pd.DataFrame:
    """The table with its indices as the chart calls them for people: by name, or counted from 1."""
    read: dict[str, pd.Series] = {}
    titles: dict[str, str] = {}
    for part, name, said in dict.fromkeys(_calculated(spec)):
        found = CALLED.fullmatch(said)
        index = str(found["field"] or found["number"]) if found else ""
        if not found or index not in table or name in table:
            continue
        of = table[index] if not part or "m" not in table else table.loc[table["m"] == part, index]
        texts = dict(enumerate(json.loads(found["names"]), start=bool(found["from_one"]))) if found["names"] else {}
        called = of.map(texts).fillna("") if texts else of + 1
        if name in names:
            titles.setdefault(index, names[name])
        whole = read[index] if index in read else table[index].astype(object)
        read[index] = pd.concat([called, whole.drop(called.index)]).sort_index()
    names |= titles
    return table.assign(**{index: column.infer_objects() for index, column in read.items()})


def _calculated(spec: Any) -> Iterator[tuple[str, str, str]]:
    """Every calculation in a spec: the part of the table that it is for, its name, and how it is made."""
    if isinstance(spec, dict):
        steps = [step for step in spec.get("transform", ()) if isinstance(step, dict)]
        part = next((found[1] for step in steps if (found := PART.search(str(step.get("filter", ""))))), "")
        yield from ((part, step["as"], step["calculate"]) for step in steps if "calculate" in step)
    for one in spec.values() if isinstance(spec, dict) else spec if isinstance(spec, list) else ():
        yield from _calculated(one)


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
