"""Trainings on a cluster whose parts are killed: `python -m benchmarks.cluster [folder|s3]`; how it grows: `... sweep`.

A scheduler, two workers and two servers of the app behind nginx, each a process of its own and on loopback, as deploy/ starts them.
Twelve trainings are asked for by the page, half of them at each server. A worker, a server and the scheduler are killed (signal 9)
while they train. With `s3` nothing but an object store (moto's) is shared: each part has a folder of its own.
"""

import asyncio
import json
import os
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from benchmarks.figures import say, table
from benchmarks.kills import KINDS, damage
from benchmarks.ports import free_port
from benchmarks.process import cpu_seconds
from benchmarks.results import keep, made_by
from core.runs import store
from core.specs import RunSpec
from core.training import job_folder, jobs, loop, processes, turns
from core.training.cluster import Cluster
from deploy import cluster, serve
from deploy.serve import Part
from pages.digits.small_training import Small

JOBS, WORKERS, SERVERS, RUNS = 12, 2, 2, 24
LOOK_SECONDS = 1.0  # between two looks at a sweep, as a server does: ten a second took a fifth of a core from the workers
EPOCHS = 20
COOKIE = "kernel_explorer_server=place{}"  # by which nginx knows who is sent where


class Site:
    """Everything that runs: each part is started again when it ends."""

    def __init__(self, place: Path, shared: str, workers: int = WORKERS, servers: int = 0) -> None:
        self.place, self.shared = place, shared
        port = free_port()
        self.scheduler = cluster.scheduler("127.0.0.1", port)
        self.address = f"tcp://127.0.0.1:{port}"
        self.workers = [self._placed(cluster.worker(i, self.address, place), f"worker-{i}") for i in range(workers)]
        self.ports = [free_port() for _ in range(servers)]
        (place / "tmp").mkdir(parents=True)
        self.servers = [self._placed(serve.app(one, 1, place, "secret"), f"server-{i}") for i, one in enumerate(self.ports)]
        self.url = ""
        self.parts = [self.scheduler, *self.workers, *self.servers]
        self._over = threading.Event()

    def copy(self, name: str) -> Path:
        """The folder that a part has of the store; everybody's where the store is a folder."""
        return Path(self.shared) if "://" not in self.shared else self.place / "copies" / name

    def _placed(self, part: Part, name: str) -> Part:
        part.environment |= {"KERNEL_EXPLORER_RUNS": self.shared, "KERNEL_EXPLORER_DASK": self.address, "KERNEL_EXPLORER_OFFLINE": "1"}
        part.environment |= {"KERNEL_EXPLORER_RUNS_COPY": str(self.copy(name))}
        return part

    def start(self) -> None:
        for part in self.parts:
            part.start()
        threading.Thread(target=self._tend, daemon=True).start()
        if self.ports:
            serve.await_health(dict(zip(self.ports, self.servers, strict=True)))
            port = free_port()
            command = [sys.executable, "deploy/serve.py", "--port", str(port), "--work", str(self.place / "front"), "--servers"]
            front = Part("Front", [*command, *(f"127.0.0.1:{one}" for one in self.ports)], {})
            front.start()
            self.parts.append(front)
            self.url = f"http://127.0.0.1:{port}"
            serve.await_health({port: front})

    def _tend(self) -> None:
        while not self._over.wait(0.2):
            for part in list(self.parts):
                part.tend()

    def stop(self) -> None:
        self._over.set()
        for part in reversed(self.parts):
            part.end()
        for part in reversed(self.parts):
            part.stop()


@contextmanager
def site(shared: str = "", **parts: int) -> Iterator[Site]:
    """A site that stops with the block; its store is a folder unless `shared` is an address."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        place = Path(name)
        made = Site(place, shared or str(place / "runs"), **parts)
        os.environ |= {"KERNEL_EXPLORER_RUNS": made.shared, "KERNEL_EXPLORER_RUNS_COPY": str(made.copy("here")), "OMP_NUM_THREADS": "1"}
        try:
            made.start()
            yield made
        finally:
            made.stop()
            os.environ.clear()
            os.environ.update(before)


@dataclass(frozen=True)
class Worked:
    """A process that trains."""

    key: str
    lease: int
    pid: int
    parent: int


def trainings() -> list[Worked]:
    """Processes that train on this machine (Linux)."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "cmdline").read_bytes().decode().split("\0")
            if words[2:4] == ["core.training.processes", "core.training.worker:work"]:
                key, number, _ = json.loads(words[4])[0]
                found.append(Worked(key, number, int(path.name), int((path / "stat").read_text().rpartition(")")[2].split()[1])))
        except (OSError, IndexError, ValueError):  # it has just ended
            continue
    return found


