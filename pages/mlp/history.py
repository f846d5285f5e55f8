"""Over the epochs: accuracy, loss, norms, the weights' histogram and their change since the start."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import course, dense
from core.charts import cells, curves, histogram, history, mosaic
from core.runs.run import Run
from core.ui import cached, clicks, page, screen
from pages.mlp import details as mlp_details
from pages.mlp.details import Detail, among
from pages.mlp.view import View

SPLITS = {"training": "accuracy_train", "validation": "accuracy_validation", "test": "accuracy_test"}
LOSSES = {"training": "loss", "validation": "loss_validation", "test": "loss_test"}
DETAILS = ("Norms", "Histogram of weights", "Change since the start")


def opening(view: View) -> int:
    """The epoch that charts are first drawn with: kept for the session, since a changed literal would rebuild them."""
    return st.session_state.setdefault("mlp-opening", view.epoch)


mlp_details.DETAILS["epochs"] = (Detail("look", "mlp-history-detail", DETAILS[0], among(DETAILS)),)


@st.fragment
@mlp_details.linked("epochs")
def history_panel(run: Run, view: View, on_epoch: Callable[[int], None]) -> None:
    """Draw the panel; a click in a curve calls `on_epoch` with the state picked, before the page runs again."""
    with st.container(key="mlp-history"):
        st.markdown(sentence(run, view.epoch))
        states = _states(run)
        left, right = st.columns(2)
        with left:
            shares, band = _shares(run)
            chart = history.accuracy_curves(
                shares, band, states.assign(now=clicks.count("mlp-history-accuracy")), page.theme(), opening(view)
            )
            start = ", ".join(f"{name} {run.history[column][0]:.1%}" for name, column in SPLITS.items() if column in run.history)
            _clickable(chart, "mlp-history-accuracy", "Share of images right over the epochs", on_epoch)
            st.caption(f"Click a curve to go to its epoch. The start lies below the picture: {start}.")
        with right:
            chart = history.loss_curves(
                _curves(run, LOSSES, "loss"), states.assign(now=clicks.count("mlp-history-loss")), page.theme(), opening(view)
            )
            _clickable(chart, "mlp-history-loss", "Loss over the epochs, logarithmic", on_epoch)
            st.caption(spread_sentence(run))
        if st.session_state.pop("_mlp-history-moved", False):
            st.rerun()
        detail = (
            st.segmented_control("Look closer", DETAILS, key="mlp-history-detail", required=True, wrap=True, persist_state="session")
            or DETAILS[0]
        )
        {DETAILS[0]: _norms, DETAILS[1]: _histogram, DETAILS[2]: _change}[detail](run, view)


def sentence(run: Run, state: int) -> str:
    """The run's numbers at one state, each accuracy with its number of images."""
    counts = {"training": run.spec.data.train, "validation": run.spec.data.validation, "test": run.spec.data.test}
    said = [
        f"{run.history[column][state]:.1%} of {counts[name]:,} {name} images" for name, column in SPLITS.items() if column in run.history
    ]
    return (
        f"**Epoch {run.epochs[state]:g} of {run.epochs[-1]:g}**: {', '.join(said)} right; training loss {run.history['loss'][state]:.3g}."
    )


def spread_sentence(run: Run) -> str:
    """Mean and range of the test accuracy over the seeds at the last state."""
    _, values = course.by_seed(run.history, run.seeds, run.spec.model.seed, "accuracy_test")
    last = course.spread(values[:, -1])
    if last.seeds < 2:
        return "One seed is stored, so the spread between runs is not known."
    return (
        f"{last.seeds} runs that differ in their seed alone end at {last.mean:.2%} of {run.spec.data.test:,} test images "
        f"on average, from {last.low:.2%} to {last.high:.2%}; the shaded band is their range."
    )


def _clickable(chart, key: str, alt_text: str, on_epoch: Callable[[int], None]) -> None:
    """A chart whose picked state goes to `on_epoch`."""

    def moved() -> None:
        state = clicks.take(key, "state")
        if state is not None:
            on_epoch(state)
            st.session_state["_mlp-history-moved"] = True

    page.chart(chart, alt_text=alt_text, key=key, select=moved, width="stretch")


def _states(run: Run) -> pd.DataFrame:
    """State, epoch, loss and accuracies, one row a state."""
    columns = {name.replace("accuracy_", ""): run.history[name] for name in ("loss", *SPLITS.values()) if name in run.history}
    return pd.DataFrame({"state": np.arange(run.states), "epoch": run.epochs, **columns})


def _curves(run: Run, columns: dict[str, str], value: str) -> pd.DataFrame:
    """Long table of some columns of the history: state, epoch, images (which), and the value under that name."""
    parts = [
        pd.DataFrame({"state": np.arange(run.states), "epoch": run.epochs, "images": name, value: run.history[column]})
        for name, column in columns.items()
        if column in run.history
    ]
    return pd.concat(parts, ignore_index=True)


