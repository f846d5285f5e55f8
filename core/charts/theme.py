"""Every colour, size and scale of the app's pictures; nothing else names a colour."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import altair as alt
import numpy as np
from altair.typing import is_chart_type

FONT = "Source Sans, sans-serif"
SIGNED_WORDS = "orange pushes up, blue pushes down, the background's own colour does nothing"


@dataclass(frozen=True)
class Theme:
    """Colours for one mode. Stops run from least to most; the middle of `signed` is the paper, so that zero disappears."""

    dark: bool
    paper: str
    text: str
    muted: str
    grid: str
    mark: str  # what is picked
    signed: tuple[str, ...]  # blue, paper, orange
    amount: tuple[str, ...]  # paper to strong
    ink: tuple[str, ...]  # paper to ink
    right: str
    wrong: str
    lines: tuple[str, ...]  # up to six curves, told apart by dash too
    classes: tuple[str, ...]  # for colour-blind eyes too; `class_colours` starts anew beyond the last

    @property
    def up(self) -> str:
        """What pushes up, as a bar or a word on the paper."""
        return self.signed[-1]

    @property
    def down(self) -> str:
        """What pushes down, likewise."""
        return self.signed[0]

    @property
    def solid(self) -> str:
        """An amount as a bar, whatever its size."""
        return self.amount[2]

    def class_colours(self, count: int) -> list[str]:
        """One colour a class."""
        return [self.classes[i % len(self.classes)] for i in range(count)]

    def line_colours(self, count: int) -> list[str]:
        """One colour a curve; beyond six they repeat."""
        return [self.lines[i % len(self.lines)] for i in range(count)]

    @property
    def signed_palette(self) -> np.ndarray:
        """(256, 3) uint8; entry 127 is zero, 0 the lowest and 254 the highest value."""
        return _palette(self.signed, 255)

    @property
    def amount_palette(self) -> np.ndarray:
        """(256, 3) uint8; entry 0 is zero, 254 the highest value."""
        return _palette(self.amount, 255)

    @property
    def ink_palette(self) -> np.ndarray:
        """(256, 3) uint8; entry 0 is paper, 254 full ink."""
        return _palette(self.ink, 255)


LIGHT = Theme(
    dark=False,
    paper="#ffffff",
    text="#1b2330",
    muted="#5d6675",
    grid="#dfe3ea",
    mark="#111111",
    signed=("#0a50c0", "#6ea8ea", "#ffffff", "#f4a460", "#c24a00"),
    amount=("#ffffff", "#b7c9b5", "#5f8f77", "#1d4d4f", "#06262b"),
    ink=("#ffffff", "#16181d"),
    right="#00736B",
    wrong="#B3365F",
    lines=("#0072B2", "#C65102", "#00736B", "#7A4FA3", "#8C7A00", "#6B6B6B"),
    classes=("#0072B2", "#C77800", "#009E73", "#CC5A9E", "#0000ff", "#773300", "#0022aa", "#443333", "#5577ff", "#661166"),
)
DARK = Theme(
    dark=True,
    paper="#0e1117",
    text="#e8ebf0",
    muted="#9aa4b2",
    grid="#2a303b",
    mark="#ffffff",
    signed=("#2f95ff", "#1b4f92", "#0e1117", "#8f480c", "#ff9020"),
    amount=("#0e1117", "#1f4746", "#3c8073", "#86bfa3", "#e3f5e6"),
    ink=("#0e1117", "#f2f2ee"),
    right="#3fc1a8",
    wrong="#ef7fa5",
    lines=("#56B4E9", "#F0A04B", "#3fc1a8", "#c39be0", "#d6c24a", "#b0b0b0"),
    classes=("#4FA8E8", "#F0A04B", "#2FBF95", "#E58BC0", "#7766ff", "#c25a45", "#2277dd", "#eedd00", "#997788", "#aaee99"),
)


def theme(dark: bool) -> Theme:
    """The colours of light or dark mode."""
    return DARK if dark else LIGHT


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of "#rrggbb", 0 to 255 each."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue


@cache
def _palette(stops: tuple[str, ...], entries: int) -> np.ndarray:
    """(256, 3) uint8, read-only: `entries` colours evenly between the stops, the last one repeated."""
    colours = np.array([rgb(stop) for stop in stops], dtype=float)
    at = np.linspace(0, len(stops) - 1, entries)
    table = np.stack([np.interp(at, range(len(stops)), colours[:, c]) for c in range(3)], axis=1)
    colours = np.vstack([table, np.repeat(table[-1:], 256 - entries, axis=0)]).round().astype(np.uint8)
    colours.setflags(write=False)
    return colours


def signed_scale(limit: float | str, colours: Theme) -> alt.Scale:
    """Blue to orange over -limit to limit, zero in the paper's colour; values beyond are shown as the limit.

    Args:
        limit: the end of the scale, or the chart's parameter that holds it.
    """
    if isinstance(limit, str):
        domain: list[Any] = [alt.ExprRef(f"{share} * {limit}") for share in (-1, -0.5, 0, 0.5, 1)]
    else:
        domain = [share * (limit or 1.0) for share in (-1, -0.5, 0, 0.5, 1)]
    return alt.Scale(type="linear", domain=domain, range=list(colours.signed), interpolate="rgb", clamp=True)


def amount_scale(top: float, colours: Theme) -> alt.Scale:
    """Paper to strong over 0 to top; values beyond are shown as the top."""
    top = top or 1.0
    return alt.Scale(type="linear", domain=[top * i / 4 for i in range(5)], range=list(colours.amount), interpolate="rgb", clamp=True)


LARGER = 1.4  # times, the words of a chart on a wall


def finish(chart: alt.TopLevelMixin, colours: Theme) -> alt.TopLevelMixin:
    """The chart with the app's fonts and colours."""
    assert is_chart_type(chart)  # every top-level chart is one; Altair's mixin lacks `configure`
    return (
        chart.configure(background="transparent", font=FONT)
        .configure_view(stroke=colours.grid, strokeWidth=1)
        .configure_axis(
            labelColor=colours.muted,
            titleColor=colours.muted,
            gridColor=colours.grid,
            domainColor=colours.grid,
            tickColor=colours.grid,
            labelFontSize=11,
            titleFontSize=12,
            titleFontWeight="normal",
        )
        .configure_legend(labelColor=colours.muted, titleColor=colours.muted, titleFontWeight="normal", gradientLength=160)
        .configure_title(color=colours.text, fontSize=13, fontWeight="normal", anchor="start")
        .configure_header(labelColor=colours.muted, titleColor=colours.muted)
    )


def larger(config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of a finished chart with its words so large that a room can read them."""
    usual = {
        "axis": {"labelFontSize": 10, "titleFontSize": 11},
        "legend": {"labelFontSize": 10, "titleFontSize": 11},
        "header": {"labelFontSize": 10, "titleFontSize": 11},
        "title": {"fontSize": 13},
    }  # Vega's own
    out = dict(config)
    for part, sizes in usual.items():
        own = config.get(part, {})
        out[part] = {**own, **{name: round(LARGER * own.get(name, size)) for name, size in sizes.items()}}
    return out
