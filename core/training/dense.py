"""Training dense networks: one fast path for one network or for several at once.

Several networks of one shape that see the same batches are one batched model: the images of a step are gathered once and
meet the first kernels of all networks in one wide product. Kernels lie in one flat buffer and biases in another, so that
the optimiser touches two tensors whatever the number of layers. The backward pass is written out, which autograd checks in
the tests: it saves the bookkeeping that costs more than the products of such small layers.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from core.data.class_means import class_means
from core.models import activations, counts, dense
from core.specs import ModelSpec, RunSpec, SpecError, TrainSpec
from core.training.checkpoint import Memory
from core.training.loop import State, log_spaced
from core.training.optimizers import optimizer
from core.training.samples import Samples, samples

CHUNK = 2_000  # images at a time in evaluation: their pixels stay in the cache
# gradient at an activation's output, and that output -> gradient at its input, where torch has this in one pass
_ONE_PASS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "tanh": torch.ops.aten.tanh_backward,
    "sigmoid": torch.ops.aten.sigmoid_backward,
    "relu": lambda gradient, output: torch.ops.aten.threshold_backward(gradient, output, 0),
}


def backward_of(activation: str) -> Callable[[Tensor, Tensor], Tensor]:
    """Gradient at an activation's output, and that output -> gradient at its input, any shape."""
    slope = activations.TABLE[activation].slope
    return _ONE_PASS.get(activation, lambda gradient, output: gradient * slope(output))


class Networks:
    """M dense networks of one shape with their gradients. Activations are (network, unit, image), kernels (network, output, input).

    With units before images, the products of the first layer of all networks are one, and nothing is ever transposed in memory.
    """

    def __init__(self, models: Sequence[ModelSpec]) -> None:
        self.count, self.sizes = len(models), models[0].sizes
        self._activate = getattr(torch.nn.functional, models[0].activation)
        self._backward = backward_of(models[0].activation)
        pairs = list(zip(self.sizes[:-1], self.sizes[1:], strict=True))
        self.flat_kernels = torch.zeros(self.count * sum(i * o for i, o in pairs))
        self.flat_biases = torch.zeros(self.count * sum(self.sizes[1:]))
        self.flat_kernels.grad = torch.zeros_like(self.flat_kernels)
        self.flat_biases.grad = torch.zeros_like(self.flat_biases)
        self.kernels, self.biases = self._views(self.flat_kernels, self.flat_biases)
        self.kernel_gradients, self.bias_gradients = self._views(self.flat_kernels.grad, self.flat_biases.grad)
        for m, model in enumerate(models):
            for layer, (kernel, bias) in enumerate(zip(*dense.layers_of(dense.initial(model)), strict=True)):
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
            out[-1] = self._activate(out[-1])
            out.append(torch.baddbmm(bias.unsqueeze(2), kernel, out[-1]))  # (M, units, images)
        return out

    def backward(self, x: Tensor, outputs: list[Tensor], targets: Tensor) -> None:
        """Fill the gradients of the mean cross-entropy, for `outputs` of `forward(x)` and one-hot targets (images, classes)."""
        gradient = (torch.softmax(outputs[-1], 1) - targets.t()).div_(len(x))  # at the logits, (M, classes, images)
        for layer in range(len(self.kernels) - 1, 0, -1):
            below = outputs[layer - 1]  # (M, inputs of this layer, images)
            torch.bmm(gradient, below.transpose(1, 2), out=self.kernel_gradients[layer])
            torch.sum(gradient, 2, out=self.bias_gradients[layer])
            gradient = self._backward(torch.bmm(self.kernels[layer].transpose(1, 2), gradient), below)
        torch.mm(gradient.view(-1, len(x)), x, out=self.kernel_gradients[0].view(-1, x.shape[1]))
        torch.sum(gradient, 2, out=self.bias_gradients[0])

    def optimizer(self, train: TrainSpec) -> torch.optim.Optimizer:
        """The optimiser over both buffers; decay on convolution kernels alone finds none here."""
        kernels, others = [self.flat_kernels], [self.flat_biases]
        return (
            optimizer(train, kernels, others, fused=True) if train.decay_on == "all" else optimizer(train, [], kernels + others, fused=True)
        )

    def copy_stored(self, live: "Networks") -> None:
        """Take another's weights as a run stores them, rounded to float16."""
        self.flat_kernels.copy_(live.flat_kernels.half())
        self.flat_biases.copy_(live.flat_biases.half())

    def state(self, m: int) -> dict[str, np.ndarray]:
        """Every parameter of network m under its name, copied."""
        out: dict[str, np.ndarray] = {}
        for layer, (kernel, bias) in enumerate(dense.names(len(self.kernels))):
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
        """Inputs of the chosen images as `core.models.dense.inputs` makes them, (images, inputs); the next call overwrites them."""
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
    confusions = [counts.confusion(labels, p, classes) for p in predicted.numpy()]
    return (loss / len(part)).numpy(), confusions


