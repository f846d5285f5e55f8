"""What the templates page lets one choose, each choice declared once, and the acts that make several of them."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.breaking import confidence, hangs
from core.breaking import map as layer_map
from core.breaking import panel as breaking
from core.frame import choices
from core.frame.choices import Choice
from core.runs import catalog
from core.specs import RunSpec
from core.ui import networks, question, shown
from pages.templates.groups import GROUP, SHEET, groups
from pages.templates.lesson import LESSON
from pages.templates.parts import PAGE, PARTS, nearest, on_images, shape_of
from pages.templates.view import View, class_names

FIRST = "softmax-mnist"  # the network that the page opens on
SOURCES = {"test": "a test image", "draw": "a digit you draw"}
TEST_IMAGE, DRAWING = SOURCES
BARS = {"weights": "output weights", "votes": "activation × weight for an image"}  # what the bars of the hidden layer show
WEIGHTS, VOTES = BARS
FORMS = {"counts": "Counts", "shares": "Row %", "images": "Top images"}  # of the confusion matrix
ANY = "any"  # class
NOTHING = "nothing"  # to compare with
IMAGE = ("rolled", "match", "breaking", "confidence", "hidden")  # parts that look at one image
OWN = "own"  # order of the hidden filters


def of_page() -> list[Choice]:
    """The choices that need no network."""
    return [
        choices.one_of("section", "gallery", PARTS),
        networks.choice("model", FIRST, on_images),
        networks.choice("asked", "", on_images),  # the network that the part cannot show, while another stands in
        Choice("from", "", choices.one_of("from", "", PARTS).read, "a part of this page", section=("match", "hidden")),
        Choice("epoch", None, _read_epoch, "a number of epochs, 0 or more", "{:.4g}".format),
        choices.one_of("source", TEST_IMAGE, SOURCES, section=IMAGE),
        *confidence.of_page(("mistakes", "confidence")),
        hangs.of_page("breaking"),
        layer_map.of_page("map"),
        choices.one_of("form", "counts", FORMS, section="confusion"),
        choices.one_of("bars", WEIGHTS, BARS, section="hidden"),
        question.choice("likeness", "second", "filters", breaking.QUESTION, confidence.QUESTION, layer_map.QUESTION, *LESSON.questions),
        *breaking.of_page(("breaking", "confidence")),
    ]


def of_network(spec: RunSpec) -> list[Choice]:
    """The choices that depend on the network: its classes, its images, its filters."""
    classes = class_names(spec)
    first, last = classes[0], classes[-1]

    def class_(name: str, default: str, section: str) -> Choice:
        def read(text: str) -> str:
            if text not in (default, *classes):
                raise ValueError(text)
            return text

        return Choice(name, default, read, f"a class of this network, as in {first}", section=section)

    units, images = spec.model.sizes[1], max(1, spec.data.test)
    return [
        class_("class", first, "rolled"),
        class_("actual", ANY, "mistakes"),
        class_("predicted", ANY, "mistakes"),
        class_("sort", OWN, "hidden"),
        choices.whole("image", 0, 0, images - 1, section=IMAGE),
        *breaking.of_network(PAGE, max(shape_of(spec.data)[:2]), classes, ("breaking", "confidence")),
        choices.whole("sheet", 1, 1, groups(units, SHEET), section="gallery"),
        choices.whole("group", 1, 1, groups(units, GROUP), section="hidden"),
        networks.NetworkChoice("with", NOTHING, _read_other, "another network of this page", section="confusion"),
        Choice("cell", "", lambda text: _read_cell(text, classes), f"two classes, as in {first}-{last}", section="confusion"),
    ]


def _read_epoch(text: str) -> float | None:
    """Epochs completed; None for the last."""
    if text and not 0 <= float(text) < float("inf"):
        raise ValueError(text)
    return float(text) if text else None


def _read_other(text: str) -> str:
    """The network to compare with."""
    if text == NOTHING:
        return text
    other = networks.choice("with", "", on_images).read(text)
    if other == choices.value(PAGE, "model"):
        raise ValueError(text)
    return other


def _read_cell(text: str, classes: Sequence[str]) -> str:
    """A cell of the network's matrix, or of the one to compare with: actual and predicted class."""
    other = choices.value(PAGE, "with")
    if text not in cells(classes) and (other == NOTHING or text not in cells(class_names(catalog.find(other).spec))):
        raise ValueError(text)
    return text


def cells(classes: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Every cell of a confusion matrix: its name in the link -> row and column."""
    return {f"{a}-{p}": (r, c) for r, a in enumerate(classes) for c, p in enumerate(classes)}


def choose_state(view: View, index: int) -> None:
    """Show another state; the last one is as usual and leaves the link short."""
    choices.put(PAGE, "epoch", None if index == view.run.states - 1 else float(view.run.epochs[index]))


def at_rest(view: View) -> Callable[[], None]:
    """The player's way to tell at which state it rests."""
    return lambda: choose_state(view, st.session_state[f"{PAGE}-player"]["frame"])


def epoch_slider(view: View) -> None:
    """The epoch for pictures that the server draws; it shares the player's choice."""
    labels = shown.labels(view.run)
    key = f"{PAGE}-epoch-slider"
    st.session_state[key] = view.state
    st.select_slider(
        "Epoch", range(len(labels)), format_func=labels.__getitem__, key=key, on_change=lambda: choose_state(view, st.session_state[key])
    )


def settle_network() -> None:
    """Put a network that the part can show in place of one that it cannot, and the one asked for back where it can be shown."""
    part = PARTS[choices.value(PAGE, "section")]
    wanted = choices.value(PAGE, "asked") or choices.value(PAGE, "model")
    spec = catalog.find(wanted).spec
    if part.fits(spec):
        choices.put(PAGE, "model", wanted)
        choices.put(PAGE, "asked", "")
    elif not part.fits(catalog.find(choices.value(PAGE, "model")).spec):
        other = nearest(spec, part.fits)
        choices.put(PAGE, "model", other.id if other else wanted)
        choices.put(PAGE, "asked", wanted if other else "")


def open_part(name: str) -> None:
    """In a callback: another part of the page, by its own name."""
    choices.put(PAGE, "section", name)
    choices.put(PAGE, "from", "")


def opener(view: View) -> Callable[[int], None]:
    """A callback's way to one test image: to the match view, or with a hidden layer to its votes."""

    def open_image(index: int) -> None:
        choices.put(PAGE, "from", choices.value(PAGE, "section"))
        choices.put(PAGE, "section", "hidden" if view.hidden else "match")
        choices.put(PAGE, "model", view.id)
        choices.put(PAGE, "source", TEST_IMAGE)
        choices.put(PAGE, "image", index)
        if view.hidden:
            choices.put(PAGE, "bars", VOTES)
            question.tell(PAGE, "filters", view.data.name)

    return open_image
