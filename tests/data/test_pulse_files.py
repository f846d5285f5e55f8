"""Pulse sets written and read back, and the bad files that each get a sentence."""

import io
import struct
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from core.data import pulse_files, pulse_zip, pulses
from core.data.pulse_files import BadPulseFile
from core.data.pulse_zip import read_zip
from core.specs import PULSE_CLASSES, PulseSpec

SPEC = PulseSpec(size=40, classes=PULSE_CLASSES, drift=0.1)
DRAWN = pulses.draw(SPEC, 13, 3)
GOOD = pulse_files.to_zip(SPEC, DRAWN, 3)


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def png(size: tuple[int, int] = (40, 40), shade: int = 255) -> bytes:
    out = io.BytesIO()
    Image.new("L", size, shade).save(out, "PNG")
    return out.getvalue()


def chunked(kind: bytes, body: bytes) -> bytes:
    """A good PNG with one more chunk after its header."""
    data = png()
    return data[:33] + struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) + data[33:]


def test_zip_there_and_back() -> None:
    back = read_zip(GOOD)
    assert back.spec == SPEC and back.notes == ()
    assert np.array_equal(back.pulses.images, DRAWN.images) and np.array_equal(back.pulses.labels, DRAWN.labels)
    for name in pulses.PARAMETERS:
        assert np.allclose(back.pulses.parameters[name], DRAWN.parameters[name], atol=1e-6, equal_nan=True)
    assert pulse_files.to_zip(SPEC, DRAWN, 3) == GOOD
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        lines = archive.read("labels.csv").decode().split("\n")
        assert lines[0].startswith("file,label,one_hot,amplitude")
        assert lines[1].startswith("images/00000_square.png,square,0001,")
        image = Image.open(io.BytesIO(archive.read("images/00000_square.png")))
        assert image.mode == "1" and np.array_equal(np.asarray(image), DRAWN.images[0] == 0)
        assert pulse_files.read_spec(archive.read("spec.json")) == (SPEC, 13, 3)


def test_npz_holds_arrays_and_no_pickle() -> None:
    with np.load(io.BytesIO(pulse_files.to_npz(SPEC, DRAWN, 3)), allow_pickle=False) as arrays:
        assert np.array_equal(arrays["images"], DRAWN.images) and np.array_equal(arrays["labels"], DRAWN.labels)
        assert arrays["one_hot"][0].tolist() == [0, 0, 0, 1]
        assert arrays["classes"].tolist() == list(PULSE_CLASSES)
        assert pulse_files.read_spec(str(arrays["spec"]).encode()) == (SPEC, 13, 3)
        assert np.array_equal(arrays["parameter_phase"], DRAWN.parameters.phase, equal_nan=True)


def test_set_made_by_hand() -> None:
    """Bright ink, grey pictures, no spec and no parameters."""
    dark = png(shade=0)
    table = b"\xef\xbb\xbffile,label\r\nb.png,gaussian\r\na.png,square\r\n"
    back = read_zip(packed({"labels.csv": table, "a.png": dark, "b.png": dark}))
    assert back.spec.classes == ("square", "gaussian") and back.spec.size == 40
    assert back.pulses.labels.tolist() == [1, 0] and not back.pulses.images.any()
    assert len(back.notes) == 2 and "white was taken for ink" in back.notes[0]
    assert back.pulses.parameters[list(pulses.PARAMETERS)].isna().all(axis=None)


ONE = b"file,label\na.png,square\n"


def many_entries() -> bytes:
    """A million entries in the table of contents."""
    entry = struct.pack("<4sBBHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 3, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    body = entry * 1_000_000
    return body + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 65_535, 65_535, len(body), 0, 0)


def hidden_entries() -> bytes:
    """The same, with a small number of entries claimed."""
    data = many_entries()
    return data[:-22] + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 3, 3, len(data) - 22, 0, 0)


def large_form() -> bytes:
    return GOOD[:-22] + b"PK\x06\x07" + bytes(16) + GOOD[-22:]


def lying_size() -> bytes:
    """A bomb whose headers claim a small size."""
    data = bytearray(packed({"labels.csv": ONE, "a.png": bytes(50_000_000)}))
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.rfind(mark)
        data[at + offset : at + offset + 4] = struct.pack("<I", 1_000)
    return bytes(data)


