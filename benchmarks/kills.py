"""What becomes of trainings whose processes are killed at any moment: `python -m benchmarks.kills [KILLS] [SEED]`.

Two servers share a store and train networks of every kind. Again and again a worker, a server or both are killed (signal 9), at random
times, and some workers in the middle of writing a file. Then everything stored is compared, bit by bit, with the same trainings as
they are when nobody interrupts them. A server here is the app's own way of handing out jobs in a process without pages.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.process import children
from benchmarks.results import keep, made_by
from core.runs import store
from core.runs.run import Run
from core.specs import DataSpec, ModelSpec, PulseSpec, RunSpec, TrainSpec
from core.training import atomic, job_folder, jobs, lease, live, loop, turns, worker
from core.training.job import all_known

ROOT = Path(__file__).parents[1]
DIGITS = DataSpec("uci-digits", train=400, validation=50, test=100)
PULSES = DataSpec("pulses", train=60, validation=0, test=30, pulses=PulseSpec(size=40))
KINDS = {
    "mlp": RunSpec(DIGITS, ModelSpec(sizes=(64, 24, 10)), TrainSpec(batch=16, epochs=20, first_epoch_states=2)),
    "softmax": RunSpec(DIGITS, ModelSpec(sizes=(64, 10)), TrainSpec(optimizer="sgd", momentum=0.9, learning_rate=0.1, batch=8, epochs=20)),
    "digit CNN": RunSpec(
        DIGITS,
        ModelSpec("digit_cnn", (10,), activation="relu", initializer="he", channels=(4, 8), kernel_size=5),
        TrainSpec(optimizer="sgd", learning_rate=0.1, batch=32, epochs=12),
    ),
    "pulse CNN": RunSpec(
        PULSES,
        ModelSpec("pulse_cnn", (32, 16, 3), initializer="he", channels=(5, 1), kernel_size=9, image=40, dropout=0.1),
        TrainSpec(batch=20, epochs=12, store="kernels"),
    ),
}
SILENT_SECONDS = 6.0  # instead of 15, to wait less
LOG = "trained.log"  # beside the runs: a line for each state that a worker wrote
MID_WRITE = 0.004  # share of writes in whose middle a worker kills itself


def logged(key: str, number: int, token: str) -> None:
    """A worker that notes each state it writes, and now and then kills itself in the middle of writing."""
    write, write_state = atomic.write, live.write
    chance = random.Random(os.getpid() + time.monotonic_ns())

    def dies(path: Path, data: bytes, *, sync: bool = True) -> None:
        if chance.random() < MID_WRITE:
            note(f"mid-write {path.name}")
            new = path.with_name(f".{path.name}.{os.getpid()}")
            new.write_bytes(data[: chance.randrange(len(data) + 1)])
            os.kill(os.getpid(), signal.SIGKILL)
        write(path, data, sync=sync)

    def noted(place: Path, spec: RunSpec, index: int, record: loop.EpochRecord) -> None:
        write_state(place, spec, index, record)
        note(f"state {spec.key} {index} {record.epoch}")

    note(f"begin {key}")
    atomic.write, live.write = dies, noted
    worker.work(key, number, token)


def note(line: str) -> None:
    with (store.folders()[0] / LOG).open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def serve() -> None:
    """A server that hands out jobs until it is killed or its standard input ends."""
    from benchmarks import kills  # not under the name __main__, which workers could not import

    lease.SILENT_SECONDS, turns.work = SILENT_SECONDS, kills.logged
    turns.DEATHS = 50  # here kills are no sign of a job that cannot be trained
    jobs.serve()
    sys.stdin.read()


class Shop:
    """Two servers and their workers."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.servers = [self._start(), self._start()]
        self.counts = {"worker": 0, "server": 0, "both": 0}

    def _start(self) -> subprocess.Popen:
        environment = os.environ | {"KERNEL_EXPLORER_WORKERS": "1"}
        return subprocess.Popen(
            [sys.executable, "-m", "benchmarks.kills", "serve"], cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        )

    def kill(self) -> None:
        """Kill a worker, a server, or a server with all its workers; a server comes up again."""
        busy = [place for place, server in enumerate(self.servers) if children(server.pid)]
        if not busy:
            return
        place = self.chance.choice(busy)
        server = self.servers[place]
        workers = list(children(server.pid))
        what = self.chance.choice(["worker", "worker", "server", "both"])
        for pid in {"worker": workers[:1], "server": [server.pid], "both": [server.pid, *workers]}[what]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:  # it has just ended
                continue
        self.counts[what] += 1
        if what != "worker":
            server.wait()
            self.servers[place] = self._start()

    def close(self) -> None:
        for server in self.servers:
            server.kill()
            server.wait()


