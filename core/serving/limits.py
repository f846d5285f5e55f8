"""What a host allows: one table, each limit an environment variable with its title and the sentence for whoever meets it."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.models import network
from core.runs import classroom, room, store
from core.specs import RunSpec
from core.training import jobs


class BadLimit(ValueError):
    """A variable that holds no limit; the message is a sentence with the cure."""


@dataclass(frozen=True)
class Limit:
    """A whole number that a host may set."""

    variable: str  # of the environment
    title: str  # what it limits, with its unit
    sentence: str  # for who meets it; {most} stands for the number
    default: int | None = None  # None: no limit

    def most(self) -> int | None:
        """The number that holds now, None for no limit.

        Raises:
            BadLimit: the variable holds no whole number of 1 or more.
        """
        text = os.environ.get(self.variable, "").strip()
        if not text:
            return self.default
        if not (text.isascii() and text.isdigit() and int(text) >= 1):
            raise BadLimit(f"{self.variable} is {text!r}; it must be a whole number of 1 or more ({self.title}), or be left out.")
        return int(text)

    def words(self) -> str:
        """The sentence with the number that holds now."""
        return self.sentence.format(most=f"{self.most():,}")


LIMITS = {
    "people": Limit(
        "KERNEL_EXPLORER_PEOPLE",
        "people, that is open pages, in one process",
        "It lets in {most} at a time, and you as soon as somebody leaves: this page looks for room by itself. "
        "Your view stands in its address, so nothing is lost.",
    ),
    "each": Limit(
        "KERNEL_EXPLORER_TRAININGS_EACH",
        "trainings under way for one person",
        "You have as many trainings under way as this server allows one person ({most}). "
        "Start this one when another has ended; your choices stay as they are.",
    ),
    "trainings": Limit(
        "KERNEL_EXPLORER_TRAININGS",
        "trainings under way in all, waiting ones too",
        "As many trainings are under way as this server allows ({most}). "
        "Start yours when another has ended; your choices stay as they are.",
    ),
    "sweep": Limit(
        "KERNEL_EXPLORER_SWEEP",
        "trainings of sweeps under way for one person, waiting ones too",
        "You have as many trainings of sweeps under way, with those of this one, as this server allows one person ({most}). "
        "Take out some values, or start it when others have ended; your choices stay as they are.",
        default=64,
    ),
    "epochs": Limit(
        "KERNEL_EXPLORER_EPOCHS",
        "epochs of a training",
        "A training may have at most {most} epochs here. Choose fewer; your other choices stay as they are.",
    ),
    "images": Limit(
        "KERNEL_EXPLORER_IMAGES",
        "images of a training, those to validate and test too",
        "A training may use at most {most} images here, those to validate and test among them. Choose fewer.",
    ),
    "parameters": Limit(
        "KERNEL_EXPLORER_PARAMETERS",
        "parameters of a network",
        "A network may have at most {most} weights and biases here. Choose fewer or smaller layers.",
    ),
    "upload": Limit(
        "KERNEL_EXPLORER_UPLOAD_MB",
        "MB of an uploaded file",
        "A file may have at most {most} MB here. Choose a smaller one; what you see stays as it is.",
        default=60,
    ),
    "store": Limit(
        "KERNEL_EXPLORER_STORE_MB",
        "MB of the folder of trained runs",
        "This server's store of runs is full ({most} MB) and every run in it was used lately, so it trains nothing new. "
        "Every stored run still opens. Ask whoever runs the server to make room; your choices stay as they are.",
    ),
}


def check() -> None:
    """Read every limit once, when a server starts.

    Raises:
        SystemExit: one cannot be read; the server ends with the sentence.
    """
    try:
        for limit in LIMITS.values():
            limit.most()
    except BadLimit as error:
        raise SystemExit(str(error)) from None


def against(spec: RunSpec, own: Iterable[str]) -> str:
    """Why a person may not start a training now, in a sentence; empty where nothing stands against it.

    Whoever asks for a run that is stored or under way joins it, whatever the limits are.

    Where the store is full, runs that nobody has used lately make room.

    Args:
        own: keys of the runs that this person has asked for.
    """
    under_way = {job.key for job in jobs.active()}
    if spec.key in under_way or spec.key in set(store.keys()):
        return ""
    return _over(_large([spec]) | {"each": len(under_way.intersection(own)) + 1, "trainings": len(under_way) + 1}) or _full()


def against_sweep(specs: Sequence[RunSpec], owner: str) -> str:
    """Why a person may not start the trainings of a sweep now, in a sentence; empty where nothing stands against it.

    They wait in line behind each other, and everybody else has turns in between, so that the limit for one training after another does
    not count: that of sweeps does.

    Args:
        specs: what is neither stored nor under way.
    """
    if not specs:
        return ""
    own = sum(job.progress().state in jobs.ACTIVE for job in jobs.of(owner))
    return _over(_large(specs) | {"sweep": own + len(specs), "trainings": len(jobs.active()) + len(specs)}) or _full()


def _large(specs: Sequence[RunSpec]) -> dict[str, int]:
    """The largest number of some trainings under each limit of size."""
    return {
        "epochs": max(spec.train.epochs for spec in specs),
        "images": max(spec.data.train + spec.data.validation + spec.data.test for spec in specs),
        "parameters": max(network.parameter_count(spec.model) for spec in specs),
    }


def _over(now: Mapping[str, int]) -> str:
    """The sentence of the first limit that a number is over."""
    for name, number in now.items():
        most = LIMITS[name].most()
        if most is not None and number > most:
            return LIMITS[name].words()
    return ""


def _full() -> str:
    """Why nothing more has room in the store; what nobody has used lately and no class has goes first."""
    most = LIMITS["store"].most()
    if most is not None and not room.make(most * 1_000_000, classroom.kept()):
        return LIMITS["store"].words()
    return ""
