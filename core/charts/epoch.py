"""The epoch as a parameter inside a chart, so that a player in the browser can move it without the server.

`epoch` is the number of a stored state. Where a run has more states than the browser should hold, a table keeps every
`step`-th of them and those that are asked for in full; between them the one before is shown until the player rests.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd

HERE = "datum.state === epoch"  # keeps the rows of the state shown
VALUES = 250_000  # numbers of one chart that the browser holds, over all states


@dataclass(frozen=True)
class Frames:
    """Which of a run's states the browser holds."""

    states: int  # stored
    step: int = 1  # every so manieth is kept

    @property
    def kept(self) -> list[int]:
        """The states that are kept, ascending from the start."""
        return list(range(0, self.states, self.step))

    def with_full(self, full: Iterable[int]) -> list[int]:
        """The states kept when some are asked for in full beside them."""
        return sorted({*self.kept, *(state for state in full if 0 <= state < self.states)})


def frames(states: int, values: int, budget: int = VALUES) -> Frames:
    """As many states of so many values each as the budget allows, evenly spread, the start at least."""
    return Frames(states, max(1, -(-states * values // budget)))


def value(step: int, prefix: str = "s", state: str = "epoch") -> str:
    """The Vega expression of a row's column for a state: `s0`, `s1`, ...; with steps, the nearest kept one before it."""
    column = f"datum['{prefix}' + {state}]"
    return column if step == 1 else f"(isValid({column}) ? {column} : datum['{prefix}' + {step} * floor({state} / {step})])"


def columns(stack: np.ndarray | Mapping[int, np.ndarray], states: Iterable[int], prefix: str = "s") -> dict[str, np.ndarray]:
    """Columns `s0`, `s1`, ... of a table: each state's values in one line, float32."""
    return {f"{prefix}{state}": np.ravel(stack[state]).astype(np.float32) for state in states}


def epoch_param(states: int) -> alt.Parameter:
    """The parameter `epoch`, 0 to states - 1, bound to an input that the player writes.

    Give it its opening value when the chart is shown, and the same from rerun to rerun: a change rebuilds the view.
    """
    return alt.param(name="epoch", bind=alt.binding_range(min=0, max=max(states - 1, 1), step=1), value=0)


def opening(state: int, states: int) -> dict[str, int]:
    """The value that `epoch` opens with."""
    return {"epoch": max(0, min(state, states - 1))}


def epoch_axis(last: float, squeezed: bool = False) -> alt.X:
    """The axis of epochs, 0 to the last; `squeezed` for runs with states inside the first epoch, which then have room."""
    if squeezed:
        scale = alt.Scale(type="sqrt", domain=[0, last or 1], nice=False)
        axis = alt.Axis(grid=False, tickCount=8, labelOverlap="greedy", labelSeparation=5)
        return alt.X("epoch:Q", title="epoch (square-root scale)", scale=scale, axis=axis)
    scale = alt.Scale(domain=[0, last or 1], nice=False)
    return alt.X("epoch:Q", title="epoch", scale=scale, axis=alt.Axis(grid=False, tickMinStep=1))


def squeezed(epochs: np.ndarray) -> bool:
    """Whether states (states,) lie inside the first epoch."""
    return bool(((epochs > 0) & (epochs < 1)).any())


def mark(colour: str) -> alt.Chart:
    """A line at the epoch shown, on the table "states" of state and epoch."""
    chart = alt.Chart(alt.NamedData("states")).transform_filter(HERE)
    return chart.mark_rule(color=colour, strokeWidth=1.5).encode(x="epoch:Q")


def strips(states: pd.DataFrame) -> pd.DataFrame:
    """The table "strips": for each row of state and epoch the stretch of the axis that is nearest to it, as left and right."""
    epochs = states["epoch"].to_numpy(dtype=float)
    if len(epochs) < 2:
        return states.assign(left=epochs - 0.5, right=epochs + 0.5)
    middles = (epochs[1:] + epochs[:-1]) / 2
    return states.assign(left=[epochs[0], *middles], right=[*middles, epochs[-1]])
