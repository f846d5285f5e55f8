"""Sets of images and photographs of digits to try: by grammar, good ones and bad ones, from a seed; and what takes them."""

import io
import zipfile
from random import Random

import numpy as np
from PIL import Image

from benchmarks.fuzz import files, mutations

CLASSES = ("0", "7", "cat", "²", "٣", "a/b", "", "..", "x" * 300, "![x](http://evil.test)", "\x00", "9" * 30)
DTYPES = ("uint8", "int16", "int64", "float32", "float64", "bool", "complex64", "U3", "S2", "datetime64[s]")


def image_set(random: Random) -> bytes:
    """A ZIP of folders, an NPZ or a table; its arrays, names, cells and bytes changed now and then."""
    data = random.choice((_folders, _arrays, _table))(random)
    return data if random.random() < 0.5 else mutations.of_bytes(random, data)


def _numbers(random: Random) -> np.random.Generator:
    return np.random.default_rng(random.randrange(2**32))


def _folders(random: Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        for i in range(random.choice((0, 1, 3, 12))):
            entry = zipfile.ZipInfo()
            entry.filename = f"{random.choice(CLASSES)}/{i}.png" if random.random() < 0.9 else random.choice(files.NAMES)
            archive.writestr(entry, files.picture(random) if random.random() < 0.5 else _png(_written(random)))
    return out.getvalue()


def _written(random: Random) -> np.ndarray:
    """Dark strokes on paper, (side, side) uint8."""
    side = random.choice((20, 28, 60, 90))
    paper = np.full((side, side), random.choice((255, 200, 0)), np.uint8)
    for _ in range(random.choice((0, 1, 3))):
        top, left = random.randrange(side), random.randrange(side)
        paper[top : top + random.randrange(2, side), left : left + random.randrange(1, 9)] = random.choice((0, 40, 255))
    return paper


def _png(image: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(image).save(out, "PNG")
    return out.getvalue()


def _arrays(random: Random) -> bytes:
    count, side = random.choice((0, 1, 6, 30)), random.choice((1, 8, 28, 28, 33))
    shape = random.choice(((count, side, side), (count, side, side), (count, side * side), (count, side, side, 3), (count,), (count, 3, 0)))
    images = _numbers(random).integers(0, 256, shape)
    labels = _numbers(random).integers(-1 if random.random() < 0.1 else 0, 12, random.choice((count, count, count + 1)))
    with np.errstate(all="ignore"):
        arrays = {
            random.choice(("images", "x", "arr_0", "y", "\x00")): images.astype(random.choice(("uint8", "uint8", *DTYPES))),
            random.choice(("labels", "y", "labels", "/labels")): labels.astype(random.choice(("int64", *DTYPES))),
        }
    if random.random() < 0.2:
        arrays["classes"] = np.array([random.choice(CLASSES) for _ in range(12)])
    if random.random() < 0.1 and images.size:
        arrays["images"] = images * random.choice((np.nan, np.inf, 1e300, -1.0))
    out = io.BytesIO()
    random.choice((np.savez, np.savez_compressed))(out, **arrays)  # type: ignore[operator]  # two functions of one kind
    return out.getvalue()


def _table(random: Random) -> bytes:
    side = random.choice((4, 5, 28))
    odd = ("nan", "", "-1", "256", "0.5", "1e999", "x", "²", '"', "0x1", "1_0")
    rows = []
    for _ in range(random.choice((0, 1, 12))):
        cells = [str(random.randrange(256)) for _ in range(side * side)]
        if random.random() < 0.1:
            cells[random.randrange(len(cells))] = random.choice(odd)
        rows.append(",".join([random.choice(("3", "7", "cat", "²", "3.0", "", "9" * 30)), *cells]))
    head = [",".join(["label", *(f"pixel{i}" for i in range(side * side))])] if random.random() < 0.7 else []
    text = random.choice(("\n", "\r\n")).join([*head, *rows])
    if random.random() < 0.2:
        text = mutations.of_text(random, text)
    return text.encode(random.choice(("utf-8", "utf-8", "utf-16")), "surrogatepass")


def photograph(random: Random) -> bytes:
    """Strokes, specks and lines on paper, from clean to what has no digit at all."""
    height, width = (random.choice((1, 40, 150, 300)) for _ in range(2))
    numbers = _numbers(random)
    paper = numbers.normal(random.choice((40, 210, 250)), random.choice((0, 2, 40)), (height, width))
    for _ in range(random.choice((0, 1, 6, 80))):
        top, left = random.randrange(height), random.randrange(width)
        paper[top : top + random.choice((1, 8, 40, 300)), left : left + random.choice((1, 3, 10, 300))] = random.choice((0, 20, 255))
    return _png(paper.clip(0, 255).astype(np.uint8))


def take_set(data: bytes) -> object:
    """As core.data.reader's process takes it."""
    from core.data import own_images

    found = own_images.read(data)
    return found.split(), found.against_training


def take_photograph(data: bytes) -> object:
    """As core.data.reader's process takes it, and its cuts as the page does."""
    from core.data import decoder, pictures, sheet
    from core.data.drawing import UnusableDrawing

    found = sheet.read_sheet(pictures.grey(np.asarray(decoder.reduced(data))))
    out = []
    for box in found.boxes:
        try:
            out.append(sheet.cut(found, box))
        except UnusableDrawing as error:
            out.append(str(error))
    return out
