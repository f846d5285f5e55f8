"""Networks that people brought in, or trained on images of their own: whose they are to see, and how they go again."""

import shutil
import time
from contextlib import suppress
from pathlib import Path

from core.runs import store
from core.runs.run import SPEC

OFFERED = ".offered"  # folder in the store: a file for each brought run that everybody's lists may hold
DAYS = 30  # that a brought run is kept which is offered to nobody
_DAY = 24 * 3600.0


def _sign(key: str) -> Path:
    return store.folders()[0] / OFFERED / key


def offered(key: str) -> bool:
    """Whether its owner has it in everyone's lists."""
    return _sign(key).exists()


def offer(key: str, everyone: bool) -> None:
    """Put a brought run into everyone's lists, or take it out of them.

    Raises:
        store.MissingRun: there is none of this key.
        OSError: the store cannot be written.
    """
    store.folder_of(key)
    if everyone:
        _sign(key).parent.mkdir(exist_ok=True)
        _sign(key).touch()
    else:
        _sign(key).unlink(missing_ok=True)


def remove(key: str) -> None:
    """Delete a private run, its weights and all; nothing where there is none, and never a run that is everyone's."""
    home = store.folders()[0]
    try:
        if not store.load(key).spec.private:
            return
    except (store.MissingRun, store.DamagedRun):
        return
    _sign(key).unlink(missing_ok=True)
    gone = home / f".{key}-removed0"  # as a save in progress is named, so that what is left of it is swept
    with suppress(OSError):
        (home / key).rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def sweep(now: float | None = None) -> int:
    """Delete private runs that nobody else is offered and that are older than DAYS; how many went."""
    count, now = 0, time.time() if now is None else now
    for key in list(store.keys()):
        path = store.folders()[0] / key / SPEC
        with suppress(OSError):
            if now - path.stat().st_mtime > DAYS * _DAY and not offered(key) and _brought(path):
                remove(key)
                count += 1
    return count


def _brought(path: Path) -> bool:
    """Whether a header says that its run is private; without a look at what is heavy."""
    text = path.read_text(encoding="utf-8")
    return '"origin": {' in text or '"own": {' in text
