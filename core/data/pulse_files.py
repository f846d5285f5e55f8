"""Pulse data sets as files: a ZIP of PNG pictures with labels.csv, an NPZ of arrays, the spec as JSON; and the ZIP read back, warily.

In the PNG files ink is black on white. Nothing is ever unpacked to disk.
"""

import csv
import io
import json
import struct
import zipfile
import zlib
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from core.data.pulses import PARAMETERS, Pulses, one_hot
from core.specs import PULSE_CLASSES, DataSpec, PulseSpec, SpecError, from_dict, meta, to_dict

LABELS, SPEC = "labels.csv", "spec.json"
SIDE, SEED = meta(PulseSpec, "size"), meta(DataSpec, "seed")
MOST_IMAGES = 20_000
LARGEST_PICTURE = 300_000  # bytes of one PNG
LARGEST_TABLE = 8_000_000  # bytes of labels.csv
MOST_PIXELS = 200_000_000  # of all pictures together; as many bytes
LARGEST_SET = 120_000_000  # bytes of all files, unpacked
DIRECTORY_BYTES = 160 * (MOST_IMAGES + 10)  # of the ZIP's table of contents: 46 and a name each
_STAMP = (1980, 1, 1, 0, 0, 0)  # the same set is the same file


class BadPulseFile(ValueError):
    """A file that can't be used; the message is a sentence that names the cure."""


@dataclass(frozen=True)
class PulseSet:
    """An uploaded data set."""

    spec: PulseSpec  # size and classes fit the images; ranges are the file's, or the defaults
    pulses: Pulses
    notes: tuple[str, ...]  # what was taken for granted, in sentences


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
    except SpecError as error:
        raise BadPulseFile(f"{SPEC}: {error}") from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise BadPulseFile(f"{SPEC} is not JSON; download a fresh one.") from None


def read_zip(data: bytes) -> PulseSet:
    """The data set that `to_zip` wrote, or one made by hand in its form.

    Raises:
        BadPulseFile: what is wrong with the file and what to do, in a sentence.
    """
    _check_directory(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(archive)
    except BadPulseFile:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, struct.error, ValueError, OverflowError):
        raise BadPulseFile("The ZIP file is damaged or packed in a way that is not read here; pack it again as a plain ZIP.") from None


def _check_directory(data: bytes) -> None:
    """Look at the ZIP's last record before anything walks its table of contents."""
    end = len(data) - 22
    if end < 0:
        raise BadPulseFile("This is not a ZIP file; pack the pictures and labels.csv into one.")
    if not (data[end : end + 4] == b"PK\x05\x06" and data[-2:] == b"\x00\x00"):
        end = data.rfind(b"PK\x05\x06", max(0, len(data) - 22 - 65_535))
    if end < 0 or end + 22 > len(data):
        raise BadPulseFile("This is not a ZIP file; pack the pictures and labels.csv into one.")
    entries, size = struct.unpack("<HI", data[end + 10 : end + 16])
    large = data[max(0, end - 20) : end][:4] == b"PK\x06\x07"
    if large or entries > MOST_IMAGES + 10 or size > DIRECTORY_BYTES:
        raise BadPulseFile(f"The ZIP file lists too many files; a pulse set may hold up to {MOST_IMAGES:,} pictures.")


def _read(archive: zipfile.ZipFile) -> PulseSet:
    files = {}
    for info in archive.infolist():
        if info.is_dir() or info.filename.startswith("__MACOSX/"):
            continue
        _check_entry(info)
        if info.filename in files:
            raise BadPulseFile(f"The ZIP file holds {info.filename[:60]!r} twice; remove one.")
        files[info.filename] = info
    if len(files) > MOST_IMAGES + 10:
        raise BadPulseFile(f"The ZIP file lists too many files; a pulse set may hold up to {MOST_IMAGES:,} pictures.")
    if sum(info.file_size for info in files.values()) > LARGEST_SET:
        raise BadPulseFile(f"Unpacked, the ZIP file would fill more than {LARGEST_SET // 1_000_000} MB; use fewer or smaller pictures.")
    if LABELS not in files:
        raise BadPulseFile(f"The ZIP file holds no {LABELS} at its top; add one with the columns file and label.")
    spec = read_spec(_unpack(archive, files.pop(SPEC), LARGEST_TABLE))[0] if SPEC in files else None
    table = _read_table(_unpack(archive, files.pop(LABELS), LARGEST_TABLE))
    classes = spec.classes if spec else tuple(name for name in PULSE_CLASSES if name in set(table["label"]))
    _check_labels(table, classes, set(files))
    images = _read_pictures(archive, [files[name] for name in table["file"]])
    notes = []
    if images.mean() > 0.5:
        images ^= 1
        notes.append("More than half of the pixels were dark, so white was taken for ink.")
    size = images.shape[1]
    if spec and spec.size != size:
        notes.append(f"{SPEC} says {spec.size} pixels a side, the pictures have {size}.")
    base = replace(spec or PulseSpec(), size=size, classes=classes)
    labels = np.array([classes.index(name) for name in table["label"]], np.uint8)
    parameters, missing = _parameters(table)
    if missing:
        notes.append(f"{LABELS} holds no parameters, so the pulses can be looked at but not sorted by how they were drawn.")
    return PulseSet(base, Pulses(images, labels, parameters), tuple(notes))


