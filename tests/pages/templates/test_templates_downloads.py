"""What the downloads of the templates page hold."""

import io

import numpy as np
import pandas as pd
import pytest

from core.runs import catalog
from core.ui import cached
from core.ui.shown import nearest
from pages.templates import downloads
from pages.templates.parts import on_images
from pages.templates.view import View

MODELS = [entry.id for entry in catalog.fitting(on_images) if entry.name]


def view(model: str, state: int) -> View:
    run = cached.run(model)
    shown = View.of(model, float(run.epochs[state]))
    assert shown.state == nearest(run, run.epochs[state]) == state % run.states
    return shown


@pytest.mark.parametrize("model", MODELS)
def test_the_npz_holds_the_weights_of_the_state(model: str) -> None:
    shown = view(model, 2)
    found = np.load(io.BytesIO(downloads.npz(shown)), allow_pickle=False)
    stored = shown.run.state(2)
    for unit in (0, len(shown.units) - 1):
        np.testing.assert_array_equal(found["templates"][unit].ravel(), stored["dense1.kernel"][:, unit])
    np.testing.assert_array_equal(found["bias"], stored["dense1.bias"])
    assert found["epoch"] == shown.run.epochs[2] and list(found["names"]) == list(shown.units)


@pytest.mark.parametrize("model", MODELS)
def test_the_csv_holds_the_counts_of_the_state(model: str) -> None:
    shown = view(model, -1)
    found = pd.read_csv(io.BytesIO(downloads.csv(shown)), index_col=0)
    np.testing.assert_array_equal(found.to_numpy(), shown.run.evaluation("confusion")[-1])
    assert [str(c) for c in found.columns] == [str(c) for c in found.index] == list(shown.classes)


def test_the_csv_of_a_difference_is_one_count_less_the_other() -> None:
    one, other = view("softmax-mnist", -1), view("hidden-mnist", -1)
    found = pd.read_csv(io.BytesIO(downloads.csv(one, other)), index_col=0).to_numpy()
    counts = [v.run.evaluation("confusion")[-1].astype(int) for v in (one, other)]
    np.testing.assert_array_equal(found, counts[0] - counts[1])
    assert (found < 0).any()
