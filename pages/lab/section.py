"""One section of the lab, as the page's table holds it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.frame.choices import Choice


@dataclass(frozen=True)
class Section:
    """One section."""

    title: str  # on its button
    sentence: str  # under the page's title
    show: Callable[[], None]
    choices: Callable[[], Sequence[Choice]] = tuple  # that stand in the link; declared before anything is shown
    then: Callable[[], Sequence[Choice]] = tuple  # further ones, which depend on what those are
