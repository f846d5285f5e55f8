"""The panels below the matrix on small stored runs and the images that are here."""

import csv
import io
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.analysis.ablation import accuracy_without_each
from core.analysis.ledger import ledger
from core.charts import numbers
from core.charts.theme import LIGHT
from core.models import dense
from core.runs.run import Run
from core.serving import shared
from core.ui.shown import Shown
from pages.mlp import ablation, downloads, question, through, units, words
from pages.mlp.images import images_of
from pages.mlp.layer import Layer, image_shape, unit_name
from tests.pages.mlp.mlp_case import opened, said, stored


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))
    shared.clear()  # another test's run of the same key
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Run:
    return stored(folder)


def layer(run: Run, number: int, state: int) -> Layer:
    return Layer(Shown(run, state, run.key), number)


def outputs(run: Run, state: int) -> list[np.ndarray]:
    """Every layer's activations of the test images that are here."""
    found = images_of(run.spec)
    assert found is not None
    return dense.forward(run.state(state), found.images, run.spec.model.activation, run.spec.model.output)


def test_history_says_its_numbers_and_their_spread(run: Run) -> None:
    text = said(opened(run, section="epochs", epoch=2))
    assert "**Epoch 2 of 3**: 95.0% of 54,000 training images, 94.0% of 6,000 validation images, 93.0% of 10,000 test images right" in text
    assert "3 runs that differ in their seed alone end at 94.00% of 10,000 test images on average, from 92.00% to 96.00%" in text


@pytest.mark.parametrize("look", words.HISTORY)
@pytest.mark.parametrize("number", [1, 2])
def test_history_looks_closer(run: Run, look: str, number: int) -> None:
    at = opened(run, section="epochs", layer=number, epoch=1, look=look)
    assert not at.exception and not at.warning
    assert len(at.get("vega_lite_chart")) == 1 + (4 if look == "Norms" else 3)  # the matrix, or the detail of a large one, first


def test_history_without_other_seeds(run: Run) -> None:
    (run.folder / "seeds.csv").unlink()
    manifest = run.folder / "manifest.json"
    manifest.write_text(re.sub(r'\s*"seeds.csv": "\w+",', "", manifest.read_text()))
    assert "the spread between runs is not known" in said(opened(run, section="epochs"))


def test_one_state_has_no_course(folder: Path) -> None:
    assert words.ONE_STATE[0] in said(opened(stored(folder, "one state"), section="epochs"))


def test_compare_names_both_runs_and_one_scale(folder: Path, run: Run) -> None:
    other = stored(folder, seed=1)
    text = said(opened(run, section="compare", layer=5, epoch=1, right=other.key))
    limit = max(float(np.abs(r.weights("dense5.kernel")).max()) for r in (run, other))
    assert numbers.span(-limit, limit) in text
    apart = np.abs(other.weights("dense5.kernel")[1] - run.weights("dense5.kernel")[1]).max()
    assert f"differ by up to {numbers.number(apart)}" in text
    assert text.count("| 1 | 89.00% of 10,000 |") == 2


def test_compare_holds_one_side_at_an_epoch(folder: Path, run: Run) -> None:
    other = stored(folder, seed=1)
    text = said(opened(run, section="compare", layer=5, epoch=1, right=other.key, right_epoch=3))
    apart = np.abs(other.weights("dense5.kernel")[3] - run.weights("dense5.kernel")[1]).max()
    assert f"differ by up to {numbers.number(apart)}" in text
    assert "| 3 | 94.00% of 10,000 |" in text


def test_runs_of_another_shape_are_not_compared(folder: Path, run: Run) -> None:
    at = opened(run, section="compare", layer=5, right=stored(folder, "relu").key)
    assert any("right" in warning.value for warning in at.warning)
    offered = at.selectbox(key="mlp-right").options
    assert "Five dense layers, random start" in offered and not any(option.startswith("784-128-10") for option in offered)


