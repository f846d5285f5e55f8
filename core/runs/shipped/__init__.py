"""The runs that come with the app, by name: each family in a file of its own, gathered here."""

from dataclasses import replace
from importlib import import_module

from core.specs import RunSpec

# modules with RUNS, TITLES and, where not these five, SEEDS (of all, or by name)
FAMILIES = ("mlp", "templates", "uci", "pulses", "digits")
SEEDS = (0, 1, 2, 3, 4)  # whose histories a shipped run holds; the weights are those of seed 0


def _gather() -> tuple[dict[str, RunSpec], dict[str, tuple[str, str]], dict[str, tuple[int, ...]], set[str]]:
    runs: dict[str, RunSpec] = {}
    titles: dict[str, tuple[str, str]] = {}
    seeds: dict[str, tuple[int, ...]] = {}
    recorded: set[str] = set()
    for family in FAMILIES:
        module = import_module(f"core.runs.shipped.{family}")
        runs.update(module.RUNS)
        titles.update(module.TITLES)
        own = getattr(module, "SEEDS", SEEDS)
        seeds.update(own if isinstance(own, dict) else dict.fromkeys(module.RUNS, own))
        recorded.update(getattr(module, "RECORDED", ()))
    return runs, titles, seeds, recorded


# name -> spec, name -> title and line, name -> seeds, names whose fate another machine may not repeat
RUNS, TITLES, SEEDS_OF, RECORDED = _gather()
NAMES: dict[str, str] = {spec.key: name for name, spec in RUNS.items()}  # key -> name


def seeded(spec: RunSpec, seed: int) -> RunSpec:
    """The same run from another start and with another order of the images; seed 0 is the shipped one."""
    return replace(spec, model=replace(spec.model, seed=seed), train=replace(spec.train, seed=seed))
