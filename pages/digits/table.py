"""Activation tables: ten example images down, the filters of a layer across."""

import math
from collections.abc import Mapping

import numpy as np
import streamlit as st

from core.analysis import digit_examples, digit_survey
from core.charts import numbers, raster
from core.charts.strips import Pictures, Strip, sheet, sheet_png, strip
from core.charts.theme import theme
from core.frame import choices as links
from core.frame import page
from core.models.blocks import convolution
from core.models.digit_layers import Layer
from core.models.network import activations, layer
from core.serving.shared import shared
from core.specs import RunSpec
from core.ui.board import board, picked_on
from core.ui.class_bars import class_bars
from core.ui.shown import Shown
from pages.digits import choices, words
from pages.digits.board import kind, open_picked
from pages.digits.images import class_noun, classes, noun, stamp, test_images
from pages.digits.input import test_name
from pages.digits.measures import limits, survey
from pages.digits.panel import map_panel

BOARD = "digits-table-board"
MOST_FILTERS = 128  # of a layer that stand in a table, the first ones in its order
FINGER = 34  # pixels that a map is wide at least, so that a finger can pick it
Picture = tuple[str, str, Pictures]
Acts = Mapping[str, np.ndarray]


@links.fragment
def table(net: Shown) -> None:
    """The fourth section."""
    spec = net.run.spec
    name, examples = _choices(net)
    if not len(examples):
        page.empty("No such image", words.NONE_MISREAD.format(noun=noun(spec)))
        return
    acts = _acts(net, net.key, net.state, stamp(spec), tuple(examples.tolist()))
    titles = [test_name(spec, int(n)) for n in examples]
    if name == "probabilities":
        _answers(spec, acts, titles, tuple(examples.tolist()))
    else:
        _maps(net, acts, layer(spec.model, name), titles, tuple(examples.tolist()))


@shared()
def _acts(_net: Shown, key: str, state: int, stamp: str, examples: tuple[int, ...]) -> Acts:
    """What each layer gives for some test images."""
    return activations(_net.run.spec.model, _net.weights, test_images(_net.run.spec).images[list(examples)])


def shown_layer(net: Shown) -> str:
    """The layer whose table is shown: the one chosen, else that of the map that is open, else the first convolution's."""
    offered = choices.tables(net.run.spec.model)
    opened = choices.value("layer")
    return choices.value("maps") or (opened if opened in offered else next(iter(offered)))


def _choices(net: Shown) -> tuple[str, np.ndarray]:
    """The layer, and numbers of the examples."""
    spec = net.run.spec
    labels, offered, what = test_images(spec).labels, choices.tables(spec.model), class_noun(spec)
    one, two, three, four = st.columns([4, 3, 2, 2], gap="medium", vertical_alignment="bottom")
    examples = {"each": f"One of each {what}", "one": f"Ten of one {what}", "misread": "Misread"}
    which = one.segmented_control(
        "Examples",
        choices.EXAMPLES,
        format_func=examples.__getitem__,
        key=links.key(choices.PAGE, "examples"),
        required=True,
        persist_state="session",
    )
    name = two.selectbox(
        "Layer",
        list(offered),
        format_func=offered.__getitem__,
        **links.showing("digits-table-layer", shown_layer(net), lambda chosen: choices.put(maps=chosen)),
    )
    three.selectbox(
        "Sort the filters by",
        list(choices.ORDERS),
        format_func=choices.ORDERS.__getitem__,
        key=links.key(choices.PAGE, "order"),
        persist_state="session",
    )
    with four:
        return name, _examples(net, str(which), labels)


def _examples(net: Shown, which: str, labels: np.ndarray) -> np.ndarray:
    """Numbers of the images, and the widget that chooses among them."""
    spec = net.run.spec
    if which == "one":
        names = classes(spec)
        key = links.key(choices.PAGE, "digit")
        class_ = st.selectbox(
            class_noun(spec).capitalize(), range(len(names)), format_func=names.__getitem__, key=key, persist_state="session"
        )
        return digit_examples.of_one(labels, class_, choices.ROWS)
    if which == "misread":
        found = survey(net)
        wrong = digit_survey.misread(found)
        st.caption(f"{len(wrong):,} of {len(found.labels):,} are misread; the surest mistakes first.")
        return wrong[: choices.ROWS]
    start = int(choices.value("start"))
    st.number_input("Which of each", 1, 51, **links.showing("digits-start-number", start + 1, lambda n: choices.put(start=n - 1)))
    return digit_examples.one_of_each(labels, start)[: choices.ROWS]


