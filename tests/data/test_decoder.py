"""A picture is decoded apart from the server, within bounds, and what costs more is refused in a sentence."""

import io
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.data import decoder, pictures
from core.data.drawing import prepare_drawing
from core.data.pictures import BadPicture, read_upload
from tests.data.test_pictures_data import chunk, png_header

ROOT = Path(__file__).parents[2]
ANIMATED = b"GIF89a\x02\x00\x02\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff"  # two frames of which the second is cut follow
GIF = ANIMATED + b",\x00\x00\x00\x00\x02\x00\x02\x00\x00\x02\x02\x84Q\x00" + b",\x00\x00\x00\x00\x02\x00\x02"


def saved(picture: Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def empty_png(width: int, height: int, depth: int, colour: int, samples: int) -> bytes:
    """A PNG of zeros, whose pixels have so many samples, made without holding them."""
    packer = zlib.compressobj(1)
    row = bytes(1 + width * samples * depth // 8)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return png_header(width, height, depth, colour) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def webp_header(width: int, height: int) -> bytes:
    """The first bytes of a transparent WebP."""
    return (
        b"RIFF\x64\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x10\x00\x00\x00"
        + (width - 1).to_bytes(3, "little")
        + (height - 1).to_bytes(3, "little")
    )


MEASURED = """
import resource, sys
from core.data import decoder
decoder.main()
used = resource.getrusage(resource.RUSAGE_SELF)
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))  # of this program alone
print(int(peak) / 1e3, used.ru_utime + used.ru_stime, file=sys.stderr)
"""


def cost(data: bytes) -> tuple[bytes, float, float]:
    """The answer of the process, its peak of memory in MB and its seconds of computing."""
    done = subprocess.run([sys.executable, "-c", MEASURED], cwd=ROOT, input=data, capture_output=True, check=True)
    megabytes, seconds = map(float, done.stderr.split())
    return done.stdout, megabytes, seconds


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing says what a program held")
@pytest.mark.parametrize(
    ("data", "says"),
    [
        (empty_png(5_400, 5_400, 8, 6, 4), b""),
        (empty_png(7_000, 7_000, 16, 0, 1), b""),
        (webp_header(8_000, 8_000), b"8,000 x 8,000 pixels; of this kind at most 8 million"),
        (empty_png(6_000, 6_000, 16, 2, 3), b"of this kind at most 30 million"),
        (saved(Image.new("RGB", (2_700, 2_700)), "WEBP"), b""),
        (saved(Image.new("RGB", (7_900, 7_900)), "JPEG"), b""),
        (saved(Image.new("RGB", (7_900, 7_900)), "JPEG", progressive=True), b"of this kind at most"),
    ],
    ids=["transparent PNG", "16-bit grey", "transparent WebP", "16-bit colours", "WebP", "JPEG", "progressive JPEG"],
)
def test_no_picture_costs_more_than_its_bounds(data: bytes, says: bytes) -> None:
    answer, megabytes, seconds = cost(data)
    assert answer[:1] == (b"-" if says else b"+") and says in answer[:200]
    assert megabytes < 200 and seconds < 2.5


@pytest.mark.parametrize("data", [GIF, GIF[:46], b"GIF89a", png_header(1, 1), b"RIFF0000WEBPVP8X" + bytes(14)])
def test_what_a_decoder_stumbles_on_is_a_sentence(data: bytes) -> None:
    with pytest.raises(BadPicture, match=r"Save|Choose"):
        read_upload(data, "x")


def test_a_process_that_dies_or_is_late_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder, "PATIENCE", 0.01)
    with pytest.raises(decoder.Undecodable, match="takes more than 2 seconds"):
        decoder.decode(b"x")
    monkeypatch.setattr(decoder, "PATIENCE", 60)
    monkeypatch.setattr(decoder.sys, "executable", "false")
    with pytest.raises(decoder.Undecodable, match="more memory"):
        decoder.decode(b"x")


def test_of_a_telephones_two_pictures_the_first_counts() -> None:
    first, second = (Image.new("RGB", (40, 30), colour) for colour in ("red", "blue"))
    out = read_upload(saved(first, "MPO", save_all=True, append_images=[second]), "phone.jpg")
    assert out.shape == (30, 40, 3) and np.abs(out.reshape(-1, 3).mean(0) - [254, 0, 0]).max() < 3


def seven(colour: tuple[int, int, int]) -> Image.Image:
    """A seven in ink on nothing."""
    out = np.zeros((200, 160, 4), np.uint8)
    out[30:46, 40:120] = out[30:170, 104:120] = (*colour, 255)
    return Image.fromarray(out)


@pytest.mark.parametrize("colour", [(255, 255, 255), (255, 255, 200), (0, 0, 0), (200, 30, 30), (150, 150, 150)])
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_ink_on_nothing_is_seen_whatever_its_colour(colour: tuple[int, int, int], kind: str) -> None:
    picture = seven(colour)
    ink = pictures.ink(pictures.grey(read_upload(saved(picture, kind, **({"lossless": True} if kind == "WEBP" else {})), "a")))
    written = np.asarray(picture)[..., 3] > 0
    assert ink[written].mean() > 0.9 and ink[~written].mean() < 0.05
    prepare_drawing(pictures.ink_square(ink))


def test_a_light_page_with_clear_edges_stays_on_white() -> None:
    page = np.zeros((100, 100, 4), np.uint8)
    page[10:90, 10:90] = 255
    page[40:60, 48:52, :3] = 0
    out = read_upload(saved(Image.fromarray(page), "PNG"), "a.png")
    assert out[0, 0].tolist() == [255] * 3 and out[50, 50].tolist() == [0] * 3


@pytest.mark.parametrize(("kind", "options"), [("WEBP", {"lossless": True}), ("WEBP", {}), ("WEBP", {"exif": b"MM\0*\0\0\0\x08\0\0"})])
def test_the_size_of_a_webp_is_read_from_its_first_bytes(kind: str, options: dict) -> None:
    assert decoder.webp_size(saved(Image.new("RGB", (123, 45)), kind, **options)) == (123, 45)
    assert decoder.webp_size(saved(Image.new("RGBA", (7, 99)), kind, **options)) == (7, 99)
    assert decoder.webp_size(saved(Image.new("RGB", (7, 9)), "PNG")) is None
