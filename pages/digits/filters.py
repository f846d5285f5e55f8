"""What a filter looks for: the test patches that excite it most, and the network without it."""

import math

import numpy as np
import streamlit as st

from core.analysis.confusion import suffers_most
from core.analysis.digit_survey import Patch, best_patches, switch_off
from core.charts import numbers, raster
from core.charts.recall import recall_dots
from core.charts.strips import Pictures, sheet
from core.charts.theme import Theme, rgb
from core.data.digits import Digits
from core.models.counts import accuracy, recall
from core.ui import link, page
from core.ui.board import board, picked_on
from pages.digits import net as digit_net
from pages.digits.input import PAGE
from pages.digits.net import Net
from pages.digits.panel import filters
from pages.digits.table import FINGER
from pages.digits.watch import an

LAYERS = {"relu1": "Convolution 1", "relu2": "Convolution 2"}
BEST = 9


@st.fragment
def filter_section(name: str, state: int) -> None:
    """The sixth section; it reruns alone."""
    net = digit_net.net(name, state)
    digits = digit_net.test_digits()
    linked = link.value(PAGE, "layer")[-1:]
    if st.session_state.get("_digits-filters-of") != linked:  # a map was opened elsewhere, or the link names one
        st.session_state["_digits-filters-of"] = linked
        st.session_state["digits-filters-layer"] = "relu2" if linked == "2" else "relu1"
    chosen = st.segmented_control(
        "Filters of", list(LAYERS), format_func=LAYERS.__getitem__, key="digits-filters-layer", required=True, persist_state="session"
    )
    layer = str(chosen)
    conv = f"conv{layer[-1]}"
    found = digit_net.survey(net.run.key, net.state, digits.source)
    count = filters(net, layer)
    patches = [best_patches(found, conv, f, BEST) for f in range(count)]
    left, right = st.columns([7, 5], gap="large")
    with left:
        _patches(net, conv, patches, digits)
    with right:
        _without(net, conv, count, digits)
    link.write(PAGE, {"layer": layer, "filter": link.value(PAGE, "filter")})


def _patches(net: Net, conv: str, patches: list[list[Patch]], digits: Digits) -> None:
    """A row a filter: its kernel, and the nine patches of nine different images that excite it most."""
    colours = page.theme()
    kernel = net.weights[f"{conv}.kernel"]
    limit = float(np.abs(kernel).max())
    rows = []
    for f, row in enumerate(patches):
        head = raster.tiled(kernel[f], math.isqrt(len(kernel[f]) - 1) + 1)
        name = f"Filter {f}" + (f", its {kernel.shape[1]} slices" if conv == "conv2" else "") + ": switch it off"
        rows.append(
            [(f"{f}/", name, Pictures(head[None], "signed", limit))]
            + [(f"{f}/{n}", _words(p, digits), _cut(p, digits)) for n, p in enumerate(row)]
        )
    shown = sheet(
        rows,
        colours,
        side=56 if conv == "conv1" else 42,
        title=f"Filters 0 to {len(patches) - 1}, a row each: its kernel, then the nine patches that excite it most, strongest first",
        alt=f"The strongest patches of each filter of {conv}",
    )
    picked = picked_on("digits-patches")
    least = min(shown.width, FINGER * (BEST + 1))
    board("digits-patches", [shown], least=least, picked=picked if _is_patch(picked) else f"{link.value(PAGE, 'filter')}/", on_pick=_pick)
    row_of, _, place = picked.partition("/")
    if not (row_of.isdecimal() and place.isdecimal() and int(row_of) < len(patches)):
        st.caption("Click a patch to see where in its image it lies, or a kernel to switch its filter off.")
        return
    _in_image(patches[int(row_of)][int(place)], int(row_of), conv, digits, colours)


def _is_patch(picked: str) -> bool:
    return picked.partition("/")[2].isdecimal()


