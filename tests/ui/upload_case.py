"""Pictures to upload: good ones of several kinds, and bad ones with words of the sentence that each must get."""

import io
import zlib

import numpy as np
from PIL import Image


def photograph(kind: str) -> bytes:
    """A seven in a picture of a kind: dark on light, light on dark, 16 bits, CMYK, ..."""
    grey = np.full((240, 200), 225, np.uint8)
    grey[60:76, 60:140] = grey[60:180, 124:140] = 25
    image = Image.fromarray(255 - grey if kind == "light on dark" else grey)
    out = io.BytesIO()
    if kind == "16 bits":
        Image.fromarray(grey.astype(np.uint16) * 257).save(out, "PNG")
    elif kind == "CMYK":
        image.convert("CMYK").save(out, "JPEG")
    else:
        image.save(out, "PNG")
    return out.getvalue()


def bad_uploads() -> dict[str, tuple[bytes, str]]:
    frames = [Image.new("L", (30, 30), value) for value in (0, 255)]
    animated, blank = io.BytesIO(), io.BytesIO()
    frames[0].save(animated, "GIF", save_all=True, append_images=frames[1:])
    Image.new("L", (100, 100), 255).save(blank, "PNG")
    header = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (40_000).to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00"
    huge = header + zlib.crc32(header[12:29]).to_bytes(4, "big") + b"\x00\x00\x00\x00IDAT" + b"\x00" * 8
    return {
        "text": (b"hello, this is no picture", "not a picture"),
        "huge": (huge, "million"),
        "truncated": (photograph("dark on light")[:200], "cut off or damaged"),
        "animated": (animated.getvalue(), "animated"),
        "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        "60 MB": (b"\x00" * (60 * 2**20), "MB"),
        "empty": (b"", "empty"),
        "blank": (blank.getvalue(), "Nothing in this picture"),
    }
