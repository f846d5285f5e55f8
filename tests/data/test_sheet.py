"""Photographs of handwriting: each digit is found where it stands, in the order of reading, and cut out like a drawing."""

import numpy as np
import pytest

from core.data import sheet, uci_digits
from core.data.drawing import UnusableDrawing
from core.data.pictures import BadPicture
from core.data.sheet import Box
from tests.data.sheets import KINDS, pen, photo

IMAGES, LABELS = uci_digits.load("test")
SOME = slice(0, 20)


def overlap(box: Box, wanted: tuple[int, int, int, int]) -> float:
    """Intersection over union."""
    top, left, height, width = wanted
    rows = min(box.top + box.height, top + height) - max(box.top, top)
    columns = min(box.left + box.width, left + width) - max(box.left, left)
    both = max(rows, 0) * max(columns, 0)
    return both / (box.height * box.width + height * width - both)


@pytest.mark.parametrize("kind", KINDS)
def test_every_digit_is_found_in_order(kind: str) -> None:
    """On sheets of 20 digits, each kind: as many boxes as digits, and each where its digit stands."""
    made = photo(IMAGES[SOME], LABELS[SOME], kind)
    found = sheet.read_sheet(made.brightness)
    assert len(found.boxes) == 20
    if made.boxes:
        assert min(overlap(box, wanted) for box, wanted in zip(found.boxes, made.boxes, strict=True)) > 0.6
    assert any("straight lines" in note for note in found.notes) or not ("frame" in kind or "pencil-" in kind)


@pytest.mark.parametrize("kind", ["plain", "uneven-shadow-squared", "frame"])
def test_cuts_resemble_the_digit(kind: str) -> None:
    """What is cut out correlates with the digit put there, prepared by itself."""
    made = photo(IMAGES[SOME], LABELS[SOME], kind, seed=3)
    found = sheet.read_sheet(made.brightness)
    for box, image in zip(found.boxes, IMAGES[SOME], strict=True):
        digit = sheet.cut(found, box).centred
        clean = sheet.prepare_drawing(sheet.pictures.ink_square(np.pad(pen(image, 64)[:, :96], 6))).centred
        assert np.corrcoef(digit.ravel(), clean.ravel())[0, 1] > 0.8


def test_a_box_of_one_s_own() -> None:
    """A box drawn too large takes no part of the neighbour with it; one on blank paper says so."""
    made = photo(IMAGES[:2], LABELS[:2], "plain", columns=2)
    found = sheet.read_sheet(made.brightness)
    box = found.boxes[0]
    second = found.boxes[1]
    large = Box(box.top - 5, box.left - 5, box.height + 10, second.left + second.width // 3 - box.left)
    assert np.corrcoef(sheet.cut(found, large).centred.ravel(), sheet.cut(found, box).centred.ravel())[0, 1] > 0.95
    with pytest.raises(UnusableDrawing, match="Nothing is drawn"):
        sheet.cut(found, Box(2, 2, 20, 20))
    with pytest.raises(UnusableDrawing, match="outside"):
        sheet.cut(found, Box(10_000, 0, 20, 20))


def test_one_large_digit() -> None:
    """A single digit that fills the photograph is one box, a 1 and a 7 too."""
    for label in (1, 7, 0, 4):
        image = IMAGES[np.flatnonzero(label == LABELS)[0]]
        digit = pen(image, 420)
        picture = np.full((560, 480), 0.85, np.float32)
        picture[60:480, 60 : 60 + digit.shape[1]] -= 0.7 * digit[:, : 480 - 60]
        found = sheet.read_sheet(picture)
        assert len(found.boxes) == 1 and found.boxes[0].height > 380


def test_touching_digits_are_parted() -> None:
    left, right = (pen(IMAGES[np.flatnonzero(label == LABELS)[0]], 70) for label in (0, 3))
    picture = np.full((200, 420), 0.85, np.float32)
    picture[60:130, 60 : 60 + left.shape[1]] -= 0.7 * left
    picture[60:130, 57 + left.shape[1] : 57 + left.shape[1] + right.shape[1]] -= 0.65 * right
    alone = pen(IMAGES[5], 70)
    picture[60:130, 300 : 300 + alone.shape[1]] -= 0.7 * alone
    assert len(sheet.read_sheet(np.clip(picture, 0, 1)).boxes) == 3


@pytest.mark.parametrize(
    "picture", [np.full((300, 300), 0.8), 0.8 + 0.01 * np.random.default_rng(0).standard_normal((300, 300)), np.zeros((40, 40))]
)
def test_blank_paper_gets_a_sentence(picture: np.ndarray) -> None:
    with pytest.raises(BadPicture, match=r"Write .* and come closer\.$"):
        sheet.read_sheet(picture.astype(np.float32))
