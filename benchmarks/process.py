"""What a running process takes, as Linux tells it: processor time, memory, threads, file handles."""

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Held:
    """What a process holds at a moment."""

    memory: float  # MB that lie in memory
    threads: int
    files: int


def held(pid: int) -> Held:
    """What this process holds now."""
    place = Path(f"/proc/{pid}")
    status = dict(line.split(":", 1) for line in (place / "status").read_text().splitlines())
    return Held(int(status["VmRSS"].split()[0]) / 1e3, int(status["Threads"]), sum(1 for _ in (place / "fd").iterdir()))


def children(pid: int) -> set[int]:
    """Processes that it has started and that have not ended; none of one that has ended itself."""
    found: set[int] = set()
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):  # it has just ended, and what it started is another's now
                found.update(map(int, (thread / "children").read_text().split()))
    return found


def family(pid: int) -> set[int]:
    """A process and all that it has started, and that these have."""
    return {pid}.union(*map(family, children(pid)))


def cpu_seconds(pid: int) -> float:
    """Processor time of all its threads, ended ones too, without its children."""
    return time.clock_gettime((~pid << 3) | 2)  # the kernel's number of that process's own clock
