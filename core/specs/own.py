"""A data set of a person's own, by its content."""

from dataclasses import dataclass

from core.specs.fields import check, require, short, text, texts

LONGEST_CLASS = 30  # letters
MOST_CLASSES = 100


def class_name(name: str) -> str:
    """The name of a class, as it may stand in lists and sentences."""
    whole = 0 < len(name) <= LONGEST_CLASS and name.isprintable() and name.strip() == name
    require(whole, f"Classes: {short(name)} is no name; give each class 1 to {LONGEST_CLASS} letters on one line.")
    return name


@dataclass(frozen=True)
class OwnSpec:
    """Images that a person brought: their hash, by which they are found again, and what their classes are called."""

    sha256: str = text(
        "0", title="SHA-256 of the images", help="Hash of images, labels and classes: other images are another set.", most=64
    )
    classes: tuple[str, ...] = texts(
        (), title="Classes", help="What a picture may show, in the order of the labels.", count=(0, MOST_CLASSES), each=class_name
    )

    def __post_init__(self) -> None:
        check(self)

    @property
    def name(self) -> str:
        """How a data spec calls it."""
        return f"own-{self.sha256[:12]}"
