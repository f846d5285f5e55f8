"""An executor whose calls run on the workers of a Dask cluster (KERNEL_EXPLORER_DASK): each in a process of its own there.

`distributed` is imported in this file alone. A call's key is the run's key, so a cluster has it once however many servers ask. It is
fired and forgotten, too: when the server that asked ends, the training goes on. One thread owns the connection. Where the scheduler
or every worker is gone there are no slots, trainings wait, and `trouble` says why.
"""

import json
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.training import cluster_worker, processes

if TYPE_CHECKING:
    import distributed

LOOK_SECONDS = 0.2  # between two looks at calls under way
WORKERS_SECONDS = 2.0  # between two looks at the workers
ANSWER_SECONDS = 10.0  # for a scheduler or a worker to answer
AWAY = "The cluster that trains networks cannot be reached. Trainings wait, lose nothing, and go on when it is back."
EMPTY = "The cluster that trains networks has no workers now. Trainings wait, and go on when one comes."
MISSING = (
    "Trainings are to run on a cluster, but the package distributed is not installed here, so they wait. "
    "Whoever runs this app can add it with pip install -r requirements-cluster.txt."
)
_WORDS = {"app": "Kernel Explorer", "python": "Python", "torch": "torch"}
_log = logging.getLogger(__name__)


@dataclass
class Call:
    """A call that is to be sent, or has been."""

    words: list[str]
    future: "Future[Any]"
    sent: "distributed.Future | None" = None
    only: frozenset[str] = frozenset()  # the workers that it was sent to, where others do not fit
    lost: bool = False  # the connection by which it was sent is gone


class Cluster(Executor):
    """Runs module-level functions with JSON arguments, of which the first is the call's key."""

    shared = True  # with other servers: what they have handed out takes slots too

    def __init__(self, address: str) -> None:
        self.address = address
        self.slots = 0  # calls at a time, on workers that fit
        self.trouble = AWAY  # why nothing runs, in a sentence; empty where workers are there
        self._calls: dict[str, Call] = {}
        self._fits: dict[str, str] = {}  # worker -> why it is not used, empty where it is
        self._client: distributed.Client | None = None
        self._lock = threading.Lock()
        self._over = threading.Event()
        threading.Thread(target=self._tend, daemon=True).start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """The future of a call, whose result is None.

        Raises:
            RuntimeError: it is being shut down, or the same key is under way.
        """
        call = Call([f"{fn.__module__}:{fn.__qualname__}", json.dumps([args, kwargs])], Future())
        with self._lock:
            if self._over.is_set() or str(args[0]) in self._calls:
                raise RuntimeError("not now")
            self._calls[str(args[0])] = call
        return call.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster; what it works on goes on."""
        self._over.set()

    def _tend(self) -> None:
        looks = 0
        while not self._over.wait(LOOK_SECONDS):
            try:
                if self._client is None or self._client.status != "running":
                    self._connect()
                    looks = 0
                if looks % round(WORKERS_SECONDS / LOOK_SECONDS) == 0:
                    self._look_at_workers()
                looks += 1
                self._send()
            except ImportError as error:
                self._say(MISSING if "distributed" in str(error) else str(error))
                return
            except Exception as error:  # whatever it is: the connection is made anew
                _log.debug("%s", error)
                self._lose()
            self._settle()
        self._lose()

    def _connect(self) -> None:
        import distributed

        self._lose()
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it would tell in a page of text is said in a sentence here
        self._client = distributed.Client(self.address, timeout=ANSWER_SECONDS, set_as_default=False, name="kernel-explorer")

    def _lose(self) -> None:
        """Without a connection nobody knows how calls end; whoever made them looks at what they have written."""
        self.slots, self._fits = 0, {}
        self._say(AWAY)
        client, self._client = self._client, None
        with self._lock:
            for call in self._calls.values():
                call.lost = call.sent is not None
        if client is not None:
            with suppress(Exception):
                client.close(timeout=1)

    def _look_at_workers(self) -> None:
        """Find out which workers there are and whether each fits this server."""
        assert self._client is not None and self._client.scheduler is not None
        threads: dict[str, int] = self._client.sync(self._client.scheduler.ncores, callback_timeout=ANSWER_SECONDS)
        new = [worker for worker in threads if worker not in self._fits]
        if new:
            told = self._client.sync(
                self._client._run, cluster_worker.about, workers=new, on_error="return", callback_timeout=ANSWER_SECONDS
            )
            for worker, there in told.items():
                self._fits[worker] = why = misfit(there, cluster_worker.about())
                if why:
                    _log.warning("Cluster %s: worker %s is not used: it %s", self.address, worker, why)
        self._fits = {worker: why for worker, why in self._fits.items() if worker in threads}
        self.slots = sum(threads[worker] for worker, why in self._fits.items() if not why)
        reasons = [why for why in self._fits.values() if why]
        self._say("" if self.slots else f"No worker of the cluster can be used: each {reasons[0]}." if reasons else EMPTY)

    def _send(self) -> None:
        """Hand what waits to the cluster."""
        import distributed

        assert self._client is not None
        to = frozenset(worker for worker, why in self._fits.items() if not why)
        with self._lock:
            calls = dict(self._calls)
        for key, call in calls.items():
            if call.sent is not None and call.sent.status == "pending" and call.only and not call.only & self._fits.keys():
                # The scheduler would keep it for workers that do not come back. Whichever begins it looks once more whether it fits.
                self._client.cancel([call.sent], force=True)
                call.lost = True
            elif call.sent is None and to:
                call.only = to if len(to) < len(self._fits) else frozenset()
                call.sent = self._client.submit(
                    cluster_worker.call, call.words, cluster_worker.about(), key=key, workers=list(call.only) or None, retries=0
                )
                distributed.fire_and_forget(call.sent)

    def _settle(self) -> None:
        """Say of each call that is over how it ended."""
        with self._lock:
            calls = dict(self._calls)
        for key, call in calls.items():
            sent, error = call.sent, None
            if sent is None:
                if not call.future.cancelled():
                    continue
            elif sent.status == "pending" and not call.lost and not call.future.cancelled():
                continue
            elif sent.status == "error":
                error = self._error(sent)
            with self._lock:
                del self._calls[key]
            call.sent = sent = None  # and so it is released
            if call.future.set_running_or_notify_cancel():
                call.future.set_exception(error) if error else call.future.set_result(None)

    def _error(self, sent: "distributed.Future") -> BaseException:
        from distributed import KilledWorker

        try:
            error = sent.exception(timeout=ANSWER_SECONDS)
        except Exception as why:
            error = why
        if isinstance(error, KilledWorker):
            return processes.WorkerDied("the cluster's worker was ended from outside", killed=True)
        return error

    def _say(self, trouble: str) -> None:
        if trouble != self.trouble:
            _log.warning("Cluster %s: %s", self.address, trouble or "ready")
        self.trouble = trouble


def misfit(there: "dict[str, str] | Exception", here: dict[str, str]) -> str:
    """Why a worker is not used, as the rest of a sentence; empty where it fits.

    Args:
        there, here: what `cluster_worker.about` says there and here.
    """
    if not isinstance(there, dict):
        return f"cannot run this app ({type(there).__name__}); start it with deploy/cluster.py in the app's folder"
    other = [
        f"{word} {there.get(name, 'none')} where this server has {here[name]}"
        for name, word in _WORDS.items()
        if there.get(name) != here[name]
    ]
    if other:
        return f"has {' and '.join(other)}; install the same there"
    if not there.get("store") or there.get("store") != here["store"]:
        return "does not see this server's runs; give both the same KERNEL_EXPLORER_RUNS"
    return ""
