"""Every colour against its background, by numbers, in both modes; and that no other file names a colour."""

import re
import tomllib
from itertools import combinations
from pathlib import Path

import altair as alt
import numpy as np
import pytest

from core.charts.theme import DARK, LARGER, LIGHT, Theme, finish, larger, rgb

ROOT = Path(__file__).parents[2]
BOTH = pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
# Machado, Oliveira and Fernandes (2009), severity 1: what eyes without long or without middle cones see of linear light.
EYES = {
    "all cones": np.eye(3),
    "no long": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "no middle": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
}


def linear(pixels: np.ndarray) -> np.ndarray:
    """sRGB (..., 3) of 0 to 255 as linear light."""
    share = np.asarray(pixels, float) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Of two colours, as WCAG 2 defines it, 1 to 21."""
    dark, light = sorted(float(linear(np.array(rgb(colour))) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(pixels: np.ndarray, eye: np.ndarray) -> np.ndarray:
    """CIELAB (..., 3) of sRGB (..., 3), D65, as an eye sees it."""
    seen = np.clip(linear(pixels) @ eye.T, 0, 1)
    xyz = seen @ np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]).T / [0.9505, 1, 1.089]
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


@BOTH
def test_what_is_read_stands_out_from_the_paper(colours: Theme):
    least = {"text": 7, "muted": 4.5, "mark": 7, "right": 4.5, "wrong": 4.5, "up": 4.5, "down": 4.5, "solid": 3}
    assert {name: contrast(getattr(colours, name), colours.paper) >= value for name, value in least.items()} == dict.fromkeys(least, True)
    for name in ("lines", "classes"):
        assert min(contrast(colour, colours.paper) for colour in getattr(colours, name)) >= 3, name
    assert 1.2 < contrast(colours.grid, colours.paper) < 2  # a line to lead the eye, no more


@BOTH
def test_numbers_stand_out_from_the_strongest_cells(colours: Theme):
    for end in (colours.signed[0], colours.signed[-1], colours.amount[-1]):
        assert contrast(colours.paper, end) >= 4.5


@BOTH
def test_the_ends_of_the_signed_scale_are_its_most_different_colours(colours: Theme):
    seen = lab(colours.signed_palette[:255], EYES["all cones"])
    apart = np.linalg.norm(seen[:, None] - seen[None], axis=2)
    assert set(np.unravel_index(apart.argmax(), apart.shape)) == {0, 254}
    assert apart[0, 254] > 100
    for eye in EYES.values():
        ends = lab(colours.signed_palette[[0, 254]], eye)
        assert np.linalg.norm(ends[0] - ends[1]) > 90
        assert np.linalg.norm(ends[:, 1:], axis=1).min() > 35  # neither is pale


@BOTH
def test_classes_can_be_told_apart(colours: Theme):
    for eye in EYES.values():
        seen = lab(np.array([rgb(colour) for colour in colours.classes]), eye)
        assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 12


@BOTH
def test_zero_is_the_paper(colours: Theme):
    assert tuple(colours.signed_palette[127]) == tuple(colours.amount_palette[0]) == tuple(colours.ink_palette[0]) == rgb(colours.paper)


def test_streamlit_has_the_same_paper_and_text():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
    for mode, colours in (("light", LIGHT), ("dark", DARK)):
        assert (config[mode]["backgroundColor"], config[mode]["textColor"]) == (colours.paper, colours.text)


FILES = [
    path
    for folder in ("core/charts", "core/ui", "pages")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in (".py", ".js", ".css", ".html") and path.name != "theme.py"
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_other_file_names_a_colour(path: Path):
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"[\"'`:\s(]#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b", text) == []
    assert re.findall(r"\b(?:rgba?|hsla?)\(\s*\d", text) == []
    if path.suffix == ".css":
        words = r"(?:color|background|border|outline|fill|stroke)[^;{}]*:[^;{}]*\b(?:white|black|red|green|blue|orange|gr[ae]y)\b"
        assert re.findall(words, text) == []


def test_the_words_of_a_chart_grow_for_a_wall_and_nothing_else() -> None:
    chart = alt.Chart(alt.NamedData("t")).mark_point().encode(x="a:Q")
    before = finish(chart, LIGHT).to_dict(validate=False)["config"]
    after = larger(before)
    sizes = {(part, name) for part, settings in after.items() if isinstance(settings, dict) for name in settings if "ontSize" in name}
    assert {part for part, _ in sizes} == {"axis", "legend", "header", "title"}
    assert after["axis"]["labelFontSize"] == round(LARGER * before["axis"]["labelFontSize"]) > before["axis"]["labelFontSize"]
    for part, settings in before.items():
        kept = settings if not isinstance(settings, dict) else {n: v for n, v in settings.items() if (part, n) not in sizes}
        assert kept == after[part] if not isinstance(settings, dict) else kept.items() <= after[part].items()
