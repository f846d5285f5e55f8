"""The process that decodes an uploaded picture: `python -m core.data.decoder`, the file on its standard input.

A picture of a few kB can unpack to gigabytes, and a decoder is the likeliest part to break, so neither happens in the server.
The process may hold MOST_MEMORY bytes and compute for MOST_SECONDS. It answers on its standard output with "+", width, height and
the RGB bytes of the picture made small, or with "-" and the rest of a sentence about the file.
"""

import io
import os
import signal
import struct
import subprocess
import sys
import threading
import warnings
from pathlib import Path

from PIL import Image, ImageChops, ImageOps

ROOT = Path(__file__).parents[2]
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
LONGEST = 1_024  # pixels of a side; larger pictures are scaled down to it
MOST_PIXELS = 64_000_000  # more than a telephone's camera takes
MOST_DECODED = 120 * 10**6  # bytes that a decoder fills, its own copies counted
WEBP = 16.0  # bytes a pixel: two canvases of its decoder, its answer and the picture, in four each
MOST_MEMORY = 180 * 10**6  # bytes of the process, the file and the interpreter counted
MOST_SECONDS = 2  # of computing
PATIENCE = 30  # seconds by the clock, on a server that has much else to do
TURNS = threading.BoundedSemaphore(2)  # pictures that one server decodes at a time
STRIP = 64 * LONGEST  # pixels, about, that are converted at a time
LIGHT = 200  # of 255: ink that cannot be seen on white
CURE = "Save it as a PNG or JPEG and try again."
SMALLER = "Save a smaller copy and try again."


class Undecodable(ValueError):
    """A picture that cannot be used; the message is the rest of a sentence about the file."""


