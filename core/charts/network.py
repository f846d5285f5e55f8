"""A network as a row of blocks, one a layer: maps as sheets behind each other, single values as a bar."""

from collections.abc import Sequence
from math import log2
from xml.sax.saxutils import escape

from core.charts.theme import FONT, Theme

HIGH, LEAST = 92, 10  # pixels of the largest block's height, and of the smallest
SHEETS = 6  # that stand behind each other at most
STEP = 4  # pixels from sheet to sheet
BAR = 12  # pixels of a bar's width
GAP = 22
WIDE = 660  # pixels, then another row begins
LETTER = 6.2  # pixels of a letter, about


def network(layers: Sequence[tuple[str, tuple[int, ...]]], theme: Theme) -> str:
    """The picture as SVG.

    Args:
        layers: title and shape of each, (maps, height, width) or (units,).
    """
    largest = max((shape[1] for _, shape in layers if len(shape) == 3), default=1)
    top_units = max((shape[0] for _, shape in layers if len(shape) == 1), default=1)
    parts: list[str] = []
    x, y, row = 4.0, 20.0, HIGH + SHEETS * STEP + 58.0
    widest = 0.0
    for i, (title, shape) in enumerate(layers):
        said = "×".join(map(str, shape))
        if len(shape) == 3:
            side = max(LEAST, HIGH * shape[1] / largest)
            sheets = min(SHEETS, shape[0])
            block = side + (sheets - 1) * STEP
        else:
            side = max(LEAST, HIGH * log2(1 + shape[0]) / log2(1 + max(top_units, 2)))
            sheets, block = 1, float(BAR)
        width = max(block, LETTER * max(len(title), len(said)))
        if x + width > WIDE and i:
            x, y = 4.0, y + row
        left, bottom = x + (width - block) / 2, y + HIGH + SHEETS * STEP
        for n in range(sheets):
            across = side if len(shape) == 3 else BAR
            fill = theme.paper if len(shape) == 3 else theme.solid
            parts.append(
                f'<rect x="{left + n * STEP:.1f}" y="{bottom - side - (sheets - 1 - n) * STEP:.1f}" width="{across:.1f}" '
                f'height="{side:.1f}" fill="{fill}" stroke="{theme.muted}"/>'
            )
        for line, (words, strong) in enumerate(((title, True), (said, False))):
            weight = ' font-weight="600"' if strong else ""
            parts.append(
                f'<text x="{x + width / 2:.1f}" y="{bottom + 16 + 14 * line:.1f}" text-anchor="middle" fill="{theme.text}"{weight}>'
                f"{escape(words)}</text>"
            )
        x += width + GAP
        widest = max(widest, x)
    height = y + row - 8
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{widest:.0f}" height="{height:.0f}" viewBox="0 0 {widest:.0f} {height:.0f}" '
        f'font-family="{FONT}" font-size="11">{"".join(parts)}</svg>'
    )