def kernel_of(net: Shown, one: Layer) -> np.ndarray | None:
    """The kernel (filters, in, k, k) that makes a layer of maps; None for a dense layer, and for maps that no convolution made."""
    kernel = None if one.flat else net.weights.get(f"conv{one.number}.kernel")
    return kernel if kernel is not None and len(kernel) == one.shape[0] else None


def _maps(net: Shown, acts: Acts, one: Layer, titles: list[str], examples: tuple[int, ...]) -> None:
    by, model, colours = choices.value("order"), net.run.spec.model, page.theme()
    kernel, order = kernel_of(net, one), _order(net, acts, one, by)
    shown = _sheet(net, acts, one, tuple(titles), net.key, net.state, stamp(net.run.spec), examples, one.name, by, colours.dark)
    image = min(choices.value("row"), len(titles) - 1)
    opened = f"{image}/{choices.value('layer')}:{choices.value('filter')}"
    with st.container(key="digits-table"):
        least = min(shown.width, FINGER * (len(order) + 1))
        board(BOARD, [shown], opened, on_pick=lambda: _pick(one.name), least=least, opens="digits-table-map-panel")
    top = numbers.number(limits(net)[one.name])
    scale = f"-{top} to {top}" if kind(model, one) == "signed" else f"0 to {top}"
    page.legend(f"the {'values' if one.flat else 'maps'} of a layer share one scale, {scale}" + ("" if one.flat else f"; {words.KERNELS}"))
    st.download_button(
        "Table (PNG)",
        data=lambda: sheet_png(_rows(net, acts, one, kernel, order, titles, examples), colours, side=_side(order), heads=_heads(order)),
        file_name=f"digits-{one.name}-{net.id}.png",
        mime="image/png",
        key="digits-table-png",
        icon=":material/download:",
        on_click="ignore",
    )
    slices = 1 if kernel is None else kernel.shape[1]
    if choices.value("kernel") is not None and kernel is not None and slices > 1:
        _slices(net, one, kernel, min(choices.value("kernel"), len(kernel) - 1))
    if choices.value("layer") == one.name:
        map_panel(net, acts, image, titles[image], key="digits-table-map")
    else:
        hint = f"; click a kernel to see its {slices} slices." if slices > 1 else "."
        st.caption("Click a map to open it with its values and the sums behind them" + hint)


def _order(net: Shown, acts: Acts, one: Layer, by: str) -> np.ndarray:
    """The filters or units of a layer in the order chosen."""
    kernel = kernel_of(net, one)
    units = net.weights.get(f"{one.weights}.kernel") if kernel is None else None
    return digit_examples.filter_order(acts[one.name], units.T if units is not None else kernel, by)[:MOST_FILTERS]


def _side(order: np.ndarray) -> int:
    """Pixels of a map."""
    return 72 if len(order) <= 8 else 48


def _heads(order: np.ndarray) -> list[str]:
    return ["", *(str(f + 1) for f in order)]


@shared()
def _sheet(
    _net: Shown,
    _acts: Acts,
    _one: Layer,
    _titles: tuple[str, ...],
    key: str,
    state: int,
    stamp: str,
    examples: tuple[int, ...],
    name: str,
    by: str,
    dark: bool,
) -> Strip:
    """The table as one picture."""
    order, title = _order(_net, _acts, _one, by), choices.tables(_net.run.spec.model)[name]
    what = "units" if _one.flat else "filters"
    return sheet(
        _rows(_net, _acts, _one, kernel_of(_net, _one), order, list(_titles), examples),
        theme(dark),
        side=_side(order),
        heads=_heads(order),
        title=f"{title}: {len(_titles)} test images down, {what} by {choices.ORDERS[by]} across, their numbers"
        f"{'' if _one.flat else ' and kernels'} on top",
        alt=f"{len(_titles)} test images down, the {len(order)} {what} of {title} across",
    )


