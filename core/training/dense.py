"""Training dense networks: one fast path for one network or for several at once.

Several networks of one shape that see the same batches are one batched model: the images of a step are gathered once and
meet the first kernels of all networks in one wide product. Kernels lie in one flat buffer and biases in another, so that
the optimiser touches two tensors whatever the number of layers. The backward pass is written out, which autograd checks in
the tests: it saves the bookkeeping that costs more than the products of such small layers.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.models import mlp
from core.specs import ModelSpec, RunSpec, SpecError, TrainSpec
from core.training.loop import EpochRecord
from core.training.samples import Samples, as_read, samples

CHUNK = 2_000  # images at a time in evaluation: their pixels stay in the cache

_BACKWARD: dict[str, Callable[[Tensor, Tensor], Tensor]] = {  # gradient at an activation's output, and that output -> gradient at its input
    "tanh": torch.ops.aten.tanh_backward,
    "sigmoid": torch.ops.aten.sigmoid_backward,
    "relu": lambda gradient, output: torch.ops.aten.threshold_backward(gradient, output, 0),
}
_FORWARD: dict[str, Callable[[Tensor], Tensor]] = {"tanh": torch.tanh_, "sigmoid": torch.sigmoid_, "relu": torch.relu_}


class Networks:
    """M dense networks of one shape with their gradients. Activations are (network, unit, image), kernels (network, output, input).

    With units before images, the products of the first layer of all networks are one, and nothing is ever transposed in memory.
    """

    def __init__(self, models: Sequence[ModelSpec]) -> None:
        self.count, self.sizes, self.activation = len(models), models[0].sizes, models[0].activation
        pairs = list(zip(self.sizes[:-1], self.sizes[1:], strict=True))
        self.flat_kernels = torch.zeros(self.count * sum(i * o for i, o in pairs))
        self.flat_biases = torch.zeros(self.count * sum(self.sizes[1:]))
        self.flat_kernels.grad = torch.zeros_like(self.flat_kernels)
        self.flat_biases.grad = torch.zeros_like(self.flat_biases)
        self.kernels, self.biases = self._views(self.flat_kernels, self.flat_biases)
        self.kernel_gradients, self.bias_gradients = self._views(self.flat_kernels.grad, self.flat_biases.grad)
        for m, model in enumerate(models):
            for layer, (kernel, bias) in enumerate(zip(*mlp.layers_of(mlp.initial(model)), strict=True)):
                self.kernels[layer][m].copy_(torch.from_numpy(kernel.T))
                self.biases[layer][m].copy_(torch.from_numpy(bias))

    def _views(self, flat_kernels: Tensor, flat_biases: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Each layer's part of two flat buffers: kernels (M, outputs, inputs), biases (M, outputs)."""
        kernels, biases, k, b = [], [], 0, 0
        for i, o in zip(self.sizes[:-1], self.sizes[1:], strict=True):
            kernels.append(flat_kernels[k : k + self.count * i * o].view(self.count, o, i))
            biases.append(flat_biases[b : b + self.count * o].view(self.count, o))
            k, b = k + self.count * i * o, b + self.count * o
        return kernels, biases

    def forward(self, x: Tensor) -> list[Tensor]:
        """Hidden activations, then logits, each (M, units, images), of inputs x (images, inputs)."""
        z = torch.addmm(self.biases[0].view(-1, 1), self.kernels[0].view(-1, x.shape[1]), x.t())  # (M * units, images)
        out = [z.view(self.count, -1, len(x))]  # (M, units, images)
        for kernel, bias in zip(self.kernels[1:], self.biases[1:], strict=True):
            h = _FORWARD[self.activation](out[-1])
            out.append(torch.baddbmm(bias.unsqueeze(2), kernel, h))  # (M, units, images)
        return out

    def backward(self, x: Tensor, outputs: list[Tensor], targets: Tensor) -> None:
        """Fill the gradients of the mean cross-entropy, for `outputs` of `forward(x)` and one-hot targets (images, classes)."""
        gradient = (torch.softmax(outputs[-1], 1) - targets.t()).div_(len(x))  # at the logits, (M, classes, images)
        for layer in range(len(self.kernels) - 1, 0, -1):
            below = outputs[layer - 1]  # (M, inputs of this layer, images)
            torch.bmm(gradient, below.transpose(1, 2), out=self.kernel_gradients[layer])
            torch.sum(gradient, 2, out=self.bias_gradients[layer])
            gradient = _BACKWARD[self.activation](torch.bmm(self.kernels[layer].transpose(1, 2), gradient), below)
        torch.mm(gradient.view(-1, len(x)), x, out=self.kernel_gradients[0].view(-1, x.shape[1]))
        torch.sum(gradient, 2, out=self.bias_gradients[0])

    def optimizer(self, train: TrainSpec) -> torch.optim.Optimizer:
        """The optimiser over both buffers; weight decay is for kernels alone."""
        groups: list[dict[str, Any]] = [{"params": [self.flat_kernels, self.flat_biases]}]
        if train.weight_decay and train.decay_on == "all":
            groups = [{"params": [self.flat_kernels], "weight_decay": train.weight_decay}, {"params": [self.flat_biases]}]
        if train.optimizer == "adam":
            return torch.optim.Adam(groups, lr=train.learning_rate, fused=True)
        return torch.optim.SGD(groups, lr=train.learning_rate, fused=True)

    def copy_stored(self, live: "Networks") -> None:
        """Take another's weights as a run stores them, rounded to float16."""
        self.flat_kernels.copy_(live.flat_kernels.half())
        self.flat_biases.copy_(live.flat_biases.half())

    def state(self, m: int) -> dict[str, np.ndarray]:
        """Every parameter of network m under its name, copied."""
        out: dict[str, np.ndarray] = {}
        for layer, (kernel, bias) in enumerate(mlp.names(len(self.kernels))):
            out[kernel] = self.kernels[layer][m].t().numpy().copy()
            out[bias] = self.biases[layer][m].numpy().copy()
        return out


