"""What stands in a network's weights, in a row each."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from core.models import network
from core.specs import ACTIVATIONS, STEPS, ModelSpec


def weight_table(weights: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Each weight's shape, parameters, min, max, mean, zeros and NaN; min, max and mean leave NaN out."""
    rows = []
    for name, values in weights.items():
        finite = values[~np.isnan(values)].astype(np.float64)
        rows.append(
            {
                "weight": name,
                "shape": " x ".join(str(n) for n in values.shape),
                "parameters": values.size,
                "min": float(finite.min()) if finite.size else np.nan,
                "max": float(finite.max()) if finite.size else np.nan,
                "mean": float(finite.mean()) if finite.size else np.nan,
                "zeros": int((values == 0).sum()),
                "NaN": int(np.isnan(values).sum()),
            }
        )
    return pd.DataFrame(rows)


def layer_table(model: ModelSpec) -> pd.DataFrame:
    """Each layer's output shape, parameters, kernel, stride and activation, the totals in the last row."""
    rows = _dense_rows(model) if model.kind == "dense" else _rows(model)
    frame = pd.DataFrame(rows)
    total = {"layer": "Total", "output": "", "values": frame["values"].sum(), "parameters": frame["parameters"].sum()}
    return pd.concat([frame, pd.DataFrame([{**dict.fromkeys(frame.columns, ""), **total}])], ignore_index=True)


def _rows(model: ModelSpec) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for layer in network.layers(model):
        if layer.kind in ("relu", "probabilities") and (model.kind == "digit_cnn" or layer.kind == "probabilities"):
            continue  # they stand as the activation of the layer before
        rows.append(
            {
                "layer": layer.title,
                "output": " x ".join(str(n) for n in layer.shape),
                "values": int(np.prod(layer.shape)),
                "parameters": layer.parameters,
                "kernel": f"{layer.kernel}x{layer.kernel}" if layer.kernel else "",
                "stride": str(layer.stride) if layer.stride and layer.kernel else "",
                "activation": _said(layer.activation),
            }
        )
    return rows


def _dense_rows(model: ModelSpec) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for i, units in enumerate(model.sizes):
        end = "" if not i else model.output if i == len(model.sizes) - 1 else model.activation
        rows.append(
            {
                "layer": f"Dense {i}" if i else "Input",
                "output": str(units),
                "values": units,
                "parameters": units * (model.sizes[i - 1] + 1) if i else 0,
                "kernel": "",
                "stride": "",
                "activation": _said(end),
            }
        )
    return rows


def _said(activation: str) -> str:
    """What people call an activation."""
    return ACTIVATIONS.get(activation) or (STEPS[activation][0] if activation in STEPS else activation)


def spread(values: np.ndarray, bins: int = 40) -> pd.DataFrame:
    """How a weight's values (any shape) are spread: low, high and count of each bin; what is no number is left out."""
    known = values[np.isfinite(values)].astype(np.float64)  # or bins could be too narrow for the numbers' own kind
    counts, edges = np.histogram(known, bins=min(bins, max(4, values.size // 2)))
    return pd.DataFrame({"low": edges[:-1], "high": edges[1:], "count": counts})
