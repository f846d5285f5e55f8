"""What came of the trainings of a sweep: a grid of numbers, loss profiles or pictures, a table, lines; live while they train."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from core.charts import numbers
from core.charts import trials as charts
from core.charts.prepared import Prepared
from core.frame import choices as links
from core.frame import page, visitor
from core.frame.choices import Choice
from core.frame.plain import plain
from core.models import network
from core.runs import catalog
from core.training import jobs, sweep
from core.training.job import Job
from core.training.job_folder import Progress
from core.training.sweep import Cell, Sweep
from core.ui import clicks
from core.ui.data_status import duration
from pages.lab import came
from pages.lab.came import Came
from pages.lab.choices import key, put, value

LOOKS = {
    "accuracy": "Accuracy",
    "profiles": "Loss profiles",
    "kernels": "Kernels",
    "table": "Table",
    "lines": "Lines",
}
GRIDS = {"accuracy": charts.NUMBERS, "profiles": charts.PROFILES, "kernels": charts.PICTURES}
LEGENDS = {
    "accuracy": "Each cell is a training with the share of test images that it reads right. Click one to open it",
    "profiles": "Each frame runs from the start to the last epoch, and from 0 to 1.25; the corner says how many are right at the end",
    "kernels": "What the first layer has learned, on one scale for all: orange pushes up, blue pushes down, paper does nothing",
    "lines": "One line a training, from its choices to its result; each upright line runs from its least to its largest value",
}
END = "Right at the end"
POLL_SECONDS = 2.0
WORDS = {jobs.QUEUED: "waits", jobs.PAUSED: "paused", jobs.FAILED: "failed", jobs.CANCELLED: "cancelled", sweep.NONE: "not begun"}


def choices(section: str) -> list[Choice]:
    """How results are seen, and which training is picked."""

    def read(text: str) -> str:
        if len(text) > 12 or not text.isalnum():
            raise ValueError(text)
        return text

    return [
        links.one_of("look", "accuracy", LOOKS, section),
        Choice("pick", None, read, "the key of a training", section=section),
    ]


def results(of: Sweep, again: Callable[[], None]) -> None:
    """The results of a sweep.

    Args:
        again: asks for what is wanting, in a callback.
    """
    st.segmented_control(
        "Results as",
        list(LOOKS),
        format_func=LOOKS.__getitem__,
        key=key("look"),
        label_visibility="collapsed",
        required=True,
        wrap=True,
        persist_state="session",
    )
    st.session_state["_lab-pick-drawn"] = value("pick")
    if any(now.state in jobs.ACTIVE for now in map(sweep.progress, of.cells)):
        st.fragment(_live, run_every=POLL_SECONDS)(of, again)
    else:
        _draw(of, list(map(sweep.progress, of.cells)), again)
    picked = next((cell for cell in of.cells if cell.spec is not None and cell.key == value("pick")), None)
    if picked is not None:
        _picked(of, picked, sweep.progress(picked))


def _live(of: Sweep, again: Callable[[], None]) -> None:
    """Results so far; the whole page runs again when all have ended, or another training is picked."""
    standing = list(map(sweep.progress, of.cells))
    if not any(now.state in jobs.ACTIVE for now in standing) or st.session_state.get("_lab-pick-drawn") != value("pick"):
        st.rerun()
    _draw(of, standing, again)


def _draw(of: Sweep, standing: Sequence[Progress], again: Callable[[], None]) -> None:
    found = [came.of_cell(cell, now) for cell, now in zip(of.cells, standing, strict=True)]
    _summary(of, standing, found, again)
    look = value("look")
    if look == "table":
        _table(of, standing, found)
    else:
        picture = _lines(of, found) if look == "lines" else _grid(of, standing, found, look)
        take = partial(_take, "lab-trials")
        words = f"{LOOKS[look]} of {len(of.cells)} trainings"
        page.chart(picture, alt_text=words, key="lab-trials", select=take, width="stretch" if look == "lines" else "content")
        page.legend(LEGENDS[look])
    _troubles(of, standing, found)


def _take(chart: str) -> None:
    picked = clicks.taken(chart)
    if picked is not None:
        put("pick", str(picked["key"]))


def words_of(of: Sweep, cell: Cell) -> str:
    """The values of a place in words: "learning rate 0.01, seed 3"."""
    return ", ".join(f"{axis.meta.inline} {came.value_words(axis.meta, v)}" for axis, v in zip(of.axes, cell.values, strict=True))


def _said(of: Sweep, cell: Cell, now: Progress, found: Came | None) -> str:
    """A training in a line, for tooltips."""
    return f"{words_of(of, cell)}: {_how(now, found)}"


def _how(now: Progress, found: Came | None) -> str:
    """How a training stands, in words."""
    if now.state == jobs.RUNNING:
        return f"epoch {now.epoch:.3g} of {now.epochs}"
    if now.state == jobs.DONE and found is not None:
        out = found.outcome
        if not out.split:
            return "trained"
        best = f"best {numbers.percent(out.best)} at epoch {out.best_epoch:g}"
        return f"{numbers.percent(out.last)} of {found.images:,} {out.split} images right, {best}"
    return WORDS.get(now.state, "cannot be read")


def _rows(of: Sweep, standing: Sequence[Progress], found: Sequence[Came | None]) -> pd.DataFrame:
    """One row a place: what the charts say of it."""
    rows = []
    for cell, now, one in zip(of.cells, standing, found, strict=True):
        share = one.outcome.last if one is not None and now.state == jobs.DONE else float("nan")
        stuck = one is not None and bool(one.outcome.stuck)
        text = numbers.percent(share) if share == share else short(now)
        rows.append(
            {
                "key": cell.key or "none",
                "value": share,
                "text": text,
                "below": "stuck" if stuck else "",
                "corner": f"{text}{', stuck' if stuck else ''}",
                "said": _said(of, cell, now, one),
                "chosen": bool(cell.key) and cell.key == value("pick"),
                "now": clicks.count("lab-trials"),
            }
        )
    return pd.DataFrame(rows)


def short(now: Progress) -> str:
    """How a training stands, in two words."""
    return f"{now.share:.0%} done" if now.state == jobs.RUNNING else "trained" if now.state == jobs.DONE else WORDS[now.state]


def _grid(of: Sweep, standing: Sequence[Progress], found: Sequence[Came | None], look: str) -> Prepared:
    cells = _rows(of, standing, found)
    names = [tuple(came.value_words(axis.meta, one) for one in axis.values) for axis in of.axes]
    titles = [axis.meta.title for axis in of.axes]
    layout = charts.Grid(names[0], names[1] if len(names) > 1 else ("",), (titles[0], titles[1] if len(titles) > 1 else ""))
    least = float(np.floor(np.nanmin([*cells["value"], 0.9]) * 10) / 10)
    lines = None
    if look == "profiles":
        parts = [one.profile.assign(index=i) for i, one in enumerate(found) if one is not None]
        lines = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    if look == "kernels":
        top = max([one.limit for one in found if one is not None], default=1.0)
        cells["url"] = [came.picture(one, top, page.theme()) if one is not None else None for one in found]
    return charts.grid(layout, GRIDS[look], cells, page.theme(), lines=lines, least=least)


def _lines(of: Sweep, found: Sequence[Came | None]) -> Prepared:
    standing = list(map(sweep.progress, of.cells))
    rows = _rows(of, standing, found)
    columns: dict[str, list[float] | list[str]] = {}
    for number, axis in enumerate(of.axes):
        numeric = axis.meta.kind in ("whole", "number")
        values = [cell.values[number] for cell in of.cells]
        columns[axis.meta.title] = [float(v) for v in values] if numeric else [came.value_words(axis.meta, v) for v in values]
    none = float("nan")
    columns["Best epoch"] = [one.outcome.best_epoch if one else none for one in found]
    columns["Loss"] = [one.outcome.loss if one else none for one in found]
    columns[END] = [one.outcome.last if one else none for one in found]
    return charts.parallel(rows, columns, page.theme(), shares=(END,))


def _table(of: Sweep, standing: Sequence[Progress], found: Sequence[Came | None]) -> None:
    """A row a training; a click on a column's name sorts by it, one on a row picks it."""
    rows = []
    for cell, now, one in zip(of.cells, standing, found, strict=True):
        row = {axis.meta.title: _cell_value(axis.meta, v) for axis, v in zip(of.axes, cell.values, strict=True)}
        out = one.outcome if one is not None and now.state == jobs.DONE else None
        rows.append(
            row
            | {
                "right": 100 * out.last if out else None,
                "best": 100 * out.best if out else None,
                "best epoch": out.best_epoch if out else None,
                "loss": out.loss if out else None,
                "seconds": one.seconds if out and one else None,
                "parameters": network.parameter_count(cell.spec.model) if cell.spec else None,
                "how": "stuck" if out and out.stuck else short(now) if not out else "trained",
                "run": cell.key,
            }
        )
    frame = pd.DataFrame(rows)
    share = st.column_config.NumberColumn(format="%.1f%%", help="Of the test images, at the end and at the best epoch.")

    def take() -> None:
        picked = st.session_state["lab-table"]["selection"]["rows"]
        if picked:
            put("pick", str(frame.iloc[picked[0]]["run"]) or None)

    st.dataframe(
        frame,
        hide_index=True,
        key="lab-table",
        on_select=take,
        selection_mode="single-row",
        column_config={
            "right": share,
            "best": share,
            "loss": st.column_config.NumberColumn(format="%.3g"),
            "seconds": st.column_config.NumberColumn(format="%.1f", help="Of training steps."),
            "parameters": st.column_config.NumberColumn(format="localized"),
        },
    )
    st.caption("A click on a column's name sorts by it; the box at a row's left opens its training below.")


