"""Training the pulse CNN: a generator of records, one for each kept state."""

import math
import time
from collections.abc import Callable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.data.pulse_sets import pulse_set
from core.models.fft_conv import MICRO_BATCH
from core.models.pulse_cnn import PulseCNN
from core.models.structure import low_share, roughness
from core.specs import RunSpec, SpecError
from core.training.loop import EpochRecord

Forward = Callable[[Tensor, torch.Generator | None], Tensor]  # (batch, ...) and the dropout's generator -> (batch, classes)
COUNTED = 1_000  # training images, the first ones, on which loss, accuracy and recognised are counted at each state
CLOSE = 0.1  # an image counts as recognised where every output lies within this of its target
ACT_IMAGES = 100  # images on which act is counted


def train(spec: RunSpec) -> Iterator[EpochRecord]:
    """Train a pulse CNN; state 0 first, then those inside the first epoch, then one an epoch.

    Metrics beside the common ones, shares of 1: `recognised_train`, `recognised_test` (all outputs within 0.1 of the
    target), `act` (second convolution's outputs above 0), `act1` to `actN` (each first kernel's), `low`, `tv`
    (of the first kernels, see core.models.structure). Training figures are of the first 1,000 training images.

    Raises:
        SpecError: data and network do not fit together.
    """
    check(spec)
    torch.set_num_threads(spec.train.threads)
    images, targets, labels = _tensors(spec, "train")
    parts = {"train": (images[:COUNTED], labels[:COUNTED])}
    parts |= {name: (x, y) for name in ("validation", "test") for x, _, y in [_tensors(spec, name)] if len(x)}
    model = PulseCNN(spec.model)
    optimizer = _optimizer(model, spec)
    shuffle, drops = (torch.Generator().manual_seed(spec.train.seed + salt) for salt in (0, 1_000_003))
    steps = math.ceil(len(images) / spec.train.batch)
    kept = first_epoch_steps(steps, spec.train.first_epoch_states)
    step, seconds = 0, 0.0
    record = _record(model, spec, parts, 0.0, 0, 0.0)
    yield record
    forward: Forward = model
    for epoch in range(spec.train.epochs):
        order = torch.randperm(len(images), generator=shuffle)
        for i, rows in enumerate(order.split(spec.train.batch), start=1):
            start = time.perf_counter()
            _step(model, forward, optimizer, spec, images[rows].float(), targets[rows], drops)
            seconds += time.perf_counter() - start
            step += 1
            if i == steps or (epoch == 0 and i in kept):
                acts = _known_acts(record) if forward == model.head else None
                record = _record(model, spec, parts, epoch + i / steps, step, seconds, acts)
                yield record
                seconds = 0.0
        if forward is model and is_dead(model, spec, record, images):
            # From here the dense layers alone can change: what the convolutions give is kept, bit for bit the long way's.
            forward = model.head
            images = _pooled(model, images)
            parts = {name: (_pooled(model, x), y) for name, (x, y) in parts.items()}


def is_dead(model: PulseCNN, spec: RunSpec, record: EpochRecord, images: Tensor) -> bool:
    """Can no step change the convolutions any more? They give 0 for every training pulse, and nothing but a gradient moves them."""
    only_gradients = spec.train.optimizer == "sgd" and spec.train.weight_decay == 0
    return only_gradients and record.metrics["act"] == 0 and not _pooled(model, images).any()


@torch.no_grad()
def _pooled(model: PulseCNN, images: Tensor) -> Tensor:
    """What the convolutions and the pool give, (n, 1, side, side) -> (n, c2, pooled, pooled)."""
    return torch.cat([model.pooled(part.float()) for part in images.split(16 * MICRO_BATCH)])


def _known_acts(record: EpochRecord) -> dict[str, float]:
    return {name: value for name, value in record.metrics.items() if name.startswith("act")}


def check(spec: RunSpec) -> None:
    """Refuse what cannot be trained, in a sentence.

    Raises:
        SpecError: data and network do not fit together.
    """
    if spec.data.pulses is None:
        raise SpecError("The pulse CNN reads pulses; choose the pulse data set.")
    if spec.data.pulses.size != spec.model.image:
        raise SpecError(
            f"The pulses are {spec.data.pulses.size} pixels a side, the network reads {spec.model.image}; make the two sizes equal."
        )
    if spec.model.sizes[-1] != len(spec.data.pulses.classes):
        raise SpecError(f"The last layer has {spec.model.sizes[-1]} outputs for {len(spec.data.pulses.classes)} classes; make them equal.")
    if spec.train.loss == "cross_entropy" and spec.model.output != "softmax":
        raise SpecError("Cross-entropy needs the softmax output; choose softmax, or the L1 loss.")


