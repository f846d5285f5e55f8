"""The fast path for dense networks against torch's autograd, layers and optimisers, and together against alone."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from core.models import mlp
from core.specs import ACTIVATIONS, DataSpec, ModelSpec, RunSpec, SpecError, TrainSpec
from core.training.dense import Batches, Networks, first_epoch_steps, run_steps, train_together
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


def as_torch(weights: dict[str, np.ndarray], activation: str) -> torch.nn.Sequential:
    """The same network of torch's own layers."""
    layer = {"tanh": torch.nn.Tanh, "sigmoid": torch.nn.Sigmoid, "relu": torch.nn.ReLU}[activation]
    parts: list[torch.nn.Module] = []
    for kernel, bias in zip(*mlp.layers_of(weights), strict=True):
        linear = torch.nn.Linear(*kernel.shape)
        linear.weight.data, linear.bias.data = torch.tensor(kernel.T), torch.tensor(bias)
        parts += [linear, layer()]
    return torch.nn.Sequential(*parts[:-1])


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("sizes", [SIZES, (16, 10)])
def test_backward_equals_autograd(activation: str, sizes: tuple[int, ...]) -> None:
    models = [ModelSpec(sizes=sizes, activation=activation, initializer="torch", seed=s) for s in range(3)]
    networks = Networks(models)
    x, labels = torch.rand(20, 16), torch.arange(20) % 10
    networks.backward(x, networks.forward(x), torch.eye(10)[labels])
    for m, model in enumerate(models):
        peer = as_torch(mlp.initial(model), activation)
        torch.nn.functional.cross_entropy(peer(x), labels).backward()
        linears = [part for part in peer if isinstance(part, torch.nn.Linear)]
        for layer, linear in enumerate(linears):
            torch.testing.assert_close(networks.kernel_gradients[layer][m], linear.weight.grad, atol=1e-7, rtol=1e-4)
            torch.testing.assert_close(networks.bias_gradients[layer][m], linear.bias.grad, atol=1e-7, rtol=1e-4)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_forward_equals_numpy(activation: str) -> None:
    models = [ModelSpec(sizes=SIZES, activation=activation, seed=s) for s in range(2)]
    x = np.random.default_rng(0).random((9, 16), dtype=np.float32)
    outputs = Networks(models).forward(torch.from_numpy(x))
    for m, model in enumerate(models):
        for ours, theirs in zip(outputs, mlp.forward(*mlp.layers_of(mlp.initial(model)), x, activation), strict=True):
            np.testing.assert_allclose(ours[m].numpy().T, theirs, atol=1e-6)


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
@pytest.mark.parametrize("decay", [0.0, 0.01])
def test_steps_equal_torch(data: Samples, optimizer: str, decay: float) -> None:
    """Ten steps by torch's layers, autograd and plain optimiser end at the same weights; decay leaves biases alone."""
    plan = replace(SPEC.train, optimizer=optimizer, weight_decay=decay)
    networks, part = Networks([SPEC.model]), Batches(*data.train, 10)
    batches = torch.arange(200).split(20)
    run_steps(networks, networks.optimizer(plan), part, batches)
    peer = as_torch(mlp.initial(SPEC.model), "tanh")
    groups = [
        {"params": [p for n, p in peer.named_parameters() if n.endswith("weight")], "weight_decay": decay},
        {"params": [p for n, p in peer.named_parameters() if n.endswith("bias")]},
    ]
    steps = torch.optim.Adam(groups, lr=1e-2) if optimizer == "adam" else torch.optim.SGD(groups, lr=1e-2)
    x, y = torch.from_numpy(mlp.inputs(data.train[0])), torch.from_numpy(data.train[1]).long()
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
    together = list(train_together(specs, data))
    for m, spec in enumerate(specs):
        for both, (single,) in zip(together, train_together([spec], data), strict=True):
            assert (both[m].epoch, both[m].step) == (single.epoch, single.step)
            assert both[m].metrics["loss"] == pytest.approx(single.metrics["loss"], abs=2e-4)
            for name, weights in single.weights.items():
                np.testing.assert_allclose(both[m].weights[name], weights, atol=2e-3)  # float16 steps below 2 are 0.001
    assert len({round(record.metrics["loss"], 3) for record in together[-1]}) == 4


