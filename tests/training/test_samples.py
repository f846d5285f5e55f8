"""Which images a data spec means."""

import numpy as np
import pytest

from core.data import cifar, digits
from core.specs import DataSpec, PulseSpec, SpecError
from core.training.samples import samples


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
        (DataSpec("pulses", pulses=PulseSpec()), "choose one of: mnist, cifar10"),
    ],
)
def test_too_many_images_are_refused_in_a_sentence(spec: DataSpec, sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence):
        samples(spec)
