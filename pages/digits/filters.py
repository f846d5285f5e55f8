"""What a filter looks for: the test patches that excite it most, and the network without it."""

import numpy as np
import streamlit as st

from core.analysis.confusion import suffers_most
from core.analysis.digit_survey import Patch, Survey, best_patches, switch_off
from core.charts import numbers
from core.charts.recall import recall_dots
from core.charts.strips import Pictures, Strip, sheet
from core.charts.theme import Theme, rgb, theme
from core.frame import choices as links
from core.frame import page
from core.models import sequence
from core.models.blocks import convolutions, output_of
from core.models.counts import accuracy, recall
from core.models.network import layer, layers
from core.serving.shared import shared
from core.specs import RunSpec
from core.ui.board import board, picked_on
from core.ui.shown import Shown
from pages.digits import choices, words
from pages.digits.choices import BEST
from pages.digits.images import Images, an, class_noun, classes, stamp, test_images
from pages.digits.input import test_name
from pages.digits.measures import survey
from pages.digits.table import FINGER, tiled

BOARD = "digits-patches"
LARGE = 168  # pixels of the whole image
MOST = 64  # filters of a convolution that are shown, the first ones
BUTTONS = 32  # filters up to which each has a button of its own


@links.fragment
def filter_section(net: Shown) -> None:
    """The fifth section."""
    if not convolutions(net.run.spec.model):
        page.empty("No filters", words.NO_FILTERS)
        return
    number = _convolution(net)
    found, images = survey(net), test_images(net.run.spec)
    count = min(convolutions(net.run.spec.model)[number - 1].shape[0], MOST)
    chosen = min(choices.value("filter"), count - 1)
    left, right = st.columns([7, 5], gap="large")
    with left:
        _patches(net, found, images, number, chosen)
    with right:
        _without(net, found, number, chosen)


def _convolution(net: Shown) -> int:
    """Which convolution's filters, 1 for the first: the one whose map is open, for the link says it so."""
    model = net.run.spec.model
    titles = {one.number: one.title for one in convolutions(model)}
    opened = next((one for one in layers(model) if one.name == choices.value("layer") and not one.flat and one.number), None)
    shown = opened.number if opened else 1
    widget = links.showing("digits-filters-layer", shown, lambda n: choices.put(layer=output_of(model, n).name, filter=0, patch=None))
    st.segmented_control("Filters of", list(titles), format_func=titles.__getitem__, required=True, **widget)
    return shown


def _patches(net: Shown, found: Survey, images: Images, number: int, chosen: int) -> None:
    """A row a filter: its kernel, and the nine patches of nine different images that excite it most."""
    colours, spec = page.theme(), net.run.spec
    patches, shown = _drawn(net, found, images, net.key, net.state, stamp(spec), number, colours.dark)
    place = choices.value("patch")
    picked = f"{chosen}/" if place is None else f"{chosen}/{place}"
    board(BOARD, [shown], least=min(shown.width, FINGER * (BEST + 1)), picked=picked, on_pick=lambda: _pick(spec, number))
    if len(kernel := net.weights[f"conv{number}.kernel"]) > MOST:
        st.caption(f"The first {MOST} of its {len(kernel):,} filters.")
    if place is None or place >= len(patches[chosen]):
        st.caption(words.OPEN_A_PATCH)
        return
    patch = patches[chosen][place]
    picture, said = st.columns([2, 5], gap="medium", vertical_alignment="center")
    picture.image(
        framed(looked_at(spec, images.images[patch.image]), patch, colours),
        width=LARGE,
        alt=f"The image with the piece that excites filter {chosen + 1}",
    )
    said.markdown(
        f"**Filter {chosen + 1}** of convolution {number} answers with **{numbers.fixed(patch.value, 4)}** "
        f"{'before ReLU' if spec.model.kind == 'digit_cnn' else 'as its sum'} to this piece "
        f"of {patch.side}x{patch.across or patch.side} pixels of {test_name(spec, patch.image)}."
    )


@shared()
def _drawn(
    _net: Shown, _found: Survey, _images: Images, key: str, state: int, stamp: str, number: int, dark: bool
) -> tuple[list[list[Patch]], Strip]:
    """The strongest patches of each filter, and the picture of all."""
    kernel = _net.weights[f"conv{number}.kernel"]
    limit = float(np.abs(kernel).max())
    patches = [best_patches(_found, number, f, BEST) for f in range(min(len(kernel), MOST))]
    slices = kernel.shape[1]
    rows = []
    for f, row in enumerate(patches):
        name = f"Filter {f + 1}" + (f", its {slices} slices" if slices > 1 else "") + ": switch it off"
        rows.append(
            [(f"{f}/", name, Pictures(tiled(kernel[f])[None], "signed", limit))]
            + [(f"{f}/{n}", _words(_net, p), _cut(_net.run.spec, p, _images)) for n, p in enumerate(row)]
        )
    shown = sheet(
        rows,
        theme(dark),
        side=56 if number == 1 else 42,
        title=f"Filters 1 to {len(patches)}, a row each: its kernel, then the {BEST} patches that excite it most, strongest first",
        alt=f"The strongest patches of each filter of convolution {number}",
    )
    return patches, shown


