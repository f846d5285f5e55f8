"""The header that a file carries which left this app: its input and steps, by which it comes back bit for bit."""

import json
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from core.importing import naming
from core.importing.chain import FIRST, Chain, Stage
from core.importing.refusal import Refused, refuse
from core.models.sequence_steps import output_shape, parameter_shapes
from core.specs import SpecError, Step, read_step

Array = np.ndarray
HEADER = "kernel_explorer"
Steps = list[tuple[Step, dict[str, Array]]]
TORCH_NAMES = {
    "conv": (("kernel", "weight"), ("bias", "bias")),
    "dense": (("kernel", "weight"), ("bias", "bias")),
    "norm": (("gamma", "weight"), ("beta", "bias"), ("mean", "running_mean"), ("variance", "running_var")),
    "prelu": (("slope", "weight"),),
}


def header(given: Step, steps: Steps, names: Sequence[str] = ()) -> str:
    """What a file says of its network: JSON; `names` are those of its outputs, where they are not its data set's."""
    about = {"input": given.text, "steps": [step.text for step, _ in steps]}
    return json.dumps(about | ({"classes": list(names)} if names else {}))


def classes(text: str) -> tuple[str, ...]:
    """The names of outputs in a header that `returned` has read; none where it has none."""
    return naming.of_checkpoint(json.loads(text))


def returned(text: str) -> tuple[Step, list[Step]]:
    """The input and steps of a header.

    Raises:
        Refused: it is none.
    """
    try:
        about = json.loads(text)
        return read_step(about["input"]), [read_step(one) for one in about["steps"]]
    except (ValueError, KeyError, TypeError, SpecError) as error:
        raise Refused("The file was written by this app and edited since; take it away again.") from error


def torch_names(steps: list[Step]) -> Iterator[tuple[Step, list[tuple[str, str]]]]:
    """For every step with parameters, its parts and their names in the state_dict of an nn.Sequential of all steps."""
    for i, step in enumerate(steps):
        if step.kind in TORCH_NAMES:
            yield step, [(part, f"{i}.{name}") for part, name in TORCH_NAMES[step.kind]]


def by_torch_names(steps: list[Step], tensors: Mapping[str, Array]) -> Iterator[dict[str, Array]]:
    """Parameters of a state_dict that `torch` wrote, step by step.

    Raises:
        Refused: one is missing.
    """
    for step, names in torch_names(steps):
        missing = [name for _, name in names if name not in tensors]
        if missing:
            refuse("The file was written by this app and edited since; take it away again.")
        yield {part: tensors[n].T if step.kind == "dense" and part == "kernel" else tensors[n] for part, n in names}


def by_own_names(steps: list[Step], tensors: Mapping[str, Array]) -> Iterator[dict[str, Array]]:
    """Parameters of a file that `safetensors` wrote, step by step."""
    counts: dict[str, int] = {}
    for step in steps:
        if step.kind in TORCH_NAMES:
            counts[step.kind] = counts.get(step.kind, 0) + 1
            prefix = f"{step.kind}{counts[step.kind]}."
            yield {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def chain_of(given: Step, steps: list[Step], parameters: Iterator[dict[str, Array]]) -> Chain:
    """The chain of steps whose parameters follow in order, for those steps that have any.

    Raises:
        Refused: their shapes do not fit.
    """
    size = (given.units, *given.kernel)
    shape: tuple[int, ...] = size
    stages = []
    for step in steps:
        wanted = parameter_shapes(step, shape)
        values = next(parameters, {}) if wanted else {}
        if {name: value.shape for name, value in values.items()} != wanted:
            refuse("The file was written by this app and edited since: its arrays do not fit its steps. Take it away again.")
        stages.append(Stage(step, values))
        shape = output_shape(step, shape)
        if min(shape) < 1 or (len(shape) == 3 and step.kind == "dense"):
            refuse("The file was written by this app and edited since; take it away again.")
    end = (*shape, 1, 1) if len(shape) == 1 else shape
    return Chain(size, tuple(stages), end, (("C", "H", "W"),) if len(shape) == 1 else FIRST)  # type: ignore[arg-type]
