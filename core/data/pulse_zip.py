"""A pulse set read back from a ZIP file, warily: nothing is unpacked to disk, and no file costs more than bounds of its own.

What a ZIP, a PNG or a table may unpack to is bounded before it is unpacked, and the pictures are kept as bits.
"""

import csv
import io
import struct
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL.PngImagePlugin import PngImageFile

from core.data.pulse_files import LABELS, MOST_IMAGES, MOST_PIXELS, SPEC, BadPulseFile, read_spec
from core.data.pulses import PARAMETERS, Pulses
from core.specs import PULSE_CLASSES, PulseSpec, meta

SIDE = meta(PulseSpec, "size")
LARGEST_PICTURE = 300_000  # bytes of one PNG
LARGEST_TABLE = 8_000_000  # bytes of labels.csv
LARGEST_SPEC = 100_000  # bytes of spec.json
LARGEST_SET = 120_000_000  # bytes of all files, unpacked
DIRECTORY_BYTES = 160 * (MOST_IMAGES + 10)  # of the ZIP's table of contents: 46 and a name each
MOST_LINES = MOST_IMAGES + 1_000  # of labels.csv, empty ones too
LONGEST_LINE = 2_000  # letters of one
MOST_SECONDS = 2.0  # of computing
SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLUMNS = ("file", "label", "one_hot", *PARAMETERS)
LIMITS = {LABELS: LARGEST_TABLE, SPEC: LARGEST_SPEC}


