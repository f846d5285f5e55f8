"""The learning page through the app's entry: every part, the numbers on it against torch, bad links, no data set at all."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.data import catalog
from core.models import dense
from core.runs import store
from core.runs.shipped import RUNS
from tests.app import app, go, report
from tests.pages.learning.links import LINKS

SECTIONS = ("step", "batch", "rate", "back", "surface", "path")
MODELS = ("uci-softmax", "uci-mlp")  # their images are always here


def opened(**query: str) -> AppTest:
    """The page at a link, run once."""
    at = go(app(), "learning")
    for name, value in query.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception, at.exception[0].message
    return at


def words(at: AppTest) -> str:
    """All text of the page."""
    return "\n".join(str(e.value) for kind in ("markdown", "caption", "warning", "info", "error") for e in at.get(kind))


def number(text: str, row: str) -> float:
    """The number of a row of a table."""
    found = re.search(rf"\| (?:\*\*)?{re.escape(row)}[^|]*\| (?:\*\*)?([−\d.,]+)", text)
    assert found, f"no row {row!r}"
    return float(found[1].replace("−", "-").replace(",", ""))


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("model", MODELS)
def test_every_part_opens(section: str, model: str) -> None:
    at = opened(section=section, model=model, shown="white-others-tenfold-slowest")
    assert at.title[0].value == "How a weight learns"
    assert not at.error and not at.warning
    if (section, model) == ("back", "uci-softmax"):
        assert "no hidden layer" in words(at)
        at.button(key="learning-open-uci-mlp").click().run()
        assert not at.exception and at.session_state["learning-model"] == "uci-mlp" and "Back" in words(at)


@pytest.mark.parametrize(("model", "layer", "cell"), [("uci-softmax", 1, "3-28"), ("uci-mlp", 1, "5-28"), ("uci-mlp", 2, "4-7")])
@pytest.mark.parametrize("epoch", ["0", "10"])
def test_a_cell_is_autograds_and_what_a_nudge_finds(model: str, layer: int, cell: str, epoch: str) -> None:
    at = opened(model=model, layer=str(layer), cell=cell, image="5", epoch=epoch)
    run = store.load(RUNS[model].key)
    weights = run.state(at.session_state["learning-epoch"])
    images, labels = catalog.load("uci-digits", "test")
    tensors = {name: torch.tensor(array, dtype=torch.float64, requires_grad=True) for name, array in weights.items()}
    x = torch.tensor(dense.inputs(images[5:6]), dtype=torch.float64)
    for i in range(1, dense.depth(weights) + 1):
        x = x @ tensors[f"dense{i}.kernel"] + tensors[f"dense{i}.bias"]
        if i < dense.depth(weights):
            x = getattr(torch.nn.functional, run.spec.model.activation)(x)
    torch.nn.functional.cross_entropy(x, torch.tensor(labels[5:6].astype(int))).backward()
    unit, source = map(int, cell.split("-"))
    grad = tensors[f"dense{layer}.kernel"].grad
    assert grad is not None
    theirs = float(grad[source, unit])
    text = words(at)
    ours = number(text, "gradient = error × input")
    assert ours == pytest.approx(theirs, abs=1e-5)
    assert number(text, "rise ÷ 0.0002") == pytest.approx(theirs, abs=1e-5)
    error = number(text, "error of")
    assert number(text, "input:") * error == pytest.approx(ours, abs=1e-7)
    if layer < dense.depth(weights):
        total, slope = (
            float(re.search(rf"\*?\| {row}[^|]*\|[ |*]+([−\d.]+)", text)[1].replace("−", "-")) for row in (r"\*\*sum", "slope of")
        )  # type: ignore[index]
        assert total * slope == pytest.approx(error, abs=1e-7)
    weight = float(weights[f"dense{layer}.kernel"][source, unit])
    assert number(text, "after the step") == pytest.approx(weight - 0.1 * theirs, abs=1e-6)


def test_a_click_on_the_gradient_opens_that_cell() -> None:
    at = opened(model="uci-softmax")
    board = next(part for part in at.get("bidi_component") if "learning-board" in part.proto.id)
    report(at, board, "picked", "7-12")
    assert not at.exception
    assert at.session_state["learning-cell"] == "7-12"
    assert "the weight from pixel row 2, column 5 into 7" in words(at)


def test_an_always_white_pixel_never_learns() -> None:
    """The counts on the page against the images and the weights themselves."""
    text = words(opened(model="uci-softmax", shown="white", image="3"))
    images, _ = catalog.load("uci-digits", "train")
    white = ~images.reshape(len(images), -1).any(0)
    assert white.any()
    assert f"**{white.sum()} of 64 pixels are white in all {len(images):,} training images.**" in text
    states = store.load(RUNS["uci-softmax"].key).weights("dense1.kernel")
    assert not states[:, white].any() and "have not moved at all" in text
    image = catalog.load("uci-digits", "test")[0][3]
    assert f"{(image == 0).sum()} of the 64 pixels are exactly 0" in text


def test_ten_units_of_many_and_any_other_by_its_number() -> None:
    at = opened(model="uci-mlp", cell="31-28")
    assert "10 of 32 units" in words(at)
    assert "into unit 32" in words(at)


def test_the_rate_of_the_mark_comes_back() -> None:
    at = opened(section="rate", model="uci-softmax", batch="128")
    line = next(part for part in at.get("bidi_component") if "learning-line" in part.proto.id)
    report(at, line, "rate", 1.0)
    assert not at.exception and at.session_state["learning-eta"] == 1.0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("section", "9"),
        ("model", "pulse-ten"),
        ("epoch", "x"),
        ("image", "10000"),
        ("label", "12"),
        ("layer", "2"),
        ("eta", "11"),
        ("eta", "nan"),
        ("times", "3"),
        ("batch", "7"),
        ("among", "x"),
        ("cell", "10-0"),
        ("cell", "0-64"),
        ("cell", "x"),
        ("cell", "1"),
        ("first", "0--1"),
        ("span", "3"),
        ("corner", "x"),
        ("shown", "x"),
    ],
)
def test_a_bad_link_is_said_and_leaves_a_working_page(name: str, value: str) -> None:
    at = opened(**{"model": "uci-softmax", name: value})
    assert [w for w in at.warning if f"The link asks for {name}" in w.value]
    assert not at.error and "What to notice" in words(at)


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("model", ["softmax-mnist", "mlp-random", "softmax-cifar10"])
def test_without_any_data_set(section: str, model: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KERNEL_EXPLORER_DATA", str(tmp_path))
    at = opened(section=section, model=model)
    text = words(at)
    assert ("The pictures are not here" if "cifar" in model else "UCI handwritten digits") in text or "no hidden layer" in text


def test_pulses_say_what_their_windows_add_up_to() -> None:
    at = opened(section="pulses", pulse="1")
    assert not at.error
    assert "5,776 windows" in words(at)
    part = [part for part in at.get("bidi_component") if "learning-windows" in part.proto.id]
    assert len(part) == 1 or "No error comes back" in words(at)


def test_the_links_hold_all_sections() -> None:
    assert {dict(p.split("=") for p in link.partition("?")[2].split("&") if p).get("section", "step") for link, _ in LINKS} == {
        *SECTIONS,
        "pulses",
    }


def test_the_step_by_hand_is_right() -> None:
    """What the details say in words, worked out with plain numpy."""
    from pages.learning.words import HAND

    x, k1, k2, b2 = np.array([1, 0.5]), np.array([[1, -1], [2, 1]]), np.array([[1, 0.5], [1, -1]]), np.array([-1, 0])
    h = np.maximum(x @ k1, 0)
    z = h @ k2 + b2
    error = np.exp(z) / np.exp(z).sum() - np.array([1, 0])
    back = (k2 @ error) * (h > 0)
    assert (h.tolist(), z.tolist(), error.tolist(), back.tolist()) == ([2, 0], [1, 1], [-0.5, 0.5], [-0.25, 0])
    assert (k1 - np.outer(x, back))[:, 0].tolist() == [1.25, 2.125]
    for said in ("h = (2, 0)", "0.693", "(−½, ½)", "(−1, 0)", "−¼", "(−0.25, −0.125)", "1.25 and 2 + 0.125 = 2.125"):
        assert said in HAND
