"""What became of other runs: a question about one that has learned nothing yet, and the fates of all side by side."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import fate
from core.charts import curves, numbers
from core.charts.prepared import Prepared
from core.charts.theme import theme
from core.frame import page
from core.runs.catalog import Entry
from core.serving.shared import shared
from core.ui import cached
from core.ui.question import ask, told
from core.ui.shown import Shown
from pages.cnn.choices import PAGE, take_run
from pages.cnn.runs import gallery, pulses_of
from pages.cnn.words import in_words

ACROSS = 3  # runs beside each other
MEASURES = {"test pulses right": "accuracy_test", "act": "act"}  # name of the curve -> column of the history


def _puzzle() -> tuple[Entry, int] | None:
    """A run and a state at which nothing is learned yet, the nearest to death that is not yet dead, if there is such."""
    entries = [entry for entry in gallery()[0] if cached.readable(entry.id) is not None]
    return _riddle(entries, tuple(entry.key for entry in entries))


@shared()
def _riddle(_entries: list[Entry], keys: tuple[str, ...]) -> tuple[Entry, int] | None:
    best: tuple[Entry, int] | None = None
    least = np.inf
    for entry in _entries:
        run = cached.run(entry.id)
        for state in fate.quiet(run.history, len(pulses_of(run.spec).classes)).tolist():
            act = float(run.history["act"][state])
            if best is None or 0 < act < least:
                best, least = (entry, state), act if act > 0 else np.inf
    return best


def question() -> None:
    """A run at which nothing is learned yet: its curves so far, and after the guess all of them with act."""
    found = _puzzle()
    if found is None:
        return
    entry, state = found
    history, classes = cached.run(entry.id).history, len(pulses_of(entry.spec).classes)
    epoch, loss, right = (float(history[column][state]) for column in ("epoch", "loss", "accuracy_test"))

    def answer() -> tuple[str, str]:
        act = float(history["act"][state])
        there = f"Its act is {numbers.number(act, 2)} there" + (", small but not 0" if 0 < act < 0.01 else "")
        return fate.state_now(history, state), f"{there}. What became of it: {fate.fate(history, classes).sentence}"

    left, right_side = st.columns([3, 2], gap="medium", vertical_alignment="center")
    with left:
        ask(
            PAGE,
            "waiting",
            f"A training has seen {epoch:g} epochs. Its loss is {loss:.2f} and {right:.0%} of the test pulses are right, as good "
            f"as guessing among {in_words(classes)}. Is it waiting, or dead?",
            ["waiting", "dead"],
            answer,
            "The loss cannot tell. Both fit a constant answer. Look at act: while some outputs of the second convolution are above 0, "
            "a gradient flows back and the kernels move, however slowly. At 0 the ReLU blocks it for every pulse, and nothing can "
            "change that.",
        )
    known = told(PAGE, "waiting")
    measures = {"loss": "loss", "test pulses right": "accuracy_test"} | ({"act": "act"} if known else {})
    until = None if known else state + 1
    with right_side:
        _small(history, entry.key, measures, "cnn-waiting-curves", "The training in question", until)


def _small(
    history: Mapping[str, np.ndarray], run: str, measures: dict[str, str], key: str, alt_text: str, until: int | None = None
) -> None:
    """Curves of one run up to a state, with the moment it died where they reach it."""
    chart = _curves(history, run, tuple(measures.items()), until, page.theme().dark)
    ends = ", ".join(f"{name} {numbers.number(np.asarray(history[column])[:until][-1])}" for name, column in measures.items())
    page.chart(chart, alt_text=f"{alt_text}; at the end {ends}", key=key, width="stretch", steady=until is None)


@shared()
def _curves(_history: Mapping[str, np.ndarray], run: str, named: tuple[tuple[str, str], ...], stop: int | None, dark: bool) -> Prepared:
    history, measures, states = _history, dict(named), slice(None, stop)
    until = {column: np.asarray(history[column])[states] for column in ("epoch", *measures.values())}
    end = fate.died(history) if fate.known(history) else None
    moment = None if end is None or end > until["epoch"][-1] else (end, "dead from here")
    table = pd.DataFrame({"state": np.arange(len(until["epoch"])), "epoch": until["epoch"], **{n: until[c] for n, c in measures.items()}})
    return curves.over_epochs(curves.table(until, measures), table, "", theme(dark), domain=(0, 1), moment=moment, height=130)


def fates(shown: Shown) -> None:
    """The good run first, then what else became of such networks, each with why."""
    st.markdown(
        "**Other trainings, other fates.** Blue: the share of test pulses right; orange, dashed: act. Open one to see its kernels above."
    )
    entries, more = gallery()
    for start in range(0, len(entries), ACROSS):
        for column, entry in zip(st.columns(ACROSS), entries[start : start + ACROSS], strict=False):
            with column.container(border=True, key=f"cnn-fate-{entry.id}"):
                _fate(shown, entry)
    if more:
        st.caption(f"{more:,} more in the list of training runs above.")


def _fate(shown: Shown, entry: Entry) -> None:
    """What became of one run."""
    run = cached.run_or_say(entry.id)
    if run is None:
        return
    st.markdown(f"**{entry.title}**")
    end = fate.fate(run.history, len(pulses_of(run.spec).classes))
    if end.kind != "unknown":
        _small(run.history, run.key, MEASURES, f"cnn-fates-{entry.id}", f"Accuracy and act of {entry.title}")
    st.caption(end.sentence)
    if entry.id == shown.id:
        st.caption("**This is the run shown.**")
    else:
        st.button("Open this run", key=f"cnn-open-{entry.id}", on_click=take_run, args=(entry.id,), icon=":material/open_in_full:")
