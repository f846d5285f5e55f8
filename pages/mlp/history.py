"""Over the epochs: accuracy, loss, norms, the weights' histogram and their change since the start."""

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import course, dense
from core.charts import curves, numbers
from core.charts.epoch import opening
from core.charts.histogram import histogram
from core.charts.norms import BANDS, MOST_LINES, norm_bands, norm_lines
from core.charts.prepared import Prepared
from core.charts.theme import theme
from core.frame import choices, page
from core.runs.run import Run
from core.serving.shared import shared
from core.ui import cached, clicks, shown
from pages.mlp import choices as mlp
from pages.mlp import maps, words
from pages.mlp.layer import Layer, kernel_at

SPLITS = {"training": "accuracy_train", "validation": "accuracy_validation", "test": "accuracy_test"}
SENTENCE = "mlp-history-sentence"  # key of its container
LOSSES = {"training": "loss", "validation": "loss_validation", "test": "loss_test"}


@choices.fragment
def history_panel(layer: Layer) -> None:
    """Accuracy and loss of the run, and one look closer at the layer; a click in a curve goes to its epoch."""
    if mlp.moved(layer):
        st.rerun()
    run = layer.run
    with st.container(key="mlp-history"):
        if run.states < 2:
            page.empty(*words.ONE_STATE)
            return
        with st.container(key=SENTENCE):
            st.markdown(sentence(run, layer.state))
        left, right = st.columns(2)
        with left:
            _shares(layer)
        with right:
            _losses(layer)
        look = st.segmented_control("Look closer", words.HISTORY, key=mlp.key("look"), required=True, wrap=True, persist_state="session")
        dict(zip(words.HISTORY, (_norms, _histogram, _change), strict=True))[look or words.HISTORY[0]](layer)


def sentence(run: Run, state: int) -> str:
    """The run's numbers at one state, each accuracy with its number of images."""
    counts = {"training": run.spec.data.train, "validation": run.spec.data.validation, "test": run.spec.data.test}
    said = [
        f"{numbers.percent(run.history[column][state])} of {counts[name]:,} {name} images"
        for name, column in SPLITS.items()
        if column in run.history and counts[name]
    ]
    words_ = shown.state_words(run, state)
    when = f"{words_[0].upper()}{words_[1:]}" + (f" of {run.epochs[-1]:g}" if words_.startswith("epoch") else "")
    loss = f"training loss {numbers.number(run.history['loss'][state])}." if "loss" in run.history else ""
    right = f"{', '.join(said)} right; " if said else ""
    return f"**{when}**: {right}{loss}"


@shared()
def spread_sentence(_run: Run, key: str, states: int) -> str:
    """Mean and range of the test accuracy over the seeds at the last state."""
    run = _run
    if not run.seeds or "accuracy_test" not in run.history:
        return words.ONE_SEED
    _, values = course.by_seed(run.history, run.seeds, run.spec.model.seed, "accuracy_test")
    last = course.spread(values[:, -1])
    if last.seeds < 2:
        return words.ONE_SEED
    return (
        f"{last.seeds} runs that differ in their seed alone end at {numbers.percent(last.mean, 2)} of {run.spec.data.test:,} test images "
        f"on average, from {numbers.percent(last.low, 2)} to {numbers.percent(last.high, 2)}; the shaded band is their range."
    )


def _clickable(chart: Prepared, key: str, alt_text: str) -> None:
    """A chart in which a click goes to a state."""

    def picked() -> None:
        state = clicks.take(key, "state")
        if state is not None:
            mlp.put("epoch", state)

    page.chart(chart, alt_text=alt_text, key=key, select=picked, width="stretch", steady=True)


def _states(run: Run, now: int) -> pd.DataFrame:
    """State, epoch, loss and accuracies, one row a state, and the clicks that a chart has had."""
    columns = {name.replace("accuracy_", ""): run.history[name] for name in ("loss", *SPLITS.values()) if name in run.history}
    return pd.DataFrame({"state": np.arange(run.states), "epoch": run.epochs, **columns, "now": now})


def _shares(layer: Layer) -> None:
    run, key = layer.run, "mlp-history-accuracy"
    there = {name: column for name, column in SPLITS.items() if column in run.history}
    if not there:
        return
    ends = ", ".join(f"{name} {numbers.percent(run.history[column][-1])}" for name, column in there.items())
    chart, floor = _share_curves(run, run.key, run.states, clicks.count(key), page.theme().dark)
    _clickable(chart.opened(opening(layer.state, run.states)), key, f"Share of images right over the epochs; at the end {ends}")
    start = ", ".join(f"{name} {numbers.percent(run.history[column][0])}" for name, column in there.items())
    below = f" The start lies below the picture: {start}." if floor > 0 else ""
    st.caption(words.CURVES + below)


@shared()
def _share_curves(_run: Run, key: str, states: int, now: int, dark: bool) -> tuple[Prepared, float]:
    """The accuracies as curves, and where their axis begins."""
    table = curves.table(_run.history, {name: column for name, column in SPLITS.items() if column in _run.history})
    band = None
    if _run.seeds and "accuracy_test" in _run.history:
        epochs, values = course.by_seed(_run.history, _run.seeds, _run.spec.model.seed, "accuracy_test")
        band = pd.DataFrame({"epoch": epochs, "low": np.nanmin(values, axis=0), "high": np.nanmax(values, axis=0)})
    floor = curves.floor(table)
    title = "share of images right"
    return curves.over_epochs(table, _states(_run, now), title, theme(dark), 0, domain=(floor, 1.0), percent=True, band=band), floor


