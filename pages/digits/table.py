"""Activation tables: ten example digits down, the filters of a layer across."""

import math

import numpy as np
import streamlit as st

from core.analysis import digit_examples, digit_survey
from core.charts import numbers, raster
from core.charts.strips import Pictures, sheet, sheet_png, strip
from core.models.network import activations
from core.ui import link, page
from core.ui.board import board, picked_on
from core.ui.class_bars import class_bars
from pages.digits import net as digit_net
from pages.digits.board import SIGNED, open_map
from pages.digits.input import PAGE
from pages.digits.net import Net
from pages.digits.panel import map_panel

EXAMPLES = {"each": "One of each digit", "one": "Ten of one digit", "misread": "Misread"}
LAYERS = {
    "relu1": "Convolution 1 after ReLU",
    "conv1": "Convolution 1 before ReLU",
    "pool1": "Max-pool 1",
    "relu2": "Convolution 2 after ReLU",
    "conv2": "Convolution 2 before ReLU",
    "pool2": "Max-pool 2",
    "probabilities": "Dense",
}
ORDERS = {"number": "number", "activation": "mean activation", "norm": "weight norm"}
TABLE_CHOICES = [
    link.one_of("examples", "each", EXAMPLES),
    link.one_of("maps", "", LAYERS),
    link.one_of("order", "number", ORDERS),
    link.whole("digit", 0, 0, 9),
    link.whole("start", 0, 0, 50),
    link.whole("row", 0, 0, 9),
]
FINGER = 34  # pixels that a map is wide at least, so that a finger can pick it
Picture = tuple[str, str, Pictures]


@st.fragment
def table(name: str, state: int) -> None:
    """The fourth section; it reruns alone."""
    net = digit_net.net(name, state)
    found = digit_net.test_digits()
    layer, examples, order = _choices(found.source, net)
    if not len(examples):
        page.empty("No such digit", "This state reads every test digit right; choose an earlier one or other examples.")
        return
    acts = activations(net.run.spec.model, net.weights, found.images[examples])
    titles = [f"test digit {n:,}, a {found.labels[n]}" for n in examples]
    if layer == "probabilities":
        _dense(acts, titles)
    else:
        _maps(net, acts, layer, order, examples, titles)
    opened = bool(link.value(PAGE, "layer"))
    written = {choice.name: value for choice in TABLE_CHOICES if (value := link.value(PAGE, choice.name)) != choice.default}
    link.write(PAGE, {choice.name: written.get(choice.name) for choice in TABLE_CHOICES})
    link.write(PAGE, {"layer": link.value(PAGE, "layer") or None, "filter": link.value(PAGE, "filter") if opened else None})


def _choices(source: str, net: Net) -> tuple[str, np.ndarray, str]:
    """Layer, numbers of the examples, and order of the filters."""
    labels = digit_net.test_digits().labels
    if not link.value(PAGE, "maps"):  # the table of the map that is open
        st.session_state[link.key(PAGE, "maps")] = link.value(PAGE, "layer") if link.value(PAGE, "layer") in LAYERS else "relu1"
    one, two, three, four = st.columns([4, 3, 2, 2], gap="medium", vertical_alignment="bottom")
    which = one.segmented_control(
        "Examples", list(EXAMPLES), format_func=EXAMPLES.__getitem__, key=link.key(PAGE, "examples"), required=True, persist_state="session"
    )
    layer = two.selectbox("Layer", list(LAYERS), format_func=LAYERS.__getitem__, key=link.key(PAGE, "maps"), persist_state="session")
    order = three.selectbox(
        "Sort the filters by", list(ORDERS), format_func=ORDERS.__getitem__, key=link.key(PAGE, "order"), persist_state="session"
    )
    if which == "one":
        digit = four.selectbox("Digit", range(10), key=link.key(PAGE, "digit"), persist_state="session")
        return layer, digit_examples.of_one(labels, digit), order
    if which == "misread":
        wrong = digit_survey.misread(digit_net.survey(net.run.key, net.state, source))
        four.caption(f"{len(wrong):,} of {len(labels):,} are misread; the surest mistakes first.")
        return layer, wrong[:10], order
    start = four.number_input("Which of each", 0, 50, key=link.key(PAGE, "start"), persist_state="session")
    return layer, digit_examples.one_of_each(labels, int(start)), order