def run_steps(networks: Networks, optimizer: torch.optim.Optimizer, part: Batches, batches: Sequence[Tensor]) -> None:
    """One optimiser step for each batch of indices into the part."""
    for chosen in batches:
        x = part.take(chosen)  # (images, inputs)
        networks.backward(x, networks.forward(x), part.targets.index_select(0, chosen))
        optimizer.step()


class Training:
    """Dense networks in training, see `core.training.loop.Trainee`: one, or several that differ in their initialiser or its seed alone.

    A network's result is the one it has alone, up to the rounding of float32 sums. The metrics of a state are those of its
    weights as stored (float16); "confusion_float32" counts the predictions before that rounding.
    """

    inside = staticmethod(log_spaced)

    def __init__(self, *specs: RunSpec, data: Samples | None = None) -> None:
        """Raises SpecError for choices that a dense network cannot follow.

        Args:
            data: the images, where they have been read already.
        """
        _check(specs)
        data, model, plan = data or samples(specs[0].data, specs[0].model), specs[0].model, specs[0].train
        if data.train[0][0].size != model.sizes[0]:
            raise SpecError(f"These images have {data.train[0][0].size:,} values, the network {model.sizes[0]:,} inputs; make them equal.")
        parts = {"train": data.train, "validation": data.validation, "test": data.test}
        self.parts = {part: Batches(images, labels, model.sizes[-1]) for part, (images, labels) in parts.items()}
        self.images = len(self.parts["train"])
        self.once = {"class_means": (class_means(*data.train, model.sizes[-1]).reshape(model.sizes[-1], -1) / 255).astype(np.float16)}
        self.networks, self.stored = (Networks([spec.model for spec in specs]) for _ in range(2))
        self._optimizer = self.networks.optimizer(plan)
        self._rng = np.random.default_rng(plan.seed)
        weights = {"kernels": self.networks.flat_kernels, "biases": self.networks.flat_biases}
        self.memory = Memory(weights, self._optimizer, {"order": self._rng})

    def order(self) -> Tensor:
        return torch.from_numpy(self._rng.permutation(self.images))

    @torch.inference_mode()
    def steps(self, batches: Sequence[Tensor]) -> None:
        run_steps(self.networks, self._optimizer, self.parts["train"], batches)

    @torch.inference_mode()
    def states(self) -> list[State]:
        self.stored.copy_stored(self.networks)
        _, exact = evaluate(self.networks, self.parts["test"])
        found = {part: evaluate(self.stored, batches) for part, batches in self.parts.items()}
        out = []
        for m in range(self.networks.count):
            metrics = {"loss" if part == "train" else f"loss_{part}": float(loss[m]) for part, (loss, _) in found.items()}
            metrics |= {f"accuracy_{part}": float(counts.accuracy(confusions[m])) for part, (_, confusions) in found.items()}
            evaluation = {"confusion": found["test"][1][m], "confusion_float32": exact[m]}
            out.append(State(metrics, self.stored.state(m), evaluation))
        return out


def _check(specs: Sequence[RunSpec]) -> None:
    first = specs[0]
    if first.model.kind != "dense" or first.model.output != "softmax" or first.train.loss != "cross_entropy":
        raise SpecError("Dense networks are trained with a softmax output and cross-entropy; choose these.")
    for spec in specs:
        model = replace(spec.model, initializer=first.model.initializer, seed=first.model.seed)
        if (spec.data, model, spec.train) != (first.data, first.model, first.train):
            raise SpecError("Networks that train together may differ in initialiser and weight seed alone.")
