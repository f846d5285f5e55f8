"""How far a network's probabilities can be trusted: what is answered above a threshold, and whether 90% sure means 90% right."""

from dataclasses import dataclass

import numpy as np

from core.models.activations import softmax

BINS = 10  # of the reliability diagram
CURVE = np.concatenate([np.linspace(0, 0.95, 96), 1 - np.geomspace(0.05, 1e-6, 60)])  # thresholds of a line
COLDEST, WARMEST = 0.1, 10.0  # temperatures among which the best is sought


@dataclass(frozen=True)
class Answered:
    """What is answered when the network says nothing below a threshold, by threshold; all arrays are (thresholds,)."""

    thresholds: np.ndarray
    share: np.ndarray  # of all images that get an answer
    right: np.ndarray  # share right among those; NaN where none is answered
    wrong: np.ndarray  # how many of those are wrong


@dataclass(frozen=True)
class Reliability:
    """Images by how sure the network is of its answer; all arrays are (bins,), empty bins hold NaN."""

    edges: np.ndarray  # (bins + 1,)
    count: np.ndarray
    sure: np.ndarray  # mean probability of the answer
    right: np.ndarray  # share right

    @property
    def error(self) -> float:
        """Mean distance between how sure and how right, each image counted alike (expected calibration error; Naeini et al. 2015)."""
        there = self.count > 0
        return float((self.count[there] * np.abs(self.sure - self.right)[there]).sum() / max(self.count.sum(), 1))


def probabilities(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Probabilities (N, classes) float64 of logits divided by a temperature: above 1 less sure, below 1 surer, never another answer."""
    return softmax(np.asarray(logits, np.float64) / temperature)


def sure_when_wrong(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The probability of each wrong answer, (wrong answers,)."""
    shares = probabilities(logits)
    return shares[shares.argmax(1) != labels].max(1)


def answered(shares: np.ndarray, labels: np.ndarray, thresholds: np.ndarray) -> Answered:
    """What is answered at each threshold by probabilities (N, classes) against labels (N,)."""
    sure, right = shares.max(1), shares.argmax(1) == labels
    order = np.argsort(sure, kind="stable")
    first = np.searchsorted(sure[order], thresholds, side="left")  # the first image that is sure enough
    above = len(sure) - first
    hits = np.append(np.cumsum(right[order][::-1])[::-1], 0)[first]  # right ones among them
    share = np.divide(hits, above, out=np.full(len(first), np.nan), where=above > 0)
    return Answered(np.asarray(thresholds, float), above / max(len(sure), 1), share, above - hits)


def reliability(shares: np.ndarray, labels: np.ndarray, bins: int = BINS) -> Reliability:
    """Images (N, classes) by the probability of their answer, in bins of equal width."""
    sure, right = shares.max(1), shares.argmax(1) == labels
    edges = np.linspace(0, 1, bins + 1)
    which = np.clip(np.searchsorted(edges, sure, side="left") - 1, 0, bins - 1)  # a bin holds its upper edge
    count = np.bincount(which, minlength=bins)
    mean = [np.divide(np.bincount(which, values, bins), count, out=np.full(bins, np.nan), where=count > 0) for values in (sure, right)]
    return Reliability(edges, count, mean[0], mean[1])


def loss(logits: np.ndarray, labels: np.ndarray, temperature: float) -> float:
    """Mean cross-entropy at a temperature."""
    z = np.asarray(logits, np.float64) / temperature
    top = z.max(1, keepdims=True)
    return float((np.log(np.exp(z - top).sum(1)) + top[:, 0] - z[np.arange(len(z)), labels]).mean())


def best_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature with the least cross-entropy (Guo et al. 2017), between COLDEST and WARMEST."""
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(
        lambda t: loss(logits, labels, float(np.exp(t))),
        bounds=(np.log(COLDEST), np.log(WARMEST)),
        method="bounded",
        options={"xatol": 1e-4},
    )
    return float(np.exp(found.x))
