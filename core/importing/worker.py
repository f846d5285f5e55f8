"""One import in a process of its own, with limits on memory and time, so that no file can harm the server that asked.

`python -m core.importing.worker FOLDER` reads FOLDER/request.json and the files beside it, and writes FOLDER/answer.json.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from core.importing.bringing import Alternative, Brought, Choice, Files, Tell
from core.importing.reading import MOST_BYTES
from core.importing.refusal import shortly

ROOT = Path(__file__).parents[2]
MEMORY = 3 << 29  # bytes of addresses that a worker may have: libraries take a third of it, the largest file its own size a few times
SECONDS = 30  # of the processor; what people bring takes 20 at most
PATIENCE = 300  # seconds on the clock, of a busy machine too
LOOK = 0.1  # seconds between two looks at it
STOPPED = "Reading it was cancelled; drop it again to have it read."
TOO_LONG = "Reading it took longer than this app gives a file; it is larger or stranger than the networks shown here."
UNEXPECTED = "The file is damaged, or unlike any that this app knows: reading it failed ({}). Save it again, or in another format."
TOO_LARGE = "Reading it needed more memory than this app gives a file; it is larger than the networks shown here."


def brought(
    name: str,
    files: Files,
    data: str = "mnist",
    fixed: Mapping[str, Any] | None = None,
    *,
    keep: bool = False,
    more: Sequence[Files] = (),
    tell: Tell = lambda _: None,
    stop: threading.Event | None = None,
) -> Brought:
    """What `bringing.bring` gives, worked out in a process of its own; it never raises for what is in the files.

    Args:
        stop: set by whoever no longer wants it; the process then ends at once.
    """
    if sum(len(one) for each in (files, *more) for one in each.values()) > MOST_BYTES * (1 + len(more)):
        return Brought(shortly(name, 80), sentence=f"It is larger than {MOST_BYTES >> 20} MB; this app shows networks of up to that size.")
    with tempfile.TemporaryDirectory(prefix="import-") as folder:
        place = Path(folder)
        listed: list[list[list[str]]] = []
        for i, each in enumerate((files, *more)):
            listed.append([])
            for j, (called, contents) in enumerate(each.items()):
                (place / f"{i}-{j}").write_bytes(contents)
                listed[-1].append([called, f"{i}-{j}"])
        request = {"name": name, "files": listed, "data": data, "fixed": dict(fixed or {}), "keep": keep}
        (place / "request.json").write_text(json.dumps(request), encoding="utf-8")
        trouble = _run(place, tell, stop or threading.Event())
        try:
            return from_dict(json.loads((place / "answer.json").read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return Brought(shortly(name, 80), sentence=trouble)


def _run(place: Path, tell: Tell, stop: threading.Event) -> str:
    """Have a folder's import done; why there is no answer, where there is none."""
    command = [sys.executable, "-m", "core.importing.worker", str(place)]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    nothing = subprocess.DEVNULL
    began, said = time.monotonic(), ""
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=nothing, stdout=nothing, stderr=nothing) as process:
        while process.poll() is None:
            if stop.wait(LOOK) or time.monotonic() - began > PATIENCE:
                process.kill()
                return STOPPED if stop.is_set() else TOO_LONG
            with suppress(OSError):
                if (now := (place / "said").read_text(encoding="utf-8")) and now != said:
                    said = now
                    tell(said)
    return TOO_LONG if process.returncode in (-24, -9) else TOO_LARGE


def from_dict(values: Mapping[str, Any]) -> Brought:
    """What `Brought.to_dict` wrote."""
    given = dict(values)
    given["choices"] = [
        Choice(**{**choice, "alternatives": [Alternative(**one) for one in choice["alternatives"]]}) for choice in given["choices"]
    ]
    for name in ("accuracy", "log_loss"):
        given[name] = float("nan") if given[name] is None else given[name]
    return Brought(**given)


def limit() -> None:
    """Take memory and processor time from this process, where the system can."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _say(place: Path, words: str) -> None:
    """What is being done, for whoever waits."""
    (place / "said").write_text(words, encoding="utf-8")


def main(folder: str) -> int:
    """Do the import that a folder asks for."""
    from core.importing.bringing import bring

    place = Path(folder)
    request = json.loads((place / "request.json").read_text(encoding="utf-8"))
    limit()
    if hasattr(os, "nice"):
        os.nice(5)  # what people look at goes first
    each = [{called: (place / stored).read_bytes() for called, stored in listed} for listed in request["files"]]
    try:
        found = bring(
            request["name"],
            each[0],
            request["data"],
            request["fixed"],
            keep=request["keep"],
            more=each[1:],
            tell=partial(_say, place),
        )
    except MemoryError:
        found = Brought(shortly(request["name"], 80), sentence=TOO_LARGE)
    except Exception as error:  # what no reader expected: the person still gets a sentence
        found = Brought(shortly(request["name"], 80), sentence=UNEXPECTED.format(type(error).__name__))
    (place / "answer.json").write_text(json.dumps(found.to_dict), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
