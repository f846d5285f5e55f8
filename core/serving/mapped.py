"""Large arrays as files that the system maps: it takes their memory back when that gets short, and reads it again by itself."""

import tempfile

import numpy as np

LEAST = 4 * 2**20  # bytes


def mapped(array: np.ndarray) -> np.ndarray:
    """The same array, read-only and in a nameless file where it is large; itself where no file can be written."""
    if array.nbytes < LEAST or isinstance(array, np.memmap):
        return array
    try:
        with tempfile.TemporaryFile() as file:  # it goes with the last array that maps it
            np.ascontiguousarray(array).tofile(file)
            file.flush()
            return np.memmap(file, array.dtype, "r", shape=array.shape)
    except OSError:  # no room, or nowhere to write
        return array
