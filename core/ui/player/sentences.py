"""Sentences that depend on the state, as they travel to the browser: what all of them share once, and what differs for each."""

from collections.abc import Sequence
from itertools import takewhile
from typing import Any


def packed(texts: Sequence[str]) -> dict[str, Any]:
    """One text a frame as the part before, the part after, and what stands between; a text has these three one behind the other."""
    start = _alike(texts)
    end = _alike([text[start:][::-1] for text in texts])
    before, after = (texts[0][:start], texts[0][len(texts[0]) - end :]) if texts else ("", "")
    return {"before": before, "between": tuple(text[start : len(text) - end] for text in texts), "after": after}


def _alike(texts: Sequence[str]) -> int:
    """How many signs at their beginning all texts share."""
    return len(list(takewhile(lambda signs: len(set(signs)) == 1, zip(*texts, strict=False))))
