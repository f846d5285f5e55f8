"""Switch units off: how much the network still gets right, and which classes suffer."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis.ablation import OFF, accuracy_without_each, counts_without
from core.analysis.confusion import suffers_most
from core.analysis.dense import norms, order
from core.charts import numbers
from core.charts.ablation import unit_bars
from core.charts.recall import recall_dots
from core.frame import choices, page
from core.models.counts import accuracy, confusion, recall
from core.serving.shared import shared
from core.ui import clicks
from core.ui.shown import Shown
from pages.mlp import choices as mlp
from pages.mlp import words
from pages.mlp.images import ImageSet, images_or_say, seen
from pages.mlp.layer import Layer, class_names, class_noun, image_shape

CHART = "mlp-ablation-overview"
MOST = 200  # units that are tried one by one; of more, those that the next layer listens to most
TRIED = 300_000_000  # products that this may take; of a large network the first images alone are tried


@choices.fragment
def ablation_panel(layer: Layer) -> None:
    """Draw the panel for the units that this layer makes, or, for the last layer, those that feed it."""
    if mlp.moved(layer):
        st.rerun()
    with st.container(key="mlp-ablation"):
        number = mlp.hidden_layer(layer)
        if number == 0:
            page.empty(*words.NO_HIDDEN)
            return
        if image_shape(layer.spec) is None:
            page.empty(words.NO_TEST_IMAGES, words.UNKNOWN_DATA)
            return
        found = images_or_say(layer.spec)
        if found is None:
            return
        left, right = st.columns([3, 2])
        with right:
            units = st.multiselect(
                f"Units of layer {number} that are off",
                range(layer.sizes[number]),
                format_func=lambda unit: str(unit + 1),
                key=mlp.key("units"),
                placeholder="None: choose some",
                persist_state="session",
            )
            off = st.radio(
                "An off unit", list(OFF), format_func=OFF.__getitem__, key=mlp.key("sends"), horizontal=True, persist_state="session"
            )
        activations, activation = seen(layer.shown, found), layer.spec.model.activation
        whole = confusion(found.labels, activations[-1].argmax(axis=1), layer.sizes[-1])
        cut = counts_without(layer.shown.weights, activations, found.labels, number, units, off, activation)
        names, noun = class_names(layer.spec), class_noun(layer.spec)
        with right:
            st.markdown(verdict(whole, cut, found.words, number, units, names, noun))
            page.chart(
                recall_dots(names, recall(whole), recall(cut), page.theme(), what=noun),
                alt_text=f"Share of each {noun} that is read right with all units and without these: "
                + "; ".join(
                    f"{name}: {numbers.percent(a)}, then {numbers.percent(b)}"
                    for name, a, b in zip(names, recall(whole), recall(cut), strict=True)
                ),
                key="mlp-ablation-classes",
                width="stretch",
            )
        with left:  # last, since its first drawing at a state tries every unit
            _overview(layer, found, number, units, off)


@shared("Switching off one unit after the other ...")
def _each(
    _shown: Shown, key: str, state: int, _images: ImageSet, source: str, count: int, number: int, off: str
) -> tuple[np.ndarray, np.ndarray]:
    """The units of a layer that are tried, and the accuracy with each of them off alone, on the first `count` images."""
    few = [activation[:count] for activation in seen(_shown, _images)]
    units = np.sort(order(norms(_shown.weights[f"dense{number + 1}.kernel"])[0])[:MOST])
    activation = _shown.run.spec.model.activation
    return units, accuracy_without_each(_shown.weights, few, _images.labels[:count], number, off, activation, units.tolist())


def _tried(layer: Layer, found: ImageSet, number: int) -> ImageSet:
    """The images on which every unit is tried."""
    onwards = layer.sizes[number + 1 :]
    after = onwards[0] + sum(a * b for a, b in pairwise(onwards))  # products an image
    count = max(100, TRIED // (min(MOST, layer.sizes[number]) * after))
    if count >= len(found.labels):
        return found
    return replace(found, pixels=found.pixels[:count], labels=found.labels[:count], words=f"the first {count:,} of {found.words}")


def _overview(layer: Layer, found: ImageSet, number: int, units: list[int], off: str) -> None:
    tried = _tried(layer, found, number)
    count = len(tried.labels)
    tested, each = _each(layer.shown, layer.shown.key, layer.state, found, found.source, count, number, off)
    total = float(np.mean(seen(layer.shown, found)[-1][:count].argmax(axis=1) == tried.labels))
    frame = pd.DataFrame({"unit": tested, "accuracy": each, "lost": 100 * (total - each)})
    frame = frame.assign(chosen=frame["unit"].isin(units), now=clicks.count(CHART))

    def toggled() -> None:
        unit = clicks.take(CHART, "unit")
        if unit is not None:
            now = list(mlp.value("units"))
            mlp.put("units", [u for u in now if u != unit] if unit in now else [*now, unit])

    page.chart(
        unit_bars(frame, page.theme()),
        alt_text=f"Accuracy with each unit of layer {number} off alone: {numbers.percent(each.min())} to {numbers.percent(each.max())}",
        key=CHART,
        select=toggled,
        width="stretch",
    )
    if len(tested) < layer.sizes[number]:
        st.caption(words.TRIED.format(tried=len(tested), all=numbers.count(layer.sizes[number])))
    st.caption(words.OVERVIEW.format(layer=number, share=numbers.percent(total, 2), images=tried.words))


def verdict(
    whole: np.ndarray, cut: np.ndarray, images: str, layer: int, units: list[int], names: tuple[str, ...], noun: str = "digit"
) -> str:
    """What is lost, in a sentence, from confusion counts before and after."""
    before, after = numbers.percent(accuracy(whole), 2), numbers.percent(accuracy(cut), 2)
    if not units:
        plural = {"digit": "digits", "class": "classes"}.get(noun, f"{noun}s")
        return words.EVERY_UNIT_ON.format(share=before, images=images, classes=plural)
    off = f"unit {units[0] + 1}" if len(units) == 1 else f"units {', '.join(str(unit + 1) for unit in units)}"
    worst = suffers_most(whole, cut)
    says = f"No {noun} suffers."
    if worst is not None:
        full, left = numbers.percent(recall(whole)[worst]), numbers.percent(recall(cut)[worst])
        name = f"{noun[0].upper()}{noun[1:]} {names[worst]}"
        says = f"{name} suffers most: from {full} to {left} of its {whole[worst].sum():,} images."
    return f"With {off} of layer {layer} off, **{after}** of {images} are right instead of {before}. {says}"
