"""Which of several readings of a file is right: each is tried on labelled images, and the log-loss ranks them.

A reading is one option for each question ("scaling of the input", "activation"). The search goes from the most usual reading along one
question after the other, several best readings at a time, first on few images, at the end on many.
"""

import itertools
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.importing.chain import Chain, Stage
from core.importing.refusal import Refused, refuse
from core.models.activations import softmax
from core.models.sequence import pixels
from core.models.sequence_steps import output_shape, run
from core.specs import ModelSpec, Step

Reading = tuple[tuple[str, Any], ...]  # (question, option) in the order of the questions
FEW, MANY = 64, 1_000  # images of the first tries and of the last
BEAM = 3
WHOLE_QUESTION = 2.0  # seconds within which every option of a question is tried on many images
REVERTED = 1.5  # seconds more for answers that are odd
POLISH = 3.0  # seconds more for the last comparison
SECONDS = 6.0  # of the processor that a search may take before it ends with the best so far
CLEAR, CROSSED = 0.1, 2.0  # rank above which scalings are tried with choices of two turned round, and seconds more for that
GOOD = 0.25  # rank from which unusual options are no longer looked for
WRITTEN = 25  # what a value costs to write and read again, in multiplications
FEWEST = 24
SURE = 0.3  # rank of a first reading at which its alternatives are left to the comparisons that follow
WORKS = 0.9  # rank below which a layout works, since a wrong one knows next to nothing (2.3)
SETTLED = 6  # layouts that are still compared with one that works
OPERATIONS = 1.5e9  # multiplications of one try, above which it sees fewer images
ODD, ODDER = 0.03, 0.06  # what an option that is not the most usual one, or not among the usual, adds to the log-loss as a share of it
LEAST_SHARE = 1e-7  # no probability counts as less: one confident mistake must not decide
SCALES = {  # how the pixels of a data set were scaled, ink 1 -> (factor, shift, flags)
    "[0, 1]": (1.0, 0.0, ()),
    "mean 0.1307, deviation 0.3081": (1 / 0.3081, -0.1307 / 0.3081, ()),
    "mean 0.5, deviation 0.5 (-1 to 1)": (2.0, -1.0, ()),
    "0 to 255": (255.0, 0.0, ()),
    "-0.5 to 0.5": (1.0, -0.5, ()),
    "inverted: paper 1, ink 0": (-1.0, 1.0, ()),
    "inverted, -1 to 1": (-2.0, 1.0, ()),
    "inverted, 0 to 255": (-255.0, 255.0, ()),
    "inverted, mean 0.1307, deviation 0.3081": (-1 / 0.3081, (1 - 0.1307) / 0.3081, ()),
    "mean 0.286, deviation 0.353": (1 / 0.353, -0.286 / 0.353, ()),
    "mean 0.449, deviation 0.226": (1 / 0.226, -0.449 / 0.226, ()),
    "0 to 16": (16.0, 0.0, ()),
    "0.01 to 1": (0.99, 0.01, ()),
    "black or white": (1.0, 0.0, ("binary",)),
    "black or white, -1 or 1": (2.0, -1.0, ("binary",)),
}


@dataclass(frozen=True)
class Score:
    """How a reading does on labelled images."""

    accuracy: float
    log_loss: float  # of the softmax of what it says, in nats
    rank: float  # log-loss after the best common factor on the logits, which tells what is right before scale is known

    @property
    def text(self) -> str:
        """In words."""
        return f"{100 * self.accuracy:.1f}%, log-loss {self.log_loss:.2f}"


@dataclass
class Question:
    """One choice that the file does not settle."""

    name: str
    title: str
    options: Mapping[Any, str]  # option -> words
    default: Any = None  # the most usual one
    usual: int = 99  # how many options, from the first, are tried before the others
    even: int = 1  # how many options, from the first, are equally usual
    joint: int = 0  # how many are tried together with those of other such questions: one wrong answer hides all the right ones

    def __post_init__(self) -> None:
        if self.default is None:
            self.default = next(iter(self.options))


@dataclass
class Puzzle:
    """What is to be found out: the questions, and the network that a reading gives."""

    questions: list[Question]
    build: Callable[[Mapping[str, Any]], tuple[Chain, Step]]  # network and input of a reading; raises Refused
    notes: list[str] = field(default_factory=list)


@dataclass
class Solved:
    """The reading that was found, and how every alternative does, the rest kept."""

    reading: dict[str, Any]
    chain: Chain
    input: Step
    score: Score
    alternatives: dict[str, dict[Any, Score | None]]  # question -> option -> score, None where it cannot be
    images: int  # on which the scores were measured


