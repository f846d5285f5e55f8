"""Files inside a ZIP that somebody uploaded: listed and unpacked within limits, in memory, never to disk."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from core.data.pictures import BadPicture

ERRORS = (
    zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, struct.error, ValueError, OverflowError, NotImplementedError,
)  # fmt: skip
DAMAGED = "The ZIP file is damaged or packed in a way that is not read here; pack it again as a plain ZIP."


@dataclass(frozen=True)
class Limits:
    """What a ZIP may hold."""

    files: int
    each: int  # bytes of one file, unpacked
    together: int  # bytes of all of them, unpacked


@contextmanager
def opened(data: bytes, limits: Limits) -> Iterator[tuple[list[zipfile.ZipInfo], Callable[[zipfile.ZipInfo], bytes]]]:
    """The files of a ZIP (no folders, no system's own), and a function that unpacks one.

    Raises:
        BadPicture: what is wrong and what to do, in a sentence.
    """
    _check_directory(data, limits)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = [info for info in archive.infolist() if not info.filename.endswith("/") and not _systems_own(info.orig_filename)]
            if len(files) > limits.files:
                raise BadPicture(f"The ZIP file lists more than {limits.files:,} files; use fewer pictures.")
            if sum(info.file_size for info in files) > limits.together:
                raise BadPicture(
                    f"Unpacked, the ZIP file would fill more than {limits.together // 10**6} MB; use fewer or smaller pictures."
                )
            for info in files:
                _check(info, limits)

            def unpacked(info: zipfile.ZipInfo) -> bytes:
                with archive.open(info) as file:
                    found = file.read(limits.each + 1)
                if len(found) > limits.each:
                    raise BadPicture(f"{info.filename[:60]!r} unpacks to more than {limits.each:,} bytes; use smaller files.")
                return found

            yield files, unpacked
    except BadPicture:
        raise
    except ERRORS:
        raise BadPicture(DAMAGED) from None


def _systems_own(name: str) -> bool:
    """Files that a system puts beside a person's own."""
    last = name.rpartition("/")[2]
    return name.startswith("__MACOSX/") or last in (".DS_Store", "Thumbs.db", "desktop.ini") or last.startswith("._")


def _check_directory(data: bytes, limits: Limits) -> None:
    """Look at the ZIP's last record before anything walks its table of contents."""
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - 22 - 65_535))
    if end < 0 or end + 22 > len(data):
        raise BadPicture("This is not a whole ZIP file; pack the folders of pictures into one.")
    entries, size = struct.unpack("<HI", data[end + 10 : end + 16])
    if data[max(0, end - 20) : end][:4] == b"PK\x06\x07" or entries > 2 * limits.files or size > 400 * limits.files:
        raise BadPicture(f"The ZIP file lists more than {limits.files:,} files; use fewer pictures.")


def _check(info: zipfile.ZipInfo, limits: Limits) -> None:
    name, shown = info.orig_filename, repr(info.orig_filename[:60])
    if not name or name.startswith(("/", "\\")) or "\\" in name or "\x00" in name or ".." in name.split("/"):
        raise BadPicture(f"The name {shown} leads out of the ZIP file; use plain names like 7/first.png.")
    if info.flag_bits & 1:
        raise BadPicture(f"{shown} is locked by a password; pack it without one.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BadPicture(f"{shown} is packed in a way that is not read here; pack it again as a plain ZIP.")
    if info.file_size > limits.each:
        raise BadPicture(f"{shown} would unpack to {info.file_size:,} bytes; up to {limits.each:,} are read.")
