"""Images of a person's own that are kept to be trained on."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.data import catalog, own_kept
from core.data.folder import MissingData, own_folder
from core.data.own_images import DIGITS, OwnSet
from core.specs import DataSpec, OwnSpec, RunSpec, SpecError, from_dict, to_dict
from core.training import possible
from core.training.samples import samples


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))
    return tmp_path


def bars(each: int = 12, classes: tuple[str, ...] = ("across", "down"), seed: int = 0) -> OwnSet:
    """A bar in each picture: across in those of the first class, down in the others."""
    random = np.random.default_rng(seed)
    images = np.zeros((each * len(classes), 28, 28), np.uint8)
    labels = np.repeat(np.arange(len(classes), dtype=np.uint8), each)
    for image, label in zip(images, labels, strict=True):
        at = int(random.integers(6, 20))
        image[(slice(at, at + 3), slice(4, 24)) if label == 0 else (slice(4, 24), slice(at, at + 3))] = 255
    return OwnSet(images, labels, classes, "0", ())


def spec_of(own: OwnSpec, **counts: int) -> DataSpec:
    splits = catalog.get(own.name).splits
    return DataSpec(own.name, **{part: counts.get(part, splits[part]) for part in splits}, own=own)


def test_a_set_is_kept_split_by_class_and_read_again() -> None:
    found = bars(20)
    own = own_kept.keep(found, "bars.zip")
    data = catalog.get(own.name)
    assert (data.shape, data.classes, dict(data.splits)) == ((28, 28), ("across", "down"), {"train": 28, "validation": 6, "test": 6})
    parts = [catalog.load(own.name, split) for split in data.splits]
    for (_, labels), count in zip(parts, data.splits.values(), strict=True):
        assert np.bincount(labels).tolist() == [count // 2] * 2
    together = np.concatenate([images for images, _ in parts])
    assert sorted(image.tobytes() for image in together) == sorted(image.tobytes() for image in found.images)
    assert samples(spec_of(own)).train[0].shape == (28, 28, 28) and not catalog.missing(own.name)
    assert own_kept.keep(found, "again.zip") == own and len(list(own_folder().iterdir())) == 1


def test_too_few_of_a_class_are_refused_by_a_sentence() -> None:
    with pytest.raises(SpecError, match="Training needs 10 images of each class; across, down have fewer"):
        own_kept.keep(bars(9), "few.zip")
    with pytest.raises(SpecError, match="is no name"):
        own_kept.keep(bars(12, ("across", "down\n")), "names.zip")


def test_a_spec_names_the_set_by_its_content_and_older_keys_stay() -> None:
    own = own_kept.keep(bars(), "bars.zip")
    run = RunSpec(spec_of(own))
    assert from_dict(RunSpec, to_dict(run)) == run and run.private and run.key != RunSpec().key
    assert "own" not in to_dict(RunSpec())["data"] and not RunSpec().private
    other = own_kept.keep(bars(seed=1), "bars.zip")
    assert other.sha256 != own.sha256
    with pytest.raises(SpecError, match="called after their hash"):
        replace(run.data, own=other)


def test_what_is_taken_away_is_missed_by_a_sentence() -> None:
    own = own_kept.keep(bars(), "bars.zip")
    data = spec_of(own)
    own_kept.forget(own.name)
    assert not list(own_folder().iterdir())
    assert catalog.classes_of(data) == ("across", "down")  # the run still says so
    assert catalog.missing(data) == own_kept.GONE == possible.trouble(RunSpec(data))
    with pytest.raises(MissingData, match="taken away"):
        catalog.load(data, "train")
    with pytest.raises(SpecError, match="taken away"):
        catalog.own_of(own.name)
    assert catalog.own_of("mnist") is None


def test_a_changed_file_is_told() -> None:
    own = own_kept.keep(bars(), "bars.zip")
    path = own_folder() / own.name / own_kept.IMAGES
    content = bytearray(path.read_bytes())
    content[-100] ^= 255
    path.write_bytes(content)
    with pytest.raises(MissingData, match="damaged"):
        catalog.load(own.name, "train")


def test_what_nobody_uses_goes_by_itself() -> None:
    old, new = own_kept.keep(bars(), "old.zip"), own_kept.keep(bars(seed=1), "new.zip")
    past = 1_000_000_000.0
    os.utime(own_folder() / old.name, (past, past))
    assert own_kept.sweep() == [old.name]
    assert own_kept.about(old.name) is None and own_kept.about(new.name) is not None


def test_sets_have_a_room_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_kept, "MOST_BYTES", 30_000)
    own_kept.keep(bars(), "first.zip")
    with pytest.raises(own_kept.NoRoom, match="no more images"):
        own_kept.keep(bars(seed=1), "second.zip")


def test_digits_that_a_person_brings_keep_their_names() -> None:
    assert own_kept.about(own_kept.keep(bars(10, DIGITS), "digits.npz").name).spec.classes == DIGITS
