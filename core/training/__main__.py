"""The command line beside the app: python -m core.training list | show | train | verify | reproduce."""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from core.data.catalog import title_of
from core.data.folder import MissingData
from core.runs import store
from core.runs.run import Run
from core.runs.shipped import NAMES, RUNS
from core.specs import MODEL_KINDS, RunSpec, SpecError, from_dict
from core.specs.fields import short
from core.training import loop, reproduce, verify
from core.training.progress import shown

LARGEST = 1_000_000  # bytes of a file that holds a spec


def parser() -> argparse.ArgumentParser:
    """The commands and what they take."""
    top = argparse.ArgumentParser(prog="python -m core.training", description="Train, list and check runs.")
    commands = top.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="the runs that are stored")
    one = commands.add_parser("show", help="what a run is and how well it does, over its seeds")
    one.add_argument("run", help="key or name of a run")
    new = commands.add_parser("train", help="train one network and store it")
    new.add_argument("run", help="name of a shipped run, or a JSON file that holds a spec")
    new.add_argument("--again", action="store_true", help="replace it if it is stored already")
    check = commands.add_parser("verify", help="check hashes and count the test predictions again from the weights")
    check.add_argument("runs", nargs="*", help="keys or names (all)")
    ship = commands.add_parser("reproduce", help="train the shipped runs again, all their seeds")
    ship.add_argument("runs", nargs="*", help="names (all)")
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit status: 2 after a sentence on what is wrong with the input, 1 after one on what is wrong here."""
    asked = parser().parse_args(arguments)
    try:
        return COMMANDS[asked.command](asked)
    except (SpecError, store.MissingRun) as error:
        print(error, file=sys.stderr)
        return 2
    except (MissingData, loop.MissingTorch, store.DamagedRun) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"A file cannot be read or written: {error}.", file=sys.stderr)
        return 1
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "memory" not in str(error):  # torch's word for it
            raise
        print("The training needs more memory than there is; choose fewer images or smaller layers.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; nothing was stored.", file=sys.stderr)
        return 130


def key_of(name: str) -> str:
    """The key of a run by its name or key."""
    return RUNS[name].key if name in RUNS else name


def list_runs(_: argparse.Namespace) -> int:
    for key in store.keys():  # noqa: SIM118
        try:
            print(line(store.load(key)))
        except store.DamagedRun as error:
            print(f"{key}  {error}")
    missing = [name for name, spec in RUNS.items() if spec.key not in set(store.keys())]
    if missing:
        print(f"Not stored: {', '.join(missing)}. `make reproduce` trains them.")
    return 0


def line(run: Run) -> str:
    """One run on one line."""
    spec = run.spec
    sizes = "-".join(str(n) for n in (*spec.model.channels, *spec.model.sizes))
    what = f"{MODEL_KINDS[spec.model.kind]} {sizes}, {title_of(spec.data)}"
    return f"{run.key}  {NAMES.get(run.key, '-'):24}{last(run):>8} test  {run.states:>4} states  {what}"


def last(run: Run) -> str:
    """Test accuracy of the last state."""
    test = run.history.get("accuracy_test", np.array([np.nan]))
    return "" if np.isnan(test[-1]) else f"{test[-1]:.2%}"


def show(asked: argparse.Namespace) -> int:
    run = store.load(key_of(asked.run))
    print(line(run))
    print(json.dumps(json.loads((run.folder / "spec.json").read_text(encoding="utf-8")), indent=1))
    test = run.history.get("accuracy_test", np.array([]))
    if not np.isfinite(test).any():
        print("It was trained without test images, so its test accuracy is not known.")
        return 0
    best = int(np.nanargmax(test))
    print(f"test accuracy: start {test[0]:.2%}, end {test[-1]:.2%}, best {test[best]:.2%} at epoch {run.epochs[best]:g}")
    ends = run.ends()
    if len(ends):
        seeds = ", ".join(f"{seed:g}: {end:.2%}" for seed, end in zip(run.ends("seed"), ends, strict=True))
        print(
            f"test accuracy at epoch {run.epochs[-1]:g} over {len(ends)} seeds: mean {ends.mean():.2%}, "
            f"range {ends.min():.2%} to {ends.max():.2%} ({seeds})"
        )
    return 0


def read_spec(text: str) -> RunSpec:
    """The spec of a shipped run's name or of a JSON file, bare or as spec.json holds it.

    Raises:
        SpecError: no such name or file, not JSON, or choices that cannot be.
    """
    if text in RUNS:
        return RUNS[text]
    try:
        found = Path(text).is_file() and Path(text).stat().st_size <= LARGEST
    except (OSError, ValueError):  # a name that no file can have
        found = False
    if not found:
        raise SpecError(f"{short(text)} is no shipped run and no file; choose one of: {', '.join(RUNS)}; or name a small JSON file.")
    try:
        values = json.loads(Path(text).read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise SpecError(f"{text} is not JSON ({str(error)[:80]}); see the spec.json of any run for an example.") from error
    return from_dict(RunSpec, values["spec"] if isinstance(values, dict) and "spec" in values else values)


def train(asked: argparse.Namespace) -> int:
    spec = read_spec(asked.run)
    if not asked.again and spec.key in set(store.keys()):
        print(f"Run {spec.key} is stored already; --again trains it anew, without the histories of other seeds.")
        return 0
    loop.check()
    run = loop.save_records(spec, shown(loop.train(spec), spec.train.epochs, NAMES.get(spec.key, spec.key)), header=reproduce.facts(spec))
    print(line(run))
    return 0


def verify_runs(asked: argparse.Namespace) -> int:
    sound = True
    for key in [key_of(name) for name in asked.runs] or store.keys():
        verdict = verify.verify(key)
        print("sound  " if verdict.sound else "FAULTY ", verdict.key, verdict.sentence, flush=True)
        sound &= verdict.sound
    return 0 if sound else 1


def reproduce_runs(asked: argparse.Namespace) -> int:
    loop.check()
    for run in reproduce.reproduce(asked.runs):
        print(line(run), flush=True)
    return 0


COMMANDS = {"list": list_runs, "show": show, "train": train, "verify": verify_runs, "reproduce": reproduce_runs}

if __name__ == "__main__":
    sys.exit(main())
