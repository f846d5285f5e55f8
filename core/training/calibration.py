"""What each part of a training costs on this machine: small networks are trained in a worker, once, and the answer is kept."""

import os
import platform
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from core.runs.shipped.pulses import LIVE
from core.specs import DataSpec, ModelSpec, RunSpec, TrainSpec
from core.training import checkpoint, estimate, live, loop, tasks
from core.training.tasks import Task

COSTS = "costs"
KINDS = ("dense", "digit_cnn", "pulse_cnn")
PULL = 0.3  # of the reference, beside a measured training's 1
ROUNDS = 2  # of measuring, whose mean counts: what else runs on a machine comes and goes


def task() -> Task:
    """The measurement of this machine."""
    try:
        torch = metadata.version("torch")
    except metadata.PackageNotFoundError:
        torch = ""
    machine = {"machine": f"{platform.node()} {platform.machine()} {os.cpu_count()}", "torch": torch}
    return Task("core.training.calibration:measure", {}, machine, len(KINDS))


def costs(kind: str) -> np.ndarray | None:
    """What each of estimate.TERMS costs a kind of network here, in seconds, (terms,); None before it was measured."""
    try:
        return tasks.part(task(), KINDS.index(kind))[COSTS]
    except (OSError, ValueError, KeyError, BadZipFile):  # not there, or not whole
        return None


_begun: list[float] = []  # seconds of the processor until Python and torch were loaded, once


def begun() -> float:
    """Seconds of the processor until this process had loaded what trains."""
    if not _begun:
        loop.check()
        import torch  # noqa: F401

        _begun.append(time.process_time())
    return _begun[0]


def measure(arrays: Mapping[str, np.ndarray], machine: str = "", torch: str = "") -> Iterator[dict[str, np.ndarray]]:
    """The costs of each kind of network in turn, as an answer of core.training.tasks."""
    start = begun()
    for kind in KINDS:
        specs = samples(kind)
        spent(replace(specs[0], train=replace(specs[0].train, epochs=1)))  # what a first use loads
        took = np.mean([[spent(spec) for spec in specs] for _ in range(ROUNDS)], axis=0)
        yield {COSTS: fitted(specs, took.tolist(), start)}


def fitted(specs: list[RunSpec], seconds: list[float], start: float = 0.0) -> np.ndarray:
    """Costs (terms,), none below 0, that come nearest to what trainings of one kind took, each by its share.

    What these few cannot tell apart stays in the proportion of estimate.REFERENCE.

    Args:
        start: seconds until a worker begins, which every training costs too.
    """
    from scipy.optimize import nnls

    rows, took = np.array([estimate.terms(spec) for spec in specs]), np.array(seconds)
    known = estimate.reference(specs[0].model.kind)
    known = known * float(np.median(took / (rows @ known)))  # this machine is so much faster or slower
    shares = np.concatenate([rows * known / took[:, None], PULL * np.diag(known > 0)])
    found, _ = nnls(shares, np.concatenate([np.ones(len(took)), PULL * (known > 0)]))
    out = found * known
    out[0] += start
    return out


def spent(spec: RunSpec) -> float:
    """Seconds of the processor that a training and its files take, as a worker does them."""
    with tempfile.TemporaryDirectory() as folder:
        place, begun = Path(folder), time.process_time()
        for states, record in enumerate(loop.train(spec)):
            live.write(place, spec, states, record)
            if record.checkpoint is not None:
                checkpoint.write(place, record.checkpoint())
        return time.process_time() - begun


def samples(kind: str) -> list[RunSpec]:
    """Trainings of a kind that differ in all that costs time, most of a part of a second."""
    if kind == "dense":
        return [
            _dense((64, 10), 32, 6),
            _dense((64, 10), 32, 30),  # what goes on for long costs more a step than what has just begun
            _dense((64, 24, 10), 32, 20),
            _dense((64, 10), 8, 2),
            _dense((64, 256, 10), 32, 3),
            _dense((64, 32, 32, 32, 10), 16, 3),
            _dense((64, 1_024, 256, 10), 200, 2),
            _dense((64, 512, 512, 10), 32, 1),
            _dense((64, 32, 10), 400, 12),
            _dense((64, 600, 10), 1_200, 4, optimizer="sgd"),
            _dense((64, 16, 16, 16, 16, 16, 16, 10), 100, 6),
        ]
    if kind == "digit_cnn":
        return [
            _digits((8, 16), 5, 28, 64, 2, 400),
            _digits((8, 16), 5, 28, 16, 2, 100),
            _digits((4,), 3, 28, 32, 3, 200),
            _digits((16, 32), 3, 28, 64, 1, 300),
            _digits((8,), 5, 28, 100, 1, 300, hidden=(256,)),
            _digits((32,), 7, 28, 50, 1, 100),
            _digits((4, 8), 3, 16, 10, 3, 200),
            _digits((32, 64), 5, 28, 25, 1, 60),
            _digits((16,), 11, 40, 20, 1, 60),
            _digits((8, 16), 5, 28, 8, 1, 80, optimizer="adam", hidden=(400,)),
        ]
    return [
        _pulses(64, (5, 1), 17, (128, 32), 25, 3, 300),
        _pulses(40, (5, 1), 9, (64, 16), 25, 2, 200),
        _pulses(40, (2, 1), 9, (64, 16), 5, 2, 100),
        _pulses(100, (5, 1), 25, (256, 64), 25, 1, 50),
        _pulses(40, (10, 2), 11, (64, 16), 20, 1, 100),
        _pulses(28, (4, 1), 5, (32,), 20, 2, 150),
        _pulses(28, (8, 2), 3, (32,), 50, 1, 150),
        _pulses(44, (6, 1), 5, (64,), 25, 3, 300),
        _pulses(28, (2, 1), 7, (2_048, 512), 10, 2, 60),
        _pulses(64, (2, 1), 25, (1_024, 128), 40, 1, 80),
        _pulses(28, (1, 1), 3, (8,), 50, 0, 4_000),
    ]


def _dense(sizes: tuple[int, ...], batch: int, epochs: int, optimizer: str = "adam") -> RunSpec:
    data = DataSpec("uci-digits", train=1_200, validation=197, test=400)
    return RunSpec(data, ModelSpec(sizes=sizes), TrainSpec(optimizer=optimizer, batch=batch, epochs=epochs))


def _digits(
    channels: tuple[int, ...], k: int, side: int, batch: int, epochs: int, count: int, optimizer: str = "sgd", hidden: tuple[int, ...] = ()
) -> RunSpec:
    data = DataSpec("uci-digits", train=count, validation=0, test=100)
    model = ModelSpec("digit_cnn", sizes=(*hidden, 10), activation="relu", initializer="he", channels=channels, kernel_size=k, image=side)
    return RunSpec(
        data, model, TrainSpec(optimizer=optimizer, learning_rate=0.05 if optimizer == "sgd" else 1e-3, batch=batch, epochs=epochs)
    )


def _pulses(side: int, channels: tuple[int, ...], k: int, hidden: tuple[int, ...], batch: int, epochs: int, count: int) -> RunSpec:
    assert LIVE.data.pulses is not None
    data = replace(LIVE.data, train=count, test=40, pulses=replace(LIVE.data.pulses, size=side))
    model = replace(LIVE.model, sizes=(*hidden, 3), channels=channels, kernel_size=k, image=side)
    return RunSpec(data, model, replace(LIVE.train, batch=batch, epochs=epochs, first_epoch_states=0))