def _pick() -> None:
    """A click on a kernel, or on one of its patches, chooses its filter."""
    number = picked_on("digits-patches").partition("/")[0]
    if number.isdecimal():
        st.session_state[link.key(PAGE, "filter")] = int(number)


def _cut(patch: Patch, digits: Digits) -> Pictures:
    """The patch out of its image."""
    window = (slice(patch.row, patch.row + patch.side), slice(patch.column, patch.column + patch.side))
    return Pictures(digits.images[patch.image][window][None] / np.float32(255), "ink", 1)


def _words(patch: Patch, digits: Digits) -> str:
    return (
        f"Test digit {patch.image:,}, a {digits.labels[patch.image]}, rows {patch.row} to {patch.row + patch.side - 1}: {patch.value:.2f}"
    )


def _in_image(patch: Patch, number: int, conv: str, digits: Digits, colours: Theme) -> None:
    """The whole image with the patch framed."""
    scale = 6
    levels = np.repeat(np.repeat(digits.images[patch.image], scale, 0), scale, 1)
    pixels = colours.ink_palette[(levels.astype(np.uint16) * 254 // 255).astype(np.uint8)]  # (168, 168, 3)
    mark = np.array(rgb(colours.wrong), np.uint8)
    top, left = patch.row * scale, patch.column * scale
    end, right = top + patch.side * scale - 1, left + patch.side * scale - 1
    for line in (slice(top, top + 2), slice(end - 1, end + 1)):
        pixels[line, left : right + 1] = mark
    for line in (slice(left, left + 2), slice(right - 1, right + 1)):
        pixels[top : end + 1, line] = mark
    picture, words = st.columns([2, 5], gap="medium", vertical_alignment="center")
    picture.image(pixels, width=168)
    words.markdown(
        f"**Filter {number}** of convolution {conv[-1]} answers with **{patch.value:.4f}** before ReLU to this piece "
        f"of {patch.side}x{patch.side} pixels "
        f"of test digit {patch.image:,}, a {digits.labels[patch.image]}."
    )


def _without(net: Net, conv: str, count: int, digits: Digits) -> None:
    """Accuracy and each digit's share with one filter off."""
    number = min(link.value(PAGE, "filter"), count - 1)
    st.session_state["digits-off"] = number
    off = st.segmented_control(
        "Switch a filter off: its map becomes 0", list(range(count)), key="digits-off", required=True, wrap=True, on_change=_keep
    )
    found = digit_net.survey(net.run.key, net.state, digits.source)
    whole, cut = found.counts, switch_off(found, conv, int(off or 0))
    before, after, worst = recall(whole), recall(cut), suffers_most(whole, cut)
    st.markdown(
        f"Without filter **{off}** of convolution {conv[-1]}: **{numbers.percent(accuracy(cut), 2)}** of {len(found.labels):,} test digits "
        f"are read right, with all filters **{numbers.percent(accuracy(whole), 2)}**."
    )
    if worst is not None:
        to = int(np.argmax(np.where(np.arange(len(cut)) == worst, -1, cut[worst])))
        st.markdown(
            f"The **{worst}** suffers most: {numbers.percent(before[worst])} before, {numbers.percent(after[worst])} now; "
            f"it is taken for {an(to)} most often."
        )
    else:
        st.markdown("No digit suffers: what this filter says, the others say too.")
    page.chart(
        recall_dots(
            [str(digit) for digit in range(len(before))], before, after, page.theme(), what="digit", words="ring all filters, dot one off"
        ),
        alt_text="; ".join(
            f"{d}: {numbers.percent(a)} with all filters, {numbers.percent(b)} without"
            for d, (a, b) in enumerate(zip(before, after, strict=True))
        ),
        key="digits-without",
        width="stretch",
    )
    st.caption("Ring: all filters. Dot: this filter off.")


def _keep() -> None:
    st.session_state[link.key(PAGE, "filter")] = st.session_state["digits-off"]
