"""A data set of a person's own: pictures in folders named by class (ZIP), images and labels (NPZ), or a table as Kaggle's (CSV).

Every image is prepared as a drawing is (core.data.drawing): ink found, its box scaled to 20 of 28 pixels, centred by its mass. Images
that come as 28x28 already, as MNIST's do, stay as they are.
"""

import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.data import archive, decoder, own_table, pictures
from core.data.archive import Limits
from core.data.catalog import DIGITS
from core.data.drawing import SIDE, Prepared, UnusableDrawing, prepare_drawing
from core.data.pictures import BadPicture

Images = NDArray[np.uint8]

LEAST_TO_TRAIN = 10  # images of each class
MOST_CLASSES = 100
LONGEST_CLASS = 30  # letters
MOST_PICTURES = 2_000  # of a ZIP
MOST_IMAGES = 70_000  # of an array or a table
MOST_PREPARED = 4_000  # of an array whose images are not 28x28, since each is prepared
MOST_VALUES = 80_000_000  # of an array: bytes
MOST_PIXELS = 4_000_000  # of one picture
ALL_PIXELS = 60_000_000  # of all pictures of a ZIP
AT_ONCE = 1_000_000  # values of an array that are worked on at a time
PICTURE = 160  # pixels of a picture's longer side, in which its ink is found
ZIPPED = Limits(files=MOST_PICTURES, each=4_000_000, together=60_000_000)
SHARES = (0.7, 0.15)  # of each class to train and to validate; the rest tests
ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp")


class TooMany(BadPicture):
    """More than one set may hold."""


@dataclass(frozen=True)
class Sample:
    """One picture on its way into a set."""

    name: str  # of its file, or its number
    brightness: NDArray[np.float32]  # (H, W) as it came, small; of arrays with ink dark
    prepared: Prepared


@dataclass(frozen=True)
class OwnSet:
    """Labelled images, prepared."""

    images: Images  # (N, 28, 28), ink 255
    labels: NDArray[np.uint8]  # (N,)
    classes: tuple[str, ...]  # in the order of the labels
    key: str  # of the images and labels: the same set has the same key
    notes: tuple[str, ...]  # what was left out or taken for granted, in sentences
    samples: tuple[Sample, ...] = ()  # the first picture of each class on its way; none of images that stay as they are

    @property
    def counts(self) -> tuple[int, ...]:
        """Images of each class."""
        return tuple(map(int, np.bincount(self.labels, minlength=len(self.classes))))

    @property
    def against_training(self) -> str:
        """Why no network can be trained on it, in a sentence; empty where one can."""
        few = [name for name, count in zip(self.classes, self.counts, strict=True) if count < LEAST_TO_TRAIN]
        if len(self.classes) < 2:
            return "All images are of one class; add a second one to train on."
        if few:
            return f"Training needs {LEAST_TO_TRAIN} images of each class; {_some(few)} {'has' if len(few) == 1 else 'have'} fewer."
        return ""

    def split(self, seed: int = 0) -> dict[str, NDArray[np.int64]]:
        """Rows that train, validate and test: of each class the same shares, at least one each, chosen by the seed."""
        parts: dict[str, list[NDArray[np.int64]]] = {"train": [], "validation": [], "test": []}
        random = np.random.default_rng(seed)
        for label in range(len(self.classes)):
            rows = random.permutation(np.flatnonzero(self.labels == label))
            first = round(SHARES[0] * len(rows))
            second = first + max(1, round(SHARES[1] * len(rows)))
            for name, part in zip(parts, np.split(rows, [first, second]), strict=True):
                parts[name].append(part)
        return {name: np.sort(np.concatenate(rows)) for name, rows in parts.items()}


def read(data: bytes) -> OwnSet:
    """The data set of a file, whatever of the three it is; what it costs is bounded where core.data.reader calls it.

    Raises:
        BadPicture: what is wrong with the file and what to do, in a sentence.
    """
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        with archive.opened(data, Limits(files=MOST_PICTURES, each=MOST_VALUES, together=MOST_VALUES)) as (files, unpacked):
            arrays = {info.filename[:-4]: info for info in files if info.filename.endswith(".npy") and "/" not in info.filename}
            if len(arrays) == len(files) and files:
                return _of_arrays({name: unpacked(info) for name, info in arrays.items() if _role(name)})
        return _of_folders(data)
    return _of_numbers(*own_table.rows(data, MOST_IMAGES), (), [])


