"""From files to a run: read, understood, tried, expressed, evaluated and, where asked, stored."""

import hashlib
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from core.data import catalog
from core.importing import naming
from core.importing.expressing import Expressed, expressed
from core.importing.guessing import images_of, made_for
from core.importing.layers import natural
from core.importing.reading import halves, understood
from core.importing.refusal import Refused, refuse, shortly
from core.importing.trying import MANY, Score, Scorer, Solved, operations, solve
from core.importing.understanding import Understood
from core.models import network
from core.models.counts import accuracy, confusion
from core.runs import store
from core.runs.run import Run
from core.specs import DataSpec, OriginSpec, RunSpec, SpecError, TrainSpec

FIRST = 2_000  # test images of the first answer
WHOLE = 20e6  # multiplications an image up to which all test images are counted
LARGE, FEWER = 60e6, 500  # multiplications an image above which the first answer is about fewer test images
SAME = 0.005  # log-losses nearer than this cannot be told apart
SEVERAL = "These files are checkpoints of different networks: {} differ. Drop them one by one."  # what several files are not
_ODD = re.compile(r"[^\w .,+=()-]")  # signs that a title could be read as more than text for; other people may choose the network by it
Tell = Callable[[str], None]  # gets what is being done, in words


@dataclass
class Alternative:
    """One option of a question, and how the network does with it."""

    value: Any
    words: str
    accuracy: float | None
    log_loss: float | None


@dataclass
class Choice:
    """What was inferred and how the alternatives do, so that the owner can correct it."""

    name: str
    title: str
    value: Any
    words: str
    open: bool  # whether another option does as well, so that the images cannot tell
    alternatives: list[Alternative] = field(default_factory=list)

    @property
    def text(self) -> str:
        """In one line."""
        others = [
            f"{one.words} ({100 * one.accuracy:.1f}%, log-loss {one.log_loss:.2f})"
            for one in self.alternatives
            if one.value != self.value and one.accuracy is not None
        ]
        own = next((one for one in self.alternatives if one.value == self.value and one.accuracy is not None), None)
        score = f" ({100 * own.accuracy:.1f}%, log-loss {own.log_loss:.2f})" if own and own.accuracy is not None else ""
        doubt = "; cannot be told apart" if self.open else ""
        return f"{self.title}: {self.words}{score}{'; else ' + ', '.join(others[:3]) if others else ''}{doubt}"


@dataclass
class Brought:
    """A file that became a network, or the sentence that says why not."""

    name: str
    sha256: str = ""
    sentence: str = ""  # empty of a network
    format: str = ""
    exact: bool = False  # whether its architecture is in the file
    model: dict[str, Any] = field(default_factory=dict)  # the ModelSpec as JSON
    summary: str = ""
    parameters: int = 0
    data: str = ""
    images: int = 0  # test images of the accuracy
    accuracy: float = math.nan  # on them, the first ones of the test set
    log_loss: float = math.nan
    choices: list[Choice] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)  # names of its outputs, where they are not the data set's
    notes: list[str] = field(default_factory=list)
    key: str = ""  # of the stored run
    states: int = 1

    @property
    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        out = asdict(self)
        for name in ("accuracy", "log_loss"):
            out[name] = None if math.isnan(out[name]) else out[name]
        return out


Files = Mapping[str, bytes]


def bring(
    name: str,
    files: Files,
    data: str = "mnist",
    fixed: Mapping[str, Any] | None = None,
    *,
    keep: bool = False,
    more: Sequence[Files] = (),
    tell: Tell = lambda _: None,
) -> Brought:
    """Read one network, try it, and keep it as a run where asked.

    Args:
        name: what its owner calls it.
        files: its file, or those that belong together, name -> contents.
        data: name of the data set that it is tried on; empty for the one that its shapes point to.
        fixed: question -> option that the owner has settled; "classes" -> names of its outputs, with commas between them.
        keep: whether it is stored.
        more: further checkpoints of the same network; all of them are ordered by the numbers in their names.
    """
    states = sorted([files, *more], key=lambda one: natural(next(iter(one)))) if more else [files]
    if len(states) == 2 and halves([next(iter(one.values())) for one in states]):
        states = [{**states[0], **states[1]}]
    digest = hashlib.sha256()
    for each in states:
        for one in sorted(each):
            digest.update(each[one])
    out = Brought(shortly(_ODD.sub("_", name).strip(), 80) or "network", digest.hexdigest(), data=data)
    try:
        _bring(out, states, fixed or {}, keep, tell)
    except Refused as refused:
        out.sentence = str(refused)
    except SpecError as error:
        out.sentence = str(error)
    return out


