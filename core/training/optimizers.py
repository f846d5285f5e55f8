"""The optimiser that a training asks for."""

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
    if train.weight_decay and kernels:
        groups = [{"params": list(kernels), "weight_decay": train.weight_decay}, {"params": list(others)}]
    return TABLE[train.optimizer](groups, lr=train.learning_rate, **options)