def _cell_value(known, item):  # type: ignore[no-untyped-def]  # numbers stay numbers, so that they are sorted as such
    return item if known.kind in ("whole", "number") else came.value_words(known, item)


def _summary(of: Sweep, standing: Sequence[Progress], found: Sequence[Came | None], again: Callable[[], None]) -> None:
    """How far all is, and the best of them; cancel or begin the rest."""
    states = [now.state for now in standing]
    active = [now for now in standing if now.state in jobs.ACTIVE]
    done = states.count(jobs.DONE)
    if active:
        ended = [one.seconds / one.epochs for one, state in zip(found, states, strict=True) if one is not None and state == jobs.DONE]
        left = sweep.seconds_left(standing, jobs.workers(), ended)
        share = sum(now.share for now in standing) / len(standing)
        words = f"{done} of {len(states)} trained, {len(active)} under way or waiting"
        st.progress(share, text=words + ("" if left is None else f", about {duration(left)} left"))
    sentence = _best(of, standing, found)
    if sentence:
        st.markdown(sentence)
    wanting = [
        cell for cell, state in zip(of.cells, states, strict=True) if cell.spec is not None and state not in (jobs.DONE, *jobs.ACTIVE)
    ]
    with st.container(horizontal=True):
        if active and any(Job(cell.spec).owned_by(visitor.person()) for cell in of.cells if cell.spec is not None):
            rest = partial(sweep.cancel, of, visitor.person())
            st.button("Cancel the rest", key="lab-sweep-cancel", on_click=rest, icon=":material/close:")
        if wanting:
            words = (
                "Try what failed again" if done and not active and jobs.FAILED in states else f"Train the {len(wanting)} that are missing"
            )
            st.button(words, key="lab-sweep-again", on_click=again, icon=":material/refresh:")


