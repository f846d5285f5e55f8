"""Where a network comes from that was not trained here."""

from dataclasses import dataclass

from core.specs.fields import check, text, texts
from core.specs.own import class_name

MOST_CLASSES = 1_000


@dataclass(frozen=True)
class OriginSpec:
    """The file that a network was brought in, by which its run differs from others of the same shape."""

    name: str = text("network", title="Name of the file", help="As its owner calls it.", most=80)
    sha256: str = text("0", title="SHA-256 of the weights", help="Hash of what was read, so that another file is another run.", most=64)
    classes: tuple[str, ...] = texts(
        (),
        title="Classes",
        help="What its outputs stand for, in order; empty: as its data set says.",
        count=(0, MOST_CLASSES),
        each=class_name,
    )

    def __post_init__(self) -> None:
        check(self)
