"""Several processes of the app behind nginx on one machine: `python deploy/serve.py --processes 2 --port 8501`.

Each process is started again when it dies; Ctrl-C or SIGTERM stops them all. They share the run store and the data folder.
With `--servers` nothing but nginx is started, in front of machines that each run this.
"""

import argparse
import os
import resource
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import FrameType
from typing import NoReturn

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from core.serving import limits  # noqa: E402
from deploy import proxy  # noqa: E402
from deploy.proxy import Trouble  # noqa: E402

START_SECONDS = 120.0  # for a process to answer
PAUSE_SECONDS = 5.0  # between two starts of a process that keeps dying
STOP_SECONDS = 10.0
FILES = 65_536


class Part:
    """A process that is kept running."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        self.name, self.command, self.environment = name, command, environment
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0

    def start(self) -> None:
        # A group of its own: the terminal's Ctrl-C reaches this script alone, which then stops everything in order.
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, env=os.environ | self.environment, stdin=subprocess.DEVNULL, start_new_session=True
        )
        self.started = time.monotonic()
        say(f"{self.name} started, process {self.process.pid}")

    @property
    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def tend(self) -> None:
        """Start it again if it has ended, though not at once if it has only just been started."""
        if self.process is not None and self.ended and time.monotonic() - self.started > PAUSE_SECONDS:
            say(f"{self.name} has ended ({self.process.returncode}); starting it again")
            self.start()

    def end(self) -> None:
        """Ask it to end."""
        if self.process is not None:
            self.process.terminate()

    def stop(self) -> None:
        """The same, and wait for it; one that has not ended within STOP_SECONDS is killed."""
        if self.process is None:
            return
        self.end()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def tend(parts: list[Part]) -> NoReturn:
    """Keep parts running until a signal to end, a KeyboardInterrupt."""
    while True:
        time.sleep(0.2)
        for part in parts:
            part.tend()


def end(parts: list[Part]) -> None:
    """Ask all to end, and wait for each."""
    for part in parts:
        part.end()
    for part in parts:
        part.stop()


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def app(port: int, processes: int, work: Path, secret: str) -> Part:
    """One process of the app, on loopback; training takes a share of the cores, one left for the pages."""
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(port), "--server.address", "127.0.0.1"]
    command += ["--server.fileWatcherType", "none"]
    environment = {
        "STREAMLIT_SERVER_COOKIE_SECRET": secret,
        "STREAMLIT_SERVER_MAX_UPLOAD_SIZE": str(limits.LIMITS["upload"].most()),
        "TMPDIR": str(work / "tmp"),  # uploads on their way: the rest of the disk may be read-only
        "KERNEL_EXPLORER_WORKERS": os.environ.get("KERNEL_EXPLORER_WORKERS") or str(max(1, ((os.cpu_count() or 1) - 1) // processes)),
    }
    return Part(f"App on port {port}", command, environment)


def healthy(port: int) -> bool:
    """Whether an app answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def await_health(parts: dict[int, Part]) -> None:
    """Wait until every process answers.

    Raises:
        Trouble: one ends or does not answer in time.
    """
    for port, part in parts.items():
        while not healthy(port):
            if part.ended or time.monotonic() - part.started > START_SECONDS:
                raise Trouble(f"{part.name} did not start; what it said stands above.")
            time.sleep(0.1)


def check_free(ports: list[int], address: str) -> None:
    """See to it that nobody else has a port.

    Raises:
        Trouble: somebody has.
    """
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address if port == ports[0] else "127.0.0.1", port))
            except OSError as error:
                raise Trouble(f"Port {port} cannot be had ({error.strerror}); choose others with --port (make serve PORT=).") from error


def allow_files() -> None:
    """As many open files as the system lets this script have, for it and all that it starts: each person takes some."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, FILES)), hard))


def parser() -> argparse.ArgumentParser:
    """What it takes."""
    top = argparse.ArgumentParser(prog="deploy/serve.py", description="Serve the app by several processes behind nginx.")
    top.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="how many (one a core)")
    top.add_argument("--address", default="127.0.0.1", help="that nginx listens on (127.0.0.1; 0.0.0.0 for everyone)")
    top.add_argument("--port", type=int, default=8501, help="that nginx listens on (8501); the processes have those after it")
    top.add_argument("--work", type=Path, help="folder for what is needed while it runs (build/serve-PORT)")
    top.add_argument("--servers", nargs="+", metavar="HOST:PORT", help="start nginx alone, in front of these machines")
    return top


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; the exit status."""
    asked = parser().parse_args(arguments)
    work = (asked.work or ROOT / "build" / f"serve-{asked.port}").resolve()
    ports = [] if asked.servers else [asked.port + 1 + i for i in range(asked.processes)]
    parts: list[Part] = []

    try:
        if asked.processes < 1:
            raise Trouble("At least one process must serve; choose --processes 1 or more (make serve N=).")
        limits.check()
        allow_files()
        check_free([asked.port, *ports], asked.address)
        for name in ("", "tmp", "body", "proxy"):
            (work / name).mkdir(parents=True, exist_ok=True)
        proxy.lay_out_static(work / "static")
        servers = [proxy.numbered(server) for server in asked.servers or ()] or [f"127.0.0.1:{port}" for port in ports]
        upload = limits.LIMITS["upload"].most()
        assert upload is not None  # it has a default
        cookie = "kernel_explorer_server" if asked.servers else "kernel_explorer_process"
        scripts, embed = proxy.inline_scripts(), proxy.embedding()
        text = proxy.configuration(servers, asked.address, asked.port, work, cookie, upload, scripts, embed)
        (work / "nginx.conf").write_text(text, encoding="utf-8")
        front = Part("nginx", proxy.command(work), {})
        secret = secrets.token_hex()
        apps = {port: app(port, len(ports), work, secret) for port in ports}
        for part in apps.values():
            parts.append(part)
            part.start()
        await_health(apps)
        parts.insert(0, front)
        front.start()
        say(f"Kernel Explorer: http://{asked.address}:{asked.port}, {len(servers)} behind it; Ctrl-C stops it")
        tend(parts)
    except Trouble as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        end(parts)


def stop(number: int, frame: FrameType | None) -> None:
    """What a signal to end does."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    sys.exit(main())
