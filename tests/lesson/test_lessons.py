"""Lessons: every step opens the view that it names and marks a control that is there; answers agree with the runs."""

import csv
import io
from importlib import import_module
from urllib.parse import parse_qsl

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.frame import choices
from core.frame.site import ENTRIES
from core.lesson import guesses
from core.lesson.table import END, Lesson, closing_name
from core.runs import shipped, store
from tests.app import app, go

TOPICS = ("templates", "learning", "mlp", "pulses", "cnn", "digits")
LESSONS: dict[str, Lesson] = {topic: import_module(f"pages.{topic}.lesson").LESSON for topic in TOPICS}
STEPS = [(topic, number) for topic, lesson in LESSONS.items() for number in range(1, len(lesson.steps) + 1)]
GUESSES = [(topic, one) for topic, lesson in LESSONS.items() for one in (*lesson.steps, *lesson.closing)]


def opened(topic: str, **query: str) -> AppTest:
    at = go(app(), topic)
    for name, value in query.items():
        at.query_params[name] = value
    return at.run()


def holds(at: AppTest, page: str, view: str) -> None:
    """The page shows what a view's query asks for."""
    for name, text in parse_qsl(view):
        choice = at.session_state[choices._DECLARED][page, name]
        assert choice.write(at.session_state[f"{page}-{name}"]) == choice.write(choice.read(text)), name


def ids(at: AppTest) -> set[str]:
    """What every element and container of the page is known by in the browser."""
    found, left = set(), [at._tree]
    while left:
        node = left.pop()
        proto = getattr(node, "proto", None)
        found.add(str(getattr(proto, "id", "") or getattr(node, "key", "") or ""))
        left += list(getattr(node, "children", {}).values())
    return found


@pytest.mark.parametrize("topic", TOPICS)
def test_a_lesson_is_short_and_whole(topic: str) -> None:
    lesson = LESSONS[topic]
    assert 5 <= len(lesson.steps) <= 7 and len(lesson.closing) == 3
    assert all(step.act.count(".") <= 1 and step.act[-1] in ".?" and step.question.endswith("?") for step in lesson.steps)
    assert all(one.question.endswith("?") and one.page in {entry.path for entry in ENTRIES} for one in lesson.closing)


@pytest.mark.parametrize(("topic", "one"), GUESSES, ids=[f"{topic}-{one.question[:40]}" for topic, one in GUESSES])
def test_an_answer_is_one_of_the_options_and_says_why(topic: str, one) -> None:
    right, because = one.answer()
    assert right in one.options and len(set(one.options)) == len(one.options) >= 2
    assert because.endswith(".") and any(sign.isdigit() for sign in because) and "nan" not in because


@pytest.mark.parametrize(("topic", "number"), STEPS)
def test_a_step_opens_its_view_and_marks_what_is_there(topic: str, number: int) -> None:
    at = opened(topic, lesson=str(number))
    assert not at.exception and not at.error and not [note for note in at.warning if "The link asks" in note.value]
    step = LESSONS[topic].steps[number - 1]
    holds(at, topic, step.view)
    assert any(one.endswith(f"-{step.control}") or one == step.control for one in ids(at)), sorted(ids(at))
    assert any(step.question in line.value for line in at.markdown)
    assert [option for pills in at.get("button_group") for option in [pills.key] if f"lesson{number}" in str(option)]


def seen(at: AppTest) -> list[str]:
    """What the links behind the closing questions show."""
    labels = [link.proto.label for link in at.get("page_link")]
    return [label.partition(": ")[2] for label in labels if ": " in label]


@pytest.mark.parametrize("topic", TOPICS)
def test_the_closing_questions_stand_at_the_end(topic: str) -> None:
    lesson = LESSONS[topic]
    at = opened(topic, lesson=END)
    assert not at.exception
    assert all(any(one.question in line.value for line in at.markdown) for one in lesson.closing)
    assert not seen(at), "before a guess the link would tell"
    for number, one in enumerate(lesson.closing, start=1):
        at.button_group(key=f"guess-{topic}-{closing_name(number)}").set_value(one.answer()[0])
    at.run()
    assert sum("as you said." in line.value for line in at.markdown) == 3
    assert [one.see for one in lesson.closing] == seen(at)


