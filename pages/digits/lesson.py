"""The lesson of the digits page, for a teacher to edit: steps, then three closing questions. Answers come from the shipped runs."""

import numpy as np

from core.analysis.confusion import largest_errors
from core.charts import numbers
from core.lesson.answers import counts, first_above, option, right, right_words
from core.lesson.table import Closing, Lesson, Step
from core.models import network
from core.models.counts import recall
from core.models.network import layers
from core.ui import cached

NET, SMALL, DENSE, ONE = "digit-cnn", "digit-cnn-small", "mlp-diagonal", "softmax-mnist"
DIGITS = [str(digit) for digit in range(10)]
NAMES = {"input": "the image", "conv1": "convolution 1", "conv2": "convolution 2", "logits": "the ten outputs"}
PARTS = {"conv1": "convolution 1", "conv2": "convolution 2", "dense1": "the dense layer"}
CHANCE = ("none", "about 1,000", "about 5,000")
SIDES = ("5", "25", "784")
EARLY = ("after a tenth of the first epoch", "after epoch 1", "after epoch 10")
FEW = ("half of them", "about nine of ten", "as many as before, 99 of 100")
NOTHING = ("to 0%", "to less than 50%", "to 100%")
SOME = 500  # digits that are turned
TURNED = ("fewer than a third", "about half of them", "nearly all")
TIMES = ("about as many", "about a third of them", "less than a tenth")


def _most_numbers() -> tuple[str, str]:
    sizes = {one.name: int(np.prod(one.shape)) for one in layers(cached.run(NET).spec.model) if one.name in NAMES}
    most = max(sizes, key=sizes.__getitem__)
    return NAMES[most], ", ".join(f"{NAMES[name]}: {size:,}" for name, size in sizes.items()) + "."


def _chance() -> tuple[str, str]:
    share = right(NET, 0)
    return option(share, (0.01, 0.3), CHANCE), f"{right_words(NET, 0)}: it guesses, and one guess in ten is right by chance."


def _parameters() -> tuple[str, str]:
    state = cached.last_state(NET)
    sizes = {part: sum(value.size for name, value in state.items() if name.startswith(f"{part}.")) for part in PARTS}
    most = max(sizes, key=sizes.__getitem__)
    return PARTS[most], ", ".join(f"{PARTS[part]}: {size:,}" for part, size in sizes.items()) + "."


def _weights() -> tuple[str, str]:
    kernel = cached.last_state(NET)["conv1.kernel"]
    size = kernel[0].size
    return str(
        size
    ), f"{kernel.shape[-2]} × {kernel.shape[-1]} weights, the same ones at every place of the image; {len(kernel)} such filters."


def _early() -> tuple[str, str]:
    epoch = first_above(NET, 0.9)
    return option(epoch, (0.2, 5), EARLY), f"It passes 90% after {numbers.number(epoch, 2)} of an epoch, and ends at {right_words(NET)}."


def _total() -> tuple[str, str]:
    run = cached.run(NET)
    shares = network.answers(run.spec.model, cached.state(run, -1), np.zeros((1, 28, 28), np.float32))[0]
    return option(float(shares.sum()), (0.01, 0.5), NOTHING), (
        f"They always add up to {numbers.percent(float(shares.sum()), 0)}. Of an empty image it says {shares.argmax()} with "
        f"{numbers.probability(float(shares.max()))}."
    )


def _few() -> tuple[str, str]:
    few, many = cached.run(SMALL).spec.data.train, cached.run(NET).spec.data.train
    return option(right(SMALL), (0.7, 0.97), FEW), f"{right_words(SMALL)} with {few:,} images, {right_words(NET)} with {many:,}."


def _hardest() -> tuple[str, str]:
    found = recall(counts(NET))
    worst, (actual, read) = int(found.argmin()), largest_errors(counts(NET), 1)[0]
    return str(worst), (
        f"{numbers.percent(found[worst])} of them are found; the mistake made most often is {read} for a {actual}, "
        f"{counts(NET)[actual, read]} times."
    )


def _turned() -> tuple[str, str]:
    found, run = cached.test_digits(), cached.run(NET)
    images, labels = np.rot90(np.asarray(found.images[:SOME]), axes=(1, 2)), np.asarray(found.labels[:SOME])
    share = float((network.answers(run.spec.model, cached.state(run, -1), np.ascontiguousarray(images)).argmax(1) == labels).mean())
    return option(share, (0.35, 0.75), TURNED), (
        f"{numbers.percent(share)} of the first {SOME} test digits, turned by 90°, are read right: it has learned upright digits alone."
    )


def _times() -> tuple[str, str]:
    wrong = [1 - right(id_) for id_ in (NET, DENSE)]
    ratio = wrong[0] / wrong[1]
    return option(ratio, (0.1, 0.7), TIMES[::-1]), (
        f"{numbers.percent(wrong[0])} against {numbers.percent(wrong[1])} of 10,000: a kernel that slides need not learn a stroke anew at "
        "each place."
    )


LESSON = Lesson(
    "digits",
    "run",
    (
        Step(
            "Your digit on its way",
            "section=draw",
            "Draw a digit slowly and watch which maps answer first.",
            "digits-pad-box",
            "Where are there most numbers: in the image, after convolution 1, after convolution 2, or at the outputs?",
            list(NAMES.values()),
            _most_numbers,
        ),
        Step(
            "Before it had learned",
            "section=compare",
            "Say which layer changes most, then compare the columns.",
            "question-digits-change",
            "How many of 10,000 test digits does the untrained network read right?",
            CHANCE,
            _chance,
        ),
        Step(
            "Where the weights are",
            "section=summary",
            "Move the state and watch the histograms spread.",
            "digits-epoch",
            "Which part has the most weights and biases?",
            list(PARTS.values()),
            _parameters,
        ),
        Step(
            "What a filter looks for",
            "section=filters",
            "Choose another filter, and click a patch to see where it lies.",
            "digits-patches",
            "How many weights is one filter of convolution 1?",
            SIDES,
            _weights,
        ),
        Step(
            "How quickly it learns",
            "section=table&epoch=0",
            "Move the state from the start to the end: when do the rows of two digits begin to differ?",
            "digits-epoch",
            "When does it read more than 90% of the test digits?",
            EARLY,
            _early,
        ),
        Step(
            "It never says nothing",
            "section=confidence",
            "Move the threshold below which it stays silent.",
            "digits-least",
            "You send an image without ink. To how much do its ten shares add up?",
            NOTHING,
            _total,
        ),
        Step(
            "From few images",
            "section=train",
            "Choose how many images it learns from, and train it here.",
            "digits-train-images",
            "It learns from 500 images in place of 54,000. How many test digits does it read right?",
            FEW,
            _few,
        ),
    ),
    (
        Closing(
            "Which digit does this network find least often?",
            DIGITS,
            _hardest,
            "digits",
            "section=table&examples=misread",
            "digits that it misreads",
        ),
        Closing(
            "You turn the test digits by a quarter of a circle. How many does it still read right?",
            TURNED,
            _turned,
            "digits",
            "section=breaking&damage=turn&amount=90",
            "a digit that is turned",
        ),
        Closing(
            "The MLP and this network learned from the same images. How many does this one misread, set against the MLP?",
            TIMES,
            _times,
            "mlp",
            "layer=4&sort=original",
            "the MLP and its share",
        ),
    ),
)
