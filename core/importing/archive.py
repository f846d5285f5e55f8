"""ZIP files opened with limits, so that a small file cannot unpack into a large one."""

import zipfile
import zlib
from io import BytesIO
from struct import error as struct_error

from core.importing.refusal import Refused, refuse

MOST_FILES = 5_000
MOST_BYTES = 256 << 20  # unpacked, all that is read of one archive
CUT = "The file is cut short or damaged: its ZIP cannot be read. Get it again, or save it again."


class Archive:
    """A ZIP in memory; what is read of it is counted."""

    def __init__(self, data: bytes) -> None:
        """Raises Refused: it is no whole ZIP, or holds too much."""
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
            infos = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, struct_error) as error:
            raise Refused(CUT) from error
        if len(infos) > MOST_FILES:
            refuse(f"Its ZIP holds {len(infos):,} files; at most {MOST_FILES:,} are read.")
        self._infos = {info.filename: info for info in infos if not info.filename.endswith("/")}
        self.names = list(self._infos)
        self._left = MOST_BYTES

    def read(self, name: str) -> bytes:
        """One file of the archive.

        Raises:
            Refused: it is missing, damaged or too large.
        """
        if name not in self._infos:
            refuse("A part of the file is missing: it was cut or packed again; get it once more.")
        info = self._infos[name]
        if info.flag_bits & 1:
            refuse("Its ZIP is locked with a password; unpack it and drop what is inside.")
        try:
            with self._zip.open(info) as file:
                data = file.read(self._left + 1)
        except (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError, EOFError, RuntimeError, struct_error) as error:
            raise Refused(CUT) from error
        self._left -= len(data)
        if self._left < 0:
            refuse(f"It unpacks into more than {MOST_BYTES >> 20} MB; this app reads networks of up to 64 MB.")
        return data