def first_epoch_steps(steps: int, states: int) -> set[int]:
    """Which of the first epoch's steps are kept, besides the last: `states` of them, evenly spread."""
    return {round((i + 1) * steps / (states + 1)) for i in range(states)} - {0}


def _tensors(spec: RunSpec, part: str) -> tuple[Tensor, Tensor, NDArray[np.int64]]:
    """Images (n, 1, side, side) uint8, targets one-hot (n, classes) with output i for class i, labels (n,)."""
    pulses = pulse_set(spec.data, part)
    labels = pulses.labels.astype(np.int64)
    targets = np.eye(spec.model.sizes[-1], dtype=np.float32)[labels]
    return torch.from_numpy(pulses.images)[:, None], torch.from_numpy(targets), labels


def _optimizer(model: PulseCNN, spec: RunSpec) -> torch.optim.Optimizer:
    decayed: list[Tensor] = []
    plain: list[Tensor] = []
    for name, parameter in model.named_parameters():
        layer, kind = name.split(".")
        chosen = kind == "kernel" and (spec.train.decay_on == "all" or layer.startswith("conv"))
        (decayed if chosen else plain).append(parameter)
    groups = [{"params": decayed, "weight_decay": spec.train.weight_decay}, {"params": plain, "weight_decay": 0.0}]
    kind_of = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}[spec.train.optimizer]
    return kind_of(groups, lr=spec.train.learning_rate)


def _loss(spec: RunSpec, z: Tensor, model: PulseCNN, targets: Tensor) -> Tensor:
    if spec.train.loss == "cross_entropy":
        return torch.nn.functional.cross_entropy(z, targets)
    return (model.answers(z) - targets).abs().mean()


def _step(
    model: PulseCNN,
    forward: Forward,
    optimizer: torch.optim.Optimizer,
    spec: RunSpec,
    images: Tensor,
    targets: Tensor,
    drops: torch.Generator,
) -> None:
    optimizer.zero_grad(set_to_none=True)
    _loss(spec, forward(images, drops), model, targets).backward()
    optimizer.step()
    model.recentre()


@torch.no_grad()
def evaluate(model: PulseCNN, spec: RunSpec, images: Tensor, labels: NDArray[np.int64]) -> tuple[dict[str, float], NDArray]:
    """Loss, accuracy and recognised share of labelled images, and the confusion counts (classes, classes), rows actual."""
    read = model if images.shape[1:] == (1, spec.model.image, spec.model.image) else model.head  # images, or what was pooled of them
    z = torch.cat([read(part.float()) for part in images.split(16 * MICRO_BATCH)])  # (n, classes)
    targets = torch.nn.functional.one_hot(torch.from_numpy(labels), z.shape[1]).to(z.dtype)
    answers = model.answers(z)
    guesses = answers.argmax(1).numpy()
    confusion = np.zeros((z.shape[1], z.shape[1]), np.int32)
    np.add.at(confusion, (labels, guesses), 1)
    shares = {
        "loss": float(_loss(spec, z, model, targets)),
        "accuracy": float((guesses == labels).mean()),
        "recognised": float(((answers - targets).abs() <= CLOSE).all(1).float().mean()),
    }
    return shares, confusion


def _record(
    model: PulseCNN, spec: RunSpec, parts: dict, epoch: float, step: int, seconds: float, acts: dict[str, float] | None = None
) -> EpochRecord:
    counted = {name: evaluate(model, spec, *part) for name, part in parts.items()}
    shares = {name: counted[name][0] if name in counted else {} for name in ("train", "validation", "test")}
    metrics = {"loss": shares["train"]["loss"]}
    metrics |= {f"accuracy_{name}": share.get("accuracy", math.nan) for name, share in shares.items()}
    metrics |= {f"recognised_{name}": shares[name].get("recognised", math.nan) for name in ("train", "test")}
    metrics |= acts if acts is not None else _acts(model, parts["train"][0][:ACT_IMAGES])
    weights = model.weights()
    metrics |= {"low": float(low_share(weights["conv1.kernel"]).mean()), "tv": float(roughness(weights["conv1.kernel"]).mean())}
    evaluation = {"confusion": counted["test"][1]} if "test" in counted else {}
    return EpochRecord(epoch, step, seconds, metrics, weights, evaluation)


def _acts(model: PulseCNN, images: Tensor) -> dict[str, float]:
    """Shares of the second maps and of each first kernel's maps that are above 0."""
    first, second = [], []
    for part in images.split(4 * MICRO_BATCH):
        maps = model.activations(part.float())
        first.append((maps["conv1"] > 0).float().mean((2, 3)))  # (n, c1)
        second.append((maps["conv2"] > 0).float().mean((1, 2, 3)))  # (n,)
    each = torch.cat(first).mean(0).tolist()
    return {"act": float(torch.cat(second).mean()), **{f"act{i}": share for i, share in enumerate(each, start=1)}}
