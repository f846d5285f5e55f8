"""The doors: what comes in at each, and what takes it. A taker raises what the door's pages turn into sentences, and nothing else."""

import contextlib
import io
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.fuzz import files, mutations, own

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Door:
    """One way in."""

    title: str
    count: int  # inputs of `make fuzz`
    make: Callable[[Random], Any]
    take: Callable[[Any], Any]  # raises one of `sentences`, or gives what a page would show
    sentences: Callable[[], tuple[type[BaseException], ...]]


def _formula(random: Random, depth: int = 0) -> str:
    """A formula by the grammar, and a little beyond it."""
    from core.data.formula import FUNCTIONS

    if depth > 5 or random.random() < 0.25:
        return random.choice(("t", "pi", "e", "0", "1", "2.5", ".5", "1e9", "1e-300", "x", "9" * 30, "1."))
    match random.randrange(6):
        case 0:
            name = random.choice([*FUNCTIONS, "eval"])
            return f"{name}({', '.join(_formula(random, depth + 1) for _ in range(random.choice((1, 1, 2, 0))))})"
        case 1:
            return f"({_formula(random, depth + 1)})"
        case 2:
            return random.choice("+-") * random.choice((1, 2, 45)) + _formula(random, depth + 1)
    mark = random.choice(("+", "-", "*", "/", "^", "**", "<", ">", "<=", ">=", " "))
    return f"{_formula(random, depth + 1)}{mark}{_formula(random, depth + 1)}"


def formula(random: Random) -> str:
    text = _formula(random)
    return mutations.of_text(random, text) if random.random() < 0.4 else text


def take_formula(text: str) -> object:
    from core.data import own_pulse

    heights = own_pulse.from_formula(text, 28)
    return own_pulse.draw(own_pulse.fit(heights), 28, 1), own_pulse.draw(heights, 28, 2)


def samples(random: Random) -> bytes:
    """A file of samples: separators, decimals, headers and ends of lines of many kinds."""
    mark, point, end = random.choice(",;\t "), random.choice(".,"), random.choice(("\n", "\r\n", "\r"))
    columns = random.choice((1, 2, 2, 3))
    head = random.choice(("", "x,y", "# a remark", ";c", '"t";"V"', "\ufefft,V"))
    odd = ("nan", "", "1e999", "-5", "3e-3", "7")
    rows = [
        mark.join(random.choice(odd) if random.random() < 0.02 else f"{i + j:.2f}".replace(".", point) for j in range(columns))
        for i in range(random.choice((0, 1, 2, 30, 400)))
    ]
    text = end.join([head, *rows] if head else rows)
    if random.random() < 0.4:
        text = mutations.of_text(random, text)
    data = text.encode(random.choice(("utf-8", "utf-8", "utf-16", "latin-1")), "replace")
    return mutations.of_bytes(random, data) if random.random() < 0.3 else data


def take_samples(data: bytes) -> object:
    from core.data import own_pulse
    from core.data.scope.file import read

    return [own_pulse.draw(own_pulse.fit(channel.heights), 28, 1) for reading in read(data) for channel in reading.channels]


def take_picture(data: bytes) -> object:
    import numpy as np

    from core.data import decoder, drawing, pictures

    pixels = np.asarray(decoder.reduced(data))
    grey = pictures.grey(pixels)
    pictures.middle_square(grey, 100)
    return drawing.prepare_drawing(pictures.ink_square(pictures.ink(grey))).centred


def take_zip(data: bytes) -> object:
    from core.analysis import pulse_sets
    from core.data.pulse_zip import read_zip

    found = read_zip(data)
    values = pulse_sets.shown(found.parameters, found.spec.size)
    for name in pulse_sets.spread(values):
        pulse_sets.histogram(values, name, found.spec.classes)
    return found.pulses, pulse_sets.balance(found.parameters, found.spec.classes), pulse_sets.twins(found.spec, found.parameters)


@lru_cache(maxsize=1)
def choices() -> list[Any]:
    """Every choice that the pages declare as they open, each page run once; what a choice reads may depend on what others hold."""
    import streamlit as st
    from streamlit.testing.v1 import AppTest
    from streamlit.util import calc_hash

    from core.frame import choices as held
    from core.frame.site import ENTRIES

    out = []
    for entry in ENTRIES:
        at = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
        at._page_hash = calc_hash(entry.path)
        at.run()
        for (page, name), choice in at.session_state[held._DECLARED].items():
            out.append(choice)
            st.session_state[held.key(page, name)] = at.session_state[held.key(page, name)]
    return out


