"""A table of images as Kaggle's digit recogniser has it: label, pixel0 ... in each line; the label first, or the column called label."""

import io

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.data.pictures import BadPicture


def rows(data: bytes, most: int) -> tuple[NDArray[np.uint8], np.ndarray]:
    """Images (N, pixels) and labels (N,), numbers or words, of at most so many lines.

    Raises:
        BadPicture: it is no such table, or too long, in a sentence.
        MemoryError: there is no room for it.
    """
    head = data[:20_000].split(b"\n", 1)[0].decode("utf-8", "replace").strip().strip("\ufeff")
    cells = [cell.strip().strip('"').lower() for cell in head.split(",")]
    if len(cells) < 17 or b"\x00" in data[:20_000]:
        raise BadPicture("This is neither a ZIP of folders, nor an NPZ file, nor a table with a label and pixels in each line.")
    titled = not cells[-1].replace(".", "", 1).isdigit()
    place = next((i for i, cell in enumerate(cells) if cell in ("label", "class", "target", "digit", "y")), 0)
    pixels = [i for i in range(len(cells)) if i != place and cells[i] not in ("id", "index", "")]
    parts: list[NDArray[np.uint8]] = []
    labels: list[str] = []
    try:
        for chunk in pd.read_csv(io.BytesIO(data), header=None, skiprows=int(titled), chunksize=1_000, engine="c"):
            if chunk[place].isna().any():
                raise BadPicture(f"A line among those from {len(labels) + 1:,} on has no label; check the table.")
            labels.extend(chunk[place].astype(str))
            part = _numbers(chunk[pixels])
            if len(labels) > most:
                raise BadPicture(f"The table holds more than {most:,} images; save fewer lines.")
            if not np.isfinite(part).all() or part.min() < 0 or part.max() > 255:
                raise BadPicture(f"A pixel in the lines up to {len(labels):,} is no number from 0 to 255; check the table.")
            parts.append(part.astype(np.uint8) if part.max() > 1 else np.rint(part * 255).astype(np.uint8))
    except (BadPicture, pd.errors.EmptyDataError) as error:
        if isinstance(error, BadPicture):
            raise
    except (ValueError, KeyError, TypeError, pd.errors.ParserError, OverflowError) as error:
        if "out of memory" in str(error):
            raise MemoryError from None
        raise BadPicture("The table's lines don't all hold a label and the same number of pixels; save it again as plain CSV.") from None
    if not labels:
        raise BadPicture("The table holds no image; each line needs a label and its pixels.")
    words = np.array([label[:-2] if label.endswith(".0") else label for label in labels])
    numbers = np.array([int(word) for word in words]) if all(word.isdecimal() and len(word) < 7 for word in words) else words
    return np.concatenate(parts), numbers


def _numbers(table: pd.DataFrame) -> NDArray[np.float32]:
    """The cells of a table as numbers, NaN for what is none."""
    if table.dtypes.map(lambda kind: kind.kind not in "uif").any():
        table = table.apply(pd.to_numeric, errors="coerce")
    return table.to_numpy(np.float32)
