"""Views that a benchmark opens, and what people do there."""

import itertools
import json
import random
from collections import Counter
from urllib.parse import parse_qsl

from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.proto.ButtonGroup_pb2 import ButtonGroup
from streamlit.proto.Selectbox_pb2 import Selectbox

from benchmarks.person import Widget
from benchmarks.views import ACTS, MOVES, OPENING, VIEWS, absent, act, stroke, values
from core.frame.site import ENTRIES
from core.ui.drawing_pad.strokes import SIDE, read
from pages.cnn import words as cnn
from pages.digits import choices as digits
from pages.learning import words as learning
from pages.mlp import words as mlp
from pages.own import words as own
from pages.templates import words as templates


def test_views_are_every_page_and_every_section() -> None:
    assert {view.page for view in VIEWS} == {entry.path for entry in ENTRIES}
    sections = {
        "mlp": mlp.SECTIONS,
        "templates": templates.PARTS,
        "learning": learning.SECTIONS,
        "cnn": cnn.SECTIONS,
        "digits": digits.SECTIONS,
        "own": own.SECTIONS,
    }
    for page, names in sections.items():
        opened = {dict(parse_qsl(view.search)).get("section", next(iter(names))) for view in VIEWS if view.page == page}
        assert opened == set(names)


def test_acts_come_as_often_as_they_should() -> None:
    rng = random.Random(1)
    drawn = Counter(act(["mlp-section", "mlp-layer", "mlp-model", "home-pad", "another"], rng) for _ in range(8_000))
    often = {(kind, ""): count for kind, count in OPENING.items()}
    often |= {
        ("section", "mlp-section"): 2,
        ("layer or model", "mlp-layer"): 1,
        ("layer or model", "mlp-model"): 1,
        ("stroke", "home-pad"): 1,
    }
    assert ACTS["section"][0] == ACTS["layer or model"][0] == 2
    assert set(drawn) == set(often)
    for what, count in often.items():
        assert abs(drawn[what] / 8_000 - count / sum(often.values())) < 0.02


def test_widgets_that_no_view_has_are_named() -> None:
    keys = [key for _, own in ACTS.values() for key in own]
    app = [key for key in keys if not key.startswith("floor-")]
    assert len(app) == len(set(app)) > len(keys) - len(app) > 0
    assert absent(app) == absent(keys) == absent([*keys, "another"], floor=True) == []
    assert absent([key for key in keys if key not in ("home-pad", "cnn-run", "floor-model")]) == ["cnn-run", "home-pad"]
    assert absent([], floor=True) == sorted(set(keys) - set(app))


def test_without_widgets_a_view_is_opened() -> None:
    assert {act([], random.Random(i))[0] for i in range(50)} == set(OPENING)


def test_a_choice_is_one_of_the_widgets_own() -> None:
    group = ButtonGroup(options=[ButtonGroup.Option(content=name) for name in "AB"])
    said = {next(values("section", Widget("id", "", group), random.Random(i)))["string_array_value"].data[0] for i in range(20)}
    assert said == {"A", "B"}
    said = {next(values("layer or model", Widget("id", "", Selectbox(options=["C"])), random.Random(i)))["string_value"] for i in range(5)}
    assert said == {"C"}


def test_browser_parts_tell_what_they_can_show() -> None:
    def told(data: dict) -> dict:
        return json.loads(next(values("pick", Widget("id", "", BidiComponent(json=json.dumps(data))), random.Random(2)))["json_value"])

    assert 0 <= told({"labels": ["0", "1", "2"]})["frame"] < 3
    assert told({"items": [{"id": 7}]})["picked"] == 7
    assert told({"strips": [{"cells": []}, {"cells": [["conv1:3", "map 3", 0, 0, 1, 1]]}]})["picked"]["id"] == "conv1:3"


def test_a_stroke_grows_by_thirty_moves_that_a_pad_reads() -> None:
    pad = Widget("id", "", BidiComponent(json=json.dumps({"shown": 4})))
    told = [json.loads(value["json_value"])["drawing"] for value in values("stroke", pad, random.Random(3))]
    drawings = [read(drawing) for drawing in told]
    assert [drawing.sequence for drawing in drawings] == list(range(5, 5 + MOVES))
    assert MOVES == 30
    for before, after in itertools.pairwise(drawings):
        assert after.strokes[0].points[:-1] == before.strokes[0].points
    assert all(0 <= v <= SIDE for strokes in stroke(random.Random(5)) for v in strokes[0]["points"])
