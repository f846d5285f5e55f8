"""The lesson of the learning page, for a teacher to edit: steps, then three closing questions. Answers come from the shipped runs."""

import numpy as np

from core.analysis.gradient import Pass, backward
from core.analysis.gradient_line import along
from core.charts import numbers
from core.data.catalog import an
from core.lesson.answers import option
from core.lesson.table import Closing, Lesson, Step
from core.models.activations import TABLE
from core.specs import ACTIVATIONS
from core.ui import cached
from pages.learning.images import test_images, values
from pages.learning.view import View, opening

ONE, DEEP = "softmax-mnist", "mlp-random"
FEW = 128  # images of a step
MOVES = ("they rise", "they fall", "they stay")
TIMES = ("by as much", "ten times as far", "a hundred times as far")
BATCHES = ("1", "128", "all 54,000")
RATES = ("no: the longer the step, the better", "yes: beyond some rate the loss ends higher")
SLOPES = ("tanh", "sigmoid", "relu")
WAYS = ("it has grown", "it has shrunk", "it is where it began")
LOSSES = ("0", "about 2.3", "about 10")


def _view() -> View:
    """The network of the page as it opens."""
    run = cached.run(ONE)
    return View(run, opening(run), ONE)


def _pass(count: int) -> tuple[View, Pass, np.ndarray]:
    """Forward and back for the first test images, and their classes."""
    view = _view()
    images = test_images(view)
    assert images is not None  # others stand in where MNIST is not here
    labels = np.asarray(images.labels[:count]).astype(int)
    return view, backward(view.model, view.weights, values(images, np.arange(count)), labels), labels


def _own() -> tuple[str, str]:
    view, found, labels = _pass(1)
    error = float(found.errors[-1][0, labels[0]])
    moves = MOVES[0] if error < 0 else MOVES[1] if error > 0 else MOVES[2]
    return moves, (
        f"The image is {an(view.classes[labels[0]])}; its output has the error {numbers.signed(error)}, and a step goes against it."
    )


def _tenfold() -> tuple[str, str]:
    _, found, labels = _pass(1)
    slope = found.kernel(1)[:, labels[0]]
    most = float(np.abs(slope).max())
    return option(round(1.0 * most / (0.1 * most)), (2, 50), TIMES), (
        f"The step is rate × gradient: the weight with the largest one moves by {numbers.number(0.1 * most)} at a rate of 0.1 and by "
        f"{numbers.number(most)} at 1."
    )


