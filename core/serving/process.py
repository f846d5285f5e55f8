"""The server's process: what it may take of the machine that many people share."""

import ctypes
import os
import sys
import threading
import time
from contextlib import suppress

from threadpoolctl import threadpool_limits

ARENAS = 2  # places from which glibc gives memory; it makes eight a core, each of which keeps what its largest moment took
LARGE = 2**22  # bytes of a block that has a place of its own and is given back at once; left alone, glibc raises that to 32 MB
# Bytes that an arena keeps when its end is free. Both small, a survey of the test digits takes a third more of the processor: each of
# its arrays is then memory that the system has to clear first.
SPARE = 2**24
TRIM_SECONDS = 15.0  # after which what lies free between other blocks goes back to the system too
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # mallopt(3)


def settle() -> None:
    """One thread for each matrix product, and memory given back when it is free; once, before anyone comes.

    A page's products are small: with a thread a core they take twice the processor for the same time, and hold up other people's pages.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # of libraries that are loaded later
    threadpool_limits(1)
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            glibc = ctypes.CDLL(None)
            glibc.mallopt(_M_ARENA_MAX, ARENAS)
            glibc.mallopt(_M_MMAP_THRESHOLD, LARGE)
            glibc.mallopt(_M_TRIM_THRESHOLD, SPARE)
            threading.Thread(target=_trim, args=(glibc,), daemon=True).start()


def _trim(glibc: ctypes.CDLL) -> None:
    while True:
        time.sleep(TRIM_SECONDS)
        glibc.malloc_trim(0)
