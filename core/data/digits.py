"""Handwritten digits: MNIST as torchvision lays it out on disk, read with numpy alone."""

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from core.data import stand_in
from core.data.catalog import get
from core.data.folder import Archives, MissingData, checksum, data_folder

MNIST = get("mnist")
RAW = Path("MNIST") / "raw"  # torchvision's own layout
SOURCE = MNIST.title

# file -> (shape, MD5 of the unpacked file)
RAW_FILES: dict[str, tuple[tuple[int, ...], str]] = {
    "train-images-idx3-ubyte": ((60_000, *MNIST.shape), "6bbc9ace898e44ae57da46a324031adb"),
    "train-labels-idx1-ubyte": ((60_000,), "a25bea736e30d166cdddb491f175f624"),
    "t10k-images-idx3-ubyte": ((10_000, *MNIST.shape), "2646ac647ad5339dbf082846283269ea"),
    "t10k-labels-idx1-ubyte": ((10_000,), "27ae3e4e09519cfbb04c329615203637"),
}
MIRRORS = ("https://ossci-datasets.s3.amazonaws.com/mnist/", "http://yann.lecun.com/exdb/mnist/")  # torchvision's, and its makers'
PACKED_FILES = {  # file -> MD5 of it in gzip, as published
    "train-images-idx3-ubyte": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte": "ec29112dd5afa0611ce80d1b7f02629c",
}
CURE = f"Get MNIST ({MNIST.megabytes}) with the button on the page, or set KERNEL_EXPLORER_DATA to a folder that holds MNIST/raw/."


@dataclass(frozen=True)
class Digits:
    """Digits of one split, and which digits they are."""

    images: np.ndarray  # (N, 28, 28) uint8, ink 255
    labels: np.ndarray  # (N,) uint8
    source: str  # "MNIST", or the name of the set that stands in


def load_any(split: str) -> Digits:
    """MNIST where it is whole, else the UCI digits of scikit-learn (1,200 train, 197 validation, 400 test)."""
    try:
        return Digits(*load(split), SOURCE)
    except MissingData:
        return Digits(*stand_in.load(split), stand_in.SOURCE)


def load(split: str) -> tuple[np.ndarray, np.ndarray]:
    """MNIST images (N, 28, 28) and labels (N,), both uint8, ink 255: 54,000 "train", 6,000 "validation", 10,000 "test".

    Raises:
        MissingData: MNIST is not in the data folder, or a file of it is cut or changed.
    """
    if split not in MNIST.splits:
        raise ValueError(f"The split is {split!r}; choose one of: {', '.join(MNIST.splits)}.")
    stem = "t10k" if split == "test" else "train"
    images = _read(f"{stem}-images-idx3-ubyte")  # (N, 28, 28)
    labels = _read(f"{stem}-labels-idx1-ubyte")  # (N,)
    train = MNIST.splits["train"]  # the first of the 60,000; the rest validate
    part = {"train": slice(0, train), "validation": slice(train, None), "test": slice(None)}[split]
    return images[part], labels[part]


def trouble() -> str:
    """Why MNIST cannot be read, as a sentence with the cure; empty when all four files are whole."""
    folder = data_folder()
    return _trouble(folder, tuple(_look(os.path.join(folder, RAW, name)) for name in RAW_FILES))


def _look(path: str) -> tuple[int, int]:
    """What changes when a file does: its length and the time of its change; pages ask so often that a whole check costs too much."""
    try:
        stat = os.stat(path)
    except OSError:
        return (-1, 0)
    return stat.st_size, stat.st_mtime_ns


@lru_cache(maxsize=8)
def _trouble(folder: Path, looks: tuple[tuple[int, int], ...]) -> str:
    """The trouble with the files of a folder that look so."""
    try:
        for name in RAW_FILES:
            _whole(name)
    except MissingData as error:
        return str(error)
    return ""


def archives() -> Archives:
    """What is downloaded, and where from."""
    return Archives(MIRRORS, {f"{name}.gz": f"md5:{md5}" for name, md5 in PACKED_FILES.items()})


def unpack(scratch: Path, folder: Path) -> None:
    """Unpack the archives that lie in `scratch` and move the raw files to their place in `folder`."""
    from pooch import Decompress

    (folder / RAW).mkdir(parents=True, exist_ok=True)
    for name in RAW_FILES:
        Decompress(name=name)(str(scratch / f"{name}.gz"), "download", None)
    for name in RAW_FILES:
        os.replace(scratch / name, folder / RAW / name)


def _whole(name: str) -> Path:
    """The path of one raw file after its length and, once for each change of the file, its MD5 sum are checked.

    Raises:
        MissingData: it is absent, cut or changed.
    """
    path = data_folder() / RAW / name
    if not path.is_file():
        raise MissingData(f"MNIST is not here: {name} is missing. {CURE}")
    shape, md5 = RAW_FILES[name]
    length = _head(shape) + int(np.prod(shape))  # bytes
    if (size := path.stat().st_size) != length:
        raise MissingData(f"MNIST is not whole: {name} has {size:,} bytes, not {length:,}. {CURE}")
    if checksum(path, "md5") != md5:
        raise MissingData(f"MNIST is damaged: {name} does not match its published MD5 sum. {CURE}")
    return path


def _head(shape: tuple[int, ...]) -> int:
    """Bytes before the values of an idx file: a magic number and the sizes."""
    return 4 + 4 * len(shape)


def _read(name: str) -> np.ndarray:
    """One idx file as uint8 of its published shape; the system reads what is looked at, once for all processes."""
    shape = RAW_FILES[name][0]
    return np.memmap(_whole(name), np.uint8, "c", _head(shape), shape)
