"""An image through the network: what each cell adds, the ledger of a unit, and the ten probabilities."""

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis.ledger import Ledger, ledger, products
from core.charts import cells, mosaic, raster
from core.charts import ledger as ledger_charts
from core.models import dense
from core.runs.run import Run
from core.ui import clicks, data_status, page, screen
from pages.mlp import details as mlp_details
from pages.mlp.details import Detail, among, flag, number
from pages.mlp.digits import DigitSet, seen, test_digits
from pages.mlp.view import SIZES, View

ANY = "any digit"
LARGEST = 8  # terms that the ledger lists
mlp_details.DETAILS["image"] = (
    Detail("show", "mlp-through-digit", ANY, among((ANY, *range(10)))),
    flag("wrong", "mlp-through-wrong", False),
    Detail("image", "mlp-through-number", 1, number(1, lambda _: 10_000)),
    Detail("unit", "mlp-through-unit-{layer}", None, number(0, lambda view: SIZES[view.layer] - 1)),
    Detail("source", "mlp-image-source", "test", among(("test", "draw"))),
)


@st.fragment
@mlp_details.linked("image")
def through_panel(run: Run, view: View, extra_input: np.ndarray | None = None) -> None:
    """Draw the panel.

    Args:
        extra_input: (28, 28) or (784,) in [0, 1]: an image of one's own, shown instead of a test digit.
    """
    with st.container(key="mlp-ledger"):
        if extra_input is None:
            data_status.mnist()
        digits = test_digits()
        model, state = run.spec.model, run.state(view.epoch)
        left, right = st.columns([2, 5])
        with left:
            if extra_input is None:
                place = _choose(digits, seen(run, view.epoch, digits)[-1].argmax(axis=1))
                image, label = digits.images[place], int(digits.labels[place])
                st.caption(f"Image {place:,} of {digits.words}, counted from 0.")
            else:
                image, label = np.asarray(extra_input, dtype=np.float32).reshape(-1), None
                st.caption("Your own image.")
            _show(image)
            outputs = dense.forward(state, image[None], model.activation, model.output, np.float64)  # [(1, units) ...]
            _probabilities(outputs[-1][0], label)
        with right:
            unit = _unit(view, outputs)
            _products(view, products(state, view.layer, outputs[view.layer - 1][0]), outputs[view.layer - 1][0], unit)
            book = ledger(state, image, view.layer, unit, model.activation, model.output, LARGEST)
            _ledger(book, view, unit)


def _choose(digits: DigitSet, chosen: np.ndarray) -> int:
    """The index of the test image to send through, by digit, by whether the network gets it wrong, and by number."""
    wanted = st.selectbox(
        "Show", [ANY, *range(10)], format_func=lambda d: d if d == ANY else f"only {d}s", key="mlp-through-digit", persist_state="session"
    )
    wrong = st.toggle("Only those the network gets wrong", key="mlp-through-wrong", persist_state="session")
    keep = np.ones(len(digits.labels), dtype=bool) if wanted == ANY else digits.labels == wanted
    if wrong:
        if not (keep & (chosen != digits.labels)).any():
            st.info("At this epoch the network gets all of these right, so all of them are shown.", icon=":material/check:")
        else:
            keep &= chosen != digits.labels
    places = np.flatnonzero(keep)
    key = "mlp-through-number"
    if st.session_state.get(key) is not None:
        st.session_state[key] = min(max(int(st.session_state[key]), 1), len(places))
    number = st.number_input(f"Image, 1 to {len(places):,} of these", 1, len(places), key=key, persist_state="session")
    return int(places[int(number or 1) - 1])


def _show(image: np.ndarray) -> None:
    side = round(len(image) ** 0.5)
    picture = raster.png(raster.amount_levels(image.reshape(side, side), 1.0), page.theme().ink_palette, scale=5)
    st.image(picture, alt="The image that goes through the network", width=5 * side)


def _probabilities(shares: np.ndarray, label: int | None) -> None:
    best = int(shares.argmax())
    words = ["" if share < 0.0005 else ">99.9%" if share > 0.999 else f"{share:.1%}" for share in shares]
    frame = pd.DataFrame({"class": np.arange(len(shares)), "probability": shares, "words": words})
    verdict = (
        "" if label is None else " It is right." if best == label else f" It is wrong: this is a {label}, which gets {shares[label]:.2%}."
    )
    st.markdown(f"The network says **{best}**, with probability {shares[best]:.2%}.{verdict}")
    chart = ledger_charts.probabilities(frame, page.theme())
    page.chart(chart, alt_text=f"The ten probabilities; the largest belongs to {best}", key="mlp-through-probabilities", width="stretch")


