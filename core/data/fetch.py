"""The process that downloads a data set: `python -m core.data.fetch mnist|cifar10 SCRATCH FOLDER SOURCE PARENT`.

It runs beside the app, so that the app neither waits for the network nor loads torch. torchvision fetches and checks
the MD5 sums in the folder SCRATCH; what is whole moves to FOLDER. Its one line of output is a JSON string: empty, or
the reason why it failed.
"""

import http.client
import json
import os
import re
import shutil
import socket
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from core.data import cifar, digits

# part of an error's text -> what it means; the first that is found counts
REASONS = (
    ("timed out", "did not answer for {stall:g} seconds"),
    ("refused", "refused the connection"),
    ("getaddrinfo", "cannot be found (is there a network?)"),
    ("Name or service not known", "cannot be found (is there a network?)"),
    ("name resolution", "cannot be found (is there a network?)"),
    ("nodename nor servname", "cannot be found (is there a network?)"),
    ("unreachable", "cannot be reached (is there a network?)"),
    ("corrupted", "sent a file that is cut or changed (its MD5 sum is wrong)"),
    ("reset by peer", "broke the connection off"),
    ("CERTIFICATE", "does not prove who it is (certificate)"),
)


@dataclass(frozen=True)
class Source:
    """Where a data set comes from; empty fields mean torchvision's own."""

    mirrors: tuple[str, ...] = ()  # addresses of folders, ending in "/", tried in turn
    md5: dict[str, str] = field(default_factory=dict)  # file name -> sum
    stall: float = 5.0  # seconds to connect, and between two pieces of an answer; torchvision itself would wait for ever


class FetchFailed(Exception):
    """No mirror delivered; the message says why, host by host."""


def fetch(name: str, scratch: Path, folder: Path, source: Source) -> None:
    """Download one data set into `scratch` and move what is whole to `folder`.

    Raises:
        FetchFailed: no mirror delivered a whole one.
    """
    from core.data.torchvision_parts import datasets

    base: Any = datasets.MNIST if name == "mnist" else datasets.CIFAR10
    own = list(base.mirrors) if name == "mnist" else [base.url.removesuffix(base.filename)]
    reasons = []
    for mirror in source.mirrors or own:
        try:
            if name == "mnist":
                _mnist(base, mirror, source, scratch, folder)
            else:
                _cifar10(base, mirror, source, scratch, folder)
            return
        except (RuntimeError, OSError, EOFError, http.client.HTTPException) as error:  # torchvision's, urllib's and gzip's
            reasons.append(f"{urlsplit(mirror).hostname} {reason(str(error), type(error).__name__, source.stall)}")
    raise FetchFailed("; ".join(reasons))


def _mnist(base: Any, mirror: str, source: Source, scratch: Path, folder: Path) -> None:
    resources = [(file, source.md5.get(file, md5)) for file, md5 in base.resources]
    type("MNIST", (base,), {"mirrors": [mirror], "resources": resources})(scratch, download=True)
    (folder / digits.RAW).mkdir(parents=True, exist_ok=True)
    for file in digits.RAW_FILES:
        os.replace(scratch / digits.RAW / file, folder / digits.RAW / file)


def _cifar10(base: Any, mirror: str, source: Source, scratch: Path, folder: Path) -> None:
    lists = {n: [[file, source.md5.get(file, md5)] for file, md5 in getattr(base, n)] for n in ("train_list", "test_list")}
    meta = base.meta | {"md5": source.md5.get(base.meta["filename"], base.meta["md5"])}
    sums = {"url": mirror + base.filename, "tgz_md5": source.md5.get(base.filename, base.tgz_md5), "meta": meta}
    data = type("CIFAR10", (base,), {**lists, **sums})(scratch, train=True, download=True)
    whole = scratch / cifar.ARCHIVE
    np.savez(whole, images=data.data, labels=np.asarray(data.targets, np.uint8))
    os.replace(whole, folder / cifar.ARCHIVE)


def reason(text: str, kind: str, stall: float) -> str:
    """What an error of torchvision, urllib or the system means, as the rest of a sentence about the server."""
    if code := re.search(r"HTTP Error (\d+)", text):
        return f"answered with error {code[1]}"
    if "No space left" in text:
        return "could not be saved (the disk is full)"
    if "Permission denied" in text or "Read-only file system" in text:
        return "could not be saved (the data folder cannot be written)"
    return next((meaning for part, meaning in REASONS if part in text), f"failed ({kind})").format(stall=stall)


def end_with_parent(parent: int) -> None:
    """End this process once the app that started it is gone."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def main(name: str, scratch: str, folder: str, source: str, parent: str) -> int:
    threading.Thread(target=end_with_parent, args=(int(parent),), daemon=True).start()
    values = json.loads(source)
    asked = Source(tuple(values["mirrors"]), values["md5"], values["stall"])
    socket.setdefaulttimeout(asked.stall)
    said = ""
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        fetch(name, Path(scratch), Path(folder), asked)
    except FetchFailed as error:
        said = str(error)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    sys.stdout.write(json.dumps(said))
    return 1 if said else 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
