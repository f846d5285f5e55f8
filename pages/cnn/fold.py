"""What stands open on a wide screen and behind a line on a narrow one, where the page would else be endless."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.frame import screen


@contextmanager
def folded(title: str, key: str) -> Iterator[bool]:
    """A part of the page; on a narrow screen it is drawn once somebody opens it, which the value says.

    with folded("The picked kernel", "cnn-fold-kernel") as is_open:
        if is_open:
            draw()
    """
    if not screen.narrow():
        yield True
        return
    with st.expander(title, key=key, on_change="rerun") as part:
        yield bool(part.open)
