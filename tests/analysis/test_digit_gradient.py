"""Gradients of a digit CNN's kernels against torch's autograd."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from core.analysis.digit_gradient import kernel_gradients
from core.models.digit_cnn import DigitCNN, load_weights
from core.models.digit_layers import weight_shapes
from core.specs import ModelSpec

CASES = [
    ModelSpec("digit_cnn", sizes=(10,), activation="relu", channels=(3, 4), kernel_size=5, image=28),
    ModelSpec("digit_cnn", sizes=(7, 5, 4), activation="tanh", channels=(2,), kernel_size=4, image=13),
    ModelSpec("digit_cnn", sizes=(6, 3), activation="elu", channels=(2, 3, 2), kernel_size=3, image=30),
]


@pytest.mark.parametrize("model", CASES, ids=lambda model: f"{model.channels}")
def test_every_kernel_is_autograds(model: ModelSpec) -> None:
    rng = np.random.default_rng(4)
    weights = {name: rng.normal(size=shape) * 0.3 for name, shape in weight_shapes(model).items()}
    images, labels = rng.random((5, model.image, model.image)), rng.integers(0, model.sizes[-1], 5)
    found = kernel_gradients(model, weights, images, labels)
    network = load_weights(DigitCNN(model).double(), weights)
    functional.cross_entropy(network(torch.from_numpy(images)[:, None]), torch.from_numpy(labels)).backward()
    theirs = {ours: parameter.grad for ours, name in network.stored_as.items() for n, parameter in network.named_parameters() if n == name}
    assert set(found) == {name for name in theirs if name.endswith("kernel")}
    for name, array in found.items():
        reference = theirs[name].numpy()
        np.testing.assert_allclose(array, reference.T if reference.ndim == 2 else reference, rtol=1e-9, atol=1e-12)