def _bring(out: Brought, states: list[Files], fixed: Mapping[str, Any], keep: bool, tell: Tell) -> None:
    tell("Reading what is in the file")
    data = out.data = out.data or made_for(states[-1])
    found = catalog.get(data)
    if len(found.shape) < 2 or found.shape[0] != found.shape[1]:
        refuse(f"Networks can be tried on {', '.join(n for n, d in catalog.DATASETS.items() if d.module)}; choose one of them.")
    why = catalog.missing(data)
    if why:
        refuse(why)
    images = images_of(found)
    read = [understood(one, images) for one in states]
    if any(list(one.tensors.values()) != list(read[0].tensors.values()) for one in read):
        refuse(SEVERAL.format("the shapes of their weights"))
    tell(f"Trying how it reads images, on {found.title}")
    split = "validation" if "validation" in found.splits else "train"
    pixels, labels = catalog.load(data, split)
    solved = solve(read[-1].puzzle, Scorer(pixels[:MANY], labels[:MANY]), fixed)
    test, actual = catalog.load(data, "test")
    networks = [_network(one, solved, found.shape) for one in read]
    last = networks[-1]
    if any(one.model != last.model for one in networks):
        refuse(SEVERAL.format("their layers"))
    tell(f"Counting how many {found.test_words} it reads right")
    count = FIRST if operations(solved.chain) <= LARGE else FEWER
    said = network.answers(last.model, last.weights, test[:count])
    right = said.argmax(1) == actual[:count]
    shares = np.maximum(said[np.arange(len(right)), actual[:count]], 1e-7)
    out.format, out.exact = read[-1].format, read[-1].exact
    out.model, out.summary = asdict(last.model), summary(last)
    out.parameters = sum(v.size for v in last.weights.values())
    out.images, out.accuracy, out.log_loss = len(right), float(right.mean()), float(-np.log(shares).mean())
    out.choices, out.notes, out.states = choices(read[-1], solved), [*read[-1].puzzle.notes, *last.notes], len(networks)
    out.classes = _classes(read[-1].classes, str(fixed.get("classes", "")), DataSpec(found.name), last.model.sizes[-1], out.notes)
    if out.accuracy < 0.5:
        out.notes.append(
            f"It recognises few of the {found.test_words}: perhaps it was trained on other images, or read them in another way; "
            "the choices below can be corrected."
        )
    if keep:
        out.key = kept(out, networks, solved, found.name, epochs_of([next(iter(one)) for one in states])).key


def _classes(told: Sequence[str], asked: str, data: DataSpec, outputs: int, notes: list[str]) -> list[str]:
    """Names of the outputs that the owner or the file gives, as far as they are other than the data set's."""
    names = naming.of_owner(asked, outputs) or tuple(told)
    if len(names) not in (0, outputs):
        notes.append(f"Its file names {len(names)} classes, and it has {outputs} outputs; the names are left out.")
        return []
    return [] if names == catalog.output_names(data, outputs) else list(names)


def _network(read: Understood, solved: Solved, shape: tuple[int, ...]) -> Expressed:
    chain, given = read.puzzle.build(solved.reading)
    return expressed(chain, given, shape)