def _unit(view: View, outputs: list[np.ndarray]) -> int:
    """The unit whose ledger is open; at first the one that answers most strongly."""
    answers = outputs[view.layer][0]  # (units,)
    key = f"mlp-through-unit-{view.layer}"
    if st.session_state.get(key) is None:
        st.session_state[key] = int(np.abs(answers).argmax())
    noun = "digit" if view.layer == len(outputs) - 1 else "unit"
    return int(
        st.selectbox(
            f"Open the ledger of a {noun} of layer {view.layer}",
            range(len(answers)),
            format_func=lambda u: f"{noun} {u}: {answers[u]:+.3f}",
            key=key,
            persist_state="session",
        )
    )


def _picker(chart_key: str, field: str, unit_key: str):
    """What a click in the cells does: open that unit's ledger."""

    def picked() -> None:
        unit = clicks.take(chart_key, field)
        if unit is not None:
            st.session_state[unit_key] = unit

    return picked


def _products(view: View, terms: np.ndarray, inputs: np.ndarray, unit: int) -> None:
    """x_i * w_ij of the layer (inputs, outputs): as cells, or one small image a unit for the first layer."""
    limit = float(np.abs(terms).max())
    key = f"mlp-through-cells-{'images' if terms.size > 2_000 else 'map'}"
    unit_key = f"mlp-through-unit-{view.layer}"
    if terms.size > 2_000:
        side = round(len(terms) ** 0.5)
        tiles = terms.T.reshape(-1, side, side)  # (units, height, width)
        count = len(tiles)
        frame = pd.DataFrame(
            {"unit": np.arange(count), "label": "", "sum of its products": terms.sum(axis=0), "chosen": np.arange(count) == unit}
        )
        frame["now"] = clicks.count(key)
        chart = mosaic.images(tiles, limit, frame, page.theme(), pick=True, large=not screen.narrow())
        page.chart(chart, alt_text="Pixel times weight for every unit", key=key, select=_picker(key, "unit", unit_key))
    else:
        rows, columns = np.indices(terms.shape)
        frame = pd.DataFrame(
            {"row": rows.ravel(), "column": columns.ravel(), "input": np.repeat(inputs, terms.shape[1]), "w": terms.ravel()}
        )
        frame["now"] = clicks.count(key)
        names = (f"input (unit of layer {view.layer - 1})", f"unit of layer {view.layer}")
        chart = cells.still_cells(frame, limit, page.theme(), names=names, value="input x weight", pick=True)
        page.chart(chart, alt_text="Input times weight in every cell", key=key, width="stretch", select=_picker(key, "column", unit_key))
    st.caption(
        f"Each cell is what one input adds to one unit: input times weight, here up to ±{limit:.3g}. "
        "Orange pushes the unit up, blue pushes it down. Click a unit to open its ledger."
    )


def _ledger(book: Ledger, view: View, unit: int) -> None:
    chart = ledger_charts.waterfall(steps(book, view.layer), page.theme())
    page.chart(chart, alt_text="The unit's sum, term by term", key="mlp-through-waterfall", width="stretch")
    st.markdown(ledger_table(book, view.layer, unit))


def source_name(layer: int, source: int, side: int = 28) -> str:
    """An input of a layer in words: a pixel by its row and column, or a unit."""
    return f"pixel {source // side}, {source % side}" if layer == 1 else f"unit {source}"


def steps(book: Ledger, layer: int) -> pd.DataFrame:
    """The ledger's lines as running sums: label, kind, start, end, amount, right (where its number stands)."""
    others = [(f"{book.rest_count} others", book.rest)] if book.rest_count else []
    named = [(source_name(layer, int(s)), term) for s, term in zip(book.sources, book.products, strict=True)]
    labels, terms = zip(*named, *others, ("bias", book.bias), strict=True)
    amounts = np.array(terms)
    ends = np.cumsum(amounts)
    frame = pd.DataFrame({"label": labels, "kind": "term", "start": ends - amounts, "end": ends, "amount": amounts})
    frame.loc[len(frame)] = ["sum", "total", 0.0, book.total, book.total]
    return frame.assign(right=frame[["start", "end"]].max(axis=1))


def ledger_table(book: Ledger, layer: int, unit: int) -> str:
    """The ledger in full: every line to eight decimals, the total and the activation it gives."""
    lines = ["| input | its value | times its weight | adds |", "|---|---:|---:|---:|"]
    for source, x, w, term in zip(book.sources, book.inputs, book.weights, book.products, strict=True):
        lines.append(f"| {source_name(layer, int(source))} | {x:.8f} | {w:+.8f} | {term:+.8f} |")
    if book.rest_count:
        lines.append(f"| {book.rest_count} others | | | {book.rest:+.8f} |")
    lines += [f"| bias | | | {book.bias:+.8f} |", f"| **sum** | | | **{book.total:+.8f}** |"]
    name = "its share of all ten, softmax" if book.function == "softmax" else f"{book.function} of the sum"
    lines.append(f"| **activation of unit {unit}** | {name} | | **{book.activation:+.8f}** |")
    return "\n".join(lines)
