"""The fast path for dense networks against torch's autograd, layers and optimisers, and together against alone."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix

from core.models import dense
from core.models.activations import softmax
from core.specs import ACTIVATIONS, OPTIMIZERS, DataSpec, ModelSpec, RunSpec, SpecError, TrainSpec
from core.training.dense import Batches, Networks, Training, run_steps
from core.training.loop import EpochRecord, follow
from core.training.samples import Samples

SIZES = (16, 7, 5, 10)
SPEC = RunSpec(
    DataSpec(train=200, validation=60, test=100),
    ModelSpec(sizes=SIZES),
    TrainSpec(batch=32, epochs=3, learning_rate=1e-2, first_epoch_states=3),
)


def some_images(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Images of 4x4 pixels whose class can be learned: a class's own pattern and noise."""
    patterns = np.random.default_rng(99).integers(0, 200, (10, 4, 4))
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, count).astype(np.uint8)
    return (patterns[labels] + rng.integers(0, 56, (count, 4, 4))).astype(np.uint8), labels


@pytest.fixture
def data() -> Samples:
    return Samples(some_images(200, 1), some_images(60, 2), some_images(100, 3))


def trained(specs: Sequence[RunSpec], data: Samples) -> Iterator[list[EpochRecord]]:
    """The records of these specs on images of our own."""
    return follow(Training(*specs, data=data), specs[0].train)


class Named(torch.nn.Module):
    """One of torch's activations as a layer."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return getattr(torch.nn.functional, self.name)(z)


def as_torch(weights: dict[str, np.ndarray], activation: str) -> torch.nn.Sequential:
    """The same network of torch's own layers."""
    parts: list[torch.nn.Module] = []
    for kernel, bias in zip(*dense.layers_of(weights), strict=True):
        linear = torch.nn.Linear(*kernel.shape)
        linear.weight.data, linear.bias.data = torch.tensor(kernel.T), torch.tensor(bias)
        parts += [linear, Named(activation)]
    return torch.nn.Sequential(*parts[:-1])


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("sizes", [SIZES, (16, 10)])
def test_backward_equals_autograd(activation: str, sizes: tuple[int, ...]) -> None:
    models = [ModelSpec(sizes=sizes, activation=activation, initializer="torch", seed=s) for s in range(3)]
    networks = Networks(models)
    x, labels = torch.rand(20, 16), torch.arange(20) % 10
    networks.backward(x, networks.forward(x), torch.eye(10)[labels])
    for m, model in enumerate(models):
        peer = as_torch(dense.initial(model), activation)
        torch.nn.functional.cross_entropy(peer(x), labels).backward()
        linears = [part for part in peer if isinstance(part, torch.nn.Linear)]
        for layer, linear in enumerate(linears):
            torch.testing.assert_close(networks.kernel_gradients[layer][m], linear.weight.grad, atol=1e-7, rtol=1e-4)
            torch.testing.assert_close(networks.bias_gradients[layer][m], linear.bias.grad, atol=1e-7, rtol=1e-4)


def expected(model: ModelSpec, x: np.ndarray) -> list[np.ndarray]:
    """What numpy gives: hidden activations, then the logits."""
    found = dense.activations(model, dense.initial(model), x, np.float32)
    return [array for name, array in found.items() if name not in ("input", "probabilities")]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_forward_equals_numpy(activation: str) -> None:
    models = [ModelSpec(sizes=SIZES, activation=activation, seed=s) for s in range(2)]
    x = np.random.default_rng(0).random((9, 16), dtype=np.float32)
    outputs = Networks(models).forward(torch.from_numpy(x))
    for m, model in enumerate(models):
        for ours, theirs in zip(outputs, expected(model, x), strict=True):
            np.testing.assert_allclose(ours[m].numpy().T, theirs, atol=1e-6)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("decay", [0.0, 0.01])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_steps_equal_torch(data: Samples, activation: str, optimizer: str, decay: float) -> None:
    """Ten steps by torch's layers, autograd and plain optimiser end at the same weights; decay leaves biases alone."""
    plan, model = replace(SPEC.train, optimizer=optimizer, weight_decay=decay), replace(SPEC.model, activation=activation)
    networks, part = Networks([model]), Batches(*data.train, 10)
    batches = torch.arange(200).split(20)
    run_steps(networks, networks.optimizer(plan), part, batches)
    peer = as_torch(dense.initial(model), activation)
    groups = [
        {"params": [p for n, p in peer.named_parameters() if n.endswith("weight")], "weight_decay": decay},
        {"params": [p for n, p in peer.named_parameters() if n.endswith("bias")]},
    ]
    steps = torch.optim.Adam(groups, lr=1e-2) if optimizer == "adam" else torch.optim.SGD(groups, lr=1e-2)
    x, y = torch.from_numpy(dense.inputs(data.train[0])), torch.from_numpy(data.train[1]).long()
    for chosen in batches:
        steps.zero_grad()
        torch.nn.functional.cross_entropy(peer(x[chosen]), y[chosen]).backward()
        steps.step()
    for name, kernel in networks.state(0).items():
        layer = peer[2 * (int(name[5]) - 1)]
        expected = layer.weight.T if name.endswith("kernel") else layer.bias
        np.testing.assert_allclose(kernel, expected.detach().numpy(), atol=2e-5)


