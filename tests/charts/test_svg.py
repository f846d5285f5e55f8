"""The small SVG pictures are well-formed."""

import xml.etree.ElementTree as ET

from core.charts import svg
from core.charts.theme import LIGHT

TAG = "{http://www.w3.org/2000/svg}"


def test_the_sign_holds_its_words() -> None:
    root = ET.fromstring(svg.sign("Kernel Explorer", LIGHT))
    assert (len(root.findall(f"{TAG}path")), len(root.findall(f"{TAG}rect"))) == (25, 1)  # 5 x 5 cells and a frame
    assert [text.text for text in root.findall(f"{TAG}text")] == ["Kernel Explorer"]
