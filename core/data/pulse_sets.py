"""The training, validation and test pulses of a data set."""

import hashlib

from core.data.pulses import Pulses, draw
from core.specs import DataSpec, SpecError

# Added to the seed, so that each part is drawn from a stream of its own and a smaller part is the head of a larger one.
STREAMS = {"train": 0, "validation": 1_000_003, "test": 2_000_003}


def pulse_set(data: DataSpec, part: str) -> Pulses:
    """The "train", "validation" or "test" pulses of a spec.

    Raises:
        SpecError: the spec is not of pulses.
    """
    if data.pulses is None:
        raise SpecError(f"The data set {data.name} holds no pulses; choose pulses.")
    return draw(data.pulses, getattr(data, part), data.seed + STREAMS[part])


def fingerprint(data: DataSpec) -> str:
    """SHA-256 of all images of a spec, training, validation and test pulses after each other."""
    digest = hashlib.sha256()
    for part in STREAMS:
        digest.update(pulse_set(data, part).images.tobytes())
    return digest.hexdigest()
