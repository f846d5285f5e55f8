"""A kernel that slides: its gradient for one pulse, window by window."""

import numpy as np
import streamlit as st

from core.analysis.pulse_gradient import PulsePass, pulse_backward
from core.charts import numbers, raster
from core.charts.templates import pixels
from core.data import pulse_sets
from core.models.activations import ANSWERS
from core.serving.shared import shared
from core.ui import choices, networks, page
from core.ui.shown import Shown
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.learning import words
from pages.learning.choices import PAGE, key, of_pulses, put, rate_slider, value
from pages.learning.view import with_article
from pages.learning.window_sum import window_sum

BUTTONS = 12  # kernels that have a button each; of more the number is typed
PICTURE = 125  # CSS pixels of a kernel, about


def pulses_panel() -> None:
    """The pulse, its error map and the sum over the windows."""
    found = networks.opened(value("cnn"))
    if found is None:
        return
    choices.declare(PAGE, of_pulses(found.run.spec))
    spec = found.run.spec
    picture, side = st.columns([3, 1], gap="large")
    with side:
        st.number_input("Test pulse", 0, max(0, spec.data.test - 1), key=key("pulse"), persist_state="session")
        st.button("Another", icon=":material/shuffle:", key=f"{PAGE}-another-pulse", on_click=_another, args=(max(1, spec.data.test),))
        kernel = _kernel(spec.model.channels[0])
        rate = rate_slider()
    with picture, st.container(key=f"{PAGE}-pulses"):
        _sum(found, value("pulse"), kernel, rate)


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
    image, label, back = _backward(found, found.key, number)
    names = spec.data.pulses.classes
    answer = back.acts[ANSWERS[spec.model.output]][0]
    error, slope = back.errors["conv1"][kernel], back.kernels["conv1"][kernel, 0]
    said = numbers.probability(answer[label]) if spec.model.output == "softmax" else f"an output of {numbers.number(answer[label])}"
    st.markdown(
        f"**Test pulse {number}, {with_article(names[label])}.** After training the network gives it {said} for {names[label]}; loss "
        f"{numbers.number(back.loss)}. Kernel {kernel + 1} has {error.size:,} windows on this image, and one gradient for all of them."
    )
    if not error.any():
        page.empty("No error comes back to this kernel", words.DEAD_KERNEL, 260)
        return
    window_sum(f"{PAGE}-windows", image, error, slope, page.theme(), name=f"{found.key}-{number}-{kernel}")
    page.legend(
        "error map, terms, sum and gradient: orange above 0, blue below, the background's own colour 0; sum and gradient on one scale, "
        "each term on its own"
    )
    weights = found.at(-1).weights["conv1.kernel"][kernel, 0]
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
def _backward(_found: Shown, key: str, number: int) -> tuple[np.ndarray, int, PulsePass]:
    """A test pulse, its class, and the pass of the last state."""
    spec = _found.run.spec
    assert spec.data.pulses is not None
    image = pulse_sets.some(spec.data, "test", np.array([number]))[0].astype(np.float64)
    label = number % len(spec.data.pulses.classes)
    return image, label, pulse_backward(spec.model, spec.train.loss, _found.at(-1).weights, image, label)
