"""Up to eight runs on the same axes: their curves, what differs, their best and last epochs."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from core.charts import numbers
from core.charts.comparison import comparison
from core.frame import choices as links
from core.frame import page, visitor
from core.frame.choices import Choice
from core.frame.plain import plain
from core.runs import catalog, store
from core.runs.run import Run
from core.training import jobs
from core.ui import cached, networks
from pages.lab import differences
from pages.lab.choices import PAGE, key, put, value

SENTENCE = "Put up to eight trainings on the same axes, and see what differs, and how far seeds alone lie apart."
MOST = 8
FIRST = ["mlp-random", "mlp-diagonal"]  # what the section opens on
MEASURES = {
    "accuracy_test": "share of test images right",
    "accuracy_train": "share of training images right",
    "loss": "loss",
    "recognised_test": "share of test images within 0.1",
}


def choices() -> Sequence[Choice]:
    """Which runs, what of them, and whether each seed is drawn."""

    def read(text: str) -> list[str]:
        ids = text.split("_") if text else []
        if len(ids) > MOST or len(set(ids)) < len(ids) or not all(map(_known, ids)):
            raise ValueError(text)
        return ids

    return [
        networks.NetworkChoice("runs", list(FIRST), read, f"up to {MOST} keys or names of runs with _ between them", "_".join, "compare"),
        links.one_of("measure", "accuracy_test", MEASURES, "compare"),
        links.flag("each", False, "compare"),
    ]


def _known(id_: str) -> bool:
    try:
        catalog.find(id_)
    except (store.MissingRun, store.DamagedRun):
        return jobs.find(id_) is not None
    return True


def add(run: str) -> None:
    """In a callback: put a run beside those that are compared; the oldest of them makes room."""
    before = value("runs") or links.last(PAGE, "runs") or []
    before = [] if before == FIRST else before
    put("runs", [*[one for one in before if one != run], run][-MOST:])
    put("section", "compare")


@links.fragment
def show() -> None:
    """The section; what is chosen in it reruns it alone."""
    if value("section") != "compare":
        st.rerun()
    with st.container(key="lab-compare"):
        _controls()
        found = [run for id_ in value("runs") if (run := run_of(id_)) is not None]
        if not found:
            page.empty("No run to compare", "Choose two or more above; those that you trained stand first.")
            return
        _curves(found)
        _table(found)


def run_of(id_: str) -> Run | None:
    """A run, finished or as far as it is."""
    run = cached.readable(id_)
    if run is not None:
        return run
    job = jobs.find(id_)
    try:
        return None if job is None else job.run()
    except store.DamagedRun:
        return None


def _controls() -> None:
    held = value("runs")
    own = visitor.own()
    entries = [entry.id for entry in catalog.fitting(lambda spec: True, own)]
    first = [id_ for id_ in own if id_ in entries]
    options = list(dict.fromkeys([*first, *entries, *held]))
    st.multiselect(
        "Runs",
        options,
        format_func=networks.label,
        key=key("runs"),
        max_selections=MOST,
        persist_state="session",
        help="Runs that differ in their seeds alone become one line, their mean, with a band from the lowest to the highest.",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox("Compare by", list(MEASURES), format_func=MEASURES.__getitem__, key=key("measure"), persist_state="session", width=320)
        st.toggle("Each seed by itself", key=key("each"), persist_state="session", help="An average hides the seeds that fail.")


def _curves(runs: list[Run]) -> None:
    measure = value("measure")
    curves, bands, singles = tables(runs, measure)
    if not len(curves):
        page.empty("These runs do not tell that", "Compare them by something else: not every history holds every number.")
        return
    share = measure != "loss"
    if not value("each"):
        singles = singles.iloc[:0]
    chart = comparison(curves, bands, singles, MEASURES[measure], page.theme(), percent=share)
    last = curves.groupby("curve", sort=False)["value"].last()
    ends = "; ".join(f"{name}: {numbers.percent(end) if share else numbers.number(end)}" for name, end in last.items())
    page.chart(chart, alt_text=f"{MEASURES[measure]} over the epochs, at the end: {ends}", key="lab-compare-chart", width="stretch")
    if len(bands):
        st.caption("A band reaches from the lowest seed to the highest at each epoch; the line in it is their mean.")


def tables(runs: Sequence[Run], measure: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Curves (curve, epoch, value), bands (curve, epoch, low, high) and single seeds (curve, seed, epoch, value) of runs."""
    members = differences.groups([run.spec for run in runs])
    called = differences.group_names([run.spec for run in runs], members)
    curves, bands, singles = [], [], []
    for name, places in zip(called, members, strict=True):
        seeds = pd.concat([_seeds(runs[place], measure, place) for place in places], ignore_index=True)
        if not len(seeds):
            continue
        seeds.insert(0, "curve", name)
        count = seeds["seed"].nunique()
        by_epoch = seeds.groupby("epoch")["value"].agg(["mean", "min", "max", "count"])
        by_epoch = by_epoch[by_epoch["count"] == count]  # epochs that every seed has
        curves.append(pd.DataFrame({"curve": name, "epoch": by_epoch.index, "value": by_epoch["mean"].to_numpy()}))
        if count > 1:
            band = {"curve": name, "epoch": by_epoch.index, "low": by_epoch["min"].to_numpy(), "high": by_epoch["max"].to_numpy()}
            bands.append(pd.DataFrame(band))
            singles.append(seeds)
    return (
        _together(curves, ("curve", "epoch", "value")),
        _together(bands, ("curve", "epoch", "low", "high")),
        _together(singles, ("curve", "seed", "epoch", "value")),
    )


def _together(parts: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(columns))


def _seeds(run: Run, measure: str, place: int) -> pd.DataFrame:
    """One number of a run over its epochs, and of the seeds that are stored with it."""
    if measure not in run.history:
        return pd.DataFrame({"seed": [], "epoch": [], "value": []})
    own = pd.DataFrame({"seed": f"{place}: {run.spec.model.seed}", "epoch": run.epochs, "value": run.history[measure]})
    if run.seeds and measure in run.seeds:
        others = run.seeds["seed"] != run.spec.model.seed
        names = [f"{place}: {seed:g}" for seed in run.seeds["seed"][others]]
        own = pd.concat([own, pd.DataFrame({"seed": names, "epoch": run.seeds["epoch"][others], "value": run.seeds[measure][others]})])
    return own.dropna()


def _table(runs: list[Run]) -> None:
    """What differs, and how each run ends."""
    called = differences.names([run.spec for run in runs])
    rows = [("", called), *differences.differing([run.spec for run in runs]), *ends(runs)]
    lines = [f"| {plain(title)} | " + " | ".join(plain(text) for text in texts) + " |" for title, texts in rows]
    lines.insert(1, "|---|" + "---:|" * len(runs))
    with st.container(key="lab-differences"):
        st.markdown("\n".join(lines))


def ends(runs: Sequence[Run]) -> list[tuple[str, list[str]]]:
    """Best and last share of test images right of each run, and the epoch of the best."""
    best, last = [], []
    for run in runs:
        shares = run.history.get("accuracy_test", np.array([np.nan]))
        if not np.isfinite(shares).any():
            best.append("none")
            last.append("none")
            continue
        top = int(np.nanargmax(shares))
        best.append(f"{numbers.percent(shares[top])} at epoch {run.epochs[top]:g}")
        last.append(f"{numbers.percent(shares[-1])} at epoch {run.epochs[-1]:g}")
    return [("Best on the test images", best), ("At the end", last)]
