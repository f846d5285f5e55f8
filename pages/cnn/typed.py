"""A kernel that a person types into a grid."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import classical_kernels
from core.frame import choices
from core.frame.plain import plain
from pages.cnn.choices import put, typed_numbers, typed_text, value


@dataclass
class Grid:
    """The grid on the page. Streamlit holds what is typed as changes of the table that a grid began with."""

    began: str  # with this kernel
    gave: str  # the kernel that stands in it, as far as we know
    number: int = 1  # of the grids so far, this one among them

    @property
    def key(self) -> str:
        return f"cnn-typed-{self.number}"


def _grid() -> Grid:
    """The grid; it begins anew from what is chosen whenever that was changed elsewhere, as by a link, or the grid had gone."""
    kept = value("typed")
    grid: Grid = st.session_state.setdefault("_cnn-grid", Grid(kept, kept))
    if grid.gave != kept or grid.key not in st.session_state:
        grid = st.session_state["_cnn-grid"] = Grid(kept, kept, grid.number + 1)
    return grid


def typed_kernel() -> np.ndarray | None:
    """The kernel in the grid, (k, k); None after saying what is wrong with it."""
    grid = _grid()
    start = _square(grid.began)
    st.segmented_control("Cells a side", classical_kernels.SIDES, required=True, **choices.showing("cnn-side", len(start), _another_side))
    table = pd.DataFrame(start, columns=[str(i + 1) for i in range(len(start))])
    edited = st.data_editor(table, hide_index=True, key=grid.key, num_rows="fixed", width="content")
    try:
        kernel = classical_kernels.typed(edited.to_numpy())
    except ValueError as error:
        st.error(plain(error), icon=":material/error:")
        return None
    grid.gave = typed_text(kernel.ravel().tolist())
    put("typed", grid.gave)
    return kernel


def _square(text: str) -> np.ndarray:
    numbers = np.array(typed_numbers(text))
    return numbers.reshape(math.isqrt(len(numbers)), -1)


def _another_side(side: int) -> None:
    """In a callback: the kernel in the middle of a grid of another side, or its middle, cut out."""
    kernel = _square(value("typed"))
    more = max(0, (side - len(kernel)) // 2)
    less = max(0, (len(kernel) - side) // 2)
    cut = np.pad(kernel, more)[less : less + side, less : less + side]
    put("typed", typed_text(cut.ravel().tolist()))
