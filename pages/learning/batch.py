"""The same step again, and a step on many images: single gradients, their mean, and what becomes of the other images."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import gradient, gradient_batch
from core.analysis.templates import limit, rolled
from core.charts import descent, numbers, raster
from core.charts.prepared import Prepared
from core.charts.recall import recall_dots
from core.charts.templates import pixels
from core.charts.theme import Theme, theme
from core.frame import page
from core.models import network
from core.models.counts import accuracy, confusion, recall
from core.serving.shared import shared
from core.ui import question
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.learning import words
from pages.learning.choices import PAGE, SIZES, TIMES, key, layer_choice, rate_slider, state_slider
from pages.learning.drawn import Batch, chosen_batch, pass_over_pool
from pages.learning.images import Images, others, pool
from pages.learning.view import View

SINGLES = 10  # single gradients that stand side by side
PICTURE, LARGE = 56, 112  # CSS pixels of a picture's longer side, about: one of many, and the mean


def batch_panel(view: View) -> None:
    """Gradients side by side, then the steps and what they do to the rest."""
    picture, side = st.columns([3, 1], gap="large")
    with chosen_batch(view, side) as drawn:
        with side:
            times = st.segmented_control(
                "Steps on the same images", TIMES, format_func="{:,}×".format, key=key("times"), required=True, persist_state="session"
            )
            rate = rate_slider()
            layer = layer_choice(view)
            state_slider(view)
        if drawn is not None:
            with picture, st.container(key=f"{PAGE}-batches"):
                _gradients(view, drawn, layer)
                _agreement(view, layer)
            _steps(view, drawn, rate, times or 1)


def _gradients(view: View, drawn: Batch, layer: int) -> None:
    """The gradients of single images by the weights into one unit, and their mean."""
    found = _pass(view, drawn, drawn.key)
    unit = _unit(view, found, drawn, layer)
    singles, mean, reach, top, share = _pictures(view, drawn, found, drawn.key, layer, unit, page.theme().dark)
    st.markdown(
        f"**{view.moment}, {drawn.words}.** The gradient of the kernel of {view.unit(layer, unit)}, image by image"
        + (f", the first {SINGLES} of {len(drawn)}." if len(drawn) > SINGLES else ".")
    )
    thumbnails(f"{PAGE}-singles", singles, side=_side(view, layer), own=drawn.own)
    st.caption(f"Under each: the image's class and the error of {view.unit(layer, unit)}. Colours are full at ±{numbers.number(reach)}.")
    if len(drawn) > 1:
        thumbnails(f"{PAGE}-mean", [mean], side=_side(view, layer, LARGE))
        st.caption(
            f"The step follows this mean, whose colours are full at ±{numbers.number(top)}. It is {share:.0%} as long as a single "
            "gradient is on average: what the images do not agree on has cancelled."
        )
    page.legend("orange: a larger weight would mean a larger loss; blue: a smaller one would; the background's own colour: nothing to say")


@shared()
def _pass(_view: View, _drawn: Batch, drawn: Hashable) -> gradient.Pass:
    return gradient.backward(_view.model, _view.weights, _drawn.images, _drawn.labels, np.float32)


@shared()
def _pictures(
    _view: View, _drawn: Batch, _found: gradient.Pass, drawn: Hashable, layer: int, unit: int, dark: bool
) -> tuple[list[Thumbnail], Thumbnail, float, float, float]:
    """Single gradients and their mean as pictures, where their colours are full, and the mean's length in those of single ones."""
    singles, mean = _found.singles(layer, unit), _found.kernel(layer)[:, unit]
    reach, top, colours = float(np.abs(singles).max()) or 1.0, limit(mean, 1.0), theme(dark)
    items = [
        Thumbnail(
            i,
            _picture(one, _view, layer, reach, colours),
            f"{_view.classes[_drawn.labels[i]]}: {numbers.signed(_found.errors[layer - 1][i, unit])}",
        )
        for i, one in enumerate(singles[:SINGLES])
    ]
    size, single = float(np.linalg.norm(mean)), float(np.linalg.norm(singles, axis=1).mean())
    whole = Thumbnail(0, _picture(mean, _view, layer, top, colours), f"mean of {len(_drawn)}")
    return items, whole, reach, top, size / single if single else 0.0


def _unit(view: View, found: gradient.Pass, drawn: Batch, layer: int) -> int:
    """The unit whose gradients are shown: the class of the first image, or the hidden unit with the largest error; or the one chosen."""
    usual = int(drawn.labels[0]) if layer == view.layers else int(np.abs(found.errors[layer - 1]).mean(0).argmax())
    chosen = st.selectbox(
        "Kernel of",
        [-1, *range(view.model.sizes[layer])],
        format_func=lambda unit: (
            f"{view.unit(layer, usual)}, {'the class of the first image' if layer == view.layers else 'which has the largest errors'}"
            if unit < 0
            else view.unit(layer, unit)
        ),
        key=f"{PAGE}-kernel-{view.key}-{layer}",
        width=320,
    )
    return usual if chosen is None or chosen < 0 else int(chosen)


