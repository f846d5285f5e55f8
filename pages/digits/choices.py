"""What the digits page lets one choose, each choice declared once, and the acts that make several of them."""

import re

from core.breaking import confidence, hangs
from core.breaking import map as layer_map
from core.breaking import panel as breaking
from core.frame import choices
from core.frame.choices import Choice
from core.models.blocks import convolutions, hidden_behind, output_of
from core.models.digit_layers import Layer
from core.models.network import layers
from core.runs.fitting import digits as fits
from core.specs import ModelSpec
from core.ui import networks, question
from core.ui.shown import Shown
from pages.digits.images import classes, side
from pages.digits.lesson import LESSON
from pages.digits.small_training import ALLOWED, Small

PAGE = "digits"
FIRST = "digit-cnn"  # the network that the page opens on
SECTIONS = {
    "draw": "Draw and watch",
    "compare": "Before and after",
    "summary": "Layers and weights",
    "table": "Activation tables",
    "filters": "What a filter looks for",
    "breaking": "Break it",
    "confidence": "How sure it is",
    "map": "Map of a layer",
    "train": "Train it here",
}
PARTS = ("start", "chosen", "end")  # columns of the comparison
EXAMPLES = ("each", "one", "misread")
ORDERS = {"number": "number", "activation": "mean activation", "norm": "weight norm"}
ROWS = 10  # of the activation tables
WIDEST = 64  # units across an activation table
BEST = 9  # patches of each filter


def of_page() -> list[Choice]:
    """The choices that need no network."""
    return [
        choices.one_of("section", "draw", SECTIONS),
        networks.choice("run", FIRST, fits),
        question.choice("change", breaking.QUESTION, confidence.QUESTION, layer_map.QUESTION, *LESSON.questions),
        choices.flag("centre", True, words=("off", "on")),
        choices.one_of("part", "end", PARTS, section="compare"),
        choices.flag("stay", False, section="compare"),  # whether the middle column stays where the state is an end, too
        choices.one_of("examples", "each", EXAMPLES, section="table"),
        choices.one_of("order", "number", ORDERS, section="table"),
        choices.whole("start", 0, 0, 50, section="table"),
        choices.whole("row", 0, 0, ROWS - 1, section="table"),
        choices.whole("patch", None, 0, BEST - 1, section="filters"),
        *breaking.of_page(("breaking", "confidence")),
        *confidence.of_page("confidence"),
        hangs.of_page("breaking"),
        layer_map.of_page("map"),
        Choice("training", Small(), Small.read, ALLOWED, Small.write, section="train"),
    ]


def of_network(net: Shown, images: int) -> list[Choice]:
    """The choices that depend on the network and on the number of its test images."""
    model = net.run.spec.model
    names = [one.name for one in layers(model) if openable(one)]
    most = max(one.shape[0] for one in layers(model)) - 1
    maps = max((one.shape[0] for one in layers(model) if not one.flat), default=1) - 1
    return [
        *breaking.of_network(PAGE, side(net.run.spec), classes(net.run.spec), ("breaking", "confidence")),
        networks.state_choice(net.run),
        choices.text("input", "pad", lambda text: read_input(text, images), "pad, upload or test- and a number"),
        choices.one_of("layer", "", names),
        choices.whole("filter", 0, 0, most),
        choices.text("cell", "", read_cell, "a row and a column, such as 3-12"),
        choices.whole("channel", None, 0, maps),
        choices.one_of("maps", "", tables(model), section="table"),
        choices.whole("digit", 0, 0, model.sizes[-1] - 1, section="table"),
        choices.whole("kernel", None, 0, maps, section="table"),
    ]


def openable(layer: Layer) -> bool:
    """Whether one of the layer's maps or units can be opened."""
    return layer.kind not in ("input", "probabilities", "pad")


def tables(model: ModelSpec) -> dict[str, str]:
    """Layers of which there is an activation table, and their titles there; of each convolution, what most look at first."""
    titles = {one.name: one.title for one in layers(model)}
    out: dict[str, str] = {}
    for one in convolutions(model):
        shown = output_of(model, one.number)
        out[shown.name] = shown.title if model.kind == "digit_cnn" else f"{one.title}, what it lets through"
        if shown.name != one.name:
            out[one.name] = f"{one.title} before {'ReLU' if model.kind == 'digit_cnn' else 'anything follows'}"
        out |= {pool.name: pool.title for pool in layers(model) if pool.kind == "pool" and pool.number == one.number}
    hidden = hidden_behind(model)
    out |= {one.name: one.title for one in layers(model) if not one.flat and openable(one) and one.name not in {*out, *hidden}}
    out |= {one.name: one.title for one in layers(model) if one.kind == "dense" and one.shape[0] <= WIDEST}
    return out | {"probabilities": titles["logits"]}


def read_input(text: str, images: int) -> str:
    """The `input` of a link: pad, upload or test-<number>.

    Raises:
        ValueError: it is none of them.
    """
    if text in ("pad", "upload"):
        return text
    if re.fullmatch(r"test-\d{1,6}", text) and int(text[5:]) < images:
        return text
    raise ValueError(text)


def read_cell(text: str) -> str:
    """The `cell` of a link: row and column of a map's value.

    Raises:
        ValueError: it is no such pair.
    """
    if not re.fullmatch(r"\d{1,3}-\d{1,3}", text):
        raise ValueError(text)
    return text


def value(name: str):
    """The present value of one of the page's choices."""
    return choices.value(PAGE, name)


def put(**items: object) -> None:
    """Make some of the page's choices."""
    for name, item in items.items():
        choices.put(PAGE, name, item)


def open_map(layer: str, number: int) -> None:
    """Open one map or unit of a layer."""
    put(layer=layer, filter=number, cell="", channel=None)


def close_map() -> None:
    """Nothing is open any more."""
    put(layer="", filter=0, cell="", channel=None)


def at_last_state() -> None:
    """With another network: its last state."""
    put(epoch=None, stay=False)
