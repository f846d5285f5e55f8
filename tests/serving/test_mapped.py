"""Large arrays in files of their own: the same values, nothing to write into, no room taken of what is remembered."""

import gc

import numpy as np
import pytest

from core.serving import mapped, shared


def test_a_large_array_is_mapped_with_its_values():
    array = np.random.default_rng(0).integers(0, 256, (3_000, 32, 16, 3), dtype=np.uint8)
    found = mapped.mapped(array[:, :, ::-1])
    assert isinstance(found, np.memmap) and np.array_equal(found, array[:, :, ::-1])
    with pytest.raises(ValueError, match="read-only"):
        found[0] = 0
    assert shared._size((found, found[:10])) == 0
    kept = found[5:7]
    del found
    gc.collect()
    assert np.array_equal(kept, array[5:7, :, ::-1])


def test_a_small_array_and_one_without_room_stay_themselves(monkeypatch):
    small, large = np.zeros(10), np.zeros(mapped.LEAST)
    assert mapped.mapped(small) is small

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(mapped.tempfile, "TemporaryFile", full)
    assert mapped.mapped(large) is large