def _rows(
    net: Shown, acts: Acts, one: Layer, kernel: np.ndarray | None, order: np.ndarray, titles: list[str], examples: tuple[int, ...]
) -> list[list[Picture]]:
    """The table as pictures: kernels on top, then an example and its maps a row."""
    rows: list[list[Picture]] = []
    images = test_images(net.run.spec).images[list(examples)]
    if kernel is not None:
        strongest = float(np.abs(kernel).max())
        head: list[Picture] = [("", "", Pictures(np.zeros((1, *images.shape[1:])), "ink", 1))]
        head += [(f"kernel/{f}", f"Kernel of filter {f + 1}", Pictures(tiled(kernel[f])[None], "signed", strongest)) for f in order]
        rows.append(head)
    values, of = acts[one.name], kind(net.run.spec.model, one)
    if one.flat:
        values = values[:, :, None, None]  # a unit's value as a picture of one pixel
    for i, title in enumerate(titles):
        row: list[Picture] = [("", title, Pictures(images[i][None] / np.float32(255), "ink", 1))]
        what = "Unit" if one.flat else "Filter"
        row += [
            (f"{i}/{one.name}:{f}", f"{what} {f + 1} on {title}", Pictures(values[i, f][None], of, limits(net)[one.name])) for f in order
        ]
        rows.append(row)
    return rows


def tiled(slices: np.ndarray) -> np.ndarray:
    """The slices of a filter (in, k, k) in a square with lines of zeros between; one alone as it is, (k, k)."""
    return raster.tiled(slices, math.isqrt(len(slices) - 1) + 1)


def _pick(name: str) -> None:
    """A click on the table of a layer: a kernel, or a map of one of the examples."""
    row, _, rest = picked_on(BOARD).partition("/")
    if row == "kernel":
        choices.put(kernel=int(rest))
    elif row.isdecimal():
        choices.put(row=int(row), maps=name)  # the table stays when the map is closed
        open_picked(rest)


def _slices(net: Shown, one: Layer, kernel: np.ndarray, chosen: int) -> None:
    """The input slices of one filter, large."""
    number, (_, count, _, k) = one.number, kernel.shape
    model = net.run.spec.model
    title = layer(model, convolution(model, number).below).title
    below = f"{title[0].lower()}{title[1:]}"
    with st.container(border=True, key="digits-slices"):
        st.markdown(
            f"**Filter {chosen + 1} of convolution {number}**: one {k}x{k} slice for each of the {count} maps of {below}. "
            "Their products are added."
        )
        norms = [f"{np.linalg.norm(piece):.2f}" for piece in kernel[chosen]]
        pieces = strip(
            Pictures(kernel[chosen], "signed", float(np.abs(kernel).max())),
            page.theme(),
            title=f"slices 1 to {count}, from left to right",
            alt=f"The slices of filter {chosen + 1}",
            ids=[f"{chosen}/{i}" for i in range(count)],
            labels=[f"Slice {i + 1}, norm {norm}" for i, norm in enumerate(norms)],
            side=100,
        )
        board("digits-slices-board", [pieces])
        bias = numbers.number(net.weights[f"conv{number}.bias"][chosen], 4)
        st.caption(f"L2 norm of each slice: {', '.join(norms)}. Bias {bias}.")


def _answers(spec: RunSpec, acts: Acts, titles: list[str], examples: tuple[int, ...]) -> None:
    """Each example with its probabilities."""
    images = test_images(spec).images[list(examples)]
    colours, names = page.theme(), classes(spec)
    with st.container(horizontal=True, key="digits-table"):
        for i, (title, shares) in enumerate(zip(titles, acts["probabilities"], strict=True)):
            picture = strip(Pictures(images[i][None] / np.float32(255), "ink", 1), colours, title=title, alt=title, side=84)
            with st.container(width=250, key=f"digits-table-{i}"):
                st.markdown(f"{title}: read as **{names[int(shares.argmax())]}**, {numbers.probability(shares.max())}")
                board(f"digits-table-picture-{i}", [picture])
                class_bars(f"digits-table-bars-{i}", shares, colours, classes=names, noun=class_noun(spec), upright=True)
