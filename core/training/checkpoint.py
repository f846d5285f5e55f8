"""A training at the end of a whole epoch, to the bit: what it goes on from as if it had never been interrupted."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from core.training import atomic

if TYPE_CHECKING:  # whoever asks for trainings does without torch
    import torch

FILE = "checkpoint.safetensors"
_FACTS = "facts"  # metadata: everything that is no tensor, as JSON


@dataclass(frozen=True)
class Memory:
    """All that a network in training carries from one epoch to the next; the objects themselves, not copies."""

    weights: Mapping[str, "torch.Tensor"]
    optimizer: "torch.optim.Optimizer"
    generators: Mapping[str, "torch.Generator | np.random.Generator"]
    numbers: dict[str, float] = field(default_factory=dict)  # what else it remembers


@dataclass(frozen=True)
class Checkpoint:
    """A copy of a memory after so many epochs."""

    epoch: int
    tensors: dict[str, np.ndarray]  # weight/NAME, optimizer/PLACE/NAME, generator/NAME
    facts: dict[str, Any]
    states: int = 0  # of its run that were kept until then
    seconds: float = 0.0  # that it took


def _parameters(optimizer: "torch.optim.Optimizer") -> "list[torch.Tensor]":
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]


def take(memory: Memory, epoch: int) -> Checkpoint:
    """A copy of what a training carries."""
    tensors = {f"weight/{name}": tensor.detach().numpy().copy() for name, tensor in memory.weights.items()}
    for place, parameter in enumerate(_parameters(memory.optimizer)):
        kept = memory.optimizer.state.get(parameter, {})
        tensors |= {f"optimizer/{place}/{name}": tensor.numpy().copy() for name, tensor in kept.items() if tensor is not None}
    facts: dict[str, Any] = {"numbers": dict(memory.numbers)}
    for name, generator in memory.generators.items():
        if isinstance(generator, np.random.Generator):
            facts[f"generator/{name}"] = generator.bit_generator.state
        else:
            tensors[f"generator/{name}"] = generator.get_state().numpy().copy()
    return Checkpoint(epoch, tensors, facts)


def put(memory: Memory, saved: Checkpoint) -> None:
    """Bring a training that has just been made to where a copy was taken.

    Raises:
        KeyError, RuntimeError: the copy is of another network.
    """
    import torch

    with torch.no_grad():
        for name, tensor in memory.weights.items():
            tensor.copy_(torch.from_numpy(saved.tensors[f"weight/{name}"]))
    for place, parameter in enumerate(_parameters(memory.optimizer)):
        start = f"optimizer/{place}/"
        # clones, since torch's own memory is aligned as its fastest sums want it
        kept = {name[len(start) :]: torch.from_numpy(array).clone() for name, array in saved.tensors.items() if name.startswith(start)}
        if kept:
            memory.optimizer.state[parameter] = kept
    for name, generator in memory.generators.items():
        if isinstance(generator, np.random.Generator):
            generator.bit_generator.state = saved.facts[f"generator/{name}"]
        else:
            generator.set_state(torch.from_numpy(saved.tensors[f"generator/{name}"]).clone())
    memory.numbers.update(saved.facts["numbers"])


def write(folder: Path, saved: Checkpoint) -> None:
    """Put a copy in the place of an older one, whole or not at all."""
    facts = {"epoch": saved.epoch, "states": saved.states, "seconds": saved.seconds, **saved.facts}
    atomic.write(folder / FILE, save(saved.tensors, metadata={_FACTS: json.dumps(facts)}))


def read(path: Path) -> Checkpoint | None:
    """The copy in a file; None where there is none that can be read."""
    try:
        with safe_open(path, framework="numpy") as file:
            facts = json.loads(file.metadata()[_FACTS])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return Checkpoint(facts.pop("epoch"), tensors, facts, facts.pop("states"), facts.pop("seconds"))
    except (OSError, SafetensorError, ValueError, KeyError, TypeError):
        return None