def table_numbers(text: str) -> dict[str, float]:
    """First cell -> last cell of every line of a table."""
    rows = [line.strip("| ").split("|") for line in text.splitlines() if line.startswith("|") and not line.startswith("|--")]
    return {row[0].strip(" *"): float(row[-1].strip(" *")) for row in rows if re.fullmatch(r"[-+]?\d+\.\d+", row[-1].strip(" *"))}


TORCH = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid}


@pytest.mark.parametrize(("name", "number"), [("shipped", 1), ("shipped", 3), ("shipped", 5), ("relu", 1), ("relu", 2), ("square", 2)])
def test_ledger_on_the_page_adds_up_to_torchs_activation(folder: Path, name: str, number: int) -> None:
    run = stored(folder, name)
    at = opened(run, section="image", layer=number, epoch=2)
    numbers_ = table_numbers(next(m.value for m in at.markdown if m.value.startswith("| input")))
    unit = at.session_state["mlp-unit-shown"]
    last = len(run.spec.model.sizes) - 1
    name = unit_name(run.spec, number, unit) if number == last else f"unit {unit + 1}"
    activation, total = numbers_.pop(f"activation of {name}"), numbers_.pop("sum")
    assert sum(numbers_.values()) == pytest.approx(total, abs=1e-6)  # eight decimals a line
    found = images_of(run.spec)
    assert found is not None
    x = torch.from_numpy(found.images[:1])
    state = {k: torch.from_numpy(np.array(v)) for k, v in run.state(2).items()}
    for n in range(1, number + 1):
        z = x @ state[f"dense{n}.kernel"] + state[f"dense{n}.bias"]
        x = torch.softmax(z, dim=1) if n == last else TORCH[run.spec.model.activation](z)
    assert activation == pytest.approx(x[0, unit].item(), abs=1e-5)
    assert total == pytest.approx(z[0, unit].item(), abs=1e-4)  # torch's own float32 sum


def test_the_ledger_follows_the_image_until_a_unit_is_chosen(run: Run) -> None:
    found = images_of(run.spec)
    assert found is not None
    read = dense.forward(run.state(2), found.images[:40], "tanh", dtype=np.float64)[-1].argmax(axis=1)
    other = int(np.flatnonzero(read != read[0])[0])
    at = opened(run, section="image", layer=5, epoch=2)
    assert at.session_state["mlp-unit-shown"] == read[0]
    at.number_input(key="mlp-image").set_value(other + 1).run()
    assert at.session_state["mlp-unit-shown"] == read[other]
    assert f"activation of digit {read[other]}" in said(at)
    at.selectbox(key="mlp-unit-shown").set_value(3).run()
    at.number_input(key="mlp-image").set_value(1).run()
    assert at.session_state["mlp-unit-shown"] == 3 and "activation of digit 3" in said(at)


def test_probabilities_are_the_networks(run: Run) -> None:
    found = images_of(run.spec)
    assert found is not None
    answers = dense.forward(run.state(1), found.images[:1], "tanh", dtype=np.float64)[-1][0]
    text = said(opened(run, section="image", layer=5, epoch=1))
    assert f"The network says **{answers.argmax()}**, with probability {numbers.percent(answers.max(), 2)}." in text
    assert found.words in text


def test_only_images_that_it_gets_wrong(run: Run) -> None:
    found = images_of(run.spec)
    assert found is not None
    wrong = np.flatnonzero((found.labels == 3) & (outputs(run, 1)[-1].argmax(axis=1) != 3))
    text = said(opened(run, section="image", layer=5, epoch=1, show=3, wrong="yes", image=2))
    assert f"Image {wrong[1]:,} of" in text
    assert "It is wrong: this is a 3" in text


def test_a_number_beyond_the_list_is_brought_back(run: Run) -> None:
    found = images_of(run.spec)
    assert found is not None
    at = opened(run, section="image", layer=5, epoch=1, show=3, image=9_999)
    assert not at.exception
    assert at.number_input(key="mlp-image").value == (found.labels == 3).sum()


