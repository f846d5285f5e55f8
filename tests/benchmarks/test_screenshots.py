"""The pictures of the pages that README shows: all there, none too many, small."""

import re

import pytest
from PIL import Image

from benchmarks.screenshots import FOLDER, MODES, SHOWN, SIZES, picture
from core.frame.site import ENTRIES

README = (FOLDER.parents[1] / "README.md").read_text(encoding="utf-8")
ALL = {picture(entry, mode, size) for entry in ENTRIES for mode in MODES for size in SIZES}


def test_every_page_is_pictured_and_nothing_else() -> None:
    assert set(FOLDER.glob("*.webp")) == ALL, "`make screenshots` takes them"
    assert sum(path.stat().st_size for path in ALL) < 900_000


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.topic)
def test_a_page_is_pictured_light_and_dark_wide_and_narrow(entry) -> None:
    for size, (width, height) in SIZES.items():
        light, dark = (Image.open(picture(entry, mode, size)).convert("L") for mode in MODES)
        assert light.size == dark.size == (SHOWN[size], round(SHOWN[size] * height / width))
        for shot, paper in ((light, 255), (dark, 17)):
            counts = shot.histogram()
            most = max(range(256), key=counts.__getitem__)
            assert abs(most - paper) < 12, "its paper"
            assert sum(count for level, count in enumerate(counts) if abs(level - most) > 40) > 0.01 * sum(counts), "something stands on it"


def test_readme_shows_them_and_no_picture_that_is_not_there() -> None:
    named = set(re.findall(r"docs/pictures/[\w-]+\.webp", README))
    assert all((FOLDER.parents[1] / name).is_file() for name in named)
    for entry in ENTRIES:
        for mode in MODES:
            assert f"docs/pictures/{entry.topic}-{mode}-wide.webp" in named, "README shows every page"
