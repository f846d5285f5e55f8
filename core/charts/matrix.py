"""Heat maps of small weight matrices that sort and step through the epochs in the browser (client_order.py)."""

from collections.abc import Sequence

import altair as alt
import numpy as np

from core.charts.client_order import TABLE, Block, Opening, frame, opening_values, ordered, parameters, picked_in, with_parameters
from core.charts.epoch import Frames, frames
from core.charts.matrix_parts import GAP, LABEL, STRIP, TITLE, bias_strip, cells, fitting, gap, heading, labels, norm_strip
from core.charts.prepared import Prepared, built
from core.charts.size import cell_size
from core.charts.theme import Theme


def ends(values: np.ndarray, biases: np.ndarray) -> dict[str, float]:
    """Where the scales end, the same for all states (states, rows, columns) and (states, columns): parameters of `matrix`."""
    square = np.square(values, dtype=np.float64)
    return {
        "limit": float(np.abs(values).max()) or 1.0,
        "rowTop": float(np.sqrt(square.sum(2)).max()) or 1.0,
        "columnTop": float(np.sqrt(square.sum(1)).max()) or 1.0,
        "biasLimit": float(np.abs(biases).max()) or 1.0,
    }


def matrix(
    values: np.ndarray,
    biases: np.ndarray,
    colours: Theme,
    *,
    opening: Opening | None = None,
    full: Sequence[int] = (),
    column_names: Sequence[str] = (),
    titles: tuple[str, str] = ("inputs", "outputs"),
    own_limits: bool = False,
    room: tuple[int, int] = (460, 400),
) -> Prepared:
    """A layer's kernel with labels, bias strip and the norm strips, for a `small` matrix; rows are inputs, columns outputs.

    Args:
        values: (states, rows, columns).
        biases: (states, columns).
        opening: what it shows when it is drawn.
        full: states that the browser must hold beside those that it holds anyway and those that it opens with.
        column_names: of the outputs; their numbers without.
        titles: what the rows and the columns are, in words.
        own_limits: stretch the colours of each state to its own largest |weight|, instead of that of all states.
        room: pixels that the cells may fill, across and down; about 150 more are for names and norms.
    """
    opening = opening or Opening()
    states, rows, columns = values.shape
    kept = held_states(states, rows, columns)
    spec = _matrix(colours, (rows, columns), states, kept.step, tuple(column_names), titles, own_limits, room)
    table = frame([Block("cur", values, "A", "B")], biases, kept.with_full([opening.state, opening.held, *full]))
    peaks = {"peaks": np.abs(values).max(axis=(1, 2)).tolist()} if own_limits else {}
    return Prepared(spec, {TABLE: table}, ends(values, biases) | peaks, opening_values(opening))


def held_states(states: int, rows: int, columns: int) -> Frames:
    """Which states the browser holds of a matrix."""
    return frames(states, (rows + 1) * columns)


@built
def _matrix(
    colours: Theme,
    shape: tuple[int, int],
    states: int,
    step: int,
    names: tuple[str, ...],
    titles: tuple[str, str],
    own_limits: bool,
    room: tuple[int, int],
) -> alt.TopLevelMixin:
    rows, columns = shape
    across, down = cell_size(columns, room[0], most=46), cell_size(rows, room[1], stretch=1.6)
    body = cells(
        "cur",
        shape,
        "limit",
        colours,
        width=across * columns,
        height=down * rows,
        titles=("input", "output"),
        name="matrix",
        called=((), names),
        own_limits=own_limits,
    )
    top = labels("B", columns, names, colours, size=across, block="cur", across=True)
    left = labels("A", rows, (), colours, size=down, block="cur", across=False)
    right = norm_strip("cur", rows, "rowTop", colours, size=down, across=False, unit_name="input", name="row-norms")
    below = norm_strip(
        "cur", columns, "columnTop", colours, size=across, across=True, unit_name="output", name="column-norms", called=names
    )
    bias = bias_strip(columns, "biasLimit", colours, size=across, called=names)
    lead = TITLE + GAP + LABEL
    down_title = heading(fitting(titles[0], down * rows), colours, width=TITLE, height=down * rows, upright=True)
    across_title = heading(fitting(titles[1], across * columns), colours, width=across * columns)
    grid = alt.vconcat(
        alt.hconcat(gap(lead, "gap-1"), across_title, heading("L2 norm", colours, width=STRIP), spacing=GAP),
        alt.hconcat(gap(lead, "gap-2"), top, spacing=GAP),
        alt.hconcat(down_title, left, body, right, spacing=GAP).resolve_scale(color="independent", x="independent", y="independent"),
        alt.hconcat(heading("bias", colours, width=lead, align="right"), bias, spacing=GAP),
        alt.hconcat(heading("L2 norm", colours, width=lead, align="right"), below, spacing=GAP),
        spacing=GAP,
        data=alt.NamedData(TABLE),
        padding={"left": 0, "top": 2, "right": 0, "bottom": 6},
    )
    chart = ordered(grid.resolve_scale(color="independent", x="independent", y="independent"), step)
    scales = [alt.param(name=name, value=1.0) for name in ("limit", "rowTop", "columnTop", "biasLimit")]
    if own_limits:
        scales.append(alt.param(name="peaks", value=[1.0] * states))
    return picked_in(with_parameters(chart, [*parameters(states), *scales]), ("matrix", "row-norms", "column-norms"))