def locked() -> bytes:
    data = bytearray(packed({"labels.csv": ONE, "a.png": png()}))
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def twice() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, pytest.warns(UserWarning):
        for _ in range(2):
            archive.writestr("a.png", png())
    return out.getvalue()


def named_by_nul() -> bytes:
    return packed({"labels.csv": ONE, "a.png": png(), "?": b""}).replace(b"?", b"\x00")


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "not a zip": (lambda: b"hello, this is not a ZIP file at all", "not a ZIP"),
    "empty": (lambda: b"", "not a ZIP"),
    "a png": (png, "not a ZIP"),
    "cut short": (lambda: GOOD[: len(GOOD) // 2], "not a ZIP"),
    "damaged": (lambda: GOOD[:200] + bytes(3_000) + GOOD[3_200:], "damaged"),
    "empty zip": (lambda: packed({}), "no labels.csv"),
    "bomb": (lambda: packed({"labels.csv": ONE, "a.png": bytes(60_000_000)}), "would unpack to 60,000,000 bytes"),
    "bomb that lies": (lying_size, "damaged"),
    "many small bombs": (lambda: packed({"labels.csv": ONE} | {f"{i}.png": bytes(290_000) for i in range(450)}), "more than 120 MB"),
    "empty lines": (lambda: packed({"labels.csv": ONE + b"\n" * 7_900_000, "a.png": png()}), "more than 21,000 lines"),
    "one long line": (lambda: packed({"labels.csv": ONE + b"," * 7_900_000, "a.png": png()}), "more than 2,000 letters"),
    "one long quote": (lambda: packed({"labels.csv": b'file,"' + b"\n" * 7_900_000}), "more than 21,000 lines"),
    "names without end": (lambda: packed({"labels.csv": b"file,label" + b",a" * 3_000_000}), "more than 2,000 letters"),
    "lists in the spec": (lambda: packed({"labels.csv": ONE, "a.png": png(), "spec.json": b"[" + b"[]," * 2_000_000}), "up to 100,000"),
    "digits in the spec": (
        lambda: packed({"labels.csv": ONE, "a.png": png(), "spec.json": b'{"pulses":' + b"9" * 5_000 + b"}"}),
        "not JSON",
    ),
    "named by a NUL": (named_by_nul, "leads out"),
    "bomb in labels": (lambda: packed({"labels.csv": bytes(9_000_000)}), "would unpack"),
    "text bomb in a png": (
        lambda: packed({"labels.csv": ONE, "a.png": chunked(b"zTXt", b"a\x00\x00" + zlib.compress(bytes(60_000_000)))}),
        "packed text",
    ),
    "million entries": (many_entries, "too many files"),
    "million entries hidden": (hidden_entries, "too many files"),
    "zip64": (large_form, "too many files"),
    "path upwards": (lambda: packed({"labels.csv": ONE, "../../a.png": png()}), "leads out"),
    "path in between": (lambda: packed({"labels.csv": ONE, "images/../../a.png": png()}), "leads out"),
    "absolute path": (lambda: packed({"labels.csv": ONE, "/etc/a.png": png()}), "leads out"),
    "drive": (lambda: packed({"labels.csv": ONE, "C:a.png": png()}), "leads out"),
    "backslash": (lambda: packed({"labels.csv": ONE, "..\\a.png": png()}), "leads out"),
    "locked": (locked, "password"),
    "twice": (twice, "twice"),
    "other file": (lambda: packed({"labels.csv": ONE, "a.png": png(), "run.exe": b"MZ"}), "does not belong"),
    "no labels": (lambda: packed({"a.png": png()}), "no labels.csv"),
    "labels without columns": (lambda: packed({"labels.csv": b"name,kind\na.png,square\n", "a.png": png()}), "must name the columns"),
    "labels empty": (lambda: packed({"labels.csv": b"", "a.png": png()}), "must name the columns"),
    "labels of no picture": (lambda: packed({"labels.csv": b"file,label\n", "a.png": png()}), "names no pictures"),
    "labels not text": (lambda: packed({"labels.csv": b"\xff\xfe\x00", "a.png": png()}), "not a CSV"),
    "ragged labels": (lambda: packed({"labels.csv": b"file,label\na.png\n", "a.png": png()}), "Line 2"),
    "wrong label": (lambda: packed({"labels.csv": b"file,label\na.png,triangle\n", "a.png": png()}), "'triangle'"),
    "wrong one-hot": (
        lambda: packed({"labels.csv": b"file,label,one_hot\na.png,square,10\nb.png,gaussian,10\n", "a.png": png(), "b.png": png()}),
        "should be 01",
    ),
    "missing picture": (lambda: packed({"labels.csv": ONE}), "not in the ZIP"),
    "picture without label": (lambda: packed({"labels.csv": ONE, "a.png": png(), "b.png": png()}), "no line for 1"),
    "picture named twice": (lambda: packed({"labels.csv": ONE + b"a.png,square\n", "a.png": png()}), "names a picture twice"),
    "sizes differ": (
        lambda: packed({"labels.csv": ONE + b"b.png,square\n", "a.png": png(), "b.png": png((41, 41))}),
        "must be of one size",
    ),
    "not square": (lambda: packed({"labels.csv": ONE, "a.png": png((40, 60))}), "must be square"),
    "too large": (lambda: packed({"labels.csv": ONE, "a.png": png((600, 600))}), "28 to 500"),
    "too many pixels": (
        lambda: packed(
            {"labels.csv": b"file,label\n" + b"".join(b"%d.png,square\n" % i for i in range(801))}
            | {f"{i}.png": png((500, 500)) for i in range(801)}
        ),
        "up to 800 are read",
    ),
    "not a picture": (lambda: packed({"labels.csv": ONE, "a.png": b"GIF89a"}), "not a whole PNG"),
    "half a picture": (lambda: packed({"labels.csv": ONE, "a.png": png()[:50]}), "not a whole PNG"),
    "spec not json": (lambda: packed({"labels.csv": ONE, "a.png": png(), "spec.json": b"{"}), "not JSON"),
    "spec without pulses": (lambda: packed({"labels.csv": ONE, "a.png": png(), "spec.json": b"[]"}), "needs an object"),
    "spec out of range": (lambda: packed({"labels.csv": ONE, "a.png": png(), "spec.json": b'{"pulses":{"size":9}}'}), "28 to 500"),
    "spec with a wild number": (lambda: packed({"labels.csv": ONE, "a.png": png(), "spec.json": b'{"pulses":{},"count":1e9}'}), "count"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_file_gets_a_sentence(name: str) -> None:
    make, words = BAD[name]
    data = make()
    tracemalloc.start()
    start = time.perf_counter()
    with pytest.raises(BadPulseFile) as caught:
        read_zip(data)
    took, (_, peak) = time.perf_counter() - start, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert words in str(caught.value) and str(caught.value).endswith(".")
    assert took < 2 and peak < 30_000_000


def test_flipped_bytes_never_break_it() -> None:
    """A good file with any bytes changed is read or refused in a sentence."""
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(400):
        data = np.frombuffer(GOOD, np.uint8).copy()
        data[rng.integers(0, len(data), rng.integers(1, 20))] = rng.integers(0, 256)
        try:
            read_zip(data.tobytes())
        except BadPulseFile:
            refused += 1
    assert 100 < refused <= 400


def test_a_large_set_is_read_within_bounds_of_memory_and_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pixels are kept as bits; a machine too slow for so many pictures says so."""
    one = pulse_files.to_png(pulses.draw(SPEC, 1, 0).images[0])
    side = SPEC.size
    table = b"file,label\n" + b"".join(b"%d.png,square\n" % i for i in range(3_000))
    data = packed({"labels.csv": table} | {f"{i}.png": one for i in range(3_000)}, zipfile.ZIP_STORED)
    monkeypatch.setattr(pulse_zip, "MOST_SECONDS", 60)  # counting memory takes longer than reading
    tracemalloc.start()
    found = read_zip(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.packed.shape == (3_000, -(-side * side // 8)) and peak < 30_000_000
    assert (found.images(np.array([0, 2_999])) == pulses.draw(SPEC, 1, 0).images[0]).all()
    monkeypatch.setattr(pulse_zip, "MOST_SECONDS", 0.01)
    with pytest.raises(BadPulseFile, match="take more than 0 seconds"):
        read_zip(data)


def test_deep_json_is_refused() -> None:
    with pytest.raises(BadPulseFile):
        pulse_files.read_spec(b"[" * 100_000)
