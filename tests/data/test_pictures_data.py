"""Uploads are read as pictures or refused in a sentence, before they can do harm."""

import io
import struct
import time
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from sklearn.datasets import load_sample_images

from core.data import decoder, pictures
from core.data.drawing import prepare_drawing
from core.data.pictures import BadPicture, read_upload

RAMP = np.arange(12 * 20 * 3, dtype=np.uint8).reshape(12, 20, 3)


def saved(picture: Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_header(width: int, height: int, depth: int = 8, colour: int = 0) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))


def bomb(width: int, height: int) -> bytes:
    """A small PNG that unpacks to width x height zeros."""
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(bytes(1 + width)) for _ in range(height)) + packer.flush()
    return png_header(width, height) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def animation() -> bytes:
    frames = [Image.fromarray(RAMP), Image.fromarray(255 - RAMP)]
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:])


PNG = saved(Image.fromarray(RAMP), "PNG")
PHOTO = saved(Image.fromarray(np.random.default_rng(0).integers(0, 256, (300, 300, 3), np.uint8)), "JPEG")


@pytest.mark.parametrize("kind", ["PNG", "BMP"])
def test_lossless_pictures_come_back_as_they_were(kind: str) -> None:
    np.testing.assert_array_equal(read_upload(saved(Image.fromarray(RAMP), kind), f"a.{kind}"), RAMP)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "GIF"])
