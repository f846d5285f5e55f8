"""The optimiser that a training asks for, and its rates as they change on the way."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from core.specs import TrainSpec

# keys are those of core.specs.OPTIMIZERS
TABLE: dict[str, Callable[..., torch.optim.Optimizer]] = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}


def optimizer(train: TrainSpec, kernels: Sequence[Tensor], others: Sequence[Tensor], **options: Any) -> torch.optim.Optimizer:
    """The optimiser over all of these parameters; weight decay is for `kernels` alone, options go to torch's class."""
    groups: list[dict[str, Any]] = [{"params": [*kernels, *others]}]
    if kernels and any(part.weight_decay for part in train.rates):
        groups = [{"params": list(kernels), "weight_decay": train.weight_decay}, {"params": list(others)}]
    if train.optimizer == "sgd":
        options["momentum"] = train.momentum
    return TABLE[train.optimizer](groups, lr=train.learning_rate, **options)


def follow_changes(optimizer: torch.optim.Optimizer, train: TrainSpec, epoch: int) -> None:
    """Set the rates of the epoch that begins after so many; without a change on the way they stay as they were made."""
    if not train.changes:
        return
    now = train.at(epoch)
    for group in optimizer.param_groups:
        group["lr"] = now.learning_rate
        if "momentum" in group:
            group["momentum"] = now.momentum
    if len(optimizer.param_groups) > 1:
        optimizer.param_groups[0]["weight_decay"] = now.weight_decay
