"""The loss profile: three curves, accuracy and act over the epochs, and what became of the other runs."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import fate
from core.charts import cnn_curves
from core.runs.shipped.pulses import LABELS
from core.ui import cached, page
from core.ui.question import ask
from pages.cnn.downloads import history
from pages.cnn.kernels import opening, state_chart, state_player
from pages.cnn.view import FIRST, View, family, take_run

SHARES = {
    "recognised_train": "training pulses recognised (all outputs within 0.1)",
    "recognised_test": "test pulses recognised",
    "accuracy_test": "test pulses right (largest output)",
}


def loss_panel(view: View) -> None:
    """Question, curves of this run, then every run's fate."""
    run = view.run
    train = min(1_000, run.spec.data.train)
    _question()
    st.markdown(
        f"Loss {run.history['loss'][view.state]:.3g} at {view.epoch}: "
        f"{run.history['recognised_train'][view.state]:.1%} of {train:,} training pulses recognised, "
        f"{run.history['recognised_test'][view.state]:.1%} of {run.spec.data.test:,} test pulses; "
        f"{run.history['accuracy_test'][view.state]:.1%} right by the largest output; act {run.history['act'][view.state]:.2g}."
    )
    with st.container(key="cnn-loss"):
        _curves(view)
    if not view.has_weights:
        state_player(view)
    st.caption(
        "Click a curve to go to its state. Recognised: all three outputs within 0.1 of their target. Act: the share of the second "
        "convolution's outputs above 0, on 100 training pulses; at 0 its ReLU passes no gradient back."
    )
    st.markdown(f"**{LABELS[view.name]}.** {fate.fate(run.history).sentence}")
    ends = run.ends()
    if len(ends):
        st.markdown(
            f"{len(ends)} trainings that differ in their seed alone end at {ends.mean():.1%} of {run.spec.data.test:,} test pulses on "
            f"average, from {ends.min():.1%} to {ends.max():.1%}; the thin lines are the other seeds."
        )
    if not view.has_weights:
        history(view, st.container(horizontal=True))
    _fates(view)


def _states(view: View) -> pd.DataFrame:
    h = view.run.history
    names = ("loss", "recognised_train", "recognised_test", "accuracy_test", "act")
    return pd.DataFrame({"state": np.arange(view.run.states), "epoch": h["epoch"], **{name: h[name] for name in names}})


