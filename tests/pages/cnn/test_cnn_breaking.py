"""What a pulse CNN can't do: how sure it is, and the stretches that an answer hangs on."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.analysis import attribution
from core.charts import numbers
from core.data import pulse_sets
from core.models import network
from core.models.activations import ANSWERS
from core.runs.run import Run
from tests.app import app, go

pytestmark = pytest.mark.usefixtures("answers_at_once")


def opened(run: Run, section: str, **query: str) -> AppTest:
    at = go(app(), "cnn")
    for name, value in {"run": run.key, "section": section, **query}.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception and not at.warning
    return at


def words(at: AppTest) -> str:
    return "\n".join(str(one.value) for one in (*at.markdown, *at.caption, *at.subheader))


def title(at: AppTest) -> str:
    part = next(part for part in at.get("bidi_component") if "cnn-confidence-bars" in part.proto.id)
    return str(json.loads(part.proto.json)["title"])


def says(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """What the last state says to every test pulse, and their classes."""
    spec = run.spec
    assert spec.data.pulses is not None
    count = spec.data.test
    images = pulse_sets.some(spec.data, "test", np.arange(count))
    acts = network.activations(spec.model, run.state(-1), images.astype(np.float32), np.float32)
    return acts[ANSWERS[spec.model.output]], np.arange(count) % len(spec.data.pulses.classes)


@pytest.mark.parametrize("name", ["two", "all"])
def test_it_answers_what_it_is_sure_of(runs: dict[str, Run], name: str) -> None:
    run = runs[name]
    found, labels = says(run)
    for least in ("0", "0.999"):
        at = opened(run, "confidence", image="test-2", least=least)
        assert (title(at) == "I don't know") == (found[2].max() < float(least))
    least = 0.5 if name == "two" else 0.0
    at = opened(run, "confidence", damage="turn", amount="0", least=f"{least:g}", shown="sure")
    at.button(key="cnn-confidence-start").click().run()
    assert not at.exception
    sure, right = found.max(1) >= least, found.argmax(1) == labels
    said = f"It answers **{numbers.percent(sure.mean())}** of {len(labels):,} test pulses"
    assert f"{said}, and **{numbers.percent(right[sure].mean() if sure.any() else np.nan, 2)}** of these right" in words(at)
    assert ("no shares of 100%" in words(at)) == (name == "all"), "of outputs that are no shares there is no reliability"


@pytest.mark.parametrize("name", ["two", "all"])
def test_the_stretch_that_costs_most_is_said(runs: dict[str, Run], name: str) -> None:
    run = runs[name]
    at = opened(run, "breaking", damage="turn", amount="0", image="test-2")
    label, side = int(says(run)[0][2].argmax()), run.spec.model.image
    image, width = pulse_sets.some(run.spec.data, "test", np.array([2]))[0].astype(np.float32), max(2, side // 10)
    whole = network.answers(run.spec.model, run.state(-1), image[None])[0, label]
    firsts, there = attribution.stretches(run.spec.model, run.state(-1), image, width, 33)
    fall, first = whole - there[:, label].min(), firsts[there[:, label].argmin()]
    if fall > 0:
        assert f"With columns {first + 1} to {first + width} blank, {run.spec.data.pulses.classes[label]} loses most" in words(at)
    assert "does not say what the kernels look for" in words(at)
