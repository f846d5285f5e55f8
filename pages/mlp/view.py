"""What the MLP page shows: its choices, how they stand in the link, and the view that its panels get."""

import re
from dataclasses import dataclass

import streamlit as st

from core.analysis.ordering import Ordering
from core.charts.client_order import MOVES, SORTS, Opening
from core.ui import address, link

PAGE = "mlp"
MODELS = {"mlp-random": "random start", "mlp-diagonal": "alternating diagonal start"}
SIZES = (784, 49, 7, 15, 15, 10)
LAYERS = {n + 1: f"{n + 1}: {SIZES[n]}×{SIZES[n + 1]}" for n in range(5)}
SECTIONS = {
    "neighbours": "Neighbours",
    "units": "Layer 1 as images",
    "epochs": "Over the epochs",
    "compare": "Two runs",
    "image": "An image through it",
    "off": "Switch a unit off",
    "download": "Download",
}
_PICK = re.compile(r"(?:r(\d+))?(?:c(\d+))?")


@dataclass(frozen=True)
class View:
    """One view of the MLP page."""

    model: str  # name of a shipped run
    layer: int  # 1-5, 1 = the pixels' own
    epoch: int  # stored state, 0 = the start


def read_pick(text: str) -> str:
    """A pick as it stands in a link: r3c7 a cell, r3 a row's norm, c7 a column's norm, "none" nothing.

    Raises:
        ValueError: it is none of these.
    """
    if text != "none" and (not text or not _PICK.fullmatch(text)):
        raise ValueError
    return text


def read_held(text: str) -> str:
    """The state whose order is held, as it stands in a link, or "none".

    Raises:
        ValueError: it is neither.
    """
    if text != "none" and not (text.isdecimal() and int(text) <= 50):
        raise ValueError
    return text


CHOICES = [
    link.one_of("model", "mlp-diagonal", MODELS),
    link.whole("layer", 5, 1, 5),
    link.whole("epoch", 50, 0, 50),
    link.one_of("sort", "value", SORTS),
    link.text("by", "c3", read_pick, "a cell such as r3c7, a row such as r3, a column such as c7, or none"),
    link.one_of("move", "rows", MOVES),
    link.one_of("first", "largest", ("largest", "smallest")),
    link.one_of("order", "follow", ("follow", "hold")),
    link.text("held", "none", read_held, "an epoch from 0 to 50, or none"),
    link.one_of("limits", "layer", ("layer", "epoch")),
    link.one_of("section", "neighbours", SECTIONS),
]


def ends(layer: int) -> tuple[str, str]:
    """What the rows and the columns of a layer's matrix are."""
    rows = "pixels" if layer == 1 else f"units of layer {layer - 1}"
    return f"inputs: {rows}", "outputs: digits" if layer == 5 else f"outputs: units of layer {layer}"


def unit_name(layer: int, unit: int) -> str:
    """A unit by the layer that makes it; layer 0 is the image."""
    if layer == 0:
        return f"pixel {unit}"
    return f"digit {unit}" if layer == 5 else f"unit {unit} of layer {layer}"


def key(name: str) -> str:
    """The session key of a choice."""
    return link.key(PAGE, name)


def value(name: str):
    """The present value of a choice."""
    return link.value(PAGE, name)


def restore() -> tuple[View, list[str]]:
    """The view that the link and the session ask for, with notes on what could not be."""
    notes = link.restore(PAGE, CHOICES)
    view = View(value("model"), value("layer"), value("epoch"))
    row, column = picked()
    rows, columns = SIZES[view.layer - 1], SIZES[view.layer]
    if (row is not None and row >= rows) or (column is not None and column >= columns):
        if st.session_state.get("_mlp-picked-layer", view.layer) == view.layer:
            notes.append(
                f"The link picks {value('by')}, but layer {view.layer} has {rows} rows and {columns} columns; nothing is picked instead."
            )
        set_pick(None, None)
    st.session_state["_mlp-picked-layer"] = view.layer
    return view, notes


def picked() -> tuple[int | None, int | None]:
    """Row and column of the pick; None where a norm strip was clicked, both None when nothing is picked."""
    match = _PICK.fullmatch(value("by"))
    if match is None:
        return None, None
    row, column = (None if part is None else int(part) for part in match.groups())
    return row, column


def set_pick(row: int | None, column: int | None) -> None:
    """Remember a pick."""
    text = ("" if row is None else f"r{row}") + ("" if column is None else f"c{column}")
    st.session_state[key("by")] = text or "none"


def sort_by_norm(axis: str) -> None:
    """What a click on the norm strip of the "rows" or the "columns" asks for."""
    if value("sort") == "original":
        st.session_state[key("sort")] = "norm"
    if value("move") not in ("both", axis):
        st.session_state[key("move")] = "both"


def ordering() -> Ordering:
    """What sorts the matrix now."""
    row, column = picked()
    return Ordering(value("sort"), value("move"), value("first") == "largest", row, column)


def held_state(view: View) -> int:
    """The state whose weights give the order while it is held, -1 while it follows the epoch shown."""
    if value("order") != "hold":
        st.session_state[key("held")] = "none"
        return -1
    if value("held") == "none":
        st.session_state[key("held")] = str(view.epoch)
    return int(value("held"))


def opening(view: View, *more: object) -> Opening:
    """What the matrix is drawn with: fixed for as long as the same picture stays up, so that the browser never rebuilds it."""
    identity = (address.visit(), view.model, view.layer, value("limits"), *more)
    kept = st.session_state.get("_mlp-matrix-opening")
    if kept is None or kept[0] != identity:
        row, column = picked()
        pick = None if row is None and column is None else ("cur", -1 if row is None else row, -1 if column is None else column)
        now = Opening(view.epoch, value("sort"), value("move"), value("first") == "largest", held_state(view), pick)
        kept = st.session_state["_mlp-matrix-opening"] = (identity, now)
    return kept[1]


def signals(view: View) -> dict[str, str]:
    """The hidden parameters of the matrix charts as the choices want them."""
    return {
        "sort": value("sort"),
        "move": value("move"),
        "falling": "1" if value("first") == "largest" else "0",
        "held": str(held_state(view)),
    }


def offer_other_runs() -> None:
    """Under the sentence about a run that cannot be read: the way to the others."""
    st.segmented_control(
        "Look at another run", list(MODELS), format_func=lambda m: MODELS[m], key=key("model"), required=True, persist_state="session"
    )


def write_link() -> None:
    """Put the whole view into the address."""
    link.write(PAGE, {choice.name: value(choice.name) for choice in CHOICES})
