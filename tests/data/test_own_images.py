"""Data sets of a person's own: ZIP of folders, NPZ, Kaggle's CSV, good and bad; what is prepared is what a drawing would be."""

import io
import time
import zipfile

import numpy as np
import pytest
from PIL import Image

from core.data import digits, own_images, uci_digits
from core.data.drawing import prepare_drawing, resized_digits
from core.data.own_images import OwnSet, read
from core.data.pictures import BadPicture
from tests.data.sheets import pen

SMALL, LABELS = uci_digits.load("train")
MNISTLIKE = resized_digits(SMALL)[:120]  # (120, 28, 28)


def png(image: np.ndarray, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.fromarray(image).save(out, kind)
    return out.getvalue()


def paper(image: np.ndarray) -> np.ndarray:
    """A digit written on paper, (120, 120) uint8."""
    digit = pen(image, 80)
    picture = np.full((120, 120), 220, np.float32)
    picture[20:100, 15 : 15 + digit.shape[1]] -= 170 * digit[:, :105]
    return picture.clip(0, 255).astype(np.uint8)


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def npz(**arrays: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


def csv(images: np.ndarray, labels: np.ndarray, titled: bool = True) -> bytes:
    rows = [",".join(map(str, [label, *image.ravel()])) for image, label in zip(images, labels, strict=True)]
    head = [",".join(["label", *(f"pixel{i}" for i in range(images[0].size))])] if titled else []
    return "\n".join([*head, *rows]).encode()


def alike(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(np.float32(a).ravel(), np.float32(b).ravel())[0, 1])


def test_folders_are_classes() -> None:
    """Pictures in folders, below any others; the order of numbers; what is no picture is counted."""
    files = {f"mine/{LABELS[i]}/{i}.png": png(paper(SMALL[i])) for i in range(30)}
    files |= {"mine/readme.txt": b"hello", "__MACOSX/mine/0/._0.png": b"x", "loose.png": png(paper(SMALL[0]))}
    found = read(zipped(files))
    assert found.classes == tuple("0123456789") and found.images.shape == (30, 28, 28)
    assert found.labels.tolist() == LABELS[:30].tolist()
    for image, small in zip(found.images, SMALL, strict=False):
        wanted = prepare_drawing(np.pad(pen(small, 80)[:, :80], ((0, 0), (0, 80 - min(pen(small, 80).shape[1], 80))))).centred
        assert alike(image, wanted) > 0.8
    assert any("1 file of other kinds" in note for note in found.notes) and any("1 picture in no folder" in note for note in found.notes)
    assert "Training needs 10 images of each class" in found.against_training


def test_names_of_classes_are_ordered() -> None:
    names = ["ten 10", "ten 9", "A", "b"]
    found = read(zipped({f"{name}/{i}.png": png(paper(SMALL[i])) for i, name in enumerate(names)}))
    assert set(found.classes) == set(names) and found.classes.index("ten 9") < found.classes.index("ten 10")


def test_unusable_pictures_are_counted() -> None:
    blank = png(np.full((90, 90), 230, np.uint8))
    found = read(zipped({"1/a.png": png(paper(SMALL[1])), "1/blank.png": blank, "1/cut.png": png(paper(SMALL[1]))[:80]}))
    assert len(found.images) == 1 and any(note.startswith("2 images can't be used") and "1/blank.png" in note for note in found.notes)


@pytest.mark.parametrize("scale", ["bytes", "unit", "inverted", "flat", "channel", "signed"])
def test_arrays_of_mnist_s_form_stay_as_they_are(scale: str) -> None:
    images = {
        "bytes": MNISTLIKE,
        "unit": MNISTLIKE / np.float32(255),
        "inverted": 255 - MNISTLIKE,
        "flat": MNISTLIKE.reshape(120, 784),
        "channel": MNISTLIKE[..., None],
        "signed": MNISTLIKE / np.float32(127.5) - 1,
    }[scale]
    found = read(npz(images=images, labels=LABELS[:120]))
    assert np.array_equal(found.images, MNISTLIKE) and found.labels.tolist() == LABELS[:120].tolist()
    assert found.classes == tuple("0123456789") and found.counts == tuple(np.bincount(LABELS[:120], minlength=10))


def test_arrays_of_other_sizes_are_prepared() -> None:
    """scikit-learn's own digits, 8x8 from 0 to 16, and one-hot labels."""
    found = read(npz(x=SMALL[:50] / 255 * 16, y=np.eye(10)[LABELS[:50]]))
    wanted = prepare_drawing(SMALL[7] / 255).centred
    assert found.images.shape == (50, 28, 28) and alike(found.images[7], wanted) > 0.97 and found.labels.tolist() == LABELS[:50].tolist()


def test_words_as_labels() -> None:
    words = np.array(["cat", "dog"])[LABELS[:120] % 2]
    found = read(npz(images=MNISTLIKE, labels=words))
    assert found.classes == ("cat", "dog") and found.labels.tolist() == (LABELS[:120] % 2).tolist()
    named = read(npz(images=MNISTLIKE, labels=LABELS[:120] % 3, classes=np.array(["a", "b", "c"])))
    assert named.classes == ("a", "b", "c") and named.against_training == ""


@pytest.mark.parametrize("titled", [True, False])
def test_kaggle_table(titled: bool) -> None:
    found = read(csv(MNISTLIKE, LABELS[:120], titled))
    assert np.array_equal(found.images, MNISTLIKE) and found.labels.tolist() == LABELS[:120].tolist()
    assert found.key == read(npz(images=MNISTLIKE, labels=LABELS[:120])).key


def test_split_is_stratified_and_repeatable() -> None:
    """Ten of a class: seven, two, one; the same seed gives the same rows, another others; nothing twice."""
    labels = np.repeat(np.arange(3), (10, 40, 11))
    images = np.resize(MNISTLIKE, (61, 28, 28))
    found = read(npz(images=images, labels=labels, classes=np.array(["a", "b", "c"])))
    parts = found.split(5)
    assert sorted(np.concatenate(list(parts.values())).tolist()) == list(range(61))
    assert [np.bincount(labels[rows]).tolist() for rows in parts.values()] == [[7, 28, 8], [2, 6, 2], [1, 6, 1]]
    assert np.array_equal(parts["train"], found.split(5)["train"]) and not np.array_equal(parts["train"], found.split(6)["train"])


def object_array() -> bytes:
    out = io.BytesIO()
    np.savez(out, images=np.array([{"a": 1}], dtype=object), labels=np.zeros(1))
    return out.getvalue()


def nameless() -> bytes:
    """A ZIP whose one file has no name."""
    out, entry = io.BytesIO(), zipfile.ZipInfo()
    entry.filename = ""
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(entry, b"x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (nameless(), "leads out"),
        (b",102,21,124,185,6,17,59,81,166,240,237,35,136,133,220,208", "has no label"),
        (b"", "neither a ZIP"),
        (b"PK\x03\x04rubbish", "not a whole ZIP"),
        (zipped({}), "no pictures in folders"),
        (zipped({"a.png": png(MNISTLIKE[0])}), "no pictures in folders"),
        (zipped({"../7/a.png": png(MNISTLIKE[0])}), "leads out"),
        (zipped({"7/a.png": b"no picture"}), "None of the 1 images"),
        (zipped({f"c{i}/a.png": b"" for i in range(101)}), "101 classes"),
        (npz(images=MNISTLIKE), "needs the arrays"),
        (npz(images=MNISTLIKE, labels=LABELS[:7]), "120 images and 7 labels"),
        (npz(images=MNISTLIKE.astype(str), labels=LABELS[:120]), "save numbers"),
        (npz(images=np.full((9, 28, 28), np.nan), labels=np.arange(9)), "not numbers"),
        (npz(images=np.zeros((9, 28, 28)), labels=np.arange(9)), "same value"),
        (npz(images=MNISTLIKE.reshape(240, 392), labels=np.zeros(240)), "make no square"),
        (npz(images=MNISTLIKE, labels=np.arange(120) - 3.5), "whole numbers"),
        (object_array(), "holds objects"),
        (b"label," + b",".join(b"pixel%d" % i for i in range(784)) + b"\n", "no image"),
        (csv(MNISTLIKE[:3], LABELS[:3]).replace(b",0,", b",x,", 1), "no number"),
        (csv(MNISTLIKE[:3], LABELS[:3])[:-40], "no number"),
        (csv(MNISTLIKE[:3], LABELS[:3]) + b"\n3,4", "no number"),
    ],
)
def test_bad_file_gets_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(BadPicture) as caught:
        read(data)
    assert words in str(caught.value) and str(caught.value).endswith((".", "here."))


def test_a_bomb_is_refused_unread() -> None:
    """A small ZIP that would unpack to much is refused by what it lists, and by what comes out."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("7/a.png", bytes(5_000_000))
    start = time.process_time()
    with pytest.raises(BadPicture, match="would unpack to"):
        read(out.getvalue())
    large = npz(images=np.zeros((70_000, 40, 40), np.uint8), labels=np.zeros(70_000))
    with pytest.raises(BadPicture, match=r"would unpack to|would fill"):
        read(large)
    assert time.process_time() - start < 2


def test_real_digits_stay() -> None:
    """MNIST's own test images, where they are here, and the stand-in elsewhere: bit for bit."""
    some = digits.load_any("test")
    found: OwnSet = read(npz(images=some.images[:500], labels=some.labels[:500]))
    assert np.array_equal(found.images, some.images[:500]) and own_images.LEAST_TO_TRAIN == 10
