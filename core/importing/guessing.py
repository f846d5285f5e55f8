"""Which data set a network was made for, told by the size of the images that it reads."""

from collections.abc import Mapping

from core.data import catalog
from core.data.catalog import DataSet
from core.importing.reading import understood
from core.importing.refusal import Refused
from core.importing.understanding import Images
from core.specs import Step

FIRST = "mnist"  # what nearly all such files were trained on


def offered() -> list[str]:
    """Names of the data sets that a network can be tried on, the most usual one first: square images that are stored."""
    found = [name for name, data in catalog.DATASETS.items() if data.module and len(data.shape) >= 2 and data.shape[0] == data.shape[1]]
    return sorted(found, key=lambda name: name != FIRST)


def images_of(data: DataSet) -> Images:
    """The images of a data set."""
    return Images(data.shape[0], data.shape[2] if len(data.shape) == 3 else 1, len(data.classes))


def made_for(files: Mapping[str, bytes]) -> str:
    """The data set whose images are of the size that a network reads; where none are, the most usual one that is here.

    Raises:
        Refused: no network can be read.
    """
    here = [name for name in offered() if not catalog.missing(name)]
    trouble: Refused | None = None
    for name in here:
        about = images_of(catalog.get(name))
        try:
            given = reads(files, about)
        except Refused as refused:
            trouble = trouble or refused
            continue
        if (given.units, *given.kernel) == (about.channels, about.side, about.side):
            return name
    if trouble is not None and len(here) == 1:
        raise trouble
    return here[0] if here else FIRST


def reads(files: Mapping[str, bytes], about: Images) -> Step:
    """The input of the most usual reading of a network.

    Raises:
        Refused: no network can be read.
    """
    puzzle = understood(files, about).puzzle
    return puzzle.build({question.name: question.default for question in puzzle.questions})[1]