def test_records(data: Samples) -> None:
    records = [record for (record,) in train_together([SPEC], data)]
    assert [r.step for r in records] == [0, 1, 2, 6, 7, 14, 21]
    assert [r.epoch for r in records] == pytest.approx([0, 1 / 7, 2 / 7, 6 / 7, 1, 2, 3])
    start = mlp.initial(SPEC.model)
    for name, weights in records[0].weights.items():
        assert (weights == start[name].astype(np.float16)).all()
    assert records[-1].metrics["loss"] < records[0].metrics["loss"]
    for record in records:
        for split in ("train", "validation", "test"):
            images, labels = getattr(data, split)
            predicted = mlp.predict(SPEC.model, record.weights, images)
            assert record.metrics[f"accuracy_{split}"] == pytest.approx(np.mean(predicted == labels))
        assert (record.evaluation["confusion"] == confusion_matrix(labels, predicted, labels=range(10))).all()
        logits = mlp.forward(*mlp.layers_of(record.weights), mlp.inputs(data.train[0]), "tanh")[-1]
        share = mlp.softmax(logits)[np.arange(200), data.train[1]]
        assert record.metrics["loss"] == pytest.approx(-np.log(share).mean(), abs=1e-5)


def test_same_seed_same_result_other_order_other_result(data: Samples) -> None:
    def last(spec: RunSpec) -> np.ndarray:
        return list(train_together([spec], data))[-1][0].weights["dense1.kernel"]

    assert (last(SPEC) == last(SPEC)).all()
    assert (last(SPEC) != last(replace(SPEC, train=replace(SPEC.train, seed=1)))).any()


def test_empty_parts_have_no_numbers(data: Samples) -> None:
    bare = Samples(data.train, (data.train[0][:0], data.train[1][:0]), data.test)
    (record,) = next(train_together([SPEC], bare))
    assert np.isnan(record.metrics["accuracy_validation"])
    assert np.isnan(record.metrics["loss_validation"])
    assert record.metrics["accuracy_test"] >= 0


def test_batches_are_what_mlp_inputs_says(data: Samples) -> None:
    part, chosen = Batches(*data.train, 10), torch.tensor([5, 199, 0])
    assert (part.take(chosen).numpy() == mlp.inputs(data.train[0])[chosen.numpy()]).all()


def test_threads_are_given_back(data: Samples) -> None:
    before = torch.get_num_threads()
    training = train_together([replace(SPEC, train=replace(SPEC.train, threads=before + 1))], data)
    next(training)
    training.close()
    assert torch.get_num_threads() == before


def test_first_epoch_steps_by_hand() -> None:
    assert first_epoch_steps(100, 4) == [1, 5, 21, 99]
    assert first_epoch_steps(7, 6) == [1, 2, 3, 4, 5, 6]
    assert first_epoch_steps(422, 0) == []


@given(st.integers(2, 2_000).flatmap(lambda steps: st.tuples(st.just(steps), st.integers(1, steps - 1))))
def test_first_epoch_steps_rise_within_the_epoch(choice: tuple[int, int]) -> None:
    steps, states = choice
    kept = first_epoch_steps(steps, states)
    assert len(kept) == states
    assert kept[0] >= 1
    assert kept[-1] <= steps - 1
    assert all(b > a for a, b in pairwise(kept))


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
        next(train_together([replace(SPEC, **change)], data))


def test_networks_that_differ_in_more_do_not_train_together(data: Samples) -> None:
    other = replace(SPEC, train=replace(SPEC.train, seed=1))
    with pytest.raises(SpecError, match="initialiser and weight seed alone"):
        next(train_together([SPEC, other], data))
