"""The lesson of the pulses page, for a teacher to edit: steps, then three closing questions. Answers come from pulses drawn anew."""

from dataclasses import replace
from urllib.parse import urlencode

import numpy as np

from core.charts import numbers
from core.data import own_pulse, pulses
from core.data.pulses import Pulses
from core.lesson.answers import option, right, right_words
from core.lesson.table import Closing, Lesson, Step
from core.serving.shared import shared
from core.specs import PulseSpec
from pages.pulses.shape import START, shape_of

CNN = "pulse-reliable"
WAVE = "0.5 + 0.3*sin(2*pi*10*t)"
LOW = "gaussian,0.1,0.02,0.5,0.3,0"
SHARES = ("about 1 of 30", "about 1 of 5", "about a half")
FEW = ("fewer than 100 pixels", "100 to 300 pixels", "more than 300 pixels")
SAME = ("none", "about one of a hundred", "nearly all")
NOISE = 0.05
MORE = ("there is hardly more ink", "nearly twice as much ink", "ten times as much ink")
CRESTS = ("5", "10", "20")
PIXELS = ("nearly always", "three times of four", "hardly more often than by chance")
READ = ("one of three", "about two of three", "nearly all")


@shared()
def _drawn(seed: int, noise: float) -> Pulses:
    """300 pulses as the page draws them at first."""
    return pulses.draw(replace(PulseSpec(), pixel_noise=noise), 300, seed=seed)


def _ink(kind: str, values) -> int:
    return int(pulses.draw_one(PulseSpec(), kind, values).sum())


def _share() -> tuple[str, str]:
    ink, whole = _ink(START.kind, START.values), PulseSpec().size ** 2
    return option(ink / whole, (0.1, 0.35), SHARES), f"{ink:,} of {whole:,} pixels are ink; all the others say that nothing is there."


def _low() -> tuple[str, str]:
    bell = shape_of(LOW)
    flat = {**bell.values, "amplitude": 0.0}
    one, other = (pulses.draw_one(PulseSpec(), bell.kind, values) for values in (bell.values, flat))
    apart = int((one != other).sum())
    return option(apart, (100, 300), FEW), f"{apart} pixels: that is all by which anyone can tell this gaussian from a flat line."


def _most_ink() -> tuple[str, str]:
    found = _drawn(0, 0.0)
    mean = [float(found.images[found.labels == label].sum((1, 2)).mean()) for label in range(len(CLASSES))]
    said = ", ".join(f"{name} {numbers.count(round(ink))}" for name, ink in zip(CLASSES, mean, strict=True))
    return CLASSES[int(np.argmax(mean))], f"Pixels of ink on average: {said}."


CLASSES = list(PulseSpec().classes)


def _same() -> tuple[str, str]:
    first = _drawn(0, 0.0)
    again = pulses.draw(PulseSpec(), 300, seed=0)
    apart = float((first.images != again.images).mean())
    return option(
        apart, (1e-9, 0.5), SAME
    ), f"{numbers.percent(apart)} of the pixels differ: the same seed gives the same numbers by chance."


def _noise() -> tuple[str, str]:
    clean, noisy = (_drawn(0, noise).images.sum() / 300 for noise in (0.0, NOISE))
    return option(noisy / clean, (1.3, 5), MORE), (
        f"{numbers.count(round(clean))} pixels of ink on average become {numbers.count(round(noisy))}: there is far more paper than ink to "
        "be flipped."
    )


def _crests() -> tuple[str, str]:
    rises = np.diff(own_pulse.from_formula(WAVE, PulseSpec().size)[:-1]) > 0
    count = int((rises[:-1] & ~rises[1:]).sum())
    return str(count), f"The curve turns from up to down {count} times: `2*pi*10*t` runs through {count} circles while t runs from 0 to 1."


def _one_pixel() -> tuple[str, str]:
    found = _drawn(0, 0.0)
    squares, bells = (found.images[found.labels == label].reshape(-1, PulseSpec().size ** 2).mean(0) for label in (0, 1))
    best = float(np.maximum((squares + 1 - bells) / 2, (1 - squares + bells) / 2).max())
    return option(best, (0.6, 0.9), PIXELS[::-1]), (
        f"Even the best pixel of all tells a square from a gaussian {numbers.percent(best)} of the time: a shape lies in how pixels stand "
        "together."
    )


def _seed() -> tuple[str, str]:
    apart = int((_drawn(0, 0.0).images != _drawn(1, 0.0).images).any((1, 2)).sum())
    return option(apart, (1, 290), OTHER), f"{apart} of 300 differ somewhere: place, height and width are drawn anew for each."


OTHER = ("none", "some of them", "nearly all of them")


def _read() -> tuple[str, str]:
    return option(right(CNN), (0.5, 0.9), READ), f"{right_words(CNN)}, by five kernels that it has found by itself."


LESSON = Lesson(
    "pulses",
    "",
    (
        Step(
            "A picture of a square",
            "",
            "Drag the square: make it higher, wider, and move it.",
            "pulses-designer",
            "Take the square that the page opens with. How much of the screen is ink?",
            SHARES,
            _share,
        ),
        Step(
            "What is left of a bell",
            f"pulse={LOW}",
            "Pull the gaussian up until you would know it for one.",
            "pulses-designer",
            "As low as it stands here: by how many pixels does it differ from a flat line?",
            FEW,
            _low,
        ),
        Step(
            "A set to learn from",
            "count=300",
            "Show one class after the other in the gallery.",
            "pulses-show",
            "Which class has most ink, on average?",
            CLASSES,
            _most_ink,
        ),
        Step(
            "The same by chance",
            "count=300&seed=0",
            "Change the seed, then take 0 again.",
            "pulses-seed",
            "The same seed on another machine: how many of its pixels are others?",
            SAME,
            _same,
        ),
        Step(
            "A bad screen",
            f"count=300&pixel_noise={NOISE:g}",
            "Open how it is drawn and flip fewer or more of the pixels.",
            "pulses-how",
            f"{numbers.percent(NOISE, 0)} of all pixels are flipped, ink to paper and paper to ink. How much ink is there then?",
            MORE,
            _noise,
        ),
        Step(
            "A pulse of your own",
            urlencode({"make": "formula", "formula": WAVE}),
            "Change a number of the formula and see what it does.",
            "pulses-formula",
            f"How many crests does `{WAVE}` have?",
            CRESTS,
            _crests,
        ),
    ),
    (
        Closing(
            "You may look at one pixel, always the same one. How often do you tell squares from gaussians, if half of them are squares?",
            PIXELS,
            _one_pixel,
            "pulses",
            "count=300&show=square-gaussian",
            "squares and gaussians",
        ),
        Closing(
            "You draw the set with seed 1 in place of seed 0. How many of its 300 pictures differ?",
            OTHER,
            _seed,
            "pulses",
            "count=300&seed=1",
            "the set of another seed",
        ),
        Closing(
            "A network with five small kernels learns from thousands of such pulses. How many of 1,000 new ones does it read right?",
            READ,
            _read,
            "cnn",
            "section=tests",
            "what it reads",
        ),
    ),
)