class Watch:
    """What can be seen from outside: who trains what, how far it is, when it was stored."""

    def __init__(self, home: Path, keys: list[str]) -> None:
        self.home, self.keys = home, keys
        self.epochs: dict[str, list[float]] = defaultdict(list)
        self.leases: dict[str, set[int]] = defaultdict(set)
        self.stored: dict[str, set[int]] = defaultdict(set)
        self.twice = 0  # moments at which two processes trained the same

    def look(self) -> None:
        working = [one for one in trainings() if one.key in self.keys]
        self.twice += len({one.key for one in working}) < len(working)
        for one in working:
            self.leases[one.key].add(one.lease)
        for key in self.keys:
            now = job_folder.progress(self.home / ".jobs" / key)
            if now is not None and self.epochs[key][-1:] != [now.epoch]:
                self.epochs[key].append(now.epoch)
            if (self.home / key).exists():
                self.stored[key].add((self.home / key).stat().st_ino)

    def repeated(self) -> float:
        """Whole epochs that a training did again after it was interrupted, at most."""
        pairs = [(a, b) for found in self.epochs.values() for a, b in pairwise(found)]
        return max((int(a) - int(b) + 1 for a, b in pairs if b <= a), default=0)


async def press(url: str, place: int, small: Small) -> None:
    """A person at one server has a network trained by the page."""
    from benchmarks.person import Person

    person = Person(url)
    person.cookie = COOKIE.format(place)
    await person.open("digits", f"section=train&training={small.write()}")
    await person.use("digits-train", trigger_value=True)
    await person.leave()


async def shows(url: str, place: int, small: Small) -> bool:
    """Whether a server shows what has been trained."""
    from benchmarks.person import Person

    person = Person(url)
    person.cookie = COOKIE.format(place)
    await person.open("digits", f"section=train&training={small.write()}")
    there = "digits-open-own" in person.widgets
    await person.leave()
    return there


def kill(part: Part) -> None:
    assert part.process is not None
    serve.say(f"killing {part.name}")
    os.kill(part.process.pid, signal.SIGKILL)


