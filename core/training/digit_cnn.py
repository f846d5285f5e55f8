"""Training the digit CNN."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch.nn import functional

from core.models.counts import accuracy, confusion
from core.models.digit_cnn import CHUNK, DigitCNN, build, load_weights, weights_of
from core.specs import RunSpec, SpecError
from core.training.checkpoint import Memory
from core.training.loop import State, log_spaced
from core.training.optimizers import optimizer
from core.training.samples import samples


class Training:
    """A digit CNN in training, see `core.training.loop.Trainee`.

    `loss` is the mean cross-entropy over the training images at a state as it is stored (float16), `accuracy_*` the share right. The
    order of the images comes from `spec.train.seed`, the first weights from `spec.model.seed`, the choice of a part of the images from
    `spec.data.seed`.
    """

    inside = staticmethod(log_spaced)
    once: Mapping[str, np.ndarray] = {}

    def __init__(self, spec: RunSpec) -> None:
        """Raises SpecError for a choice that this network has no use for, or more images than there are."""
        if spec.train.loss != "cross_entropy" or spec.model.dropout or spec.model.centred:
            raise SpecError("A digit CNN trains with cross-entropy, without dropout or centred kernels; set those choices back.")
        data, self.model = samples(spec.data, spec.model), spec.model
        self.sets = {part: _tensors(*getattr(data, part)) for part in ("train", "validation", "test")}
        self.images = len(self.sets["train"][0])
        self.network = build(spec.model)
        kernels = [p for p in self.network.parameters() if p.ndim > 1 and (spec.train.decay_on == "all" or p.ndim == 4)]
        self._optimizer = optimizer(spec.train, kernels, [p for p in self.network.parameters() if not any(p is k for k in kernels)])
        self._generator = torch.Generator().manual_seed(spec.train.seed)
        self.memory = Memory(dict(self.network.named_parameters()), self._optimizer, {"order": self._generator})

    def order(self) -> torch.Tensor:
        return torch.randperm(self.images, generator=self._generator)

    def steps(self, batches: Sequence[torch.Tensor]) -> None:
        images, labels = self.sets["train"]
        for chosen in batches:
            self._optimizer.zero_grad()
            functional.cross_entropy(self.network(images[chosen]), labels[chosen]).backward()
            self._optimizer.step()

    @torch.no_grad()
    def states(self) -> list[State]:
        weights = weights_of(self.network)
        stored = load_weights(DigitCNN(self.model), {name: array.astype(np.float16).astype(np.float32) for name, array in weights.items()})
        metrics: dict[str, float] = {}
        counts = {}
        for part, (images, labels) in self.sets.items():
            if not len(images):
                continue
            logits = torch.cat([stored(chunk) for chunk in images.split(CHUNK)])  # (images, classes)
            counts[part] = confusion(labels.numpy(), logits.argmax(1).numpy(), self.model.sizes[-1])
            metrics["loss" if part == "train" else f"loss_{part}"] = functional.cross_entropy(logits, labels).item()
            metrics[f"accuracy_{part}"] = float(accuracy(counts[part]))
        empty = np.zeros((self.model.sizes[-1],) * 2, np.int32)
        return [State(metrics, weights, {"confusion": counts.get("test", empty)})]


def _tensors(images: np.ndarray, labels: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """Images as (count, 1, height, width) float32 in [0, 1], labels as (count,) int64."""
    return torch.from_numpy(images).unsqueeze(1).float().div_(255), torch.from_numpy(labels.astype(np.int64))
