"""CIFAR-10 pictures, in any of the three forms they may lie in the data folder."""

import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from core.data.folder import MissingData, data_folder

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SPLITS = ("train", "test")
TRAIN = 40_000  # the first of the 50,000 training images; the last 10,000 of them test
IMAGES = 50_000
ARCHIVE = "cifar10-train.npz"  # images (50000, 32, 32, 3) and labels (50000,), uint8
BATCHES = "cifar-10-batches-py"  # as torchvision unpacks it
SHEETS = "cifar10"  # lossless sheets of 25 x 40 images
SHEET = 1_000  # images a sheet
CURE = "Get CIFAR-10 (163 MB) with the button on the page, or set KERNEL_EXPLORER_DATA to a folder that holds it."


def load(split: str) -> tuple[np.ndarray, np.ndarray]:
    """CIFAR-10 images (N, 32, 32, 3) and labels (N,), both uint8: 40,000 "train", the training file's last 10,000 "test".

    Raises:
        MissingData: CIFAR-10 is not in the data folder, or is cut or changed.
    """
    if split not in SPLITS:
        raise ValueError(f"The split is {split!r}; choose one of: {', '.join(SPLITS)}.")
    start, stop = (0, TRAIN) if split == "train" else (TRAIN, IMAGES)
    folder = data_folder()
    if (folder / ARCHIVE).is_file():
        images, labels = _from_archive(folder / ARCHIVE)
        return images[start:stop], labels[start:stop]
    if (folder / SHEETS / "labels.npy").is_file():
        return _from_sheets(folder / SHEETS, start, stop)
    if (folder / BATCHES).is_dir():
        images, labels = _from_batches(folder)
        return images[start:stop], labels[start:stop]
    raise MissingData(f"CIFAR-10 is not here. {CURE}")


def available() -> bool:
    """Whether CIFAR-10 lies in the data folder in one of its forms; it is checked when it is read."""
    folder = data_folder()
    return (folder / ARCHIVE).is_file() or (folder / SHEETS / "labels.npy").is_file() or (folder / BATCHES).is_dir()


def _from_archive(path: Path) -> tuple[np.ndarray, np.ndarray]:
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


def _from_batches(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Images and labels of the training file through torchvision, which checks the MD5 sum of every batch. Loads torch."""
    from core.data.torchvision_parts import datasets

    try:
        data = datasets.CIFAR10(folder, train=True, download=False)
    except RuntimeError as error:
        raise MissingData(f"CIFAR-10 is not whole: {BATCHES}/ does not match its MD5 sums. Delete it. {CURE}") from error
    return _checked(data.data, np.asarray(data.targets, np.uint8), folder / BATCHES)


def _checked(images: np.ndarray, labels: np.ndarray, path: Path) -> tuple[np.ndarray, np.ndarray]:
    """The arrays themselves when they are CIFAR-10's training file in shape, type and number of each class."""
    if images.shape != (IMAGES, 32, 32, 3) or images.dtype != np.uint8 or labels.shape != (IMAGES,) or labels.dtype != np.uint8:
        raise MissingData(f"CIFAR-10 is not whole: {path.name} does not hold 50,000 pictures of 32x32. Delete it. {CURE}")
    if not np.array_equal(np.bincount(labels, minlength=10), np.full(10, IMAGES // 10)):
        raise MissingData(f"CIFAR-10 is damaged: {path.name} does not hold 5,000 labels of each class. Delete it. {CURE}")
    return images, labels
