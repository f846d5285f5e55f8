"""The products behind an answer, against sums written out and torch's own layers."""

import numpy as np
import pytest
import torch

from core.analysis.decisive import maps, way
from core.models import network
from core.runs import shipped, store


@pytest.mark.parametrize("name", ["softmax-mnist", "mlp-relu", "mlp-random"])
def test_each_step_adds_up_to_its_sum_and_goes_to_the_largest(name: str) -> None:
    run = store.load(shipped.RUNS[name].key)
    weights, image = run.state(-1 % run.states), np.random.default_rng(1).random(784)
    steps = way(run.spec.model, weights, image)
    assert [step.layer for step in steps] == list(range(len(run.spec.model.sizes) - 1, 0, -1))
    x, bend = image, {"relu": lambda s: np.maximum(s, 0), "tanh": np.tanh}.get(run.spec.model.activation)
    sums = []
    for layer in range(1, len(run.spec.model.sizes)):
        sums.append(x @ weights[f"dense{layer}.kernel"].astype(float) + weights[f"dense{layer}.bias"])
        x = bend(sums[-1])
    assert steps[0].unit == sums[-1].argmax()
    for step, deeper in zip(steps, [*steps[1:], None], strict=True):
        assert step.products.sum() + weights[f"dense{step.layer}.bias"][step.unit] == pytest.approx(
            sums[step.layer - 1][step.unit], abs=1e-4
        )
        assert step.products[step.source] == step.products.max()
        assert deeper is None or deeper.unit == step.source


def test_maps_of_a_cnn_add_up_to_the_largest_logit() -> None:
    run = store.load(shipped.RUNS["digit-cnn"].key)
    weights, image = run.state(run.states - 1), np.random.default_rng(2).random((28, 28)).astype(np.float32)
    output, added, found = maps(run.spec.model, weights, image)
    x = torch.from_numpy(image)[None, None]
    for layer in (1, 2):
        kernel, bias = (torch.from_numpy(np.array(weights[f"conv{layer}.{part}"], np.float32)) for part in ("kernel", "bias"))
        x = torch.nn.functional.max_pool2d(torch.relu(torch.nn.functional.conv2d(x, kernel, bias)), 2)
    (name,) = [name for name in weights if name.startswith("dense") and name.endswith("kernel")]
    logits = x.flatten().numpy() @ weights[name] + weights[name.replace("kernel", "bias")]
    assert output == logits.argmax()
    assert np.allclose(found, x[0].numpy(), atol=1e-3)
    assert added.sum() + weights[name.replace("kernel", "bias")][output] == pytest.approx(logits.max(), abs=1e-2)
    assert network.answers(run.spec.model, weights, image[None]).argmax() == output
