"""The app on a free port and a headless browser, for benchmarks and browser tests."""

import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.ports import free_port

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def browser_path() -> str | None:
    """An installed Chromium or Chrome, first the one without windows, which is lighter; CHROMIUM names another."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("CHROMIUM") or next((path for name in names if (path := shutil.which(name))), None)


def _own_store(folder: Path) -> dict[str, str]:
    """What is trained goes beside the server's log; the shipped runs are found all the same."""
    return {"KERNEL_EXPLORER_RUNS": str(folder / "runs")}


class Server:
    """A Streamlit script on a free port of 127.0.0.1, with a run store of its own unless told which; stopped by `stop`."""

    cookies: tuple[str, ...] = ("",)  # one for each process that serves, by which a browser is sent to it

    def __init__(self, folder: Path, script: str = "streamlit_app.py", **environment: str) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.log = (folder / f"server-{port}.log").open("w+")
        self.command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port), "--server.address", "127.0.0.1"]
        self.environment = _own_store(folder) | os.environ | environment
        self._start()

    def _start(self) -> None:
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, env=self.environment, stdout=self.log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )
        try:
            self._wait()
        except BaseException:  # an end that is asked for meanwhile, too
            self.stop()
            raise

    def _wait(self) -> None:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1)
                return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.2)
        raise RuntimeError(f"the app did not start: {Path(self.log.name).read_text()}")

    def restart(self) -> None:
        """Stop and start it again at the same address, as after a crash: nothing is remembered."""
        self.process.kill()
        self.process.wait()
        self._start()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


class Several(Server):
    """The app by so many processes behind nginx."""

    def __init__(self, folder: Path, processes: int, **environment: str) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.log = (folder / f"server-{port}.log").open("w+")
        self.command = [
            sys.executable,
            "deploy/serve.py",
            "--processes",
            str(processes),
            "--port",
            str(port),
            "--work",
            str(folder / "work"),
        ]
        self.environment = _own_store(folder) | os.environ | environment
        self.cookies = tuple(f"kernel_explorer_process=place{place}" for place in range(processes))
        self._start()


def _end(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # asked twice, it would leave the tidying up
    sys.exit("stopped")


@contextmanager
def running(script: str = "streamlit_app.py", processes: int = 1, **environment: str) -> Iterator[Server]:
    """A server of the app, or of another script, for one benchmark; it starts no download and finds the shared data sets.

    It ends with this process, where that is asked to end too. More than one process: the app behind nginx.
    """
    signal.signal(signal.SIGTERM, _end)
    environment = {"KERNEL_EXPLORER_OFFLINE": "1", "PYTHONPATH": str(ROOT)} | environment
    if SHARED.is_dir() and "KERNEL_EXPLORER_DATA" not in os.environ:
        environment["KERNEL_EXPLORER_DATA"] = str(SHARED)
    with tempfile.TemporaryDirectory() as folder:
        server = Several(Path(folder), processes, **environment) if processes > 1 else Server(Path(folder), script, **environment)
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def served(script: str = "streamlit_app.py") -> Iterator[tuple[str, Browser]]:
    """The app's address and a browser, for one benchmark; says what machine this is."""
    path = browser_path()
    if path is None:
        sys.exit("No Chromium or Chrome is installed; name one with CHROMIUM=/path/to/browser.")
    with running(script) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        print(f"{machine()}, Chromium {browser.version}", file=sys.stderr)
        yield server.url, browser
        browser.close()


def machine() -> str:
    """What machine this is and what else it does."""
    return f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
