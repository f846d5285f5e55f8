"""CIFAR-10 in each of its forms, and refused when it is not whole."""

import hashlib
import io
import pickle
import shutil
import tarfile
from pathlib import Path

import data_archives as archives
import numpy as np
import pytest

from core.data import cifar
from core.data.folder import MissingData

REAL = Path(__file__).parents[2].parent / "shared" / "data"
needs_cifar = pytest.mark.skipif(not (REAL / "cifar10").is_dir(), reason="the real CIFAR-10 is not beside this checkout")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERNEL_EXPLORER_DATA", str(tmp_path))
    return tmp_path


def write(place: Path, images: np.ndarray, labels: np.ndarray) -> None:
    np.savez(place / cifar.ARRAYS, images=images, labels=labels)


@needs_cifar
def test_sheets_hold_the_published_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERNEL_EXPLORER_DATA", str(REAL))
    images, labels = cifar.load("train")
    assert images.shape == (40_000, 32, 32, 3) and images.dtype == labels.dtype == np.uint8
    test, test_labels = cifar.load("test")
    assert len(test) == len(test_labels) == 10_000
    pixels = np.concatenate([images, test]).reshape(-1, 3)
    np.testing.assert_allclose(pixels.mean(0) / 255, [0.4914, 0.4822, 0.4465], atol=1e-4)  # as published with the data
    np.testing.assert_allclose(pixels.std(0) / 255, [0.2470, 0.2435, 0.2616], atol=1e-4)
    assert np.bincount(np.concatenate([labels, test_labels])).tolist() == [5_000] * 10


@needs_cifar
def test_unpacked_archive_equals_the_sheets(place: Path) -> None:
    """The .npz that the script beside the sheets writes, cut to what this test needs: same pixels, same order."""
    namespace: dict = {"__file__": str(REAL / "unpack_cifar10.py"), "__name__": "unpack"}
    exec(compile((REAL / "unpack_cifar10.py").read_text(encoding="utf-8"), "unpack_cifar10.py", "exec"), namespace)
    labels = np.load(REAL / "cifar10" / "labels.npy")[:50_000]
    images = np.zeros((50_000, 32, 32, 3), np.uint8)
    images[40_000:41_000] = namespace["sheet"](40)
    write(place, images, labels)
    from_archive, archive_labels = cifar.load("test")
    (place / cifar.ARRAYS).unlink()
    (place / "cifar10").symlink_to(REAL / "cifar10")
    from_sheets, sheet_labels = cifar.load("test")
    np.testing.assert_array_equal(from_archive[:1_000], from_sheets[:1_000])
    np.testing.assert_array_equal(archive_labels, sheet_labels)


def put(path: Path, images: int) -> bytes:
    """Write a made-up binary archive of six files with so many images each."""
    data = archives.cifar10(images)[0][cifar.BINARY]
    path.write_bytes(data)
    return data


def test_binary_archive_by_hand(tmp_path: Path) -> None:
    """Records of 3,073 bytes: the label, then 1,024 red, 1,024 green, 1,024 blue values, row by row; the test file is left out."""
    put(tmp_path / "small.tar.gz", 30)
    images, labels = cifar.from_binary(tmp_path / "small.tar.gz")
    assert images.shape == (150, 32, 32, 3) and images.dtype == labels.dtype == np.uint8
    assert labels.tolist() == [i % 10 for i in range(150)]
    assert images[:, 7, 7, 0].tolist() == list(range(150)), "red holds the image's number: the five files follow each other"
    assert images[44, 0, 0].tolist() == [44, 3, 4] and images[44, 0, 31].tolist() == [44, 5, 6]
    assert (images[:, 1:, :, 1:] == [1, 2]).all() and (images[:, 0, 1:31, 1:] == [1, 2]).all()