def prepared(brightness: NDArray[np.float32]) -> Prepared:
    """One picture on its way into the set, to be shown step by step; grey (H, W) in [0, 1].

    Raises:
        BadPicture, core.data.drawing.UnusableDrawing: no ink, in a sentence.
    """
    return prepare_drawing(pictures.ink_square(pictures.ink(brightness)))


def _of_folders(data: bytes) -> OwnSet:
    with archive.opened(data, ZIPPED) as (files, unpacked):
        named = [(info, _class_of(info.filename)) for info in files if info.filename.lower().endswith(ENDINGS)]
        others = len(files) - len(named)
        named = [(info, name) for info, name in named if name]
        loose = len(files) - others - len(named)
        if not named:
            raise BadPicture("The ZIP file holds no pictures in folders; put each into a folder named by its class, like 7/first.png.")
        classes = _ordered({name for _, name in named})
        waiting: list[tuple[str, str, bytes]] = []  # name of the file, class, contents
        bad: list[str] = []
        room = ALL_PIXELS
        for info, name in named:
            try:
                contents = unpacked(info)
                room -= _pixels(contents, info.filename, room)
                waiting.append((info.filename, name, contents))
            except TooMany:
                raise
            except BadPicture as error:
                bad.append(f"{info.filename[-40:]!r}: {error}")
    images: list[Images] = []
    labels: list[int] = []
    steps: dict[str, Sample] = {}
    for file, name, contents in waiting:
        try:
            picture = decoder.reduced(contents)
            picture.thumbnail((PICTURE, PICTURE), Image.Resampling.BOX)
            brightness = pictures.grey(np.asarray(picture))
            image, made = _of_picture(brightness)
        except decoder.Undecodable as error:
            bad.append(f"{file[-60:]} {error}")
            continue
        except (UnusableDrawing, BadPicture) as error:
            bad.append(f"{file[-40:]!r}: {error}")
            continue
        images.append(image)
        labels.append(classes.index(name))
        if made is not None:
            steps.setdefault(name, Sample(file[-60:], brightness, made))
    notes = []
    if others:
        notes.append(f"{others:,} file{'s' if others > 1 else ''} of other kinds {'were' if others > 1 else 'was'} left out.")
    if loose:
        notes.append(f"{loose:,} picture{'s' if loose > 1 else ''} in no folder {'were' if loose > 1 else 'was'} left out.")
    return _made(images, labels, classes, bad, notes, tuple(steps[name] for name in classes if name in steps))


def _some(names: Sequence[str]) -> str:
    """Names in a sentence: five of them, and how many others."""
    return ", ".join(names[:5]) + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")


def _class_of(name: str) -> str:
    """The folder that a picture lies in; "" for none."""
    parts = name.split("/")
    return parts[-2].strip()[:LONGEST_CLASS] if len(parts) > 1 else ""


def _ordered(names: set[str]) -> tuple[str, ...]:
    """Classes with numbers in their order."""
    if len(names) > MOST_CLASSES:
        raise BadPicture(f"The file holds {len(names):,} classes; up to {MOST_CLASSES} are read.")
    return tuple(sorted(names, key=lambda name: [int(part) if part.isdecimal() else part for part in re.split(r"(\d{1,9})", name)]))


def _pixels(data: bytes, name: str, room: int) -> int:
    """How many pixels a picture has, by its header.

    Raises:
        BadPicture: no picture, or too large.
        TooMany: all pictures together are.
    """
    pictures.check_upload(data, name[-60:])
    try:
        with Image.open(io.BytesIO(data), formats=decoder.FORMATS) as picture:  # reads its header alone
            width, height = picture.size
    except Exception as error:  # Pillow's readers raise whatever they stumble on
        raise BadPicture("not a picture that can be read here.") from error
    if width * height > MOST_PIXELS:
        raise BadPicture(f"{width:,} x {height:,} pixels; up to {MOST_PIXELS // 10**6} million are read.")
    if width * height > room:
        raise TooMany(f"Together the pictures have more than {ALL_PIXELS // 10**6} million pixels; use fewer or smaller ones.")
    return width * height


def _of_picture(brightness: NDArray[np.float32]) -> tuple[Images, Prepared | None]:
    """A picture's digit (28, 28) and how it was made; one that has this size and a margin stays as it is."""
    if brightness.shape == (SIDE, SIDE):
        ink = 1 - brightness if _mostly_light(brightness) else brightness
        return np.rint(ink * 255).astype(np.uint8), None
    made = prepared(brightness)
    return np.rint(made.centred * 255).astype(np.uint8), made


