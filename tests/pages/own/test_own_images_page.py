"""Own images and sheets of handwriting on the own page."""

import io
import zipfile

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from core.data.sheet import Box
from pages.own.images import EACH, example
from pages.own.sheet import _example as example_sheet
from pages.own.sheet import boxes_of
from tests.pages.own.own_case import app, words


def put(at, key: str, name: str, content: bytes):
    (place,) = [one for one in at.get("file_uploader") if str(one.key) == key]
    return place.set_value((name, content, "application/octet-stream")).run()


def settled(at):
    """Until what is worked out in the background is there."""
    import time

    for _ in range(120):
        if "% of your" in words(at).replace("**", ""):
            return at
        time.sleep(0.5)
        at.run()
    raise AssertionError(words(at))


def test_an_empty_section_says_what_to_bring() -> None:
    at = app({"section": "images"})
    assert not at.exception and "No images yet" in words(at) and "numpy.savez" in words(at)
    at = app({"section": "sheet"})
    assert not at.exception and "No picture yet" in words(at)


def test_pictures_are_shown_on_their_way_and_read(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))
    at = put(app({"section": "images"}), "own-images-file", "mine.zip", example())
    assert not at.exception and not at.error
    assert f"**{10 * EACH} images of 10 classes.**" in words(at) and "How each picture is prepared" in words(at)
    settled(at)
    share = float(words(at).split("It reads **")[1].split("%")[0])
    assert share > 60 and not at.exception


def test_other_classes_are_told() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("cat", "dog"):
            picture = io.BytesIO()
            grey = np.full((40, 40), 230, np.uint8)
            grey[10:30, 15:20] = grey[10:15, 15:28] = 20
            Image.fromarray(grey).save(picture, "PNG")
            archive.writestr(f"{name}/1.png", picture.getvalue())
    at = put(app({"section": "images"}), "own-images-file", "pets.zip", out.getvalue())
    assert not at.exception and "Your classes (cat, dog) are not among those" in words(at)


@pytest.mark.parametrize(("name", "content"), [("a.zip", b"PK\x03\x04nothing"), ("a.csv", b"hello"), ("a.npz", b"")])
def test_what_is_no_set_gets_a_sentence(name: str, content: bytes) -> None:
    at = put(app({"section": "images"}), "own-images-file", name, content)
    assert not at.exception and "These images cannot be read" in words(at)


def test_a_sheet_is_cut_read_and_its_cuts_corrected() -> None:
    at = app({"section": "sheet"})
    at.button(key="own-sheet-example").click().run()
    assert not at.exception and not at.error
    said = words(at).split("It reads **")[1].split("**")[0].split(" ")
    assert len(said) == 10 and sum(a == b for a, b in zip(said, "0123456789", strict=True)) >= 7


def test_cuts_come_out_of_the_table() -> None:
    boxes = example_sheet().boxes
    table = pd.DataFrame([[b.left, b.top, b.width, b.height] for b in boxes], columns=["left", "top", "width", "height"])
    assert boxes_of(table) == list(boxes)
    table.loc[len(table)] = [None, None, None, None]
    table.loc[0, "width"] = 0
    assert boxes_of(table) == list(boxes[1:])
    assert boxes_of(table.iloc[:0]) == []
    assert all(isinstance(box, Box) for box in boxes)
