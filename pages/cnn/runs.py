"""Which runs the CNN page shows: all that fit, the family of one, and those of the gallery of fates."""

from dataclasses import replace
from functools import lru_cache

from core.frame import visitor
from core.runs import catalog
from core.runs.catalog import Entry
from core.runs.fitting import cnn as fits
from core.runs.shipped import RUNS
from core.specs import PulseSpec, RunSpec

GALLERY = 12  # runs whose fates stand beside each other


FIRST = next(name for name, spec in RUNS.items() if fits(spec))  # the shipped runs stand in the order of what they show best


def pulses_of(spec: RunSpec) -> PulseSpec:
    """How the pulses of a run are drawn: their size, classes and ranges."""
    assert spec.data.pulses is not None, "a run that fits has pulses"
    return spec.data.pulses


def fitting() -> list[Entry]:
    """Runs that this page can show: shipped ones, this person's own, then others in the store."""
    return catalog.fitting(fits, visitor.own())


def family(spec: RunSpec) -> dict[int, str]:
    """Runs that differ from this one in their number of first kernels alone, itself among them: number -> id, ascending."""
    found = {entry.spec.model.channels[0]: entry.id for entry in [*fitting(), catalog.entry(spec)] if _alike(entry.spec) == _alike(spec)}
    return dict(sorted(found.items()))


@lru_cache(maxsize=4_096)
def _alike(spec: RunSpec) -> RunSpec:
    """What the members of a family have in common."""
    return replace(spec, model=replace(spec.model, channels=(1, *spec.model.channels[1:])))


def gallery() -> tuple[list[Entry], int]:
    """The runs whose fates are shown, one of each family first, and how many more there are."""
    firsts: list[Entry] = []
    others: list[Entry] = []
    families = set()
    for entry in fitting():
        (others if _alike(entry.spec) in families else firsts).append(entry)
        families.add(_alike(entry.spec))
    ordered = [*firsts, *others]
    return ordered[:GALLERY], len(ordered[GALLERY:])
