"""What can be chosen on the MLP page, and how it stands in the link."""

import re
from functools import partial

from core.analysis.ablation import OFF
from core.analysis.ordering import Ordering
from core.charts.client_order import MOVES, SORTS, Opening
from core.frame import choices, visitor
from core.frame.choices import Choice
from core.runs import catalog, store
from core.runs.fitting import mlp as fits
from core.runs.run import Run
from core.specs import RunSpec
from core.ui import networks, question, shown
from core.ui.shown import Shown
from pages.mlp.layer import Layer, class_names
from pages.mlp.lesson import LESSON
from pages.mlp.words import HISTORY, RULES, SECTIONS, SOURCES, UNIT_SORTS

PAGE = "mlp"
DEFAULT = "mlp-diagonal"
ANY = "any digit"  # in links, whatever the classes are
FOLLOWS = -1  # a held order, or the epoch of a side, that follows the player
_PICK = re.compile(r"(?:r(\d+))?(?:c(\d+))?")


def network() -> Choice:
    """Which network: any dense one that is stored."""
    return networks.choice("model", DEFAULT, fits)


def page_choices(run: Run) -> list[Choice]:
    """Layer, state and section."""
    last = len(run.spec.model.sizes) - 1
    return [
        choices.whole("layer", last, 1, last),
        networks.state_choice(run),
        choices.one_of("section", "neighbours", SECTIONS),
        question.choice("pixels", *LESSON.questions),
    ]


def view_choices(layer: Layer) -> list[Choice]:
    """How the matrix is ordered and coloured, and what is picked in it."""
    rows, columns = layer.shape

    def read_pick(text: str) -> str:
        row, column = pick_parts(text)
        if (row is not None and row >= rows) or (column is not None and column >= columns):
            raise ValueError(text)
        return text

    allowed = f"a cell such as r3c7, a row such as r3, a column such as c7, or none, within {rows:,} rows and {columns:,} columns"
    return [
        choices.one_of("sort", "value", SORTS),
        choices.text("by", "c3" if columns > 3 else "none", read_pick, allowed),
        choices.one_of("move", "rows", MOVES),
        choices.one_of("first", "largest", ("largest", "smallest")),
        choices.one_of("order", "follow", ("follow", "hold")),
        _epoch("held", layer.shown, "an epoch, or none"),
        choices.one_of("limits", "layer", ("layer", "epoch")),
    ]


def section_choices(layer: Layer, images: int) -> list[Choice]:
    """Those of the sections, each with the section that it belongs to.

    Args:
        images: test images that there are.
    """
    spec, count = layer.spec, layer.count
    outputs = layer.sizes[-1]
    left, right = sides(layer)
    return [
        choices.one_of("class", 0, range(outputs), "neighbours"),
        choices.one_of("rule", "step", RULES, "neighbours"),
        choices.whole("steps", 1, 1, count, "neighbours"),
        choices.one_of("images", "original", UNIT_SORTS, "units"),
        choices.flag("falling", True, "units"),
        choices.one_of("look", HISTORY[0], HISTORY, "epochs"),
        networks.choice("left", left, comparable(layer), "compare"),
        networks.choice("right", right, comparable(layer), "compare"),
        choices.one_of("show", ANY, (ANY, *class_names(spec)), "image"),
        choices.flag("wrong", False, "image"),
        choices.whole("image", 1, 1, max(images, 10_000), "image"),
        choices.whole("unit", None, 0, layer.shape[1] - 1, "image"),
        choices.one_of("source", "test", SOURCES, "image"),
        choices.one_of("sends", "zero", OFF, "off"),
        choices.wholes("units", [], 0, layer.sizes[hidden_layer(layer)] - 1, "off"),
    ]


def side_choices(left: Shown | None, right: Shown | None) -> list[Choice]:
    """The epochs of two runs that are compared."""
    return [
        _epoch(f"{side}_epoch", of, "an epoch, or none", "compare") for side, of in (("left", left), ("right", right)) if of is not None
    ]


