"""One image laid over every template: product pictures, the sums of their two signs, the logit and its softmax, best class first.

Drawn in the browser in place, so that a drawing or another epoch changes the pictures without a blank between.
"""

import base64
from collections.abc import Sequence

import numpy as np

from core.analysis.matching import Match
from core.charts.theme import Theme
from core.frame.browser_part import browser_part

_component = browser_part("kernel_explorer_match_board", __file__)


def match_board(key: str, found: Match, names: Sequence[str], limit: float, theme: Theme) -> None:
    """Show a match.

    Args:
        found: products (classes, height, width[, 3]) and their sums.
        names: of the classes.
        limit: the product at which colours are full.
    """

    def packed(numbers: np.ndarray, kind: str) -> str:
        return base64.b64encode(np.ascontiguousarray(numbers, dtype=kind).tobytes()).decode()

    _, height, width = found.products.shape[:3]
    _component(
        key=key,
        data={
            "products": packed(found.products, "<f4"),
            "palette": packed(theme.signed_palette, "u1"),
            "height": height,
            "width": width,
            "channels": found.products.shape[3] if found.products.ndim == 4 else 1,
            "limit": limit,
            "reach": float(max(found.positive.max(), -found.negative.min(), np.abs(found.logits).max())),
            "colours": {"pro": theme.up, "contra": theme.down, "share": theme.solid, "mark": theme.mark},
            "rows": [
                {
                    "unit": int(c),
                    "name": names[c],
                    "positive": float(found.positive[c]),
                    "negative": float(found.negative[c]),
                    "bias": float(found.bias[c]),
                    "logit": float(found.logits[c]),
                    "share": float(found.probabilities[c]),
                }
                for c in found.order
            ],
        },
    )
