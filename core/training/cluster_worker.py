"""What a worker of the cluster does for the servers: say what it is, and run calls in processes of their own.

A preload of `dask worker` too: it starts only where the app is, and ends its trainings when it ends.
"""

from typing import Any

from core.runs import store
from core.training import processes, share


def about() -> dict[str, str]:
    """Versions that must be the same on servers and workers, and a mark of the store of runs that is seen here."""
    found = store.versions()
    return {name: found.get(name, "none") for name in ("app", "python", "torch")} | {"store": share.mark()}


def call(words: list[str], like: dict[str, str]) -> None:
    """One call in a process of its own, which ends when this worker does; nothing where this worker is not `like` whoever asks.

    Raises:
        processes.WorkerDied: it was killed, or ended with an error.
    """
    if about() == like:
        processes.run(words)


def dask_teardown(_: Any) -> None:
    """The worker ends, maybe since its scheduler is gone: trainings go on elsewhere from their last whole epoch."""
    processes.end_all()
