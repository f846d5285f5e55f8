"""Tiny pictures of 160 x 96 as SVG text, for a word or a step of the path: cells, bars, curves, units and their connections."""

import itertools
from collections.abc import Iterable, Sequence

import numpy as np

from core.charts.raster import signed_levels
from core.charts.theme import FONT, Theme, rgb

WIDTH, HEIGHT = 160, 96


def picture(*parts: str) -> str:
    """The parts as one SVG document."""
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONT}" font-size="13">{"".join(parts)}</svg>'


def _hex(colour: np.ndarray) -> str:
    return "#" + "".join(f"{int(part):02x}" for part in colour)


def box(x: float, y: float, width: float, height: float, fill: str, more: str = "") -> str:
    """A filled rectangle."""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" fill="{fill}" {more}/>'


def frame(x: float, y: float, width: float, height: float, colour: str, thick: float = 1.0) -> str:
    """An outline."""
    return box(x, y, width, height, "none", f'stroke="{colour}" stroke-width="{thick:g}"')


def cells(values: np.ndarray, x: float, y: float, side: float, theme: Theme, kind: str = "signed", top: float | None = None) -> str:
    """An array (rows, columns) as squares of so many pixels a side, with a frame; equal neighbours of a row are one.

    Args:
        kind: "signed", "amount" or "ink": the palette.
        top: the largest size on the scale; that of the values without.
    """
    limit = top or float(np.abs(values).max()) or 1.0
    levels = signed_levels(values, limit) if kind == "signed" else np.rint(np.clip(np.asarray(values) / limit, 0, 1) * 254).astype(int)
    palette = {"signed": theme.signed_palette, "amount": theme.amount_palette, "ink": theme.ink_palette}[kind]
    parts = []
    for row, line in enumerate(levels):
        edges = [0, *(np.flatnonzero(np.diff(line.astype(int))) + 1), len(line)]
        for start, stop in itertools.pairwise(edges):
            colour = _hex(palette[line[start]])
            if colour != theme.paper:
                parts.append(box(x + side * start, y + side * row, side * (stop - start) + 0.1, side + 0.1, colour))
    height, width = levels.shape
    return "".join([*parts, frame(x, y, side * width, side * height, theme.grid)])


def curve(xs: Sequence[float], ys: Sequence[float], colour: str, thick: float = 2.0, dash: str = "") -> str:
    """A line through points of the picture."""
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True))
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{thick:g}"{dashed}/>'


def plot(
    xs: Sequence[float] | np.ndarray,
    ys: Sequence[float] | np.ndarray,
    colour: str,
    theme: Theme,
    within: tuple[float, float, float, float] = (16, 10, 134, 74),
) -> str:
    """A curve scaled into left, top, width, height, with its axes."""
    left, top, width, height = within
    x, y = np.asarray(xs, float), np.asarray(ys, float)
    across = left + width * (x - x.min()) / (np.ptp(x) or 1)
    down = top + height * (1 - (y - y.min()) / (np.ptp(y) or 1))
    axes = curve([left, left, left + width], [top, top + height, top + height], theme.grid, 1)
    return axes + curve(list(across), list(down), colour)


def bars(
    values: Iterable[float], theme: Theme, strong: int | None = None, within: tuple[float, float, float, float] = (12, 10, 136, 64)
) -> str:
    """Columns over a base line; negative ones hang below it in the colour of what pushes down."""
    left, top, width, height = within
    shown = np.asarray(list(values), float)
    high, low = max(shown.max(), 0), min(shown.min(), 0)
    unit, step = height / ((high - low) or 1), width / len(shown)
    base = top + unit * high
    parts = []
    for at, value in enumerate(shown):
        colour = theme.right if at == strong else theme.muted if low == 0 else theme.up if value > 0 else theme.down
        parts.append(box(left + step * at + 1, base - unit * max(value, 0), step - 2, unit * abs(value), colour))
    return "".join([*parts, curve([left, left + width], [base, base], theme.muted, 1)])


def units(
    sizes: Sequence[int], theme: Theme, strong: Sequence[int] = (), within: tuple[float, float, float, float] = (20, 8, 120, 80)
) -> str:
    """Layers of units from left to right, each joined with all of the next; `strong` names one unit a layer on a path."""
    left, top, width, height = within
    places = []
    for at, size in enumerate(sizes):
        x = left + width * at / max(1, len(sizes) - 1)
        places.append([(x, top + height * (one + 0.5) / size) for one in range(size)])
    parts = []
    for at, (near, far) in enumerate(itertools.pairwise(places)):
        for i, (x, y) in enumerate(near):
            for j, (u, v) in enumerate(far):
                on = bool(strong) and (i, j) == (strong[at], strong[at + 1])
                parts.append((on, curve([x, u], [y, v], theme.up if on else theme.grid, 2.5 if on else 1)))
    lines = [line for _, line in sorted(parts)]
    for at, layer in enumerate(places):
        for i, (x, y) in enumerate(layer):
            on = bool(strong) and i == strong[at]
            lines.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{theme.up if on else theme.paper}" stroke="{theme.muted}"/>')
    return "".join(lines)


def dots(points: np.ndarray, colours: Sequence[str], radius: float = 3.0) -> str:
    """Points (n, 2) of the picture, one colour each."""
    return "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{c}"/>' for (x, y), c in zip(points, colours, strict=True))


def words(text: str, x: float, y: float, theme: Theme, size: float = 13, anchor: str = "middle", colour: str = "") -> str:
    """A short text of our own at a place."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;")
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" text-anchor="{anchor}" fill="{colour or theme.text}">{safe}</text>'


def arrow(x: float, y: float, to_x: float, to_y: float, colour: str, thick: float = 2.0) -> str:
    """A straight arrow."""
    way = np.array([to_x - x, to_y - y], float)
    along = way / (np.linalg.norm(way) or 1) * 6
    aside = np.array([-along[1], along[0]]) * 0.6
    tip = np.array([to_x, to_y], float)
    head = [tip - along + aside, tip, tip - along - aside]
    return curve([x, to_x], [y, to_y], colour, thick) + curve([p[0] for p in head], [p[1] for p in head], colour, thick)


def mix(one: str, other: str, share: float) -> str:
    """A colour between two, `share` of the way to the other."""
    return _hex(np.rint(np.array(rgb(one)) * (1 - share) + np.array(rgb(other)) * share))
