"""Train the shipped runs again from scratch, every seed of them, and store them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.runs import store
from core.runs.run import Run
from core.runs.shipped import NAMES, RECORDED, RUNS, SEEDS_OF, seeded
from core.specs import RunSpec, SpecError
from core.training.loop import TOGETHER, EpochRecord, save_records, train_together
from core.training.progress import shown

# Said in the header of recorded runs.
REPLAY = (
    "recorded: the same machine and versions repeat it bit by bit; on others the order of float sums differs, and with it, "
    "perhaps, what becomes of this run"
)


@dataclass(frozen=True)
class Member:
    """One network to be trained for a shipped run."""

    name: str
    seed: int
    spec: RunSpec

    @property
    def stored(self) -> bool:
        """Are its weights those that are stored?"""
        return self.spec == RUNS[self.name]

    @property
    def common(self) -> RunSpec:
        """What networks that train together have in common: all but the initialiser and its seed."""
        return replace(self.spec, model=replace(self.spec.model, initializer="zeros", seed=0))


def groups(names: Sequence[str]) -> list[list[Member]]:
    """The networks of these runs, those together that can train together.

    Raises:
        SpecError: no shipped run has such a name.
    """
    for name in names:
        if name not in RUNS:
            raise SpecError(f"No shipped run is called {name!r}; choose from: {', '.join(RUNS)}.")
    members = [Member(name, seed, seeded(RUNS[name], seed)) for name in names for seed in SEEDS_OF[name]]
    out: dict[Any, list[Member]] = {}
    for member in members:
        alone = member.spec.model.kind not in TOGETHER
        out.setdefault((member.name, member.seed) if alone else member.common, []).append(member)
    return list(out.values())


def reproduce(names: Sequence[str] = (), *, quiet: bool = False) -> Iterator[Run]:
    """Train and store shipped runs, all of them or those named; yield each as it is stored.

    Networks that can train together do, others one after another. The weights of seed 0 are stored, and the histories of all
    seeds. Recorded runs that are stored are left alone unless they are named, since another machine may not repeat their fate.

    Raises:
        SpecError: no shipped run has such a name.
    """
    names = list(names or (name for name in RUNS if not (name in RECORDED and RUNS[name].key in set(store.keys()))))
    histories: dict[str, dict[int, list[dict[str, float]]]] = {name: {} for name in names}
    kept: dict[str, list[EpochRecord]] = {}
    for group in groups(names):
        records = _train(group, quiet)
        for i, member in enumerate(group):
            own = [moment[i] for moment in records]
            histories[member.name][member.seed] = [_row(member.seed, record) for record in own]
            if member.stored:
                kept[member.name] = own
        for name in dict.fromkeys(member.name for member in group):
            if len(histories[name]) == len(SEEDS_OF[name]):
                rows = [row for seed in SEEDS_OF[name] for row in histories[name][seed]]
                yield save_records(RUNS[name], kept.pop(name), seeds=store.stack_history(rows), header={"name": name, **facts(RUNS[name])})


def facts(spec: RunSpec) -> dict[str, Any]:
    """What spec.json says of the images beside the spec: the hash of those that were used."""
    if spec.data.name == "pulses":  # drawn from the spec itself
        from core.data.pulse_sets import fingerprint

        return {"data_sha256": fingerprint(spec.data)} | ({"replay": REPLAY} if NAMES.get(spec.key) in RECORDED else {})
    from core.training.samples import samples

    return {"data_sha256": samples(spec.data).sha256}


def _row(seed: int, record: EpochRecord) -> dict[str, float]:
    return {"seed": seed, "epoch": record.epoch, "step": record.step, "seconds": record.seconds, **record.metrics}


def _train(group: list[Member], quiet: bool) -> list[list[EpochRecord]]:
    """Records of each state of the group's networks; weights and counts of those that are stored alone, to save memory."""
    label = ", ".join(f"{member.name} seed {member.seed}" for member in group)
    moments = train_together([member.spec for member in group])
    return [
        [record if member.stored else replace(record, weights={}, evaluation={}) for member, record in zip(group, moment, strict=True)]
        for moment in shown(moments, group[0].spec.train.epochs, label, quiet=quiet)
    ]
