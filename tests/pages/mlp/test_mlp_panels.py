"""The panels below the matrix, run without a browser on a small stored run and the digits that are here."""

import csv
import io
import re

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.analysis.ledger import ledger
from core.charts.theme import LIGHT
from core.models import dense
from pages.mlp import ablation as mlp_ablation
from pages.mlp import downloads as mlp_downloads
from pages.mlp import history as mlp_history
from pages.mlp import layer1 as mlp_layer1
from pages.mlp import question as mlp_question
from pages.mlp import through as mlp_through
from pages.mlp.digits import test_digits as digits_here
from pages.mlp.view import View
from tests.pages.mlp.mlp_case import SIZES, STATES, panel, stored_run


@pytest.fixture
def runs(tmp_path, monkeypatch):
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))
    return [stored_run(tmp_path, seed) for seed in (0, 1)]


def opened(name, runs, layer, epoch, **state) -> AppTest:
    test = AppTest.from_function(
        panel, kwargs={"name": name, "keys": [r.key for r in runs], "layer": layer, "epoch": epoch}, default_timeout=60
    )
    for key, value in state.items():
        test.session_state[key] = value
    return test.run()


def said(test: AppTest) -> str:
    return "\n".join(e.value for e in [*test.markdown, *test.caption])


@pytest.mark.parametrize("name", ["history", "compare", "through", "own image", "ablation", "layer1", "downloads"])
@pytest.mark.parametrize("layer", [1, 3, 5])
@pytest.mark.parametrize("epoch", [0, STATES - 1])
def test_every_panel_opens(runs, name, layer, epoch):
    test = opened(name, runs, layer, epoch)
    assert not test.exception
    assert test.main.children


def test_history_says_its_numbers_and_their_spread(runs):
    text = said(opened("history", runs, 5, 2))
    assert "**Epoch 2 of 3**: 95.0% of 54,000 training images, 94.0% of 6,000 validation images, 93.0% of 10,000 test images right" in text
    assert "3 runs that differ in their seed alone end at 94.00% of 10,000 test images on average, from 92.00% to 96.00%" in text


@pytest.mark.parametrize("detail", mlp_history.DETAILS)
@pytest.mark.parametrize("layer", [1, 2])
def test_history_looks_closer(runs, detail, layer):
    test = opened("history", runs, layer, 1, **{"mlp-history-detail": detail})
    assert not test.exception
    assert len(test.get("vega_lite_chart")) == (4 if detail == "Norms" else 3)


def test_history_without_other_seeds(runs):
    (runs[0].folder / "seeds.csv").unlink()
    manifest = runs[0].folder / "manifest.json"
    manifest.write_text(re.sub(r'\s*"seeds.csv": "\w+",', "", manifest.read_text()))
    assert "the spread between runs is not known" in said(opened("history", runs, 5, 1))


def test_compare_names_both_runs_and_one_scale(runs):
    text = said(opened("compare", runs, 5, 1))
    limit = max(float(np.abs(r.weights("dense5.kernel")).max()) for r in runs)
    assert f"-{limit:.3g} to {limit:.3g}" in text
    apart = np.abs(runs[1].weights("dense5.kernel")[1] - runs[0].weights("dense5.kernel")[1]).max()
    assert f"differ by up to {apart:.3g}" in text
    assert all(f"| {r.key} | 1 | 89.00% of 10,000 |" in text for r in runs)


def test_compare_holds_one_side_at_an_epoch(runs):
    test = opened("compare", runs, 5, 1, **{"mlp-compare-right-how": "an epoch of its own", "mlp-compare-right-epoch": 3})
    apart = np.abs(runs[1].weights("dense5.kernel")[3] - runs[0].weights("dense5.kernel")[1]).max()
    assert f"differ by up to {apart:.3g}" in said(test)
    assert f"| {runs[1].key} | 3 | 94.00% of 10,000 |" in said(test)