def _mostly_light(images: NDArray[np.float32]) -> bool:
    """Whether the edges of images (..., H, W) in [0, 1] are paper."""
    edges = np.concatenate([images[..., 0, :].ravel(), images[..., -1, :].ravel(), images[..., :, 0].ravel(), images[..., :, -1].ravel()])
    return float(np.median(edges)) > 0.5


def _role(name: str) -> str:
    """What an array of an NPZ is, by its name."""
    name = name.lower()
    if name in ("images", "x", "x_train", "data", "pixels", "train_images", "arr_0", "image", "x_test", "test_images"):
        return "images"
    if name in ("labels", "y", "y_train", "target", "targets", "train_labels", "arr_1", "label", "y_test", "test_labels"):
        return "labels"
    return "classes" if name in ("classes", "names", "class_names") else ""


def _of_arrays(files: dict[str, bytes]) -> OwnSet:
    found: dict[str, np.ndarray] = {}
    for name in list(files):
        data = files.pop(name)  # each stands in memory twice only while it is read
        if _role(name) in found:
            continue  # a test part beside a training part
        try:
            found[_role(name)] = np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
        except (ValueError, OSError, EOFError, SyntaxError):
            raise BadPicture(f"The array {name[:30]!r} holds objects or is damaged; save plain numbers with numpy.savez.") from None
    if not {"images", "labels"} <= set(found):
        raise BadPicture("The NPZ file needs the arrays images and labels (or x and y); save it with numpy.savez(images=..., labels=...).")
    classes = found.get("classes")
    names = tuple(str(name)[:LONGEST_CLASS] for name in classes.ravel()) if classes is not None and classes.dtype.kind in "US" else ()
    return _of_numbers(found["images"], found["labels"], names, [])


