"""Which images a data spec means."""

import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from core.analysis.templates import rolled
from core.data import catalog, cifar, digits
from core.data.catalog import DataSet
from core.data.drawing import resized_digits
from core.specs import DataSpec, ModelSpec, PulseSpec, RunSpec, SpecError, TrainSpec
from core.training import __main__ as command_line
from core.training import loop
from core.training.samples import as_read, samples
from core.training.verify import verify


def numbered(split: str) -> tuple[np.ndarray, np.ndarray]:
    """A data set of tiny images, each known by its number."""
    count = {"train": 40, "validation": 10, "test": 20}[split]
    numbers = np.arange(count, dtype=np.uint8)
    return np.tile(numbers[:, None, None], (1, 2, 2)), numbers % 10


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digits, "load", numbered)
    monkeypatch.setattr(cifar, "load", numbered)


def test_all_images_in_their_own_order() -> None:
    found = samples(DataSpec(train=40, validation=10, test=20))
    assert found.train[0][:, 0, 0].tolist() == list(range(40))
    assert found.validation[1].tolist() == list(range(10))
    assert len(found.test[0]) == 20


def test_a_part_is_drawn_by_the_seed_without_replacement() -> None:
    def numbers(seed: int) -> list[int]:
        part = samples(DataSpec(train=15, validation=0, test=0, seed=seed)).train
        assert (part[0][:, 0, 0] % 10 == part[1]).all()
        return part[0][:, 0, 0].tolist()

    assert len(set(numbers(0))) == 15
    assert numbers(0) == sorted(numbers(0)) == numbers(0)
    assert numbers(0) != numbers(1)


def test_no_validation_and_no_test_images_are_empty_parts() -> None:
    found = samples(DataSpec(train=40, validation=0, test=0))
    assert found.validation[0].shape == found.test[0].shape == (0, 2, 2)


def test_the_hash_follows_the_images() -> None:
    one, other = DataSpec(train=15, validation=0, test=0), DataSpec(train=15, validation=0, test=0, seed=1)
    assert samples(one).sha256 == samples(one).sha256 != samples(other).sha256


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        (DataSpec(train=41, validation=0, test=0), "41 train images were asked for; there are 40"),
        (DataSpec(train=40, validation=0, test=1000), "1,000 test images were asked for; there are 20"),
        (DataSpec("cifar10", train=40, validation=5, test=0), "has no validation images here; set their number to 0"),
        (DataSpec("pulses", pulses=PulseSpec()), "choose one of: mnist, uci-digits, cifar10"),
        (DataSpec("fashion"), "No data set is called 'fashion'; choose one of: mnist, uci-digits, cifar10, pulses"),
    ],
)
def test_too_many_images_are_refused_in_a_sentence(spec: DataSpec, sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence):
        samples(spec)


UCI = DataSpec("uci-digits", train=300, validation=197, test=400)


def cnn(image: int = 28, outputs: int = 10) -> ModelSpec:
    return ModelSpec("digit_cnn", sizes=(outputs,), channels=(8, 16), kernel_size=5, image=image)


def test_a_dense_network_gets_the_pixels_as_they_are() -> None:
    bare, read = samples(UCI), samples(UCI, ModelSpec(sizes=(64, 10)))
    assert read.train[0].shape == (300, 8, 8) and read.sha256 == bare.sha256


@pytest.mark.parametrize("side", [28, 40])
def test_a_digit_cnn_gets_every_part_at_its_size(side: int) -> None:
    bare, read = samples(UCI), samples(UCI, cnn(side))
    for split, count in (("train", 300), ("validation", 197), ("test", 400)):
        images, labels = getattr(read, split)
        assert images.shape == (count, side, side)
        np.testing.assert_array_equal(images, resized_digits(getattr(bare, split)[0], side))
        np.testing.assert_array_equal(labels, getattr(bare, split)[1])


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (ModelSpec(sizes=(784, 10)), "These images have 64 values, the network 784 inputs; make them equal"),
        (ModelSpec(sizes=(64, 9)), "The network has 9 outputs for the 10 classes of UCI handwritten digits"),
        (cnn(outputs=3), "The network has 3 outputs for the 10 classes of UCI handwritten digits"),
    ],
)
def test_a_network_that_cannot_read_them_is_refused_in_a_sentence(model: ModelSpec, sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence):
        samples(UCI, model)


def test_colours_are_refused_by_a_digit_cnn() -> None:
    with pytest.raises(SpecError, match="A digit CNN reads grey images, and these have colours"):
        as_read(np.zeros((1, 32, 32, 3), np.uint8), cnn())


def test_a_data_set_of_ones_own_is_one_entry_and_one_function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but the table and `load` knows of it, and it trains, is checked and its templates have its shape."""

    def load(split: str) -> tuple[np.ndarray, np.ndarray]:
        labels = np.arange({"train": 60, "test": 30}[split], dtype=np.uint8) % 3
        images = np.zeros((len(labels), 3, 4), np.uint8)
        images[np.arange(len(labels)), labels] = 255  # the row that is lit is the class
        return images, labels

    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))
    stripes = ModuleType("core.data.stripes")
    monkeypatch.setattr(stripes, "load", load, raising=False)
    monkeypatch.setitem(sys.modules, "core.data.stripes", stripes)
    entry = DataSet("stripes", "Stripes", "test stripes", "stripes", (3, 4), ("top", "middle", "bottom"), {"train": 60, "test": 30})
    monkeypatch.setitem(catalog.DATASETS, "stripes", entry)
    spec = RunSpec(
        DataSpec("stripes", train=60, validation=0, test=30), ModelSpec(sizes=(12, 3)), TrainSpec(batch=6, epochs=30, learning_rate=0.01)
    )
    run = loop.save_records(spec, loop.train(spec))
    assert run.history["accuracy_test"][-1] == 1.0 and verify(run.key).sound
    assert rolled(run.weights("dense1.kernel"), catalog.shape_of(run.spec.data)).shape == (31, 3, 3, 4)
    assert command_line.line(run).endswith("Stripes")