def _side(view: View, layer: int, about: int = PICTURE) -> int:
    """CSS pixels across of one gradient."""
    shape = view.picture(layer)
    return max(1, about // max(shape[:2])) * shape[1]


def _picture(flat: np.ndarray, view: View, layer: int, reach: float, colours: Theme) -> str:
    """A gradient laid out like its kernel; a row of weights is made high enough to be seen."""
    shape = view.picture(layer)
    coloured = pixels(flat.reshape(shape), reach, colours)
    return raster.rgb_url(coloured if shape[0] > 1 else np.repeat(coloured, max(1, shape[1] // 4), 0))


def _agreement(view: View, layer: int) -> None:
    """How well one image, ten and 128 agree with all of them."""
    st.markdown(
        "**Why a batch is calmer.** How well does a batch's gradient agree with that of all images: 1 where it points the same way, 0 "
        "where they have nothing in common, below 0 where it points against it? Twenty batches of each size:"
    )
    images = pool(view)
    if images is None:
        return
    batches, count = _agreements(view, view.here, images.key, layer), len(images)
    page.chart(
        _agreement_chart(batches, view.here, images.key, layer, page.theme().dark),
        alt_text="Agreement of batches with all images: "
        + ", ".join(f"of {one.size} {numbers.number(float(np.median(one.cosines)), 2)}" for one in batches),
        key=f"{PAGE}-agreement",
        width="stretch",
    )
    inputs = view.model.sizes[layer - 1]
    noun = "pixels" if layer == 1 else "inputs"
    lines = [
        f"| images | agreement, median | {noun} it can teach | classes it has seen |",
        "|---:|---:|---:|---:|",
        *(
            f"| {one.size} | {numbers.number(float(np.median(one.cosines)), 2)} | {np.median(one.touched):,.0f} of {inputs:,} "
            f"| {np.median(one.classes):.0f} of {view.model.sizes[-1]} |"
            for one in batches
        ),
    ]
    st.markdown("\n".join(lines))
    one, many = batches[0], batches[-1]
    st.markdown(
        f"**What to notice.** One image teaches the {np.median(one.touched):,.0f} {noun} where it has something, for a single class. "
        f"{many.size} images see {np.median(many.classes):.0f} classes and {np.median(many.touched):,.0f} {noun}, and what is special to "
        f"one of them cancels: their gradients agree with that of all {count:,} images at "
        f"{numbers.number(float(np.median(many.cosines)), 2)} instead of {numbers.number(float(np.median(one.cosines)), 2)}."
    )


@shared()
def _agreements(_view: View, here: Hashable, images: Hashable, layer: int) -> list[gradient_batch.Agreement]:
    found = pass_over_pool(_view)
    assert found is not None  # whoever asks has images
    return gradient_batch.agreements(*found, layer, SIZES)


@shared()
def _agreement_chart(_batches: list[gradient_batch.Agreement], here: Hashable, images: Hashable, layer: int, dark: bool) -> Prepared:
    rows = [
        {"size": f"{one.size} image{'s' if one.size > 1 else ''}", "cosine": float(cosine)} for one in _batches for cosine in one.cosines
    ]
    return descent.agreement(pd.DataFrame(rows), theme(dark))


@dataclass(frozen=True)
class Outcome:
    """What steps on a batch did to it and to the rest."""

    losses: list[float]  # on the batch, before each step and after the last
    right: tuple[int, int]  # of the batch, before and after
    counts: tuple[np.ndarray, np.ndarray]  # confusion of the others, before and after, (classes, classes)
    kernels: tuple[np.ndarray, np.ndarray]  # the first layer's, (inputs, units)

    @property
    def moved(self) -> np.ndarray:
        """The length of the change of each kernel of the first layer, (units,)."""
        return np.linalg.norm(self.kernels[1] - self.kernels[0], axis=0)


def _steps(view: View, drawn: Batch, rate: float, times: int) -> None:
    """Loss and share right of the batch, and after a guess those of the other images."""
    rest = others(view, drawn.test)
    if rest is None:
        return
    about = (drawn.key, rest.key, rate, times)
    after = _outcome(view, drawn, rest, *about)
    steps = f"{words.number(times)} step{'s' if times > 1 else ''} of rate {rate:.4g}"
    st.markdown(
        f"**Take {steps} on {drawn.words}.** Loss on {'it' if len(drawn) == 1 else 'them'}: {numbers.number(after.losses[0])} → "
        f"**{numbers.number(after.losses[-1])}**; read right: {after.right[0]} → **{after.right[1]}** of {len(drawn)}."
    )
    if view.model.sizes[1] <= SINGLES and _guess_which(view, drawn, after, steps):
        _kernels(view, after, about, drawn.own)

    def answer() -> tuple[str, str]:
        before, then = (int(np.trace(counts)) for counts in after.counts)
        moved = then - before
        right = words.SAME if abs(moved) <= 0.01 * len(rest) else words.MORE if moved > 0 else words.FEWER
        return right, f"Of {len(rest):,} {rest.words} it read {before:,} right before and reads {then:,} after {steps}."

    asked = words.OTHERS.format(steps=steps, batch=drawn.words, count=len(rest))
    options = (words.FEWER, words.SAME, words.MORE)
    if question.ask(PAGE, "others", asked, options, answer, words.OTHERS_WHY, subject=view.id):
        _others(view, rest, after, about)


def _guess_which(view: View, drawn: Batch, after: Outcome, steps: str) -> bool:
    """A guess: which of the first layer's kernels changes most."""
    names = [view.unit(1, unit) for unit in range(view.model.sizes[1])]

    def answer() -> tuple[str, str]:
        most, least = int(after.moved.argmax()), int(after.moved.argmin())
        return names[most], (
            f"The changes of its weights have a length of {numbers.number(after.moved[most])} together; {names[least]} changes least, by "
            f"{numbers.number(after.moved[least])}."
        )

    asked = words.WHICH.format(steps=steps, batch=drawn.words, units=words.number(len(names)))
    why = words.WHICH_WHY if view.layers == 1 else words.WHICH_WHY_HIDDEN
    return question.ask(PAGE, "which", asked, names, answer, why, subject=view.id)


def _kernels(view: View, after: Outcome, about: Hashable, own: bool) -> None:
    """The first layer's kernels before and after the steps, on one scale."""
    for title, items in zip(("Kernels before:", "and after:"), _kernel_pictures(view, after, about, page.theme().dark), strict=True):
        st.markdown(title)
        thumbnails(f"{PAGE}-kernels-{title[0]}", items, side=_side(view, 1), across=len(items), own=own)
    st.caption("Both on one scale; below each how far it has moved: the length of the changes of all its weights.")


@shared()
def _kernel_pictures(_view: View, _after: Outcome, about: Hashable, dark: bool) -> list[list[Thumbnail]]:
    reach = limit(np.stack(_after.kernels), 0.995)
    names = [f"{_view.unit(1, unit)}\n" for unit in range(_view.model.sizes[1])]  # as wide as those below
    moved = [f"{name}{numbers.number(length, 2)}" for name, length in zip(names, _after.moved, strict=True)]
    return [
        [Thumbnail(i, raster.rgb_url(one), said[i]) for i, one in enumerate(pixels(rolled(kernel, _view.shape), reach, theme(dark)))]
        for kernel, said in zip(_after.kernels, (names, moved), strict=True)
    ]


def _others(view: View, rest: Images, after: Outcome, about: Hashable) -> None:
    """Of each class, the share still right, and what the others are taken for now."""
    left, right = st.columns(2, gap="large")
    with left:
        page.chart(
            _recall(view, after, about, page.theme().dark),
            alt_text="Share of each class right before and after the steps; of all "
            + ", then ".join(numbers.percent(float(accuracy(counts))) for counts in after.counts),
            key=f"{PAGE}-recall",
            width="stretch",
        )
    with right:
        read = [counts.sum(0) for counts in after.counts]
        top = int((read[1] - read[0]).argmax())
        lines = ["| class | there are | read as it before | after |", "|---|---:|---:|---:|"]
        lines += [
            f"| {name} | {there:,} | {before:,} | {'**' if i == top else ''}{now:,}{'**' if i == top else ''} |"
            for i, (name, there, before, now) in enumerate(zip(view.classes, after.counts[0].sum(1), *read, strict=True))
        ]
        st.markdown("\n".join(lines))
    shares = [float(accuracy(counts)) for counts in after.counts]
    st.caption(
        f"{len(rest):,} {rest.words}, none of which the steps were taken on: {numbers.percent(shares[0])} right before, "
        f"{numbers.percent(shares[1])} after. The class that gained most readings is set in bold."
    )


@shared()
def _recall(_view: View, _after: Outcome, about: Hashable, dark: bool) -> Prepared:
    before, then = (recall(counts) for counts in _after.counts)
    return recall_dots(_view.classes, before, then, theme(dark))


@shared()
def _outcome(_view: View, _drawn: Batch, _rest: Images, drawn: Hashable, rest: Hashable, rate: float, times: int) -> Outcome:
    model, before = _view.model, _view.weights
    after, losses = gradient.repeated(model, before, _drawn.images, _drawn.labels, rate, times, np.float32)
    right = [int((network.answers(model, one, _drawn.images).argmax(1) == _drawn.labels).sum()) for one in (before, after)]
    classes = model.sizes[-1]
    counts = [confusion(_rest.labels, network.answers(model, one, _rest.images).argmax(1), classes) for one in (before, after)]
    return Outcome(losses, (right[0], right[1]), (counts[0], counts[1]), (before["dense1.kernel"], after["dense1.kernel"]))
