"""The lesson of the MLP page, for a teacher to edit: steps, then three closing questions. Answers come from the shipped runs."""

import numpy as np

from core.analysis.pixel_norms import untouched
from core.charts import numbers
from core.lesson.answers import first_above, option, right, right_words
from core.lesson.table import Closing, Lesson, Step
from core.models import network
from core.ui import cached

DIAGONAL, RANDOM, WIDE = "mlp-diagonal", "mlp-random", "mlp-relu"
DIGITS = [str(digit) for digit in range(10)]
LEFT = ("hardly anything", "most of it", "all of it, unchanged")
STILL = ("none", "about 70", "more than 400")
SOON = ("after the first epoch", "by epoch 10", "later")
BETTER = ("the random one, clearly", "the diagonal one, clearly", "no difference beyond chance")
WEIGHTS = ("833", "38,416", "about a million")
READS = ("it reads more", "it reads fewer", "as many, within half a point")
LAYERS = [f"layer {number}" for number in range(1, 6)]


def _kernels(id_: str, number: int) -> tuple[np.ndarray, np.ndarray]:
    """A kernel at the start and at the end."""
    run, name = cached.run(id_), f"dense{number}.kernel"
    return cached.state(run, 0)[name], cached.state(run, -1)[name]


def _left() -> tuple[str, str]:
    first, last = _kernels(DIAGONAL, 4)
    like = float(np.corrcoef(first.ravel(), last.ravel())[0, 1])
    return option(like, (0.3, 0.999), LEFT), (
        f"Start and end of layer 4 correlate at {numbers.fixed(like, 2)}: training moves every weight a little and leaves the pattern."
    )


def _against() -> tuple[str, str]:
    kernel = cached.last_state(DIAGONAL)["dense5.kernel"]
    unit = int(kernel[:, 3].argmax())
    worst = int(kernel[unit].argmin())
    return str(worst), (
        f"It gives 3 a weight of {numbers.signed(kernel[unit, 3])}, and {worst} the lowest, {numbers.signed(kernel[unit, worst])}."
    )


def _still() -> tuple[str, str]:
    first, last = _kernels(DIAGONAL, 1)
    count = int(untouched(first, last).sum())
    return option(count, (1, 200), STILL), f"{count} of {len(first)} rows: those pixels are paper in every training image."


def _soon() -> tuple[str, str]:
    epoch = first_above(DIAGONAL, 0.9)
    share = right(DIAGONAL, int(np.flatnonzero(cached.run(DIAGONAL).epochs == epoch)[0]))
    return option(epoch, (1.5, 10.5), SOON), f"At epoch {epoch:g} it is {numbers.percent(share)}; the other epochs bring the rest."


def _better() -> tuple[str, str]:
    ends = [cached.run(id_).ends() for id_ in (RANDOM, DIAGONAL)]
    random, diagonal = ([*map(float, end)] for end in ends)
    apart = BETTER[0] if min(random) > max(diagonal) else BETTER[1] if min(diagonal) > max(random) else BETTER[2]
    said = [f"{numbers.percent(min(end))} to {numbers.percent(max(end))}" for end in (random, diagonal)]
    return apart, f"Over {len(random)} seeds each, the random start ends at {said[0]}, the diagonal one at {said[1]}."


def _weights() -> tuple[str, str]:
    rows, columns = cached.last_state(DIAGONAL)["dense1.kernel"].shape
    return f"{rows * columns:,}", f"{rows} pixels × {columns} units = {rows * columns:,}; the four layers behind it have few beside that."


def _wide() -> tuple[str, str]:
    more = right(WIDE) - right(DIAGONAL)
    found = READS[0] if more > 0.005 else READS[1] if more < -0.005 else READS[2]
    return found, f"{right_words(WIDE)} against {right_words(DIAGONAL)}: width can be worth more than depth."


def _changed() -> tuple[str, str]:
    moved = []
    for number in range(1, 6):
        first, last = _kernels(DIAGONAL, number)
        moved.append(float(np.linalg.norm(last - first) / np.linalg.norm(first)))
    most, said = int(np.argmax(moved)), numbers.number(max(moved))
    return LAYERS[most], (
        f"Its change is {said} times as large as what it started with; the smallest such change is {numbers.number(min(moved))} times."
    )


def _nothing() -> tuple[str, str]:
    run = cached.run(DIAGONAL)
    shares = network.answers(run.spec.model, cached.state(run, -1), np.zeros((1, 28, 28), np.float32))[0]
    share = float(shares.max())
    return option(share, (0.5, 0.9), SURE), (
        f"{numbers.probability(share)} sure of a {int(shares.argmax())}: softmax shares out 100%, even over an image of nothing."
    )


SURE = ("less than 50% sure", "50% to 90% sure", "more than 90% sure")

LESSON = Lesson(
    "mlp",
    "model",
    (
        Step(
            "A diagonal of weights",
            "layer=4&sort=original&epoch=0",
            "Press play: the weights start as a diagonal of +1 and −1.",
            "mlp-player",
            "How much of the diagonal can still be seen after 50 epochs?",
            LEFT,
            _left,
        ),
        Step(
            "Sorted by a vote",
            "layer=5&sort=value&by=c3",
            "Click a cell in another column: the rows are sorted anew, by their votes for that digit.",
            "mlp-matrix",
            "The unit at the very top votes most for 3. Against which digit does it vote most?",
            DIGITS,
            _against,
        ),
        Step(
            "What the first layer looks at",
            "layer=1&section=units",
            "Sort the 49 pictures by their norm: which units have found something to look at?",
            "mlp-images",
            "How many of the 784 pixels have weights that never moved at all?",
            STILL,
            _still,
        ),
        Step(
            "Over the epochs",
            "layer=3&section=epochs",
            "Click a curve to go to its epoch.",
            "mlp-history",
            "When are more than 90% of the test digits read right for the first time?",
            SOON,
            _soon,
        ),
        Step(
            "An image through it",
            "layer=1&section=image&image=7",
            "Choose another image, or draw one, and follow its numbers.",
            "mlp-source",
            "You send an image without any ink. How sure is the network of its answer?",
            SURE,
            _nothing,
        ),
        Step(
            "Two beginnings",
            "layer=4&section=compare",
            "Move both epochs to 0, then to 50.",
            "mlp-compare",
            "One network started at random, one with the diagonal. Which reads better in the end?",
            BETTER,
            _better,
        ),
    ),
    (
        Closing(
            "How many weights are there between the image and the 49 units of layer 1?",
            WEIGHTS,
            _weights,
            "mlp",
            "layer=1",
            "all of them, each a cell",
        ),
        Closing(
            "Another network has one hidden layer of 128 units in place of four small ones. Does it read more digits?",
            READS,
            _wide,
            "mlp",
            "model=mlp-relu&layer=2",
            "128 units and their votes",
        ),
        Closing(
            "Which layer's weights have changed most, set against what they started with?",
            LAYERS,
            _changed,
            "mlp",
            "layer=1&section=epochs&look=Change+since+the+start",
            "the change since the start",
        ),
    ),
)
