"""Arrays of numbers as small crisp PNG pictures."""

import base64
import io

import numpy as np
from PIL import Image


def signed_levels(values: np.ndarray, limit: float) -> np.ndarray:
    """Levels 0-254 of signed values, any shape, uint8: 127 is zero, 0 is -limit, 254 is limit; beyond is cut."""
    scaled = np.asarray(values, dtype=np.float32) * (127 / (limit or 1.0)) + 127
    return np.clip(np.rint(scaled), 0, 254).astype(np.uint8)


def amount_levels(values: np.ndarray, top: float) -> np.ndarray:
    """Levels 0-254 of amounts, any shape, uint8: 0 is zero, 254 is top; beyond is cut."""
    return np.clip(np.rint(np.asarray(values, dtype=np.float32) * (254 / (top or 1.0))), 0, 254).astype(np.uint8)


def tiled(pictures: np.ndarray, across: int, *, gap: int = 1, fill: object = 0, border: bool = False) -> np.ndarray:
    """Pictures (n, height, width[, 3]) in rows of `across`, (rows * ..., across * ..., [3]), of the same type.

    Args:
        gap: pixels between two pictures, and with `border` around all, in the colour or level `fill`.
    """
    count, height, width = pictures.shape[:3]
    across = min(across, count)
    down, edge = -(-count // across), gap if border else 0
    shape = (down * (height + gap) - gap + 2 * edge, across * (width + gap) - gap + 2 * edge, *pictures.shape[3:])
    out = np.empty(shape, pictures.dtype)
    out[:] = fill
    for n, picture in enumerate(pictures):
        top, left = edge + n // across * (height + gap), edge + n % across * (width + gap)
        out[top : top + height, left : left + width] = picture
    return out


def png(levels: np.ndarray, palette: np.ndarray, scale: int = 1, compress: int = 6) -> bytes:
    """A palette PNG of levels (height, width) uint8; each value becomes scale x scale pixels."""
    image = Image.fromarray(np.ascontiguousarray(levels), mode="P")
    image.putpalette(palette.tobytes())
    if scale > 1:
        image = image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=compress)
    return out.getvalue()


def png_url(levels: np.ndarray, palette: np.ndarray, scale: int = 1, compress: int = 6) -> str:
    """The PNG of `png` as a data address for `mark_image`."""
    return "data:image/png;base64," + base64.b64encode(png(levels, palette, scale, compress)).decode()


def rgb_png(pixels: np.ndarray, scale: int = 1) -> bytes:
    """A PNG of colours (height, width, 3) uint8; each value becomes scale x scale pixels."""
    image = Image.fromarray(np.ascontiguousarray(pixels), mode="RGB")
    if scale > 1:
        image = image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def rgb_url(pixels: np.ndarray, scale: int = 1) -> str:
    """The PNG of `rgb_png` as a data address."""
    return "data:image/png;base64," + base64.b64encode(rgb_png(pixels, scale)).decode()


def film(levels: np.ndarray, palette: np.ndarray, scale: int = 1, milliseconds: int = 120) -> bytes:
    """An endless animated GIF of levels (frames, height, width) uint8."""
    frames = []
    for frame in levels:
        image = Image.fromarray(np.ascontiguousarray(frame), mode="P")
        image.putpalette(palette.tobytes())
        frames.append(image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST))
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=milliseconds, loop=0)
    return out.getvalue()
