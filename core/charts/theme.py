"""Every colour, size and scale of the app's pictures; nothing else names a colour."""

from dataclasses import dataclass
from functools import cache

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
    classes: tuple[str, ...]  # ten classes, by Okabe-Ito and its shades

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


_CLASSES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C7A00", "#7A4FA3", "#6B6B6B", "#00736B")

LIGHT = Theme(
    dark=False,
    paper="#ffffff",
    text="#1b2330",
    muted="#5d6675",
    grid="#dfe3ea",
    mark="#111111",
    signed=("#08306b", "#5a9bd4", "#ffffff", "#f4a24a", "#8f3200"),
    amount=("#ffffff", "#b7c9b5", "#5f8f77", "#1d4d4f", "#06262b"),
    ink=("#ffffff", "#16181d"),
    right="#00736B",
    wrong="#B3365F",
    lines=("#0072B2", "#C65102", "#00736B", "#7A4FA3", "#8C7A00", "#6B6B6B"),
    classes=_CLASSES,
)
DARK = Theme(
    dark=True,
    paper="#0e1117",
    text="#e8ebf0",
    muted="#9aa4b2",
    grid="#2a303b",
    mark="#ffffff",
    signed=("#b9dcff", "#3d86cf", "#0e1117", "#cf6f1a", "#ffd09a"),
    amount=("#0e1117", "#1f4746", "#3c8073", "#86bfa3", "#e3f5e6"),
    ink=("#0e1117", "#f2f2ee"),
    right="#3fc1a8",
    wrong="#ef7fa5",
    lines=("#56B4E9", "#F0A04B", "#3fc1a8", "#c39be0", "#d6c24a", "#b0b0b0"),
    classes=_CLASSES,
)


def theme(dark: bool) -> Theme:
    """The colours of light or dark mode."""
    return DARK if dark else LIGHT


@cache
def _palette(stops: tuple[str, ...], entries: int) -> np.ndarray:
    """(256, 3) uint8: `entries` colours evenly between the stops, the last one repeated."""
    rgb = np.array([[int(stop[i : i + 2], 16) for i in (1, 3, 5)] for stop in stops], dtype=float)
    at = np.linspace(0, len(stops) - 1, entries)
    table = np.stack([np.interp(at, range(len(stops)), rgb[:, c]) for c in range(3)], axis=1)
    return np.vstack([table, np.repeat(table[-1:], 256 - entries, axis=0)]).round().astype(np.uint8)


def signed_scale(limit: float, colours: Theme) -> alt.Scale:
    """Blue to orange over -limit to limit, zero in the paper's colour; values beyond are shown as the limit."""
    limit = limit or 1.0
    return alt.Scale(
        type="linear", domain=[-limit, -limit / 2, 0, limit / 2, limit], range=list(colours.signed), interpolate="rgb", clamp=True
    )


def amount_scale(top: float, colours: Theme) -> alt.Scale:
    """Paper to strong over 0 to top; values beyond are shown as the top."""
    top = top or 1.0
    return alt.Scale(type="linear", domain=[top * i / 4 for i in range(5)], range=list(colours.amount), interpolate="rgb", clamp=True)


def finish(chart: alt.TopLevelMixin, colours: Theme, *, canvas: bool = True) -> alt.TopLevelMixin:
    """The chart with the app's fonts and colours, drawn on canvas unless a test or a screen reader wants SVG."""
    assert is_chart_type(chart)  # every top-level chart is one; Altair's mixin lacks `properties`
    embed = {"renderer": "canvas" if canvas else "svg", "actions": False}
    return (
        chart.properties(usermeta={"embedOptions": embed})
        .configure(background="transparent", font=FONT)
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
