"""Products of image and template add up to what torch computes."""

import numpy as np
import pytest
import torch

from core.analysis import templates
from core.analysis.matching import decisive, match
from core.data.catalog import get
from core.models import dense


@pytest.fixture(params=[("mnist", (784, 10)), ("cifar10", (3072, 10))], ids=["digits", "pictures"])
def network(request):
    """A data set's name, a torch layer with weights as large as trained ones, and five images as stored."""
    name, (inputs, outputs) = request.param
    torch.manual_seed(3)
    layer = torch.nn.Linear(inputs, outputs)
    with torch.no_grad():
        layer.weight.mul_(8)
    images = np.random.default_rng(0).integers(0, 256, (5, *get(name).shape), dtype=np.uint8)
    return name, layer, images


def test_products_sum_to_the_logits_of_torch(network):
    name, layer, images = network
    x = dense.inputs(images)
    with torch.no_grad():
        logits = layer(torch.from_numpy(x)).numpy()
        probabilities = torch.softmax(layer(torch.from_numpy(x)).double(), 1).numpy()
    rolled = templates.rolled(layer.weight.detach().numpy().T, get(name).shape)
    for i, image in enumerate(x):
        found = match(rolled, layer.bias.detach().numpy(), image.reshape(get(name).shape))
        np.testing.assert_allclose(found.products.reshape(10, -1).sum(1) + found.bias, logits[i], atol=1e-5)
        np.testing.assert_allclose(found.positive + found.negative + found.bias, found.logits, atol=1e-12)
        np.testing.assert_allclose(found.logits, logits[i], atol=1e-5)
        np.testing.assert_allclose(found.probabilities, probabilities[i], atol=1e-5)
        assert found.order.tolist() == sorted(range(10), key=lambda c: -logits[i][c])
        assert (found.winner, found.second) == tuple(found.order[:2])
        lead = decisive(found, found.winner, found.second).sum() + found.bias[found.winner] - found.bias[found.second]
        np.testing.assert_allclose(lead, found.logits[found.winner] - found.logits[found.second], atol=1e-9)


def test_by_hand():
    found = match(np.array([[[2.0, -1.0]], [[0.0, 3.0]]]), np.array([0.5, -1.0]), np.array([[1.0, 0.5]]))
    assert found.positive.tolist() == [2.0, 1.5]
    assert found.negative.tolist() == [-0.5, 0.0]
    assert found.logits.tolist() == [2.0, 0.5]
    assert found.winner == 0
    np.testing.assert_allclose(found.probabilities[0], 1 / (1 + np.exp(-1.5)))


def test_an_image_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="templates are"):
        match(np.zeros((10, 28, 28)), np.zeros(10), np.zeros((32, 32, 3)))
