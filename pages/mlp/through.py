"""An image through the network: what each cell adds, the ledger of a unit, and the probabilities."""

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis.ledger import Ledger, ledger, products
from core.charts import cells, mosaic, numbers, raster
from core.charts import ledger as ledger_charts
from core.charts.prepared import Prepared
from core.charts.size import small
from core.charts.templates import image_pixels
from core.charts.theme import theme
from core.frame import choices, page, screen
from core.models import dense
from core.serving.shared import shared
from core.ui import clicks
from core.ui.class_bars import class_bars
from pages.mlp import choices as mlp
from pages.mlp import maps, words
from pages.mlp.images import ImageSet, images_or_say, seen
from pages.mlp.layer import Layer, class_names, class_noun, image_shape, pixel_words

LARGEST = 8  # terms that the ledger lists
SIDE = 140  # pixels of the image, about


def through_panel(layer: Layer, extra_input: np.ndarray | None = None) -> None:
    """Draw the panel.

    Args:
        extra_input: an image of one's own of the network's shape, in [0, 1], shown instead of a test image.
    """
    with st.container(key="mlp-ledger"):
        model, state = layer.spec.model, layer.shown.weights
        found = None
        if extra_input is None:
            found = images_or_say(layer.spec)
            if found is None:
                return
        left, right = st.columns([2, 5])
        with left:
            if found is not None:
                place = _choose(layer, found, seen(layer.shown, found)[-1].argmax(axis=1))
                image, label = found.image(place), int(found.labels[place])
                st.caption(f"Image {place:,} of {found.words}, which start with image 0.")
            else:
                image, label = np.asarray(extra_input, dtype=np.float32).reshape(-1), None
                st.caption("Your own image.")
            _show(layer, image)
            outputs = dense.forward(state, image[None], model.activation, model.output, np.float64)  # [(1, units) ...]
            _probabilities(layer, outputs[-1][0], label)
        with right:
            unit = _unit(layer, outputs)
            _products(layer, products(state, layer.number, outputs[layer.number - 1][0]), outputs[layer.number - 1][0], unit)
            book = ledger(state, image, layer.number, unit, model.activation, model.output, LARGEST)
            _ledger(layer, book, unit)


def _choose(layer: Layer, found: ImageSet, chosen: np.ndarray) -> int:
    """The index of the test image to send through, by class, by whether the network gets it wrong, and by number."""
    names, noun = class_names(layer.spec), class_noun(layer.spec)
    wanted = st.selectbox(
        "Show",
        [mlp.ANY, *names],
        format_func=lambda name: f"any {noun}" if name == mlp.ANY else f"only {name}s" if noun == "digit" else f"only {name}",
        key=mlp.key("show"),
        persist_state="session",
    )
    wrong = st.toggle("Only those the network gets wrong", key=mlp.key("wrong"), persist_state="session")
    keep = np.ones(len(found.labels), dtype=bool) if wanted == mlp.ANY else found.labels == names.index(wanted)
    if wrong:
        if not (keep & (chosen != found.labels)).any():
            st.info(words.ALL_RIGHT, icon=":material/check:")
        else:
            keep &= chosen != found.labels
    places = np.flatnonzero(keep)
    if not len(places):
        places = np.arange(len(found.labels))
    key = mlp.key("image")
    st.session_state[key] = min(max(int(st.session_state[key] or 1), 1), len(places))
    number = st.number_input(f"Image, 1 to {len(places):,} of these", 1, len(places), key=key, persist_state="session")
    return int(places[int(number or 1) - 1])


