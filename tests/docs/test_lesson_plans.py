"""The lessons of docs/: every link opens the view that it names, and every figure is counted again."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from benchmarks.lesson_figures import Figure, figures
from core.frame.site import ENTRIES
from tests.app import app, go

DOCS = Path(__file__).parents[2] / "docs"
LESSONS = sorted((DOCS / "lessons").glob("*.md"))
HOST = "http://localhost:8501"
LINK = re.compile(rf"\]\({HOST}(/[^)]*)\)(?:\*\*)?(?:,\s+which)?\s+shows\s+“([^”]+)”")
SECTIONS = ["Aims", "The links, in order", "What usually surprises", "Take home"]


def links(lesson: Path) -> list[tuple[str, str]]:
    """Links of a lesson with the text that each shows."""
    return [(link, " ".join(shows.split())) for link, shows in LINK.findall(lesson.read_text(encoding="utf-8"))]


def text(at: AppTest) -> str:
    """All that a page says in words."""
    said = [str(one.value) for kind in (at.title, at.markdown, at.subheader, at.caption) for one in kind]
    chosen = [box.options[box.index] for box in at.selectbox if box.index is not None]
    return " ".join("\n".join([*said, *chosen]).replace("*", "").split())


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_every_link_opens_the_view_that_it_names(lesson: Path) -> None:
    found = links(lesson)
    assert len(found) >= 6 and len(found) == lesson.read_text(encoding="utf-8").count(f"({HOST}/"), "a link does not say what it shows"
    for link, shows in found:
        parts = urlsplit(link)
        assert parts.path.strip("/") in {entry.path for entry in ENTRIES}
        at = go(app(), parts.path.strip("/"))
        at.query_params.update(dict(parse_qsl(parts.query)))
        at.run(timeout=600)
        assert not at.exception and not at.error, link
        assert not [note.value for note in at.warning if "The link asks" in note.value], link
        assert shows in text(at), (link, shows)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_is_whole_and_takes_45_minutes(lesson: Path) -> None:
    plan = lesson.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", plan, re.MULTILINE) == SECTIONS
    words = {"Five": 5, "Ten": 10, "Fifteen": 15}
    assert sum(words[one] for one in re.findall(r"^\*\*\d\. (\w+) minutes", plan, re.MULTILINE)) == 45
    assert plan.count("*Ask") >= 6 and plan.count("*Answer:*") >= 6


def test_there_are_six_and_the_guide_names_each() -> None:
    guide = (DOCS / "teaching.md").read_text(encoding="utf-8")
    assert len(LESSONS) == 6 and all(f"](lessons/{lesson.name})" in guide for lesson in LESSONS)


@cache
def counted() -> tuple[Figure, ...]:
    return tuple(figures())


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_every_figure_is_counted_again(lesson: Path) -> None:
    plan = " ".join(lesson.read_text(encoding="utf-8").split())
    mine = [figure for figure in counted() if figure.lesson == LESSONS.index(lesson) + 1]
    assert len(mine) >= 4
    assert not [figure for figure in mine if not re.search(rf"(?<![\d.,]){re.escape(figure.text)}", plan)]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_every_percentage_is_one_of_the_figures(lesson: Path) -> None:
    known = " ".join(figure.text for figure in counted() if figure.lesson == LESSONS.index(lesson) + 1)
    said = re.findall(r"\d+\.\d+%", lesson.read_text(encoding="utf-8"))
    assert said and not [one for one in said if one not in known]
