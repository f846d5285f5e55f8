"""The one loop: which states are kept, in what order the images come, and that torch's threads are given back by every kind."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.data import digits
from core.specs import RunSpec, SpecError
from core.training import dense, digit_cnn, loop, pulse_cnn
from core.training.loop import evenly_spaced, log_spaced, train, train_together
from tests.training.kinds import TINY, images

CLASSES = {"dense": dense.Training, "digit_cnn": digit_cnn.Training, "pulse_cnn": pulse_cnn.Training}


@pytest.fixture(autouse=True)
def small_world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digits, "load", images)


def on_more_threads(kind: str) -> tuple[RunSpec, int]:
    """A small training that asks for one thread more than there are now, and how many there are."""
    before = torch.get_num_threads()
    return replace(TINY[kind], train=replace(TINY[kind].train, threads=before + 1)), before


def test_every_kind_has_its_trainer() -> None:
    assert set(loop.TRAINERS) == set(TINY) == set(CLASSES)


@pytest.mark.parametrize("kind", TINY)
def test_states_steps_and_batches(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every image once an epoch, in an order of its own each time; a record where the spec wants one."""
    spec = replace(TINY[kind], train=replace(TINY[kind].train, batch=16, epochs=2, first_epoch_states=1))
    count, seen = spec.data.train, []
    steps = CLASSES[kind].steps
    monkeypatch.setattr(CLASSES[kind], "steps", lambda self, batches: seen.append(batches) or steps(self, batches))
    records = list(train(spec))
    each = -(-count // 16)
    inside = CLASSES[kind].inside(each, 1)
    assert [r.step for r in records] == [0, *inside, each, 2 * each]
    assert [r.epoch for r in records] == [0, inside[0] / each, 1, 2]
    assert all(r.seconds > 0 for r in records[1:])
    first, second = torch.cat([*seen[0], *seen[1]]), torch.cat(seen[2])
    assert first.sort().values.tolist() == second.sort().values.tolist() == list(range(count))
    assert first.tolist() != second.tolist()


@pytest.mark.parametrize("kind", TINY)
def test_threads_are_the_callers_whenever_a_record_is_out(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spec, before = on_more_threads(kind)
    inside = []
    steps = CLASSES[kind].steps
    monkeypatch.setattr(CLASSES[kind], "steps", lambda self, batches: inside.append(torch.get_num_threads()) or steps(self, batches))
    for _ in train(spec):
        assert torch.get_num_threads() == before
        assert not torch.is_inference_mode_enabled() and torch.is_grad_enabled()
    assert inside == [before + 1] * spec.train.epochs


@pytest.mark.parametrize("kind", TINY)
def test_threads_are_given_back_when_closed_early(kind: str) -> None:
    spec, before = on_more_threads(kind)
    records = train(spec)
    next(records)
    records.close()
    assert torch.get_num_threads() == before
    assert list(records) == []


@pytest.mark.parametrize("kind", TINY)
@pytest.mark.parametrize("where", ["__init__", "order", "steps", "states"])
def test_threads_are_given_back_when_something_fails(kind: str, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spec, before = on_more_threads(kind)

    def fails(*_: object) -> None:
        assert torch.get_num_threads() == before + 1
        raise MemoryError

    monkeypatch.setattr(CLASSES[kind], where, fails)
    with pytest.raises(MemoryError):
        list(train(spec))
    assert torch.get_num_threads() == before


@pytest.mark.parametrize("kind", sorted(set(TINY) - loop.TOGETHER))
def test_kinds_that_train_alone_say_so(kind: str) -> None:
    with pytest.raises(SpecError, match="one at a time"):
        next(train_together([TINY[kind], TINY[kind]]))


def test_what_never_changes_stands_in_the_first_record_alone() -> None:
    first, *rest = train(TINY["dense"])
    assert "class_means" in first.evaluation
    assert rest and not any("class_means" in record.evaluation for record in rest)


def test_log_spaced_by_hand() -> None:
    assert log_spaced(100, 4) == [1, 5, 21, 99]
    assert log_spaced(7, 6) == [1, 2, 3, 4, 5, 6]
    assert log_spaced(422, 0) == []
    with pytest.raises(SpecError, match="at most 6 states"):
        log_spaced(7, 7)


def test_evenly_spaced_by_hand() -> None:
    assert evenly_spaced(80, 16) == sorted({round(k * 80 / 17) for k in range(1, 17)})
    assert evenly_spaced(6, 2) == [2, 4]
    assert evenly_spaced(3, 9) == [1, 2]
    assert evenly_spaced(1, 3) == evenly_spaced(50, 0) == []


@given(st.integers(2, 2_000).flatmap(lambda steps: st.tuples(st.just(steps), st.integers(1, steps - 1))))
def test_log_spaced_steps_rise_within_the_epoch(choice: tuple[int, int]) -> None:
    steps, states = choice
    kept = log_spaced(steps, states)
    assert len(kept) == states
    assert kept[0] >= 1
    assert kept[-1] <= steps - 1
    assert all(b > a for a, b in pairwise(kept))


@pytest.mark.parametrize("kind", TINY)
def test_same_spec_same_records(kind: str) -> None:
    for one, other in zip(train(TINY[kind]), train(TINY[kind]), strict=True):
        assert one.metrics == pytest.approx(other.metrics, nan_ok=True, rel=0, abs=0)
        assert all(np.array_equal(one.weights[name], other.weights[name]) for name in one.weights)
