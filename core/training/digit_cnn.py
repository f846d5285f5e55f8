"""Training the digit CNN: a generator of records, one for each kept state."""

import time
from collections.abc import Iterator

import numpy as np
import torch
from torch.nn import functional

from core.models.digit_cnn import CHUNK, DigitCNN, build, load_weights, weights_of
from core.specs import ModelSpec, RunSpec, SpecError
from core.training.dense import first_epoch_steps
from core.training.loop import EpochRecord
from core.training.samples import samples


def train(spec: RunSpec) -> Iterator[EpochRecord]:
    """Train a digit CNN and yield its states: the start, some inside the first epoch, and the end of each epoch.

    `loss` is the mean cross-entropy over the training images at that state, `accuracy_*` the share right. The order of the images
    comes from `spec.train.seed`, the first weights from `spec.model.seed`, the choice of a part of the images from `spec.data.seed`.

    Raises:
        SpecError: a choice that this network has no use for, images that it cannot read, or more than there are.
        core.data.folder.MissingData: the data set is not in the data folder.
    """
    if spec.train.loss != "cross_entropy" or spec.model.dropout or spec.model.centred:
        raise SpecError("A digit CNN trains with cross-entropy, without dropout or centred kernels; set those choices back.")
    torch.set_num_threads(spec.train.threads)
    data = samples(spec.data, spec.model)
    sets = {split: _tensors(*getattr(data, split)) for split in ("train", "validation", "test")}
    images, labels = sets["train"]
    network = build(spec.model)
    optimizer = _optimizer(network, spec)
    order = torch.Generator().manual_seed(spec.train.seed)
    steps = -(-len(images) // spec.train.batch)  # an epoch
    kept = first_epoch_steps(steps, spec.train.first_epoch_states)
    step = 0
    yield _record(network, spec.model, sets, 0.0, 0, 0.0)
    for epoch in range(spec.train.epochs):
        started = time.perf_counter()
        seconds = 0.0
        for batch in torch.randperm(len(images), generator=order).split(spec.train.batch):
            optimizer.zero_grad()
            functional.cross_entropy(network(images[batch]), labels[batch]).backward()
            optimizer.step()
            step += 1
            if step in kept:
                seconds = time.perf_counter() - started
                yield _record(network, spec.model, sets, step / steps, step, seconds)
                started = time.perf_counter()
        yield _record(network, spec.model, sets, float(epoch + 1), step, time.perf_counter() - started)


def _tensors(images: np.ndarray, labels: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """Images as (count, 1, 28, 28) float32 in [0, 1], labels as (count,) int64."""
    return torch.from_numpy(images).unsqueeze(1).float().div_(255), torch.from_numpy(labels.astype(np.int64))


def _optimizer(network: DigitCNN, spec: RunSpec) -> torch.optim.Optimizer:
    kernels = [p for p in network.parameters() if p.ndim > 1 and (spec.train.decay_on == "all" or p.ndim == 4)]
    rest = [p for p in network.parameters() if not any(p is k for k in kernels)]
    groups = [{"params": kernels, "weight_decay": spec.train.weight_decay}, {"params": rest, "weight_decay": 0.0}]
    make = torch.optim.SGD if spec.train.optimizer == "sgd" else torch.optim.Adam
    return make(groups, lr=spec.train.learning_rate)


@torch.no_grad()
def _record(network: DigitCNN, model: ModelSpec, sets: dict, epoch: float, step: int, seconds: float) -> EpochRecord:
    """The state as it will be stored (float16): losses and shares right on the three sets, confusion counts on the test images."""
    weights = weights_of(network)
    stored = load_weights(DigitCNN(model), {name: array.astype(np.float16).astype(np.float32) for name, array in weights.items()})
    metrics: dict[str, float] = {}
    confusion = np.zeros((model.sizes[-1], model.sizes[-1]), np.int32)  # rows actual
    for split, (images, labels) in sets.items():
        if not len(images):
            continue
        logits = torch.cat([stored(chunk) for chunk in images.split(CHUNK)])  # (images, 10)
        guess = logits.argmax(1)
        name = "loss" if split == "train" else f"loss_{split}"
        metrics[name] = functional.cross_entropy(logits, labels).item()
        metrics[f"accuracy_{split}"] = (guess == labels).double().mean().item()
        if split == "test":
            np.add.at(confusion, (labels.numpy(), guess.numpy()), 1)
    return EpochRecord(epoch, step, seconds, metrics, weights, {"confusion": confusion})