def _shares(run: Run) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Long table of accuracies, and the range of the test accuracy over the seeds."""
    epochs, values = course.by_seed(run.history, run.seeds, run.spec.model.seed, "accuracy_test")
    band = pd.DataFrame({"epoch": epochs, "low": np.nanmin(values, axis=0), "high": np.nanmax(values, axis=0)})
    return _curves(run, SPLITS, "share"), band if len(values) > 1 else band.iloc[:0]


@st.cache_data(show_spinner=False, max_entries=32)
def _norm_curves(_run: Run, key: str, layer: int) -> tuple[np.ndarray, np.ndarray]:
    """Norms over the states: of rows (states, inputs) and of columns (states, outputs)."""
    return dense.norms(_run.weights(f"dense{layer}.kernel"))


def _norms(run: Run, view: View) -> None:
    rows, columns = _norm_curves(run, run.key, view.layer)
    source = "pixel" if view.layer == 1 else f"unit of layer {view.layer - 1}"
    for box, norms, what in zip(st.columns(2), (rows, columns), (f"row ({source})", f"column (unit of layer {view.layer})"), strict=True):
        with box:
            _norm_chart(run, norms, what)
    st.caption("A row's norm says how strongly the layer listens to one input; a column's, how much weight one unit gathers.")


def _norm_chart(run: Run, norms: np.ndarray, what: str) -> None:
    """Lines where they can be told apart, bands where not."""
    states, count = norms.shape
    table = pd.DataFrame({"state": np.arange(states), "epoch": run.epochs})
    start = st.session_state["mlp-opening"]
    if count <= curves.MOST_LINES:
        long = table.loc[np.repeat(table.index, count)].assign(unit=np.tile(np.arange(count), states), norm=norms.ravel())
        chart = curves.norm_lines(long, table, what, page.theme(), start)
        words = f"{count} lines, one each; the largest at the end carries its number."
    else:
        bands = pd.DataFrame(course.quantiles(norms), columns=["least", "low", "median", "high", "most"]).assign(epoch=run.epochs)
        chart = curves.norm_bands(bands, table, what, page.theme(), start)
        words = f"{count} norms: the line is the median, the dark band holds the middle four fifths, the light band all."
    page.chart(chart, alt_text=f"L2 norm of each {what} over the epochs", key=f"mlp-history-norms-{what.split()[0]}", width="stretch")
    st.caption(words)


@st.cache_data(show_spinner=False, max_entries=32)
def _bins(_run: Run, key: str, layer: int) -> pd.DataFrame:
    """Counts of weights, one row a state and bin."""
    found = course.histogram(_run.weights(f"dense{layer}.kernel"))
    states, bins = found.counts.shape
    edges = np.column_stack([found.edges[:-1], found.edges[1:]])
    long = pd.DataFrame(np.tile(edges, (states, 1)), columns=["low", "high"])
    return long.assign(state=np.repeat(np.arange(states), bins), count=found.counts.ravel())


def _histogram(run: Run, view: View) -> None:
    bins = _bins(run, run.key, view.layer)
    chart = histogram.weight_histogram(bins, run.states, page.theme(), opening(view))
    page.chart(chart, alt_text=f"Histogram of the weights of layer {view.layer}", key="mlp-history-histogram", width="stretch")
    st.caption("The bins and both axes are the same at every epoch; grey is the bin around 0.")


def _change(run: Run, view: View) -> None:
    """W_t - W_0 as a map: cells that follow the player, or for the first layer one small image a unit."""
    stack = cached.weights(run.key, f"dense{view.layer}.kernel")
    change = stack - stack[0]  # (states, rows, columns)
    limit = float(np.abs(change).max())
    if change[0].size <= 2_000:
        names = (f"input (unit of layer {view.layer - 1})", f"unit of layer {view.layer}")
        chart = cells.moving_cells(cells.wide(change), limit, page.theme(), opening(view), names=names, value="change")
        page.chart(chart, alt_text="Change of each weight since the start", key="mlp-history-change", width="stretch")
        note = ""
    else:
        side = round(change.shape[1] ** 0.5)
        tiles = change[view.epoch].T.reshape(-1, side, side)  # (units, height, width)
        frame = pd.DataFrame({"unit": np.arange(len(tiles)), "label": "", "largest change": np.abs(tiles).max(axis=(1, 2))})
        page.chart(
            mosaic.images(tiles, limit, frame, page.theme(), large=not screen.narrow()),
            alt_text="Change of each unit's weights since the start",
            key="mlp-history-change-images",
        )
        note = " Each small image is one unit's column laid out as the 28x28 pixels it listens to; it follows when the player rests."
    moved = float(np.abs(change[view.epoch]).max())
    st.caption(
        "Orange: the weight has risen since the start, blue: it has fallen, the background's own colour: unchanged. "
        f"The scale runs to ±{limit:.3g} at every epoch; the largest change at epoch {run.epochs[view.epoch]:g} is {moved:.3g}.{note}"
    )
