"""A few training images of a run, as its network reads them, for a look at how it is."""

from dataclasses import replace

import numpy as np

from core.data import catalog
from core.data.folder import MissingData
from core.data.pulse_sets import pulse_set
from core.serving.shared import shared
from core.specs import DataSpec, ModelSpec, RunSpec, SpecError
from core.training import samples

FEW, PULSES = 100, 6  # images; of pulses, whose large convolutions take long, fewer


def sample(spec: RunSpec) -> tuple[np.ndarray, np.ndarray] | None:
    """Images and labels (images,); None where the data set is not here."""
    return _sample(spec.data, spec.model, catalog.stamp(spec.data) if catalog.known(spec.data) else "")


@shared()
def _sample(data: DataSpec, model: ModelSpec, stamp: str) -> tuple[np.ndarray, np.ndarray] | None:
    if data.pulses is not None:
        found = pulse_set(replace(data, train=min(data.train, PULSES)), "train")
        return found.images, found.labels.astype(np.int64)
    try:
        images, labels = samples.part(replace(data, train=min(data.train, FEW)), "train")
        return samples.as_read(images, model), labels.astype(np.int64)
    except (SpecError, MissingData):
        return None
