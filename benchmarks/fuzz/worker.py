"""One door's inputs in a process of their own: `python -m benchmarks.fuzz.worker DOOR SEED FROM TO`; a JSON line for each finding."""

import json
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

from benchmarks.fuzz.doors import DOORS, Door

ROOT = Path(__file__).parents[2]
MEMORY = 3 * 10**9  # bytes that a worker may hold, what it loads counted
SECONDS = 2.0  # of computing for one input
TRIES = 150  # to make an input that broke something smaller


class Slow(BaseException):
    """An input took too long."""


@dataclass
class Count:
    """How inputs ended."""

    tried: int = 0
    read: int = 0
    sentences: int = 0
    tracebacks: int = 0
    hangs: int = 0


def made(door: str, seed: int, number: int) -> Any:
    """The input of a number: the same on every machine."""
    return DOORS[door].make(Random(f"{door} {seed} {number}"))


def outcome(door: Door, value: Any) -> tuple[str, str]:
    """How an input ends, "read", "sentences", "tracebacks" or "hangs", and where a traceback comes from."""
    try:
        door.take(value)
    except door.sentences() as error:
        return ("sentences", "") if str(error).strip() else ("tracebacks", f"{type(error).__name__} without a word")
    except Slow:
        return "hangs", "too slow"
    except Exception as error:  # whatever else it is: that is what we look for
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if frame.filename.startswith(f"{ROOT}/") and "site-packages" not in frame.filename]
        at = (ours or frames)[-1]
        place = at.filename.removeprefix(f"{ROOT}/")
        return "tracebacks", f"{type(error).__name__}: {str(error)[:120]} ({place}:{at.lineno})"
    return "read", ""


def smaller(value: Any, breaks: Callable[[Any], bool]) -> Any:
    """A text or some bytes, cut as far as it still breaks in the same way."""
    if not isinstance(value, str | bytes):
        return value
    length, left = max(1, len(value) // 2), TRIES
    while left:
        for at in range(0, len(value), length):
            left -= 1
            part = value[:at] + value[at + length :]
            if breaks(part):
                value = part
                break
            if not left:
                break
        else:
            if length == 1:
                break
            length = max(1, length // 2)
    return value


def try_all(name: str, seed: int, start: int, end: int, tell: Callable[[dict[str, Any]], None]) -> Count:
    """Try the inputs from one number to before another."""
    door, count = DOORS[name], Count()
    for number in range(start, end):
        value = made(name, seed, number)
        _alarm(SECONDS)
        how, what = outcome(door, value)
        _alarm(0)
        count.tried += 1
        setattr(count, how, getattr(count, how) + 1)
        if what:
            kind = what.split(":")[0]
            least = smaller(value, lambda part, kind=kind: outcome(door, part)[1].startswith(kind)) if how == "tracebacks" else value
            tell({"door": name, "number": number, "what": what, "input": repr(least)[:600]})
        if number % 20 == 0:
            tell({"at": number})
    return count


def _alarm(seconds: float) -> None:
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _late(number: int, frame: FrameType | None) -> None:
    raise Slow


def main(name: str, seed: str, start: str, end: str) -> None:
    def tell(row: dict[str, Any]) -> None:
        print(json.dumps(row), flush=True)

    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    signal.signal(signal.SIGPROF, _late)
    made(name, -1, 0)  # what is loaded once does not count
    for number in range(5):
        outcome(DOORS[name], made(name, -1, number))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    count = try_all(name, int(seed), int(start), int(end), tell)
    tell(vars(count) | {"megabytes": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1e3})


if __name__ == "__main__":
    main(*sys.argv[1:])