@dataclass(frozen=True)
class PulseSet:
    """An uploaded data set."""

    spec: PulseSpec  # size and classes fit the images; ranges are the file's, or the defaults
    packed: NDArray[np.uint8]  # (N, bytes), the pixels of each image as bits, row after row; 1 is ink
    labels: NDArray[np.uint8]  # (N,), index into the spec's classes
    parameters: pd.DataFrame  # N rows, as core.data.pulses.Pulses holds them
    notes: tuple[str, ...]  # what was taken for granted, in sentences

    def images(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        """(len(rows), H, W) uint8 of some rows."""
        side = self.spec.size
        return np.unpackbits(self.packed[rows], axis=1, count=side * side).reshape(len(rows), side, side)

    @property
    def pulses(self) -> Pulses:
        """All of it."""
        return Pulses(self.images(np.arange(len(self.labels))), self.labels, self.parameters)


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
    except Exception:  # zipfile raises whatever it stumbles on
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
        _check_name(info)
        if info.filename.endswith("/") or info.filename.startswith("__MACOSX/"):
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
    spec = read_spec(_unpack(archive, files.pop(SPEC), LARGEST_SPEC))[0] if SPEC in files else None
    table = _read_table(_unpack(archive, files.pop(LABELS), LARGEST_TABLE))
    classes = spec.classes if spec else tuple(name for name in PULSE_CLASSES if name in set(table["label"]))
    _check_labels(table, classes, set(files))
    packed, size, dark = _read_pictures(archive, [files[name] for name in table["file"]])
    notes = []
    if dark > 0.5:
        packed = ~packed
        notes.append("More than half of the pixels were dark, so white was taken for ink.")
    if spec and spec.size != size:
        notes.append(f"{SPEC} says {spec.size} pixels a side, the pictures have {size}.")
    base = replace(spec or PulseSpec(), size=size, classes=classes)
    labels = np.array([classes.index(name) for name in table["label"]], np.uint8)
    parameters, missing = _parameters(table)
    if missing:
        notes.append(f"{LABELS} holds no parameters, so the pulses can be looked at but not sorted by how they were drawn.")
    return PulseSet(base, packed, labels, parameters, tuple(notes))


def _check_name(info: zipfile.ZipInfo) -> None:
    """A name that stays inside."""
    name = info.orig_filename
    if not info.filename or name.startswith(("/", "\\")) or any(sign in name for sign in "\\:\x00") or ".." in name.split("/"):
        raise BadPulseFile(f"The name {name[:60]!r} leads out of the ZIP file; use plain names like images/00001.png.")


def _check_entry(info: zipfile.ZipInfo) -> None:
    """No password, no size beyond need."""
    name = info.orig_filename
    shown = repr(name[:60])
    if info.flag_bits & 1:
        raise BadPulseFile(f"{shown} is locked by a password; pack it without one.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BadPulseFile(f"{shown} is packed in a way that is not read here; pack it again as a plain ZIP.")
    limit = LIMITS.get(name, LARGEST_PICTURE)
    if info.file_size > limit:
        raise BadPulseFile(f"{shown} would unpack to {info.file_size:,} bytes; up to {limit:,} are read.")
    if name not in LIMITS and not name.lower().endswith(".png"):
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
    rows: list[list[str]] = []
    try:
        for row in csv.reader(_lines(data)):
            if rows and row and len(row) != len(rows[0]):
                raise BadPulseFile(f"Line {len(rows) + 1} of {LABELS} has {len(row)} values, its first line {len(rows[0])}.")
            if row:
                rows.append(row)
    except (UnicodeDecodeError, csv.Error):
        raise BadPulseFile(f"{LABELS} is not a CSV text; save it as CSV in UTF-8.") from None
    if not rows or not {"file", "label"} <= set(rows[0]):
        raise BadPulseFile(f"The first line of {LABELS} must name the columns file and label.")
    if len(rows) == 1:
        raise BadPulseFile(f"{LABELS} names no pictures; add a line for each.")
    if len(rows) > MOST_IMAGES + 1:
        raise BadPulseFile(f"{LABELS} names {len(rows) - 1:,} pictures; up to {MOST_IMAGES:,} are read.")
    return {name: [row[i].strip() for row in rows[1:]] for i, name in enumerate(rows[0]) if name in COLUMNS}


def _lines(data: bytes) -> Iterator[str]:
    """The lines of a text, one at a time, no more and no longer than a table needs."""
    text = io.TextIOWrapper(io.BytesIO(data), "utf-8-sig")
    for number in range(1, MOST_LINES + 2):
        line = text.readline(LONGEST_LINE)
        if not line:
            return
        if number > MOST_LINES:
            raise BadPulseFile(f"{LABELS} holds more than {MOST_LINES:,} lines; up to {MOST_IMAGES:,} pictures are read.")
        if len(line) == LONGEST_LINE:
            raise BadPulseFile(f"Line {number} of {LABELS} holds more than {LONGEST_LINE:,} letters; keep the columns of a pulse set.")
        yield line


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


def _read_pictures(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> tuple[NDArray[np.uint8], int, float]:
    """(N, bytes) bits, 1 where a picture is dark; the pictures' side; the share of the pixels that is dark."""
    packed: list[NDArray[np.uint8]] = []
    side = dark = 0
    latest = time.thread_time() + MOST_SECONDS
    for info in infos:
        image = _decode(_unpack(archive, info, LARGEST_PICTURE), info.filename)
        side = side or len(image)
        if len(image) != side:
            raise BadPulseFile(
                f"{info.filename[:60]!r} has {len(image)}x{len(image)} pixels, the first picture {side}x{side}; all must be of one size."
            )
        if image.size * len(infos) > MOST_PIXELS:
            most = MOST_PIXELS // image.size
            raise BadPulseFile(f"The set holds {len(infos):,} pictures of {side}x{side}; of this size up to {most:,} are read.")
        if time.thread_time() > latest:
            raise BadPulseFile(f"The pictures take more than {MOST_SECONDS:.0f} seconds to read; use fewer or smaller ones.")
        dark += int(np.count_nonzero(image))
        packed.append(np.packbits(image))
    return np.stack(packed), side, dark / (side * side * len(packed))


def _decode(data: bytes, name: str) -> NDArray[np.uint8]:
    """(side, side) uint8, 1 where a picture is dark."""
    bad = BadPulseFile(f"{name[:60]!r} is not a whole PNG picture; save it again as PNG.")
    at = 8
    while data[:8] == SIGNATURE and at + 8 <= len(data):  # packed text and profiles could unpack to far more than the picture
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind in (b"zTXt", b"iTXt", b"iCCP"):
            raise BadPulseFile(f"{name[:60]!r} carries packed text or a colour profile; save it as a plain PNG.")
        at += 12 + length
    try:
        picture = PngImageFile(io.BytesIO(data))  # at once: Image.open looks at what a set needs no look at, thousands of times
        width, height = picture.size
        if width != height or not SIDE.least <= width <= SIDE.most:
            raise BadPulseFile(
                f"{name[:60]!r} has {width}x{height} pixels; pictures must be square, {SIDE.least} to {SIDE.most} pixels a side."
            )
        dark = ~np.asarray(picture) if picture.mode == "1" else np.asarray(picture.convert("L")) < 128
    except BadPulseFile:
        raise
    except Exception:  # Pillow's readers raise whatever they stumble on
        raise bad from None
    return dark.astype(np.uint8)


def _parameters(table: dict[str, list[str]]) -> tuple[pd.DataFrame, bool]:
    """The parameter columns (NaN where there is none), and whether all are missing."""
    frame = pd.DataFrame({"kind": table["label"]})
    for name in PARAMETERS:
        values = pd.to_numeric(pd.Series(table.get(name, [""] * len(frame))), errors="coerce").astype(np.float64)
        frame[name] = values.where(values.abs() < 1e6)
    return frame, bool(frame[list(PARAMETERS)].isna().all(axis=None))