def table_numbers(text: str) -> dict[str, float]:
    """First cell -> last cell of every line of a table."""
    rows = [line.strip("| ").split("|") for line in text.splitlines() if line.startswith("|") and not line.startswith("|--")]
    return {row[0].strip(" *"): float(row[-1].strip(" *")) for row in rows if re.fullmatch(r"[-+]?\d+\.\d+", row[-1].strip(" *"))}


@pytest.mark.parametrize("layer", range(1, 6))
def test_ledger_on_the_page_adds_up_to_torchs_activation(runs, layer):
    test = opened("through", runs, layer, 2)
    table = next(m.value for m in test.markdown if m.value.startswith("| input"))
    numbers = table_numbers(table)
    unit = test.session_state[f"mlp-through-unit-{layer}"]
    activation = numbers.pop(f"activation of unit {unit}")
    total = numbers.pop("sum")
    assert sum(numbers.values()) == pytest.approx(total, abs=1e-6)  # eight decimals a line
    x = torch.from_numpy(digits_here().images[:1])
    state = {k: torch.from_numpy(v) for k, v in runs[0].state(2).items()}
    for n in range(1, layer + 1):
        z = x @ state[f"dense{n}.kernel"] + state[f"dense{n}.bias"]
        x = torch.softmax(z, dim=1) if n == 5 else torch.tanh(z)
    assert activation == pytest.approx(x[0, unit].item(), abs=1e-5)
    assert total == pytest.approx(z[0, unit].item(), abs=1e-4)  # torch's own float32 sum
    if layer < 5:
        assert np.tanh(total) == pytest.approx(activation, abs=1e-5)


def test_ten_probabilities_are_the_networks(runs):
    digits = digits_here()
    outputs = dense.forward(runs[0].state(1), digits.images[:1], "tanh", dtype=np.float64)[-1][0]
    text = said(opened("through", runs, 5, 1))
    assert f"The network says **{outputs.argmax()}**, with probability {outputs.max():.2%}." in text
    assert digits.words in text


def test_only_images_that_it_gets_wrong(runs):
    digits = digits_here()
    chosen = dense.forward(runs[0].state(1), digits.images, "tanh")[-1].argmax(axis=1)
    wrong = np.flatnonzero((digits.labels == 3) & (chosen != 3))
    text = said(opened("through", runs, 5, 1, **{"mlp-through-digit": 3, "mlp-through-wrong": True, "mlp-through-number": 2}))
    assert f"Image {wrong[1]:,} of" in text
    assert "It is wrong: this is a 3" in text


def test_a_number_beyond_the_list_is_brought_back(runs):
    test = opened("through", runs, 5, 1, **{"mlp-through-digit": 3, "mlp-through-number": 9_999})
    assert not test.exception
    assert test.number_input[0].value == (digits_here().labels == 3).sum()


def test_off_units_are_counted(runs):
    digits = digits_here()
    state = runs[0].state(2)
    cut = {name: value.copy() for name, value in state.items()}
    cut["dense3.kernel"][[1, 4]] = 0  # units 1 and 4 of layer 2 reach nobody
    share = (dense.forward(cut, digits.images, "tanh")[-1].argmax(axis=1) == digits.labels).mean()
    text = said(opened("ablation", runs, 2, 2, **{"mlp-ablation-units-2": [1, 4]}))
    assert f"With units 1, 4 of layer 2 off, **{share:.2%}** of {digits.words}" in text


def test_the_verdict_names_the_digit_that_suffers():
    whole = np.diag([90, 90]) + np.array([[0, 10], [10, 0]])
    cut = np.array([[80, 20], [60, 40]])
    text = mlp_ablation.verdict(whole, cut, "200 images", 3, [7])
    assert text.startswith("With unit 7 of layer 3 off, **60.00%** of 200 images are right instead of 90.00%. ")
    assert text.endswith("Digit 1 suffers most: from 90.0% to 40.0% of its 100 images.")
    assert mlp_ablation.verdict(whole, whole, "200 images", 3, [7]).endswith("No digit suffers.")


