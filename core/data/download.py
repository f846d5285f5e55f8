"""Downloads of data sets as the app sees them: start, progress, cancel, and how they ended."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from core.data.catalog import DATASETS, DataSet
from core.data.fetch import Source
from core.data.folder import data_folder

ROOT = Path(__file__).parents[2]
SCRATCH = ".download-"  # how the names of scratch folders begin
SLOWEST = 55e3  # bytes a second; a line below this is given up
STALE_SECONDS = 2 * 3600.0  # a scratch folder older than this was left behind by a killed app

IDLE, RUNNING, DONE, FAILED, CANCELLED = "idle", "running", "done", "failed", "cancelled"


@dataclass(frozen=True)
class Progress:
    """How far a download is."""

    state: str  # idle, running, done, failed or cancelled
    bytes: int = 0  # that have arrived
    total: int = 0  # bytes of the whole archives
    seconds: float = 0.0  # since it started
    sentence: str = ""  # why it failed, and what helps

    @property
    def share(self) -> float:
        """0 to 1."""
        return min(self.bytes / self.total, 1.0) if self.total else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds still needed at the mean speed so far; None while nothing has arrived."""
        return self.seconds * (1 - self.share) / self.share if self.share > 0 else None


class Download:
    """One data set's download in a process of its own; any thread may ask for it at any time."""

    def __init__(self, data: DataSet, limit: float | None = None, source: Source | None = None) -> None:
        self.name, self.title, self.total = data.name, data.title, data.size
        self.limit = limit or 600 + data.size / SLOWEST  # seconds after which it is given up
        self._source = source
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._started, self._bytes = 0.0, 0
        self._ended = Progress(IDLE, total=self.total)
        self._begun = self._cancelled = False

    def start_once(self) -> None:
        """Start on the first call in this process, never again by itself; KERNEL_EXPLORER_OFFLINE=1 forbids it."""
        if os.environ.get("KERNEL_EXPLORER_OFFLINE", "0") not in ("", "0"):
            return
        with self._lock:
            first, self._begun = not self._begun, True
        if first:
            self.start()

    def start(self) -> None:
        """Start in the background and return at once; nothing happens while it runs already."""
        with self._lock:
            if self._process is not None:
                return
            self._begun, self._cancelled = True, False
            self._started, self._bytes = time.monotonic(), 0
            folder = data_folder()
            try:
                folder.mkdir(parents=True, exist_ok=True)
                _sweep(folder)
                scratch = Path(tempfile.mkdtemp(prefix=f"{SCRATCH}{self.name}-", dir=folder))
                source = json.dumps(asdict(self._source or _configured(self.name)))
                values = [self.name, str(scratch), str(folder), str(self.total), source, str(os.getpid())]
                command = [sys.executable, "-m", "core.data.fetch", *values]
                self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            except OSError:
                self._ended = self._failed("the data folder cannot be written; set KERNEL_EXPLORER_DATA to one that can")
                return
            threading.Thread(target=self._follow, args=(self._process, scratch), daemon=True).start()

    def cancel(self) -> None:
        """Stop it; what has arrived is thrown away."""
        with self._lock:
            if self._process is not None:
                self._cancelled = True
                self._process.kill()

    def progress(self) -> Progress:
        """Where it stands now."""
        with self._lock:
            if self._process is None:
                return self._ended
            return Progress(RUNNING, self._bytes, self.total, time.monotonic() - self._started)

    def wait(self, seconds: float) -> Progress:
        """Where it stands when it has ended, or after some seconds."""
        end = time.monotonic() + seconds
        while self.progress().state == RUNNING and time.monotonic() < end:
            time.sleep(0.05)
        return self.progress()

    def _follow(self, process: subprocess.Popen[str], scratch: Path) -> None:
        """Listen to the process until it has ended, then note how."""
        why = "its process was ended from outside"
        overdue = threading.Timer(self.limit, process.kill)
        overdue.daemon = True
        overdue.start()
        for line in process.stdout or ():
            with suppress(ValueError):  # a line that was cut off by a kill
                said = json.loads(line)
                if isinstance(said, int):
                    self._bytes = said
                else:
                    why = said
        process.wait()
        overdue.cancel()
        shutil.rmtree(scratch, ignore_errors=True)
        seconds = time.monotonic() - self._started
        with self._lock:
            self._process = None
            if process.returncode == 0:
                self._ended = Progress(DONE, self.total, self.total, seconds)
            elif self._cancelled:
                self._ended = Progress(CANCELLED, total=self.total, sentence=f"The download of {self.title} was cancelled.")
            else:
                self._ended = self._failed(f"it took longer than {self.limit / 60:.0f} minutes" if seconds > self.limit else why)

    def _failed(self, why: str) -> Progress:
        seconds = time.monotonic() - self._started
        return Progress(FAILED, 0, self.total, seconds, f"{self.title} could not be downloaded: {why}.")


def _configured(name: str) -> Source:
    """KERNEL_EXPLORER_MIRROR, if set, holds mnist/, cifar10/, ... (a class behind a slow line); sums are the published ones."""
    mirror = os.environ.get("KERNEL_EXPLORER_MIRROR")
    return Source((f"{mirror.rstrip('/')}/{name}/",)) if mirror else Source()


def _sweep(folder: Path) -> None:
    """Remove scratch folders that a killed app left behind."""
    for path in folder.glob(f"{SCRATCH}*"):
        with suppress(FileNotFoundError):  # its download has just ended
            if time.time() - path.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(path, ignore_errors=True)


DOWNLOADS = {name: Download(data) for name, data in DATASETS.items() if data.size}
