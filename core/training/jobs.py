"""Training in the background: submit a spec, watch it, cancel it.

A job is named by its spec's key, so the same choices by anyone are the same job. Everything known of it is files in
`.jobs/<key>/` beside the stored runs; whoever sees the store sees the job. It ends as a stored run, or as a sentence.
"""

import json
import os
import shutil
import threading
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from core.data.folder import MissingData
from core.runs import store
from core.runs.run import Run
from core.specs import RunSpec, SpecError, from_dict, to_dict
from core.training import live, loop, processes

try:
    import fcntl
except ImportError:  # Windows, where one process serves
    fcntl = None  # type: ignore[assignment]

SPEC, PROGRESS, CANCEL, BEAT = "spec.json", "progress.json", "cancel", "beat"
QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
ACTIVE = (QUEUED, RUNNING)
BEAT_SECONDS = 1.0  # how often a worker shows that it lives
STALE_SECONDS = 30.0  # without a sign of life a worker counts as gone
GRACE_SECONDS = 2.0  # for a cancelled training to reach its next record; then its process ends
KEEP_SECONDS = 24 * 3600.0  # how long the sentence of a failed or cancelled job is kept

_lock = threading.Lock()
_executor: Executor | None = None
_futures: dict[str, Future[Any]] = {}