def _epoch(name: str, of: Shown, allowed: str, section: str | None = None) -> Choice:
    """A stored state as an epoch, or FOLLOWS, which links call none."""
    state = networks.state_choice(of.run, name)

    def write(value: int) -> str:
        return "none" if value == FOLLOWS else shown.labels(of.run)[value]

    return Choice(name, FOLLOWS, lambda text: FOLLOWS if text == "none" else state.read(text), allowed, write, section)


def hidden_layer(layer: Layer) -> int:
    """The layer whose units can be off: this one, or the last hidden one, whose units feed the outputs; 0 for the inputs."""
    return min(layer.number, layer.count - 1)


def comparable(layer: Layer):
    """Whether a run has this layer in the same shape."""
    sizes, number = layer.shape, layer.number

    def same(spec: RunSpec) -> bool:
        return fits(spec) and spec.model.sizes[number - 1 : number + 1] == sizes

    return same


def sides(layer: Layer) -> tuple[str, str]:
    """The page's run, and another one to hold against it if there is one."""
    try:
        others = [entry.id for entry in catalog.fitting(comparable(layer), visitor.own())]
    except (store.MissingRun, store.DamagedRun):
        others = []
    other = next((id_ for id_ in others if id_ != layer.shown.id), layer.shown.id)
    return layer.shown.id, other


def value(name: str):
    """The present value of a choice."""
    return choices.value(PAGE, name)


def put(name: str, item) -> None:
    """Make a choice, in a callback or before its widget is made."""
    choices.put(PAGE, name, item)


key = partial(choices.key, PAGE)  # of a choice, in the session and of its widget


def moved(layer: Layer) -> bool:
    """Whether network, layer, state or section have been chosen anew since the page drew this layer."""
    return (value("model"), value("layer"), value("epoch")) != (layer.shown.id, layer.number, layer.state)


def pick_parts(text: str) -> tuple[int | None, int | None]:
    """Row and column of a pick as it stands in a link: r3c7 a cell, r3 a row's norm, c7 a column's norm, none nothing."""
    if text == "none":
        return None, None
    match = _PICK.fullmatch(text)
    if not text or match is None or len(text) > 12:
        raise ValueError(text)
    row, column = (None if part is None else int(part) for part in match.groups())
    return row, column


def picked() -> tuple[int | None, int | None]:
    """Row and column of the pick; None where a norm strip was clicked, both None when nothing is picked."""
    return pick_parts(value("by"))


def pick_text(row: int | None, column: int | None) -> str:
    """A pick as `pick_parts` reads it."""
    return ("" if row is None else f"r{row}") + ("" if column is None else f"c{column}") or "none"


def set_pick(row: int | None, column: int | None) -> None:
    """Remember a pick."""
    text = pick_text(row, column)
    pick_parts(text)  # raises where no link can say it
    put("by", text)


def sort_by_norm(axis: str) -> None:
    """What a click on the norm strip of the "rows" or the "columns" asks for."""
    if value("sort") == "original":
        put("sort", "norm")
    if value("move") not in ("both", axis):
        put("move", "both")


def ordering() -> Ordering:
    """What sorts the matrix now."""
    row, column = picked()
    return Ordering(value("sort"), value("move"), value("first") == "largest", row, column)


def held_state(layer: Layer) -> int:
    """The state whose weights give the order while it is held, FOLLOWS while it follows the epoch shown."""
    if value("order") != "hold":
        put("held", FOLLOWS)
    elif value("held") == FOLLOWS:
        put("held", layer.state)
    return value("held")


def opening(layer: Layer) -> Opening:
    """What the matrix is drawn with."""
    row, column = picked()
    pick = None if row is None and column is None else ("cur", -1 if row is None else row, -1 if column is None else column)
    return Opening(layer.state, value("sort"), value("move"), value("first") == "largest", held_state(layer), pick)


def signals(layer: Layer) -> dict[str, str]:
    """The hidden parameters of the matrix charts as the choices want them."""
    falling = "1" if value("first") == "largest" else "0"
    return {"sort": value("sort"), "move": value("move"), "falling": falling, "held": str(held_state(layer))}
