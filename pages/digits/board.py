"""A digit CNN's activations as a board of maps, and the click that opens one of them."""

from collections.abc import Mapping, Sequence

import numpy as np

from core.charts import numbers
from core.charts.strips import Pictures, Strip, strip
from core.charts.theme import Theme
from core.models.blocks import hidden_behind, is_signed
from core.models.digit_layers import Layer
from core.models.network import layers
from core.specs import ModelSpec, RunSpec
from core.ui.board import board, picked_on
from pages.digits import choices
from pages.digits.images import class_noun, classes

CLICKABLE = 256  # units of a dense layer up to which each is a square that opens
MANY = 16  # maps above which they are drawn smaller


def on_board(model: ModelSpec) -> list[Layer]:
    """The layers that a board shows: what each convolution lets through, what is pooled, and the dense ones."""
    hidden = hidden_behind(model)
    return [one for one in layers(model) if one.name not in hidden]


def kind(model: ModelSpec, one: Layer) -> str:
    """How a layer's values are coloured: ink, signed values or amounts."""
    if one.kind == "input":
        return "ink"
    return "signed" if is_signed(model, one) else "amount"


def title_of(one: Layer) -> str:
    """A layer in words, with the number and size of its maps."""
    if one.flat:
        return f"{one.title}: {one.shape[0]:,} values"
    count, height, width = one.shape
    return f"{one.title}: {height}x{width} pixels" if one.kind == "input" else f"{one.title}: {count} maps of {height}x{width}"


def unit_of(spec: RunSpec, one: Layer, number: int) -> str:
    """One map or unit of a layer: "map 3", "unit 12", "digit 7"."""
    if not one.flat:
        return f"map {number + 1}"
    return f"{class_noun(spec)} {classes(spec)[number]}" if one.kind == "logits" else f"unit {number + 1}"


def strips(
    spec: RunSpec,
    acts: Mapping[str, np.ndarray],
    limits: Mapping[str, float],
    colours: Theme,
    *,
    side: int = 72,
    prefix: str = "",
    shown: Sequence[Layer] = (),
) -> list[Strip]:
    """One strip a layer for the first image of the activations; the ids are <prefix><layer>:<map>.

    Args:
        side: pixels of a map where they are few.
        shown: layers; all that a board shows without.
    """
    out, model = [], spec.model
    for one in shown or on_board(model):
        values = acts[one.name][0]  # (maps, height, width) or (units,)
        pictures = Pictures(values[:, None, None] if one.flat else values, kind(model, one), limits[one.name])
        title = title_of(one) + (_each(spec) if one.kind == "logits" else "")
        opens = choices.openable(one) and (not one.flat or len(values) <= CLICKABLE)
        ids, labels = [], []
        if opens:
            ids = [f"{prefix}{one.name}:{i}" for i in range(len(values))]
            labels = [
                f"{one.title}, {unit_of(spec, one, i)}" + (f": {numbers.fixed(values[i], 2)}" if one.flat else "")
                for i in range(len(values))
            ]
        size, columns = _layout(one, side)
        out.append(strip(pictures, colours, title=title, alt=title, ids=ids, labels=labels, side=size, columns=columns))
    return out


def _each(spec: RunSpec) -> str:
    """Which class each of the values is for."""
    names, what = classes(spec), class_noun(spec)
    return f", one for each {what} {names[0]} to {names[-1]}" if what == "digit" else f", one for each {what}: {' '.join(names)}"


def _layout(one: Layer, side: int) -> tuple[int, int]:
    """Pixels of a map or square, and how many stand in a line."""
    count = one.shape[0]
    if not one.flat:
        return (side, 8) if count <= MANY else (side * 2 // 3, 12)
    if count <= 20:
        return side // 2, 10
    return (side // 4, 20) if count <= CLICKABLE else (side // 12, 64)


def layer_board(key: str, shown: Sequence[Strip], *, own: bool) -> None:
    """Strips whose maps open on a click; `own` where they show what this person drew or brought."""
    board(
        key,
        shown,
        f"{choices.value('layer')}:{choices.value('filter')}",
        on_pick=lambda: open_picked(picked_on(key)),
        own=own,
        opens="digits-map-panel",
    )


def open_picked(picked: str) -> None:
    """Open the map <layer>:<number>."""
    name, _, number = picked.partition(":")
    if number.isdecimal():
        choices.open_map(name, int(number))
