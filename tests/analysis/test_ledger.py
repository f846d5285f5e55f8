"""The ledger by hand and against torch: its lines add up to the activation shown."""

import numpy as np
import pytest
import torch

from core.analysis.ledger import ledger, products
from tests.analysis.dense_case import SIZES, torch_activations


def test_ledger_by_hand():
    tiny = {"dense1.kernel": np.array([[2.0, 0.0], [-3.0, 1.0], [0.5, 1.0]]), "dense1.bias": np.array([0.25, 0.0])}
    book = ledger(tiny, np.array([1.0, 0.5, 0.0]), layer=1, unit=0, output="tanh", largest=1)
    assert (book.sources.tolist(), book.products.tolist()) == ([0], [2.0])
    assert (book.rest, book.rest_count, book.bias, book.total) == (-1.5, 2, 0.25, 0.75)
    assert book.activation == pytest.approx(np.tanh(0.75))


def test_blank_pixels_are_not_listed():
    tiny = {"dense1.kernel": np.ones((3, 1)), "dense1.bias": np.zeros(1)}
    assert ledger(tiny, np.array([0.0, 1.0, 0.0]), 1, 0, output="tanh").sources.tolist() == [1]


@pytest.mark.parametrize("layer", range(1, len(SIZES)))
def test_lines_add_up_to_torchs_activation(state, images, layer):
    half = {name: value.astype(np.float16).astype(np.float32) for name, value in state.items()}
    theirs = torch_activations(half, images[:3], "tanh")
    for n, image in enumerate(images[:3]):
        for unit in range(SIZES[layer]):
            book = ledger(half, image, layer, unit)
            assert book.listed == pytest.approx(book.total, abs=1e-10)
            assert book.activation == pytest.approx(theirs[layer][n, unit], abs=1e-10)
            if book.function == "tanh":
                assert np.tanh(book.listed) == pytest.approx(theirs[layer][n, unit], abs=1e-10)
                single = torch.tanh(torch.tensor(book.listed, dtype=torch.float32)).item()
                assert abs(single - theirs[layer][n, unit]) < 1e-5


def test_products_sum_to_the_total(state, images):
    cells = products(state, 1, images[0].reshape(-1))
    assert cells.shape == (784, 49)
    book = ledger(state, images[0], 1, 5)
    assert cells[:, 5].sum() + state["dense1.bias"][5] == pytest.approx(book.total)


def test_missing_units_are_named(state, images):
    with pytest.raises(ValueError, match="layers 1 to 5, not 6"):
        ledger(state, images[0], 6, 0)
    with pytest.raises(ValueError, match="units 0 to 48, not 49"):
        ledger(state, images[0], 1, 49)