def _batch() -> tuple[str, str]:
    spec = cached.run(ONE).spec
    size, steps = spec.train.batch, -(-spec.data.train // spec.train.batch)
    return f"{size:,}", f"{size:,} a step, so an epoch of {spec.data.train:,} images has {steps:,} steps."


def _too_far() -> tuple[str, str]:
    view, found, labels = _pass(FEW)
    rates = np.geomspace(0.01, 10, 31)
    losses = along(view.model, view.weights, found.gradient(), found.outputs[0], labels, rates.tolist())
    worse = rates[losses > found.loss]
    if not len(worse):
        return RATES[0], "At no rate up to 10 does the loss end above where it is now."
    return RATES[1], (
        f"On the first {FEW} test images a step of rate {numbers.number(worse[0], 2)} already ends above the loss of now, "
        f"{numbers.number(found.loss)}; the best is near {numbers.number(rates[losses.argmin()], 2)}."
    )


def _slope() -> tuple[str, str]:
    z = np.linspace(-6, 6, 1_201)
    most = {name: float(np.max(TABLE[name].slope(TABLE[name].function(z)))) for name in SLOPES}
    least = min(most, key=most.__getitem__)
    said = ", ".join(f"{ACTIVATIONS[name]} {numbers.number(slope)}" for name, slope in most.items())
    return ACTIVATIONS[
        least
    ], f"The steepest slopes: {said}. What comes back through ten sigmoids has been multiplied by at most ¼ ten times."


PIXEL, UNIT = (14, 8), 3  # row and column, from 0, of the weight that the last step opens


def _path() -> tuple[str, str]:
    run = cached.run(ONE)
    first, last = (float(cached.state(run, state)["dense1.kernel"][PIXEL[0] * 28 + PIXEL[1], UNIT]) for state in (0, -1))
    way = WAYS[0] if last > first else WAYS[1] if last < first else WAYS[2]
    return way, f"From {numbers.number(first)} to {numbers.signed(last)}: ink at the left of the middle speaks against {UNIT}."


def _certain() -> tuple[str, str]:
    probability = wanted = 1.0
    return (CERTAIN[0] if probability - wanted == 0 else CERTAIN[1]), "error = 1 − 1 = 0, and 0 × input is 0: there is nothing to learn."


CERTAIN = ("not at all", "a little", "as always")


def _corner() -> tuple[str, str]:
    run = cached.run(ONE)
    first, last = (cached.state(run, state)["dense1.kernel"][0] for state in (0, -1))
    most = float(np.abs(last - first).max())
    return (MOVED[0] if most == 0 else MOVED[1]), (
        f"Its ten weights have moved by {numbers.number(most)} at most: no training image has ink there, and error × 0 is 0."
    )


MOVED = ("not at all", "a little, all the same")


def _begin() -> tuple[str, str]:
    loss = float(cached.run(ONE).history["loss"][0])
    return option(loss, (1, 5), LOSSES), (
        f"{numbers.number(loss, 4)}: it gives each of ten classes a tenth, and −log(1/10) = {numbers.number(float(np.log(10)), 4)}."
    )


LESSON = Lesson(
    "learning",
    "model",
    (
        Step(
            "Error times input",
            "section=step&image=0",
            "Click a cell of a gradient: its terms open below.",
            "learning-gradient",
            "What does the step do to the weights of the image's own class, under its ink?",
            MOVES,
            _own,
        ),
        Step(
            "How far a step goes",
            "section=step&image=0&eta=1",
            "Move the rate and watch the ticks.",
            "learning-eta",
            "Ten times the rate: how far does each weight move?",
            TIMES,
            _tenfold,
        ),
        Step(
            "One image, or many",
            "section=batch&batch=128&times=5",
            "Take the steps on 1, 10 and 128 images, and compare what other images say.",
            "learning-batch",
            "How many images did this network ask for each step of its training?",
            BATCHES,
            _batch,
        ),
        Step(
            "Too far",
            "section=rate&batch=128",
            "Drag the mark along the line.",
            "learning-rate",
            "The gradient says which way is down. Can a step be too long?",
            RATES,
            _too_far,
        ),
        Step(
            "On the way back",
            "section=back&model=mlp-random",
            "Choose the layer that the error comes back through.",
            "learning-up",
            "Through which activation does least of an error come back, at best?",
            [ACTIVATIONS[name] for name in SLOPES],
            _slope,
        ),
        Step(
            "One weight, all its life",
            f"section=path&cell={UNIT}-{PIXEL[0] * 28 + PIXEL[1]}",
            "Move the epoch and follow the arrows.",
            "learning-epoch",
            f"This weight joins a pixel left of the middle to the output {UNIT}. How does it end?",
            WAYS,
            _path,
        ),
    ),
    (
        Closing(
            "The network gives an image's own class all of its 100%. How far does a step on this image move the weights?",
            CERTAIN,
            _certain,
            "learning",
            "section=step&epoch=30",
            "a step after the training",
        ),
        Closing(
            "No training image has ink in the first corner. How far have the weights of that pixel moved in 30 epochs?",
            MOVED,
            _corner,
            "learning",
            f"section=path&cell={UNIT}-0",
            "a corner's weight",
        ),
        Closing(
            "Before it has learned anything: what is the loss of a network that chooses among ten digits?",
            LOSSES,
            _begin,
            "learning",
            "section=step&epoch=0",
            "the first step of all",
        ),
    ),
)
