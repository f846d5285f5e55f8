"""Small pictures as SVG text: they take a moment to write, and a browser shows them without a chart library."""

import numpy as np

from core.charts.theme import FONT, Theme

EDGE = 25  # units of the kernel's sides in the sign


def sign(words: str, colours: Theme) -> str:
    """The app's sign: a kernel of 5 x 5 that answers to a slanted edge, and words at its right."""
    parts = [
        *_kernel(colours),
        f'<text x="{EDGE + 8}" y="{EDGE - 7}" font-size="16" font-weight="bold" fill="{colours.text}">{words}</text>',
    ]
    return _svg(EDGE + 8 + 9 * len(words), EDGE, parts)


def icon(colours: Theme) -> str:
    """The sign's kernel alone."""
    return _svg(EDGE, EDGE, _kernel(colours))


def _kernel(colours: Theme) -> list[str]:
    side, cell = 5, EDGE // 5
    y, x = np.indices((side, side)) - side // 2
    kernel = np.sin((x + 0.5 * y) * 1.2) * np.exp(-(x**2 + y**2) / 9)  # (5, 5)
    levels = np.rint(kernel / np.abs(kernel).max() * 127 + 127).astype(int)
    parts = []
    for (row, column), level in np.ndenumerate(levels):
        red, green, blue = colours.signed_palette[level]
        parts.append(f'<path d="M{column * cell} {row * cell}h{cell}v{cell}h-{cell}" fill="#{red:02x}{green:02x}{blue:02x}"/>')
    return [*parts, f'<rect x="0.5" y="0.5" width="{EDGE - 1}" height="{EDGE - 1}" fill="none" stroke="{colours.muted}"/>']


def _svg(width: float, height: float, parts: list[str]) -> str:
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONT}" font-size="12">{"".join(parts)}</svg>'
