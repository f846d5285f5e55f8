"""MNIST is read whole or not at all; the UCI digits stand in under their own name."""

import shutil
import subprocess
import sys
from pathlib import Path

import data_archives as archives
import numpy as np
import pytest
from scipy.ndimage import zoom
from sklearn.datasets import load_digits

from core.data import catalog, digits, folder, stand_in, uci_digits
from core.data.drawing import resized_digits

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "data"
needs_mnist = pytest.mark.skipif(not (REAL / digits.RAW).is_dir(), reason="the real MNIST is not beside this checkout")


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERNEL_EXPLORER_DATA", str(REAL))


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERNEL_EXPLORER_DATA", str(tmp_path))
    (tmp_path / digits.RAW).mkdir(parents=True)
    for name in digits.RAW_FILES:
        shutil.copyfile(REAL / digits.RAW / name, tmp_path / digits.RAW / name)
    return tmp_path / digits.RAW


@needs_mnist
def test_splits_are_torchvisions_own_images_in_order(real: None) -> None:
    from core.data.torchvision_parts import datasets

    train, test = (datasets.MNIST(REAL, train=part, download=False) for part in (True, False))
    for split, whole, part in (
        ("train", train, slice(0, 54_000)),
        ("validation", train, slice(54_000, 60_000)),
        ("test", test, slice(0, 10_000)),
    ):
        images, labels = digits.load(split)
        np.testing.assert_array_equal(images, whole.data[part].numpy())
        np.testing.assert_array_equal(labels, whole.targets[part].numpy())
        assert images.dtype == labels.dtype == np.uint8
    assert digits.load_any("test").source == "MNIST"


def test_what_is_downloaded_is_what_torchvision_downloads() -> None:
    from core.data.torchvision_parts import datasets

    archives = digits.archives()
    assert list(archives.mirrors) == list(datasets.MNIST.mirrors)
    assert {name: total.removeprefix("md5:") for name, total in archives.sums.items()} == dict(datasets.MNIST.resources)


@needs_mnist
def test_reading_loads_no_torch() -> None:
    code = "import sys; from core.data import digits; print(digits.load_any('test').source, 'torch' in sys.modules)"
    env = {"KERNEL_EXPLORER_DATA": str(REAL), "PATH": ""}
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert out.stdout.split() == ["MNIST", "False"], out.stderr


@needs_mnist
@pytest.mark.parametrize("name", list(digits.RAW_FILES))
@pytest.mark.parametrize(
    ("harm", "says"), [("cut", "is not whole"), ("flip", "is damaged"), ("lose", "is not here"), ("grow", "is not whole")]
)
def test_a_harmed_file_is_never_shown(copied: Path, name: str, harm: str, says: str) -> None:
    digits.load_any("test")  # so that the good sums are known before the harm is done
    path = copied / name
    data = bytearray(path.read_bytes())
    if harm == "lose":
        path.unlink()
    else:
        data[-1] ^= harm == "flip"
        path.write_bytes({"cut": data[:-1], "flip": data, "grow": data + b"\0"}[harm])
    split = "test" if name.startswith("t10k") else "validation"
    with pytest.raises(folder.MissingData, match=f"MNIST {says}.*{name}.*KERNEL_EXPLORER_DATA"):
        digits.load(split)
    assert digits.load_any(split).source == stand_in.SOURCE
    assert says in digits.trouble()


def test_wrong_split_is_named() -> None:
    with pytest.raises(ValueError, match="train, validation, test"):
        digits.load("all")


def test_default_folder_is_cache_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KERNEL_EXPLORER_DATA", raising=False)
    assert folder.data_folder() == ROOT / "cache" / "data"


def test_stand_in_is_all_of_the_uci_digits_once() -> None:
    parts = [stand_in.load(split) for split in ("train", "validation", "test")]
    assert [len(labels) for _, labels in parts] == [1_200, 197, 400]
    np.testing.assert_array_equal(np.concatenate([labels for _, labels in parts]), load_digits().target)
    images = np.concatenate([images for images, _ in parts])
    assert images.shape == (1_797, 28, 28) and images.dtype == np.uint8
    for index in range(0, 1_797, 100):  # scipy's linear zoom to 20x20 lies somewhere in the picture
        box = zoom(load_digits().images[index], 20 / 8, order=1).ravel()
        places = [images[index, r : r + 20, c : c + 20].ravel() for r in range(9) for c in range(9)]
        assert max(np.corrcoef(box, place)[0, 1] for place in places) > 0.95


def test_stand_in_is_centred_by_mass_where_mnist_is() -> None:
    """MNIST's centre of mass lies in [13.5, 14.5) on both axes, see core/data/drawing.py."""
    images = np.concatenate([stand_in.load(split)[0] for split in catalog.get("uci-digits").splits]).astype(float)
    mass = images.sum(axis=(1, 2))
    for axis in (1, 2):
        centre = (images.sum(axis=3 - axis) * np.arange(28)).sum(axis=1) / mass
        assert np.abs(centre - 14).max() <= 0.55  # half a pixel, and the rounding to whole numbers of ink


def test_centring_by_hand() -> None:
    ink = np.zeros((2, 20, 20), np.uint8)
    ink[0, 0:2, 0:2] = 255  # centre of mass at 0.5: must come to 13.5
    ink[1, 9:11, 4:6] = 255  # rows at 9.5 move by 4 to 13.5, columns at 4.5 by the 8 that there are
    out = resized_digits(ink)
    assert out[0].sum() == 4 * 255 and (out[0, 8:10, 8:10] == 255).all()  # as far as the 20x20 box can go: 8 pixels
    assert out[1].sum() == 4 * 255 and (out[1, 13:15, 12:14] == 255).all()
    assert resized_digits(np.zeros((1, 8, 8), np.uint8)).sum() == 0


def test_digits_of_the_size_stay_and_other_sizes_scale_with_it() -> None:
    images = uci_digits.load("test")[0][:20]
    assert resized_digits(images, 8) is images
    large = resized_digits(images, 56)
    assert large.shape == (20, 56, 56) and large.dtype == np.uint8
    inked = large > 60
    for axis in (1, 2):  # the box is 40 pixels
        lines = inked.any(axis=axis)
        reach = [np.flatnonzero(line).max() - np.flatnonzero(line).min() + 1 for line in lines]
        assert max(reach) <= 40


def test_archives_of_the_tests_are_not_mnist() -> None:
    """The made-up files have MNIST's form, so that only the sums can tell them apart."""
    assert {len(data) for data in archives.mnist()[2].values()} == {47_040_016, 60_008, 7_840_016, 10_008}
