"""How far to go: the loss along the gradient for every rate, and what many steps of three rates come to."""

from collections.abc import Hashable

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import gradient, gradient_line
from core.analysis.templates import limit
from core.charts import descent, numbers
from core.charts.prepared import Prepared
from core.charts.theme import theme
from core.frame import page
from core.serving.shared import shared
from core.ui import question
from pages.learning import words
from pages.learning.choices import LEAST, MOST, PAGE, put, state_slider, value
from pages.learning.drawn import Batch, chosen_batch
from pages.learning.images import Images, others, values
from pages.learning.rate_line import Curve, rate_line
from pages.learning.view import View

GRID = np.geomspace(LEAST, MOST, 81)  # rates along the line
JUDGES = 500  # other images whose loss is drawn too
STEPS = 25  # of the three rates


def rate_panel(view: View) -> None:
    """The line with its mark, then the guess about ten times the rate."""
    picture, side = st.columns([3, 1], gap="large")
    with chosen_batch(view, side) as drawn:
        with side:
            state_slider(view)
        rest = None if drawn is None else others(view, drawn.test)
        if drawn is None or rest is None:
            return
        with picture:
            with st.container(key=f"{PAGE}-rate"):
                _line(view, drawn, rest.first(JUDGES))
            page.legend(
                "the strong line is the loss of the batch whose gradient this is, the dashed one that of other images; the dotted lines "
                "are where both stand now"
            )
            st.markdown(words.RATE_NOTICE)
        _tenfold(view, drawn)


def _line(view: View, drawn: Batch, rest: Images) -> None:
    rate = value("eta")
    around, slope = _curves(view, drawn, rest, drawn.key, rest.key)
    marked, at = _at(view, drawn, rest, slope, drawn.key, rest.key, rate), int(np.searchsorted(GRID, rate * (1 - 1e-6)))
    after = at + int(at < len(GRID) and abs(np.log(GRID[at] / rate)) <= 1e-6)  # the mark stands in the place of a rate that is the same
    rates = [*GRID[:at].tolist(), rate, *GRID[after:].tolist()]
    curves = [Curve(one.name, one.now, [*one.losses[:at], loss, *one.losses[after:]]) for one, loss in zip(around, marked, strict=True)]
    st.markdown(f"**{view.moment}, {drawn.words}.** One step along its gradient, for every rate from {LEAST:g} to {MOST:g}: drag the mark.")
    unit = int(np.linalg.norm(slope["dense1.kernel"], axis=0).argmax())
    kernel = view.kernel(1)[:, unit]
    rate_line(
        f"{PAGE}-line",
        rates,
        curves,
        gradient_line.verdicts(np.array(curves[0].losses), curves[0].now),
        rate,
        kernel,
        slope["dense1.kernel"][:, unit],
        page.theme(),
        shape=view.shape,
        limit=limit(np.stack([kernel, 0.1 * slope["dense1.kernel"][:, unit]]), 0.995),
        name=view.unit(1, unit),
        on_rest=lambda rate: put("eta", float(f"{rate:.4g}")),
    )


@shared()
def _curves(_view: View, _drawn: Batch, _rest: Images, drawn: Hashable, rest: Hashable) -> tuple[list[Curve], dict[str, np.ndarray]]:
    """The losses at the rates of GRID of the batch and of the others, and the gradient."""
    slope = gradient.backward(_view.model, _view.weights, _drawn.images, _drawn.labels, np.float32).gradient()
    names = ("These images" if len(_drawn) > 1 else "This image", f"{len(_rest)} other {_rest.words}")
    found = _losses(_view, _drawn, _rest, slope, [0.0, *GRID.tolist()])
    return [Curve(name, float(one[0]), one[1:].tolist()) for name, one in zip(names, found, strict=True)], slope


@shared()
def _at(
    _view: View, _drawn: Batch, _rest: Images, _slope: dict[str, np.ndarray], drawn: Hashable, rest: Hashable, rate: float
) -> list[float]:
    """The losses of the batch and of the others at one rate."""
    return [float(one[0]) for one in _losses(_view, _drawn, _rest, _slope, [rate])]


def _losses(view: View, drawn: Batch, rest: Images, slope: dict[str, np.ndarray], rates: list[float]) -> list[np.ndarray]:
    """Mean losses along the line, (rates,): of the batch, then of the others."""
    both = ((drawn.images, drawn.labels), (values(rest, np.arange(len(rest))), rest.labels))
    return [gradient_line.along(view.model, view.weights, slope, images, labels, rates) for images, labels in both]


def _tenfold(view: View, drawn: Batch) -> None:
    """A guess: the same number of steps at ten times the rate."""
    rate = min(value("eta"), MOST / 10)

    def taken() -> dict[float, list[float]]:
        return {one: _repeated(view, drawn, drawn.key, one) for one in (rate / 10, rate, rate * 10)}

    def answer() -> tuple[str, str]:
        runs = taken()
        slow, fast = runs[rate][-1], runs[rate * 10][-1]
        near = abs(fast - slow) <= 0.05 * max(slow, 0.01)
        right = words.NO_CHANGE if near else words.LOWER if fast < slow else words.HIGHER
        return right, (
            f"From {numbers.number(runs[rate][0])}, {STEPS} steps of rate {rate:.3g} end at {numbers.number(slow)}, of rate "
            f"{rate * 10:.3g} at {numbers.number(fast)}, of rate {rate / 10:.3g} at {numbers.number(runs[rate / 10][-1])}."
        )

    asked = words.TENFOLD.format(steps=STEPS, rate=rate)
    options = (words.LOWER, words.NO_CHANGE, words.HIGHER)
    if question.ask(PAGE, "tenfold", asked, options, answer, words.TENFOLD_WHY, subject=view.id):
        chart = _steps_chart(taken(), drawn.key, rate, page.theme().dark)
        page.chart(chart, alt_text=f"Loss over {STEPS} steps for three rates. {answer()[1]}", key=f"{PAGE}-tenfold", width="stretch")


@shared()
def _repeated(_view: View, _drawn: Batch, drawn: Hashable, rate: float) -> list[float]:
    return gradient.repeated(_view.model, _view.weights, _drawn.images, _drawn.labels, rate, STEPS, np.float32)[1]


@shared()
def _steps_chart(_runs: dict[float, list[float]], drawn: Hashable, rate: float, dark: bool) -> Prepared:
    names = ("a tenth of the rate", "the rate", "ten times the rate")  # the same for all, so that one chart is built
    rows = [{"x": i, "curve": name, "y": loss} for name, losses in zip(names, _runs.values(), strict=True) for i, loss in enumerate(losses)]
    return descent.lines(pd.DataFrame(rows), ("steps on the same images", "loss"), theme(dark), logarithmic=True)
