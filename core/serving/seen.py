"""Addresses of their own for what everyone sees alike: a browser fetches each once and keeps it for good.

The bytes lie in a folder, each file named by the SHA-256 of its content, so an address means the same in every process that
shares the folder and after a restart. Where the app is not served through `routes`, or nothing can be written, an address is a
data address with the bytes in it.
"""

import base64
import gzip
import hashlib
import json
import math
import os
import re
import tempfile
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

KINDS = {
    "png": "image/png",
    "gif": "image/gif",
    "json": "application/json",
    "csv": "text/csv",
    "js": "text/javascript",
    "css": "text/css",
    "bin": "application/octet-stream",
}
PACKED = ("json", "csv", "js", "css", "bin")  # are stored and sent in gzip
SMALL = 1_000  # bytes up to which a request of its own would cost more than it saves
LARGE = 3_000  # likewise of a value in a message, which then takes a second step to be shown
ROWS = 700  # likewise of a table
MOST = 256 * 2**20  # bytes of all files together; those that were not used for longest go first
AGAIN = 3_600  # seconds after which a use is noted anew
NAMES = 8_192  # addresses that a process remembers by key
ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_suffix(".js")  # the class Seen and how numbers are read, for the scripts of browser parts

_NAME = re.compile(rf"[0-9a-f]{{64}}\.(?:{'|'.join(KINDS)})")
_GONE = "This is not kept here any more: load the page again."


class _Memory:
    """What this process knows: whether it serves, addresses by key, builds under way, bytes written since the last sweep."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.serving = False
        self.addresses: OrderedDict[Hashable, str] = OrderedDict()
        self.building: dict[Hashable, threading.Lock] = {}
        self.pinned: dict[str, bytes] = {}  # files that are never swept from this process, as they are sent
        self.tables: dict[int, tuple[weakref.ref[pd.DataFrame], str]] = {}  # fingerprints, by the table's id while it lives
        self.unswept = MOST  # so that the first write sweeps


_memory = _Memory()


def folder() -> Path:
    """Where the bytes lie: KERNEL_EXPLORER_SEEN, counted from the project's folder, if set, else cache/seen of it."""
    return ROOT / (os.environ.get("KERNEL_EXPLORER_SEEN") or "cache/seen")


def address(content: bytes, kind: str) -> str:
    """The address of some bytes, relative to any page of the app.

    Whoever knows an address can read it, and nobody can guess one without the bytes. What a person drew or uploaded is of no
    use to others: leave it in the page.

    Args:
        kind: one of KINDS.
    """
    if len(content) <= SMALL or not _memory.serving:
        return _inline(content, kind)
    name = f"{hashlib.sha256(content).hexdigest()}.{kind}"
    if not _there(name):
        try:
            _write(name, content)
        except OSError:  # full, or read-only
            return _inline(content, kind)
    return f"seen/{name}"


def built(key: Hashable, build: Callable[[], bytes], kind: str) -> str:
    """The address of what `build` makes, made once for a key while its bytes are kept; others who ask meanwhile wait for it.

    Args:
        key: all that the bytes depend on, and a word for what they are.
    """
    if not _memory.serving:
        return _inline(build(), kind)
    if (known := _known(key)) is not None:
        return known
    with _memory.lock:
        turn = _memory.building.setdefault(key, threading.Lock())
    with turn:
        try:
            if (known := _known(key)) is not None:
                return known
            made = address(build(), kind)
            with _memory.lock:
                if len(made) < 2 * SMALL:  # not one that holds the bytes because they could not be written
                    _memory.addresses[key] = made
                while len(_memory.addresses) > NAMES:
                    _memory.addresses.popitem(last=False)
            return made
        finally:
            with _memory.lock:
                _memory.building.pop(key, None)


def lifted(address_: str) -> str:
    """The address of what a data address of a PNG holds."""
    head, _, data = address_.partition(",")
    return address(base64.b64decode(data), "png") if head == "data:image/png;base64" else address_


def script(text: str) -> str:
    """The script of a browser part, or a line that fetches it from an address; to be called once, when the part is declared."""
    made = _pinned(text, "js")
    # In two lines: Streamlit takes a single one for a file's name.
    return f'const part = await import(new URL("{made}", document.baseURI).href);\nexport default part.default;\n' if made else text


def style(text: str) -> str:
    """A stylesheet that may come a moment late, or a line that fetches it from an address; to be called once."""
    made = _pinned(text, "css")
    return f'@import url("{made}");\n' if made else text


def _pinned(text: str, kind: str) -> str:
    """The address of what stays as long as the process; empty where nothing has one."""
    content = text.encode()
    made = address(content, kind)
    if not made.startswith("seen/"):
        return ""
    _memory.pinned[made.removeprefix("seen/")] = gzip.compress(content, 6, mtime=0)
    return made


