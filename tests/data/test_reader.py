"""Sets of images and photographs are read in a process of their own: the same as here, or a sentence about what they cost."""

import io
import sys
import time
import zipfile

import numpy as np
import pytest
from PIL import Image

from core.data import own_images, pictures, reader, sheet
from core.data.pictures import BadPicture
from tests.data.test_own_images import LABELS, MNISTLIKE, SMALL, csv, npz, paper, png, zipped


@pytest.mark.parametrize("kind", ["folders", "arrays", "table", "small"])
def test_a_set_is_what_it_is_without_a_process(kind: str) -> None:
    data = {
        "folders": zipped({f"{LABELS[i]}/{i}.png": png(paper(SMALL[i])) for i in range(12)}),
        "arrays": npz(images=MNISTLIKE, labels=LABELS[:120]),
        "table": csv(MNISTLIKE[:20], LABELS[:20]),
        "small": npz(x=SMALL[:20], y=LABELS[:20]),
    }[kind]
    found, wanted = reader.own_set(data), own_images.read(data)
    assert (found.key, found.classes, found.notes, found.counts) == (wanted.key, wanted.classes, wanted.notes, wanted.counts)
    assert np.array_equal(found.images, wanted.images) and np.array_equal(found.labels, wanted.labels)
    assert not found.images.flags.writeable and len(found.samples) == len(wanted.samples)
    for one, other in zip(found.samples, wanted.samples, strict=True):
        assert one.name == other.name and np.array_equal(one.brightness, other.brightness)
        assert one.prepared.box == other.prepared.box and one.prepared.shift == other.prepared.shift
        assert all(np.array_equal(getattr(one.prepared, name), getattr(other.prepared, name)) for name in ("drawn", "boxed", "centred"))


def test_a_photograph_is_what_it_is_without_a_process() -> None:
    data = png(paper(SMALL[3]))
    found, wanted = reader.photograph(data, "a.png"), sheet.read_sheet(pictures.grey(pictures.read_upload(data, "a.png")))
    assert found.boxes == wanted.boxes and found.notes == wanted.notes
    assert all(np.array_equal(getattr(found, name), getattr(wanted, name)) for name in ("brightness", "paper", "ink", "pieces"))


def test_what_is_wrong_is_a_sentence() -> None:
    with pytest.raises(BadPicture, match="neither a ZIP of folders"):
        reader.own_set(b"")
    with pytest.raises(BadPicture, match="stands out from its paper"):
        reader.photograph(png(np.full((60, 60), 230, np.uint8)), "a.png")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="bounds of memory and time are the system's")
def test_what_costs_more_than_there_is_for_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """4,000 images, each prepared like a drawing, within a second; arrays that have to stand there twice."""
    monkeypatch.setattr(reader, "MOST_SECONDS", 0)  # beyond what begins with the second
    strokes = np.zeros((4_000, 100, 100), np.uint8)
    strokes[:, 20:80, 40:55] = 255
    began = time.process_time()
    with pytest.raises(BadPicture, match="takes longer than this app gives a file"):
        reader.own_set(npz(images=strokes, labels=np.arange(4_000) % 10))
    monkeypatch.setattr(reader, "MOST_MEMORY", 40 * 10**6)
    large = np.zeros((30_000, 28, 28), np.uint8)
    large[:, 9:20, 12:16] = 1
    with pytest.raises(BadPicture, match="takes more memory than this app gives a file"):
        reader.own_set(npz(images=large, labels=np.arange(30_000) % 10))
    assert time.process_time() - began < 2, "the server itself only waits"


def test_a_class_with_another_kind_of_digit_in_its_name() -> None:
    """Two is a digit in '²' and no number."""
    found = own_images.read(zipped({f"{name}/{i}.png": png(paper(SMALL[i])) for i, name in enumerate(("²", "٣", "7"))}))
    assert set(found.classes) == {"²", "٣", "7"}
    rows = csv(MNISTLIKE[:4], LABELS[:4]).decode().split("\n")
    assert "²" in own_images.read("\n".join([rows[0], *(f"²,{row.partition(',')[2]}" for row in rows[1:])]).encode()).classes


def test_a_picture_that_breaks_leaves_the_others_their_time() -> None:
    """A picture whose cost is known before it is decoded is left out by a sentence; those beside it are read."""
    wide = io.BytesIO()
    Image.new("L", (2_100, 2_000), 255).save(wide, "PNG")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("7/wide.png", wide.getvalue())
        archive.writestr("7/good.png", png(paper(SMALL[1])))
    found = own_images.read(out.getvalue())
    assert len(found.images) == 1 and any("up to 4 million are read" in note for note in found.notes)