class Batches:
    """Images and labels of one part, handed out as float32 inputs; they stay uint8 in memory, a quarter of the size."""

    def __init__(self, images: np.ndarray, labels: np.ndarray, classes: int) -> None:
        self.pixels = torch.from_numpy(np.ascontiguousarray(images)).flatten(1)  # (N, inputs) uint8
        self.labels = torch.from_numpy(labels.astype(np.int64))  # (N,)
        self.targets = torch.eye(classes)[self.labels]  # (N, classes)
        self._bytes = torch.empty(0, self.pixels.shape[1], dtype=torch.uint8)
        self._inputs = torch.empty(0, self.pixels.shape[1])

    def __len__(self) -> int:
        return len(self.pixels)

    def take(self, chosen: Tensor) -> Tensor:
        """Inputs of the chosen images as `mlp.inputs` makes them, (images, inputs); the next call overwrites them."""
        if len(self._inputs) < len(chosen):
            self._bytes = torch.empty(len(chosen), self.pixels.shape[1], dtype=torch.uint8)
            self._inputs = torch.empty(len(chosen), self.pixels.shape[1])
        torch.index_select(self.pixels, 0, chosen, out=self._bytes[: len(chosen)])
        return self._inputs[: len(chosen)].copy_(self._bytes[: len(chosen)]).div_(255)


def evaluate(networks: Networks, part: Batches) -> tuple[np.ndarray, list[np.ndarray]]:
    """Mean cross-entropy (M,) and the confusion counts of each network on a part; NaN losses if it is empty."""
    classes = networks.sizes[-1]
    if not len(part):
        return np.full(networks.count, np.nan), [np.zeros((classes, classes), np.int32)] * networks.count
    loss = torch.zeros(networks.count, dtype=torch.float64)
    predicted = torch.empty(networks.count, len(part), dtype=torch.int64)
    for chosen in torch.arange(len(part)).split(CHUNK):
        logits = networks.forward(part.take(chosen))[-1]  # (M, classes, images)
        own = logits.gather(1, part.labels[chosen].expand(networks.count, 1, -1)).squeeze(1)  # (M, images)
        loss += (logits.logsumexp(1) - own).sum(1, dtype=torch.float64)
        predicted[:, chosen] = logits.argmax(1)
    labels = part.labels.numpy()
    confusions = [mlp.confusion(labels, p, classes) for p in predicted.numpy()]
    return (loss / len(part)).numpy(), confusions


def first_epoch_steps(steps: int, states: int) -> list[int]:
    """Steps inside the first epoch after which a state is kept, as evenly spaced in their logarithm as whole numbers can be.

    Most happens in the first few steps, so they are kept densest: 4 states of 100 steps are after 1, 5, 21 and 99.

    Raises:
        SpecError: more states than there are steps inside the epoch.
    """
    if states > steps - 1:
        raise SpecError(f"The first epoch has {steps:,} steps, so at most {steps - 1:,} states can be kept inside it.")
    wanted = np.round(np.geomspace(1, max(steps - 1, 1), states)).astype(int)
    out: list[int] = []
    for i, step in enumerate(wanted):
        out.append(min(max(step, out[-1] + 1 if out else 1), steps - states + i))
    return [int(step) for step in out]