@pytest.mark.parametrize("topic", sorted({one.page for lesson in LESSONS.values() for one in lesson.closing}))
def test_a_page_knows_the_views_of_the_closing_questions(topic: str) -> None:
    """Read as its links are; that a link opens its view is tests/pages/test_links.py's matter."""
    known = opened(topic).session_state[choices._DECLARED]
    views = [one.view for lesson in LESSONS.values() for one in lesson.closing if one.page == topic]
    for name, text in [part for view in views for part in parse_qsl(view)]:
        assert known[topic, name].read(text) is not None


def test_next_and_back_walk_the_lesson_and_leave_ends_it() -> None:
    at = opened("cnn")
    at.button(key="lesson-start").click().run()
    assert at.session_state["cnn-lesson"] == "1" and at.session_state["cnn-state"] == 0
    for _ in range(4):
        at.button(key="lesson-next").click().run()
    assert at.session_state["cnn-lesson"] == "5" and at.session_state["cnn-run"] == "pulse-dead"
    at.button(key="lesson-back").click().run()
    assert at.session_state["cnn-lesson"] == "4" and at.session_state["cnn-run"] == "pulse-reliable"
    at.selectbox(key="cnn-pulse").set_value("square").run()
    at.button(key="lesson-again").click().run()
    assert at.session_state["cnn-pulse"] == "sinusoid", "its own picture again"
    at.button(key="lesson-leave").click().run()
    assert not at.session_state["cnn-lesson"] and at.session_state["cnn-section"] == "response", "the view stays"
    assert not at.exception


def test_a_guess_is_kept_over_pages_with_its_answer_and_can_be_forgotten() -> None:
    at = opened("mlp", lesson="1")
    at.button_group(key="guess-mlp-lesson1").set_value("all of it, unchanged").run()
    at.button(key="lesson-next").click().run()
    at.button(key="lesson-back").click().run()
    assert any("You said **all of it, unchanged**" in line.value for line in at.markdown), "told, it stays told"
    go(at, "").run()
    assert any("You have made **1** guess, **0** right" in line.value for line in at.markdown)
    rows = at.session_state["_guesses"]
    row = rows["guess-mlp-lesson1"]
    assert (row["page"], row["guess"], row["answer"], row["right"]) == ("mlp", "all of it, unchanged", "most of it", "no")
    at.button(key="guesses-forget").click().run()
    assert not at.session_state["_guesses"]
    go(at, "mlp").run()
    assert not any("You said" in line.value for line in at.markdown), "and asked anew"


def test_the_table_of_guesses_is_csv_that_no_spreadsheet_computes() -> None:
    row = dict(zip(guesses.COLUMNS, ("mlp", '=1+1, "so"', "a", "b", "no", "2026-01-01"), strict=True))
    read = list(csv.DictReader(io.StringIO(guesses.table({"guess-x": row}))))
    assert read == [{**row, "question": "'" + row["question"]}]


def test_a_run_that_cannot_be_read_takes_the_answer_and_nothing_else(monkeypatch) -> None:
    def gone() -> tuple[str, str]:
        raise store.MissingRun("It is gone.")

    lesson = LESSONS["templates"]
    monkeypatch.setattr(type(lesson.steps[0]), "answer", property(lambda _: gone, lambda *_: None), raising=False)
    at = opened("templates", lesson="1", shown="lesson1")
    assert not at.exception and any("cannot be read" in caption.value for caption in at.caption)


def test_the_pages_answers_are_the_stored_runs() -> None:
    """Some of them worked out another way."""
    with np.errstate(all="raise"):
        kernel = store.load(shipped.RUNS["softmax-mnist"].key).weights("dense1.kernel")[-1]
    middle = kernel.reshape(28, 28, 10)[12:16, 12:16].reshape(16, 10).sum(0)
    assert LESSONS["templates"].steps[1].answer()[0] == str(int(np.argmin(middle)))
    bias = store.load(shipped.RUNS["softmax-mnist"].key).weights("dense1.bias")[-1]
    assert LESSONS["templates"].closing[2].answer()[0] == str(int(np.argmax(bias)))
    counts = store.load(shipped.RUNS["digit-cnn"].key).evaluation("confusion")[-1]
    assert LESSONS["digits"].closing[0].answer()[0] == str(int(np.argmin(np.diag(counts) / counts.sum(1))))