def _pick(spec: RunSpec, number: int) -> None:
    """A click on a kernel of a convolution, or on one of its patches, chooses its filter."""
    chosen, _, place = picked_on(BOARD).partition("/")
    choices.put(layer=output_of(spec.model, number).name, filter=int(chosen), patch=int(place) if place else None)


def _cut(spec: RunSpec, patch: Patch, images: Images) -> Pictures:
    """The patch out of its image."""
    window = (slice(patch.row, patch.row + patch.side), slice(patch.column, patch.column + (patch.across or patch.side)))
    return Pictures(looked_at(spec, images.images[patch.image])[window][None] / np.float32(255), "ink", 1)


def looked_at(spec: RunSpec, image: np.ndarray) -> np.ndarray:
    """A test image (side, side) uint8 in the size in which the filters of a network see it."""
    if spec.model.kind != "sequence":
        return image
    return np.rint(sequence.looked_at(spec.model, image[None])[0] * 255).astype(np.uint8)


def _words(net: Shown, patch: Patch) -> str:
    name = test_name(net.run.spec, patch.image)
    return f"{name[0].upper()}{name[1:]}, rows {patch.row + 1} to {patch.row + patch.side}: {numbers.fixed(patch.value, 2)}"


def framed(image: np.ndarray, patch: Patch, colours: Theme) -> np.ndarray:
    """The whole image (side, side) uint8 with the patch framed, about LARGE pixels a side, (n, n, 3) uint8."""
    scale = max(1, LARGE // len(image))
    levels = np.repeat(np.repeat(image, scale, 0), scale, 1)
    pixels = colours.ink_palette[(levels.astype(np.uint16) * 254 // 255).astype(np.uint8)]  # (n, n, 3)
    mark = np.array(rgb(colours.wrong), np.uint8)
    top, left = patch.row * scale, patch.column * scale
    end, right = top + patch.side * scale - 1, left + (patch.across or patch.side) * scale - 1
    for line in (slice(top, top + 2), slice(end - 1, end + 1)):
        pixels[line, left : right + 1] = mark
    for line in (slice(left, left + 2), slice(right - 1, right + 1)):
        pixels[top : end + 1, line] = mark
    return pixels


def _without(net: Shown, found: Survey, number: int, off: int) -> None:
    """Accuracy and each class's share with one filter off."""
    spec = net.run.spec
    count, names, what = layer(spec.model, f"conv{number}").shape[0], classes(spec), class_noun(spec)
    shown = output_of(spec.model, number).name
    widget = links.showing("digits-off", off + 1, lambda f: choices.put(layer=shown, filter=f - 1, patch=None))
    label = "Switch a filter off: its map becomes 0"
    if count > BUTTONS:
        st.number_input(label, 1, min(count, MOST), **widget)
    else:
        st.segmented_control(label, list(range(1, count + 1)), required=True, wrap=True, **widget)
    whole, cut = found.counts, _switched_off(found, net.key, net.state, stamp(spec), number, off)
    before, after = recall(whole), recall(cut)
    first = "the first " if len(found.labels) < len(test_images(spec).labels) else ""
    st.markdown(
        f"Without filter **{off + 1}** of convolution {number}: **{numbers.percent(float(accuracy(cut)), 2)}** of {first}"
        f"{len(found.labels):,} {test_images(spec).words} are read right, "
        f"with all filters **{numbers.percent(float(accuracy(whole)), 2)}**."
    )
    worst = suffers_most(whole, cut)
    if worst is None:
        st.markdown(words.NOBODY_SUFFERS.format(what=what))
    else:
        st.markdown(f"The **{names[worst]}** suffers most: {_loss(before, after, worst)}{_taken_for(cut[worst], worst, names)}.")
    page.chart(
        recall_dots(names, before, after, page.theme(), what=what, words="ring all filters, dot one off"),
        alt_text="Share of each class that is read right with all filters and without this one: "
        + "; ".join(
            f"{name}: {numbers.percent(a)} with all filters, {numbers.percent(b)} without"
            for name, a, b in zip(names, before, after, strict=True)
        ),
        key="digits-without",
        width="stretch",
    )
    st.caption(words.RECALLS)


@shared()
def _switched_off(_found: Survey, key: str, state: int, stamp: str, number: int, off: int) -> np.ndarray:
    return switch_off(_found, number, off)


def _loss(before: np.ndarray, after: np.ndarray, worst: int) -> str:
    return f"{numbers.percent(before[worst])} before, {numbers.percent(after[worst])} now"


def _taken_for(row: np.ndarray, actual: int, names: tuple[str, ...]) -> str:
    """What a class (its row of confusion counts) is mostly taken for instead."""
    others = np.where(np.arange(len(row)) == actual, -1, row)
    return f"; it is taken for {an(names[int(others.argmax())])} most often"
