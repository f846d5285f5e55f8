"""Damaged, edited and hostile files: python -m tests.importing.mutants [COUNT] [SEED]. None may crash, call anything or take long.

Each good file of every format is changed in one of many ways: bytes flipped, cut, doubled or zeroed (inside the members of a ZIP
too), names and numbers of a JSON edited, tensors renamed, shapes swapped, pickles given instructions that call.
"""

import io
import json
import pickletools
import random
import resource
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from benchmarks.results import keep, made_by
from core.importing.expressing import expressed
from core.importing.reading import understood
from core.importing.refusal import Refused
from core.importing.understanding import Images
from core.models import network
from tests.importing import makers

PATIENCE = 40.0  # s for one file, on a busy machine too
SECONDS = 10.0  # of the processor that one file may take to be read
MEMORY = 4 << 30  # bytes
# what an opened file must never lead to: programs, connections, imports by a pickle
CALLS = (
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "subprocess.Popen",
    "pickle.find_class",
    "socket.connect",
    "os.remove",
    "shutil.rmtree",
)
Files = dict[str, bytes]


@cache
def good_files() -> tuple[tuple[str, Files], ...]:
    """One good file, or several that belong together, of each format."""
    import torch
    from safetensors.torch import save

    net = makers.small()
    state = net.state_dict()
    arrays = {k: v.numpy() for k, v in state.items() if k.startswith("fc")}
    packed = io.BytesIO()
    np.savez(packed, w1=np.ones((10, 784), np.float32), b1=np.zeros(10, np.float32), **arrays)
    script = io.BytesIO()
    torch.jit.save(torch.jit.script(net), script)
    config = {"class_name": "Sequential", "config": {"layers": makers.keras_layers(net)}}
    tables = {"W1": np.ones((784, 20), np.float32), "b1": np.zeros(20), "W2": np.ones((20, 10), np.float32), "b2": np.zeros(10)}
    plain = io.BytesIO()
    np.savez(plain, **tables)  # type: ignore[arg-type]  # numpy's own stub knows one keyword
    found: list[tuple[str, Files]] = [
        ("torch zip", {"a.pt": makers.saved(state)}),
        ("torch legacy", {"a.pt": makers.saved(state, _use_new_zipfile_serialization=False)}),
        ("torch module", {"a.pt": makers.saved(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 10)))}),
        ("torchscript", {"a.pt": script.getvalue()}),
        ("safetensors", {"a.safetensors": save(state)}),
        ("keras", {"a.keras": makers.keras_zip(net)}),
        ("h5", {"a.h5": makers.keras_h5(makers.keras_weights(net), config)}),
        ("h5 weights", {"a.h5": makers.keras_h5(makers.keras_weights(net))}),
        ("tfjs", makers.tfjs(net)),
        ("npz", {"a.npz": plain.getvalue()}),
    ]
    try:
        from tests.importing.test_formats import onnx_model

        found.append(("onnx", {"a.onnx": onnx_model(net).SerializeToString()}))
    except ImportError:
        pass
    return tuple(found)


