"""Files to try: pictures and pulse sets by grammar, good ones and bad ones, from a seed."""

import io
import struct
import zipfile
import zlib
from random import Random

import numpy as np
from PIL import Image

from benchmarks.fuzz import mutations
from core.data import pulse_files, pulses
from core.specs import PULSE_CLASSES, PulseSpec

MODES = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "JPEG": ("L", "RGB", "CMYK"),
    "WEBP": ("RGB", "RGBA"),
    "GIF": ("L", "P"),
    "BMP": ("1", "L", "P", "RGB"),
    "TIFF": ("RGB",),
}
SIDES = (1, 2, 3, 17, 60, 200)
NAMES = ("\x00", "/", "a/", "..", "x" * 300, "é.png", "C:\\x.png", "__MACOSX/x", "labels.csv")
SPEC = PulseSpec(size=28, classes=PULSE_CLASSES)


def picture(random: Random) -> bytes:
    """A picture of any kind, small; one in three as it should be, the rest changed."""
    kind = random.choice(list(MODES))
    mode = random.choice(MODES[kind])
    numbers = np.random.default_rng(random.randrange(2**32))
    size = random.choice(SIDES), random.choice(SIDES)
    if mode == "I;16":
        image = Image.fromarray(numbers.integers(0, 65_536, (size[1], size[0]), np.uint16))
    else:
        image = Image.fromarray(numbers.integers(0, 256, (size[1], size[0], 4), np.uint8), "RGBA")
        image = (image if mode in ("RGBA", "LA") else image.convert("RGB")).convert(mode)
    more: dict[str, object] = {}
    if kind in ("PNG", "WEBP", "GIF") and random.random() < 0.2:
        more = {"save_all": True, "append_images": [image.copy()] * random.randint(1, 3)}
    if kind == "JPEG" and random.random() < 0.5:
        more = {"progressive": True}
    out = io.BytesIO()
    image.save(out, kind, **more)
    data = out.getvalue()
    if random.random() < 0.05:
        data = huge(random)
    return data if random.random() < 0.3 else mutations.of_bytes(random, data)


def huge(random: Random) -> bytes:
    """A PNG whose header promises up to 2^31 pixels a side."""
    width, height = (random.choice((0, 1, 9_000, 40_000, 2**31 - 1)) for _ in range(2))
    head = struct.pack(">IIBBBBB", width, height, random.choice((1, 8, 16)), random.choice((0, 2, 3, 4, 6)), 0, 0, random.choice((0, 1)))
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(100_000), 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks)


def pulse_zip(random: Random) -> bytes:
    """A pulse set of a few pictures, its table, names, spec and bytes changed now and then."""
    count = random.choice((1, 2, 5))
    drawn = pulses.draw(SPEC, count, random.randrange(100))
    names = [f"images/{i}.png" for i in range(count)]
    rows = [f"{name},{SPEC.classes[label]}" for name, label in zip(names, drawn.labels, strict=True)]
    table = "file,label\n" + "\n".join(rows)
    if random.random() < 0.3:
        table = "\n".join(line + end for line, end in zip(table.split("\n"), [",amplitude", *[f",{_number(random)}"] * count], strict=True))
    if random.random() < 0.3:
        table = mutations.of_text(random, table)
    if random.random() < 0.03:
        table += random.choice(("\n", ",", '"', "a,b\n", "\r")) * random.choice((100, 3_000_000))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        archive.writestr(_entry(random, archive, "labels.csv"), table.encode("utf-8", "surrogatepass"))
        if random.random() < 0.4:
            spec = {"pulses": {"size": 28, "classes": list(SPEC.classes)}, "count": count, "seed": 3}
            text = mutations.json_text(random, spec) if random.random() < 0.6 else pulse_files.spec_json(SPEC, count, 3).decode()
            archive.writestr(_entry(random, archive, "spec.json"), text.encode("utf-8", "surrogatepass"))
        for name, image in zip(names, drawn.images, strict=True):
            data = pulse_files.to_png(image)
            archive.writestr(_entry(random, archive, name), picture(random) if random.random() < 0.1 else data)
    data = out.getvalue()
    return data if random.random() < 0.5 else mutations.of_bytes(random, data)


def _entry(random: Random, archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    """A place in the archive, seldom under a name that zipfile itself would not write."""
    entry = zipfile.ZipInfo()
    entry.filename = name if random.random() > 0.05 else random.choice((*NAMES, name.upper(), name + "\x00"))
    entry.compress_type = archive.compression
    return entry


def _number(random: Random) -> str:
    return random.choice(("0.3", "0.30000000000000004", "nan", "inf", "1e999", "-1", "", "x", "1e-320", "1e15"))