def train(spec: RunSpec) -> Iterator[EpochRecord]:
    """Train one dense network and yield its kept states, state 0 first.

    Raises:
        SpecError: choices that a dense network cannot follow.
    """
    for records in train_together([spec]):
        yield records[0]


def train_together(specs: Sequence[RunSpec], data: Samples | None = None) -> Iterator[list[EpochRecord]]:
    """Train several networks that differ in their initialiser or its seed alone; yield one record each for every kept state.

    A network's result is the one it has alone, up to the rounding of float32 sums. `seconds` are a network's share of the
    common time. The metrics of a state are those of its weights as stored (float16); "confusion_float32" counts the
    predictions before that rounding.

    Args:
        data: the images, where they have been read already.

    Raises:
        SpecError: choices that a dense network cannot follow, or specs that differ in more.
    """
    spec = specs[0]
    _check(specs)
    data = data or samples(spec.data, spec.model)
    as_read(data.train[0], spec.model)  # refuses images of another size
    threads = torch.get_num_threads()
    torch.set_num_threads(spec.train.threads)
    try:
        with torch.inference_mode():
            yield from _train(specs, data)
    finally:
        torch.set_num_threads(threads)


def _check(specs: Sequence[RunSpec]) -> None:
    first = specs[0]
    if first.model.kind != "dense" or first.model.output != "softmax" or first.train.loss != "cross_entropy":
        raise SpecError("Dense networks are trained with a softmax output and cross-entropy; choose these.")
    for spec in specs:
        model = replace(spec.model, initializer=first.model.initializer, seed=first.model.seed)
        if (spec.data, model, spec.train) != (first.data, first.model, first.train):
            raise SpecError("Networks that train together may differ in initialiser and weight seed alone.")


def _train(specs: Sequence[RunSpec], data: Samples) -> Iterator[list[EpochRecord]]:
    plan, classes = specs[0].train, specs[0].model.sizes[-1]
    parts = {
        "train": Batches(*data.train, classes),
        "validation": Batches(*data.validation, classes),
        "test": Batches(*data.test, classes),
    }
    networks, stored = Networks([s.model for s in specs]), Networks([s.model for s in specs])
    steps = -(-len(parts["train"]) // plan.batch)  # the last batch of an epoch may be smaller
    inside = first_epoch_steps(steps, plan.first_epoch_states)
    optimizer = networks.optimizer(plan)
    rng = np.random.default_rng(plan.seed)
    averages = {"class_means": data.class_means(classes)}
    yield [replace(r, evaluation=r.evaluation | averages) for r in _records(networks, stored, parts, 0.0, 0, 0.0)]
    step = 0
    for epoch in range(plan.epochs):
        started = perf_counter()
        order = torch.from_numpy(rng.permutation(len(parts["train"])))
        batches = order.split(plan.batch)
        stops = [*inside, steps] if epoch == 0 else [steps]
        done = 0
        for stop in stops:
            run_steps(networks, optimizer, parts["train"], batches[done:stop])
            seconds = perf_counter() - started
            step, done = step + stop - done, stop
            yield _records(networks, stored, parts, epoch + done / steps, step, seconds)
            started = perf_counter()


def run_steps(networks: Networks, optimizer: torch.optim.Optimizer, part: Batches, batches: Sequence[Tensor]) -> None:
    """One optimiser step for each batch of indices into the part."""
    for chosen in batches:
        x = part.take(chosen)  # (images, inputs)
        networks.backward(x, networks.forward(x), part.targets.index_select(0, chosen))
        optimizer.step()


def _records(networks: Networks, stored: Networks, parts: dict[str, Batches], epoch: float, step: int, seconds: float) -> list[EpochRecord]:
    """What is kept of each network now."""
    stored.copy_stored(networks)
    _, exact = evaluate(networks, parts["test"])
    loss, train_counts = evaluate(stored, parts["train"])
    loss_validation, validation_counts = evaluate(stored, parts["validation"])
    loss_test, test_counts = evaluate(stored, parts["test"])
    out = []
    for m in range(networks.count):
        metrics = {
            "loss": float(loss[m]),
            "loss_validation": float(loss_validation[m]),
            "loss_test": float(loss_test[m]),
            "accuracy_train": float(mlp.accuracy(train_counts[m])),
            "accuracy_validation": float(mlp.accuracy(validation_counts[m])),
            "accuracy_test": float(mlp.accuracy(test_counts[m])),
        }
        evaluation = {"confusion": test_counts[m], "confusion_float32": exact[m]}
        out.append(EpochRecord(epoch, step, seconds / networks.count, metrics, stored.state(m), evaluation))
    return out
