"""The tour of the home page: each step stands in the link, and what it says is what the network computes."""

import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.charts import numbers
from core.ui.drawing_pad.examples import THREE
from pages.home import words
from pages.home.networks import best
from pages.home.tour import LAST, Digit, film_states, state_sentence
from tests.app import app


def opened(step: int) -> AppTest:
    at = app()
    at.query_params["tour"] = str(step)
    at.run()
    assert not at.exception and not at.error
    return at


def said(at: AppTest) -> str:
    return "\n".join(line.value for line in at.markdown)


@pytest.fixture(scope="module")
def digit() -> Digit:
    """The example under the tour's network, by matrices of its own."""
    from core.data.drawing import prepare_drawing
    from core.ui.drawing_pad import Drawing

    found = best("templates")
    assert found is not None
    image = prepare_drawing(Drawing(tuple(THREE), example=True).image(84), centre=True, side=28).of((28, 28))
    return Digit(image, False, found.weights["dense1.kernel"].astype(float), found.weights["dense1.bias"].astype(float))


@pytest.mark.parametrize("step", range(1, LAST + 1))
def test_a_step_has_a_picture_an_act_and_a_way_on(step: int) -> None:
    at = opened(step)
    title = list(words.TOUR_STEPS)[step - 1]
    assert [one.value for one in at.title] == [title]
    assert f"Tour, {step} of {LAST}" in said(at) and words.TOUR_STEPS[title] in said(at)
    assert words.OWN not in said(at) and words.IMAGE_OF[True] not in said(at), "the example is nobody's drawing"
    assert {button.key for button in at.button} >= ({"home-tour-next", "home-tour-skip"} if step < LAST else {"home-tour-done"})
    assert any(name in part.proto.id for part in at.get("bidi_component") for name in ("home-tour-",))


def test_it_goes_on_back_and_away() -> None:
    at = app().run()
    at.button(key="home-tour-start").click().run()
    at.button(key="home-tour-next").click().run()
    assert at.session_state["home-tour"] == 2
    at.button(key="home-tour-back").click().run()
    assert at.session_state["home-tour"] == 1
    at.button(key="home-tour-skip").click().run()
    assert at.session_state["home-tour"] == 0 and at.button(key="home-tour-start")


def test_pixel_weight_product_and_sum_are_the_networks(digit: Digit) -> None:
    x, winner = digit.image.reshape(-1).astype(float), digit.winner
    sums = np.array([sum(p * w for p, w in zip(x, digit.kernel[:, one], strict=True)) + digit.bias[one] for one in range(10)])
    assert winner == int(np.argmax(sums)) == 3
    at = int(np.argmax(x * digit.kernel[:, winner]))
    place = f"row {at // 28 + 1}, column {at % 28 + 1}"
    assert place in said(opened(1)) and f"**{numbers.number(x[at])}**" in said(opened(1))
    assert f"**{numbers.signed(digit.kernel[at, winner])}**" in said(opened(2))
    assert f"**{numbers.signed(x[at] * digit.kernel[at, winner])}**" in said(opened(3))
    assert f"together **{numbers.number(sums[winner])}** for {winner}" in said(opened(4))
    assert f"**{winner}** has the largest sum, {numbers.number(sums[winner])}" in said(opened(5))


def test_another_answer_has_another_sum(digit: Digit) -> None:
    at = opened(4)
    at.button_group(key="home-tour-digit").set_value(8).run()
    assert f"together **{numbers.number(digit.sums[8])}** for 8" in said(at)


@pytest.mark.parametrize(("on", "grows"), [("orange", True), ("blue", False), ("none", None)])
def test_ink_on_a_colour_moves_the_sum_as_the_rule_says(on: str, grows: bool | None, digit: Digit) -> None:
    at = opened(LAST)
    at.button_group(key="home-tour-on").set_value(on).run()
    found = re.search(r"from (\S+) to \*\*(\S+)\*\*", said(at))
    assert found is not None
    before, after = (float(text.replace("−", "-")) for text in found.groups())
    assert before == pytest.approx(digit.sums[3], abs=0.01)
    assert (after > before + 0.1) if grows else (after < before - 0.1) if grows is False else abs(after - before) < 0.02


def test_the_film_runs_from_the_start_to_the_end_with_the_accuracy() -> None:
    found = best("templates")
    assert found is not None
    states = film_states(found)
    assert states[0] == 0 and states[-1] == found.run.states - 1 and states == sorted(set(states)) and len(states) <= 24
    shares = found.run.history["accuracy_test"]
    for state in states:
        assert numbers.percent(shares[state]) in state_sentence(found.at(state))
