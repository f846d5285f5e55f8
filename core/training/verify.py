"""Read stored runs back and count their test predictions again from the weights."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.data.folder import MissingData
from core.data.pulse_sets import pulse_set
from core.models import network
from core.models.counts import accuracy, confusion
from core.runs import store
from core.runs.run import Run
from core.runs.shipped import NAMES
from core.specs import DataSpec, SpecError
from core.training.samples import as_read, samples

ALLOWED = 3  # predictions in 10,000 that may differ: sums of float32 in another order can break a tie


@dataclass(frozen=True)
class Verdict:
    """What became of checking one run."""

    key: str
    sound: bool
    sentence: str


@lru_cache(maxsize=4)
def test_images(data: DataSpec) -> tuple[np.ndarray, np.ndarray]:
    """The test images (N, ...) uint8 and labels (N,) of a data spec, read-only since they are kept."""
    if data.name == "pulses":
        pulses = pulse_set(data, "test")
        found = (pulses.images, pulses.labels)
    else:
        found = samples(data).test
    for array in found:
        array.flags.writeable = False
    return found


def recount(run: Run, index: int) -> np.ndarray:
    """Confusion counts (classes, classes) on the test images of one stored state, from its weights.

    Raises:
        IndexError: there is no such state.
        MissingData: the images are not here.
    """
    images, labels = test_images(run.spec.data)
    if run.spec.model.kind != "pulse_cnn":
        images = as_read(images, run.spec.model)
    answers = network.answers(run.spec.model, run.state(index), images)
    return confusion(labels, answers.argmax(1), run.spec.model.sizes[-1])


def differing(counts: np.ndarray, others: np.ndarray) -> int:
    """How many predictions must have changed, at least, to make one table of counts from the other."""
    return int(np.abs(counts.astype(np.int64) - others).sum()) // 2


def verify(key: str) -> Verdict:
    """Check one stored run: its hashes, its stacks, and for each state that is whole its test predictions."""
    try:
        run = store.load(key)
    except (store.DamagedRun, store.MissingRun) as error:
        return Verdict(key, False, str(error))
    name = NAMES.get(key, key)
    try:
        stored = run.evaluation("confusion")
    except KeyError:
        return Verdict(key, True, f"{name}: files whole; it holds no confusion counts to check.")
    if not stored[-1].any() and not run.spec.data.test:
        return Verdict(key, True, f"{name}: files whole; it was trained without test images, so there is nothing to count again.")
    whole = range(run.states) if run.spec.train.store == "all" else range(run.states - 1, run.states)
    try:
        worst = max(differing(recount(run, i), stored[i]) for i in whole)
    except (MissingData, SpecError) as error:
        return Verdict(key, False, f"{name}: files whole, predictions not checked: {error}")
    total = int(stored[-1].sum())
    told = float(run.history["accuracy_test"][-1])
    again = float(accuracy(stored[-1]))
    sound = worst <= max(1, ALLOWED * total // 10_000) and abs(told - again) < 1e-9
    sentence = (
        f"{name}: files whole; {len(whole)} states counted again, at most {worst} of {total:,} test predictions differ; test {again:.2%}."
    )
    return Verdict(key, sound, sentence if sound else f"{sentence} Its history says {told:.2%}: the run is not what was trained.")
