"""The lesson of the CNN page, for a teacher to edit: steps, then three closing questions. Answers come from the shipped runs."""

import numpy as np

from core.charts import numbers
from core.lesson.answers import counts, first_above, option, right, right_words
from core.lesson.table import Closing, Lesson, Step
from core.ui import cached

NET, DEAD, DROPS, TWO, TEN = "pulse-reliable", "pulse-dead", "pulse-drops", "pulse-two", "pulse-ten"
SOON = ("within the first epoch", "in epochs 2 to 5", "later")
STROKES = ("a smaller part of them", "about as much", "several times as much")
ACT = ("none of them", "about a half", "all of them")
MAPS = ("100 × 100", "76 × 76", "4 × 4")
FALL = ("nearly all right, as at its best", "about two of three", "one of three, as by chance")
NEED = ("fewer than half", "about three of four", "nearly all")
MORE = ("clearly better", "by a pulse or two, which is chance", "clearly worse")
WEIGHTS = ("625", "10,000", "6,250,000")


def _classes() -> list[str]:
    pulses = cached.run(NET).spec.data.pulses
    assert pulses is not None
    return list(pulses.classes)


def _soon() -> tuple[str, str]:
    epoch = first_above(NET, 0.5)
    return option(epoch, (1, 5), SOON), (
        f"It leaves chance, {right_words(NET, 0)}, and passes half of them after {numbers.number(epoch, 2)} of the first epoch."
    )


def _strokes() -> tuple[str, str]:
    low = cached.run(NET).history["low"]
    return option(float(low[-1] / low[0]), (0.8, 2), STROKES), (
        f"The part of broad strokes goes from {numbers.fixed(low[0], 2)} to {numbers.fixed(low[-1], 2)}: speckle turns into stripes and "
        "patches."
    )


def _map() -> tuple[str, str]:
    model = cached.run(NET).spec.model
    side = model.image - model.kernel_size + 1
    return f"{side} × {side}", (
        f"A kernel of {model.kernel_size} pixels fits at {model.image} − {model.kernel_size} + 1 = {side} places along each side."
    )


def _act() -> tuple[str, str]:
    act = cached.run(DEAD).history["act"]
    return option(float(act[-1]), (1e-6, 0.9), ACT), (
        f"{numbers.percent(act[0])} of its outputs were above 0 at the start, {numbers.percent(act[-1])} are in the end: nothing flows "
        "back, so nothing can bring it to life again."
    )


def _falls() -> tuple[str, str]:
    run = cached.run(DROPS)
    shares = run.history["accuracy_test"]
    return option(float(shares[-1]), (0.5, 0.9), FALL[::-1]), (
        f"It reached {numbers.percent(shares.max())} at epoch {run.epochs[shares.argmax()]:g} and ends at {right_words(DROPS)}."
    )


def _misread() -> tuple[str, str]:
    found, names = counts(NET), _classes()
    wrong = found.sum(1) - np.diag(found)
    most = int(wrong.argmax())
    taken = int(np.where(np.arange(len(names)) == most, -1, found[most]).argmax())
    return names[most], f"{wrong[most]} of {found[most].sum()} are misread, {found[most, taken]} of them as {names[taken]}."


def _two() -> tuple[str, str]:
    return option(right(TWO), (0.5, 0.9), NEED), f"{right_words(TWO)} with two kernels, {right_words(NET)} with five."


def _ten() -> tuple[str, str]:
    more = round(1_000 * (right(TEN) - right(NET)))
    return option(
        more, (-9, 10), MORE[::-1]
    ), f"{right_words(TEN)} with ten, {right_words(NET)} with five: {numbers.signed(more)} of 1,000."


def _shared() -> tuple[str, str]:
    kernel = cached.last_state(NET)["conv1.kernel"]
    size, image = int(kernel[0].size), cached.run(NET).spec.model.image
    return f"{size:,}", f"One unit that reads every pixel has {image * image:,} weights; a kernel has {size} and is used at every place."


LESSON = Lesson(
    "cnn",
    "run",
    (
        Step(
            "Kernels that learn",
            "state=0",
            "Press play: what becomes of the speckle?",
            "cnn-kernels",
            "When does it read more than half of the test pulses?",
            SOON,
            _soon,
        ),
        Step(
            "From speckle to strokes",
            "run=pulse-reliable",
            "Click a kernel, and open its large picture below.",
            "cnn-film",
            "How much of the kernels is in broad strokes in the end, set against the start?",
            STROKES,
            _strokes,
        ),
        Step(
            "One window at a time",
            "section=convolution&image=test-3",
            "Look at one stage after the other: sums, ReLU, pooling.",
            "cnn-stage",
            "An image of 100 × 100 pixels under a kernel of 25 × 25: how large is the map?",
            MAPS,
            _map,
        ),
        Step(
            "What it answers to",
            "section=response",
            "Move the parameter and watch the kernels answer.",
            "cnn-along",
            "How many weights does a kernel need for all its places in the image?",
            WEIGHTS,
            _shared,
        ),
        Step(
            "A run that dies",
            "run=pulse-dead&section=loss",
            "Click a curve where act falls to 0.",
            "cnn-loss",
            "How many outputs of the second convolution are above 0 in the end?",
            ACT,
            _act,
        ),
        Step(
            "A run that falls",
            "run=pulse-drops&section=loss",
            "Follow the share of test pulses that are right.",
            "cnn-loss",
            "How does this run end?",
            FALL,
            _falls,
        ),
    ),
    (
        Closing(
            "Two kernels in place of five. How many of the test pulses does it read right?",
            NEED,
            _two,
            "cnn",
            "run=pulse-two",
            "two kernels",
        ),
        Closing(
            "Ten kernels in place of five. Is it better?",
            MORE,
            _ten,
            "cnn",
            "run=pulse-ten",
            "ten kernels",
        ),
        Closing(
            "Which kind of pulse does the network with five kernels misread most often?",
            ("square", "gaussian", "sinusoid"),
            _misread,
            "cnn",
            "section=tests&misread=1",
            "the pulses that it misreads",
        ),
    ),
)
