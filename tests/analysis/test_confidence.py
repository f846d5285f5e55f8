"""Thresholds, reliability and temperature against scikit-learn and counts made image by image."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import log_loss

from core.analysis import confidence

RNG = np.random.default_rng(5)
LABELS = RNG.integers(0, 10, 3_000)
TRUE = RNG.normal(0, 1, (3_000, 10)) + 2.5 * np.eye(10)[LABELS]
LOGITS = (3 * TRUE).astype(np.float32)  # three times too sure


def test_what_is_answered_is_counted_image_by_image() -> None:
    shares = confidence.probabilities(LOGITS)
    thresholds = np.array([0.0, 0.5, 0.9, 0.999, shares.max(), 1.01])
    found = confidence.answered(shares, LABELS, thresholds)
    for i, threshold in enumerate(thresholds):
        kept = [n for n in range(len(shares)) if max(shares[n]) >= threshold]
        right = [n for n in kept if np.argmax(shares[n]) == LABELS[n]]
        assert found.share[i] == pytest.approx(len(kept) / len(shares))
        assert found.wrong[i] == len(kept) - len(right)
        assert found.right[i] == pytest.approx(len(right) / len(kept)) if kept else np.isnan(found.right[i])


def test_reliability_is_scikit_learn_s() -> None:
    shares = confidence.probabilities(LOGITS)
    sure, right = shares.max(1), shares.argmax(1) == LABELS
    found = confidence.reliability(shares, LABELS)
    there = found.count > 0
    true, mean = calibration_curve(right, sure, n_bins=10)
    np.testing.assert_allclose(found.right[there], true)
    np.testing.assert_allclose(found.sure[there], mean)
    assert found.count.sum() == len(LABELS)
    by_hand = sum(
        abs(sure[b].mean() - right[b].mean()) * b.sum() for i in range(10) if (b := (sure > i / 10) & (sure <= (i + 1) / 10)).any()
    )
    assert found.error == pytest.approx(by_hand / len(LABELS))


def test_the_best_temperature_undoes_what_was_done() -> None:
    own, thrice = confidence.best_temperature(LOGITS / 3, LABELS), confidence.best_temperature(LOGITS, LABELS)
    assert thrice == pytest.approx(3 * own, rel=1e-3)
    grid = np.geomspace(0.5, 8, 60)
    assert thrice == pytest.approx(grid[np.argmin([log_loss(LABELS, confidence.probabilities(LOGITS, t)) for t in grid])], rel=0.03)
    before, after = (confidence.reliability(confidence.probabilities(LOGITS, t), LABELS).error for t in (1.0, thrice))
    assert after < before / 2


def test_a_temperature_never_changes_an_answer() -> None:
    answers = {tuple(confidence.probabilities(LOGITS[:200], t).argmax(1)) for t in (0.2, 1.0, 5.0)}
    assert len(answers) == 1
    assert confidence.loss(LOGITS, LABELS, 2.0) == pytest.approx(log_loss(LABELS, confidence.probabilities(LOGITS, 2.0)))
