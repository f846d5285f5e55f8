"""The process that reads an uploaded set of images, or finds the digits of a photograph: `python -m core.data.reader KIND ...`.

What is uploaded stands on its standard input. Whatever it holds, the process may compute for MOST_SECONDS and hold MOST_MEMORY bytes
beside what it has loaded, at a lower priority than the server, which waits for it without computing. It answers with "-" and a
sentence, or with "+", a line of JSON and the arrays that this names, one after the other.
"""

import io
import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from core.data import decoder, own_images, pictures, sheet
from core.data.drawing import Prepared
from core.data.own_images import OwnSet, Sample
from core.data.pictures import BadPicture
from core.data.sheet import Box, Sheet

MOST_SECONDS = 10  # of computing: 2,000 pictures, each prepared like a drawing, take about half of it
PATIENCE = 120  # seconds by the clock, on a server that has much else to do
MOST_MEMORY = 400 * 10**6  # bytes: MNIST's 70,000 images as an array or a table take about half of it
TURNS = threading.BoundedSemaphore(2)  # processes of this kind that one server has at a time
SMALLER = "Use fewer or smaller images and try again."
TOO_LONG = f"Reading it takes longer than this app gives a file. {SMALLER}"
TOO_LARGE = f"Reading it takes more memory than this app gives a file. {SMALLER}"
_KILLED = {getattr(signal, name, None) for name in ("SIGXCPU", "SIGKILL")}  # Windows has neither
UNEXPECTED = "The file is damaged, or unlike any that is read here. Save it again and try again."


def own_set(data: bytes) -> OwnSet:
    """What `own_images.read` makes of a file, worked out in a process of its own.

    Raises:
        BadPicture: what is wrong with the file, or that it costs too much, in a sentence.
    """
    facts, arrays = _asked("images", data)
    images, labels = next(arrays), next(arrays)
    samples = []
    for one in facts["samples"]:
        brightness, drawn, boxed, centred = (next(arrays) for _ in range(4))
        samples.append(Sample(one["name"], brightness, Prepared(drawn, boxed, centred, tuple(one["box"]), tuple(one["shift"]))))
    return OwnSet(images, labels, tuple(facts["classes"]), facts["key"], tuple(facts["notes"]), tuple(samples))


def photograph(data: bytes, name: str) -> Sheet:
    """The digits of an uploaded photograph, as `sheet.read_sheet` finds them, worked out in processes of their own.

    Raises:
        BadPicture: as `pictures.read_upload`; no digit is found, or looking for them costs too much.
    """
    pixels = pictures.read_upload(data, name)
    facts, arrays = _asked("sheet", json.dumps(pixels.shape).encode() + b"\n" + pixels.tobytes())
    return Sheet(next(arrays), next(arrays), next(arrays), next(arrays), tuple(Box(*box) for box in facts["boxes"]), tuple(facts["notes"]))


def _asked(kind: str, data: bytes) -> tuple[dict[str, Any], Iterator[np.ndarray]]:
    """What the process said about some bytes: its facts, and its arrays, read-only."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "core.data.reader", kind, str(MOST_SECONDS), str(MOST_MEMORY)]
    try:
        with TURNS:
            done = subprocess.run(command, input=data, cwd=decoder.ROOT, env=environment, capture_output=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise BadPicture(TOO_LONG) from None
    if done.stdout[:1] == b"-":
        raise BadPicture(done.stdout[1:].decode())
    if done.returncode or done.stdout[:1] != b"+":
        raise BadPicture(TOO_LONG if -done.returncode in _KILLED else TOO_LARGE)
    stream = io.BytesIO(done.stdout)
    return json.loads(stream.readline()[1:]), _arrays(stream)


def _arrays(stream: BinaryIO) -> Iterator[np.ndarray]:
    while True:
        array = np.lib.format.read_array(stream, allow_pickle=False)
        array.setflags(write=False)
        yield array


def _images(data: bytes) -> tuple[dict[str, Any], list[np.ndarray]]:
    found = own_images.read(data)
    arrays: list[np.ndarray] = [found.images, found.labels]
    samples = []
    for one in found.samples:
        made = one.prepared
        samples.append({"name": one.name, "box": made.box, "shift": made.shift})
        arrays += [one.brightness, made.drawn, made.boxed, made.centred]
    return {"classes": found.classes, "key": found.key, "notes": found.notes, "samples": samples}, arrays


def _sheet(data: bytes) -> tuple[dict[str, Any], list[np.ndarray]]:
    shape, _, pixels = data.partition(b"\n")
    found = sheet.read_sheet(pictures.grey(np.frombuffer(pixels, np.uint8).reshape(json.loads(shape))))
    boxes = [list(asdict(box).values()) for box in found.boxes]
    return {"boxes": boxes, "notes": found.notes}, [found.brightness, found.paper, found.ink, found.pieces]


KINDS: dict[str, Callable[[bytes], tuple[dict[str, Any], list[np.ndarray]]]] = {"images": _images, "sheet": _sheet}


def _loaded() -> int:
    """Bytes that this process has already, where the system tells them."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next(1_024 * int(line.split()[1]) for line in lines if line.startswith("VmData"))


def main(kind: str, seconds: str, memory: str) -> None:
    """Answer for what stands on the standard input, within so many seconds of computing and bytes."""
    decoder.hold(_loaded() + int(memory), math.ceil(time.process_time()) + int(seconds))
    if hasattr(os, "nice"):
        os.nice(5)  # what people look at goes first
    try:
        facts, arrays = KINDS[kind](sys.stdin.buffer.read())
    except BadPicture as error:
        sys.stdout.buffer.write(b"-" + str(error).encode())
    except MemoryError:
        sys.stdout.buffer.write(b"-" + TOO_LARGE.encode())
    except Exception:  # what no reader expected: the person still gets a sentence
        sys.stdout.buffer.write(b"-" + UNEXPECTED.encode())
    else:
        sys.stdout.buffer.write(b"+" + json.dumps(facts, default=float).encode() + b"\n")
        for array in arrays:
            np.lib.format.write_array(sys.stdout.buffer, np.ascontiguousarray(array), allow_pickle=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