def decode(data: bytes) -> tuple[int, int, bytes]:
    """Width, height and RGB bytes of a picture, decoded in a process of its own.

    Raises:
        Undecodable: the file holds no picture, a damaged one, or one that costs too much.
    """
    command = [sys.executable, "-m", "core.data.decoder"]
    try:
        with TURNS:
            done = subprocess.run(command, input=data, cwd=ROOT, capture_output=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise Undecodable(_too_long()) from None
    said = done.stdout
    if done.returncode or said[:1] not in (b"+", b"-"):
        raise Undecodable(
            _too_long()
            if -done.returncode == getattr(signal, "SIGXCPU", None)
            else f"takes more memory to read than there is for it. {SMALLER}"
        )
    if said[:1] == b"-":
        raise Undecodable(said[1:].decode())
    width, height = struct.unpack(">II", said[1:9])
    return width, height, said[9:]


def reduced(data: bytes) -> Image.Image:
    """A picture as RGB: upright, no side above LONGEST, on white where it is transparent, or on black where white would hide it.

    What it will cost is read from its header before a pixel is decoded.

    Raises:
        Undecodable: as `decode`.
    """
    if (size := webp_size(data)) is not None:  # its reader makes room for all of it as soon as it is opened
        _afford(*size, WEBP * size[0] * size[1])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the size is checked below
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        raise Undecodable(f"has far too many pixels; at most {MOST_PIXELS // 10**6} million can be read. {SMALLER}") from None
    except MemoryError:
        raise Undecodable(f"takes more memory to read than there is for it. {SMALLER}") from None
    except Exception:  # Pillow's readers raise whatever they stumble on
        raise Undecodable(f"is not a picture that can be read here. {CURE}") from None
    try:
        with picture:
            _check(picture)
            return _small(picture)
    except Undecodable:
        raise
    except Exception as error:  # as above: most of the decoding happens only here
        if isinstance(error, MemoryError) or "memory" in str(error):
            raise Undecodable(f"takes more memory to read than there is for it. {SMALLER}") from None
        raise Undecodable(f"is cut off or damaged. {CURE}") from None


def _check(picture: Image.Image) -> None:
    width, height = picture.size
    if min(width, height) == 0:
        raise Undecodable("has no pixels. Choose another file.")
    if width * height > MOST_PIXELS:
        raise Undecodable(f"has {width:,} x {height:,} pixels; at most {MOST_PIXELS // 10**6} million can be read. {SMALLER}")
    jpeg = picture.format in ("JPEG", "MPO")  # the second is what telephones make of two pictures, of which the first counts
    if getattr(picture, "is_animated", False) and not jpeg:
        raise Undecodable("is animated. Save the frame that you want as a PNG or JPEG and try again.")
    if jpeg:
        picture.draft("RGB", (LONGEST, LONGEST))  # decoded at a half, a quarter or an eighth
    _afford(width, height, decoded(picture, width * height))


def _afford(width: int, height: int, cost: float) -> None:
    if cost > MOST_DECODED:
        most = MOST_DECODED * width * height / cost / 10**6
        raise Undecodable(f"has {width:,} x {height:,} pixels; of this kind at most {most:.0f} million can be read. {SMALLER}")


def decoded(picture: Image.Image, pixels: int) -> float:
    """Bytes that decoding takes; a picture of so many pixels may be about to be decoded at a smaller size."""
    held = {"1": 1, "L": 1, "P": 1, "I;16": 2}.get(picture.mode, 4)  # a pixel: Pillow holds colours in four bytes
    match picture.format:
        case "WEBP":
            return pixels * WEBP
        case "GIF":
            return pixels * (held + 4.0)  # a frame, and the picture it is laid on
        case "JPEG" | "MPO":
            planes = [(across, down) for _, across, down, _ in picture.layer]  # type: ignore[attr-defined]  # of its own class
            finest = max(across for across, _ in planes) * max(down for _, down in planes)
            progressive = 2.0 * sum(across * down for across, down in planes) / finest if picture.info.get("progressive") else 0.0
            return pixels * progressive + picture.width * picture.height * held  # all coefficients stand until the last is read
    return float(pixels * held)


def webp_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a WebP picture from its first bytes; None for any other file."""
    if len(data) < 30 or data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return None
    match data[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
        case b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF


def _small(picture: Image.Image) -> Image.Image:
    """The picture as RGB, turned as its camera says and no larger than needed."""
    picture.load()
    deep = picture.mode.startswith(("I", "F"))
    top = float(picture.getextrema()[1]) if deep else 0.0  # type: ignore[arg-type]  # of its one band
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    factor = max(1, max(picture.size) // LONGEST)
    width, height = picture.size
    out = Image.new(mode, (-(-width // factor), -(-height // factor)))
    rows = max(1, STRIP // width // factor) * factor
    for upper in range(0, height, rows):  # so that only a strip stands in memory twice
        strip = picture.crop((0, upper, width, min(upper + rows, height)))
        out.paste((_grey(strip, top) if deep else strip).convert(mode).reduce(factor), (0, upper // factor))
    out.info = picture.info
    out = ImageOps.exif_transpose(out)
    out.thumbnail((LONGEST, LONGEST), Image.Resampling.BOX)
    return _on_paper(out) if mode == "RGBA" else out


def _grey(strip: Image.Image, top: float) -> Image.Image:
    """Grey of 16 bits or more in 8."""
    scale = 255 / (65_535 if top > 255 else 255)
    return strip.convert("F").point(lambda value: value * scale + 0.5).convert("L")  # cut, not rounded, in the last step


def _on_paper(picture: Image.Image) -> Image.Image:
    """A transparent picture on white; on black where all that can be seen of it is light, as chalk is."""
    seen = picture.getchannel("A").point(lambda alpha: 255 * (alpha > 127))
    dark = picture.convert("RGB").convert("L").point(lambda grey: 255 * (grey < LIGHT))
    count, hidden, shadows = (image.histogram() for image in (seen, ImageChops.invert(seen), ImageChops.multiply(seen, dark)))
    chalk = count[255] and hidden[255] and shadows[255] < 0.01 * count[255]
    return Image.alpha_composite(Image.new("RGBA", picture.size, "black" if chalk else "white"), picture).convert("RGB")


def _too_long() -> str:
    return f"takes more than {MOST_SECONDS} seconds to read. {SMALLER}"


def hold(memory: int, seconds: int) -> None:
    """Keep this process within so many bytes and seconds of computing, where the system knows such bounds."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))  # first a signal that says why, then the end
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Answer for the picture on the standard input."""
    hold(MOST_MEMORY, MOST_SECONDS)
    if hasattr(os, "nice"):
        os.nice(5)
    sys.stdout.buffer.write(_said(sys.stdin.buffer.read()))


def _said(data: bytes) -> bytes:
    """The answer about a picture."""
    try:
        picture = reduced(data)
    except Undecodable as error:
        return b"-" + str(error).encode()
    return b"+" + struct.pack(">II", *picture.size) + picture.tobytes()


if __name__ == "__main__":
    main()
