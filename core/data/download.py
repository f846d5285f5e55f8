"""Downloads of data sets as the app sees them: start, progress, cancel, and how they ended."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from core.data.fetch import Source
from core.data.folder import data_folder

ROOT = Path(__file__).parents[2]
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

    def __init__(self, name: str, title: str, total: int, limit: float, source: Source | None = None) -> None:
        self.name, self.title = name, title  # key of DATASETS, and what people call it
        self.total = total  # bytes of the archives
        self.limit = limit  # seconds after which it is given up
        self._source = source
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._scratch: Path | None = None
        self._started, self._most = 0.0, 0
        self._ended = Progress(IDLE, total=total)
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
            self._started, self._most = time.monotonic(), 0
            folder = data_folder()
            try:
                folder.mkdir(parents=True, exist_ok=True)
                _sweep(folder)
                self._scratch = Path(tempfile.mkdtemp(prefix=f".{self.name}-", dir=folder))
                source = json.dumps(asdict(self._source or _configured(self.name)))
                values = [self.name, str(self._scratch), str(folder), source, str(os.getpid())]
                command = [sys.executable, "-m", "core.data.fetch", *values]
                self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            except OSError:
                self._ended = self._failed("the data folder cannot be written; set KERNEL_EXPLORER_DATA to one that can")
                return
            threading.Thread(target=self._follow, args=(self._process, self._scratch), daemon=True).start()

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
            self._most = max(self._most, self._arrived())  # the archives are removed before the process ends
            return Progress(RUNNING, self._most, self.total, time.monotonic() - self._started)

    def wait(self, seconds: float) -> Progress:
        """Where it stands when it has ended, or after some seconds."""
        end = time.monotonic() + seconds
        while self.progress().state == RUNNING and time.monotonic() < end:
            time.sleep(0.05)
        return self.progress()

    def _follow(self, process: subprocess.Popen[str], scratch: Path) -> None:
        """Wait for the process, then note how it ended."""
        try:
            output, _ = process.communicate(timeout=self.limit)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            output = json.dumps(f"it took longer than {self.limit / 60:.0f} minutes")
        shutil.rmtree(scratch, ignore_errors=True)
        with self._lock:
            self._process = None
            if process.returncode == 0:
                self._ended = Progress(DONE, self.total, self.total, time.monotonic() - self._started)
            elif self._cancelled:
                self._ended = Progress(CANCELLED, total=self.total, sentence=f"The download of {self.title} was cancelled.")
            else:
                self._ended = self._failed(json.loads(output) if output else "its process was ended from outside")

    def _failed(self, why: str) -> Progress:
        seconds = time.monotonic() - self._started
        return Progress(FAILED, 0, self.total, seconds, f"{self.title} could not be downloaded: {why}.")

    def _arrived(self) -> int:
        """Bytes of archives in the scratch folder; files may move away while they are counted."""
        count = 0
        for place, _, names in os.walk(self._scratch or ""):
            for name in names:
                if name.endswith(".gz"):
                    try:
                        count += os.path.getsize(os.path.join(place, name))
                    except OSError:
                        continue
        return count


def _configured(name: str) -> Source:
    """KERNEL_EXPLORER_MIRROR, if set, holds mnist/ and cifar10/ (a class behind a slow line); sums are still torchvision's."""
    mirror = os.environ.get("KERNEL_EXPLORER_MIRROR")
    return Source((f"{mirror.rstrip('/')}/{name}/",)) if mirror else Source()


def _sweep(folder: Path) -> None:
    """Remove scratch folders that a killed app left behind."""
    for path in folder.glob(".*-*"):
        if path.name.startswith((".mnist-", ".cifar10-")) and time.time() - path.stat().st_mtime > STALE_SECONDS:
            shutil.rmtree(path, ignore_errors=True)


DOWNLOADS = {
    "mnist": Download("mnist", "MNIST", 11_594_722, limit=600),
    "cifar10": Download("cifar10", "CIFAR-10", 170_498_071, limit=3_600),
}
