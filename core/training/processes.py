"""An executor that runs each call in a fresh Python process: `python -m core.training.processes FUNCTION ARGUMENTS`.

The pools of the standard library do not fit a Streamlit server: a worker that is killed takes all the other jobs of a
ProcessPoolExecutor with it, and a spawned worker first runs the script that Streamlit has put in the place of
`__main__`, the whole app. Here a killed process fails its own job alone and gives back its memory when it ends.
"""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from importlib import import_module
from pathlib import Path
from queue import SimpleQueue
from typing import Any

ROOT = Path(__file__).parents[2]
# A path in quotation marks may hold anything else; elsewhere it ends at a blank or a mark, and what other hosts serve is none of ours.
_QUOTED = re.compile(r"""(['"])(?:file:)?(?:[A-Za-z]:[/\\]|/|\\\\)(?:(?:(?!\1).)*[/\\])?((?:(?!\1)[^/\\])+)[/\\]*\1""")
_ADDRESS = r"(?<![\w+.-])((?!file:)[A-Za-z][\w+.-]*://\S+)"
_NAME = r"""[^/\\\s'":;,]+"""
_START = rf"(?<![\w./\\)\]])(?:file:)?(?:[A-Za-z]:[/\\]+|/+(?=[.~-]*[^\W\d])|[/\\]+(?={_NAME}[/\\]))"
_BARE = re.compile(rf"{_ADDRESS}|{_START}(?:{_NAME}[/\\]+)*?({_NAME})[/\\]*(?![/\\]|{_NAME})")
_alone = False
_under_way: set[subprocess.Popen[bytes]] = set()


def pathless(text: str) -> str:
    """The text of an error with the last name alone of each path: where a server's files lie is nobody's business."""
    return _BARE.sub(lambda found: found[1] or found[2], _QUOTED.sub(r"\1\2\1", text))


class WorkerDied(RuntimeError):
    """A process ended before its call did; the message says how, as the rest of a sentence."""

    def __init__(self, how: str, killed: bool) -> None:
        super().__init__(how, killed)  # both, so that it can be sent to another machine
        self.killed = killed  # from outside, and not by its own fault

    def __str__(self) -> str:
        return str(self.args[0])


class Processes(Executor):
    """Runs module-level functions with JSON arguments, `workers` at a time, the others in order of submission."""

    def __init__(self, workers: int) -> None:
        self._queue: SimpleQueue[tuple[Future[None], list[str]] | None] = SimpleQueue()
        self.slots = workers  # calls at a time
        for _ in range(workers):  # daemons, so that a server that stops never waits for a training
            threading.Thread(target=self._serve, daemon=True).start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The future of a call, whose result is None."""
        future: Future[Any] = Future()
        self._queue.put((future, [f"{fn.__module__}:{fn.__qualname__}", json.dumps([args, kwargs])]))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the threads end after what is queued; processes under way are not waited for."""
        for _ in range(self.slots):
            self._queue.put(None)

    def _serve(self) -> None:
        while (item := self._queue.get()) is not None:
            future, call = item
            if not future.set_running_or_notify_cancel():
                continue
            try:
                run(call)
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(None)


def run(call: list[str]) -> None:
    """One call in a process of its own.

    Raises:
        WorkerDied: it was killed, or ended with an error.
    """
    command = [sys.executable, "-m", "core.training.processes", *call]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,  # never written to: it ends when this process does, however that happens
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),  # of Windows
    )
    _under_way.add(process)
    with process:
        assert process.stderr is not None
        said = process.stderr.read().decode(errors="replace").strip().splitlines()[-1:]
    _under_way.discard(process)
    if process.returncode < 0:
        raise WorkerDied(f"its process was ended from outside (signal {-process.returncode})", killed=True)
    if process.returncode > 0 and not said:  # as Windows does it
        raise WorkerDied("its process was ended from outside", killed=True)
    if process.returncode > 0:
        raise WorkerDied(f"its process ended with an error ({pathless(said[0])[:200]})", killed=False)


def end_all() -> None:
    """End every call that this process runs."""
    for process in list(_under_way):
        process.kill()


def alone() -> bool:
    """Whether this process was started for one call, so that ending it ends nothing else."""
    return _alone


def _end_with_parent() -> None:
    while os.read(0, 1):  # and not by sys.stdin, whose lock a process that ends would wait for
        pass
    os._exit(1)


def main(function: str, arguments: str) -> None:
    """Do one call in this process, at a lower priority than the app's, for as long as the app lives."""
    global _alone
    _alone = True
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(5)
    module, _, name = function.partition(":")
    args, kwargs = json.loads(arguments)
    getattr(import_module(module), name)(*args, **kwargs)


if __name__ == "__main__":
    from core.training import processes  # not this module under the name __main__, whose flag nobody else would see

    processes.main(*sys.argv[1:])
