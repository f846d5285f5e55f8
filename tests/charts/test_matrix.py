"""The matrix that the browser sorts: valid at every small shape, the same spec for every network of that shape."""

import warnings

import numpy as np
import pytest

from core.charts import matrix
from core.charts.client_order import TABLE, Opening
from core.charts.matrix_parts import fitting
from core.charts.size import cell_size
from core.charts.theme import DARK, LIGHT
from tests.charts.checked import checked, parameters

SHAPES = [(15, 10), (49, 7), (128, 10), (784, 2), (1, 5), (3, 1), (1, 1), (10, 128)]


def values(shape: tuple[int, int], states: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(states, *shape)).astype(np.float32), rng.normal(size=(states, shape[1])).astype(np.float32)


@pytest.mark.parametrize("room", [(460, 400), (210, 400)])
@pytest.mark.parametrize("shape", SHAPES)
def test_specs_are_valid_and_silent(shape: tuple[int, int], room: tuple[int, int]) -> None:
    kernel, bias = values(shape)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # Altair's, about selections that it joins
        chart = matrix.matrix(kernel, bias, DARK, opening=Opening(2, "value", pick=("cur", 0, 0)), room=room)
    found = parameters(checked(chart))
    assert [view.rsplit("_", 1)[0] for view in found["pick"]["views"]] == ["matrix", "row-norms", "column-norms"]
    assert found["epoch"]["value"] == 2 and found["pick"]["value"] == [{"m": "cur", "py": 0, "px": 0}]
    assert found["limit"]["value"] == float(np.abs(kernel).max())
    assert found["rowTop"]["value"] == pytest.approx(np.linalg.norm(kernel.astype(float), axis=2).max())
    assert found["columnTop"]["value"] == pytest.approx(np.linalg.norm(kernel.astype(float), axis=1).max())
    assert len(chart.tables[TABLE]) == (shape[0] + 1) * shape[1]


def test_a_spec_serves_every_network_of_the_same_shape() -> None:
    charts = [matrix.matrix(*values((15, 10), seed=seed), LIGHT) for seed in (0, 1)]
    assert charts[0].spec is charts[1].spec


def test_a_network_of_zeros_has_a_scale() -> None:
    found = parameters(checked(matrix.matrix(np.zeros((1, 4, 3)), np.zeros((1, 3)), LIGHT)))
    assert found["limit"]["value"] == found["biasLimit"]["value"] == 1.0


def test_many_states_do_not_make_many_bytes() -> None:
    kernel, bias = values((40, 50), states=1_000)
    chart = matrix.matrix(kernel, bias, LIGHT, opening=Opening(501, held=77))
    sent = [int(name[1:]) for name in chart.tables[TABLE].columns if name[1:].isdecimal()]
    assert {0, 77, 501} <= set(sent) and len(sent) * 41 * 50 < 300_000
    cells = chart.tables[TABLE][chart.tables[TABLE].m == "cur"]
    assert (cells["s501"].to_numpy().reshape(40, 50) == kernel[501]).all()


@pytest.mark.parametrize(("units", "pixels"), [(10, 40), (49, 11), (128, 5), (784, 1), (2_000, 1)])
def test_rows_shrink_until_they_fit(units: int, pixels: int) -> None:
    assert cell_size(units, 400, stretch=1.6) == pixels


@pytest.mark.parametrize(("room", "words"), [(400, "inputs: pixels"), (60, "inputs"), (20, "")])
def test_words_are_cut_where_they_have_no_room(room: int, words: str) -> None:
    assert fitting("inputs: pixels", room) == words
