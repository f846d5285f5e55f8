"""The strongest path of the MLP page: from an output back to an input, one layer at a time, beside the picture that shows it."""

import streamlit as st

from core.analysis.path import PathStep, strongest_path
from core.charts import numbers
from pages.mlp import choices as mlp
from pages.mlp import words
from pages.mlp.cell import in_the_image
from pages.mlp.layer import Layer, class_noun, pixel_words, unit_name


def path_of(layer: Layer) -> list[PathStep]:
    """The steps that are revealed, the last layer's first."""
    kernels = [layer.at(n).kernel for n in range(1, layer.count + 1)]
    return strongest_path(kernels, mlp.value("class"), mlp.value("rule"))[: mlp.value("steps")]


def path_panel(layer: Layer, steps: list[PathStep]) -> None:
    """Choose the output and the rule, and go back step by step."""
    spec = layer.spec
    with st.container(border=True, key="mlp-path"):
        st.markdown(words.PATH)
        first, second = st.columns([1, 2])
        first.selectbox(
            f"From {class_noun(spec)}",
            range(layer.sizes[-1]),
            format_func=lambda unit: unit_name(spec, layer.count, unit).removeprefix(f"{class_noun(spec)} "),
            key=mlp.key("class"),
            persist_state="session",
        )
        second.selectbox(
            "Take",
            list(words.RULES),
            format_func=words.RULES.__getitem__,
            key=mlp.key("rule"),
            persist_state="session",
            help=words.PATH_HELP,
        )
        for step in steps:
            with st.container(horizontal=True, vertical_alignment="center", wrap=False):
                st.button(
                    f"Layer {step.layer}",
                    key=f"mlp-path-show-{step.layer}",
                    icon=":material/visibility:",
                    on_click=_open,
                    args=(step.layer, step.source, step.unit),
                    help="Open this layer at this weight",
                )
                st.markdown(describe(layer, step), width="stretch")
        if steps[-1].layer == 1:
            _end(layer, steps[-1])
        _buttons(layer, len(steps))


def _buttons(layer: Layer, shown: int) -> None:
    with st.container(horizontal=True):
        last = shown >= layer.count
        st.button(
            "One layer back", icon=":material/arrow_back:", key="mlp-path-next", on_click=mlp.put, args=("steps", shown + 1), disabled=last
        )
        st.button("Start again", type="tertiary", key="mlp-path-first", on_click=mlp.put, args=("steps", 1), disabled=shown < 2)


def _open(layer: int, row: int, column: int) -> None:
    mlp.put("layer", layer)
    mlp.set_pick(row, column)


def _end(layer: Layer, step: PathStep) -> None:
    first = layer.at(1)
    place = f"the pixel in {pixel_words(first.image, step.source)}" if first.image else unit_name(layer.spec, 0, step.source)
    count = "its weight is" if layer.count == 1 else f"its {layer.count} weights multiply to"
    st.markdown(f"The path ends at {place}; {count} **{numbers.number(step.product)}**.")
    if first.image:
        in_the_image(first, step.source, step.unit)


def describe(layer: Layer, step: PathStep) -> str:
    """One step in words, with the runners-up."""
    spec = layer.spec
    unit, source = unit_name(spec, step.layer, step.unit), unit_name(spec, step.layer - 1, step.source)
    runners = zip(step.candidates[1:4], step.weights[1:4], strict=True)
    others = ", ".join(f"{c + 1} ({numbers.number(w)})" for c, w in runners)
    more = f" Next best: {others}." if others else ""
    return f"{unit} ← **{source}**, weight **{numbers.number(step.weight)}**.{more}"
