"""The training, validation and test pulses of a data set."""

import hashlib

import numpy as np
from numpy.typing import NDArray

from core.data.pulses import Image, Pulses, draw, draw_some
from core.specs import DataSpec, PulseSpec, SpecError

# Added to the seed, so that each part is drawn from a stream of its own and a smaller part is the head of a larger one.
STREAMS = {"train": 0, "validation": 1_000_003, "test": 2_000_003}


def pulse_set(data: DataSpec, part: str) -> Pulses:
    """The "train", "validation" or "test" pulses of a spec.

    Raises:
        SpecError: the spec is not of pulses.
    """
    return draw(_pulses(data), getattr(data, part), data.seed + STREAMS[part])


def some(data: DataSpec, part: str, rows: NDArray[np.int64]) -> Image:
    """Some pulses of a part by their number, (len(rows), H, W) uint8, drawn alone; numbers beyond the part go on where it ends.

    Raises:
        SpecError: the spec is not of pulses.
    """
    return draw_some(_pulses(data), int(max(rows, default=0)) + 1, data.seed + STREAMS[part], rows)


def _pulses(data: DataSpec) -> PulseSpec:
    if data.pulses is None:
        raise SpecError(f"The data set {data.name} holds no pulses; choose pulses.")
    return data.pulses


def fingerprint(data: DataSpec) -> str:
    """SHA-256 of all images of a spec, training, validation and test pulses after each other."""
    digest = hashlib.sha256()
    for part in STREAMS:
        digest.update(pulse_set(data, part).images.tobytes())
    return digest.hexdigest()
