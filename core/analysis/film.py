"""One image at every amount of a damage, and images that no class fits: what the film of a page shows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.analysis.robustness import damaged
from core.data import damage
from core.data.damage import DAMAGES, LETTERS, NOTHINGS

STRANGE = {"two": "A second {noun}", "letter": "A letter", "nothing": "Nothing"}  # images without a right answer, and their titles
WITHOUT = ("letter", "nothing")  # of these, those that need no image


@dataclass(frozen=True)
class Step:
    """One picture of the film."""

    id: str  # of its amount, in links
    short: str  # below the picture
    words: str  # what has been done
    image: np.ndarray  # (height, width) float32 in [0, 1]
    right: bool = True  # whether there is a right answer


def titles(noun: str) -> dict[str, str]:
    """Every damage and what it is called; `noun`: what an image shows."""
    return {name: one.title for name, one in DAMAGES.items()} | {name: title.format(noun=noun) for name, title in STRANGE.items()}


def amounts(kind: str, side: int, classes: Sequence[str]) -> tuple[list[str], str]:
    """What the amounts of a damage are called in links, and which of them comes first."""
    if kind in DAMAGES:
        found = DAMAGES[kind]
        return [f"{amount:g}" for amount in found.at(side)], f"{found.scaled(found.start, side):g}"
    ids = {"two": [str(name) for name in classes], "letter": list(LETTERS), "nothing": [one.replace(" ", "-") for one in NOTHINGS]}[kind]
    return ids, ids[0]


def steps(image: np.ndarray, kind: str, images: np.ndarray, labels: np.ndarray, classes: Sequence[str]) -> list[Step]:
    """An image (side, side) in [0, 1] at every amount of a damage, or what stands in its place.

    Args:
        images: test images (N, side, side) uint8 with labels (N,): the first of each class is the second one on the pad.
    """
    side = images.shape[1]
    ids, _ = amounts(kind, side, classes)
    if kind in DAMAGES:
        found = DAMAGES[kind]
        return [
            Step(id_, found.short(amount), found.says(amount), damaged(image[None], kind, amount)[0])
            for id_, amount in zip(ids, found.at(side), strict=True)
        ]
    if kind == "two":
        one = np.asarray(image, np.float32)[None]
        firsts = [np.flatnonzero(labels == label)[:1] for label in range(len(classes))]
        return [
            Step(id_, f"and {id_}", f"beside a {id_}", damage.two_on_one(one, images[first[0]] / np.float32(255))[0], False)
            for id_, first in zip(ids, firsts, strict=True)
            if len(first)
        ]
    if kind == "letter":
        return [Step(id_, id_, f"the letter {id_}", damage.letter(id_, side), False) for id_ in ids]
    return [Step(id_, name, name, damage.nothing(name, side), False) for id_, name in zip(ids, NOTHINGS, strict=True)]