@pytest.mark.parametrize("name", ["shipped", "relu", "square"])
def test_off_units_are_counted(folder: Path, name: str) -> None:
    run = stored(folder, name)
    found = images_of(run.spec)
    assert found is not None
    number = len(run.spec.model.sizes) - 2
    cut = {key: np.array(value) for key, value in run.state(2).items()}
    cut[f"dense{number + 1}.kernel"][[1, 4]] = 0  # these units reach nobody
    answers = dense.forward(cut, found.images, run.spec.model.activation)[-1]
    share = (answers.argmax(axis=1) == found.labels).mean()
    text = said(opened(run, section="off", layer=number, epoch=2, units="1-4"))
    assert f"With units 2, 5 of layer {number} off, **{numbers.percent(share, 2)}** of {found.words}" in text


def test_each_unit_off_alone_is_what_all_of_it_computed_anew_says(folder: Path) -> None:
    run = stored(folder, "deep")
    found = images_of(run.spec)
    assert found is not None
    acts, state = [a[:50] for a in outputs(run, 1)], run.state(1)
    for off in ("zero", "mean"):
        each = accuracy_without_each(state, acts, found.labels[:50], 2, off, "tanh", units=[3, 7])
        for unit, share in zip((3, 7), each, strict=True):
            x = acts[2].copy()
            x[:, unit] = 0 if off == "zero" else x[:, unit].mean()
            for n in (3, 4):
                z = x @ state[f"dense{n}.kernel"] + state[f"dense{n}.bias"]
                x = np.tanh(z)
            assert share == (z.argmax(axis=1) == found.labels[:50]).mean()


def test_the_verdict_names_the_class_that_suffers() -> None:
    whole = np.diag([90, 90]) + np.array([[0, 10], [10, 0]])
    cut = np.array([[80, 20], [60, 40]])
    text = ablation.verdict(whole, cut, "200 images", 3, [7], ("0", "1"))
    assert text.startswith("With unit 8 of layer 3 off, **60.00%** of 200 images are right instead of 90.00%. ")
    assert text.endswith("Digit 1 suffers most: from 90.0% to 40.0% of its 100 images.")
    assert ablation.verdict(whole, whole, "200 images", 3, [7], ("0", "1")).endswith("No digit suffers.")
    assert "Class cat suffers most" in ablation.verdict(whole, cut, "200 images", 3, [7], ("dog", "cat"), "class")


def test_images_are_sorted_by_norm(run: Run) -> None:
    state = run.state(1)
    by_norm = np.argsort(-np.linalg.norm(state["dense1.kernel"].astype(np.float64), axis=0), kind="stable")
    by_next = np.argsort(np.linalg.norm(state["dense2.kernel"].astype(np.float64), axis=1), kind="stable")
    shown = layer(run, 1, 1)
    assert units.image_order(shown, "norm", True).tolist() == by_norm.tolist()
    assert units.image_order(shown, "next", False).tolist() == by_next.tolist()
    assert units.image_order(shown, "original", True).tolist() == list(range(49))


@pytest.mark.parametrize(
    ("name", "row", "place"),
    [("shipped", 30, "row 2, column 3"), ("square", 30, "row 4, column 7"), ("colours", 100, "row 2, column 2, green")],
)
def test_a_picked_row_is_a_place_in_the_image(folder: Path, name: str, row: int, place: str) -> None:
    run = stored(folder, name)
    text = said(opened(run, section="units", layer=1, epoch=1, by=f"r{row}c7"))
    norm = np.linalg.norm(run.state(1)["dense1.kernel"][row].astype(np.float64))
    assert f"**Row {row + 1}** is the pixel at {place} of the image: norm {numbers.number(norm, 4)}" in text
    assert "**Unit 8**" in text


def test_units_have_the_names_of_their_data(folder: Path) -> None:
    assert unit_name(stored(folder, "colours").spec, 2, 0) == "airplane"
    assert unit_name(stored(folder, "square").spec, 2, 3) == "digit 3"
    assert unit_name(stored(folder, "square").spec, 1, 3) == "unit 4 of layer 1"
    three = stored(folder, "three").spec
    assert unit_name(three, 0, 2) == "input 3" and unit_name(three, 2, 1) == "output 2" and image_shape(three) is None


