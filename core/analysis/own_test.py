"""What a network says to images that somebody brought: a task, part by part, and what was misread."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from core.analysis.robustness import PART, logits, taken
from core.models.activations import softmax


def said(arrays: Mapping[str, np.ndarray], model: Mapping[str, Any]) -> Iterator[dict[str, np.ndarray]]:
    """A task with the arrays and arguments of `robustness.given`: the logits of PART images after another, (n, classes)."""
    spec, weights, images = taken(arrays, model)
    for start in range(0, len(images), PART):
        yield {"logits": logits(spec, weights, images[start : start + PART])}


def parts_of(count: int) -> int:
    """How many parts the answer has."""
    return -(-count // PART)


def misread(found: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of logits (N, classes) and labels (N,) the rows that are read wrong, the surest mistakes first, and how sure each is."""
    shares = softmax(found.astype(np.float64))
    wrong = np.flatnonzero(shares.argmax(1) != labels)
    sure = shares[wrong].max(1)
    order = np.argsort(-sure, kind="stable")
    return wrong[order], sure[order]
