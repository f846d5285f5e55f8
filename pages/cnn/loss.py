"""The loss profile of the run shown: loss, what is recognised, and act over the epochs."""

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis.fate import fate
from core.charts import curves, numbers
from core.specs import LOSSES
from core.ui.shown import Shown
from pages.cnn import data as cnn_data
from pages.cnn.downloads import history
from pages.cnn.fates import fates, question
from pages.cnn.fold import folded
from pages.cnn.runs import pulses_of
from pages.cnn.sentences import LOSS, TOLD, loss_sentence, sentences
from pages.cnn.states import Curves, state_curves, state_player
from pages.cnn.words import outputs

ACT_IMAGES = 100  # training pulses of those that core.training.pulse_cnn counts at each state for act
SHARES = {
    "training pulses recognised (all outputs within 0.1)": "recognised_train",
    "test pulses recognised": "recognised_test",
    "test pulses right (largest output)": "accuracy_test",
}


def loss_panel(shown: Shown) -> None:
    """Question, curves of this run, then every run's fate."""
    run, classes = shown.run, len(pulses_of(shown.run.spec).classes)
    question()
    with st.container(key=LOSS):
        st.markdown(loss_sentence(shown))
    with st.container(key="cnn-loss"):
        _curves(shown)
    if not cnn_data.kept(run):
        state_player(shown, sentences(shown))
    st.caption(
        f"Click a curve to go to its state. Recognised: {outputs(classes)} within 0.1 of {'its' if classes == 1 else 'their'} target. "
        f"Act: the share of the second convolution's outputs above 0, on {min(ACT_IMAGES, run.spec.data.train)} training pulses; "
        "at 0 its ReLU passes no gradient back."
    )
    st.markdown(f"**{shown.title}.** {fate(run.history, classes).sentence}")
    ends = run.ends()
    if len(ends) > 1:
        least, most, mean = (numbers.percent(float(share)) for share in (ends.min(), ends.max(), ends.mean()))
        st.markdown(
            f"{len(ends)} trainings that differ in their seed alone end at {mean} of {run.spec.data.test:,} test pulses on average, "
            f"from {least} to {most}; the thin lines are the other seeds."
        )
    if not cnn_data.kept(run):
        history(shown, st.container(horizontal=True))
    with folded("Other trainings, other fates", "cnn-fold-fates") as is_open:
        if is_open:
            fates(shown)


def _other_seeds(shown: Shown, column: str) -> pd.DataFrame | None:
    seeds = shown.run.seeds
    if column not in seeds:
        return None
    others = seeds["seed"] != shown.run.spec.model.seed
    return pd.DataFrame({"seed": seeds["seed"][others], "epoch": seeds["epoch"][others], "value": seeds[column][others]})


def _most(values: np.ndarray, least: float) -> float:
    """The end of an axis: the largest value, or `least`."""
    return max([least, *values[np.isfinite(values)].tolist()])


def _curves(shown: Shown) -> None:
    loss, share, act = st.columns(3)
    with loss:
        state_curves(shown, "cnn-loss-loss", lambda: _losses(shown), "Training loss over the epochs")
    with share:
        state_curves(shown, "cnn-loss-shares", lambda: _shares(shown), "Pulses recognised over the epochs")
    with act:
        state_curves(shown, "cnn-loss-act", lambda: _acts(shown), "Share of the second convolution's outputs above 0, over the epochs")


def _told(shown: Shown) -> tuple[dict[str, np.ndarray], pd.DataFrame]:
    """What the history tells, and that as a table of the states."""
    told = {"epoch": shown.run.epochs, **{name: cnn_data.history(shown.run, name) for name in TOLD}}
    return told, pd.DataFrame({"state": np.arange(shown.run.states), **told})


def _losses(shown: Shown) -> Curves:
    told, states = _told(shown)
    options = {"domain": (0, _most(told["loss"], 0.1) * 1.05), "others": _other_seeds(shown, "loss")}
    return curves.table(told, {"loss": "loss"}), states, f"loss ({LOSSES[shown.run.spec.train.loss]})", options


def _shares(shown: Shown) -> Curves:
    told, states = _told(shown)
    options = {"domain": (0, 1), "percent": True, "others": _other_seeds(shown, "accuracy_test")}
    return curves.table(told, SHARES), states, "share of pulses", options


def _acts(shown: Shown) -> Curves:
    told, states = _told(shown)
    return curves.table(told, {"act": "act"}), states, "act", {"domain": (0, _most(told["act"], 0.6)), "percent": True}