def test_csv_is_the_matrix_in_its_order(run: Run) -> None:
    kernel = run.state(3)["dense2.kernel"]
    rows, columns = [5, 48, 0], [6, 2]
    header, *lines = csv.reader(io.StringIO(downloads.matrix_csv(kernel, rows, columns)))
    assert header == ["input", "unit 7", "unit 3"]
    assert [int(line[0]) - 1 for line in lines] == rows
    back = np.array([line[1:] for line in lines], dtype=np.float32)
    assert (back == kernel[np.ix_(rows, columns)]).all()


def test_png_is_the_matrix_in_its_order(run: Run) -> None:
    rows, columns = list(range(49))[::-1], [3, 0, 1, 2, 4, 5, 6]
    picture = Image.open(io.BytesIO(downloads.matrix_png(layer(run, 2, 3), rows, columns)))
    scale = picture.width // 7
    assert picture.size == (7 * scale, 49 * scale) and picture.height >= 600
    stack = run.weights("dense2.kernel")
    top = stack[3, 48, 3] / np.abs(stack).max()
    colour = picture.convert("RGB").getpixel((scale // 2, scale // 2))
    assert colour == tuple(LIGHT.signed_palette[round(127 + 127 * top)])


def test_three_files_can_be_taken(run: Run) -> None:
    at = opened(run, section="download", layer=2)
    assert [button.proto.label for button in at.get("download_button")] == ["Matrix as CSV", "Picture as PNG", "Run as safetensors"]


@pytest.mark.parametrize(("name", "side"), [("shipped", 28), ("square", 8)])
def test_the_answer_is_read_from_the_run(folder: Path, name: str, side: int) -> None:
    run = stored(folder, name)
    place, because = question.answer(run)
    norms = np.linalg.norm(run.state(-1)["dense1.kernel"].astype(np.float64), axis=1).reshape(side, side)
    row, column = np.unravel_index(norms.argmax(), norms.shape)
    assert f"row {row + 1}, column {column + 1} of the image" in because
    assert place in words.PLACES.values()
    assert f"0 of {side * side} rows" in because


@pytest.mark.parametrize("section", ["image", "off"])
def test_digits_that_stand_in_are_named(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, section: str) -> None:
    monkeypatch.setenv("KERNEL_EXPLORER_DATA", str(tmp_path / "none"))
    monkeypatch.setenv("KERNEL_EXPLORER_OFFLINE", "1")
    at = opened(run, section=section, layer=2)
    assert not at.exception
    assert "400 UCI handwritten digits" in said(at)
    assert "MNIST" in said(at)


@pytest.mark.parametrize("section", ["image", "off"])
def test_what_is_missing_is_said_with_its_cure(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, section: str) -> None:
    monkeypatch.setenv("KERNEL_EXPLORER_DATA", str(tmp_path / "none"))
    at = opened(stored(folder, "colours"), section=section)
    assert not at.exception
    assert words.NO_TEST_IMAGES in said(at) and "CIFAR-10 is not here" in said(at) and "Get CIFAR-10" in said(at)


def test_a_ledger_without_a_rest_has_no_such_line(run: Run) -> None:
    shown = layer(run, 3, 1)
    book = ledger(run.state(1), np.full(784, 0.5), 3, 0, largest=8)  # layer 3 has seven inputs
    assert "others" not in through.ledger_table(shown, book, 3)
    steps = through.steps(shown, book)
    assert list(steps["label"])[-2:] == ["bias", "sum"]
    assert steps["end"].iloc[-2] == pytest.approx(book.total)


def test_a_drawn_digit_goes_through_networks_of_its_size_alone(folder: Path, run: Run) -> None:
    assert not opened(run, section="image", source="draw").exception
    at: AppTest = opened(stored(folder, "square"), section="image", source="draw")
    assert not at.exception and "Image 0 of 400" in said(at)
