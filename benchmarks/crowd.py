"""A class at once: people who open views and do things there, and what the server takes meanwhile."""

import asyncio
import os
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from benchmarks.figures import percentile
from benchmarks.person import Answer, Person, Trouble
from benchmarks.process import children, cpu_seconds, family, held
from benchmarks.served import Server
from benchmarks.views import ACTS, CHOSEN, FLOOR, STROKE, TAB, View, absent, act, every, values
from core.runs.shipped.pulses import LIVE
from core.training import jobs, processes

PACE = 5.0  # s between somebody's acts, on average
MOVE_SECONDS = 0.06  # between two moves of a pen, at least
IDLE = 32  # sessions by which the memory of one is measured


@dataclass(frozen=True)
class Sample:
    """One request of somebody: what it was and what came of it."""

    kind: str
    answer: Answer | None = None
    error: str = ""


@dataclass(frozen=True)
class Phase:
    """What happened while a number of people were there."""

    name: str
    samples: list[Sample]
    wall: float  # s
    server: float  # s of processor time, of all processes that serve
    client: float  # s of processor time, of this process
    late: float  # s by which this process itself was late, 95 % below


async def somebody(url: str, views: Sequence[View], seed: int, until: float, samples: list[Sample]) -> None:
    """One person of the class, until it is over."""
    rng, person = random.Random(seed), Person(url)
    await asyncio.sleep(rng.uniform(0, PACE))
    kind, key = TAB, ""
    while time.perf_counter() < until:
        try:
            if not key:
                view = rng.choice(views)
                if kind == TAB:
                    await person.leave()
                samples.append(Sample(kind, await person.open(view.page, view.search)))
            else:
                for value in list(values(kind, person.widgets[key], rng)):
                    if (began := time.perf_counter()) > until:
                        break
                    samples.append(Sample(kind, await person.use(key, **value)))
                    if kind == STROKE:
                        await asyncio.sleep(max(0.0, MOVE_SECONDS - (time.perf_counter() - began)))
            wait = rng.uniform(0.5, 1.5) * PACE
            await asyncio.sleep(min(wait, max(0.0, until - time.perf_counter())))
            kind, key = act(person.widgets, rng)
        except Trouble as trouble:
            samples.append(Sample(kind, error=str(trouble)))
            await asyncio.sleep(PACE)
            kind, key = TAB, ""  # as one who loads the page anew
    await person.leave()


async def _lateness(late: list[float]) -> None:
    """How late this process comes to what it wants to do: if that is much, it measures itself."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.05)
        late.append(time.perf_counter() - began - 0.05)


async def crowd(name: str, server: Server, views: Sequence[View], people: int, seconds: float, seed: int = 0) -> Phase:
    """So many people for so long."""
    samples: list[Sample] = []
    late: list[float] = []
    pids, began = family(server.process.pid), time.perf_counter()
    cpu, own = sum(map(cpu_seconds, pids)), time.process_time()
    clock = asyncio.create_task(_lateness(late))
    await asyncio.gather(*(somebody(server.url, views, seed + i, began + seconds, samples) for i in range(people)))
    clock.cancel()
    return Phase(
        name,
        samples,
        time.perf_counter() - began,
        sum(map(cpu_seconds, pids)) - cpu,
        time.process_time() - own,
        percentile(late, 0.95),
    )


async def warm(server: Server, views: Sequence[View]) -> None:
    """Every view once in every process, so that what is computed once is there.

    Raises:
        Trouble: a view does not come up, or none has a widget that people are to use.
    """
    seen = set[str]()
    for cookie in server.cookies:
        person = Person(server.url)
        person.cookie = cookie
        for view in views:
            await person.open(view.page, view.search)
            seen |= set(person.widgets)
            await person.leave()
    if missing := absent(seen, floor=views == FLOOR):
        raise Trouble(f"benchmarks/views.py names widgets that no view has: {', '.join(missing)}")


async def used(server: Server, views: Sequence[View]) -> None:
    """Every section, layer and model that these views offer once in every process, as in a server that a class has been at.

    Raises:
        Trouble: something chosen does not come up.
    """
    keys = [key for kind in CHOSEN for key in ACTS[kind][1]]
    for cookie in server.cookies:
        person = Person(server.url)
        person.cookie = cookie
        for view in views:
            await person.open(view.page, view.search)
            for key in [key for key in keys if key in person.widgets]:
                for value in list(every(person.widgets[key])):
                    if key in person.widgets:
                        await person.use(key, **value)
                await person.open(view.page, view.search)
            await person.leave()


async def idle_memory(server: Server, views: Sequence[View]) -> float:
    """MB of the server that one more open session takes, after as many others have taken up what had been given back before."""
    people, at = [Person(server.url) for _ in range(2 * IDLE)], []
    for i, person in enumerate(people):
        if i == IDLE:
            await asyncio.sleep(1)
            at.append(held(server.process.pid).memory)
        view = views[i * len(views) // IDLE % len(views)]
        await person.open(view.page, view.search)
    await asyncio.sleep(1)
    at.append(held(server.process.pid).memory)
    for person in people:
        await person.leave()
    return (at[1] - at[0]) / IDLE


@contextmanager
def trainings(count: int) -> Iterator[None]:
    """So many networks train meanwhile, each in a process of its own."""
    pool, before = processes.Processes(count), children(os.getpid())
    spec = replace(LIVE, train=replace(LIVE.train, epochs=200))
    found = [jobs.submit(replace(spec, model=replace(spec.model, seed=900 + i)), pool) for i in range(count)]
    try:
        while any(job.progress().state == jobs.QUEUED or job.progress().epoch == 0 for job in found):
            if failed := [job.progress() for job in found if job.progress().state not in jobs.ACTIVE]:
                raise RuntimeError(f"a training did not start: {failed}")
            time.sleep(0.5)
        yield
    finally:
        for job in found:
            job.cancel()
        pool.shutdown()
        while children(os.getpid()) - before:
            time.sleep(0.2)
