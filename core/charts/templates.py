"""Templates as pictures: signed or grey levels, colours of three channels, sheets and films."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.charts import raster
from core.charts.theme import Theme

COLOUR_WORDS = "each colour channel on one common scale: mid-grey does nothing, brighter pushes up, darker pushes down"

CAPTION = 26  # pixels of height for a film's captions


def colours(weights: np.ndarray, limit: float) -> np.ndarray:
    """Signed three-channel weights (..., 3) as uint8 colours: mid-grey is 0, each channel on the same -limit to limit."""
    scaled = np.asarray(weights, dtype=np.float32) * (127.5 / (limit or 1.0)) + 127.5
    return np.clip(np.rint(scaled), 0, 255).astype(np.uint8)


def pixels(weights: np.ndarray, limit: float, theme: Theme) -> np.ndarray:
    """Signed weights (..., height, width[, 3]) as colours (..., height, width, 3) uint8.

    Three channels become a colour; one channel goes through the theme's signed palette.
    """
    if weights.ndim >= 3 and weights.shape[-1] == 3:
        return colours(weights, limit)
    return theme.signed_palette[raster.signed_levels(weights, limit)]


def image_pixels(image: np.ndarray, theme: Theme) -> np.ndarray:
    """An image in [0, 1] as colours (height, width, 3) uint8: a digit in the theme's ink, a picture as it is."""
    if image.ndim == 3:
        return np.clip(np.rint(image * 255), 0, 255).astype(np.uint8)
    return theme.ink_palette[raster.amount_levels(image, 1.0)]


def sheet(templates: np.ndarray, limit: float, theme: Theme, *, columns: int = 5, gap: int = 1) -> np.ndarray:
    """Templates (units, height, width[, 3]) of one state as one picture, (height, width, 3) uint8."""
    return raster.tiled(pixels(templates, limit, theme), columns, gap=gap, fill=theme.ink_palette[60], border=True)


def film(
    states: np.ndarray, captions: Sequence[str], limit: float, theme: Theme, *, columns: int = 5, scale: int = 3, milliseconds: int = 120
) -> bytes:
    """An endless animated WebP, lossless, of templates (states, units, height, width[, 3]); the last frame stays ten times as long.

    Args:
        captions: one a state, written below its templates.
    """
    frames = []
    for state, caption in zip(states, captions, strict=True):
        picture = Image.fromarray(sheet(state, limit, theme, columns=columns))
        picture = picture.resize((picture.width * scale, picture.height * scale), Image.Resampling.NEAREST)
        frame = Image.new("RGB", (picture.width, picture.height + CAPTION), theme.paper)
        frame.paste(picture)
        ImageDraw.Draw(frame).text((6, picture.height + 3), caption, fill=theme.text, font=ImageFont.load_default(16))
        frames.append(frame)
    out = io.BytesIO()
    durations = [milliseconds] * (len(frames) - 1) + [10 * milliseconds]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=durations, loop=0, lossless=True, method=2)
    return out.getvalue()