def link(random: Random) -> tuple[int, str]:
    """A choice, by number, and the text that a link gives it: another choice's, a changed one of its own, or anything."""
    known = choices()
    number = random.randrange(len(known))
    one = known[number if random.random() < 0.7 else random.randrange(len(known))]
    text = "" if one.default is None else one.write(one.default)
    if random.random() < 0.4:
        text = random.choice(one.allowed.replace("one of ", "").replace(",", " ").split())
    return number, mutations.of_text(random, text) if random.random() < 0.8 else random.choice(mutations.TEXTS)


def take_link(value: tuple[int, str]) -> object:
    from core.frame.plain import plain

    number, text = value
    plain(text).encode()
    one = choices()[number]
    try:
        found = one.read(text)
    except (ValueError, OverflowError) as error:  # as core.frame.choices takes it
        raise ValueError(f"{one.name} is not {one.allowed}") from error
    if found is None:  # stays out of the address
        return None
    again = one.read(one.write(found))
    assert again == found, "what a link says must be what it said before"
    return found


RUN = {"data": {"name": "uci-digits", "train": 100, "validation": 10, "test": 50}, "model": {"sizes": [64, 10]}, "train": {"epochs": 1}}
PULSES = {
    "data": {"name": "pulses", "train": 9, "validation": 0, "test": 3, "pulses": {"size": 28, "classes": ["square"], "drift": 0.1}},
    "model": {
        "kind": "pulse_cnn",
        "channels": [2, 1],
        "kernel_size": 3,
        "image": 28,
        "sizes": [8, 3],
        "output": "tanh",
        "initializer": "he",
    },
    "train": {"loss": "l1", "optimizer": "sgd", "learning_rate": 0.1, "batch": 3, "epochs": 1},
}


def spec(random: Random) -> Any:
    return mutations.of_json(random, random.choice((RUN, PULSES)))


def take_spec(values: Any) -> object:
    from core.specs import RunSpec, from_dict, to_dict

    made = from_dict(RunSpec, values)
    assert from_dict(RunSpec, to_dict(made)).key == made.key
    return made


def drawing(random: Random) -> Any:
    """What a pad or a designer sends."""
    strokes = [
        {"width": random.choice((30, 85, 160)), "points": [random.randint(-50, 1_050) for _ in range(2 * random.choice((0, 1, 5, 40)))]}
        for _ in range(random.choice((0, 1, 3)))
    ]
    shape = {"amplitude": 0.4, "square_width": 0.1, "gaussian_sd": 0.05, "frequency": 3, "phase": 0.2, "x_offset": 0.5, "y_offset": 0.3}
    kind = random.choice(("square", "gaussian", "sinusoid", "sawtooth"))
    value = {"strokes": strokes, "sequence": 4, "pulse": {"kind": kind, "values": shape | {"drift": 0.0}, "report": 3}}
    return value if random.random() < 0.2 else mutations.of_json(random, value)


def take_drawing(value: Any) -> object:
    from core.data import pulses
    from core.data.drawing import prepare_drawing
    from core.specs import PulseSpec
    from core.ui.drawing_pad.strokes import read
    from pages.pulses.designer import reported

    found = reported(value)
    if found is not None:
        pulses.draw_one(PulseSpec(size=28), found[0].kind, found[0].values)
    return prepare_drawing(read(value).image(84)).centred


@lru_cache(maxsize=1)
def _place() -> Path:
    return Path(tempfile.mkdtemp(prefix="fuzz-"))


def command(random: Random) -> list[str]:
    """Arguments of `python -m core.training`; "FILE" stands for a file that holds what follows it."""
    word = lambda: random.choice((*mutations.TEXTS, "mlp-random", "0af4b25fea6b", "FILE"))  # noqa: E731
    if random.random() < 0.6:
        return ["train", "FILE", mutations.json_text(random, random.choice((RUN, PULSES)))]
    name = random.choice(("show", "train", "list", "reproduce", "-h", "--again", *mutations.TEXTS))
    return [name, *(word() for _ in range(random.choice((0, 1, 1, 2))))]


