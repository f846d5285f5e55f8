"""A lesson as people see it: where they are, what to do, a guess and its answer, Back and Next; at the end the closing questions."""

import streamlit as st

from core.frame import address, choices, page
from core.frame.choices import Choice
from core.frame.site import ENTRIES
from core.lesson import guesses
from core.lesson.table import END, Lesson, Step, closing_name, query, step_name
from core.runs import store
from core.ui import question

BOX = "lesson"
GONE = "The run that answers this cannot be read here."
OTHER = "This step speaks of another network than the one shown."
WHERE = "**Lesson, {number} of {count}: {title}.** {act}"
CLOSE = "**Three questions to close with.** Each has its picture behind the link below its answer."
MARK = "use this"
# On a telephone the picture is to be seen under the step: less room between the lines, and signs for the two buttons that are seldom used.
_NARROW = """
<style>
@media (max-width: 640px) {
  .st-key-lesson { padding: 0.5rem !important; gap: 0.25rem !important; }
  .st-key-lesson [class*="st-key-question-"] { gap: 0.25rem !important; }
  .st-key-lesson [class*="st-key-question-"] [data-testid="stCaptionContainer"] { display: none; }
  .st-key-lesson-way { flex-wrap: nowrap !important; gap: 0.25rem !important; }
  .st-key-lesson-way button { padding: 0.25rem 0.6rem; }
  :is(.st-key-lesson-again, .st-key-lesson-leave) p {
    position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  }
}
</style>
"""


def choice(lesson: Lesson) -> Choice:
    """Where in the lesson somebody is; declare it with the page's other choices."""
    return choices.one_of("lesson", "", lesson.places)


def begin(lesson: Lesson, bare: str = "") -> list[str]:
    """Before the page declares its choices: an address with no more than a step in it opens the step's view.

    Args:
        bare: the query that an address without anything opens.

    Returns:
        Notes, as `choices.declare`.
    """
    asked = address.current().asked
    place = asked.values.get("lesson", "") if asked is not None and asked.fresh else choices.value(lesson.page, "lesson") or ""
    choices.opening(lesson.page, lesson.view(place) if place in lesson.places and place else query(bare))
    return choices.declare(lesson.page, [choice(lesson)])


def show(lesson: Lesson) -> None:
    """Below the page's header: the button that starts the lesson, or the place in it."""
    place = choices.value(lesson.page, "lesson")
    if not place:
        st.button(
            f"Start the lesson, {lesson.minutes} minutes",
            key="lesson-start",
            icon=":material/school:",
            type="tertiary",
            on_click=go,
            args=(lesson, "1"),
        )
        return
    with st.container(border=True, key=BOX, gap="small"):
        st.html(_NARROW)
        if place == END:
            _end(lesson)
        else:
            _step(lesson, lesson.steps[int(place) - 1], place)


def go(lesson: Lesson, place: str) -> None:
    """In a callback: open a place of the lesson with its view; none leaves it, and the page stays as it is."""
    if not place:
        choices.put(lesson.page, "lesson", "")
        return
    address.ask({**lesson.view(place), "lesson": place})


def _step(lesson: Lesson, step: Step, place: str) -> None:
    number, colours = int(place), page.theme()
    st.markdown(WHERE.format(number=number, count=len(lesson.steps), title=step.title, act=step.act))
    st.html(
        f"<style>.st-key-{step.control} {{ outline: 3px dashed {colours.mark}; outline-offset: 4px; border-radius: 4px; }}"
        f'.st-key-{step.control}::before {{ content: "{number} \\2193\\00a0{MARK}"; color: {colours.mark}; font-weight: 600; }}</style>'
    )
    if _speaks_of_this(lesson, step):
        try:
            question.ask(lesson.page, step_name(place), step.question, step.options, step.answer, "", border=False)
        except (store.MissingRun, store.DamagedRun):
            st.caption(GONE)
    else:
        st.caption(OTHER)
    places = lesson.places
    with st.container(horizontal=True, key="lesson-way", vertical_alignment="center"):
        if number > 1:
            _button(lesson, "Back", ":material/arrow_back:", places[number - 1])
        _button(lesson, "Next", ":material/arrow_forward:", places[number + 1], main=True)
        _button(lesson, "The picture again", ":material/replay:", place)
        _button(lesson, "Leave", ":material/close:", "")


def _speaks_of_this(lesson: Lesson, step: Step) -> bool:
    """Whether the network on the screen is the one that the step shows."""
    if not lesson.network:
        return True
    default = choices.default(lesson.page, lesson.network)
    return choices.value(lesson.page, lesson.network) == query(step.view).get(lesson.network, default)


def _end(lesson: Lesson) -> None:
    st.markdown(CLOSE)
    for number, one in enumerate(lesson.closing, start=1):
        entry = next(entry for entry in ENTRIES if entry.path == one.page)
        try:
            told = question.ask(lesson.page, closing_name(number), one.question, one.options, one.answer, "", border=False)
        except (store.MissingRun, store.DamagedRun):
            st.caption(GONE)
            told = True
        if told:
            st.page_link(entry.file, label=f"{entry.title}: {one.see}", icon=entry.icon, query_params=query(one.view))
    guesses.summary()
    with st.container(horizontal=True, key="lesson-way", vertical_alignment="center"):
        _button(lesson, "Back", ":material/arrow_back:", lesson.places[-2])
        _button(lesson, "Finish", ":material/check:", "", main=True)


def _button(lesson: Lesson, label: str, icon: str, place: str, main: bool = False) -> None:
    key = f"lesson-{label.split()[-1].lower()}"
    st.button(label, key=key, icon=icon, type="primary" if main else "secondary", on_click=go, args=(lesson, place))
