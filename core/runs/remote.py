"""The store of runs as an address that machines share (KERNEL_EXPLORER_RUNS=s3://bucket/runs, by fsspec), with a copy of it here.

An object is there whole or not at all, and so is a run, which is one object: `runs/KEY.zip`. Everything that reads goes on reading
files, of the copy. Only names that nobody has used yet settle who is first (`create`), so the address must refuse an existing name
when it is asked to, as S3 does (If-None-Match). Jobs are in core.training.share.
"""

import hashlib
import io
import os
import shutil
import tempfile
import zipfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from core.runs import seal

ROOT = Path(__file__).parents[2]
RUNS = "runs/"
_PULLED = ".pulled"  # empty files, named after runs that were here: what made room is fetched again only when it is asked for


AWAY = "The store that servers share does not answer. Trainings wait, and go on when it is back; runs that are here still open."
UNFIT = "The store that servers share does not refuse a name that exists, as S3 does, so nobody could tell who trains. Trainings wait."


class Unreachable(OSError):
    """The shared store does not answer, or cannot be used; the message is a sentence."""

    def __init__(self, sentence: str = AWAY) -> None:
        super().__init__(sentence)


class Objects:
    """Named bytes below an address.

    Raises:
        Unreachable: of each method, where the address does not answer.
    """

    def __init__(self, address: str) -> None:
        try:
            import fsspec

            self.fs, root = fsspec.core.url_to_fs(address, use_listings_cache=False, skip_instance_cache=True)
        except (ImportError, ValueError) as error:
            raise SystemExit(
                f"KERNEL_EXPLORER_RUNS names an address that cannot be used ({str(error)[:120]}); "
                "pip install -r requirements-cluster.txt has what s3:// needs, or name a folder."
            ) from error
        self.root = root.rstrip("/") + "/"

    def read(self, name: str) -> bytes | None:
        """What a name holds; None where it is none."""
        try:
            found: bytes = self.fs.cat_file(self.root + name)
        except FileNotFoundError:
            return None
        except Exception as error:
            raise Unreachable from error
        return found

    def write(self, name: str, data: bytes) -> None:
        """Put it there, in one step."""
        try:
            self.fs.pipe_file(self.root + name, data)
        except Exception as error:
            raise Unreachable from error

    def create(self, name: str, data: bytes) -> bool:
        """Put it there if the name is new: of several who try, one succeeds."""
        try:
            self.fs.pipe_file(self.root + name, data, mode="create")
        except FileExistsError:
            return False
        except Exception as error:
            raise Unreachable from error
        return True

    def delete(self, *names: str) -> None:
        """Take names away; nothing where there are none."""
        for name in names:
            try:
                self.fs.rm_file(self.root + name)
            except FileNotFoundError:
                continue
            except Exception as error:
                raise Unreachable from error

    def list(self, prefix: str) -> dict[str, str]:
        """Names below a folder, each with a stamp that changes with its content."""
        try:
            found: dict[str, dict[str, Any]] = self.fs.find(self.root + prefix, detail=True)
        except FileNotFoundError:
            return {}
        except Exception as error:
            raise Unreachable from error
        start = len(self.root.lstrip("/"))
        return {name.lstrip("/")[start:]: _stamp(info) for name, info in sorted(found.items())}

    def has(self, name: str) -> bool:
        """Whether there is such a name."""
        try:
            self.fs.info(self.root + name)
        except FileNotFoundError:
            return False
        except Exception as error:
            raise Unreachable from error
        return True

    def check(self) -> None:
        """See to it that it can be used.

        Raises:
            Unreachable: it does not answer, or does not refuse a name that exists.
        """
        name = f"check/{uuid4().hex}"
        first, second = self.create(name, b"1"), self.create(name, b"2")
        self.delete(name)
        if not first or second:
            raise Unreachable(UNFIT)


def _stamp(info: dict[str, Any]) -> str:
    return str(info.get("ETag") or info.get("etag") or (info.get("mtime"), info.get("created"), info.get("size")))


def address() -> str:
    """The shared address; empty where the store is a folder."""
    own = os.environ.get("KERNEL_EXPLORER_RUNS", "")
    return own if "://" in own and not own.startswith("file://") else ""


@lru_cache(maxsize=4)
def _objects(address: str) -> Objects:
    return Objects(address)


def objects() -> Objects | None:
    """The shared store; None where the store is a folder."""
    return _objects(address()) if address() else None


def folder(own: str) -> Path:
    """Where the runs of KERNEL_EXPLORER_RUNS lie on this machine: its folder, or the copy of its address.

    KERNEL_EXPLORER_RUNS_COPY names another folder for the copy than one in `cache`.
    """
    if own.startswith("file://"):
        return Path(unquote(urlsplit(own).path))
    if "://" not in own:
        return ROOT / own
    copy = os.environ.get("KERNEL_EXPLORER_RUNS_COPY")
    return ROOT / (copy or f"cache/copies/{hashlib.sha256(own.encode()).hexdigest()[:12]}")


def push(run: Path) -> None:
    """Share a stored run: one object, there whole or not at all."""
    shared = objects()
    if shared is None:
        return
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_STORED) as file:
        for path in sorted(run.iterdir()):
            file.write(path, path.name)
    shared.write(f"{RUNS}{run.name}.zip", data.getvalue())
    _note(run.parent, run.name)


def has(key: str) -> bool:
    """Whether a run is shared; True where the store is a folder."""
    shared = objects()
    return shared is None or shared.has(f"{RUNS}{key}.zip")


def pull() -> None:
    """Fetch every run that was never here."""
    shared, home = objects(), folder(os.environ.get("KERNEL_EXPLORER_RUNS", ""))
    for name in shared.list(RUNS) if shared else ():
        key = name.removeprefix(RUNS).removesuffix(".zip")
        if not (home / _PULLED / key).exists():
            fetch(home, key)


def again(home: Path, key: str) -> bool:
    """Fetch a run that has made room for others; False where it never was here."""
    return objects() is not None and (home / _PULLED / key).exists() and fetch(home, key)


def fetch_missing(key: str) -> None:
    """Fetch a run that is shared and not here."""
    home = folder(os.environ.get("KERNEL_EXPLORER_RUNS", ""))
    if address() and not (home / key).is_dir():
        fetch(home, key)


def fetch(home: Path, key: str) -> bool:
    """Put a run into the copy, whole or not at all; False where there is none, or it is damaged."""
    shared = objects()
    data = shared.read(f"{RUNS}{key}.zip") if shared else None
    if data is None:
        return False
    home.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=f".{key}-", dir=home))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            for name in file.namelist():
                if seal.NAME.fullmatch(name):
                    (place / name).write_bytes(file.read(name))
        seal.check(place)
        place.chmod(0o755)
        with suppress(OSError):  # another process of this machine was faster
            place.rename(home / key)
        _note(home, key)
        return (home / key).is_dir()
    except (zipfile.BadZipFile, ValueError, LookupError, TypeError, RecursionError):
        _note(home, key)  # else it would be fetched again and again
        return False
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _note(home: Path, key: str) -> None:
    (home / _PULLED).mkdir(parents=True, exist_ok=True)
    (home / _PULLED / key).touch()