def take_command(arguments: list[str]) -> object:
    from core.training import __main__ as command_line
    from core.training import loop, reproduce

    given = list(arguments)
    if "FILE" in given:
        path = _place() / "spec.json"
        path.write_text(given.pop() if len(given) > 2 else "{}", encoding="utf-8", errors="surrogatepass")
        given = [str(path) if one == "FILE" else one for one in given]
    store = os.environ.get("KERNEL_EXPLORER_RUNS")
    os.environ["KERNEL_EXPLORER_RUNS"] = str(_place() / "runs")
    # Hostile arguments that ask for a real training are none of this door's matter: it tries what is read, and would train for hours.
    trained = loop.train, reproduce.reproduce
    loop.train = lambda spec: (_ for _ in ()).throw(loop.MissingTorch("Nothing is trained here."))
    reproduce.reproduce = lambda names: reproduce.groups(names) and iter(())
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
            code = command_line.main(given)
    finally:
        loop.train, reproduce.reproduce = trained
        if store is None:
            del os.environ["KERNEL_EXPLORER_RUNS"]
        else:
            os.environ["KERNEL_EXPLORER_RUNS"] = store
    if code:
        assert code in (1, 2) and said.getvalue().strip() and "Traceback" not in said.getvalue()
        raise SystemExit(code)
    return code


@lru_cache(maxsize=1)
def _run() -> dict[str, bytes]:
    """The files of a small shipped run."""
    folder = ROOT / "cache" / "runs" / "0af4b25fea6b"
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def run(random: Random) -> dict[str, bytes]:
    """A stored run with some of its files changed; in half of them their sums are made to fit."""
    found = dict(_run())
    for name in random.sample(sorted(found), random.choice((1, 1, 2))):
        if name.endswith(".json") and random.random() < 0.6:
            found[name] = mutations.json_text(random, json.loads(found[name])).encode("utf-8", "surrogatepass")
        elif name.endswith(".csv") and random.random() < 0.6:
            found[name] = mutations.of_text(random, found[name].decode()).encode("utf-8", "surrogatepass")
        else:
            found[name] = mutations.of_bytes(random, found[name])
    if random.random() < 0.1:
        found.pop(random.choice(sorted(found)))
    if "manifest.json" in found and random.random() < 0.5:
        import hashlib

        sums = {name: hashlib.sha256(data).hexdigest() for name, data in found.items() if name != "manifest.json"}
        found["manifest.json"] = json.dumps({"sha256": sums}).encode()
    return found


def take_run(found: dict[str, bytes]) -> object:
    """Load it as a page does: history, seeds, weights of the last state and counts."""
    import shutil

    from core.runs import catalog, store

    home = _place() / "stored"
    shutil.rmtree(home, ignore_errors=True)
    (home / "0af4b25fea6b").mkdir(parents=True)
    for name, data in found.items():
        (home / "0af4b25fea6b" / name).write_bytes(data)
    before = store.SHIPPED_FOLDER
    store.SHIPPED_FOLDER = home
    try:
        catalog.find("0af4b25fea6b")
        loaded = store.load("0af4b25fea6b")
        try:
            counts = loaded.evaluation("confusion")
        except KeyError:  # a run need not have been tested, and pages say so
            counts = None
        return loaded.epochs, loaded.ends(), loaded.state(-1), counts
    finally:
        store.SHIPPED_FOLDER = before


def _of(*names: str) -> Callable[[], tuple[type[BaseException], ...]]:
    """The exceptions of these full names, looked up when they are needed."""

    def found() -> tuple[type[BaseException], ...]:
        from importlib import import_module

        return tuple(getattr(import_module(module), name) for module, _, name in (full.rpartition(".") for full in names))

    return found


PULSE_FILE = "core.data.pulse_files.BadPulseFile"
DOORS = {
    "pictures": Door(
        "pictures",
        3_000,
        files.picture,
        take_picture,
        _of("core.data.decoder.Undecodable", "core.data.pictures.BadPicture", "core.data.drawing.UnusableDrawing"),
    ),
    "zips": Door("ZIP files of pulses", 2_000, files.pulse_zip, take_zip, _of(PULSE_FILE)),
    "sets": Door("sets of a person's own images", 1_500, own.image_set, own.take_set, _of("core.data.pictures.BadPicture")),
    "photographs": Door("photographs of digits", 300, own.photograph, own.take_photograph, _of("core.data.pictures.BadPicture")),
    "formulas": Door("formulas", 3_000, formula, take_formula, _of("core.data.formula.FormulaError")),
    "samples": Door("files of samples (CSV)", 2_000, samples, take_samples, _of(PULSE_FILE)),
    "links": Door("values of links", 4_000, link, take_link, _of("builtins.ValueError")),
    "specs": Door("specs", 2_000, spec, take_spec, _of("core.specs.SpecError")),
    "drawings": Door("drawings and designed pulses", 1_500, drawing, take_drawing, _of("core.data.drawing.UnusableDrawing")),
    "runs": Door("stored runs, damaged or forged", 600, run, take_run, _of("core.runs.store.DamagedRun", "core.runs.store.MissingRun")),
    "commands": Door("the command line", 1_000, command, take_command, _of("builtins.SystemExit")),
}
