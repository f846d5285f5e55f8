"""A kernel that slides: its gradient for one pulse, window by window."""

import numpy as np
import streamlit as st

from core.analysis.pulse_gradient import PulsePass, pulse_backward, start
from core.charts import numbers, raster
from core.charts.templates import pixels
from core.data import pulse_sets
from core.data.catalog import an
from core.frame import choices, page
from core.models.activations import ANSWERS
from core.serving.shared import shared
from core.training import loop
from core.ui import networks
from core.ui.shown import Shown
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.learning import words
from pages.learning.choices import PAGE, key, of_pulses, put, rate_slider, value
from pages.learning.window_sum import window_sum

BUTTONS = 12  # kernels that have a button each; of more the number is typed
PICTURE = 125  # CSS pixels of a kernel, about


def pulses_panel() -> None:
    """The pulse, its error map and the sum over the windows."""
    found = networks.opened(value("cnn"))
    if found is None:
        return
    choices.declare(PAGE, of_pulses(found.run))
    spec = found.run.spec
    picture, side = st.columns([3, 1], gap="large")
    with side:
        found = found.at(_state(found))
        st.number_input("Test pulse", 0, max(0, spec.data.test - 1), key=key("pulse"), persist_state="session")
        st.button("Another", icon=":material/shuffle:", key=f"{PAGE}-another-pulse", on_click=_another, args=(max(1, spec.data.test),))
        kernel = _kernel(spec.model.channels[0])
        rate = rate_slider()
    with picture, st.container(key=f"{PAGE}-pulses"):
        _sum(found, value("pulse"), kernel, rate)


def _state(found: Shown) -> int:
    """The state whose weights take the step: one of those whose dense layers are known."""
    known = _known(found)
    state = min(known, key=lambda one: abs(one - value("moment")))
    put("moment", state)
    if len(known) == 1:
        st.caption(f"The weights are those of {found.at(state).words}: of the dense layers no other state is kept.")
        return state
    st.select_slider("State", known, format_func=lambda one: found.at(one).words, key=key("moment"), persist_state="session")
    return value("moment")


def _known(found: Shown) -> list[int]:
    """The states of which every weight is known: those kept whole, and the start, which its seed gives back."""
    run = found.run
    if all(shape[0] == run.states for shape in run.shapes.values()):
        return list(range(run.states))
    return [0, run.states - 1] if run.states > 1 and not loop.missing() else [run.states - 1]


@shared()
def _weights(_found: Shown, key: str, state: int) -> dict[str, np.ndarray] | None:
    """Every weight of a state; None for a start that the seed does not give back here."""
    kept = _found.weights
    return kept if len(kept) == len(_found.run.shapes) else start(_found.run.spec.model, kept)


def _another(count: int) -> None:
    put("pulse", int(np.random.default_rng().integers(count)))


def _kernel(count: int) -> int:
    """Which of the first kernels, from 0."""
    if count > BUTTONS:
        st.number_input(f"Kernel, 1 to {count}", 1, count, key=key("kernel"), persist_state="session")
    else:
        st.segmented_control("Kernel", range(1, count + 1), key=key("kernel"), required=True, persist_state="session", wrap=True)
    return value("kernel") - 1


def _sum(found: Shown, number: int, kernel: int, rate: float) -> None:
    spec = found.run.spec
    assert spec.data.pulses is not None  # a run that fits has pulses
    whole = _weights(found, found.key, found.state)
    if whole is None:
        page.empty("The start of this network is not known", words.NO_START, 260)
        return
    image, label, back = _backward(found, whole, found.key, found.state, number)
    names = spec.data.pulses.classes
    answer = back.acts[ANSWERS[spec.model.output]][0]
    error, slope = back.errors["conv1"][kernel], back.kernels["conv1"][kernel, 0]
    said = numbers.probability(answer[label]) if spec.model.output == "softmax" else f"an output of {numbers.number(answer[label])}"
    st.markdown(
        f"**Test pulse {number}, {an(names[label])}.** {found.words[0].upper()}{found.words[1:]}: the network gives it {said} "
        f"for {names[label]}; loss {numbers.number(back.loss)}. Kernel {kernel + 1} has "
        f"{error.size:,} windows on this image, and one gradient for all of them."
    )
    if not error.any():
        page.empty("No error comes back to this kernel", words.DEAD_KERNEL, 260)
        return
    window_sum(f"{PAGE}-windows", image, error, slope, page.theme(), name=f"{found.key}-{found.state}-{number}-{kernel}")
    page.legend(
        "error map, terms, sum and gradient: orange above 0, blue below, the background's own colour 0; sum and gradient on one scale, "
        "each term on its own"
    )
    weights = found.weights["conv1.kernel"][kernel, 0]
    after, colours = weights - rate * slope, page.theme()
    reach = float(max(np.abs(weights).max(), np.abs(after).max()))
    pictures = [
        Thumbnail(1, raster.rgb_url(pixels(weights, reach, colours)), f"kernel {kernel + 1} now"),
        Thumbnail(
            2,
            raster.rgb_url(pixels(slope, float(np.abs(slope).max()), colours)),
            f"its gradient,\nfull at ±{numbers.number(np.abs(slope).max())}",
        ),
        Thumbnail(3, raster.rgb_url(pixels(after, reach, colours)), f"after a step\nof rate {rate:.4g}"),
    ]
    st.markdown("**The step.** The same kernel before and after, on one scale:")
    thumbnails(f"{PAGE}-pulse-step", pictures, side=max(1, PICTURE // len(weights)) * len(weights))
    st.markdown(words.PULSES_NOTICE.format(windows=error.size, inked=int((error != 0).sum()), k=len(weights)))


@shared()
def _backward(_found: Shown, _weights: dict[str, np.ndarray], key: str, state: int, number: int) -> tuple[np.ndarray, int, PulsePass]:
    """A test pulse, its class, and the pass of the state shown."""
    spec = _found.run.spec
    assert spec.data.pulses is not None
    image = pulse_sets.some(spec.data, "test", np.array([number]))[0].astype(np.float64)
    label = number % len(spec.data.pulses.classes)
    return image, label, pulse_backward(spec.model, spec.train.loss, _weights, image, label)
