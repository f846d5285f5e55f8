"""One convolution kernel as cells that can be read, and several side by side as an array."""

import altair as alt
import numpy as np
import pandas as pd

from core.charts.size import FIXED
from core.charts.theme import Theme, signed_scale

GAP = 1  # weights of zero between two kernels


def strip(kernels: np.ndarray) -> np.ndarray:
    """Kernels side by side with a gap of zeros, (kernels, k, k) -> (k, kernels * (k + GAP) - GAP)."""
    parts = [np.pad(kernel, ((0, 0), (0, GAP))) for kernel in kernels]
    return np.concatenate(parts, axis=1)[:, :-GAP]


def kernel(weights: np.ndarray, limit: float, colours: Theme, side: int = 225) -> alt.Chart:
    """The weights of one kernel (k, l), each with its value under the pointer; `side` in pixels."""
    rows, columns = weights.shape
    frame = pd.DataFrame(
        {
            "row": np.repeat(np.arange(1, rows + 1), columns),
            "column": np.tile(np.arange(1, columns + 1), rows),
            "weight": weights.ravel().astype(float),
        }
    )
    unit = max(1, side // max(rows, columns))
    return (
        alt.Chart(frame)
        .mark_rect()
        .encode(
            x=alt.X("column:O", axis=None),
            y=alt.Y("row:O", axis=None),
            color=alt.Color("weight:Q", scale=signed_scale(limit, colours), legend=None),
            tooltip=["row:O", "column:O", alt.Tooltip("weight:Q", format="+.5f")],
        )
        .properties(width=unit * columns, height=unit * rows, autosize=FIXED)
    )
