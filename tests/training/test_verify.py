"""Every kind of network: a stored run's test predictions, counted again from its weights, are those of its training."""

from pathlib import Path

import numpy as np
import pytest

from core.data import digits
from core.models import network
from core.models.counts import confusion
from core.specs import MODEL_KINDS
from core.training import loop, verify
from tests.training.kinds import TINY, images


@pytest.fixture(autouse=True)
def small_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(digits, "load", images)
    verify.test_images.cache_clear()


def test_every_kind_of_network_can_be_counted_again() -> None:
    """All but a sequence of layers, which is brought in and never trained here: tests/importing counts it again."""
    assert set(network.MODULES) - {"sequence"} == set(loop.TRAINERS) == set(TINY) == set(MODEL_KINDS) - {"sequence"}


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