class Scorer:
    """Runs readings on images; what two readings share is computed once."""

    def __init__(self, images: np.ndarray, labels: np.ndarray) -> None:
        self.images, self.labels = images, labels.astype(np.int64)
        self.cache: OrderedDict[tuple[Any, ...], np.ndarray] = OrderedDict()
        self.bytes = 0
        self.most = 256 << 20

    def logits(self, chain: Chain, given: Step, count: int) -> np.ndarray:
        """What the network says to the first images before its softmax, (count, classes) float64."""
        stages = list(chain.stages)
        if stages and stages[-1].step.kind == "softmax":
            stages.pop()
        key: tuple[Any, ...] = (count, given)
        x = self._kept(key, lambda: pixels(ModelSpec("sequence", sizes=(1,), layers=(given.text, "flatten")), self.images[:count]))
        for stage in stages:
            key = (*key, stage.step, *(id(v) for v in stage.parameters.values()))
            x = self._kept(key, lambda x=x, stage=stage: _run(stage, x))  # type: ignore[misc]
        return x.reshape(len(x), -1).astype(np.float64)

    def _kept(self, key: tuple[Any, ...], compute: Callable[[], np.ndarray]) -> np.ndarray:
        if key in self.cache:
            self.cache.move_to_end(key)
            return self.cache[key]
        value = compute()
        self.cache[key] = value
        self.bytes += value.nbytes
        while self.bytes > self.most and len(self.cache) > 1:
            self.bytes -= self.cache.popitem(last=False)[1].nbytes
        return value

    def score(self, chain: Chain, given: Step, count: int) -> Score:
        """Accuracy and log-loss on the first images."""
        with np.errstate(all="ignore"):
            z = self.logits(chain, given, count)
            labels = self.labels[:count]
            classes = int(labels.max()) + 1
            if z.shape[1] < classes:
                refuse(f"It ends in {z.shape[1]} values and the images have {classes} classes; choose a data set with as few.")
            z = np.nan_to_num(z, nan=0.0, posinf=1e6, neginf=-1e6)
            right = float((z.argmax(1) == labels).mean())
            if chain.stages and chain.stages[-1].step.kind == "sigmoid":  # each class for itself: its odds are the logits
                z = np.log(np.maximum(z, 1e-9)) - np.log(np.maximum(1 - z, 1e-9))
            scale = max(float(z.std()), 1e-12)
            rank = min(_loss(z * (factor / scale), labels) for factor in (0.05, 0.2, 0.5, 1.0, 1.6, 2.5, 4.0, 8.0))
            return Score(right, _loss(z, labels), rank)


def operations(chain: Chain) -> float:
    """Multiplications that an image costs; a value that is written counts as `WRITTEN` of them."""
    shape: tuple[int, ...] = chain.size
    total = 0.0
    for stage in chain.stages:
        after = output_shape(stage.step, shape)
        if "kernel" in stage.parameters:
            total += stage.parameters["kernel"].size * (math.prod(after[1:]) if stage.step.kind == "conv" else 1)
        total += WRITTEN * math.prod(after)
        shape = after
    return total


def _run(stage: Stage, x: np.ndarray) -> np.ndarray:
    return run(stage.step, "it", {f"it.{name}": value for name, value in stage.parameters.items()}, x)


def _loss(z: np.ndarray, labels: np.ndarray) -> float:
    shares = softmax(z)[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(shares, LEAST_SHARE)).mean())


def settled(puzzle: Puzzle, fixed: Mapping[str, Any]) -> dict[str, Any]:
    """What its owner has settled as options of the questions; an option may be given by its words.

    Raises:
        Refused: a question has no such option; those that it has.
    """
    out: dict[str, Any] = {}
    for question in puzzle.questions:
        if question.name not in fixed:
            continue
        wanted = fixed[question.name]
        found = [option for option, words in question.options.items() if wanted in (option, str(option), words)]
        if not found:
            refuse(f"{question.title}: there is no {str(wanted)[:40]!r}; choose one of: {'; '.join(list(question.options.values())[:12])}.")
        out[question.name] = found[0]
    return out


