"""What came of one training, as the lab's pictures of many of them need it: result, profile, picture; worked out once for everybody."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.analysis.outcome import Outcome, outcome
from core.charts import raster, trials
from core.charts.theme import Theme
from core.data.folder import MissingData
from core.runs import store
from core.runs.run import Run
from core.serving.shared import shared
from core.specs import Meta, RunSpec, SpecError
from core.training import jobs, samples
from core.training.job import Job
from core.training.job_folder import Progress
from core.training.sweep import Cell
from core.ui import cached

LOOKED_AT = 200  # test images for a look at the units
POINTS = 40  # of a profile
COLUMNS = {"loss": trials.CURVES[0], "accuracy_train": trials.CURVES[1], "accuracy_test": trials.CURVES[2]}


@dataclass(frozen=True)
class Came:
    """What came of a training so far."""

    outcome: Outcome
    images: int  # behind its shares
    seconds: float  # of training steps
    epochs: float  # so far, 1 at least
    profile: pd.DataFrame  # curve, part (0 to 1 of the epochs asked for), value
    tiles: np.ndarray  # (pictures, height, width) of the first layer; empty where it is not kept
    limit: float  # the largest weight in them


def of_cell(cell: Cell, now: Progress) -> Came | None:
    """What came of a place of a sweep; None where there is nothing yet."""
    return None if cell.spec is None else of_spec(cell.spec, now)


def of_spec(spec: RunSpec, now: Progress) -> Came | None:
    """What came of a training; None where there is nothing yet, or nothing that can be read."""
    try:
        if now.state == jobs.DONE:
            return _ended(spec, spec.key)
        if now.state in jobs.ACTIVE and now.epoch > 0:
            run = Job(spec).run()
            return None if run is None else _came(run)
    except (store.DamagedRun, store.MissingRun, OSError):
        return None
    return None


@shared()
def _ended(_spec: RunSpec, key: str) -> Came:
    run = cached.run(key)
    return _came(run, _labelled(run))


def _labelled(run: Run) -> tuple[np.ndarray, np.ndarray] | None:
    """Some test images as the network reads them and their labels; None where they are not here, or its history says enough."""
    if run.spec.model.kind == "pulse_cnn" or not run.spec.data.test:
        return None
    try:
        images, labels = samples.part(run.spec.data, "test")
        return samples.as_read(images[:LOOKED_AT], run.spec.model), labels[:LOOKED_AT]
    except (SpecError, MissingData):
        return None


def _came(run: Run, labelled: tuple[np.ndarray, np.ndarray] | None = None) -> Came:
    found = outcome(run, labelled)
    counts = {"test": run.spec.data.test, "validation": run.spec.data.validation, "training": run.spec.data.train}
    tiles = _tiles(run)
    limit = float(np.abs(tiles).max()) if tiles.size else 0.0
    seconds = float(np.nansum(run.history["seconds"])) if "seconds" in run.history else 0.0
    return Came(found, counts.get(found.split, 0), seconds, max(1.0, float(run.epochs[-1])), _profile(run), tiles, limit)


def _profile(run: Run) -> pd.DataFrame:
    """The study's three curves at a few dozen states, the loss as a share of its first value."""
    chosen = np.unique(np.linspace(0, run.states - 1, min(POINTS, run.states)).astype(int))
    parts = []
    for column, curve in COLUMNS.items():
        values = run.history.get(column)
        if values is None or not np.isfinite(values[chosen]).any():
            continue
        shown = values[chosen] / (values[0] if column == "loss" and values[0] else 1)
        table = pd.DataFrame({"curve": curve, "part": run.epochs[chosen] / max(run.spec.train.epochs, 1), "value": shown})
        parts.append(table.dropna())
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"curve": [], "part": [], "value": []})


def _tiles(run: Run) -> np.ndarray:
    """The first layer's kernels, or what each unit of a dense one has for each pixel, (pictures, height, width); as many as have room."""
    try:
        last = run.state(-1)
    except (KeyError, OSError):
        return np.empty((0, 0, 0))
    if "conv1.kernel" in last:
        pictures = last["conv1.kernel"][:, 0]
    elif "dense1.kernel" in last:
        kernel = last["dense1.kernel"]  # (inputs, units)
        side = round(len(kernel) ** 0.5)
        rolled = side * side == len(kernel)
        pictures = kernel.T.reshape(-1, side, side) if rolled else kernel[None, : trials.PICTURE, : trials.PICTURE]
    else:
        return np.empty((0, 0, 0))
    across = max(1, (trials.PICTURE + 1) // (pictures.shape[2] + 1))
    return pictures[: across * across]


def picture(of: Came, limit: float, colours: Theme) -> str | None:
    """The first layer on a scale of -limit to limit, as an address of a square picture; None where it is not kept."""
    if not of.tiles.size:
        return None
    return _picture(of.tiles, of.tiles.tobytes(), float(f"{limit:.2g}"), colours)


@shared()
def _picture(_tiles: np.ndarray, content: bytes, limit: float, colours: Theme) -> str:
    across = int(np.ceil(len(_tiles) ** 0.5))
    tiled = raster.tiled(raster.signed_levels(_tiles, limit), across, fill=127)
    side = trials.PICTURE
    scale = max(1, side // max(tiled.shape))
    large = tiled.repeat(scale, 0).repeat(scale, 1)[:side, :side]
    canvas = np.full((side, side), 127, np.uint8)
    top, left = (side - large.shape[0]) // 2, (side - large.shape[1]) // 2
    canvas[top : top + large.shape[0], left : left + large.shape[1]] = large
    return raster.png_url(canvas, colours.signed_palette)


def value_words(known: Meta, item: Any) -> str:
    """A value of a choice as people read it."""
    match known.kind:
        case "choice":
            return known.options[item]
        case "switch":
            return "yes" if item else "no"
        case "number" | "whole":
            return f"{100 * item:g}%" if known.share else f"{item:,g}" if known.kind == "number" else f"{item:,}"
    return known.text(item)
