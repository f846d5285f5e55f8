"""Questions that a worker answers part by part."""

import time
from concurrent.futures import Executor, Future
from pathlib import Path

import numpy as np
import pytest

from core.analysis import robustness
from core.data import stand_in
from core.runs import store
from core.training import processes, tasks
from core.training.tasks import Task
from tests.digit_case import MODELS, weights

MODEL = MODELS["one convolution"]


class Inline(Executor):
    """Does a call at once."""

    def submit(self, fn, /, *args, **kwargs):
        done: Future = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except BaseException as error:
            done.set_exception(error)
        return done


class Never(Executor):
    """Lets a call wait."""

    def submit(self, fn, /, *args, **kwargs):
        return Future()


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))
    return tmp_path


def question(seed: int = 0, **more: object) -> Task:
    images = stand_in.load("test")[0][:30, 4:24, 4:24]
    arrays, arguments = robustness.given(MODEL, weights(MODEL, seed), images)
    amounts = [0.0, 30.0, -15.0]
    return Task("core.analysis.robustness:measured", arrays, {**arguments, "kind": "turn", "amounts": amounts, **more}, len(amounts))


def test_the_key_is_what_the_answer_depends_on() -> None:
    assert question().key == question().key
    assert len({question().key, question(1).key, question(kind="blur").key, question(amounts=[0.0]).key}) == 4


def test_parts_are_those_of_the_generator(place: Path) -> None:
    task = question()
    assert tasks.progress(task) == tasks.Progress(tasks.NONE, 0, 3)
    tasks.start(task, Inline())
    assert tasks.progress(task) == tasks.Progress(tasks.DONE, 3, 3)
    for number, part in enumerate(robustness.measured(task.arrays, **task.arguments)):
        found = tasks.part(task, number)
        assert found.keys() == part.keys() and np.array_equal(found["logits"], part["logits"])
    with pytest.raises(FileNotFoundError):
        tasks.part(task, 3)
    assert not (task.folder / tasks.ARRAYS).exists(), "what it was given is not kept"
    tasks.start(task, None)  # it is there: nobody works


def test_who_asks_alike_joins() -> None:
    class Counting(Never):
        calls = 0

        def submit(self, fn, /, *args, **kwargs):
            Counting.calls += 1
            return super().submit(fn)

    pool = Counting()
    tasks.start(question(), pool)
    tasks.start(question(), pool)
    assert Counting.calls == 1 and tasks.progress(question()).state == tasks.ACTIVE


def test_an_error_is_a_sentence_and_can_be_asked_again() -> None:
    task = question(kind="no-such")
    tasks.start(task, Inline())
    found = tasks.progress(task)
    assert found.state == tasks.FAILED and "could not be worked out (KeyError" in found.sentence and "choose another" in found.sentence
    tasks.start(task, Inline())
    assert tasks.progress(task).state == tasks.FAILED


def test_the_sentence_of_an_error_names_no_folder_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    def measured(arrays: object, **arguments: object) -> None:
        raise IsADirectoryError(21, "Is a directory", "/srv/app/cache/history.jsonl")

    monkeypatch.setattr(robustness, "measured", measured)
    task = question()
    tasks.start(task, Inline())
    said = tasks.progress(task).sentence
    assert "IsADirectoryError" in said and "history.jsonl" in said and "srv" not in said and "cache" not in said


def test_one_that_waits_is_cancelled_at_once_and_can_begin_anew() -> None:
    task = question(2)
    tasks.start(task, Never())
    tasks.cancel(task)
    assert tasks.progress(task).state == tasks.CANCELLED
    tasks.start(task, Inline())
    assert tasks.progress(task).state == tasks.DONE
    tasks.cancel(task)  # what is done stays
    assert tasks.progress(task).state == tasks.DONE


def test_who_asks_for_something_else_gives_up_what_nobody_else_waits_for(monkeypatch: pytest.MonkeyPatch) -> None:
    mine, both, left = question(20), question(21), question(22)
    for task in (mine, both, left):
        tasks.start(task, Never())
        tasks.look(task, "me")
    tasks.look(both, "you")
    tasks.look(left, "you")
    tasks.leave(mine.key, "me")
    tasks.leave(both.key, "me")
    assert [tasks.progress(task).state for task in (mine, both)] == [tasks.CANCELLED, tasks.ACTIVE]
    monkeypatch.setattr(tasks, "LOOKING_SECONDS", 0.0)  # the other one has gone without a word
    tasks.leave(left.key, "me")
    assert tasks.progress(left).state == tasks.CANCELLED
    tasks.leave("no-such-task", "me")


def test_what_is_done_stays_when_its_person_leaves() -> None:
    task = question(23)
    tasks.start(task, Inline())
    tasks.look(task, "me")
    tasks.leave(task.key, "me")
    assert tasks.progress(task) == tasks.Progress(tasks.DONE, 3, 3)


def test_answers_are_no_part_of_the_store_of_runs(place: Path) -> None:
    (place / "run").mkdir()
    (place / "run" / "file").write_bytes(bytes(7))
    tasks.start(question(24), Inline())
    assert store.size() == 7


def test_a_silent_worker_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    task = question(3)
    task.folder.mkdir(parents=True)
    (task.folder / tasks.BEAT).touch()
    assert tasks.progress(task).state == tasks.ACTIVE
    monkeypatch.setattr(tasks, "STALE_SECONDS", -1.0)
    found = tasks.progress(task)
    assert found.state == tasks.FAILED and "ask again" in found.sentence


def test_too_many_that_wait_get_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "WAITING", 0)
    task = question(4)
    tasks.start(task, Inline())
    assert tasks.progress(task).state == tasks.FAILED and "in a few minutes" in tasks.progress(task).sentence


def test_old_answers_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = question(5), question(6), question(7)
    for task in (first, second):
        tasks.start(task, Inline())
        time.sleep(0.02)
    monkeypatch.setattr(tasks, "MOST", sum(path.stat().st_size for path in second.folder.iterdir()))
    tasks.start(third, Inline())
    assert [tasks.progress(task).state for task in (first, second, third)] == [tasks.NONE, tasks.DONE, tasks.DONE]


def test_a_process_of_its_own_answers_and_loads_no_torch() -> None:
    task = question(8)
    pool = processes.Processes(1)
    tasks.start(task, pool)
    end = time.monotonic() + 150
    while tasks.progress(task).state == tasks.ACTIVE and time.monotonic() < end:
        time.sleep(0.1)
    pool.shutdown()
    assert tasks.progress(task).state == tasks.DONE
    assert np.isfinite(tasks.part(task, 2)["logits"]).all()