def flipped(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        if out:
            out[rng.randrange(min(len(out), rng.choice((64, 2_000, len(out)))))] ^= 1 << rng.randrange(8)
    return bytes(out)


def cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def doubled(data: bytes, rng: random.Random) -> bytes:
    at, length = rng.randrange(len(data) + 1), rng.randrange(1, 500)
    return data[:at] + data[at : at + length] * rng.randrange(2, 9) + data[at:]


def zeroed(data: bytes, rng: random.Random) -> bytes:
    at, length = rng.randrange(len(data) + 1), rng.randrange(1, 400)
    return data[:at] + bytes(min(length, len(data) - at)) + data[at + length :]


def numbered(data: bytes, rng: random.Random) -> bytes:
    """Four bytes become a large, negative or odd number."""
    at = rng.randrange(max(len(data) - 8, 1))
    return data[:at] + rng.choice((b"\xff\xff\xff\x7f", b"\xff" * 8, b"\0\0\0\x80", b"\1\0\0\0\0\0\0\x40")) + data[at + 8 :]


def renamed(data: bytes, rng: random.Random) -> bytes:
    """Names of tensors in each other's place."""
    words = [b"conv1", b"conv2", b"fc1", b"fc2", b"bn1", b"weight", b"bias", b"kernel", b"running_mean", b"dense", b"float32", b"Float"]
    one, other = rng.sample([w for w in words if w in data] or words, 2) if sum(w in data for w in words) > 1 else (b"a", b"b")
    return data.replace(one, b"\1\2\3").replace(other, one).replace(b"\1\2\3", other)


def calling(data: bytes, rng: random.Random) -> bytes:
    """A pickle with a call put in front of what it holds."""
    evil = rng.choice(
        (b"cos\nsystem\n(S'touch /tmp/never'\ntR0", b"cbuiltins\neval\n(S'1/0'\ntR0", b"(S'id'\nios\nsystem\n0", b"c__main__\nx\n)\x81}b0")
    )
    if data[:1] == b"\x80":
        return data[:2] + evil + data[2:]
    try:
        ends = [at for op, _, at in pickletools.genops(data) if op.name == "STOP"]
    except Exception:
        return evil + data
    return evil + data[: ends[0]] + data[ends[0] :] if ends else evil + data


BYTES: tuple[Callable[[bytes, random.Random], bytes], ...] = (flipped, cut, doubled, zeroed, numbered, renamed, calling)


def edited(value: Any, rng: random.Random) -> Any:
    """JSON with one of its values changed."""
    spots: list[tuple[Any, Any]] = []

    def visit(one: Any) -> None:
        items = one.items() if isinstance(one, dict) else enumerate(one) if isinstance(one, list) else ()
        for key, inner in items:
            spots.append((one, key))
            visit(inner)

    visit(value)
    if not spots:
        return value
    for _ in range(rng.choice((1, 1, 3))):
        holder, key = rng.choice(spots)
        options = [None, -1, 0, 10**9, 2.5, "relu", "../../x", [], {}, True, [[[[1]]]], "x" * 3_000, float("1e308")]
        try:
            if rng.random() < 0.2 and isinstance(holder, dict):
                holder.pop(key, None)
            else:
                holder[key] = rng.choice(options)
        except (KeyError, IndexError):
            pass
    return value


def mutant(files: Files, rng: random.Random) -> Files:
    """One changed copy."""
    out = dict(files)
    name = rng.choice(list(out))
    data = out[name]
    if name.endswith(".json") and rng.random() < 0.7:
        return out | {name: json.dumps(edited(json.loads(data), rng)).encode()}
    if data[:2] == b"PK" and rng.random() < 0.6:
        return out | {name: _rezipped(data, rng)}
    if rng.random() < 0.03 and len(out) > 1:
        del out[name]
        return out
    for _ in range(rng.choice((1, 1, 2))):
        data = rng.choice(BYTES)(data, rng)
    return out | {name: data}


def _rezipped(data: bytes, rng: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        members = {info.filename: file.read(info) for info in file.infolist()}
    pickles = [n for n in members if n.endswith((".pkl", ".json", ".h5", ".py", ".npy"))]
    name = rng.choice(pickles if pickles and rng.random() < 0.7 else list(members))
    way = rng.random()
    if way < 0.08:
        del members[name]
    elif way < 0.16:
        other = rng.choice(list(members))
        members[name], members[other] = members[other], members[name]
    elif way < 0.2:
        members[name] = bytes(rng.choice((1 << 12, 300 << 20)))
    elif name.endswith(".json"):
        try:
            members[name] = json.dumps(edited(json.loads(members[name]), rng)).encode()
        except ValueError:
            members[name] = flipped(members[name], rng)
    else:
        members[name] = rng.choice(BYTES)(members[name], rng)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for each, contents in members.items():
            file.writestr(each, contents)
    return out.getvalue()


@dataclass
class Outcome:
    """What became of one mutant."""

    kind: str
    seed: int
    sentence: str  # empty of a network
    trouble: str  # a crash or a call; empty where all is well
    seconds: float  # of the processor
    ended: bool = False  # by the app's worker, whose limits it had reached


def attempt(kind: str, files: Files, seed: int) -> Outcome:
    """Read one mutant as far as the answers to two images."""
    called: list[str] = []
    _listeners.append(called)
    began = time.process_time()
    sentence = trouble = ""
    try:
        found = understood(files, Images(28, 1, 10))
        chain, given = found.puzzle.build({q.name: q.default for q in found.puzzle.questions})
        made = expressed(chain, given, (28, 28))
        with np.errstate(all="ignore"):
            network.answers(made.model, made.weights, np.zeros((2, 28, 28), np.uint8))
    except Refused as refused:
        sentence = str(refused)
        if not sentence.endswith((".", ")", "`")) or len(sentence) > 600:
            trouble = f"no sentence: {sentence!r}"
    except BaseException as error:
        trouble = f"{type(error).__name__}: {error}"[:300]
    finally:
        _listeners.remove(called)
    seconds = time.process_time() - began
    if called:
        trouble = f"called {called}"
    if seconds > SECONDS:
        trouble = trouble or f"took {seconds:.1f} s"
    return Outcome(kind, seed, sentence, trouble, seconds)


_listeners: list[list[str]] = []


def _hear(event: str, _: Any) -> None:
    if _listeners and event in CALLS:
        _listeners[-1].append(event)


sys.addaudithook(_hear)


def outcomes(count: int, seed: int = 0) -> list[Outcome]:
    """So many mutants, the formats in turn."""
    return [attempt(*one) for one in mutants_of(range(count), seed)]


def mutants_of(numbers: range, seed: int) -> Iterator[tuple[str, Files, int]]:
    """Kind, files and number of each mutant."""
    made = good_files()
    for i in numbers:
        kind, files = made[i % len(made)]
        yield kind, mutant(files, random.Random(f"{seed}-{i}")), i


def _send(numbers: range, seed: int, to: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for one in mutants_of(numbers, seed):
        to.send(attempt(*one))


def watched(count: int, seed: int) -> list[Outcome]:
    """The same in a process beside this one; what a library never comes back from is given to the app's own worker, which ends it."""
    from core.importing.worker import brought

    out: list[Outcome] = []
    while len(out) < count:
        here, there = Pipe(duplex=False)
        child = get_context("fork").Process(target=_send, args=(range(len(out), count), seed, there))
        child.start()
        there.close()
        try:
            while len(out) < count and here.poll(PATIENCE):
                out.append(here.recv())
        except EOFError:
            pass
        child.kill()
        child.join()
        if len(out) < count:
            kind, files, number = next(mutants_of(range(len(out), len(out) + 1), seed))
            sentence = brought("mutant", files).sentence
            out.append(Outcome(kind, number, sentence, "" if sentence else "ended without a sentence", 0.0, ended=True))
            print(f"{kind}, mutant {number}: ended by the worker: {sentence}", flush=True)
    return out


def _section(found: list[Outcome], seed: int, networks: int, bad: int) -> list[str]:
    """What happened, for the file of results."""
    calls = sum(one.trouble.startswith("called") for one in found)
    return [
        f"## Hostile network files, seed {seed}: {len(found):,} tried {made_by('make fuzz-own')}",
        "",
        "| what | count |",
        "|---|---|",
        f"| formats | {len({one.kind for one in found})} |",
        f"| still networks | {networks:,} |",
        f"| refused in a sentence | {len(found) - networks - bad:,} |",
        f"| of these ended by the worker's own limits | {sum(one.ended for one in found)} |",
        f"| calls | {calls} |",
        f"| tracebacks, or beyond {SECONDS:g} s of the processor or {MEMORY >> 30} GB | {bad - calls} |",
        f"| seconds of the processor that the slowest took | {max(one.seconds for one in found):.1f} |",
    ]


def main(arguments: list[str]) -> int:
    """Print what happened and keep it in the file of results; 0 if nothing bad did."""
    count, seed = int(arguments[0]) if arguments else 5_000, int(arguments[1]) if len(arguments) > 1 else 0
    found = watched(count, seed)
    bad = [one for one in found if one.trouble]
    for one in bad[:40]:
        print(f"{one.kind}, mutant {one.seed}: {one.trouble}")
    networks = sum(not one.sentence and not one.trouble for one in found)
    slowest = max(found, key=lambda one: one.seconds)
    keep(_section(found, seed, networks, len(bad)))
    print(
        f"{count:,} mutants, seed {seed}: {networks:,} still networks, {count - networks - len(bad):,} refused in a sentence, "
        f"{len(bad)} bad; slowest {slowest.seconds:.1f} s of the processor ({slowest.kind}, mutant {slowest.seed})"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