def _long(view: View, columns: dict[str, str]) -> pd.DataFrame:
    h = view.run.history
    parts = [
        pd.DataFrame({"state": np.arange(view.run.states), "epoch": h["epoch"], "curve": words, "value": h[name]})
        for name, words in columns.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _other_seeds(view: View, column: str) -> pd.DataFrame | None:
    seeds = view.run.seeds
    if not seeds:
        return None
    others = seeds["seed"] != view.run.spec.model.seed
    return pd.DataFrame({"seed": seeds["seed"][others], "epoch": seeds["epoch"][others], "value": seeds[column][others]})


def _curves(view: View) -> None:
    states, theme, start = _states(view), page.theme(), opening(view)
    left, middle, right = st.columns(3)
    top = float(np.nanmax(view.run.history["loss"])) * 1.05
    with left:
        state_chart(
            cnn_curves.state_curves(
                _long(view, {"loss": "loss"}),
                states,
                f"loss ({view.run.spec.train.loss.replace('_', '-')})",
                theme,
                start,
                domain=(0, top),
                others=_other_seeds(view, "loss"),
            ),
            "cnn-loss-loss",
            "Training loss over the epochs",
        )
    with middle:
        chart = cnn_curves.state_curves(
            _long(view, SHARES),
            states,
            "share of pulses",
            theme,
            start,
            domain=(0, 1),
            percent=True,
            others=_other_seeds(view, "accuracy_test"),
        )
        state_chart(chart, "cnn-loss-shares", "Pulses recognised over the epochs")
    with right:
        most = max(0.6, float(np.nanmax(view.run.history["act"])))
        chart = cnn_curves.state_curves(_long(view, {"act": "act"}), states, "act", theme, start, domain=(0, most), percent=True)
        state_chart(chart, "cnn-loss-act", "Share of the second convolution's outputs above 0, over the epochs")


def _puzzle() -> tuple[str, int] | None:
    """A run and a state at which nothing is learned yet, so that loss alone cannot tell waiting from dead."""
    for name in ("pulse-study", "pulse-dead"):
        if name in LABELS and (run := cached.readable(name)) is not None:
            quiet = np.flatnonzero((run.history["accuracy_test"] < 0.4) & (run.history["epoch"] >= 5))
            if len(quiet):
                act = run.history["act"][quiet]
                return name, int(quiet[np.where(act > 0, act, np.inf).argmin()])  # nearest to death, not yet dead, if there is such
    return None


def _question() -> None:
    """A run at which nothing is learned yet: its curves so far, and after the guess all of them with act."""
    found = _puzzle()
    if found is None:
        return
    name, state = found
    history = cached.run(name).history
    epoch, loss, right = (float(history[column][state]) for column in ("epoch", "loss", "accuracy_test"))

    def answer() -> tuple[str, str]:
        act = float(history["act"][state])
        end = fate.fate(history)
        there = f"Its act is {act:.2g} there" + (", small but not 0" if 0 < act < 0.01 else "")
        return fate.state_now(history, state), f"{there}. What became of it: {end.sentence}"

    left, right_side = st.columns([3, 2], gap="medium", vertical_alignment="center")
    with left:
        ask(
            "cnn",
            "waiting",
            f"A training has seen {epoch:g} epochs. Its loss is {loss:.2f} and {right:.0%} of the test pulses are right, as good "
            "as guessing among three. Is it waiting, or dead?",
            ["waiting", "dead"],
            answer,
            "The loss cannot tell. Both fit a constant answer. Look at act: while some outputs of the second convolution are above 0, "
            "a gradient flows back and the kernels move, however slowly. At 0 the ReLU blocks it for every pulse, and nothing can "
            "change that.",
        )
    told = bool(st.session_state.get("guess-cnn-waiting"))
    measures = {"loss": "loss", "accuracy_test": "test pulses right"} | ({"act": "act"} if told else {})
    until = None if told else state + 1
    with right_side:
        _small(history, measures, "cnn-waiting-curves", "The training in question", slice(None, until))


def _small(history: Mapping[str, np.ndarray], measures: dict[str, str], key: str, alt_text: str, states: slice = slice(None)) -> None:
    """Curves of one run, with the moment it died where they reach it."""
    epochs = history["epoch"][states]
    curves = [pd.DataFrame({"epoch": epochs, "curve": curve, "value": history[name][states]}) for name, curve in measures.items()]
    end = fate.died(history)
    died = end if end is not None and end <= epochs[-1] else None
    chart = cnn_curves.fate_curves(pd.concat(curves), died, float(epochs[-1]), page.theme())
    page.chart(chart, alt_text=alt_text, key=key, width="stretch")


def _fates(view: View) -> None:
    """The good run first, then what else became of the same network, each with why."""
    st.markdown(
        "**The same network, other fates.** Blue: the share of test pulses right; orange, dashed: act. Open one to see its kernels above."
    )
    names = sorted(LABELS, key=lambda n: n in family(FIRST) and n != FIRST)
    for start in range(0, len(names), 3):
        for column, name in zip(st.columns(3), names[start : start + 3], strict=False):
            with column.container(border=True, key=f"cnn-fate-{name}"):
                _fate(view, name)


def _fate(view: View, name: str) -> None:
    """What became of one run."""
    run = cached.run_or_say(name)
    if run is None:
        return
    st.markdown(f"**{LABELS[name]}**")
    measures = {"accuracy_test": "test pulses right", "act": "act"}
    _small(run.history, measures, f"cnn-fates-{name}", f"Accuracy and act of {LABELS[name]}")
    st.caption(fate.fate(run.history).sentence)
    if name == view.name:
        st.caption("**This is the run shown.**")
    else:
        st.button("Open this run", key=f"cnn-open-{name}", on_click=take_run, args=(name,), icon=":material/open_in_full:")