@pytest.mark.parametrize("harm", ["cut", "cut a record", "not gzip", "empty", "other files"])
def test_harmed_binary_archives_get_a_sentence(tmp_path: Path, harm: str) -> None:
    path = tmp_path / "archive.tar.gz"
    data = put(path, 30)
    if harm == "cut a record":
        with tarfile.open(path, "w:gz") as tar:
            for name in cifar.BATCHES:
                info = tarfile.TarInfo(name)
                info.size = 3_072
                tar.addfile(info, io.BytesIO(bytes(3_072)))
    elif harm == "other files":
        with tarfile.open(path, "w:gz") as tar:
            tar.addfile(tarfile.TarInfo("cifar-10-batches-py/data_batch_1"))
    else:
        path.write_bytes({"cut": data[: len(data) // 2], "not gzip": b"pictures", "empty": b""}[harm])
    with pytest.raises(MissingData, match=r"CIFAR-10 is damaged: archive\.tar\.gz cannot be read.*KERNEL_EXPLORER_DATA"):
        cifar.from_binary(path)


def test_an_archive_laid_into_the_folder_is_read_when_it_is_the_published_one(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = put(place / cifar.BINARY, 10_000)
    assert cifar.available()
    with pytest.raises(MissingData, match="not the published archive"):
        cifar.load("train")
    monkeypatch.setattr(cifar, "BINARY_SHA256", hashlib.sha256(data).hexdigest())
    images, labels = cifar.load("test")
    assert images.shape == (10_000, 32, 32, 3) and labels[5] == 5
    np.testing.assert_array_equal(images[5, 31, 31], [40_005 % 256, 1, 2])


def test_unpacking_keeps_what_the_archive_holds(tmp_path: Path, place: Path) -> None:
    (scratch := tmp_path / "scratch").mkdir()
    put(scratch / cifar.BINARY, 10_000)
    cifar.unpack(scratch, place)
    images, labels = cifar.from_binary(scratch / cifar.BINARY)
    for split, part in (("train", slice(0, 40_000)), ("test", slice(40_000, None))):
        np.testing.assert_array_equal(cifar.load(split)[0], images[part])
        np.testing.assert_array_equal(cifar.load(split)[1], labels[part])


def test_absent_cut_changed_and_wrong_files_are_refused(place: Path) -> None:
    assert not cifar.available()
    with pytest.raises(MissingData, match=r"CIFAR-10 is not here.*170 MB.*KERNEL_EXPLORER_DATA"):
        cifar.load("train")
    labels = (np.arange(50_000) % 10).astype(np.uint8)
    write(place, np.zeros((50, 32, 32, 3), np.uint8), labels[:50])
    with pytest.raises(MissingData, match="does not hold 50,000 pictures"):
        cifar.load("train")
    write(place, np.zeros((50_000, 32, 32, 3), np.uint8), labels // 2)
    with pytest.raises(MissingData, match="5,000 labels of each class"):
        cifar.load("train")
    write(place, np.zeros((50_000, 32, 32, 3), np.uint8), labels)
    assert cifar.load("train")[0].shape == (40_000, 32, 32, 3) and cifar.available()
    whole = bytearray((place / cifar.ARRAYS).read_bytes())
    for harmed in (whole[: len(whole) // 2], whole[:100_000] + b"\x01" + whole[100_001:], b"not a zip", b""):
        (place / cifar.ARRAYS).write_bytes(harmed)
        with pytest.raises(MissingData, match=r"CIFAR-10 is damaged.*Delete it"):
            cifar.load("train")


def test_pickled_arrays_are_never_loaded(place: Path) -> None:
    marker = place / "ran"

    class Bomb:
        def __reduce__(self) -> tuple:
            return (Path.touch, (marker,))

    np.savez(place / cifar.ARRAYS, images=np.array([Bomb()], dtype=object), labels=np.zeros(1, np.uint8))
    with pytest.raises(MissingData, match="damaged"):
        cifar.load("train")
    assert not marker.exists()
    pickle.loads(pickle.dumps(Bomb()))
    assert marker.exists(), "the bomb of this test must be a real one"


@needs_cifar
def test_missing_or_cut_sheet_is_refused(place: Path) -> None:
    (place / "cifar10").mkdir()
    shutil.copyfile(REAL / "cifar10" / "labels.npy", place / "cifar10" / "labels.npy")
    with pytest.raises(MissingData, match="sheets in cifar10/"):
        cifar.load("test")
    for index in range(40, 50):
        data = (REAL / "cifar10" / f"sheet_{index}.webp").read_bytes()
        (place / "cifar10" / f"sheet_{index}.webp").write_bytes(data if index < 49 else data[:-1000])
    with pytest.raises(MissingData, match="sheets in cifar10/"):
        cifar.load("test")


def test_made_up_files_are_made_up() -> None:
    assert hashlib.sha256(archives.cifar10(10)[0][cifar.BINARY]).hexdigest() != cifar.BINARY_SHA256
