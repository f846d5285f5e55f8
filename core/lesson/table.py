"""What a lesson is: a small table that a teacher can edit, with a step a line and three questions at the end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

Answer = Callable[[], tuple[str, str]]  # the right option, and a sentence with the numbers behind it, from a stored run


@dataclass(frozen=True)
class Step:
    """One picture, one act, one guess, one sentence of answer."""

    title: str
    view: str  # query of the page's link that opens the picture
    act: str  # what to do, in a sentence
    control: str  # key of what is used for it, which is marked; of a choice of the page, its key
    question: str
    options: Sequence[str]
    answer: Answer


@dataclass(frozen=True)
class Closing:
    """A question of transfer at the end, with the view that answers it."""

    question: str
    options: Sequence[str]
    answer: Answer
    page: str  # path of the page where it is seen
    view: str  # its query there
    see: str  # what one sees there, for the link


@dataclass(frozen=True)
class Lesson:
    """A page's lesson."""

    page: str  # path of the page, and so the name by which it declares its choices
    network: str  # the page's choice of network, "" where there is none
    steps: tuple[Step, ...]
    closing: tuple[Closing, ...]
    minutes: int = 10

    @property
    def places(self) -> list[str]:
        """What `lesson` can be in the link: nothing, the number of a step, or the end."""
        return ["", *(str(number) for number in range(1, len(self.steps) + 1)), END]

    def view(self, place: str) -> dict[str, str]:
        """The view of a place."""
        return query(self.steps[int(place) - 1].view) if place.isdecimal() else {}

    @property
    def questions(self) -> list[str]:
        """The names of its guesses, as the page's choice `shown` knows them."""
        return [*(step_name(place) for place in self.places[1:-1]), *(closing_name(number) for number in range(1, len(self.closing) + 1))]


END = "end"


def step_name(place: str) -> str:
    """The name of a step's guess."""
    return f"lesson{place}"


def closing_name(number: int) -> str:
    """The name of a closing question's guess."""
    return f"end{number}"


def query(view: str) -> dict[str, str]:
    """A query as names and values."""
    return dict(parse_qsl(view))
