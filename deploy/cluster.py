"""The cluster that trains: `deploy/cluster.py scheduler` on one machine, `deploy/cluster.py worker tcp://HOST:8786` on others.

Both keep running what they start, until Ctrl-C or SIGTERM. Workers unpickle what the scheduler sends them: only a trusted network
may reach either.
"""

import argparse
import os
import signal
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from deploy.serve import Part, end, say, stop, tend  # noqa: E402

# A worker that is gone has failed its training at once: it goes on from its last whole epoch under another lease.
SCHEDULER = {
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
    "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "60 s",  # without a word from a worker, as when its cable is cut
}
# Trainings are processes of their own, so a worker's own memory says nothing.
WORKER = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0", "--preload", "core.training.cluster_worker"]


def scheduler(address: str, port: int) -> Part:
    """The scheduler."""
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", address, "--port", str(port)]
    command += ["--no-dashboard", "--dashboard-address", f"{address}:0"]
    return Part("Scheduler", command, SCHEDULER)


def worker(number: int, to: str, work: Path) -> Part:
    """One worker, which has one training at a time."""
    place = work / f"worker-{number}"
    place.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "distributed.cli.dask_worker", to, *WORKER, "--local-directory", str(place)]
    return Part(f"Worker {number}", command, {"OMP_NUM_THREADS": "1"})


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="deploy/cluster.py", description="Run the scheduler or workers of the cluster that trains.")
    parts = top.add_subparsers(dest="part", required=True)
    one = parts.add_parser("scheduler", help="hands trainings to workers; one for all servers, on a trusted network")
    one.add_argument("--address", default="127.0.0.1", help="that it listens on (127.0.0.1)")
    one.add_argument("--port", type=int, default=8786, help="that it listens on (8786)")
    many = parts.add_parser("worker", help="trains; the same packages, app and KERNEL_EXPLORER_RUNS as the servers")
    many.add_argument("scheduler", help="its address, such as tcp://10.0.0.1:8786")
    many.add_argument("--workers", type=int, default=max(1, (os.cpu_count() or 2) - 1), help="how many (a core less than there are)")
    many.add_argument(
        "--work", type=Path, default=ROOT / "build" / "cluster", help="folder for what is needed while they run (build/cluster)"
    )
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run it until told to stop; the exit status."""
    asked = parser().parse_args(arguments)
    if find_spec("distributed") is None:
        say("The package distributed is not installed here: pip install -r requirements-cluster.txt.")
        return 1
    if asked.part == "scheduler":
        parts = [scheduler(asked.address, asked.port)]
    else:
        parts = [worker(number, asked.scheduler, asked.work.resolve()) for number in range(asked.workers)]
    try:
        for part in parts:
            part.start()
        tend(parts)
    except KeyboardInterrupt:
        return 0
    finally:
        end(parts)


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    sys.exit(main())
