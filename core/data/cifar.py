"""CIFAR-10 pictures, in any of the three forms they may lie in the data folder. No form is a pickle."""

import os
import tarfile
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from core.data.catalog import get
from core.data.folder import Archives, MissingData, checksum, data_folder

CIFAR10 = get("cifar10")
IMAGES = 50_000  # of the training file
MIRRORS = ("https://www.cs.toronto.edu/~kriz/",)  # its maker's
BINARY = "cifar-10-binary.tar.gz"  # as published
BINARY_SHA256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9dddda3db29a59bca1dd"
BATCHES = tuple(f"cifar-10-batches-bin/data_batch_{i}.bin" for i in range(1, 6))  # the training file, in the archive
RECORD = 1 + 3 * 32 * 32  # bytes: the label, then the red, the green and the blue of all pixels
ARRAYS = "cifar10-train.npz"  # images (50000, 32, 32, 3) and labels (50000,), uint8
SHEETS = "cifar10"  # lossless sheets of 25 x 40 images
SHEET = 1_000  # images a sheet
CURE = f"Get CIFAR-10 ({CIFAR10.megabytes}) with the button on the page, or set KERNEL_EXPLORER_DATA to a folder that holds it."


def load(split: str) -> tuple[np.ndarray, np.ndarray]:
    """CIFAR-10 images (N, 32, 32, 3) and labels (N,), both uint8: 40,000 "train", the training file's last 10,000 "test".

    Raises:
        MissingData: CIFAR-10 is not in the data folder, or is cut or changed.
    """
    if split not in CIFAR10.splits:
        raise ValueError(f"The split is {split!r}; choose one of: {', '.join(CIFAR10.splits)}.")
    train = CIFAR10.splits["train"]
    start, stop = (0, train) if split == "train" else (train, IMAGES)
    folder = data_folder()
    if (folder / ARRAYS).is_file():
        images, labels = _from_arrays(folder / ARRAYS)
    elif (folder / SHEETS / "labels.npy").is_file():
        return _from_sheets(folder / SHEETS, start, stop)
    elif (folder / BINARY).is_file():
        images, labels = _from_published(folder / BINARY)
    else:
        raise MissingData(trouble())
    return images[start:stop], labels[start:stop]


def available() -> bool:
    """Whether CIFAR-10 lies in the data folder in one of its forms; it is checked when it is read."""
    folder = data_folder()
    return any((folder / name).is_file() for name in (ARRAYS, BINARY, f"{SHEETS}/labels.npy"))


def trouble() -> str:
    """That CIFAR-10 is not here, as a sentence with the cure; empty when it is."""
    return "" if available() else f"CIFAR-10 is not here. {CURE}"


def archives() -> Archives:
    """What is downloaded, and where from."""
    return Archives(MIRRORS, {BINARY: f"sha256:{BINARY_SHA256}"})


def unpack(scratch: Path, folder: Path) -> None:
    """Keep the archive that lies in `scratch` as arrays in `folder`, which are read ten times as fast."""
    images, labels = from_binary(scratch / BINARY)
    np.savez(scratch / ARRAYS, images=images, labels=labels)
    os.replace(scratch / ARRAYS, folder / ARRAYS)


def from_binary(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Images (N, 32, 32, 3) and labels (N,), uint8, of the training file in the published archive; nothing is written.

    Raises:
        MissingData: it is no such archive, cut or damaged.
    """
    parts = {}
    try:
        with tarfile.open(path, "r|gz") as archive:  # as a stream, so that it is unpacked once
            for member in archive:
                file = archive.extractfile(member) if member.name in BATCHES else None
                if file is not None:
                    parts[member.name] = _records(file.read())
        images, labels = zip(*(parts[name] for name in BATCHES), strict=True)
    except (OSError, EOFError, tarfile.TarError, KeyError, ValueError) as error:
        raise MissingData(f"CIFAR-10 is damaged: {path.name} cannot be read. Delete it. {CURE}") from error
    return np.concatenate(images), np.concatenate(labels)


def _records(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Images (N, 32, 32, 3) and labels (N,) of records that each hold a label and three planes of 32x32."""
    records = np.frombuffer(data, np.uint8).reshape(-1, RECORD)
    return np.ascontiguousarray(records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)), records[:, 0]


def _from_published(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """As `from_binary`, of an archive that was put into the data folder by hand."""
    if checksum(path, "sha256") != BINARY_SHA256:
        raise MissingData(f"CIFAR-10 is damaged: {path.name} is not the published archive (its SHA-256 differs). Delete it. {CURE}")
    return _checked(*from_binary(path), path)


def _from_arrays(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Images and labels of the training file from an .npz, whose zip sums find any cut or changed byte."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return _checked(file["images"], file["labels"], path)
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise MissingData(f"CIFAR-10 is damaged: {path.name} cannot be read. Delete it. {CURE}") from error


def _from_sheets(folder: Path, start: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
    """Images and labels `start` to `stop` from sheets, row by row of a 25 x 40 grid."""
    try:
        labels = np.load(folder / "labels.npy", allow_pickle=False)
        sheets = []
        for index in range(start // SHEET, -(-stop // SHEET)):
            with Image.open(folder / f"sheet_{index:02d}.webp") as picture:
                pixels = np.asarray(picture.convert("RGB")).reshape(25, 32, 40, 32, 3)
            sheets.append(pixels.transpose(0, 2, 1, 3, 4).reshape(SHEET, 32, 32, 3))
    except (OSError, ValueError) as error:
        raise MissingData(f"CIFAR-10 is not whole: the sheets in {folder.name}/ cannot be read. {CURE}") from error
    if labels.dtype != np.uint8 or len(labels) < IMAGES:
        raise MissingData(f"CIFAR-10 is not whole: {folder.name}/labels.npy holds {len(labels):,} labels. {CURE}")
    return np.concatenate(sheets), labels[start:stop]


def _checked(images: np.ndarray, labels: np.ndarray, path: Path) -> tuple[np.ndarray, np.ndarray]:
    """The arrays themselves when they are CIFAR-10's training file in shape, type and number of each class."""
    if images.shape != (IMAGES, *CIFAR10.shape) or images.dtype != np.uint8 or labels.shape != (IMAGES,) or labels.dtype != np.uint8:
        raise MissingData(f"CIFAR-10 is not whole: {path.name} does not hold 50,000 pictures of 32x32. Delete it. {CURE}")
    if not np.array_equal(np.bincount(labels, minlength=10), np.full(10, IMAGES // 10)):
        raise MissingData(f"CIFAR-10 is damaged: {path.name} does not hold 5,000 labels of each class. Delete it. {CURE}")
    return images, labels
