"""Several specs side by side: what differs, which of them differ in their seeds alone, and what to call each."""

import dataclasses
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.runs import catalog
from core.specs import Change, DataSpec, ModelSpec, PulseSpec, RunSpec, TrainSpec, meta

_FEW = 3  # differences that fit into a name


def differing(specs: Sequence[RunSpec]) -> list[tuple[str, list[str]]]:
    """The fields in which specs differ: the title of each, and what it is in each spec, in words."""
    out = []
    for cls, name in _fields():
        values = [_part(spec, cls) for spec in specs]
        texts = [_text(cls, name, getattr(part, name)) if part is not None else "" for part in values]
        if len(set(texts)) > 1:
            out.append((meta(cls, name).title, texts))
    return out


def _fields() -> list[tuple[type, str]]:
    kinds = (DataSpec, PulseSpec, ModelSpec, TrainSpec)
    return [
        (cls, field.name)
        for cls in kinds
        for field in dataclasses.fields(cls)
        if meta(cls, field.name).kind != "part" or field.name == "changes"
    ]


def _part(spec: RunSpec, cls: type) -> Any:
    return {DataSpec: spec.data, PulseSpec: spec.data.pulses, ModelSpec: spec.model, TrainSpec: spec.train}[cls]


def _text(cls: type, name: str, value: Any) -> str:
    """A value in words."""
    known = meta(cls, name)
    if name == "changes":
        return on_the_way(value) or "none"
    if cls is DataSpec and name == "name":
        return catalog.title_of(DataSpec(value, pulses=PulseSpec() if value == "pulses" else None))
    if known.kind == "choice":
        return known.options[value]
    if known.kind in ("several", "texts"):
        return ", ".join(value)
    if known.kind == "switch":
        return "yes" if value else "no"
    if known.kind == "whole":
        return f"{value:,}" if "seed" not in name else str(value)
    return known.text(value) or "none"


def on_the_way(changes: Sequence[Change]) -> str:
    """What was changed while a network trained, and after which epoch."""
    return "; ".join(
        f"after epoch {one.epoch} rate {one.learning_rate:g}, momentum {one.momentum:g}, decay {one.weight_decay:g}" for one in changes
    )


def alike(spec: RunSpec) -> RunSpec:
    """What runs have in common that differ in their seeds alone."""
    data, model, train = replace(spec.data, seed=0), replace(spec.model, seed=0), replace(spec.train, seed=0)
    return replace(spec, data=data, model=model, train=train)


def groups(specs: Sequence[RunSpec]) -> list[list[int]]:
    """Places of the specs that differ in their seeds alone, group by group in the order of the first of each."""
    found: dict[RunSpec, list[int]] = {}
    for place, spec in enumerate(specs):
        found.setdefault(alike(spec), []).append(place)
    return list(found.values())


def names(specs: Sequence[RunSpec]) -> list[str]:
    """A name for each spec that tells it from the others: what differs where that is little, else what the catalogue calls it."""
    return _named(specs, [catalog.entry(spec).title for spec in specs])


def group_names(specs: Sequence[RunSpec], members: Sequence[Sequence[int]]) -> list[str]:
    """Likewise for groups of specs that differ in their seeds alone."""
    firsts = [specs[places[0]] for places in members]
    several = [f", {len(places)} seeds" if len(places) > 1 else "" for places in members]
    titles = [
        catalog.entry(spec).title.partition(", seed ")[0] if more else catalog.entry(spec).title
        for spec, more in zip(firsts, several, strict=True)
    ]
    named = _named([alike(spec) if more else spec for spec, more in zip(firsts, several, strict=True)], titles)
    return [name + more for name, more in zip(named, several, strict=True)]


def _named(specs: Sequence[RunSpec], titles: Sequence[str]) -> list[str]:
    rows = differing(specs)
    found = list(titles)
    if 0 < len(rows) <= _FEW:
        found = [", ".join(f"{title.lower()} {texts[place]}" for title, texts in rows) for place in range(len(specs))]
    return [name if found.count(name) == 1 else f"{name} ({spec.key})" for name, spec in zip(found, specs, strict=True)]
