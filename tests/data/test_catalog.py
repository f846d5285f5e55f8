"""Every data set of the table, whichever they are: what the entry says is what its images are."""

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from core.data import catalog, stand_in, uci_digits
from core.data.catalog import DATASETS, DataSet
from core.data.download import DOWNLOADS
from core.data.folder import MissingData
from core.specs import DataSpec, PulseSpec, SpecError

ROOT = Path(__file__).parents[2]
STORED = [name for name, data in DATASETS.items() if data.module]
PARTS = [(name, split) for name in STORED for split in DATASETS[name].splits]


def here(name: str) -> DataSet:
    """The entry, or a skip that says what is missing."""
    if trouble := catalog.missing(name):
        pytest.skip(trouble)
    return DATASETS[name]


@pytest.mark.parametrize(("name", "split"), PARTS)
def test_images_and_labels_are_what_the_table_says(name: str, split: str) -> None:
    data = here(name)
    images, labels = catalog.load(name, split)
    assert images.shape == (data.splits[split], *data.shape) and images.dtype == np.uint8
    assert labels.shape == (data.splits[split],) and labels.dtype == np.uint8
    assert sorted(set(labels.tolist())) == list(range(len(data.classes))), "each class has a name and images"
    assert images.max() == 255 and images.min() == 0, "the whole range of ink or light is used"
    assert images.flags.writeable and labels.flags.writeable, "torch takes no read-only arrays"


@pytest.mark.parametrize("name", STORED)
def test_no_image_is_in_two_splits(name: str) -> None:
    data = here(name)
    found = [{image.tobytes() for image in catalog.load(name, split)[0]} for split in data.splits]
    assert len(set.union(*found)) == sum(map(len, found))


@pytest.mark.parametrize("name", STORED)
def test_a_spec_gets_shape_and_classes(name: str) -> None:
    data = DATASETS[name]
    spec = DataSpec(name, train=1, validation=0, test=0)
    assert catalog.get(spec) is catalog.get(name) is data and data.name == name
    assert catalog.shape_of(spec) == data.shape and catalog.pixels_of(spec) == int(np.prod(data.shape))
    assert catalog.classes_of(spec) == data.classes and len(set(data.classes)) == len(data.classes)
    assert catalog.title_of(spec) == data.title


@pytest.mark.parametrize("name", DATASETS)
def test_what_is_missing_is_a_sentence_with_a_way_to_get_it(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERNEL_EXPLORER_DATA", str(tmp_path))
    data, trouble = DATASETS[name], catalog.missing(name)
    assert bool(trouble) == bool(data.size) == (name in DOWNLOADS), "what can be missing can be downloaded"
    if not trouble:
        return
    assert trouble.startswith(f"{data.title} is not here") and data.megabytes in trouble and "KERNEL_EXPLORER_DATA" in trouble
    assert data.without and data.details and DOWNLOADS[name].total == data.size
    with pytest.raises(MissingData, match=f"{data.title} is not here"):
        catalog.load(name, "train")


def test_the_stamp_follows_folder_and_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stamps = []
    for folder in ("one", "two"):
        monkeypatch.setenv("KERNEL_EXPLORER_DATA", str(tmp_path / folder))
        stamps.append(catalog.stamp("cifar10"))
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "cifar10-train.npz").write_bytes(b"")
    stamps.append(catalog.stamp("cifar10"))
    assert len(set(stamps)) == 3 and stamps[2] == catalog.stamp("cifar10")


def test_pulses_say_their_own_shape_and_classes() -> None:
    spec = DataSpec("pulses", pulses=PulseSpec(size=64, classes=("square", "sawtooth")))
    assert catalog.shape_of(spec) == (64, 64) and catalog.classes_of(spec) == ("square", "sawtooth")


def test_names_that_are_none_get_a_sentence() -> None:
    names = ", ".join(DATASETS)
    for ask in (catalog.get, catalog.missing, lambda name: catalog.load(name, "train")):
        with pytest.raises(SpecError, match=f"No data set is called 'fashion'; choose one of: {names}"):
            ask("fashion")
    for ask in (catalog.shape_of, catalog.classes_of):
        with pytest.raises(SpecError, match="'fashion'"):
            ask(DataSpec("fashion"))
    assert catalog.title_of(DataSpec("fashion")) == "fashion"
    with pytest.raises(SpecError, match="CIFAR-10 has no validation images; choose from: train, test"):
        catalog.load("cifar10", "validation")
    with pytest.raises(SpecError, match="pulses cannot train this kind of network; choose one of: mnist, uci-digits, cifar10"):
        catalog.load("pulses", "train")


def test_uci_digits_are_scikit_learns_in_its_own_order() -> None:
    parts = [catalog.load("uci-digits", split) for split in DATASETS["uci-digits"].splits]
    images, labels = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    published = load_digits()
    np.testing.assert_array_equal(labels, published.target)
    np.testing.assert_array_equal(np.rint(images / 255 * 16), published.images)  # 0 to 16, none lost
    assert (images[published.images == 16] == 255).all() and (images[published.images == 8] == 128).all()


def test_reading_uci_digits_leaves_them_as_they_are() -> None:
    images, _ = uci_digits.load("test")
    images[:] = 0
    assert uci_digits.load("test")[0].any() and stand_in.load("test")[0].any()


def test_the_table_loads_no_reader() -> None:
    code = "import sys; import core.data.catalog; print([m for m in ('torch', 'sklearn', 'PIL', 'core.data.digits') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert out.stdout.strip() == "[]", out.stderr


SOURCES = sorted(path for folder in ("core", "pages", "benchmarks", "scripts") for path in (ROOT / folder).rglob("*.py"))
LOADERS = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}


def unsafe(source: str) -> list[str]:
    """What in a source would run code from a file: pickle's relatives, and loaders that are told to use it."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.split(".")[0] in LOADERS]
        elif isinstance(node, ast.ImportFrom):
            found += [str(node.module)] * (str(node.module).split(".")[0] in LOADERS)
        elif isinstance(node, ast.Attribute) and (node.attr in ("read_pickle", "CIFAR10") or ast.unparse(node) == "torch.load"):
            found.append(node.attr)
        elif isinstance(node, ast.keyword) and node.arg == "allow_pickle" and ast.unparse(node.value) != "False":
            found.append("allow_pickle")
    return found


def test_no_pickle_is_loaded_anywhere() -> None:
    found = {str(path.relative_to(ROOT)): unsafe(path.read_text(encoding="utf-8")) for path in SOURCES}
    assert "core/data/cifar.py" in found and not any(found.values()), found
    for bad in ("import pickle", "from joblib import load", "torch.load(p)", "np.load(p, allow_pickle=True)", "datasets.CIFAR10(p)"):
        assert unsafe(bad), f"{bad} would not be seen"
