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
    np.savez(place / cifar.ARCHIVE, images=images, labels=labels)


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
    (place / cifar.ARCHIVE).unlink()
    (place / "cifar10").symlink_to(REAL / "cifar10")
    from_sheets, sheet_labels = cifar.load("test")
    np.testing.assert_array_equal(from_archive[:1_000], from_sheets[:1_000])
    np.testing.assert_array_equal(archive_labels, sheet_labels)


def test_batches_as_torchvision_unpacks_them(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.data.torchvision_parts import datasets

    files, sums = archives.cifar10()
    with tarfile.open(fileobj=io.BytesIO(files["cifar-10-python.tar.gz"])) as tar:
        tar.extractall(place, filter="data")
    with pytest.raises(MissingData, match="does not match its MD5 sums"):
        cifar.load("train")  # the made-up batches are not CIFAR-10
    for name in ("train_list", "test_list"):
        monkeypatch.setattr(datasets.CIFAR10, name, [[file, sums[file]] for file, _ in getattr(datasets.CIFAR10, name)])
    monkeypatch.setattr(datasets.CIFAR10, "meta", datasets.CIFAR10.meta | {"md5": sums["batches.meta"]})
    images, labels = cifar.load("test")
    np.testing.assert_array_equal(images[5, 31, 31], [40_005 % 256, 1, 2])
    assert labels[5] == 5


def test_absent_cut_changed_and_wrong_files_are_refused(place: Path) -> None:
    assert not cifar.available()
    with pytest.raises(MissingData, match=r"CIFAR-10 is not here.*163 MB.*KERNEL_EXPLORER_DATA"):
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
    whole = bytearray((place / cifar.ARCHIVE).read_bytes())
    for harmed in (whole[: len(whole) // 2], whole[:100_000] + b"\x01" + whole[100_001:], b"not a zip", b""):
        (place / cifar.ARCHIVE).write_bytes(harmed)
        with pytest.raises(MissingData, match=r"CIFAR-10 is damaged.*Delete it"):
            cifar.load("train")


def test_pickled_arrays_are_never_loaded(place: Path) -> None:
    marker = place / "ran"

    class Bomb:
        def __reduce__(self) -> tuple:
            return (Path.touch, (marker,))

    np.savez(place / cifar.ARCHIVE, images=np.array([Bomb()], dtype=object), labels=np.zeros(1, np.uint8))
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


def test_class_names_are_ten_and_made_up_files_are_made_up() -> None:
    assert len(set(cifar.CLASSES)) == 10
    assert hashlib.md5(archives.cifar10()[0]["cifar-10-python.tar.gz"]).hexdigest() != "c58f30108f718f92721af3b95e74349a"
