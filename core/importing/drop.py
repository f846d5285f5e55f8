"""Files that a person dropped together: which of them make a network, read one after the other in the background."""

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from core.importing.bringing import SEVERAL, Brought, Files
from core.importing.layers import natural
from core.importing.worker import STOPPED, brought

AT_ONCE = 2  # imports of this process under way; each waits for a process of its own
WAITING = 20  # drops that may wait
GONE = 180.0  # seconds without a look after which nobody waits for it any more
NETWORKS = (".pt", ".pth", ".pkl", ".ckpt", ".safetensors", ".h5", ".hdf5", ".keras", ".onnx", ".npz", ".npy", ".zip")
BUSY = "So many files are being read here that this one has to wait; drop it again in a minute."
_pool: Executor | None = None
_under_way: set[int] = set()
_lock = threading.Lock()


@dataclass(frozen=True)
class Group:
    """The files of one network: several states, each of one file or of several that belong together."""

    name: str
    states: tuple[Files, ...]

    @property
    def bytes(self) -> int:
        return sum(len(data) for state in self.states for data in state.values())


def groups(files: Mapping[str, bytes]) -> list[Group]:
    """What belongs together, by the files' names: one network, or checkpoints of one in the order of the numbers in their names."""
    names = sorted(files, key=natural)
    if len(names) < 2:
        return [Group(name, (dict(files),)) for name in names]
    parts = [name for name in names if not name.lower().endswith(NETWORKS)]  # JSON, shards, data beside an ONNX file
    if parts:
        lead = next((name for name in names if name.lower().endswith((".json", ".onnx"))), names[0])
        return [Group(lead, (dict(files),))]
    return [Group(names[-1], tuple({name: files[name]} for name in names))]


@dataclass
class Drop:
    """One person's files on their way; `found` grows, and is whole once `done`."""

    groups: Sequence[Group]
    data: str = ""  # name of the data set; empty to guess it
    fixed: Mapping[str, Any] = field(default_factory=dict)  # question -> option that the owner has settled
    replaces: str = ""  # key of the run that this corrects
    found: list[tuple[Brought, Group]] = field(default_factory=list)
    words: str = ""  # what is being done
    began: float = 0.0  # on the clock of time.monotonic; 0 while it waits
    _seen: float = field(default_factory=time.monotonic)
    _stop: threading.Event = field(default_factory=threading.Event)
    _future: "Future[None] | None" = None

    def start(self, pool: Executor | None = None) -> "Drop":
        """Have it read, and return at once (unless `pool` is inline)."""
        with _lock:
            full = len(_under_way) >= WAITING
            if not full:
                _under_way.add(id(self))
        if full:
            self.found = [(Brought(group.name, sentence=BUSY), group) for group in self.groups]
        else:
            self._future = (pool or executor()).submit(self._work)
        return self

    @property
    def done(self) -> bool:
        """Whether all is read, or was cancelled; to look is to wait for it."""
        self._seen = time.monotonic()
        return self._future is None or self._future.done()

    @property
    def seconds(self) -> float:
        """Since the reading began."""
        return time.monotonic() - self.began if self.began else 0.0

    def cancel(self) -> None:
        """Nothing more is read; what is found so far stays."""
        self._stop.set()

    def _work(self) -> None:
        try:
            self.began = time.monotonic()
            todo = list(self.groups)
            while todo and not self._stop.is_set():
                group = todo.pop(0)
                found = self._read(group)
                if len(group.states) > 1 and found.sentence.startswith(SEVERAL.partition("{")[0]):  # then each for itself
                    todo[:0] = [Group(next(iter(state)), (state,)) for state in group.states]
                    continue
                self.found.append((found, group))
            self.found += [(Brought(group.name, sentence=STOPPED), group) for group in todo]
        finally:
            with _lock:
                _under_way.discard(id(self))

    def _read(self, group: Group) -> Brought:
        first, *more = group.states
        return brought(group.name, first, self.data, self.fixed, keep=True, more=more, tell=self._tell, stop=_Unwanted(self))

    def _tell(self, words: str) -> None:
        self.words = words


class _Unwanted(threading.Event):
    """Set once a drop is cancelled, or nobody has looked at it for long."""

    def __init__(self, drop: Drop) -> None:
        super().__init__()
        self._drop = drop

    def is_set(self) -> bool:
        return self._drop._stop.is_set() or time.monotonic() - self._drop._seen > GONE

    def wait(self, timeout: float | None = None) -> bool:
        self._drop._stop.wait(timeout)
        return self.is_set()


def executor() -> Executor:
    """The threads that wait for the processes."""
    global _pool
    with _lock:
        if _pool is None:
            _pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="import")
        return _pool
