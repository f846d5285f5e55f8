"""Sweeps: a grid of specs, whole in the store, trained as jobs."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from core.runs import store
from core.runs.shipped.pulses import LIVE
from core.runs.shipped.uci import RUNS
from core.specs import SpecError
from core.training import jobs, sweep
from core.training.sweep import Axis, Sweep
from tests.training.kinds import TINY
from tests.training.test_jobs import Held, Inline, fake, own_store, records  # noqa: F401

BASE = RUNS["uci-mlp"]
RATES, SEEDS = Axis("train.learning_rate", (1e-3, 1e-2)), Axis(sweep.SEED, (0, 1, 2))


def test_a_grid_is_every_pair_of_values_and_nothing_else_differs() -> None:
    made = Sweep(BASE, (RATES, SEEDS))
    assert [cell.values for cell in made.cells] == [(rate, seed) for rate in (1e-3, 1e-2) for seed in (0, 1, 2)]
    for cell in made.cells:
        rate, seed = cell.values
        assert cell.spec == replace(BASE, model=replace(BASE.model, seed=seed), train=replace(BASE.train, seed=seed, learning_rate=rate))
    assert len({cell.key for cell in made.cells}) == 6


def test_a_network_follows_its_pulses() -> None:
    (small, other) = Sweep(LIVE, (Axis("pulses.size", (48, 64)),)).cells
    assert small.spec.model.image == small.spec.data.pulses.size == 48 and other.spec == LIVE
    (two,) = Sweep(LIVE, (Axis("pulses.classes", (["square", "gaussian"],)),)).cells
    assert two.spec.model.sizes[-1] == 2 and two.spec.data.pulses.classes == ("square", "gaussian")


def test_what_cannot_be_says_so_in_its_place() -> None:
    fits, fails = Sweep(
        replace(BASE, train=replace(BASE.train, optimizer="sgd", momentum=0.5)), (Axis("train.optimizer", ("sgd", "adam")),)
    ).cells
    assert fits.spec and not fails.spec and fails.why.startswith("Momentum is a choice of SGD")
    assert sweep.progress(fails).state == jobs.FAILED and sweep.progress(fails).sentence == fails.why


@pytest.mark.parametrize(
    ("field", "values", "says"),
    [
        ("train.learning_rate", (), "give 1 to 16 values"),
        ("train.learning_rate", (-1,), "Learning rate: -1 is not possible"),
        ("train.batch", (1.5,), "Batch size: 1.5 is not possible"),
        ("train.store", ("all",), "cannot go over"),
        ("train.__class__", (1,), "cannot go over"),
        ("nothing", (1,), "cannot go over"),
    ],
)
def test_bad_axes_are_refused_in_a_sentence(field: str, values: tuple, says: str) -> None:
    with pytest.raises(SpecError, match=says):
        Axis(field, values)


def test_too_many_and_too_few() -> None:
    many = Axis(sweep.SEED, tuple(range(16)))
    with pytest.raises(SpecError, match="at most 64"):
        Sweep(BASE, (many, Axis("train.batch", tuple(range(1, 9)))))
    for axes in ((), (RATES, RATES), (RATES, SEEDS, Axis("train.batch", (1,)))):
        with pytest.raises(SpecError, match="one choice, or over two"):
            Sweep(BASE, axes)
    assert Axis(sweep.SEED, (1, 1, 2)).values == (1, 2), "each once"


@pytest.mark.parametrize("spec", TINY.values(), ids=TINY)
def test_every_field_that_is_offered_can_be_swept(spec) -> None:
    fields = sweep.fields_of(spec)
    assert fields[0] == sweep.SEED and len(fields) == len(set(fields))
    for field in fields:
        (cell,) = Sweep(spec, (Axis(field, (sweep.value_of(spec, field),)),)).cells
        assert cell.spec == (spec if field != sweep.SEED else replace(spec, model=replace(spec.model, seed=spec.train.seed))), field
    assert ("model.channels" in fields) == (spec.model.kind != "dense")
    assert ("pulses.line" in fields) == (spec.data.pulses is not None)


def test_it_is_found_by_its_key_and_extended_as_another(own_store: Path) -> None:  # noqa: F811
    made = Sweep(BASE, (RATES, SEEDS))
    sweep.keep(made)
    assert sweep.find(made.key) == made and sweep.find(made.key).key == made.key
    larger = made.extended([Axis("train.learning_rate", (0.1,))])
    assert larger.axes[0].values == (1e-3, 1e-2, 0.1) and larger.key != made.key
    assert {cell.key for cell in made.cells} < {cell.key for cell in larger.cells}
    path = own_store / ".sweeps" / f"{made.key}.json"
    assert path.stat().st_size < 2_000 and ".sweeps" not in store.keys()  # noqa: SIM118
    for broken in ("", "[]", "{}", json.dumps({"base": {}, "axes": 3}), json.dumps(sweep.to_json(larger))):
        path.write_text(broken)
        assert sweep.find(made.key) is None
    assert sweep.find("../../etc") is None and sweep.find("0123456789ab") is None


def test_machines_that_share_a_store_share_its_sweeps(own_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    class Objects(dict):
        read = dict.get
        write = dict.__setitem__

    there = Objects()
    monkeypatch.setattr(sweep.remote, "objects", lambda: there)
    made = Sweep(BASE, (SEEDS,))
    sweep.keep(made)
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path / "another"))
    assert sweep.find(made.key) == made and sweep.find("0123456789ab") is None
    there[f"sweeps/{made.key}.json"] = b"no json"
    assert sweep.find(made.key) is None


def test_what_exists_is_not_trained_again(fake, own_store: Path) -> None:  # noqa: F811
    trained = []

    def counted(spec):
        trained.append(spec.key)
        yield from records(spec)

    fake(counted)
    made = Sweep(replace(BASE, train=replace(BASE.train, epochs=2)), (SEEDS,))
    assert [sweep.progress(cell).state for cell in made.cells] == [sweep.NONE] * 3
    sweep.start(sweep.wanting(made), Inline(), owner="me")
    assert sorted(trained) == sorted(cell.key for cell in made.cells)
    assert [sweep.progress(cell).state for cell in made.cells] == [jobs.DONE] * 3 and sweep.wanting(made) == []
    larger = made.extended([Axis(sweep.SEED, (7,))])
    assert [spec.train.seed for spec in sweep.wanting(larger)] == [7]
    sweep.start(sweep.wanting(larger), Inline(), owner="me")
    assert len(trained) == 4


def test_a_failed_place_says_why_and_is_tried_again(fake) -> None:  # noqa: F811
    broken = {1}

    def failing(spec):
        yield next(records(spec))
        if spec.train.seed in broken:
            raise MemoryError
        yield from list(records(spec))[1:]

    fake(failing)
    made = Sweep(replace(BASE, train=replace(BASE.train, epochs=2)), (SEEDS,))
    sweep.start(sweep.wanting(made), Inline(), owner="me")
    standing = [sweep.progress(cell) for cell in made.cells]
    assert [now.state for now in standing] == [jobs.DONE, jobs.FAILED, jobs.DONE] and "more memory" in standing[1].sentence
    broken.clear()
    again = sweep.wanting(made)
    assert [spec.train.seed for spec in again] == [1]
    sweep.start(again, Inline(), owner="me")
    assert sweep.wanting(made) == []


def test_cancel_leaves_the_rest_and_keeps_what_is_stored(fake) -> None:  # noqa: F811
    fake(records)
    made = Sweep(replace(BASE, train=replace(BASE.train, epochs=2)), (SEEDS,))
    jobs.submit(made.cells[0].spec, Inline(), owner="me")
    pool = Held()
    asked = sweep.start(sweep.wanting(made), pool, owner="me")
    assert len(asked) == 2 and [sweep.progress(cell).state for cell in made.cells][1:] == [jobs.QUEUED] * 2
    jobs.submit(made.cells[2].spec, pool, owner="another")
    sweep.cancel(made, "me")
    assert [sweep.progress(cell).state for cell in made.cells] == [jobs.DONE, jobs.CANCELLED, jobs.QUEUED]


def test_time_left_is_shared_among_the_workers() -> None:
    now = [jobs.Progress(jobs.RUNNING, 5, 10, 10.0), jobs.Progress(jobs.QUEUED, 0, 10), jobs.Progress(jobs.DONE, 10, 10)]
    assert sweep.seconds_left(now, 1) == pytest.approx(5 * 2 + 10 * 2) and sweep.seconds_left(now, 2) == pytest.approx(15)
    assert sweep.seconds_left(now[1:], 1) is None and sweep.seconds_left(now[1:], 1, [3.0]) == 30