def _best(of: Sweep, standing: Sequence[Progress], found: Sequence[Came | None]) -> str:
    """The best, the spread and the stuck, in words."""
    ended = [
        (one.outcome.last, cell, one)
        for cell, now, one in zip(of.cells, standing, found, strict=True)
        if now.state == jobs.DONE and one is not None and one.outcome.split
    ]
    if not ended:
        return ""
    share, cell, one = max(ended, key=lambda each: each[0])
    worst = min(each[0] for each in ended)
    stuck = sum(bool(each[2].outcome.stuck) for each in ended)
    words = f"Best: **{numbers.percent(share)}** of {one.images:,} {one.outcome.split} images right at {plain(words_of(of, cell))}"
    words += f"; the least is {numbers.percent(worst)}." if len(ended) > 1 else "."
    return words + (f" {stuck} of {len(ended)} got stuck." if stuck else "")


def _troubles(of: Sweep, standing: Sequence[Progress], found: Sequence[Came | None]) -> None:
    """Why each one is stuck or has failed."""
    lines = []
    for cell, now, one in zip(of.cells, standing, found, strict=True):
        why = one.outcome.stuck if one is not None and now.state == jobs.DONE else now.sentence if now.state == jobs.FAILED else ""
        if why:
            lines.append(f"- **{plain(words_of(of, cell))}**: {plain(why)}")
    if lines:
        with st.expander(f"What went wrong in {len(lines)}", icon=":material/report:", key="lab-sweep-wrong"):
            st.markdown("\n".join(lines))


def _picked(of: Sweep, cell: Cell, now: Progress) -> None:
    """The training that is picked, and the way to it."""
    found = came.of_cell(cell, now)
    with st.container(border=True, key="lab-picked"):
        st.markdown(f"**{plain(words_of(of, cell))}**: {plain(_how(now, found))}.")
        why = found.outcome.stuck if found is not None else now.sentence
        if why:
            st.markdown(plain(why))
        if cell.spec is not None and (now.state == jobs.DONE or now.state in jobs.ACTIVE):
            st.caption(plain(catalog.described(cell.spec)))
            st.button("Open this training", key="lab-open-picked", on_click=open_run, args=(cell.key,), icon=":material/search:")


def open_run(run: str) -> None:
    """In a callback: show a training under Watch."""
    put("section", "watch")
    put("run", run)
