"""The strongest path of the MLP page: from a digit back to a pixel, one layer at a time, beside the picture that shows it."""

import numpy as np
import streamlit as st

from core.analysis.path import PathStep, strongest_path
from core.runs.run import Run
from pages.mlp import view as mlp_view
from pages.mlp.cell import in_the_image
from pages.mlp.view import View, key

RULES = {"step": "the largest weight at each step", "whole": "the largest product of all five"}  # both without their sign


def path_of(run: Run, view: View) -> list[PathStep]:
    """The steps that are revealed, the last layer's first."""
    state = run.state(view.epoch)
    kernels = [state[f"dense{n}.kernel"] for n in mlp_view.LAYERS]
    steps = strongest_path(kernels, st.session_state["mlp-path-class"], st.session_state["mlp-path-rule"])
    return steps[: st.session_state["mlp-path-steps"]]


def path_panel(run: Run, view: View) -> None:
    """Choose the digit and the rule, and go back step by step."""
    if st.session_state.pop("_mlp-path-followed", False):
        st.rerun()
    with st.container(border=True, key="mlp-path"):
        st.markdown("**Follow the strongest path** from a digit back to a pixel; the dashed frames in the picture mark it.")
        first, second = st.columns([1, 2])
        first.selectbox("From digit", range(10), key="mlp-path-class", persist_state="session")
        second.selectbox(
            "Take",
            list(RULES),
            format_func=lambda rule: RULES[rule],
            key="mlp-path-rule",
            persist_state="session",
            help="Weights count without their sign: a strong push down is as strong as one up.",
        )
        steps = path_of(run, view)
        for step in steps:
            with st.container(horizontal=True, vertical_alignment="center", wrap=False):
                st.button(
                    f"Layer {step.layer}",
                    key=f"mlp-path-show-{step.layer}",
                    icon=":material/visibility:",
                    on_click=_follow,
                    args=(step.layer, step.source, step.unit),
                    help="Open this layer at this weight",
                )
                st.markdown(describe(step), width="stretch")
        if steps[-1].layer == 1:
            _end(run, view, steps[-1])
        _buttons(len(steps))


def _buttons(shown: int) -> None:
    with st.container(horizontal=True):
        st.button("One layer back", icon=":material/arrow_back:", key="mlp-path-next", on_click=_go, args=(shown + 1,), disabled=shown > 4)
        st.button("Start again", type="tertiary", key="mlp-path-first", on_click=_go, args=(1,), disabled=shown < 2)


def _go(steps: int) -> None:
    st.session_state["mlp-path-steps"] = steps


def _follow(layer: int, row: int, column: int) -> None:
    st.session_state[key("layer")] = layer
    st.session_state["_mlp-picked-layer"] = layer
    mlp_view.set_pick(row, column)
    st.session_state["_mlp-path-followed"] = True


def _end(run: Run, view: View, step: PathStep) -> None:
    line, column = divmod(step.source, 28)
    st.markdown(f"The path ends at the pixel in line {line}, column {column}; its five weights multiply to **{step.product:.3g}**.")
    in_the_image(np.asarray(run.state(view.epoch)["dense1.kernel"]), step.source, step.unit)


def describe(step: PathStep) -> str:
    """One step in words, with the runners-up."""
    unit, source = mlp_view.unit_name(step.layer, step.unit), mlp_view.unit_name(step.layer - 1, step.source)
    others = ", ".join(f"{c} ({w:.3g})" for c, w in zip(step.candidates[1:4], step.weights[1:4], strict=True))
    return f"{unit} ← **{source}**, weight **{step.weight:.3g}**. Next best: {others}."
