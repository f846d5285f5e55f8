"""The pad as other pages use it: a drawing in, (28, 28) out, or a sentence."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

ONE = {"sequence": 7, "strokes": [{"width": 85, "points": [500, 150, 500, 850]}]}
DOT = {"sequence": 8, "strokes": [{"width": 85, "points": [500, 500]}]}


def script(example: bool) -> None:
    import streamlit as st

    from core.ui.drawn_digit import drawn_digit

    with drawn_digit("some-pad", example=example) as image:
        st.session_state["seen"] = image


def run(example: bool = False, sent: object = None) -> AppTest:
    test = AppTest.from_function(script, kwargs={"example": example}, default_timeout=30)
    if sent is not None:
        test.session_state["some-pad"] = {"drawing": sent}
    return test.run()


def test_a_drawing_comes_as_a_network_sees_it():
    test = run(sent=ONE)
    assert not test.exception
    image = test.session_state["seen"]
    assert image.shape == (28, 28) and image.dtype == np.float32 and image.max() == pytest.approx(1)
    rows, columns = np.nonzero(image > 0.5)
    assert np.ptp(rows) >= 17 and np.ptp(columns) <= 3  # upright and thin


def test_our_example_stands_there_at_first_and_only_if_wanted():
    assert run(example=True).session_state["seen"] is not None
    test = run(example=False)
    assert test.session_state["seen"] is None and any("Nothing is drawn yet" in m.value for m in test.markdown)


@pytest.mark.parametrize("sent", [DOT, {"sequence": 9, "strokes": []}, "nonsense", {"strokes": [{"width": "x", "points": [1, 2]}]}])
def test_no_digit_is_a_sentence(sent):
    test = run(sent=sent)
    assert not test.exception and test.session_state["seen"] is None
    assert any("No digit to read" in m.value for m in test.markdown)
