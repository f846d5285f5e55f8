"""The terms that a unit's activation is made of, summed in float64 so that the total is the number shown."""

from dataclasses import dataclass

import numpy as np

from core.analysis.dense import order
from core.models.activations import activate
from core.models.dense import Weights, depth, forward, preactivation


@dataclass(frozen=True)
class Ledger:
    """One unit's sum, term by term, for one image."""

    sources: np.ndarray  # (n,) inputs of the largest terms, largest first without sign
    inputs: np.ndarray  # (n,) what they send
    weights: np.ndarray  # (n,)
    products: np.ndarray  # (n,) input times weight
    rest: float  # sum of all other terms
    rest_count: int  # how many those are
    bias: float
    total: float  # all terms and the bias
    function: str  # name of the activation, or "softmax"
    activation: float  # of the total; softmax needs the other units' totals as well

    @property
    def listed(self) -> float:
        """Sum of what the ledger lists: its terms, the rest and the bias."""
        return float(self.products.sum() + self.rest + self.bias)


def products(state: Weights, layer: int, inputs: np.ndarray) -> np.ndarray:
    """x_i * w_ij of one layer (1 = first) for one image's inputs (inputs,): (inputs, outputs) float64."""
    return np.asarray(inputs, np.float64)[:, None] * state[f"dense{layer}.kernel"]


def ledger(
    state: Weights, image: np.ndarray, layer: int, unit: int, activation: str = "tanh", output: str = "softmax", largest: int = 8
) -> Ledger:
    """The ledger of one unit of one layer (1 = first) for one image (...) of pixels in [0, 1].

    Raises:
        ValueError: there is no such layer or unit.
    """
    last = depth(state)
    if not 1 <= layer <= last:
        raise ValueError(f"The network has layers 1 to {last}, not {layer}.")
    units = state[f"dense{layer}.kernel"].shape[1]
    if not 0 <= unit < units:
        raise ValueError(f"Layer {layer} has units 0 to {units - 1}, not {unit}.")
    inputs = forward(state, np.asarray(image)[None], activation, output, np.float64)[layer - 1]  # (1, inputs)
    terms = products(state, layer, inputs[0])[:, unit]  # (inputs,)
    top = order(terms, "size")[:largest]
    top = top[terms[top] != 0]  # a blank pixel explains nothing
    bias = float(state[f"dense{layer}.bias"][unit])
    function = output if layer == last else activation
    sums = preactivation(state, layer, inputs)[0]  # (units,)
    return Ledger(
        sources=top,
        inputs=inputs[0][top],
        weights=state[f"dense{layer}.kernel"][top, unit].astype(np.float64),
        products=terms[top],
        rest=float(np.delete(terms, top).sum()),
        rest_count=len(terms) - len(top),
        bias=bias,
        total=float(terms.sum() + bias),
        function=function,
        activation=float(activate(sums, function)[unit]),
    )
