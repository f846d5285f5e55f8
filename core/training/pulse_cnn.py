"""Training the pulse CNN."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.data.pulse_sets import pulse_set
from core.models.counts import accuracy, confusion
from core.models.pulse_cnn import PulseCNN
from core.models.pulse_layers import MICRO_BATCH
from core.models.structure import low_share, roughness
from core.specs import RunSpec
from core.training import possible
from core.training.checkpoint import Memory
from core.training.loop import State, evenly_spaced
from core.training.optimizers import optimizer

COUNTED = 1_000  # training images, the first ones, on which loss, accuracy and recognised are counted at each state
CLOSE = 0.1  # an image counts as recognised where every output lies within this of its target
ACT_IMAGES = 100  # images on which act is counted


class Training:
    """A pulse CNN in training, see `core.training.loop.Trainee`.

    Metrics beside the common ones, shares of 1: `recognised_train`, `recognised_test` (all outputs within 0.1 of the
    target), `act` (second convolution's outputs above 0), `act1` to `actN` (each first kernel's), `low`, `tv`
    (of the first kernels, see core.models.structure). Training figures are of the first 1,000 training images.
    """

    inside = staticmethod(evenly_spaced)
    once: Mapping[str, np.ndarray] = {}

    def __init__(self, spec: RunSpec) -> None:
        """Raises SpecError where data and network do not fit together."""
        possible.pulses(spec)
        self.spec = spec
        self.inputs, self.targets, labels = _tensors(spec, "train")
        self.images = len(self.inputs)
        self.parts = {"train": (self.inputs[:COUNTED], labels[:COUNTED])}
        self.parts |= {name: (x, y) for name in ("validation", "test") for x, _, y in [_tensors(spec, name)] if len(x)}
        self.model = PulseCNN(spec.model)
        self.acts: dict[str, float] = {}  # of the last state
        self.short = False  # the dense layers alone are trained, on what the pool gave
        named = dict(self.model.named_parameters())
        kernels = [n for n in named if n.endswith(".kernel") and (spec.train.decay_on == "all" or n.startswith("conv"))]
        self._optimizer = optimizer(spec.train, [named[n] for n in kernels], [named[n] for n in named if n not in kernels])
        self._shuffle, self._drops = (torch.Generator().manual_seed(spec.train.seed + salt) for salt in (0, 1_000_003))
        self.memory = Memory(named, self._optimizer, {"order": self._shuffle, "dropout": self._drops}, self.acts)

    def order(self) -> Tensor:
        if not self.short and is_dead(self.model, self.spec, self.acts["act"], self.inputs):
            # From here the dense layers alone can change: what the convolutions give is kept, bit for bit the long way's.
            self.short = True
            self.inputs = _pooled(self.model, self.inputs)
            self.parts = {name: (_pooled(self.model, x), y) for name, (x, y) in self.parts.items()}
        return torch.randperm(self.images, generator=self._shuffle)

    def steps(self, batches: Sequence[Tensor]) -> None:
        forward = self.model.head if self.short else self.model
        for chosen in batches:
            self._optimizer.zero_grad(set_to_none=True)
            z = forward(self.inputs[chosen].float(), self._drops)
            _loss(self.spec, z, self.model, self.targets[chosen]).backward()
            self._optimizer.step()
            self.model.recentre()

    def states(self) -> list[State]:
        counted = {name: evaluate(self.model, self.spec, *part) for name, part in self.parts.items()}
        shares = {name: counted[name][0] if name in counted else {} for name in ("train", "validation", "test")}
        if not self.short:
            self.acts.update(_acts(self.model, self.parts["train"][0][:ACT_IMAGES]))
        weights = self.model.weights()
        first = weights["conv1.kernel"]
        metrics = {"loss": shares["train"]["loss"]}
        metrics |= {f"accuracy_{name}": share.get("accuracy", math.nan) for name, share in shares.items()}
        metrics |= {f"recognised_{name}": shares[name].get("recognised", math.nan) for name in ("train", "test")}
        metrics |= self.acts | {"low": float(low_share(first).mean()), "tv": float(roughness(first).mean())}
        return [State(metrics, weights, {"confusion": counted["test"][1]} if "test" in counted else {})]


def is_dead(model: PulseCNN, spec: RunSpec, act: float, images: Tensor) -> bool:
    """Can no step change the convolutions any more? They give 0 for every training pulse, and nothing but a gradient moves them."""
    only_gradients = spec.train.optimizer == "sgd" and not any(part.weight_decay or part.momentum for part in spec.train.rates)
    return only_gradients and act == 0 and not _pooled(model, images).any()


@torch.no_grad()
def _pooled(model: PulseCNN, images: Tensor) -> Tensor:
    """What the convolutions and the pool give, (n, 1, side, side) -> (n, c2, pooled, pooled)."""
    return torch.cat([model.pooled(part.float()) for part in images.split(16 * MICRO_BATCH)])


def _tensors(spec: RunSpec, part: str) -> tuple[Tensor, Tensor, NDArray[np.int64]]:
    """Images (n, 1, side, side) uint8, targets one-hot (n, classes) with output i for class i, labels (n,)."""
    pulses = pulse_set(spec.data, part)
    labels = pulses.labels.astype(np.int64)
    targets = np.eye(spec.model.sizes[-1], dtype=np.float32)[labels]
    return torch.from_numpy(pulses.images)[:, None], torch.from_numpy(targets), labels


def _loss(spec: RunSpec, z: Tensor, model: PulseCNN, targets: Tensor) -> Tensor:
    if spec.train.loss == "cross_entropy":
        return torch.nn.functional.cross_entropy(z, targets)
    return (model.answers(z) - targets).abs().mean()


@torch.no_grad()
def evaluate(model: PulseCNN, spec: RunSpec, images: Tensor, labels: NDArray[np.int64]) -> tuple[dict[str, float], NDArray]:
    """Loss, accuracy and recognised share of labelled images, and the confusion counts (classes, classes), rows actual."""
    read = model if images.shape[1:] == (1, spec.model.image, spec.model.image) else model.head  # images, or what was pooled of them
    z = torch.cat([read(part.float()) for part in images.split(16 * MICRO_BATCH)])  # (n, classes)
    targets = torch.nn.functional.one_hot(torch.from_numpy(labels), z.shape[1]).to(z.dtype)
    answers = model.answers(z)
    counts = confusion(labels, answers.argmax(1).numpy(), z.shape[1])
    shares = {
        "loss": float(_loss(spec, z, model, targets)),
        "accuracy": float(accuracy(counts)),
        "recognised": float(((answers - targets).abs() <= CLOSE).all(1).float().mean()),
    }
    return shares, counts


def _acts(model: PulseCNN, images: Tensor) -> dict[str, float]:
    """Shares of the second maps and of each first kernel's maps that are above 0."""
    first, second = [], []
    for part in images.split(4 * MICRO_BATCH):
        one, two = model.maps(part.float())
        first.append((one > 0).float().mean((2, 3)))  # (n, c1)
        second.append((two > 0).float().mean((1, 2, 3)))  # (n,)
    each = torch.cat(first).mean(0).tolist()
    return {"act": float(torch.cat(second).mean()), **{f"act{i}": share for i, share in enumerate(each, start=1)}}