def _show(layer: Layer, image: np.ndarray) -> None:
    shape = image_shape(layer.spec)
    assert shape is not None  # the panel asks
    scale = max(1, SIDE // shape[1])
    picture = raster.rgb_png(image_pixels(image.reshape(shape), page.theme()), scale)
    st.image(picture, alt="The image that goes through the network", width=scale * shape[1])


def _probabilities(layer: Layer, shares: np.ndarray, label: int | None) -> None:
    names, best = class_names(layer.spec), int(shares.argmax())
    softmax = layer.spec.model.output == "softmax"

    def said(value: float) -> str:
        return numbers.percent(value, 2) if softmax else numbers.number(value)

    verdict = "" if label is None else " It is right." if best == label else ""
    if label is not None and best != label:
        verdict = f" It is wrong: this is {_a(names[label])}, which gets {said(shares[label])}."
    what = "with probability" if softmax else "with an output of"
    st.markdown(f"The network says **{names[best]}**, {what} {said(shares[best])}.{verdict}")
    low = 0.0 if softmax else min(-1.0, float(shares.min()))
    with st.container(key="mlp-through-probabilities"):
        class_bars("mlp-through-bars", shares, page.theme(), classes=names, low=low, noun=class_noun(layer.spec))


def _a(name: str) -> str:
    return f"an {name}" if name[0].lower() in "aeio8" else f"a {name}"


def _unit(layer: Layer, outputs: list[np.ndarray]) -> int:
    """The unit whose ledger is open: the one that was chosen, else the one that answers this image most strongly."""
    answers = outputs[layer.number][0]  # (units,)
    chosen = mlp.value("unit")
    unit = int(np.abs(answers).argmax()) if chosen is None else int(chosen)
    noun = class_noun(layer.spec) if layer.last else "unit"
    names = class_names(layer.spec) if layer.last else [str(u + 1) for u in range(len(answers))]
    st.selectbox(  # names alone: what a browser has once been told of an option, it goes on showing
        f"Open the ledger of a {noun} of layer {layer.number}",
        range(len(answers)),
        format_func=lambda u: f"{noun} {names[u]}",
        **choices.showing(mlp.key("unit-shown"), unit, lambda u: mlp.put("unit", u)),
    )
    strongest = ", the strongest answer of this layer" if unit == int(np.abs(answers).argmax()) else ""
    st.caption(f"To this image it answers {numbers.fixed(answers[unit], 3, sign=True)}{strongest}.")
    return unit


def _picker(chart_key: str, field: str, units: int):
    """What a click on a cell, or on the image of one of so many units, does: open that unit's ledger."""

    def picked() -> None:
        found = clicks.take(chart_key, field)
        if found is not None:
            mlp.put("unit", found % units)

    return picked


def _products(layer: Layer, terms: np.ndarray, inputs: np.ndarray, unit: int) -> None:
    """x_i * w_ij of the layer (inputs, outputs): as cells, one small image a unit, or a raster, by its size."""
    limit = float(np.abs(terms).max())
    said = f"Input times weight in every cell, within ±{numbers.number(limit)}"
    if small(*layer.shape):
        key = "mlp-through-cells-map"
        names = (f"input ({layer.sides[0]})", layer.sides[1])
        chart = _cells(
            terms,
            inputs,
            layer.run.key,
            layer.number,
            layer.state,
            inputs.tobytes(),
            names,
            layer.column_names,
            clicks.count(key),
            page.theme().dark,
        )
        page.chart(chart, alt_text=said, key=key, width="stretch", select=_picker(key, "cell", terms.shape[1]))
    elif layer.image is not None and terms.size <= maps.MOST:
        key = "mlp-through-cells-images"
        now, large, dark = clicks.count(key), not screen.narrow(), page.theme().dark
        chart = _images(layer, terms, layer.run.key, layer.state, inputs.tobytes(), unit, now, large, dark)
        page.chart(chart, alt_text=said, key=key, select=_picker(key, "unit", terms.shape[1]))
    else:
        of = ("products", layer.run.key, inputs.tobytes())
        maps.show(layer, of, lambda: terms[None], terms, limit, key="mlp-through", alt_text=said, large=True)
    st.caption(words.PRODUCTS.format(limit=numbers.number(limit)))


@shared()
def _cells(
    _terms: np.ndarray,
    _inputs: np.ndarray,
    key: str,
    number: int,
    state: int,
    inputs: bytes,
    names: tuple[str, str],
    called: tuple[str, ...],
    now: int,
    dark: bool,
) -> Prepared:
    limit, more = float(np.abs(_terms).max()), {"input": _inputs[:, None]}
    return cells.cells(_terms, limit, theme(dark), names=names, value="input x weight", more=more, pick=True, now=now, called=((), called))


@shared()
def _images(
    _layer: Layer, _terms: np.ndarray, key: str, state: int, inputs: bytes, unit: int, now: int, large: bool, dark: bool
) -> Prepared:
    tiles, units = _layer.images(_terms), np.arange(_terms.shape[1])  # (units, height, width[, 3])
    frame = pd.DataFrame({"unit": units, "label": "", "sum of its products": _terms.sum(axis=0), "chosen": units == unit, "now": now})
    return mosaic.images(tiles, float(np.abs(_terms).max()), frame, theme(dark), pick=True, large=large)


def _ledger(layer: Layer, book: Ledger, unit: int) -> None:
    chart = ledger_charts.waterfall(steps(layer, book), page.theme())
    page.chart(
        chart, alt_text=f"The terms of the unit's sum: {numbers.number(book.total)} in all", key="mlp-through-waterfall", width="stretch"
    )
    st.markdown(ledger_table(layer, book, unit))


def source_name(layer: Layer, source: int) -> str:
    """An input of a layer in words: a pixel by its row and column, or a unit."""
    if layer.image:
        row, column, *colour = pixel_words(layer.image, source).replace("row ", "").replace("column ", "").split(", ")
        return f"pixel {row}, {column}" + (f" {colour[0]}" if colour else "")
    return f"input {source + 1}" if layer.first else f"unit {source + 1}"


def steps(layer: Layer, book: Ledger) -> pd.DataFrame:
    """The ledger's lines as running sums: label, kind, start, end, amount, right (where its number stands)."""
    others = [(f"{book.rest_count} others", book.rest)] if book.rest_count else []
    named = [(source_name(layer, int(s)), term) for s, term in zip(book.sources, book.products, strict=True)]
    labels, terms = zip(*named, *others, ("bias", book.bias), strict=True)
    amounts = np.array(terms)
    ends = np.cumsum(amounts)
    start, end = np.append(ends - amounts, 0.0), np.append(ends, book.total)
    kinds = ["term"] * len(terms) + ["total"]
    columns = {"start": start, "end": end, "amount": np.append(amounts, book.total), "right": np.maximum(start, end)}
    return pd.DataFrame({"label": [*labels, "sum"], "kind": kinds, **columns})


def ledgered(value: float) -> str:
    """A number of the ledger, with an ordinary minus so that it can be copied; a zero is not negative."""
    return f"{round(float(value), 8) + 0.0:+.8f}"


def ledger_table(layer: Layer, book: Ledger, unit: int) -> str:
    """The ledger in full: every line to eight decimals, the total and the activation it gives."""
    lines = ["| input | its value | times its weight | adds |", "|---|---:|---:|---:|"]
    for source, x, w, term in zip(book.sources, book.inputs, book.weights, book.products, strict=True):
        lines.append(f"| {source_name(layer, int(source))} | {x:.8f} | {ledgered(w)} | {ledgered(term)} |")
    if book.rest_count:
        lines.append(f"| {book.rest_count} others | | | {ledgered(book.rest)} |")
    lines += [f"| bias | | | {ledgered(book.bias)} |", f"| **sum** | | | **{ledgered(book.total)}** |"]
    name = f"its share of all {layer.shape[1]}, softmax" if book.function == "softmax" else f"{book.function} of the sum"
    whose = layer.output_name(unit) if layer.last else f"unit {unit + 1}"
    lines.append(f"| **activation of {whose}** | {name} | | **{ledgered(book.activation)}** |")
    return "\n".join(lines)
