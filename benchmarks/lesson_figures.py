"""The figures of docs/lessons, counted again from the shipped runs: `python -m benchmarks.lesson_figures` prints them and their sources."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.analysis import fate
from core.charts.numbers import percent
from core.models.counts import recall
from core.runs import catalog
from core.runs.run import Run


@dataclass(frozen=True)
class Figure:
    """One of them."""

    lesson: int
    text: str  # as the lesson has it
    source: str  # what it is, in words


def figures() -> Iterator[Figure]:
    """All of them, lesson by lesson."""
    yield from _templates()
    yield from _learning()
    yield from _kernels()
    yield from _wrong()
    yield from _recogniser()
    yield from _sweep()


def _right(run: Run, epoch: float) -> str:
    """The share of test images right at the stored state nearest to so many epochs."""
    return percent(float(run.history["accuracy_test"][_at(run, epoch)]))


def _at(run: Run, epoch: float) -> int:
    return int(np.abs(run.epochs - epoch).argmin())


def _ends(lesson: int, name: str) -> Iterator[Figure]:
    """Mean and range of a run's seeds at the last epoch."""
    ends = catalog.load(name).ends()
    yield Figure(lesson, f"{100 * ends.min():.2f}% to {100 * ends.max():.2f}%", f"{name}: lowest and highest of {len(ends)} seeds")


def _states(lesson: int, name: str, *epochs: float) -> Iterator[Figure]:
    run = catalog.load(name)
    for epoch in epochs:
        yield Figure(lesson, _right(run, epoch), f"{name}: test images right at epoch {run.epochs[_at(run, epoch)]:.3g}")


def _templates() -> Iterator[Figure]:
    yield from _states(1, "softmax-mnist", 0, 0.055, 30)
    yield from _states(1, "hidden-mnist", 30)
    yield from _states(1, "softmax-cifar10", 40)
    run = catalog.load("softmax-mnist")
    counts = run.evaluation_at(-1, "confusion")
    weights = int(np.prod(run.shapes["dense1.kernel"][-2:]))
    yield Figure(1, f"{weights:,} weights", "softmax-mnist: numbers in its one kernel")
    yield Figure(1, f"{counts[4, 9]} fours for a nine", "softmax-mnist, last epoch: fours taken for nines")
    off = counts - np.diag(np.diagonal(counts))
    actual, predicted = np.unravel_index(off.argmax(), off.shape)
    yield Figure(1, f"{off.max()} images of a {actual} are taken for a {predicted}", "softmax-mnist, last epoch: the largest confusion")
    shares = recall(counts)
    best, worst = int(shares.argmax()), int(shares.argmin())
    yield Figure(1, f"{percent(float(shares[best]))} of the {best}s", "softmax-mnist, last epoch: the class that is read best")
    yield Figure(1, f"{percent(float(shares[worst]))} of the {worst}s", "softmax-mnist, last epoch: the class that is read worst")


def _learning() -> Iterator[Figure]:
    run = catalog.load("softmax-mnist")
    train = run.spec.train
    steps = int(np.ceil(run.spec.data.train / train.batch))
    yield Figure(2, f"{steps:,} steps", f"softmax-mnist: steps of an epoch, {run.spec.data.train:,} images in batches of {train.batch}")
    yield from _states(2, "softmax-mnist", 0, 30)
    yield Figure(2, _right(run, float(run.epochs[1])), "softmax-mnist: after one step, or as few as are stored first")


def _kernels() -> Iterator[Figure]:
    yield from _states(3, "pulse-reliable", 0, 0.7, 8)
    yield from _states(3, "pulse-two", 8)
    yield from _states(3, "pulse-ten", 8)
    run = catalog.load("pulse-reliable")
    wrong = round((1 - float(run.history["accuracy_test"][-1])) * run.spec.data.test)
    yield Figure(
        3, f"{('no', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven')[wrong]} of {run.spec.data.test:,}", "pulse-reliable: misread"
    )
    shape = run.shapes["conv1.kernel"][-2:]
    side = run.spec.model.image - shape[0] + 1
    yield Figure(3, f"{int(np.prod(shape)):,} weights", "pulse-reliable: of one kernel")
    yield Figure(3, f"{side * side:,} places", "pulse-reliable: at which a kernel is laid on an image")


def _wrong() -> Iterator[Figure]:
    yield from _states(4, "pulse-dead", 0, 25)
    yield from _states(4, "pulse-held", 25)
    held = catalog.load("pulse-held")
    yield Figure(4, f"{held.history['act'][_at(held, 1)]:.5f}", "pulse-held: act after the first epoch")
    drops = catalog.load("pulse-drops")
    shares = drops.history["accuracy_test"]
    best = int(shares.argmax())
    yield Figure(4, f"{percent(float(shares[best]))} at epoch {drops.epochs[best]:g}", "pulse-drops: its best state")
    low = int(np.flatnonzero((shares < 0.4) & (np.arange(len(shares)) > best))[0])
    yield Figure(
        4, f"{percent(float(shares[low]))} at epoch {drops.epochs[low]:g}", "pulse-drops: the first state after it with less than 40%"
    )
    study = catalog.load("pulse-study")
    shares = study.history["accuracy_test"]
    best = int(shares.argmax())
    yield Figure(4, f"{percent(float(shares[best]))} at epoch {study.epochs[best]:g}", "pulse-study: its best state")
    yield Figure(4, percent(float(shares[-1])), "pulse-study: its last state")
    yield Figure(4, f"dead by epoch {fate.died(study.history):g}", "pulse-study: from where its act is 0 to the end")
    yield from _ends(4, "pulse-reliable")


def _recogniser() -> Iterator[Figure]:
    yield from _states(5, "digit-cnn", 0, 0.146, 16)
    run = catalog.load("digit-cnn")
    sizes = {name: int(np.prod(shape[1:])) for name, shape in run.shapes.items()}
    yield Figure(5, f"{sum(sizes.values()):,} numbers", "digit-cnn: all that it learns")
    yield Figure(5, f"{sizes['conv1.kernel']} weights", "digit-cnn: of the first convolution")
    yield from _ends(5, "digit-cnn")


def _sweep() -> Iterator[Figure]:
    yield from _states(6, "uci-softmax", 40)
    yield from _ends(6, "uci-softmax")
    yield from _ends(6, "digit-cnn-small")
    test = catalog.load("uci-softmax").spec.data.test
    yield Figure(6, f"{test} test images", "uci-softmax: those of the UCI digits")
    yield Figure(6, f"{100 / test:.2f} points", "one test image of the UCI digits")


if __name__ == "__main__":
    for one in figures():
        print(f"lesson {one.lesson}  {one.text:45}  {one.source}")
