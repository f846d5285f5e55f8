"""A run as far as it is: a sentence, loss profile, each class, the first weights as they form, and how its layers are."""

import math

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import health
from core.analysis.templates import rolled
from core.charts import curves, numbers
from core.charts.recall import recall_dots
from core.charts.strips import Pictures, Strip, strip
from core.charts.theme import SIGNED_WORDS
from core.data import catalog
from core.frame import page, screen
from core.models import counts, network
from core.runs.run import Run
from core.serving.shared import shared
from core.specs import LOSSES, RunSpec, SpecError
from core.ui import shown
from core.ui.board import board
from pages.lab.sample import sample

SHARES = {  # curve -> column of the history
    "training, within 0.1": "recognised_train",
    "test, within 0.1": "recognised_test",
    "training": "accuracy_train",
    "validation": "accuracy_validation",
    "test": "accuracy_test",
}
HEIGHT = 200  # of a plot in pixels
MOST = 32  # first units that are drawn
LARGEST = 8_000_000  # parameters of a network whose state is looked through at every epoch


def picture(run: Run) -> None:
    """Everything, drawn from what is stored so far."""
    with st.container(key="lab-picture"):
        found = _layers(run, run.key, run.states) if _small(run.spec) else []
        if run.spec.origin is None:  # of what was trained elsewhere nobody knows how
            st.markdown(health.verdict(run.spec, run.history, found)[1])
        loss, share, each = st.columns(3)
        with loss:
            _curve(run, "loss", {"loss": "loss"}, f"loss ({LOSSES[run.spec.train.loss]})", percent=False)
        with share:
            _curve(run, "shares", _told(run), "share of images right", percent=True)
        with each:
            _each_class(run)
        _first_weights(run)
        if found:
            _health(found)


def _small(spec: RunSpec) -> bool:
    """Whether a state is looked through at every epoch."""
    return spec.origin is None and network.parameter_count(spec.model) <= LARGEST


def _told(run: Run) -> dict[str, str]:
    """The shares that a run's history tells; of pulses what is within 0.1 in place of the largest output of the training pulses."""
    there = {name: column for name, column in SHARES.items() if column in run.history and np.isfinite(run.history[column]).any()}
    if "recognised_train" in there.values():
        there.pop("training", None)
    return there


def _curve(run: Run, name: str, columns: dict[str, str], title: str, *, percent: bool) -> None:
    if not any(column in run.history for column in columns.values()):
        return
    states = {"state": range(run.states), "epoch": run.epochs, **{n: run.history[c] for n, c in columns.items() if c in run.history}}
    last = max(run.spec.train.epochs, 1)
    chart = curves.over_epochs(
        curves.table(run.history, columns),
        pd.DataFrame(states),
        title,
        page.theme(),
        last=last,
        domain=(0.0, 1.0) if percent else None,
        percent=percent,
        height=HEIGHT,
    )
    ends = ", ".join(
        f"{n} {numbers.percent(run.history[c][-1]) if percent else numbers.number(run.history[c][-1])}"
        for n, c in columns.items()
        if c in run.history
    )
    page.chart(chart, alt_text=f"{title} over {run.states} states, now: {ends}", key=f"lab-curve-{name}", width="stretch")


def _each_class(run: Run) -> None:
    try:
        first, now = (counts.recall(run.evaluation_at(state, "confusion")) for state in (0, run.states - 1))
    except KeyError:
        return
    if np.isnan(now).all():
        return
    names = catalog.output_names(run.spec.data, run.spec.model.sizes[-1])
    chart = recall_dots(names, first, now, page.theme(), words="ring at the start, dot now")
    worst = int(np.nanargmin(now))
    page.chart(chart, alt_text=f"Share of each class right; least of {names[worst]}: {now[worst]:.1%}", key="lab-classes", width="stretch")


def _first_weights(run: Run) -> None:
    """The first kernels, or the first matrix rolled into images, at the start and now."""
    strips = _strips(run, run.key, run.states, 8 if screen.narrow() else 16, page.theme().dark)
    if strips:
        board("lab-weights", strips, own=True)
        page.legend(SIGNED_WORDS)


@shared()
def _strips(_run: Run, key: str, states: int, columns: int, dark: bool) -> list[Strip]:
    first, now = (first_pictures(_run, state) for state in (0, states - 1))
    if first is None or now is None:
        return []
    limit = float(max(np.abs(first).max(), np.abs(now).max())) or 1.0
    titles = ("The first weights at the start", f"At {shown.state_words(_run, states - 1)}")
    side = 48 if len(now) > 8 else 72
    return [
        strip(Pictures(array, "signed", limit), page.theme(), title=title, alt=title, side=max(side, min(array.shape[1:])), columns=columns)
        for title, array in zip(titles, (first, now), strict=True)
    ]


def first_pictures(run: Run, state: int) -> np.ndarray | None:
    """What the first units or kernels of a state look for, (units, height, width); None where it is not kept, or no picture."""
    name = "dense1.kernel" if run.spec.model.kind == "dense" else "conv1.kernel"
    try:
        kernel = run.at(state, name)
    except (KeyError, FileNotFoundError):
        return None
    if kernel.ndim == 4:
        return kernel[:MOST, 0]
    try:
        shape = catalog.shape_of(run.spec.data)
    except SpecError:
        return None
    if math.prod(shape) != len(kernel):
        return None
    pictures = rolled(kernel[:, :MOST], shape)  # (units, height, width) or (units, height, width, 3)
    return pictures.mean(-1) if pictures.ndim == 4 else pictures


def _health(found: list[health.Layer]) -> None:
    """Each layer's numbers."""
    with st.expander("How its layers are", icon=":material/monitor_heart:", expanded=True, key="lab-health"):
        rows = ["| layer | units | dead | at an end | gradient |", "|---|---:|---:|---:|---:|"]
        rows += [
            f"| {one.title} | {one.units:,} | {one.dead:,} | {one.saturated:.0%} | "
            f"{'' if one.gradient is None else numbers.number(one.gradient, 2)} |"
            for one in found
        ]
        st.markdown("\n".join(rows))
        st.caption(
            "Dead: ReLU units or maps that give 0 for every one of a few training images. At an end: values where tanh, sigmoid or ELU is "
            "flat. Gradient: root mean square of the loss's gradient by the layer's kernel; 0 means that nothing reaches it."
        )


@shared()
def _layers(_run: Run, key: str, states: int) -> list[health.Layer]:
    found = sample(_run.spec)
    if found is None:
        return []
    try:
        return health.layers(_run.spec, _run.state(states - 1), *found)
    except (SpecError, KeyError, FileNotFoundError, ValueError):  # a state that is not whole, or that has just gone
        return []
