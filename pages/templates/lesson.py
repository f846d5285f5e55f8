"""The lesson of the templates page, for a teacher to edit: steps, then three closing questions. Answers come from the shipped runs."""

import numpy as np

from core.analysis.confusion import largest_errors
from core.charts import numbers
from core.lesson.answers import counts, first_above, option, right, right_words
from core.lesson.table import Closing, Lesson, Step
from core.models.counts import recall
from core.ui import cached

ONE, HIDDEN, PICTURES = "softmax-mnist", "hidden-mnist", "softmax-cifar10"
DIGITS = [str(digit) for digit in range(10)]
SOON = ("within the first epoch", "in epochs 2 to 5", "later")
SIZES = ("28", "784", "7,840")
PAIRS = ("4 for a 9", "9 for a 4", "5 for a 3", "7 for a 9")
GAIN = ("it reads fewer", "by less than 2 points", "by more than 5 points")
PHOTOS = ("about as many as of the digits", "about four of ten", "one of ten, as by chance")


def _soon() -> tuple[str, str]:
    epoch = first_above(ONE, 0.5)
    return option(epoch, (1, 5), SOON), f"It reads more than half of the test digits after {numbers.number(epoch, 2)} of the first epoch."


def _middle() -> tuple[str, str]:
    sums = cached.last_state(ONE)["dense1.kernel"].reshape(28, 28, 10)[12:16, 12:16].sum((0, 1))  # (classes,)
    least, most = int(sums.argmin()), int(sums.argmax())
    return str(least), (
        f"The 16 weights in the middle of its template add up to {numbers.signed(sums[least])}: a {least} is empty there. "
        f"Those of {most} add up to {numbers.signed(sums[most])}."
    )


def _size() -> tuple[str, str]:
    inputs, classes = cached.last_state(ONE)["dense1.kernel"].shape
    return f"{inputs:,}", f"One weight for each of the {inputs:,} pixels; {classes} templates have {inputs * classes:,} weights together."


def _negative() -> tuple[str, str]:
    weights = cached.last_state(ONE)["dense1.kernel"]
    share = float((weights < 0).sum() / (weights != 0).sum())
    return option(share, (0.4, 0.6), BLUE), (
        f"{numbers.percent(share)} of all weights that are not 0 push down: a template says as much about where its digit has no ink."
    )


BLUE = ("the blue is rare", "about as many", "nearly all are blue")


def _pair() -> tuple[str, str]:
    found = counts(ONE)
    actual, read = largest_errors(found, 1)[0]
    return f"{read} for a {actual}", f"{found[actual, read]} of {found[actual].sum():,} test digits {actual} are taken for {read}."


def _gain() -> tuple[str, str]:
    more = right(HIDDEN) - right(ONE)
    return option(100 * more, (0, 2), GAIN), (
        f"{right_words(HIDDEN)} instead of {right_words(ONE)}: ten hidden units are no more than ten outputs, but they are shared."
    )


def _photos() -> tuple[str, str]:
    return option(right(PICTURES), (0.2, 0.6), PHOTOS[::-1]), (
        f"{right_words(PICTURES)}: a dog may be anywhere and of any colour, so one picture cannot stand for all dogs."
    )


def _best() -> tuple[str, str]:
    found = recall(counts(ONE))
    best, worst = int(found.argmax()), int(found.argmin())
    return str(best), f"{numbers.percent(found[best])} of them are found; of {worst} it is {numbers.percent(found[worst])}."


def _empty() -> tuple[str, str]:
    bias = cached.last_state(ONE)["dense1.bias"]
    order = np.argsort(-bias)
    return str(order[0]), (
        f"All products are 0, so the sums are the biases alone, and {order[0]} has the largest: {numbers.signed(bias[order[0]])}."
    )


LESSON = Lesson(
    "templates",
    "model",
    (
        Step(
            "Pictures out of nothing",
            "epoch=0",
            "Press play and watch ten pictures appear.",
            "templates-player",
            "How soon does the network read more than half of the test digits?",
            SOON,
            _soon,
        ),
        Step(
            "Blue is a no",
            "section=gallery&model=softmax-mnist",
            "Point at the middle of each template and read the weights there.",
            "templates-gallery",
            "Ink in the very middle of the image: against which digit does it speak most?",
            DIGITS,
            _middle,
        ),
        Step(
            "The same numbers in a row",
            "section=rolled&class=3",
            "Choose another digit and find its column of weights again in its picture.",
            "templates-class",
            "How many numbers is one template?",
            SIZES,
            _size,
        ),
        Step(
            "Ten sums, one winner",
            "section=match&image=7",
            "Lay the image over the templates in your mind, then say which comes second.",
            "question-templates-second",
            "How many of all the weights are blue, and push their digit down?",
            BLUE,
            _negative,
        ),
        Step(
            "Who is taken for whom",
            "section=confusion",
            "Move to the start and let the training run: where do the counts go?",
            "templates-player",
            "Which mistake is made most often in the end?",
            PAIRS,
            _pair,
        ),
        Step(
            "A layer in between",
            "section=hidden&model=hidden-mnist",
            "Guess what the filters look like, then look.",
            "question-templates-filters",
            "Ten hidden units stand between image and answer now. By how much does it read better?",
            GAIN,
            _gain,
        ),
    ),
    (
        Closing(
            "The same single layer learns photographs of ten kinds of things. How many does it read right?",
            PHOTOS,
            _photos,
            "templates",
            "section=pictures&model=softmax-cifar10",
            "templates in colour",
        ),
        Closing(
            "Which digit is easiest for a network of one layer?",
            DIGITS,
            _best,
            "templates",
            "section=confusion&form=shares",
            "each digit's share that is found",
        ),
        Closing(
            "You show it an empty sheet. Which digit does it read?",
            DIGITS,
            _empty,
            "templates",
            "section=match&image=7",
            "the bias in every sum",
        ),
    ),
)
