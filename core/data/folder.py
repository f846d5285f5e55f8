"""Where downloaded data sets lie, and the error for those that do not."""

import os
from pathlib import Path

OWN_FOLDER = Path(__file__).parents[2] / "cache" / "data"


class MissingData(LookupError):
    """A data set that is not on this machine, or not whole; the message is a sentence with the cure."""


def data_folder() -> Path:
    """The folder of downloaded data: KERNEL_EXPLORER_DATA if set, else cache/data of this project."""
    own = os.environ.get("KERNEL_EXPLORER_DATA")
    return Path(own) if own else OWN_FOLDER
