"""Switch units off: how much the network still gets right, and which digits suffer."""

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis.ablation import OFF, accuracy_without_each, counts_without
from core.analysis.confusion import suffers_most
from core.charts import ablation as ablation_charts
from core.models.counts import accuracy, confusion, recall
from core.runs.run import Run
from core.ui import clicks, data_status, page
from pages.mlp import details as mlp_details
from pages.mlp.details import Detail, among, numbers
from pages.mlp.digits import DigitSet, seen, test_digits
from pages.mlp.view import SIZES, View


def hidden_units(view: View) -> int:
    """The highest number of a unit that can be off: of the view's layer, or of the last hidden one."""
    return SIZES[min(view.layer, len(SIZES) - 2)] - 1


mlp_details.DETAILS["off"] = (
    Detail("sends", "mlp-ablation-off", "zero", among(OFF)),
    Detail("units", "mlp-ablation-units-{hidden}", [], numbers(0, hidden_units), lambda units: "-".join(str(unit) for unit in units)),
)


@st.fragment
@mlp_details.linked("off")
def ablation_panel(run: Run, view: View) -> None:
    """Draw the panel for the units that the view's layer makes, or, for the last layer, those that feed it."""
    with st.container(key="mlp-ablation"):
        data_status.mnist()
        digits = test_digits()
        layers = list(range(1, len(run.spec.model.sizes) - 1))
        layer = min(view.layer, layers[-1])
        count = run.spec.model.sizes[layer]
        key = f"mlp-ablation-units-{layer}"
        left, right = st.columns([3, 2])
        with right:
            units = st.multiselect(
                f"Units of layer {layer} that are off", range(count), key=key, placeholder="None: choose some", persist_state="session"
            )
            off = st.radio(
                "An off unit",
                list(OFF),
                format_func=lambda name: OFF[name],
                key="mlp-ablation-off",
                horizontal=True,
                persist_state="session",
            )
        activations = seen(run, view.epoch, digits)
        whole = confusion(digits.labels, activations[-1].argmax(axis=1), run.spec.model.sizes[-1])
        cut = counts_without(run.state(view.epoch), activations, digits.labels, layer, units, off, run.spec.model.activation)
        with right:
            st.markdown(verdict(whole, cut, digits.words, layer, units))
            frame = pd.DataFrame({"digit": np.arange(len(whole)), "before": recall(whole), "after": recall(cut)})
            page.chart(
                ablation_charts.recall_dots(frame, page.theme()),
                alt_text="Share of each digit recognised, before and after",
                key="mlp-ablation-digits",
                width="stretch",
            )
        with left:  # last, since its first drawing at an epoch tries every unit
            _overview(run, view, digits, layer, units, off, whole)


@st.cache_data(show_spinner=False, max_entries=64)
def _each(_run: Run, key: str, state: int, _digits: DigitSet, source: str, layer: int, off: str) -> np.ndarray:
    """Accuracy (units,) with each unit of a layer off alone."""
    return accuracy_without_each(_run.state(state), seen(_run, state, _digits), _digits.labels, layer, off, _run.spec.model.activation)


def _overview(run: Run, view: View, digits: DigitSet, layer: int, units: list[int], off: str, whole: np.ndarray) -> None:
    each = _each(run, run.key, view.epoch, digits, digits.source, layer, off)
    total = accuracy(whole)
    frame = pd.DataFrame({"unit": np.arange(len(each)), "accuracy": each, "lost": 100 * (total - each)})
    chart_key, unit_key = "mlp-ablation-overview", f"mlp-ablation-units-{layer}"
    frame = frame.assign(chosen=frame["unit"].isin(units), now=clicks.count(chart_key))

    def toggled() -> None:
        unit = clicks.take(chart_key, "unit")
        if unit is not None:
            now = list(st.session_state[unit_key])
            st.session_state[unit_key] = [u for u in now if u != unit] if unit in now else [*now, unit]

    page.chart(
        ablation_charts.unit_bars(frame, page.theme()),
        alt_text=f"Accuracy with each unit of layer {layer} off alone",
        key=chart_key,
        select=toggled,
        width="stretch",
    )
    st.caption(
        f"What each unit of layer {layer} is worth: how much of the {total:.2%} of {digits.words} is lost with that one unit off, "
        "the most needed unit first. Click a bar to switch its unit off, or on again."
    )


def verdict(whole: np.ndarray, cut: np.ndarray, images: str, layer: int, units: list[int]) -> str:
    """What is lost, in a sentence, from confusion counts before and after."""
    before, after = accuracy(whole), accuracy(cut)
    if not units:
        return f"With every unit on, **{before:.2%}** of {images} are right. Switch a unit off to see which digits need it."
    names = f"unit {units[0]}" if len(units) == 1 else f"units {', '.join(map(str, units))}"
    full, left, worst = recall(whole), recall(cut), suffers_most(whole, cut)
    says = "No digit suffers."
    if worst is not None:
        says = f"Digit {worst} suffers most: from {full[worst]:.1%} to {left[worst]:.1%} of its {whole[worst].sum():,} images."
    return f"With {names} of layer {layer} off, **{after:.2%}** of {images} are right instead of {before:.2%}. {says}"