def choices(read: Understood, solved: Solved) -> list[Choice]:
    """What was inferred, question by question, with the scores of the alternatives."""
    out = []
    for question in read.puzzle.questions:
        value = solved.reading[question.name]
        found = solved.alternatives.get(question.name, {value: solved.score})
        if len(found) > 1 and len({(score.accuracy, score.log_loss) if score else None for score in found.values()}) == 1:
            continue  # it changes nothing here, as the kind of a pool that there is not
        rated = sorted(found.items(), key=lambda pair: pair[1].log_loss if pair[1] else math.inf)
        alternatives = [_alternative(option, question.options[option], score) for option, score in rated if option in question.options]
        own = found.get(value)
        near = own is not None and any(
            score is not None
            and option != value
            and abs(score.log_loss - own.log_loss) < SAME
            and abs(score.accuracy - own.accuracy) < 0.002
            for option, score in found.items()
        )
        out.append(Choice(question.name, question.title, value, question.options[value], near, alternatives))
    return out


def _alternative(value: Any, words: str, score: Score | None) -> Alternative:
    return Alternative(value, words, score.accuracy, score.log_loss) if score else Alternative(value, words, None, None)


def summary(found: Expressed) -> str:
    """A network in one line."""
    model = found.model
    if model.kind == "dense":
        hidden = f", {model.activation}" if len(model.sizes) > 2 else ""
        return f"dense layers {'-'.join(map(str, model.sizes))}{hidden}"
    if model.kind == "digit_cnn":
        kernels = "+".join(map(str, model.channels))
        return f"digit CNN, {kernels} kernels of {model.kernel_size}x{model.kernel_size}, dense {'-'.join(map(str, model.sizes))}"
    return f"{len(model.layers) - 1} steps: " + " → ".join(text.split(" mode")[0] for text in model.layers)


def epochs_of(names: Sequence[str]) -> list[int]:
    """Which epoch each checkpoint is, by the numbers in their names where these rise, else counted from 1; 0 would mean untrained."""
    numbers = [int(found[-1]) if (found := re.findall(r"\d{1,6}", name)) else 0 for name in names]
    rising = numbers[0] > 0 and all(a < b for a, b in pairwise(numbers))
    return numbers if rising and len(numbers) > 1 else list(range(1, len(names) + 1))


def kept(out: Brought, networks: Sequence[Expressed], solved: Solved, data: str, epochs: Sequence[int]) -> Run:
    """The run of these states, stored with its confusion counts.

    Args:
        epochs: what each state is called.
    """
    found = catalog.get(data)
    test, actual = catalog.load(data, "test")
    count = len(test) if operations(solved.chain) <= WHOLE else min(FIRST, len(test))
    splits = {name: found.splits.get(name, 0) for name in ("train", "validation")}
    asked = DataSpec(data, splits["train"], splits["validation"], count, own=catalog.own_of(data))
    model = networks[-1].model
    weights = {name: np.stack([one.weights[name] for one in networks]) for name in networks[-1].weights}
    digest = hashlib.sha256(repr(list(epochs)).encode())
    for name in sorted(weights):  # what was made of the file: the same file, read in another way, is another run
        digest.update(np.ascontiguousarray(weights[name], np.float32).tobytes())
    spec = RunSpec(asked, model, TrainSpec(epochs=0), OriginSpec(out.name, digest.hexdigest(), tuple(out.classes)))
    chosen = np.arange(len(test)) if count == len(test) else np.sort(np.random.default_rng(asked.seed).permutation(len(test))[:count])
    counts, losses = [], []
    for one in networks:
        said = network.answers(model, one.weights, test[chosen])
        counts.append(confusion(actual[chosen], said.argmax(1), model.sizes[-1]))
        losses.append(float(-np.log(np.maximum(said[np.arange(count), actual[chosen]], 1e-7)).mean()))
    history = {
        "epoch": np.array(epochs, np.float64),
        "step": np.array(epochs, np.float64),
        "seconds": np.zeros(len(networks)),
        "loss_test": np.array(losses),
        "accuracy_test": accuracy(np.stack(counts)),
    }
    header = {
        "origin": {"name": out.name, "sha256": out.sha256, "format": out.format},
        "inferred": [choice.text for choice in out.choices],
        "notes": out.notes,
    }
    return store.save(spec, history, weights, {"confusion": np.stack(counts)}, header=header, precision=np.float32)