def test_together_equals_alone(data: Samples) -> None:
    """Other seeds and another initialiser beside a network change nothing but the rounding of sums."""
    models = [replace(SPEC.model, seed=s) for s in range(3)] + [replace(SPEC.model, initializer="alternating_diagonal")]
    specs = [replace(SPEC, model=model) for model in models]
    together = list(trained(specs, data))
    for m, spec in enumerate(specs):
        for both, (single,) in zip(together, trained([spec], data), strict=True):
            assert (both[m].epoch, both[m].step) == (single.epoch, single.step)
            assert both[m].metrics["loss"] == pytest.approx(single.metrics["loss"], abs=2e-4)
            for name, weights in single.weights.items():
                np.testing.assert_allclose(both[m].weights[name], weights, atol=2e-3)  # float16 steps below 2 are 0.001
    assert len({round(record.metrics["loss"], 3) for record in together[-1]}) == 4


def test_records(data: Samples) -> None:
    records = [record for (record,) in trained([SPEC], data)]
    assert [r.step for r in records] == [0, 1, 2, 6, 7, 14, 21]
    assert [r.epoch for r in records] == pytest.approx([0, 1 / 7, 2 / 7, 6 / 7, 1, 2, 3])
    start = dense.initial(SPEC.model)
    for name, weights in records[0].weights.items():
        assert (weights == start[name].astype(np.float16)).all()
    assert records[-1].metrics["loss"] < records[0].metrics["loss"]
    for record in records:
        for split in ("train", "validation", "test"):
            images, labels = getattr(data, split)
            predicted = dense.activations(SPEC.model, record.weights, images, np.float32)["logits"].argmax(1)
            assert record.metrics[f"accuracy_{split}"] == pytest.approx(np.mean(predicted == labels))
        assert (record.evaluation["confusion"] == confusion_matrix(labels, predicted, labels=range(10))).all()
        logits = dense.activations(SPEC.model, record.weights, data.train[0])["logits"]
        share = softmax(logits)[np.arange(200), data.train[1]]
        assert record.metrics["loss"] == pytest.approx(-np.log(share).mean(), abs=1e-5)


def test_same_seed_same_result_other_order_other_result(data: Samples) -> None:
    def last(spec: RunSpec) -> np.ndarray:
        return list(trained([spec], data))[-1][0].weights["dense1.kernel"]

    assert (last(SPEC) == last(SPEC)).all()
    assert (last(SPEC) != last(replace(SPEC, train=replace(SPEC.train, seed=1)))).any()


def test_empty_parts_have_no_numbers(data: Samples) -> None:
    bare = Samples(data.train, (data.train[0][:0], data.train[1][:0]), data.test)
    (record,) = next(trained([SPEC], bare))
    assert np.isnan(record.metrics["accuracy_validation"])
    assert np.isnan(record.metrics["loss_validation"])
    assert record.metrics["accuracy_test"] >= 0


def test_batches_are_what_the_network_takes(data: Samples) -> None:
    part, chosen = Batches(*data.train, 10), torch.tensor([5, 199, 0])
    assert (part.take(chosen).numpy() == dense.inputs(data.train[0])[chosen.numpy()]).all()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"model": ModelSpec(sizes=SIZES, output="tanh")}, "softmax output"),
        ({"train": TrainSpec(loss="l1")}, "softmax output"),
        ({"model": ModelSpec(sizes=(784, 10))}, "16 values, the network 784 inputs"),
        ({"train": TrainSpec(batch=100, first_epoch_states=2)}, "at most 1 states"),
    ],
)
def test_impossible_choices_are_refused_in_a_sentence(data: Samples, change: dict, sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence):
        next(trained([replace(SPEC, **change)], data))


def test_networks_that_differ_in_more_do_not_trained(data: Samples) -> None:
    other = replace(SPEC, train=replace(SPEC.train, seed=1))
    with pytest.raises(SpecError, match="initialiser and weight seed alone"):
        next(trained([SPEC, other], data))
