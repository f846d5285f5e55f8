"""Maps of layers against numpy's singular values and scikit-learn's neighbours."""

import numpy as np
import pytest
from sklearn.manifold import trustworthiness
from sklearn.model_selection import LeaveOneOut, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier

from core.analysis import layer_map
from core.data import stand_in
from core.models import network
from core.runs import shipped, store
from core.specs import ModelSpec
from tests.digit_case import MODELS, weights

IMAGES, LABELS = (array[:120] for array in stand_in.load("test"))


def test_a_plane_holds_the_directions_of_most_variance() -> None:
    rng = np.random.default_rng(0)
    for shape in ((80, 12), (80, 200)):
        values = rng.normal(size=shape) @ np.diag(np.linspace(3, 0.1, shape[1]) ** 2)
        found, variance = layer_map.plane(values, np.arange(80) % 3)
        left, size, _ = np.linalg.svd(values - values.mean(0), full_matrices=False)
        np.testing.assert_allclose(variance, (size**2 / (size**2).sum())[:2], rtol=1e-3)
        np.testing.assert_allclose(np.abs(found), np.abs(left * size)[:, :2], atol=0.02 * size[0])


def test_a_plane_of_next_to_nothing() -> None:
    found, variance = layer_map.plane(np.ones((6, 4)), np.zeros(6))
    assert not found.any() and not variance.any()
    found, variance = layer_map.plane(np.arange(6.0)[:, None], np.zeros(6))
    assert found.shape == (6, 2) and not found[:, 1].any() and list(variance) == [1, 0]


def test_the_first_class_lies_right_and_up_whatever_the_sign() -> None:
    values, labels = np.random.default_rng(1).normal(size=(60, 8)), np.arange(60) % 4
    values[labels == 0] += 2
    one, other = (layer_map.plane(sign * values, labels)[0] for sign in (1, -1))
    np.testing.assert_allclose(one, other, atol=1e-8)
    assert (one[labels == 0].mean(0) >= 0).all()


def test_neighbours_are_scikit_learn_s() -> None:
    values = IMAGES.reshape(len(IMAGES), -1).astype(float)
    said = cross_val_predict(KNeighborsClassifier(1, algorithm="brute"), values, LABELS, cv=LeaveOneOut())
    assert layer_map.own_neighbours(values, LABELS) == pytest.approx((said == LABELS).mean())


def test_every_layer_of_the_shipped_network_at_every_state() -> None:
    run = store.load(shipped.RUNS["digit-cnn"].key)
    states = [run.state(0), run.state(-1)]
    arrays, arguments = layer_map.given(run.spec.model, states, IMAGES, LABELS)
    first, last = layer_map.by_variance(arrays, **arguments, states=[0, 1])
    names = layer_map.names(run.spec.model)
    assert names == ("input", "pool1", "pool2", "logits")
    for part, state in ((first, states[0]), (last, states[1])):
        acts = network.activations(run.spec.model, state, IMAGES)
        for i, name in enumerate(names):
            values = acts[name].reshape(len(IMAGES), -1)
            size = np.linalg.svd(values - values.mean(0), compute_uv=False)
            np.testing.assert_allclose(part["variance"][i], (size**2 / (size**2).sum())[:2], rtol=0.02)
            assert part["beside"][i] == pytest.approx(layer_map.own_neighbours(values, LABELS), abs=0.01)
    assert np.array_equal(first["points"][0], last["points"][0]), "no training moves the images themselves"
    assert last["beside"][-1] > last["beside"][0] > 0.8 and last["beside"][-1] > first["beside"][-1]


@pytest.mark.parametrize("model", [MODELS["hidden dense"], ModelSpec(sizes=(784, 12, 10))], ids=["digit CNN", "dense"])
def test_neighbours_stay_neighbours_and_the_seed_is_fixed(model: ModelSpec) -> None:
    rng = np.random.default_rng(3)
    state = (
        weights(model)
        if model.kind == "digit_cnn"
        else {
            "dense1.kernel": rng.normal(0, 0.1, (784, 12)),
            "dense1.bias": np.zeros(12),
            "dense2.kernel": rng.normal(0, 0.3, (12, 10)),
            "dense2.bias": np.zeros(10),
        }
    )
    arrays, arguments = layer_map.given(model, [state], IMAGES, LABELS)
    parts = [part["points"] for part in layer_map.by_neighbours(arrays, **arguments)]
    acts = network.activations(model, state, IMAGES)
    assert len(parts) == len(layer_map.names(model))
    for name, places in zip(layer_map.names(model), parts, strict=True):
        assert places.shape == (len(IMAGES), 2) and np.isfinite(places).all()
        assert trustworthiness(acts[name].reshape(len(IMAGES), -1), places, n_neighbors=5) > 0.85
    assert np.array_equal(parts[0], next(layer_map.by_neighbours(arrays, **arguments))["points"])


def test_which_states() -> None:
    assert layer_map.states_of(4) == [3, 0, 1, 2] and layer_map.states_of(1) == [0]
    many = layer_map.states_of(501)
    assert many[:2] == [500, 0] and len(many) == layer_map.STATES == len(set(many))
