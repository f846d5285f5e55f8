"""The command line: python -m core.importing FILE... [--data mnist] [--json] [--together] [--keep] [--set QUESTION=OPTION]."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from core.importing.bringing import Brought
from core.importing.layers import natural
from core.importing.reading import halves
from core.importing.worker import brought

MOST_IN_FOLDER = 200


def parser() -> argparse.ArgumentParser:
    """What the command takes."""
    top = argparse.ArgumentParser(
        prog="python -m core.importing", description="Say of each file which network it holds, and how well it reads."
    )
    top.add_argument("files", nargs="+", help="files; a folder holds one TensorFlow.js network")
    top.add_argument("--data", default="mnist", help="data set that it is tried on (mnist); guess: the one that its shapes point to")
    top.add_argument("--json", action="store_true", help="one JSON object a network")
    top.add_argument("--together", action="store_true", help="the files are checkpoints of one network, or parts of one")
    top.add_argument("--keep", action="store_true", help="store it as a run")
    top.add_argument("--set", action="append", default=[], metavar="QUESTION=OPTION", help="settle a choice, such as scaling='0 to 255'")
    return top


def main(arguments: list[str] | None = None) -> int:
    """Bring in the files; 0 if every one of them is a network, 2 after a sentence on arguments that cannot be."""
    command = parser()
    asked = command.parse_args(arguments)
    if wrong := [one for one in asked.set if "=" not in one]:
        command.error(f"--set takes a question, = and an option, not {wrong[0][:60]!r}")
    fixed = dict(one.split("=", 1) for one in asked.set)
    try:
        if wrong := [one for one in asked.files if not one or not (Path(one).is_file() or Path(one).is_dir())]:
            command.error(f"{wrong[0][:60]!r} is no file and no folder")
        groups = list(parts(asked.files, asked.together))
    except OSError as error:  # a name that no file can have, a folder that may not be listed
        command.error(f"{str(error.filename)[:60]!r} cannot be looked at ({error.strerror})")
    whole = True
    for name, each in groups:
        try:
            found = brought(name, each[0], "" if asked.data == "guess" else asked.data, fixed, keep=asked.keep, more=each[1:])
        except OSError as error:
            found = Brought(name, sentence=f"It cannot be read from the disk ({error.strerror}).")
        print(json.dumps(found.to_dict) if asked.json else words(found), flush=True)
        whole &= not found.sentence
    return 0 if whole else 1


def parts(paths: list[str], together: bool) -> Iterator[tuple[str, list[dict[str, bytes]]]]:
    """Networks among paths: a name, and the files of each state."""
    files = [Path(path) for path in paths]
    if together:
        ordered = sorted(files, key=lambda path: natural(path.name))
        contents = {path.name: read(path) for path in ordered}
        kinds = {path.suffix.lower() for path in ordered}
        if kinds & {".bin", ".json"} or halves(list(contents.values())):
            yield ordered[0].name, [contents]
        else:
            yield ordered[-1].name, [{name: data} for name, data in contents.items()]
        return
    arrays = [path for path in files if path.suffix == ".npz" and path.is_file()]
    taken: set[Path] = set()
    for path in files:
        if path in taken:
            continue
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.is_file())[:MOST_IN_FOLDER]
            yield path.name, [{p.name: read(p) for p in inside}]
        elif path.suffix.lower() == ".json" and path.is_file():
            shards = sorted(p for p in path.parent.iterdir() if p.suffix == ".bin")[:MOST_IN_FOLDER]
            yield path.name, [{p.name: read(p) for p in [path, *shards]}]
        else:
            partner = next((p for p in arrays if p not in taken and p != path and path in arrays and halves([read(path), read(p)])), None)
            taken |= {path} | ({partner} if partner else set())
            yield path.name, [{p.name: read(p) for p in [path, partner] if p is not None}]


def read(path: Path) -> bytes:
    """The bytes of a plain file, up to a little more than is allowed; none where it cannot be read, or might never end."""
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            return file.read((64 << 20) + 1)
    except (OSError, ValueError):
        return b""


def words(found: Brought) -> str:
    """A result for people."""
    if found.sentence:
        return f"{found.name}\n  {found.sentence}"
    lines = [
        found.name,
        f"  {found.format}: {found.summary}, {found.parameters:,} parameters",
        f"  {100 * found.accuracy:.1f}% of {found.images:,} test images ({found.data}), log-loss {found.log_loss:.2f}",
        *(f"  {choice.text}" for choice in found.choices),
        *(f"  {note}" for note in found.notes),
    ]
    if found.key:
        lines.append(f"  stored as run {found.key}, {found.states} state{'s' * (found.states > 1)}")
    return "\n".join(lines)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(main())