def test_other_formats_are_close(kind: str) -> None:
    flat = np.full((12, 20, 3), 99, np.uint8)
    assert np.abs(read_upload(saved(Image.fromarray(flat), kind), "a").astype(int) - 99).max() <= 3


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"hello", "is not a picture"),
        (b"%PDF-1.7 ...", "is not a picture"),
        (b"\x89PNG\r\n\x1a\n", "is not a picture"),
        (PNG[:-40], "is cut off or damaged"),
        (PHOTO[: len(PHOTO) // 2], "is cut off or damaged"),
        (PNG[:60] + b"\xff\xff" + PNG[62:], "is cut off or damaged"),
        (animation(), "is animated"),
        (saved(Image.fromarray(RAMP), "PNG", save_all=True, append_images=[Image.fromarray(255 - RAMP)]), "is animated"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "is an SVG drawing"),
        (b"  <svg width='5'/>", "is an SVG drawing"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "is a HEIC"),
        (bytes(60 * 2**20), "has 60 MB; at most 20 MB"),
        (png_header(40_000, 40_000) + chunk(b"IDAT", b""), "far too many pixels; at most 64 million"),
        (png_header(10_000, 10_000) + chunk(b"IDAT", b""), "10,000 x 10,000 pixels; at most 64 million"),
        (png_header(0, 10) + chunk(b"IDAT", b""), ""),
        (saved(Image.fromarray(RAMP), "TIFF"), "is not a picture"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_bad_uploads_get_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(BadPicture) as refused:
        read_upload(data, "my file.png")
    sentence = str(refused.value)
    assert sentence.startswith("my file.png ") and says in sentence and sentence.endswith(".") and "Error" not in sentence


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    data = bomb(20_000, 20_000)
    assert len(data) < 4 * 2**20, "a bomb is small"
    tracemalloc.start()
    began = time.monotonic()
    with pytest.raises(BadPicture, match="too many pixels"):
        read_upload(data, "bomb.png")
    seconds, (_, peak) = time.monotonic() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds < 5 and peak < 20 * 2**20


def test_sixteen_bits_are_scaled_not_cut() -> None:
    values = np.array([[0, 257 * 10, 257 * 200, 65_535]], np.uint16)
    out = read_upload(saved(Image.fromarray(values), "PNG"), "deep.png")
    assert out[0, :, 0].tolist() == [0, 10, 200, 255]


def test_sixteen_bit_colours() -> None:
    row = struct.pack(">6H", 65_535, 0, 0, 0, 257 * 128, 65_535)
    data = png_header(2, 1, depth=16, colour=2) + chunk(b"IDAT", zlib.compress(b"\0" + row)) + chunk(b"IEND", b"")
    assert read_upload(data, "deep.png").tolist() == [[[255, 0, 0], [0, 128, 255]]]


def test_cmyk_becomes_rgb() -> None:
    red = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    out = read_upload(saved(red, "JPEG"), "print.jpg")
    assert np.abs(out.reshape(-1, 3).mean(0) - [255, 0, 0]).max() < 6


def test_transparency_lies_on_white() -> None:
    picture = Image.new("RGBA", (2, 1), (0, 0, 0, 0))
    picture.putpixel((1, 0), (0, 0, 0, 255))
    assert read_upload(saved(picture, "PNG"), "a.png")[0, :, 0].tolist() == [255, 0]
    palette = Image.new("P", (2, 1), 0)
    palette.putpalette([0, 0, 0, 9, 9, 9])
    palette.putpixel((1, 0), 1)
    assert read_upload(saved(palette, "PNG", transparency=0), "a.png")[0, :, 0].tolist() == [255, 9]


def test_one_bit_and_grey() -> None:
    assert read_upload(saved(Image.new("1", (3, 2), 1), "PNG"), "a.png").shape == (2, 3, 3)
    assert (read_upload(saved(Image.new("LA", (3, 2), (77, 255)), "PNG"), "a.png") == 77).all()


def test_camera_orientation_is_followed() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rotate by 90 degrees clockwise
    assert read_upload(saved(Image.fromarray(RAMP), "PNG", exif=exif), "a.png").shape == (20, 12, 3)
    np.testing.assert_array_equal(read_upload(saved(Image.fromarray(RAMP), "PNG", exif=exif), "a.png"), np.rot90(RAMP, -1))


def test_large_pictures_are_scaled_down() -> None:
    assert read_upload(saved(Image.new("RGB", (3_000, 1_500), (5, 6, 7)), "PNG"), "a.png").shape == (512, 1_024, 3)
    assert read_upload(saved(Image.new("L", (5_000, 1), 9), "PNG"), "a.png").shape == (1, 1_024, 3)


@settings(max_examples=200)
@given(st.data())
def test_damaged_bytes_never_raise_anything_else(data: st.DataObject) -> None:
    base = bytearray(
        data.draw(st.sampled_from([PNG, PHOTO, animation(), saved(Image.fromarray(RAMP), "WEBP"), saved(Image.fromarray(RAMP), "BMP")]))
    )
    for _ in range(data.draw(st.integers(1, 8))):
        base[data.draw(st.integers(0, min(len(base), 200) - 1))] = data.draw(st.integers(0, 255))
    try:
        out = decoder.reduced(bytes(base))  # what the process of read_upload does
    except decoder.Undecodable:
        return
    assert out.mode == "RGB" and max(out.size) <= decoder.LONGEST


def test_photographs_are_scikit_learns() -> None:
    ours = [pictures.photograph(name) for name in pictures.PHOTOGRAPHS]
    for picture, theirs in zip(ours, load_sample_images().images, strict=True):
        np.testing.assert_array_equal(picture, theirs)


def test_grey_equals_pillows() -> None:
    theirs = np.asarray(Image.fromarray(RAMP).convert("L"), float) / 255
    assert np.abs(pictures.grey(RAMP) - theirs).max() < 1 / 255


def page(paper: np.ndarray | float, pen: float) -> tuple[np.ndarray, np.ndarray]:
    """A written 1 on a sheet: brightness (200, 160), and where the pen was."""
    brightness = np.broadcast_to(np.asarray(paper, float), (200, 160)).copy()
    pen_at = np.zeros((200, 160), bool)
    pen_at[40:160, 74:86] = True
    brightness[pen_at] = pen
    return brightness + np.random.default_rng(1).normal(0, 0.01, brightness.shape), pen_at


@pytest.mark.parametrize(
    ("paper", "pen"),
    [(0.9, 0.1), (0.1, 0.9), (0.6, 0.25), (np.linspace(0.55, 0.95, 160), 0.2), (np.linspace(0.95, 0.6, 200)[:, None], 0.3)],
    ids=["dark pen", "chalk", "dull", "light from the right", "shadow below"],
)
def test_ink_is_where_the_pen_was(paper, pen: float) -> None:
    brightness, pen_at = page(paper, pen)
    out = pictures.ink(np.clip(brightness, 0, 1))
    assert out.shape == (200, 160) and out.dtype == np.float32
    assert out[pen_at].mean() > 0.9 and out[~pen_at].mean() < 0.01


def test_blank_paper_is_said_to_be_blank() -> None:
    with pytest.raises(BadPicture, match="stands out from its paper"):
        pictures.ink(np.clip(np.random.default_rng(0).normal(0.8, 0.01, (50, 50)), 0, 1))
    with pytest.raises(BadPicture):
        pictures.ink(np.full((1, 1), 0.5))


def test_an_upload_becomes_a_small_square() -> None:
    ink = np.zeros((300, 200), np.float32)
    ink[100:200, 90:110] = 1
    ink[0, 0] = 0.1
    small = pictures.ink_square(ink)
    assert small.shape == (168, 168) and small.max() == 1 and small[0].max() == 0
    assert prepare_drawing(small).box[2] > prepare_drawing(small).box[3]


def test_one_bit_keeps_thin_lines() -> None:
    image = np.zeros((200, 200), np.uint8)
    image[100:102] = 1
    small = pictures.one_bit(image, 100)
    assert small.shape == (100, 100) and small.sum() == 100
    assert pictures.one_bit(np.eye(100, dtype=np.uint8), 100).tolist() == np.eye(100).tolist()
    thirds = np.zeros((30, 30), np.uint8)
    thirds[::3, :15], thirds[::3, 15:], thirds[1::3, 15:] = 1, 1, 1  # a third of each pixel's area at the left, two at the right
    assert pictures.one_bit(thirds, 10).tolist() == [[0.0] * 5 + [1.0] * 5] * 10


def test_middle_square_takes_the_middle() -> None:
    grey = np.zeros((10, 30), np.float32)
    grey[:, 10:20] = 1
    assert pictures.middle_square(grey, 5).tolist() == np.ones((5, 5)).tolist()


def test_scaled_averages_or_repeats() -> None:
    image = np.arange(16, dtype=np.float32).reshape(4, 4)
    assert pictures.scaled(image, 2).tolist() == [[2.5, 4.5], [10.5, 12.5]]
    assert pictures.scaled(image, 8).tolist() == image.repeat(2, 0).repeat(2, 1).tolist()


@pytest.mark.parametrize(("side", "scale", "before"), [(28, 1, 0), (40, 1, 6), (64, 2, 4), (100, 3, 8)])
def test_in_square_enlarges_by_a_whole_number(side: int, scale: int, before: int) -> None:
    image = np.random.default_rng(0).uniform(0.1, 1, (28, 28))
    out = pictures.in_square(image, side)
    assert out.shape == (side, side) and out.dtype == np.float32
    middle = slice(before, before + 28 * scale)
    np.testing.assert_array_equal(out[middle, middle], np.kron(image, np.ones((scale, scale))).astype(np.float32))
    assert np.count_nonzero(out) == (28 * scale) ** 2
