"""What the downloads of the templates page hold."""

import io

import numpy as np
import pandas as pd
import pytest

from core.runs import store
from core.runs.shipped import RUNS
from pages.templates import confusion as templates_confusion
from pages.templates import gallery as templates_gallery
from pages.templates.view import TITLES, View, read_cell, read_epoch


def view(model: str, state: int) -> View:
    run = store.load(RUNS[model].key)
    return View(model, run, state % run.states)


@pytest.mark.parametrize("model", TITLES)
def test_the_npz_holds_the_weights_of_the_state(model: str) -> None:
    shown = view(model, 2)
    found = np.load(io.BytesIO(templates_gallery.npz(shown)), allow_pickle=False)
    stored = shown.run.state(2)
    for unit in (0, 9):
        np.testing.assert_array_equal(found["templates"][unit].ravel(), stored["dense1.kernel"][:, unit])
    np.testing.assert_array_equal(found["bias"], stored["dense1.bias"])
    assert found["epoch"] == shown.run.epochs[2] and len(found["names"]) == 10


@pytest.mark.parametrize("model", TITLES)
def test_the_csv_holds_the_counts_of_the_state(model: str) -> None:
    shown = view(model, -1)
    found = pd.read_csv(io.BytesIO(templates_confusion.csv(shown)), index_col=0)
    np.testing.assert_array_equal(found.to_numpy(), shown.run.evaluation("confusion")[-1])
    assert [str(c) for c in found.columns] == [str(c) for c in found.index] == list(shown.classes)


def test_the_csv_of_a_difference_is_one_count_less_the_other() -> None:
    one, other = view("softmax-mnist", -1), view("hidden-mnist", -1)
    found = pd.read_csv(io.BytesIO(templates_confusion.csv(one, other)), index_col=0).to_numpy()
    counts = [v.run.evaluation("confusion")[-1].astype(int) for v in (one, other)]
    np.testing.assert_array_equal(found, counts[0] - counts[1])
    assert (found < 0).any()


@pytest.mark.parametrize("text", ["0", "12", "0.04", ""])
def test_epochs_of_a_link(text: str) -> None:
    assert read_epoch(text) == text


@pytest.mark.parametrize("text", ["-1", "nan", "inf", "twelve"])
def test_epochs_that_no_link_may_hold(text: str) -> None:
    with pytest.raises(ValueError):
        read_epoch(text)


@pytest.mark.parametrize("text", ["4", "4-cat", "-", "10-1"])
def test_cells_that_no_link_may_hold(text: str) -> None:
    with pytest.raises(ValueError):
        read_cell(text)
    assert read_cell("4-9") == "4-9" and read_cell("cat-dog") == "cat-dog"