def _check_entry(info: zipfile.ZipInfo) -> None:
    """A name that stays inside, no password, no size beyond need."""
    name = info.orig_filename
    shown = repr(name[:60])
    if name.startswith(("/", "\\")) or "\\" in name or ":" in name or "\x00" in name or ".." in name.split("/"):
        raise BadPulseFile(f"The name {shown} leads out of the ZIP file; use plain names like images/00001.png.")
    if info.flag_bits & 1:
        raise BadPulseFile(f"{shown} is locked by a password; pack it without one.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BadPulseFile(f"{shown} is packed in a way that is not read here; pack it again as a plain ZIP.")
    limit = LARGEST_PICTURE if name not in (LABELS, SPEC) else LARGEST_TABLE
    if info.file_size > limit:
        raise BadPulseFile(f"{shown} would unpack to {info.file_size:,} bytes; up to {limit:,} are read.")
    if name not in (LABELS, SPEC) and not name.lower().endswith(".png"):
        raise BadPulseFile(f"{shown} does not belong to a pulse set; keep PNG pictures, {LABELS} and {SPEC}.")


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    """The bytes of one file; stops at the limit whatever the header says."""
    with archive.open(info) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise BadPulseFile(f"{info.filename[:60]!r} unpacks to more than {limit:,} bytes; use smaller files.")
    return data


def _read_table(data: bytes) -> dict[str, list[str]]:
    """labels.csv as columns of text; file and label are there, and each row is whole."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=None)))
    except (UnicodeDecodeError, csv.Error):
        raise BadPulseFile(f"{LABELS} is not a CSV text; save it as CSV in UTF-8.") from None
    rows = [row for row in rows if row]
    if not rows or not {"file", "label"} <= set(rows[0]):
        raise BadPulseFile(f"The first line of {LABELS} must name the columns file and label.")
    if len(rows) == 1:
        raise BadPulseFile(f"{LABELS} names no pictures; add a line for each.")
    if len(rows) > MOST_IMAGES + 1:
        raise BadPulseFile(f"{LABELS} names {len(rows) - 1:,} pictures; up to {MOST_IMAGES:,} are read.")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(rows[0]):
            raise BadPulseFile(f"Line {number} of {LABELS} has {len(row)} values, its first line {len(rows[0])}.")
    return {name: [row[i].strip() for row in rows[1:]] for i, name in enumerate(rows[0])}


def _check_labels(table: dict[str, list[str]], classes: tuple[str, ...], files: set[str]) -> None:
    """Every label is a class of the set, every picture is there once, and none is left over."""
    for number, (file, label) in enumerate(zip(table["file"], table["label"], strict=True), start=2):
        if label not in classes:
            allowed = ", ".join(classes or PULSE_CLASSES)
            raise BadPulseFile(f"Line {number} of {LABELS} has the label {label[:30]!r}; use one of: {allowed}.")
        if file not in files:
            raise BadPulseFile(f"Line {number} of {LABELS} names {file[:60]!r}, which is not in the ZIP file.")
        if "one_hot" in table:
            wanted = "".join("1" if classes[-1 - i] == label else "0" for i in range(len(classes)))
            if table["one_hot"][number - 2] != wanted:
                said = table["one_hot"][number - 2][:12]
                raise BadPulseFile(f"Line {number} of {LABELS} says one_hot {said!r} for {label}; it should be {wanted}.")
    if len(set(table["file"])) < len(table["file"]):
        raise BadPulseFile(f"{LABELS} names a picture twice; give each one line.")
    left = sorted(files - set(table["file"]))
    if left:
        raise BadPulseFile(f"{LABELS} has no line for {len(left):,} of the pictures, {left[0][:60]!r} among them.")


def _read_pictures(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> NDArray[np.uint8]:
    """(N, H, W) uint8, 1 where a picture is dark."""
    images: list[NDArray[np.uint8]] = []
    for info in infos:
        image = _decode(_unpack(archive, info, LARGEST_PICTURE), info.filename)
        if images and image.shape != images[0].shape:
            a, b = image.shape, images[0].shape
            raise BadPulseFile(
                f"{info.filename[:60]!r} has {a[1]}x{a[0]} pixels, the first picture {b[1]}x{b[0]}; all must be of one size."
            )
        if image.size * len(infos) > MOST_PIXELS:
            most = MOST_PIXELS // image.size
            raise BadPulseFile(
                f"The set holds {len(infos):,} pictures of {image.shape[1]}x{image.shape[0]}; of this size up to {most:,} are read."
            )
        images.append(image)
    return np.stack(images)


def _decode(data: bytes, name: str) -> NDArray[np.uint8]:
    bad = BadPulseFile(f"{name[:60]!r} is not a whole PNG picture; save it again as PNG.")
    at = 8
    while data[:8] == b"\x89PNG\r\n\x1a\n" and at + 8 <= len(data):  # packed text and profiles could unpack to far more than the picture
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind in (b"zTXt", b"iTXt", b"iCCP"):
            raise BadPulseFile(f"{name[:60]!r} carries packed text or a colour profile; save it as a plain PNG.")
        at += 12 + length
    try:
        picture = Image.open(io.BytesIO(data), formats=["PNG"])
        width, height = picture.size
        if width != height or not SIDE.least <= width <= SIDE.most:
            raise BadPulseFile(
                f"{name[:60]!r} has {width}x{height} pixels; pictures must be square, {SIDE.least} to {SIDE.most} pixels a side."
            )
        grey = np.asarray(picture.convert("L"))
    except BadPulseFile:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, struct.error, zlib.error, Image.DecompressionBombError):
        raise bad from None
    return (grey < 128).astype(np.uint8)


def _parameters(table: dict[str, list[str]]) -> tuple[pd.DataFrame, bool]:
    """The parameter columns (NaN where there is none), and whether all are missing."""
    frame = pd.DataFrame({"kind": table["label"]})
    for name in PARAMETERS:
        values = pd.to_numeric(pd.Series(table.get(name, [""] * len(frame))), errors="coerce").astype(np.float64)
        frame[name] = values.where(values.abs() < 1e6)
    return frame, bool(frame[list(PARAMETERS)].isna().all(axis=None))
