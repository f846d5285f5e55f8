"""What a class, a year and a course need, from what one request and one session take.

`python -m benchmarks.capacity --cpu 20 --process 400 --session 0.8 --sent 50` prints the README's table. The figures are those that
`python -m benchmarks.load --views` (CPU and kB of a view, warm) and `python -m benchmarks.load 30 60` (memory of the server and of
an idle session) print on the machine that is meant.
"""

import argparse
import math
from dataclasses import dataclass

LEARNERS = (30, 300, 3_000)
PAUSE = 5.0  # seconds from one act of a person to the next, as in benchmarks.load
SHARE = 0.5  # of a core that may be busy: the rest keeps waits short when many act at once, and trains


@dataclass(frozen=True)
class Need:
    """What so many learners at once need."""

    learners: int
    busy: float  # cores' worth of work
    processes: int  # of the app, one a core
    memory: float  # MB
    sent: float  # MB a second


def need(learners: int, cpu: float, process: float, session: float, sent: float) -> Need:
    """What `learners` who act every PAUSE seconds need.

    Args:
        cpu: ms of the processor that one act takes.
        process: MB of a process without people.
        session: MB more for each person.
        sent: kB that one act sends.
    """
    busy = learners * cpu / 1e3 / PAUSE
    processes = max(1, math.ceil(busy / SHARE))
    return Need(learners, busy, processes, processes * process + learners * session, learners * sent / 1e3 / PAUSE)


def row(found: Need) -> str:
    """A line of the table."""
    memory = f"{found.memory / 1e3:.1f} GB"
    return f"| {found.learners:,} | {found.busy:.2f} | {found.processes:,} | {memory} | {found.sent * 8:.1f} Mbit/s |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cpu", type=float, required=True, help="ms of the processor that one act takes")
    parser.add_argument("--process", type=float, required=True, help="MB of a process without people")
    parser.add_argument("--session", type=float, required=True, help="MB more for each person")
    parser.add_argument("--sent", type=float, required=True, help="kB that one act sends")
    asked = parser.parse_args()
    print("| learners at once | cores busy | processes, one a core | memory | sent |\n|---|---|---|---|---|")
    for learners in LEARNERS:
        print(row(need(learners, asked.cpu, asked.process, asked.session, asked.sent)))


if __name__ == "__main__":
    main()
