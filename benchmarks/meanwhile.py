"""Whether what one person has worked out for the first time holds others' pages: `python -m benchmarks.meanwhile`.

One person opens views that are known already, while another opens state after state of what a filter looks for: each is a pass over
all test images that nobody has asked for yet. The peer is the same looking when nobody works anything out.
"""

import asyncio
import os
import tempfile
from collections.abc import Callable
from itertools import cycle

from benchmarks.figures import percentile, say
from benchmarks.person import Person
from benchmarks.served import Server, running

KNOWN = (("mlp", "layer=2&section=units"), ("templates", "section=mistakes"), ("pulses", ""))
STATES = range(2, 10)  # epochs of the digit recogniser
QUIET = 100  # looks without anything under way
PAUSE = 0.05  # s between two looks


async def looks(person: Person, over: Callable[[int], bool]) -> list[float]:
    """ms of each look until it is over."""
    out: list[float] = []
    for view in cycle(KNOWN):
        if over(len(out)):
            return out
        out.append((await person.open(*view)).seconds * 1e3)
        await asyncio.sleep(PAUSE)
    return out


async def measure(server: Server) -> tuple[list[float], list[float], list[float]]:
    """ms of a look alone, of one meanwhile, and of each first computation."""
    person, other = Person(server.url), Person(server.url)
    for view in (*KNOWN, *KNOWN):
        await person.open(*view)
    await other.open("digits", "section=filters")
    alone = await looks(person, lambda count: count >= QUIET)
    firsts: list[float] = []

    async def work() -> None:
        for state in STATES:
            firsts.append((await other.open("digits", f"section=filters&epoch={state}")).seconds * 1e3)

    working = asyncio.create_task(work())
    meanwhile = await looks(person, lambda _: working.done())
    await working
    return alone, meanwhile, firsts


def main() -> None:
    with tempfile.TemporaryDirectory() as runs:
        os.environ["KERNEL_EXPLORER_RUNS"] = runs
        with running() as server:
            alone, meanwhile, firsts = asyncio.run(measure(server))
    say("a first pass over all test images, median", percentile(firsts, 0.5), "ms")
    for share, name in ((0.5, "median"), (0.95, "p95")):
        quiet, busy = percentile(alone, share), percentile(meanwhile, share)
        words = f"views of others while such passes run, {name}"
        say(words, busy, "ms", peer=f"when none runs {quiet:.0f} ms", ratio=round(busy / quiet, 2))


if __name__ == "__main__":
    main()