def damage(straight: dict[str, Run]) -> list[str]:
    """What of the stored runs is not what it is when nobody interrupts its training, bit by bit."""
    found = []
    for key, whole in straight.items():
        try:
            run = store.load(key)
            same = run.shapes == whole.shapes and all(np.array_equal(run.weights(name), whole.weights(name)) for name in whole.shapes)
            same &= all(
                np.array_equal(run.history[name], whole.history[name], equal_nan=True) for name in whole.history if name != "seconds"
            )
            same &= np.array_equal(run.evaluation("confusion"), whole.evaluation("confusion"))
            found += [] if same else [f"{key} differs"]
        except (store.MissingRun, store.DamagedRun) as error:
            found.append(str(error))
    return found


def repeated(lines: list[str], spec: RunSpec) -> tuple[int, int]:
    """How often a training went back, and how many epochs it repeated at most when it did."""
    seen = [
        (int(place), float(epoch))
        for word, key, place, epoch in (line.split() for line in lines if line.startswith("state"))
        if key == spec.key
    ]
    back, most, last = 0, 0, (-1, 0.0)
    for place, epoch in seen:
        if place <= last[0]:
            back += 1
            most = max(most, int(last[1]) - int(np.ceil(epoch)) + 1)
        last = (place, epoch)
    return back, most


def measure(kills: int, seed: int, kinds: tuple[str, ...] = tuple(KINDS), seconds: float = 7200) -> dict[str, float]:
    """Kill so often, wait for every training to end, and count."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # as in the workers
    specs: list[RunSpec] = []
    with tempfile.TemporaryDirectory() as place:
        os.environ["KERNEL_EXPLORER_RUNS"] = str(Path(place) / "runs")
        home = store.folders()[0]
        home.mkdir()

        def more() -> None:  # one of each kind, so that there is always something to kill
            new = [replace(KINDS[kind], model=replace(KINDS[kind].model, seed=len(specs) + i)) for i, kind in enumerate(kinds)]
            specs.extend(new)
            for spec in new:
                job_folder.make(jobs.Job(spec).folder, spec, "somebody")

        more()
        shop, end = Shop(seed), time.monotonic() + seconds
        try:
            while sum(shop.counts.values()) < kills or any(job.progress().state in jobs.ACTIVE for job in all_known()):
                assert time.monotonic() < end, f"still at work: {[job.progress() for job in all_known()]}"
                time.sleep(shop.chance.uniform(0.2, 8))
                if sum(shop.counts.values()) < kills:
                    if sum(job.progress().state in jobs.ACTIVE for job in all_known()) < 2:
                        more()
                    shop.kill()
        finally:
            shop.close()
        lines = (home / LOG).read_text(encoding="utf-8").splitlines()
        failed = [job.progress().sentence for job in all_known()]
        straight = {}
        for spec in specs:
            os.environ["KERNEL_EXPLORER_RUNS"] = str(Path(place) / "straight")
            straight[spec.key] = loop.save_records(spec, loop.train(spec))
        os.environ["KERNEL_EXPLORER_RUNS"] = str(home)
        begun = Counter(line.split()[1] for line in lines if line.startswith("begin"))
        backs = [repeated(lines, spec) for spec in specs]
        wrong = [*damage(straight), *failed]
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    return {
        **{f"kills of a {what}" if what != "both" else "kills of a server with its workers": n for what, n in shop.counts.items()},
        "kills in the middle of a write": sum(line.startswith("mid-write") for line in lines),
        "trainings": len(specs),
        "trainings damaged, lost or different": len(wrong),
        "trainings that were killed and went on": sum(times > 1 for times in begun.values()),
        "times that one went on": sum(begun.values()) - len(begun),
        "times that an epoch was repeated": sum(back for back, _ in backs),
        "epochs repeated after one kill, at most": max(most for _, most in backs),
    }


def main(kills: int = 100, seed: int = 0) -> None:
    """Print the table, and keep it among the results."""
    section = [f"## Killed processes, seed {seed} {made_by(f'make kills KILLS={kills}')}", "", "| what | count |", "|---|---|"]
    section += [f"| {name} | {value:,.0f} |" for name, value in measure(kills, seed).items()]
    print("\n".join(section))
    keep(section)


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve()
    else:
        main(*map(int, sys.argv[1:3]))
