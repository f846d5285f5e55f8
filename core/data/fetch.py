"""The process that downloads a data set: `python -m core.data.fetch NAME SCRATCH FOLDER TOTAL SOURCE PARENT`.

It runs beside the app, so that the app neither waits for the network nor loads torch. pooch fetches the archives into the folder
SCRATCH and checks their sums; what is whole moves to FOLDER. It prints JSON lines: the number of bytes so far, now and then, and
at the end a string: empty, or the reason why it failed.
"""

import json
import os
import re
import shutil
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from core.data import catalog
from core.data.folder import MissingData

CHUNK = 64 * 1024  # bytes a piece
SAID_SECONDS = 0.1  # between two numbers of bytes

# part of an error's text -> what it means; the first that is found counts
REASONS = (
    ("timed out", "did not answer for {stall:g} seconds"),
    ("refused", "refused the connection"),
    ("getaddrinfo", "cannot be found (is there a network?)"),
    ("Name or service not known", "cannot be found (is there a network?)"),
    ("name resolution", "cannot be found (is there a network?)"),
    ("nodename nor servname", "cannot be found (is there a network?)"),
    ("unreachable", "cannot be reached (is there a network?)"),
    ("IncompleteRead", "sent a file that is cut or changed (it ended early)"),
    ("does not match the known hash", "sent a file that is cut or changed (its checksum is wrong)"),
    ("longer than it must be", "sent a file that is cut or changed (it is too long)"),
    ("reset by peer", "broke the connection off"),
    ("CERTIFICATE", "does not prove who it is (certificate)"),
)


@dataclass(frozen=True)
class Source:
    """Where a data set comes from; empty fields mean what its module says."""

    mirrors: tuple[str, ...] = ()  # addresses of folders, ending in "/", tried in turn
    sums: dict[str, str] = field(default_factory=dict)  # file name -> checksum, such as "md5:9fb6..."
    stall: float = 5.0  # seconds to connect, and between two pieces of an answer


class FetchFailed(Exception):
    """No mirror delivered; the message says why, host by host."""


class Meter:
    """A file to write to that counts the bytes of one data set, and takes no more than that has."""

    def __init__(self, total: int, say: Callable[[int], None]) -> None:
        self.bytes, self.total, self.say = 0, total, say
        self.file: BinaryIO | None = None  # the one that is written now
        self._said = 0.0

    def write(self, chunk: bytes) -> int:
        self.bytes += len(chunk)
        if self.bytes > self.total:
            raise OSError("longer than it must be")
        if time.monotonic() - self._said > SAID_SECONDS or self.bytes == self.total:
            self.say(self.bytes)
            self._said = time.monotonic()
        assert self.file is not None
        return self.file.write(chunk)

    def flush(self) -> None:
        """pooch asks for it after each piece; the file is flushed when it is closed."""


def fetch(name: str, scratch: Path, folder: Path, total: int, source: Source, say: Callable[[int], None] = lambda _: None) -> None:
    """Download one data set into `scratch` and move what is whole to `folder`.

    Args:
        total: bytes of all its archives; a server that sends more is not listened to.
        say: is called with the bytes so far, now and then.

    Raises:
        FetchFailed: no mirror delivered a whole one.
    """
    import pooch  # slow to import, and the app itself never needs it

    reader = catalog.get(name).reader
    own = reader.archives()
    reasons = []
    for mirror in source.mirrors or own.mirrors:
        if not (server := server_of(mirror)):
            reasons.append(f"{mirror[:80]!r} is no address of a mirror; write it as http://server/folder/ (KERNEL_EXPLORER_MIRROR)")
            continue
        meter = Meter(total, say)
        try:
            for file, checksum in own.sums.items():
                download = _downloader(meter, source.stall)
                pooch.retrieve(mirror + file, source.sums.get(file, checksum), file, scratch, downloader=download)
            reader.unpack(scratch, folder)
            return
        except (OSError, EOFError, ValueError, MissingData) as error:  # requests' errors are OSErrors, a wrong sum is a ValueError
            reasons.append(f"{server} {reason(str(error), type(error).__name__, source.stall)}")
    raise FetchFailed("; ".join(reasons))


def server_of(mirror: str) -> str:
    """The host's name in a mirror's address; empty where it is no address of one."""
    try:
        parts = urlsplit(mirror)
        known = parts.scheme in ("http", "https") and parts.port != 0  # a port that is no number raises
    except ValueError:
        return ""
    return (parts.hostname or "") if known and mirror.isprintable() and " " not in mirror else ""


def _downloader(meter: Meter, stall: float) -> Callable[[str, str, object], None]:
    """pooch's own, through the meter; archives come as they are, not unpacked on the way."""
    from pooch import HTTPDownloader

    own = HTTPDownloader(chunk_size=CHUNK, timeout=stall, headers={"Accept-Encoding": "identity"})

    def download(url: str, output_file: str, of: object) -> None:
        with open(output_file, "wb") as meter.file:
            own(url, meter, of)

    return download


def reason(text: str, kind: str, stall: float) -> str:
    """What an error of pooch, requests or the system means, as the rest of a sentence about the server."""
    if code := re.match(r"(\d{3}) (?:Client|Server) Error", text):
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


def say(value: int | str) -> None:
    """One line for the app."""
    sys.stdout.write(f"{json.dumps(value)}\n")
    sys.stdout.flush()


def main(name: str, scratch: str, folder: str, total: str, source: str, parent: str) -> int:
    threading.Thread(target=end_with_parent, args=(int(parent),), daemon=True).start()
    values = json.loads(source)
    asked = Source(tuple(values["mirrors"]), values["sums"], values["stall"])
    said = ""
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        fetch(name, Path(scratch), Path(folder), int(total), asked, say)
    except FetchFailed as error:
        said = str(error)
    except OSError as error:  # the folder could not be made
        said = f"the archives {reason(str(error), type(error).__name__, asked.stall)}"
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    say(said)
    return 1 if said else 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
