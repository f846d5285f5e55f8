"""The small SVG pictures are well-formed, and their bars are as high as they say."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from core.charts import svg
from core.charts.theme import DARK, LIGHT

TAG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_bars_stand_for_probabilities(colours) -> None:
    shares = np.array([0, 0.5, 0, 0.25, 0, 0, 0.125, 0, 0, 0.125])
    root = ET.fromstring(svg.probability_row(shares, colours))
    bars = root.findall(f"{TAG}rect")[1:]  # the first is the ground
    assert [float(bar.get("height", "")) / svg.TALL for bar in bars] == pytest.approx(shares.tolist(), abs=1e-3)
    assert {float(bar.get("y", "")) + float(bar.get("height", "")) for bar in bars} == {float(svg.TALL)}
    assert [bar.get("fill") == colours.right for bar in bars] == [digit == 1 for digit in range(10)]
    assert [text.text for text in root.findall(f"{TAG}text")] == [str(digit) for digit in range(10)]


def test_the_sign_holds_its_words() -> None:
    root = ET.fromstring(svg.sign("Kernel Explorer", LIGHT))
    assert len(root.findall(f"{TAG}rect")) == 26  # 5 x 5 cells and a frame
    assert [text.text for text in root.findall(f"{TAG}text")] == ["Kernel Explorer"]
