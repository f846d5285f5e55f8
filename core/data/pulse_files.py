"""Pulse data sets as files: a ZIP of PNG pictures with labels.csv, an NPZ of arrays, the spec as JSON.

In the PNG files ink is black on white. core.data.pulse_zip reads the ZIP back.
"""

import io
import json
import zipfile

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.data.pulses import PARAMETERS, Pulses, one_hot
from core.specs import DataSpec, PulseSpec, SpecError, from_dict, meta, to_dict

LABELS, SPEC = "labels.csv", "spec.json"
SEED = meta(DataSpec, "seed")
MOST_IMAGES = 20_000
MOST_PIXELS = 200_000_000  # of all pictures of a set together
_STAMP = (1980, 1, 1, 0, 0, 0)  # the same set is the same file


class BadPulseFile(ValueError):
    """A file that can't be used; the message is a sentence that names the cure."""


def bits(labels: NDArray[np.uint8], classes: int) -> list[str]:
    """One-hot labels as text: of three classes, label 0 is 001."""
    return ["".join(str(int(v)) for v in row) for row in one_hot(labels, classes)]


def spec_json(spec: PulseSpec, count: int, seed: int) -> bytes:
    """What draws the set again."""
    return json.dumps({"pulses": to_dict(spec), "count": count, "seed": seed}, indent=1).encode()


def to_zip(spec: PulseSpec, pulses: Pulses, seed: int) -> bytes:
    """The set as a ZIP of one-bit PNG files, labels.csv and spec.json; the same bytes each time."""
    out = io.BytesIO()
    table = pulses.parameters[[name for name in PARAMETERS if name in pulses.parameters]].round(6)
    names = [f"images/{i:05d}_{spec.classes[label]}.png" for i, label in enumerate(pulses.labels)]
    table.insert(0, "one_hot", bits(pulses.labels, len(spec.classes)))
    table.insert(0, "label", [spec.classes[label] for label in pulses.labels])
    table.insert(0, "file", names)
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(_entry(LABELS), table.to_csv(index=False, lineterminator="\n"), zipfile.ZIP_DEFLATED)
        archive.writestr(_entry(SPEC), spec_json(spec, len(names), seed), zipfile.ZIP_DEFLATED)
        for name, image in zip(names, pulses.images, strict=True):
            archive.writestr(_entry(name), to_png(image), zipfile.ZIP_STORED)
    return out.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    """A file of the ZIP with nothing of this machine or moment in it."""
    info = zipfile.ZipInfo(name, _STAMP)
    info.create_system = 3
    return info


def to_png(image: NDArray[np.uint8]) -> bytes:
    """A one-bit PNG of an image (H, W), ink black."""
    out = io.BytesIO()
    Image.fromarray(image == 0).save(out, "PNG")
    return out.getvalue()


def to_npz(spec: PulseSpec, pulses: Pulses, seed: int) -> bytes:
    """The set as NPZ: images, labels, one_hot, classes, each parameter, and the spec as JSON text; no pickle."""
    out = io.BytesIO()
    columns = {name: pulses.parameters[name].to_numpy(np.float64) for name in PARAMETERS if name in pulses.parameters}
    np.savez_compressed(
        out,
        images=pulses.images,
        labels=pulses.labels,
        one_hot=one_hot(pulses.labels, len(spec.classes)),
        classes=np.array(spec.classes),
        spec=np.array(spec_json(spec, len(pulses.labels), seed).decode()),
        **{f"parameter_{name}": values for name, values in columns.items()},
    )
    return out.getvalue()


def read_spec(data: bytes) -> tuple[PulseSpec, int, int]:
    """Spec, number of images and seed of a spec.json.

    Raises:
        BadPulseFile: in a sentence.
    """
    try:
        values = json.loads(data.decode("utf-8"))
        if not isinstance(values, dict) or "pulses" not in values:
            raise BadPulseFile(f'{SPEC} needs an object with "pulses", "count" and "seed".')
        count, seed = values.get("count", 1_000), values.get("seed", 0)
        if type(count) is not int or not 1 <= count <= MOST_IMAGES:
            raise BadPulseFile(f"In {SPEC} count must be a whole number from 1 to {MOST_IMAGES:,}.")
        return from_dict(PulseSpec, values["pulses"]), count, SEED.clean(seed)
    except BadPulseFile:
        raise
    except SpecError as error:
        raise BadPulseFile(f"{SPEC}: {error}") from None
    except (ValueError, RecursionError):  # a number of thousands of digits is a ValueError
        raise BadPulseFile(f"{SPEC} is not JSON; download a fresh one.") from None