@dataclass(frozen=True)
class Progress:
    """How far a job is."""

    state: str  # queued, running, done, failed or cancelled
    epoch: float = 0.0  # epochs completed
    epochs: int = 0  # epochs asked for
    seconds: float = 0.0  # since its worker began
    metrics: dict[str, float] = field(default_factory=dict)  # of the latest state
    sentence: str = ""  # why it failed, and what helps

    @property
    def share(self) -> float:
        """0 to 1."""
        return 1.0 if self.state == DONE else min(self.epoch / self.epochs, 1.0) if self.epochs else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds still needed at the mean speed so far; None before the first steps are done."""
        return self.seconds * (1 - self.share) / self.share if self.share > 0 else None


@dataclass(frozen=True)
class Job:
    """One training, asked for by anyone."""

    spec: RunSpec

    @property
    def key(self) -> str:
        return self.spec.key

    @property
    def folder(self) -> Path:
        return _home() / self.key

    def progress(self) -> Progress:
        """Where it stands now."""
        found = _read_progress(self.folder)
        if found is None:
            if _stored(self.key):
                return Progress(DONE, self.spec.train.epochs, self.spec.train.epochs)
            return Progress(FAILED, sentence="This training is not known here any more; start it again.")
        if found.state in ACTIVE and _silent(self.folder) > STALE_SECONDS:
            return Progress(FAILED, sentence="The process that trained this network is gone; start it again.")
        return found

    def cancel(self) -> None:
        """Stop it within a few seconds; nothing is stored. A job that has ended stays as it is."""
        if self.progress().state not in ACTIVE:
            return
        (self.folder / CANCEL).touch()
        future = _futures.get(self.key)
        if future is not None and future.cancel():
            _end(self.folder, Progress(CANCELLED, epochs=self.spec.train.epochs, sentence="The training was cancelled before it began."))

    def run(self) -> Run | None:
        """The stored run when it is done, what there is of it while it trains, None before its first state.

        Raises:
            core.runs.store.DamagedRun: it is stored but damaged.
        """
        if self.progress().state in ACTIVE:
            try:
                return live.read(self.folder, self.spec)
            except FileNotFoundError:  # it has just ended
                pass
        return store.find(self.spec)


def executor() -> Executor:
    """The executor of this process of the app: processes of one torch thread each."""
    global _executor
    with _lock:
        if _executor is None:
            _executor = processes.Processes(workers())
            threading.Thread(target=_wait_visibly, daemon=True).start()
        return _executor


def workers() -> int:
    """How many trainings this process runs at a time: KERNEL_EXPLORER_WORKERS, else a core is left for the app."""
    own = os.environ.get("KERNEL_EXPLORER_WORKERS", "")
    return max(1, int(own) if own.isdigit() else (os.cpu_count() or 2) - 1)


def submit(spec: RunSpec, pool: Executor | None = None) -> Job:
    """The job of this spec: the one that is under way or done, else a new one. Returns at once (unless `pool` is inline)."""
    job = Job(spec)
    pool = pool or executor()
    with _lock, _turn():
        if _sound(spec) or (job.folder.exists() and job.progress().state in ACTIVE and _held(job)):
            return job
        _sweep()
        shutil.rmtree(job.folder, ignore_errors=True)
        job.folder.mkdir(parents=True)
        _write_json(job.folder / SPEC, to_dict(spec))
        _write_progress(job.folder, Progress(QUEUED, epochs=spec.train.epochs))
    future = pool.submit(work, str(job.folder))
    _futures[job.key] = future
    future.add_done_callback(lambda ended: _note_death(job.folder, ended))
    return job


def find(key: str) -> Job | None:
    """The job of a key that is queued, under way, or has failed or been cancelled lately; None if there is none."""
    try:
        return Job(from_dict(RunSpec, json.loads((_home() / key / SPEC).read_text(encoding="utf-8"))))
    except (OSError, ValueError):  # SpecError is a ValueError
        return None


def active() -> list[Job]:
    """Jobs that are queued or under way."""
    found = [find(path.name) for path in sorted(_home().glob("*"))] if _home().is_dir() else []
    return [job for job in found if job is not None and job.progress().state in ACTIVE]


def work(folder: str) -> None:
    """What a worker does: train the spec in `folder`, write what happens, store the run. Loads torch, knows no page."""
    place = Path(folder)
    spec = from_dict(RunSpec, json.loads((place / SPEC).read_text(encoding="utf-8")))
    ended = threading.Event()
    threading.Thread(target=_beat, args=(place, spec, ended), daemon=True).start()
    began = time.monotonic()
    records: list[loop.EpochRecord] = []
    try:
        with closing(loop.train(spec)) as states:  # type: ignore[type-var]  # a generator behind an iterator's type
            for record in states:
                if (place / CANCEL).exists():
                    _end(place, _cancelled(spec))
                    return
                live.write(place, spec, len(records), record)
                records.append(record)
                _write_progress(place, Progress(RUNNING, record.epoch, spec.train.epochs, time.monotonic() - began, record.metrics))
        from core.training.reproduce import facts

        loop.save_records(spec, records, header=facts(spec))
        shutil.rmtree(place, ignore_errors=True)  # from here on the stored run says that it is done
    except (SpecError, MissingData, loop.MissingTorch) as error:
        _end(place, Progress(FAILED, epochs=spec.train.epochs, sentence=str(error)))
    except MemoryError:
        _end(
            place,
            Progress(
                FAILED,
                epochs=spec.train.epochs,
                sentence="The training needs more memory than there is; choose fewer images or smaller layers.",
            ),
        )
    except Exception as error:  # a worker has no one above it: whatever went wrong must reach the page as a sentence
        (place / "error.txt").write_text(traceback.format_exc(), encoding="utf-8")
        what = f"{type(error).__name__}: {processes.pathless(str(error))}"[:300]
        _end(
            place,
            Progress(
                FAILED,
                epochs=spec.train.epochs,
                sentence=f"The training stopped with an error ({what}); {place.name}/error.txt holds more.",
            ),
        )
    finally:
        ended.set()


def _beat(place: Path, spec: RunSpec, ended: threading.Event) -> None:
    """Show a sign of life; end the process when a cancelled training does not reach its next record in time."""
    asked: float | None = None
    while True:
        try:
            (place / BEAT).touch()
        except OSError:  # the folder went away: the job has ended
            return
        if (place / CANCEL).exists():
            asked = asked or time.monotonic()
            if processes.alone() and time.monotonic() - asked > GRACE_SECONDS:
                _end(place, _cancelled(spec))
                os._exit(0)
        if ended.wait(BEAT_SECONDS if asked is None else 0.2):
            return


def _cancelled(spec: RunSpec) -> Progress:
    return Progress(CANCELLED, epochs=spec.train.epochs, sentence="The training was cancelled; nothing of it was stored.")


def _note_death(place: Path, future: "Future[Any]") -> None:
    """Turn a worker that ended without a word into a failed job."""
    if future.cancelled():
        return
    error, found = future.exception(), _read_progress(place)
    if error is not None and found is not None and found.state in ACTIVE:
        why = str(error) if isinstance(error, processes.WorkerDied) else f"its worker failed ({type(error).__name__})"
        _end(place, Progress(FAILED, found.epoch, found.epochs, found.seconds, sentence=f"The training stopped: {why}; start it again."))


def _end(place: Path, progress: Progress) -> None:
    """Note how a job ended and drop its states."""
    _write_progress(place, progress)
    for path in [*place.glob("state-*"), place / live.HISTORY]:
        path.unlink(missing_ok=True)


def _home() -> Path:
    return store.folders()[0] / ".jobs"


def _stored(key: str) -> bool:
    try:
        store.folder_of(key)
    except store.MissingRun:
        return False
    return True


def _sound(spec: RunSpec) -> bool:
    try:
        return store.find(spec) is not None
    except store.DamagedRun:  # training it again puts that right
        return False


@contextmanager
def _turn() -> Iterator[None]:
    """One process at a time: several of the app may share the store, and the same training be asked of two at once."""
    if fcntl is None:
        yield
        return
    _home().mkdir(parents=True, exist_ok=True)
    with (_home() / "turn").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # until the file is closed
        yield


def _wait_visibly() -> None:
    """Show a sign of life for the jobs that wait in this process: nobody works on them yet, and they are gone when it is."""
    while True:
        time.sleep(BEAT_SECONDS)
        _touch_waiting()


def _touch_waiting() -> None:
    for key, future in list(_futures.items()):
        if not future.done() and not future.running():
            with suppress(OSError):  # it has ended meanwhile
                os.utime(_home() / key / PROGRESS)


def _held(job: Job) -> bool:
    """Whether somebody works on it: a future of this process, or a worker that shows life."""
    future = _futures.get(job.key)
    return (future is not None and not future.done()) or _silent(job.folder) < STALE_SECONDS


def _silent(place: Path) -> float:
    """Seconds since the last sign of life."""
    signs = []
    for name in (BEAT, PROGRESS):
        try:
            signs.append((place / name).stat().st_mtime)
        except OSError:
            continue
    return time.time() - max(signs, default=0.0)


def _sweep() -> None:
    """Forget jobs that ended long ago."""
    for path in _home().glob("*"):
        found = _read_progress(path)
        if (found is None or found.state not in ACTIVE) and _silent(path) > KEEP_SECONDS:
            shutil.rmtree(path, ignore_errors=True)


def _read_progress(place: Path) -> Progress | None:
    try:
        return Progress(**json.loads((place / PROGRESS).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _write_progress(place: Path, progress: Progress) -> None:
    _write_json(place / PROGRESS, asdict(progress))


def _write_json(path: Path, values: Any) -> None:
    """Replace a small file as one, so that a reader sees the old one or the new one."""
    new = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
    new.write_text(json.dumps(values), encoding="utf-8")
    new.replace(path)
