"""Votes of hidden units add up to the logits of torch."""

import numpy as np
import torch

from core.analysis.votes import film, leaners, sides, unit_order, votes
from core.models import dense
from core.runs import store
from core.runs.shipped import RUNS


def test_votes_add_up_to_the_logits_of_torch():
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(784, 10), torch.nn.Sigmoid(), torch.nn.Linear(10, 10))
    kernels = [net[i].weight.detach().numpy().T for i in (0, 2)]
    biases = [net[i].bias.detach().numpy() for i in (0, 2)]
    x = dense.inputs(np.random.default_rng(0).integers(0, 256, (3, 28, 28), dtype=np.uint8))
    with torch.no_grad():
        expected = net(torch.from_numpy(x)).numpy()
    weights = {f"dense{i + 1}.{part}": a[i] for part, a in (("kernel", kernels), ("bias", biases)) for i in (0, 1)}
    hidden = dense.forward(weights, x, "sigmoid")[1]
    for i in range(3):
        found = votes(hidden[i], kernels[1], biases[1])
        np.testing.assert_allclose(found.logits, expected[i], atol=1e-5)
        np.testing.assert_allclose(found.products.sum(0) + found.bias, expected[i], atol=1e-5)
        assert found.products.shape == (10, 10)


def test_votes_over_the_states_are_those_of_each_state():
    run = store.load(RUNS["hidden-mnist"].key)
    x = dense.inputs(np.random.default_rng(1).integers(0, 256, (1, 28, 28), dtype=np.uint8))
    found = film(run, x[0])
    assert found.products.shape == (run.states, 10, 10)
    for index in (0, 7, run.states - 1):
        weights = {name: torch.from_numpy(value) for name, value in run.state(index).items()}
        hidden = torch.sigmoid(torch.from_numpy(x) @ weights["dense1.kernel"] + weights["dense1.bias"])
        logits = hidden @ weights["dense2.kernel"] + weights["dense2.bias"]
        np.testing.assert_allclose(found.logits[index], logits[0], atol=1e-4)
        np.testing.assert_allclose(found.products[index].sum(0) + found.bias[index], found.logits[index], atol=1e-9)


def test_order_and_sides():
    kernel = np.array([[1.0, -2.0], [3.0, 0.0], [-4.0, 5.0], [0.0, 1.0]])
    assert unit_order(kernel, None).tolist() == [0, 1, 2, 3]
    assert unit_order(kernel, 0).tolist() == [1, 0, 3, 2]
    assert sides(kernel, 0) == ([1, 0], [2])
    assert sides(kernel, 1) == ([2, 3], [0])


def test_leaners_by_hand():
    """Class 0 gives unit 1 its largest weight and unit 2 more than half of it; class 1 leans on unit 2 alone."""
    assert leaners(np.array([[1.0, -2.0], [-4.0, 0.0], [3.0, 5.0], [2.0, 2.5]])).tolist() == [0, 1, 2, 0]