def told(value: Any) -> Any:
    """A value as a message of a browser part tells it: itself, or the address of its JSON where that is large.

    For what is alike for everyone; the part reads either with `Seen.value` of seen.js.
    """
    if not _memory.serving:
        return value
    content = _json(value)
    return value if len(content) <= LARGE else address(content, "json")


def told_as(key: Hashable, build: Callable[[], Any]) -> Any:
    """The same for a value that is made once for a key, as in `built`."""
    return built(key, lambda: _json(build()), "json") if _memory.serving else build()


def table(rows: pd.DataFrame) -> pd.DataFrame | str:
    """A chart's table, or the address of its rows as JSON where it is large; missing numbers are null there.

    Args:
        rows: not to be changed afterwards: of a table that is shown again its object is looked at, not every number.
    """
    if not _memory.serving or rows.size * 4 <= ROWS:
        return rows
    met = _memory.tables.get(id(rows))
    if met is None or met[0]() is not rows:
        met = _memory.tables[id(rows)] = (weakref.ref(rows, partial(_forget, id(rows))), _fingerprint(rows))
    return built(("table", met[1]), lambda: _json(_records(rows)), "json")


def routes() -> list[BaseRoute]:
    """What serves the addresses, below any base path; from here on they are given out."""
    _memory.serving = True
    return [Route(f"{before}/seen/{{name}}", _send, methods=["GET"]) for before in ("", "/{before:path}")]


def _forget(at: int, _: object) -> None:
    """A table is no more: its id may be another's soon."""
    _memory.tables.pop(at, None)


def _fingerprint(rows: pd.DataFrame) -> str:
    """The SHA-256 of a table's names, kinds and values."""
    digest = hashlib.sha256(repr([len(rows), *zip(rows.columns, map(str, rows.dtypes), strict=True)]).encode())
    for kind in dict.fromkeys(rows.dtypes):
        values = rows.loc[:, (rows.dtypes == kind).to_numpy()].to_numpy()  # all columns of a kind at once are faster
        numbers = isinstance(kind, np.dtype) and not kind.hasobject
        digest.update(np.ascontiguousarray(values).tobytes() if numbers else repr(values.tolist()).encode())
    return digest.hexdigest()


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows, each float32 by the few digits that tell it from its neighbours."""
    columns = {}
    for name, column in rows.items():
        values = column.to_numpy()
        if values.dtype == np.float32:
            values = values.astype(str).astype(float)
        columns[str(name)] = [None if isinstance(v, float) and not math.isfinite(v) else v for v in values.tolist()]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _inline(content: bytes, kind: str) -> str:
    return f"data:{KINDS[kind]};base64,{base64.b64encode(content).decode()}"


def _known(key: Hashable) -> str | None:
    """The address that was given for a key, if its bytes are still there."""
    with _memory.lock:
        known = _memory.addresses.get(key)
        if known is not None:
            _memory.addresses.move_to_end(key)
    if known is None or known.startswith("data:") or _there(known.removeprefix("seen/")):
        return known
    return None


def _there(name: str) -> bool:
    """Whether a file is kept; its use is noted."""
    path = folder() / name
    try:
        if path.stat().st_mtime < time.time() - AGAIN:
            os.utime(path)
    except OSError:
        return False
    return True


def _write(name: str, content: bytes) -> None:
    """Store a file, whole or not at all."""
    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    if name.rpartition(".")[2] in PACKED:
        content = gzip.compress(content, 6, mtime=0)
    handle, temporary = tempfile.mkstemp(prefix=".", dir=place)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(place / name)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
    with _memory.lock:
        _memory.unswept += len(content)
        due = _memory.unswept > MOST // 16
        if due:
            _memory.unswept = 0
    if due:
        _sweep(place)


def _sweep(place: Path) -> None:
    """Remove what was not used for longest until the rest fits, and what a process that died left half written."""
    files = []
    for path in place.iterdir():
        with suppress(OSError):  # another process was faster
            status = path.stat()
            if _NAME.fullmatch(path.name):
                files.append((status.st_mtime, status.st_size, path))
            elif path.name.startswith(".") and status.st_mtime < time.time() - AGAIN:
                path.unlink()
    room = MOST
    for _, size, path in sorted(files, reverse=True):
        room -= size
        if room < 0:
            path.unlink(missing_ok=True)


def _send(request: Request) -> Response:
    """The bytes of an address; in a thread of the server's."""
    name = request.path_params["name"]
    kind = name.rpartition(".")[2]
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "public, max-age=31536000, immutable"}
    try:
        content = _memory.pinned.get(name) or ((folder() / name).read_bytes() if _NAME.fullmatch(name) else None)
    except OSError:
        content = None
    if content is None:
        return PlainTextResponse(_GONE, 404, headers | {"Cache-Control": "no-store"})
    if kind in PACKED:
        headers["Vary"] = "Accept-Encoding"
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
        else:
            content = gzip.decompress(content)
    return Response(content, headers=headers, media_type=KINDS[kind])