def test_images_are_sorted_by_norm(runs):
    state = runs[0].state(1)
    by_norm = np.argsort(-np.linalg.norm(state["dense1.kernel"].astype(np.float64), axis=0), kind="stable")
    by_next = np.argsort(np.linalg.norm(state["dense2.kernel"].astype(np.float64), axis=1), kind="stable")
    assert mlp_layer1.image_order(runs[0], 1, "norm", True).tolist() == by_norm.tolist()
    assert mlp_layer1.image_order(runs[0], 1, "next", False).tolist() == by_next.tolist()
    assert mlp_layer1.image_order(runs[0], 1, "original", True).tolist() == list(range(49))


def test_a_picked_row_is_a_place_in_the_image(runs):
    text = said(opened("layer1", runs, 1, 1))
    norm = np.linalg.norm(runs[0].state(1)["dense1.kernel"][30].astype(np.float64))
    assert f"**Row 30** is the pixel at row 1, column 2 of the image: norm {norm:.4g}" in text
    assert "**Unit 7**" in text


def test_csv_is_the_matrix_in_its_order(runs):
    kernel = runs[0].state(3)["dense2.kernel"]
    rows, columns = [5, 48, 0], [6, 2]
    header, *lines = csv.reader(io.StringIO(mlp_downloads.matrix_csv(kernel, rows, columns)))
    assert header == ["input", "unit 6", "unit 2"]
    assert [int(line[0]) for line in lines] == rows
    back = np.array([line[1:] for line in lines], dtype=np.float32)
    assert (back == kernel[np.ix_(rows, columns)]).all()


def test_png_is_the_matrix_in_its_order(runs):
    view = View(runs[0].key, 2, 3)
    rows, columns = list(range(49))[::-1], [3, 0, 1, 2, 4, 5, 6]
    picture = Image.open(io.BytesIO(mlp_downloads.matrix_png(runs[0], view, rows, columns)))
    scale = picture.width // 7
    assert picture.size == (7 * scale, 49 * scale) and picture.height >= 600
    stack = runs[0].weights("dense2.kernel")
    top = stack[3, 48, 3] / np.abs(stack).max()
    colour = picture.convert("RGB").getpixel((scale // 2, scale // 2))
    assert colour == tuple(LIGHT.signed_palette[round(127 + 127 * top)])


def test_three_files_can_be_taken(runs):
    test = opened("downloads", runs, 2, 1)
    assert [button.proto.label for button in test.get("download_button")] == ["Matrix as CSV", "Picture as PNG", "Run as safetensors"]


def test_the_answer_is_read_from_the_run(runs):
    place, because = mlp_question.answer(runs[0])
    norms = np.linalg.norm(runs[0].state(-1)["dense1.kernel"].astype(np.float64), axis=1).reshape(28, 28)
    row, column = np.unravel_index(norms.argmax(), norms.shape)
    assert f"row {row}, column {column} of the image" in because
    assert place in mlp_question.PLACES.values()
    assert "0 of 784 rows" in because


@pytest.mark.parametrize("name", ["through", "ablation"])
def test_digits_that_stand_in_are_named(runs, tmp_path, monkeypatch, name):
    monkeypatch.setenv("KERNEL_EXPLORER_DATA", str(tmp_path / "none"))
    test = opened(name, runs, 2, 1)
    assert not test.exception
    assert "400 UCI handwritten digits" in said(test)


def test_a_ledger_without_a_rest_has_no_such_line(runs):
    book = ledger(runs[0].state(1), np.full(784, 0.5), 3, 0, largest=8)  # layer 3 has seven inputs
    assert "others" not in mlp_through.ledger_table(book, 3, 0)
    steps = mlp_through.steps(book, 3)
    assert list(steps["label"])[-2:] == ["bias", "sum"]
    assert steps["end"].iloc[-2] == pytest.approx(book.total)
    assert SIZES[2] == 7
