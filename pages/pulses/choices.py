"""What can be chosen on the pulses page, and so stands in its link: one pulse, the set it belongs to, a pulse of one's own."""

from dataclasses import fields
from functools import partial

from core.data.formula import LONGEST
from core.data.scope.header import LONGEST_NAME
from core.frame import choices
from core.frame.choices import Choice
from core.specs import PULSE_CLASSES, DataSpec, PulseSpec, meta
from core.ui import question
from pages.pulses.lesson import LESSON
from pages.pulses.shape import START, Shape, shape_of, text_of
from pages.pulses.words import EXAMPLES

PAGE = "pulses"
COUNTS = (60, 300, 1_000, 3_000, 10_000)  # images in a set
FURTHEST = 99_999  # row of a set
WAYS = ("Formula", "CSV file", "Drawing")  # to make a pulse of one's own
_SOME = meta(PulseSpec, "classes")


def _formula(text: str) -> str:
    if len(text) > LONGEST:
        raise ValueError(text)
    return text


def _name(text: str) -> str:
    if len(text) > LONGEST_NAME + 10:  # " (2)" may follow a name
        raise ValueError(text)
    return text


CHOICES = [
    choices.text("pulse", text_of(START), lambda text: text_of(shape_of(text)), "a pulse of this page"),
    choices.one_of("count", 300, COUNTS),
    choices.of_field(DataSpec, "seed"),
    *(choices.of_field(PulseSpec, field.name) for field in fields(PulseSpec)),
    Choice("show", [], lambda text: list(_SOME.read(text)), _SOME.allowed, _SOME.text),
    choices.whole("first", 0, 0, FURTHEST),
    choices.whole("open", None, 0, FURTHEST),
    choices.one_of("make", WAYS[0], WAYS, write=lambda way: way.split()[0].lower()),
    choices.text("formula", EXAMPLES["beat"], _formula, f"a formula of up to {LONGEST} characters"),
    choices.flag("fit", False),
    choices.text("channel", "", _name, f"a name of up to {LONGEST_NAME + 10} letters"),
    choices.one_of("commas", None, ("decimal", "columns")),
    question.choice("twins", *LESSON.questions),
]


key = partial(choices.key, PAGE)  # of a choice, in the session and of its widget
value = partial(choices.value, PAGE)  # of a choice, as it is now
put = partial(choices.put, PAGE)  # a choice for somebody, in a callback or before its widget is made


def spec() -> PulseSpec:
    """How the set is drawn; with no class chosen, as usual."""
    kinds = tuple(kind for kind in PULSE_CLASSES if kind in value("classes"))
    values = {field.name: value(field.name) for field in fields(PulseSpec)}
    return PulseSpec(**{**values, "classes": kinds or PulseSpec().classes})


def shape() -> Shape:
    """The pulse in the designer."""
    return shape_of(value("pulse"))


def design(shape: Shape) -> None:
    """Take over a pulse from the designer, or bring one into it."""
    put("pulse", text_of(shape))