def _of_numbers(images: np.ndarray, labels: np.ndarray, names: tuple[str, ...], notes: list[str]) -> OwnSet:
    """A set of arrays: images (N, H, W), (N, H, W, 1 or 3) or (N, H*W), and labels as numbers, words or one-hot."""
    if images.dtype.kind not in "uifb" or images.ndim < 2 or not images.size:
        raise BadPicture(f"images is an array of {images.dtype} {images.shape}; save numbers of shape (images, height, width).")
    if labels.ndim == 2 and labels.shape[1] > 1:
        labels = labels.argmax(axis=1)
    labels = labels.reshape(-1)
    if len(labels) != len(images):
        raise BadPicture(f"There are {len(images):,} images and {len(labels):,} labels; give each image one label.")
    if len(images) > MOST_IMAGES:
        raise BadPicture(f"The file holds {len(images):,} images; up to {MOST_IMAGES:,} are read.")
    indices, classes = _labelled(labels, names)
    low, high = _ends(images)
    each = max(1, AT_ONCE // images[0].size)  # as numbers with a point all of them would take four times the room
    light = _mostly_light(_in_unit(_squared(images[:each]), low, high))
    if light:
        notes.append("The images' edges are light, so dark was taken for ink.")

    def parts() -> Iterator[NDArray[np.float32]]:
        for start in range(0, len(images), each):
            grey = _in_unit(_squared(images[start : start + each]), low, high)
            yield 1 - grey if light else grey

    height, width = _squared(images[:1]).shape[1:]
    if (height, width) == (SIDE, SIDE):
        whole, start = np.empty((len(images), SIDE, SIDE), np.uint8), 0
        for grey in parts():
            np.rint(grey * 255, out=grey)
            whole[start : start + len(grey)] = grey
            start += len(grey)
        return _made(whole, list(indices), classes, [], notes)
    if len(images) > MOST_PREPARED:
        raise BadPicture(
            f"The file holds {len(images):,} images of {width}x{height} pixels; up to {MOST_PREPARED:,} are read where they are not 28x28."
        )
    made: list[Images] = []
    kept, bad = [], []
    steps: dict[int, Sample] = {}
    for i, (image, label) in enumerate(zip((image for grey in parts() for image in grey), indices, strict=True)):
        try:
            one = prepare_drawing(pictures.ink_square(image))
        except UnusableDrawing as error:
            bad.append(f"image {i:,}: {error}")
            continue
        made.append(np.rint(one.centred * 255).astype(np.uint8))
        kept.append(int(label))
        steps.setdefault(int(label), Sample(f"image {i:,}", 1 - image, one))
    return _made(made, kept, classes, bad, notes, tuple(steps[label] for label in sorted(steps)))


def _squared(images: np.ndarray) -> np.ndarray:
    """Images as (N, H, W); colours as their mean."""
    if images.ndim == 2:
        side = int(np.sqrt(images.shape[1]))
        if side * side != images.shape[1]:
            raise BadPicture(
                f"Each image has {images.shape[1]:,} values, which make no square; save the images as (images, height, width)."
            )
        images = images.reshape(len(images), side, side)
    if images.ndim == 4 and images.shape[3] in (1, 3, 4):
        images = images[..., :3].mean(axis=3, dtype=np.float32)
    elif images.ndim == 4 and images.shape[1] in (1, 3):
        images = images.mean(axis=1, dtype=np.float32)
    if images.ndim != 3 or min(images.shape[1:]) < 4 or max(images.shape[1:]) > 512:
        raise BadPicture(f"images has the shape {images.shape}; save them as (images, height, width), up to 512x512 pixels.")
    return images


def _ends(images: np.ndarray) -> tuple[float, float]:
    """The lowest and the highest value.

    Raises:
        BadPicture: they tell of no pictures.
    """
    low, high = float(images.min()), float(images.max())
    if not np.isfinite([low, high]).all():
        raise BadPicture("Some pixels are not numbers (NaN or infinite); save brightness or ink from 0 to 255.")
    if high <= low:
        raise BadPicture("All pixels have the same value; save brightness or ink from 0 to 255.")
    return low, high


def _in_unit(images: np.ndarray, low: float, high: float) -> NDArray[np.float32]:
    """Values in [0, 1], from bytes, from [0, 1] or from [-1, 1]; these are the ends of all."""
    if low >= 0:
        scale = 255.0 if high > 1 else 1.0
        if 1 < high <= 16 and images.shape[1:] == (8, 8):
            scale = 16.0  # scikit-learn's digits
        if high > scale:
            scale = high
        return images.astype(np.float32) / np.float32(scale)
    return ((images - low) / (high - low)).astype(np.float32)


def _labelled(labels: np.ndarray, names: tuple[str, ...]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Labels as indices, and the classes' names."""
    if labels.dtype.kind in "fiub":
        if not np.isfinite(labels).all() or (labels != np.rint(labels)).any() or labels.min() < 0 or labels.max() > 1e6:
            raise BadPicture("The labels must be whole numbers of 0 or more, or words; one for each image.")
        whole = labels.astype(np.int64)
        if names and whole.max() < len(names) <= MOST_CLASSES:
            return whole, names
        if whole.max() <= 9 and len(np.unique(whole)) > 5:
            return whole, DIGITS  # digits, one of which may be missing
        words = np.array([str(value) for value in whole])
    elif labels.dtype.kind in "US":
        words = np.array([str(value)[:LONGEST_CLASS] for value in labels])
    else:
        raise BadPicture("The labels must be whole numbers of 0 or more, or words; one for each image.")
    classes = _ordered(set(words.tolist()))
    table = {name: i for i, name in enumerate(classes)}
    return np.array([table[word] for word in words]), classes


def _made(
    images: Images | Sequence[Images],
    labels: Sequence[int],
    classes: tuple[str, ...],
    bad: list[str],
    notes: list[str],
    samples: tuple[Sample, ...] = (),
) -> OwnSet:
    """The set, or the sentence where nothing is left of it."""
    if bad and not len(images):
        raise BadPicture(f"None of the {len(bad):,} images can be used; the first is {bad[0]}")
    if bad:
        notes.append(
            f"{len(bad):,} image{'s' if len(bad) > 1 else ''} can't be used and {'were' if len(bad) > 1 else 'was'} left out; {bad[0]}"
        )
    stack, numbers = images if isinstance(images, np.ndarray) else np.stack(images), np.array(labels, np.uint8)
    small = [name for name, count in Counter(classes[label] for label in labels).items() if count < LEAST_TO_TRAIN]
    if small:
        notes.append(f"Of {_some(small)} there are fewer than {LEAST_TO_TRAIN} images: enough to test on, not to train on.")
    digest = hashlib.sha256(np.ascontiguousarray(stack).data)
    digest.update(np.ascontiguousarray(numbers).data)
    digest.update("\n".join(classes).encode())
    key = digest.hexdigest()[:12]
    for array in (stack, numbers):
        array.setflags(write=False)
    return OwnSet(stack, numbers, classes, key, tuple(notes), samples)