def kills(shared: str, count: int = JOBS, epochs: int = EPOCHS, seconds: float = 1500) -> dict[str, float]:
    """Ask for trainings at both servers, kill one part after another, wait for every training, and count."""
    asked = [Small(1_000, epochs, 0.1, seed, "uci-digits") for seed in range(100, 100 + count)]
    specs: dict[str, RunSpec] = {one.spec.key: one.spec for one in asked}
    with site(shared, servers=SERVERS) as made:
        watch = Watch(made.copy("server-1"), list(specs))

        def until(true: Callable[[], bool]) -> None:
            end = time.monotonic() + seconds
            while not true():
                assert time.monotonic() < end, f"still at work: {dict(watch.epochs)}"
                watch.look()
                time.sleep(0.05)

        def far(least: float) -> bool:
            """Whether the first worker is in the middle of a training."""
            first = made.workers[0].process
            return any(
                one.parent == (first and first.pid) and watch.epochs[one.key][-1:] >= [least] and watch.epochs[one.key][-1] < epochs - 2
                for one in trainings()
            )

        for place, one in enumerate(asked):
            asyncio.run(press(made.url, place % SERVERS, one))
            watch.look()
        until(lambda: far(2))
        kill(made.workers[0])
        until(lambda: len(watch.stored) >= count // 4)
        kill(made.servers[0])
        until(lambda: len(watch.stored) >= count // 2)
        until(lambda: far(1))
        kill(made.scheduler)
        until(lambda: len(watch.stored) == count)
        until(lambda: not trainings() and not list((watch.home / ".jobs").glob("[0-9a-f]*")))
        serve.await_health(dict(zip(made.ports, made.servers, strict=True)))
        time.sleep(5)  # the killed server looks at what is shared
        shown = sum(asyncio.run(shows(made.url, (place + 1) % SERVERS, one)) for place, one in enumerate(asked))
        resumed = [key for key in specs if len(watch.leases[key]) > 1]
        os.environ |= {"KERNEL_EXPLORER_RUNS": str(made.place / "straight")}
        straight = {key: loop.save_records(specs[key], loop.train(specs[key])) for key in (resumed or list(specs)[:1])}
        os.environ |= {"KERNEL_EXPLORER_RUNS": str(watch.home)}
        wrong = damage(straight)
        sound = sum(store.load(key).states > epochs for key in specs)
    return {
        "trainings asked for at two servers": count,
        "stored, whole": sound,
        "stored more than once": sum(len(times) > 1 for times in watch.stored.values()),
        "moments at which two processes trained one": watch.twice,
        "interrupted, and gone on": len(resumed),
        "of these different from one that is not interrupted": len(wrong),
        "epochs done again after an interruption, at most": watch.repeated(),
        "shown by the other server": shown,
    }


def sweep(rounds: int = 1) -> dict[str, float]:
    """Seconds of a sweep of small runs on one worker and on two, and on as many plain processes of this machine."""
    seconds: dict[str, list[float]] = defaultdict(list)

    def took(name: str, value: float) -> None:
        seconds[name].append(value)
        print(f"{name}: {value:.0f} s", file=sys.stderr, flush=True)  # it takes minutes

    for _ in range(rounds):
        for workers in (1, 2):
            with site(workers=workers) as made:
                pool = Cluster(made.address)
                while pool.slots < workers:
                    time.sleep(0.2)
                own = [os.getpid(), *(part.process.pid for part in made.parts if part.process)]
                before, before_all = sum(map(cpu_seconds, own)), sum(map(of_ended, own))
                took(f"cluster {workers}", _swept(pool))
                seconds[f"cpu around {workers}"].append(sum(map(cpu_seconds, own)) - before)
                seconds[f"cpu of runs {workers}"].append(sum(map(of_ended, own)) - before_all)
                pool.shutdown()
            with site(workers=0):
                took(f"processes {workers}", _swept(processes.Processes(workers)))
    return {name: statistics.median(found) for name, found in seconds.items()}


def grown(found: dict[str, float]) -> list[str]:
    """What `sweep` found as a section of the results."""
    head = f"## A sweep of {RUNS} small runs, on one worker and on two of this machine {made_by('make cluster ON=sweep')}"
    rows = [
        [f"{name}, s", found[f"{name} 1"], found[f"{name} 2"], round(found[f"{name} 1"] / found[f"{name} 2"], 2)]
        for name in ("cluster", "processes")
    ]
    for name, words in (("cpu of runs", "processor time of the cluster's runs, s"), ("cpu around", "and of all around them, s")):
        rows.append([words, found[f"{name} 1"], found[f"{name} 2"], ""])
    section = [head, "", table(["", "one", "two", "times as fast"], rows)]
    print("\n".join(section))
    return section


def of_ended(pid: int) -> float:
    """Seconds of processor time of the processes that this one started and that have ended (Linux)."""
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[13:15])) / os.sysconf("SC_CLK_TCK")


def _swept(pool: Cluster | processes.Processes) -> float:
    base = KINDS["mlp"]
    began = time.monotonic()
    asked = [jobs.submit(replace(base, model=replace(base.model, seed=seed)), pool) for seed in range(RUNS)]
    while any(job.progress().state in jobs.ACTIVE for job in asked):
        time.sleep(LOOK_SECONDS)
        turns.start(pool)
    assert all(job.progress().state == jobs.DONE for job in asked), [job.progress() for job in asked]
    return time.monotonic() - began


def main(what: str = "folder") -> None:
    signal.signal(signal.SIGTERM, serve.stop)  # so that nothing stays behind
    from benchmarks.s3 import server
    from benchmarks.served import machine

    print(machine(), file=sys.stderr)
    if what == "sweep":
        keep(grown(sweep()))
        return
    with server() if what == "s3" else nullcontext("") as shared:
        for name, value in kills(shared and f"{shared}/class").items():
            say(f"{what}: {name}", value, "")


if __name__ == "__main__":
    main(*sys.argv[1:2])