def solve(puzzle: Puzzle, scorer: Scorer, fixed: Mapping[str, Any] | None = None, seconds: float = SECONDS) -> Solved:
    """The reading that does best on the images.

    Args:
        fixed: question -> option that its owner has settled.

    Raises:
        Refused: no reading gives a network; the most usual one's sentence.
    """
    started = time.process_time()
    fixed = settled(puzzle, fixed or {})
    questions = [q for q in puzzle.questions if len(q.options) > 1 and q.name not in fixed]
    defaults = {q.name: q.default for q in puzzle.questions} | fixed
    tried: dict[tuple[int, Reading], Score | None] = {}
    trouble: list[str] = []

    def reading(values: Mapping[str, Any]) -> Reading:
        return tuple((q.name, values[q.name]) for q in puzzle.questions)

    def score(values: Mapping[str, Any], count: int) -> Score | None:
        key = (count, reading(values))
        if key not in tried:
            try:
                tried[key] = scorer.score(*puzzle.build(values), count)
            except Refused as refused:
                trouble.append(str(refused))
                tried[key] = None
        return tried[key]

    def late() -> bool:
        return time.process_time() - started > seconds

    try:
        each = max(operations(puzzle.build(defaults)[0]), 1.0)
    except Refused:
        each = 1.0
    few = int(min(FEW, len(scorer.images), max(OPERATIONS / 3 / each, 40)))
    many = int(min(MANY, len(scorer.images), max(OPERATIONS / each, 200)))

    def oddity(values: Mapping[str, Any]) -> float:
        share = 1.0
        for question in puzzle.questions:
            place = list(question.options).index(values[question.name]) if values[question.name] in question.options else 0
            if values[question.name] != question.default and place >= question.even:
                share += ODD if place < question.usual else ODDER
        return share

    beam = [defaults]
    together = [q for q in questions if q.joint]
    if together:
        seeds: list[tuple[float, int, dict[str, Any]]] = []
        for several in itertools.product(*(list(q.options)[: q.joint] for q in together)):
            values = {**defaults, **dict(zip((q.name for q in together), several, strict=True))}
            if not late() and (found := score(values, max(few // 2, FEWEST))) is not None:
                seeds.append((found.rank * oddity(values), len(seeds), values))
                if found.rank < SURE:
                    break
        beam = [values for _, _, values in sorted(seeds, key=lambda one: one[:2])[:BEAM]] or beam
    for turn in range(6):
        before = [reading(one) for one in beam]
        lead = score(beam[0], few)
        works = lead is not None and lead.rank < WORKS
        open_ = turn > 0 and (lead is None or lead.rank > GOOD)
        for question in questions:
            if turn == 0 and question.joint:  # just tried
                continue
            pool: dict[Reading, dict[str, Any]] = {}
            for one in beam:
                options = list(question.options)
                usual = min(question.usual, SETTLED) if works and question.name == "layout" else question.usual
                if question.name == "scaling":  # of which any may be right, and no other choice hides it
                    usual = len(options) if one is beam[0] else question.even
                for option in options if open_ else [*options[:usual], one[question.name]]:
                    changed = {**one, question.name: option}
                    pool.setdefault(reading(changed), changed)
                    score(changed, few)
                    if late():
                        break
            known = [
                (s.rank * oddity(values), i, values)
                for i, (key, values) in enumerate(pool.items())
                if (s := tried.get((few, key))) is not None
            ]
            if known:
                beam = [values for _, _, values in sorted(known, key=lambda one: one[:2])[:BEAM]]
            if late():
                break
        if late() or (turn and [reading(one) for one in beam] == before):
            break

    beam = [_flipped(beam[0], questions, lambda values: score(values, few), oddity), *beam]
    scaling = next((q for q in questions if q.name == "scaling"), None)
    scales = list(scaling.options) if scaling else []
    lead = score(beam[0], few)
    if scaling and lead is not None and lead.rank > CLEAR:
        seconds += CROSSED  # a wrong scaling and a wrong choice of two may hold each other up
        flipped = [
            _flipped({**beam[0], "scaling": option}, questions, lambda values: score(values, few), oddity, 1)
            for option in scales[: scaling.usual]
            if option != beam[0]["scaling"] and not late()
        ]
        ranked = [(s.rank * oddity(one), i, one) for i, one in enumerate([beam[0], *flipped]) if (s := score(one, few)) is not None]
        beam = [*(one for _, _, one in sorted(ranked, key=lambda one: one[:2])[:2]), *beam]
    rescaled = [{**beam[0], "scaling": option} for option in scales]  # what scaled best among wrong answers need not do so among right ones
    rated = [(s.rank * oddity(one), i, one) for i, one in enumerate(rescaled) if (s := score(one, few)) is not None]
    if rated:
        beam.insert(0, min(rated, key=lambda one: one[:2])[2])
    # what looks odd on few images must beat the plain reading of the same layout on many
    kept = {q.name for q in puzzle.questions if q.joint} | {"scaling"}
    plain = [{**defaults, **{name: option for name, option in one.items() if name in kept}} for one in beam[:2]]
    clock = time.process_time()
    finalists = [(s, one) for one in [*beam, *plain] if (s := score(one, many)) is not None]
    pace = (time.process_time() - clock) / max(len(finalists), 1)  # seconds of one try on many images
    if not finalists:
        raise Refused(trouble[0] if trouble else "No reading of the file gives a network.")
    best = _best(finalists, many, oddity)
    seconds += REVERTED
    for question in questions:  # an odd answer to a question of two that few images liked better must do so on many, each for itself
        if len(question.options) == 2 and best[1][question.name] != question.default and not late():
            common = {**best[1], question.name: question.default}
            if (found := score(common, many)) is not None:
                best = _best([best, (found, common)], many, oddity)
    alternatives: dict[str, dict[Any, Score | None]] = {}
    seconds += POLISH
    for _ in range(3):
        changed_any = False
        for question in questions:
            if late() and question.name in alternatives:
                continue
            near = [best[1][question.name]] if late() else _near(question, best[1], tried, reading, few, 4)
            if not late() and len(question.options) * pace < WHOLE_QUESTION:
                near = list(question.options)
            scores = {option: score({**best[1], question.name: option}, many) for option in near}
            alternatives[question.name] = scores
            measured = [(s, {**best[1], question.name: option}) for option, s in scores.items() if s is not None]
            better = _best([best, *measured], many, oddity)
            if reading(better[1]) != reading(best[1]):
                best, changed_any = better, True
        if not changed_any or late():
            break
    for question in puzzle.questions:  # what its owner has settled is set against the others, too, so that it can be taken back
        if question.name in fixed and len(question.options) > 1:
            whole = not late() and len(question.options) * pace < WHOLE_QUESTION
            tried_now = list(question.options) if whole else [best[1][question.name]]
            alternatives[question.name] = {option: score({**best[1], question.name: option}, many) for option in tried_now}
    chain, given = puzzle.build(best[1])
    return Solved(dict(best[1]), chain, given, best[0], alternatives, many)


def _best(
    scored: list[tuple[Score, dict[str, Any]]], images: int, oddity: Callable[[Mapping[str, Any]], float]
) -> tuple[Score, dict[str, Any]]:
    """The least log-loss among those whose accuracy is not clearly below the best one's; a usual reading before an odd one."""
    most = max(score.accuracy for score, _ in scored)
    noise = 0.7 * math.sqrt(max(most * (1 - most), 0.005) / images) + 1.5 / images  # the same images for all; one or two tell nothing
    close = [pair for pair in scored if pair[0].accuracy >= most - noise]
    return min(close, key=lambda pair: pair[0].log_loss * oddity(pair[1]))


def _flipped(
    values: dict[str, Any],
    questions: list[Question],
    score: Callable[[Mapping[str, Any]], Score | None],
    oddity: Callable[[Mapping[str, Any]], float],
    turns: int = 2,
) -> dict[str, Any]:
    """The reading after every choice of two was tried the other way round, `turns` times: one settled early may be wrong by now."""
    best, least = values, math.inf
    if (found := score(values)) is not None:
        least = found.rank * oddity(values)
    for _ in range(turns):
        before = best
        for question in questions:
            if len(question.options) != 2:
                continue
            other = next(option for option in question.options if option != best[question.name])
            changed = {**best, question.name: other}
            if (found := score(changed)) is not None and found.rank * oddity(changed) < least:
                best, least = changed, found.rank * oddity(changed)
        if best is before:
            break
    return best


def _near(
    question: Question, values: Mapping[str, Any], tried: Mapping[Any, Score | None], reading: Callable[..., Reading], few: int, most: int
) -> list[Any]:
    """The options of a long question that did best on few images, the chosen one among them."""
    ranked = []
    for i, option in enumerate(question.options):
        found = tried.get((few, reading({**values, question.name: option})))
        if found is not None:
            ranked.append((found.rank, found.log_loss, i, option))
    near = [option for _, _, _, option in sorted(ranked, key=lambda one: one[:3])[:most]]
    near += [
        option
        for _, _, option in sorted(((loss, i, option) for _, loss, i, option in ranked), key=lambda one: one[:2])[: most // 2]
        if option not in near
    ]
    if len(ranked) < 3:  # there was no time for more
        near += [option for option in list(question.options)[:3] if option not in near]
    return near if values[question.name] in near else [values[question.name], *near]
