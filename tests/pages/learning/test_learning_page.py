"""The learning page through the app's entry: every part, the numbers on it against torch, bad links, no data set at all."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.charts import numbers
from core.data import catalog, pictures, pulse_sets
from core.data.drawing import prepare_drawing
from core.models import dense
from core.runs import store
from core.runs.shipped import RUNS
from core.ui.drawing_pad import Drawing, Stroke
from tests.app import app, go, report
from tests.pages.learning.links import LINKS
from tests.ui.upload_case import photograph

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
    at = opened(section=section, model=model, shown="white-which-others-tenfold-slowest")
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


def after(model: str, images: np.ndarray, labels: np.ndarray, rate: float, times: int, epoch: int) -> list[dict[str, torch.Tensor]]:
    """The weights before and after so many steps of torch's plain gradient descent on the same images, float64."""
    run = store.load(RUNS[model].key)
    start = {name: torch.tensor(array, dtype=torch.float64) for name, array in run.state(epoch).items()}
    now = {name: tensor.clone().requires_grad_() for name, tensor in start.items()}
    optimizer = torch.optim.SGD(list(now.values()), lr=rate)
    for _ in range(times):
        optimizer.zero_grad()
        x = torch.tensor(dense.inputs(images), dtype=torch.float64)
        torch.nn.functional.cross_entropy(x @ now["dense1.kernel"] + now["dense1.bias"], torch.tensor(labels.astype(int))).backward()
        optimizer.step()
    return [start, {name: tensor.detach() for name, tensor in now.items()}]


@pytest.mark.parametrize("times", [1, 5, 25])
def test_which_kernel_changes_most_is_guessed_then_told(times: int) -> None:
    at = opened(section="batch", model="uci-softmax", batch="10", times=str(times), epoch="0")
    assert "Which of the ten kernels changes most?" in words(at) and "changes least" not in words(at)
    at.button_group(key="guess-learning-which-uci-softmax").select("4").run()
    images, labels = (part[:] for part in catalog.load("uci-digits", "train"))
    chosen = np.random.default_rng(0).permutation(len(labels))[:10]
    before, then = after("uci-softmax", images[chosen], labels[chosen], 0.1, times, 0)
    moved = (then["dense1.kernel"] - before["dense1.kernel"]).norm(dim=0).numpy()
    assert f"**{moved.argmax()}**" in words(at) and f"have a length of {numbers.number(moved.max())} together" in words(at)
    assert f"{moved.argmin()} changes least, by {numbers.number(moved.min())}" in words(at)


@pytest.mark.parametrize("times", [1, 5, 25])
def test_a_drawing_takes_many_steps_too(times: int) -> None:
    at = go(app(), "learning")
    for name, value in {"section": "batch", "model": "uci-softmax", "among": "picked", "source": "draw", "label": "4"}.items():
        at.query_params[name] = value
    at.query_params["times"], at.query_params["epoch"], at.query_params["shown"] = str(times), "1", "which-others"
    one = Drawing((Stroke(85, ((500, 150), (500, 850))),), 5)
    at.session_state["learning-pad-kept"] = one
    at.run()
    assert not at.exception and "your drawing taught as a 4" in words(at)
    image = prepare_drawing(one.image(84)).of((8, 8))
    before, then = after("uci-softmax", image[None], np.array([4]), 0.1, times, at.session_state["learning-epoch"])
    tests, labels = (part[:] for part in catalog.load("uci-digits", "test"))
    x = torch.tensor(dense.inputs(tests), dtype=torch.float64)
    right = [int(((x @ one["dense1.kernel"] + one["dense1.bias"]).argmax(1).numpy() == labels).sum()) for one in (before, then)]
    assert f"it read {right[0]:,} right before and reads {right[1]:,} after" in words(at)


@pytest.mark.parametrize("kind", ["dark on light", "light on dark"])
def test_an_own_picture_takes_the_step(kind: str) -> None:
    at = opened(model="uci-softmax", source="own", label="7")
    assert "No picture yet" in words(at)
    at.file_uploader(key="learning-upload").set_value(("seven.png", photograph(kind), "image/png")).run()
    assert not at.exception
    image = prepare_drawing(pictures.writing(photograph(kind), "seven.png")).of((8, 8))
    weights = store.load(RUNS["uci-softmax"].key).state(at.session_state["learning-epoch"])
    z = image.reshape(-1) @ weights["dense1.kernel"].astype(float) + weights["dense1.bias"]
    loss = np.log(np.exp(z).sum()) - z[7]
    assert "**Your picture.** Step" in words(at) and f"its loss is {numbers.number(loss)}" in words(at)


def test_a_bad_picture_gets_a_sentence() -> None:
    at = opened(model="uci-softmax", source="own")
    at.file_uploader(key="learning-upload").set_value(("a.png", b"hello, this is no picture", "image/png")).run()
    assert not at.exception and "This picture cannot be read" in words(at)


def test_the_three_questions_are_answered_in_words() -> None:
    """Why a white pixel never learns, what 128 images see that one does not, why the first layer of a tanh network learns slowest."""
    assert re.search(r"pixels are exactly 0 in this image, and error × 0 = 0", words(opened(model="uci-softmax", shown="white")))
    batch = words(opened(section="batch", model="uci-softmax"))
    assert re.search(r"One image teaches the \d+ pixels where it has something, for a single class\. 128 images see 10 classes", batch)
    text = words(opened(section="back", model="mlp-random", shown="slowest"))
    assert "The run says **layer 1**" in text and "through the slopes of four hidden layers, none above 1" in text
    shares = [float(share) for share in re.findall(r"\| \d \|[^|]+\|[^|]+\| (\d+)% \|", text)]
    through = re.search(r"now they let ([^=]+) = (\d+)% through", text)
    assert through and [float(share) for share in re.findall(r"(\d+)%", through[1])] == shares and len(shares) == 4
    assert float(through[2]) == pytest.approx(100 * np.prod(np.array(shares) / 100), abs=2)


def test_take_it_25_times_goes_on_with_the_same_image() -> None:
    at = opened(model="uci-softmax", image="7")
    at.button(key="learning-again").click().run()
    assert not at.exception and at.session_state["learning-section"] == "batch"
    assert "UCI handwritten digits test digit 7" in words(at) and "Take 25 steps" in words(at)


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


def test_pulses_follow_the_state() -> None:
    """The start, of which the shipped run keeps the convolutions alone, is given back by its seed."""
    from core.models.pulse_cnn import PulseCNN

    spec = RUNS["pulse-reliable"]
    network = PulseCNN(spec.model)
    image = pulse_sets.some(spec.data, "test", np.array([1]))[0].astype(np.float32)
    loss = torch.nn.functional.cross_entropy(network(torch.tensor(image)[None, None]), torch.tensor([1])).item()
    text = words(opened(section="pulses", pulse="1", moment="0"))
    found = re.search(r"Untrained: the network gives it [^;]+; loss (\d+\.?\d*)\.", text)
    assert found and float(found[1]) == pytest.approx(loss, rel=0.01)
    assert "Epoch 8: the network gives it" in words(opened(section="pulses", pulse="1"))


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


def test_a_rate_in_a_link_is_the_one_that_it_is_written_as() -> None:
    from pages.learning.choices import _read_rate

    assert _read_rate(".00011111111") == float(f"{_read_rate('.00011111111'):.4g}") == 0.0001111
