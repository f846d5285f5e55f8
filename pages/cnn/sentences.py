"""What the page says of each stored state, so that it changes with the pictures while the player moves."""

import numpy as np

from core.charts import numbers
from core.frame import page
from core.models.pulse_layers import parameter_count
from core.models.structure import LEAST_LOW, of_noise
from core.serving.shared import shared
from core.ui.shown import Shown
from pages.cnn import data as cnn_data
from pages.cnn.choices import value
from pages.cnn.words import sentence, when

COUNTED = 1_000  # training pulses that core.training.pulse_cnn counts at each state
TOLD = ("loss", "recognised_train", "recognised_test", "accuracy_test", "act")  # by the tooltip
LOSS, LOW, TV = "cnn-loss-sentence", "cnn-low-sentence", "cnn-tv-sentence"  # keys of the sentences' containers


def sentences(of: Shown) -> dict[str, list[str]]:
    """Container -> its sentence at each state: the page's own, the loss profile's and those of the picked kernel."""
    said = dict(_of_run(of, of.id, of.key, of.run.states))
    if value("section") != "loss":
        del said[LOSS]
    if cnn_data.kept(of.run):
        side, measured = of.run.spec.model.kernel_size, cnn_data.structure(of, value("kernel") - 1)
        said[TV] = [tv_words(at, side) for at in measured["tv"]]
        if side >= LEAST_LOW:
            said[LOW] = [low_words(at, side) for at in measured["low"]]
    return said


@shared()
def _of_run(_of: Shown, id_: str, key: str, states: int) -> dict[str, list[str]]:
    """Those that do not depend on what was picked."""
    each, learned = [_of.at(state) for state in range(states)], parameter_count(_of.run.spec.model)
    return {page.SENTENCE: [sentence(one, learned) for one in each], LOSS: [loss_sentence(one) for one in each]}


def loss_sentence(shown: Shown) -> str:
    """The numbers of the state shown, those that its history tells."""
    run, moment = shown.run, when(shown)
    loss, train, test, right, act = (float(cnn_data.history(run, name)[shown.state]) for name in TOLD)
    parts = [
        (train, f"{numbers.percent(train)} of {min(COUNTED, run.spec.data.train):,} training pulses recognised"),
        (test, f"{numbers.percent(test)} of {run.spec.data.test:,} test pulses"),
        (right, f"{numbers.percent(right)} right by the largest output"),
        (act, f"act {numbers.number(act, 2)}"),
    ]
    told = "; ".join(words for value, words in parts if np.isfinite(value))
    if np.isfinite(loss):
        return f"Loss {numbers.number(loss)} {moment}" + (f": {told}." if told else ".")
    return f"{moment[0].upper()}{moment[1:]}: {told or 'nothing was counted'}."


def low_words(low: float, side: int) -> str:
    """The share of broad strokes of a kernel of so many weights a side, beside that of noise."""
    return f"**Broad strokes (low) {low:.2f}**, noise {noise(side)[0]:.2f}"


def tv_words(tv: float, side: int) -> str:
    """Its roughness, beside that of noise."""
    return f"**Roughness (tv) {tv:.2f}**, noise {noise(side)[1]:.2f}"


@shared()
def noise(side: int) -> tuple[float, float]:
    """low and tv that kernels of this side have on average when their weights are uniform noise."""
    return of_noise(side)