def _losses(layer: Layer) -> None:
    run, key = layer.run, "mlp-history-loss"
    if "loss" in run.history:
        chart = _loss_curves(run, run.key, run.states, clicks.count(key), page.theme().dark)
        _clickable(
            chart.opened(opening(layer.state, run.states)),
            key,
            f"Loss over the epochs; at the end {numbers.number(run.history['loss'][-1])}",
        )
    st.caption(spread_sentence(run, run.key, run.states))


@shared()
def _loss_curves(_run: Run, key: str, states: int, now: int, dark: bool) -> Prepared:
    table = curves.table(_run.history, LOSSES)
    low = bool((table["value"].dropna() <= 0).any())  # a logarithm has no room for 0
    title = "loss" if low else "loss (logarithmic)"
    return curves.over_epochs(table, _states(_run, now), title, theme(dark), 0, logarithmic=not low)


@shared()
def _norm_curves(_run: Run, key: str, states: int, layer: int) -> tuple[np.ndarray, np.ndarray]:
    """Norms over the states: of rows (states, inputs) and of columns (states, outputs)."""
    rows, columns = zip(*(dense.norms(kernel_at(_run, layer, state)) for state in range(states)), strict=True)
    return np.stack(rows), np.stack(columns)


def _norms(layer: Layer) -> None:
    rows, columns = _norm_curves(layer.run, layer.run.key, layer.run.states, layer.number)
    source, unit = layer.sides
    for box, norms, what in zip(st.columns(2), (rows, columns), (f"row ({source})", f"column ({unit})"), strict=True):
        with box:
            chart, said = _norm_chart(layer, norms, layer.run.key, layer.run.states, layer.number, what, page.theme().dark)
            page.chart(
                chart.opened(opening(layer.state, layer.run.states)),
                alt_text=f"L2 norm of each {what} over the epochs: at the start {numbers.span(norms[0].min(), norms[0].max())}, "
                f"at the end {numbers.span(norms[-1].min(), norms[-1].max())}",
                key=f"mlp-history-norms-{what.split()[0]}",
                width="stretch",
                steady=True,
            )
            st.caption(said)
    st.caption(words.NORMS)


@shared()
def _norm_chart(_layer: Layer, _norms: np.ndarray, key: str, states: int, number: int, what: str, dark: bool) -> tuple[Prepared, str]:
    """Lines where they can be told apart, bands where not; and what they are in words."""
    epochs, count = _layer.run.epochs, _norms.shape[1]
    table = pd.DataFrame({"state": np.arange(states), "epoch": epochs})
    if count <= MOST_LINES:
        long = table.loc[np.repeat(table.index, count)].assign(unit=np.tile(np.arange(1, count + 1), states), norm=_norms.ravel())
        said = f"{count} lines, one each; the largest at the end carries its number." if count > 1 else ""
        return norm_lines(long, table, what, theme(dark), 0), said
    bands = pd.DataFrame(course.quantiles(_norms), columns=list(BANDS)).assign(epoch=epochs)
    said = f"{count:,} norms: the line is the median, the dark band holds the middle four fifths, the light band all."
    return norm_bands(bands, table, what, theme(dark), 0), said


@shared()
def _bars(_layer: Layer, key: str, states: int, number: int, dark: bool) -> Prepared:
    """Counts of weights at every state as bars."""
    limit = _layer.extent.limit
    found = [course.histogram(kernel_at(_layer.run, number, state)[None], limit=limit) for state in range(states)]
    edges = np.column_stack([found[0].edges[:-1], found[0].edges[1:]])
    long = pd.DataFrame(np.tile(edges, (states, 1)), columns=["low", "high"])
    bins = long.assign(state=np.repeat(np.arange(states), len(edges)), count=np.concatenate([one.counts[0] for one in found]))
    return histogram(bins, theme(dark), 0, states=states)


def _histogram(layer: Layer) -> None:
    chart = _bars(layer, layer.run.key, layer.run.states, layer.number, page.theme().dark).opened(opening(layer.state, layer.run.states))
    said = f"Histogram of the weights of layer {layer.number}, all of them within ±{numbers.number(layer.extent.limit)}"
    page.chart(chart, alt_text=said, key="mlp-history-histogram", width="stretch", steady=True)
    st.caption(words.HISTOGRAM)


@shared()
def _change_limit(_run: Run, key: str, states: int, layer: int) -> float:
    """The largest change of a weight since the start, over all states."""
    start = kernel_at(_run, layer, 0)
    return max(float(np.abs(kernel_at(_run, layer, state) - start).max()) for state in range(states))


def _change(layer: Layer) -> None:
    """W_t - W_0 as a map: cells that follow the player, or pictures drawn where it rests."""
    limit = _change_limit(layer.run, layer.run.key, layer.run.states, layer.number)
    change = layer.kernel - layer.kernel_at(0)
    maps.show(
        layer,
        ("change", layer.run.key, layer.run.states),
        lambda: cached.stack(layer.run, f"dense{layer.number}.kernel") - layer.kernel_at(0),
        change,
        limit,
        key="mlp-history-change",
        alt_text=f"Change of each weight since the start, over all states within ±{numbers.number(limit)}",
        value="change",
        large=True,
    )
    moved = numbers.number(float(np.abs(change).max()))
    st.caption(words.CHANGE.format(limit=numbers.number(limit), when=layer.shown.words, moved=moved) + maps.note(layer))