def _maps(net: Net, acts: dict[str, np.ndarray], layer: str, by: str, examples: np.ndarray, titles: list[str]) -> None:
    colours = page.theme()
    kernel = digit_examples.kernel_of(net.weights, layer)
    assert kernel is not None  # every layer of maps has one
    order = digit_examples.filter_order(acts[layer], kernel, by)
    rows = _rows(net, acts, layer, kernel, order, examples, titles)
    side = 72 if len(order) <= 8 else 48
    heads = ["", *(str(f) for f in order)]
    shown = sheet(
        rows,
        colours,
        side=side,
        heads=heads,
        title=f"{LAYERS[layer]}: ten test digits down, filters by {ORDERS[by]} across, their numbers and kernels on top",
        alt=f"Ten test digits down, the {len(order)} filters of {LAYERS[layer]} across",
    )
    image = min(link.value(PAGE, "row"), len(examples) - 1)
    open_id = f"{image}/{link.value(PAGE, 'layer')}:{link.value(PAGE, 'filter')}"
    with st.container(key="digits-table"):
        board("digits-table-board", [shown], open_id, on_pick=_pick, least=min(shown.width, FINGER * (len(order) + 1)))
    page.legend(
        f"the maps of a layer share one scale, 0 to {digit_net.limits(net.run.key)[layer]:.3g}; kernels: orange weighs up, blue down, "
        "on one scale a layer"
    )
    st.download_button(
        "Table (PNG)",
        data=lambda: sheet_png(rows, colours, side=side, heads=heads),
        file_name=f"digits-{layer}-{net.name}.png",
        mime="image/png",
        key="digits-table-png",
        icon=":material/download:",
        on_click="ignore",
    )
    header = st.session_state.get("digits-table-header")
    if header is not None and layer.endswith("2"):
        _slices(net, kernel, min(header, len(kernel) - 1))
    if link.value(PAGE, "layer") == layer:
        map_panel(net, acts, image, titles[image], key="digits-table-map")
    else:
        st.caption(
            "Click a map to open it with its values and the sums behind them"
            + ("; click a kernel to see its 8 slices." if layer.endswith("2") else ".")
        )


def _rows(
    net: Net, acts: dict[str, np.ndarray], layer: str, kernel: np.ndarray, order: np.ndarray, examples: np.ndarray, titles: list[str]
) -> list[list[Picture]]:
    """The table as pictures: kernels on top, then an example and its maps a row."""
    limit = digit_net.limits(net.run.key)[layer]
    strongest = float(np.abs(kernel).max())
    kind = "signed" if layer in SIGNED else "amount"
    blank = Pictures(np.zeros((1, 28, 28)), "ink", 1)
    head: list[Picture] = [("", "", blank)]
    for f in order:
        slices = kernel[f]  # (in, 5, 5)
        tiled = raster.tiled(slices, math.isqrt(len(slices) - 1) + 1)
        head.append((f"kernel/{f}", f"Kernel of filter {f}", Pictures(tiled[None], "signed", strongest)))
    rows = [head]
    for i, title in enumerate(titles):
        row: list[Picture] = [("", title, Pictures(acts["input"][i], "ink", 1))]
        row += [(f"{i}/{layer}:{f}", f"Filter {f} on {title}", Pictures(acts[layer][i, f][None], kind, limit)) for f in order]
        rows.append(row)
    return rows


def _pick() -> None:
    """A click on the table: a kernel, or a map of one of the examples."""
    row, _, rest = picked_on("digits-table-board").partition("/")
    if row == "kernel":
        st.session_state["digits-table-header"] = int(rest)
    elif row.isdecimal():
        st.session_state[link.key(PAGE, "row")] = int(row)
        open_map(rest)


def _slices(net: Net, kernel: np.ndarray, number: int) -> None:
    """The input slices of one filter of convolution 2, large."""
    with st.container(border=True, key="digits-slices"):
        st.markdown(
            f"**Filter {number} of convolution 2**: one 5x5 slice for each of the {kernel.shape[1]} maps of max-pool 1. "
            "Their products are added."
        )
        labels = [f"Slice {i}" for i in range(kernel.shape[1])]
        pieces = strip(
            Pictures(kernel[number], "signed", float(np.abs(kernel).max())),
            page.theme(),
            title="slices 0 to 7, from left to right",
            alt=f"The slices of filter {number}",
            ids=[f"{number}/{i}" for i in range(len(labels))],
            labels=[f"{label}, norm {np.linalg.norm(piece):.3f}" for label, piece in zip(labels, kernel[number], strict=True)],
            side=100,
        )
        board("digits-slices-board", [pieces])
        norms = ", ".join(f"{np.linalg.norm(piece):.2f}" for piece in kernel[number])
        st.caption(f"L2 norm of each slice: {norms}. Bias {net.weights['conv2.bias'][number]:.4f}.")


def _dense(acts: dict[str, np.ndarray], titles: list[str]) -> None:
    """Each example with its ten probabilities."""
    colours = page.theme()
    with st.container(horizontal=True, key="digits-table"):
        for i, (title, shares) in enumerate(zip(titles, acts["probabilities"], strict=True)):
            picture = strip(Pictures(acts["input"][i], "ink", 1), colours, title=title, alt=title, side=84)
            with st.container(width=250, key=f"digits-table-{i}"):
                st.markdown(f"{title}: read as **{shares.argmax()}**, {numbers.percent(shares.max())}")
                board(f"digits-table-picture-{i}", [picture])
                class_bars(f"digits-table-bars-{i}", shares, colours, noun="digit", upright=True)
