"""Every kind of network: a stored run's test predictions, counted again from its weights, are those of its training."""

from pathlib import Path

import numpy as np
import pytest

from core.data import digits
from core.models.mlp import confusion
from core.specs import MODEL_KINDS, DataSpec, ModelSpec, PulseSpec, RunSpec, TrainSpec
from core.training import loop, verify
from core.training.predict import PREDICTORS

_FEW = DataSpec(train=60, validation=0, test=80)
TINY = {
    "dense": RunSpec(_FEW, ModelSpec(sizes=(784, 12, 10)), TrainSpec(batch=10, epochs=5)),
    "digit_cnn": RunSpec(
        _FEW,
        ModelSpec("digit_cnn", sizes=(10,), activation="relu", initializer="he", channels=(8, 16), kernel_size=5),
        TrainSpec(optimizer="sgd", learning_rate=0.1, batch=20, epochs=2),
    ),
    "pulse_cnn": RunSpec(
        DataSpec("pulses", train=40, validation=0, test=80, pulses=PulseSpec(size=40)),
        ModelSpec("pulse_cnn", sizes=(32, 16, 3), initializer="he", channels=(5, 1), kernel_size=9, image=40),
        TrainSpec(batch=20, epochs=2, store="kernels"),
    ),
}


def images(split: str) -> tuple[np.ndarray, np.ndarray]:
    """Noise with a bright row whose height is the label."""
    rng = np.random.default_rng(["train", "validation", "test"].index(split))
    pixels, labels = rng.integers(0, 128, (80, 28, 28), dtype=np.uint8), rng.integers(0, 10, 80, dtype=np.uint8)
    pixels[np.arange(80), 2 * labels + 4] = 255
    return pixels, labels


@pytest.fixture(autouse=True)
def small_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(digits, "load", images)
    verify.test_images.cache_clear()


def test_every_kind_of_network_can_be_counted_again() -> None:
    assert set(PREDICTORS) == set(TINY) == set(MODEL_KINDS)


@pytest.mark.parametrize("kind", TINY)
def test_counts_come_out_again(kind: str) -> None:
    run = loop.save_records(TINY[kind], loop.train(TINY[kind]))
    counts = verify.recount(run, -1)
    assert counts.sum() == 80
    assert (counts > 0).any(0).sum() > 1, "a network that always says the same shows nothing here"
    assert verify.differing(counts, run.evaluation("confusion")[-1]) <= 1
    assert verify.verify(run.key).sound


def test_differing_by_hand() -> None:
    """One image moves from a right cell to a wrong one: two cells change, one prediction did."""
    labels = np.array([0, 0, 1], np.uint8)
    before, after = (confusion(labels, np.array(guess), 2) for guess in ([0, 0, 1], [0, 1, 1]))
    assert verify.differing(before, after) == 1
    assert verify.differing(before, before) == 0


def test_a_key_that_is_not_stored_is_faulty() -> None:
    verdict = verify.verify("0123456789ab")
    assert not verdict.sound
    assert "No run 0123456789ab is stored" in verdict.sentence
