"""Present mode without a browser: its link, the controls that stay, the way out, and what stands on paper."""

import base64
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from core.frame import present
from core.runs import shipped
from tests.app import app, go


def opened(path: str, **query: str) -> AppTest:
    at = go(app(), path)
    at.query_params.update(query)
    at.run()
    assert not at.exception and not at.error
    return at


def search(at: AppTest) -> dict[str, str]:
    return dict(parse_qsl(at.session_state["_address"].search))


def styles(at: AppTest) -> str:
    return "\n".join(part.proto.body for part in at.get("html"))


def test_a_view_is_presented_keeps_its_link_and_is_left() -> None:
    at = opened("words", present="1", controls="group")
    assert ":not(.st-key-present-leave" in styles(at) and ".st-key-words-group" in styles(at)
    at.button_group(key="words-group").set_value("learning").run()
    assert search(at) == {"group": "learning", "present": "1", "controls": "group"}
    at.button(key=present.LEAVE).click().run()
    assert search(at) == {"group": "learning", "controls": "group"}
    assert "present-leave" not in [button.key for button in at.button] and ":not(.st-key-present-leave" not in styles(at)


def test_a_control_that_a_page_does_not_have_is_said_and_left_out() -> None:
    at = opened("words", present="1", controls="group,bogus")
    assert [note.value for note in at.warning] == [
        "The link asks for the controls 'bogus', which this page does not have; they are left out."
    ]
    at = opened("words", present="1", controls="}</style><b>")
    assert len(at.warning) == 1 and "is not names of choices with commas" in at.warning[0].value and "<b>" not in styles(at)
    assert not opened("words", controls="bogus").warning, "where nothing is presented nothing is hidden"


def test_the_page_as_it_opens_is_not_presented() -> None:
    at = opened("words")
    assert search(at) == {} and present.LEAVE not in [button.key for button in at.button]


@pytest.mark.parametrize("name", ["epoch", "state"])
def test_the_player_belongs_to_the_state(name: str) -> None:
    assert ".st-key-cnn-player" in present.style((name,), ("cnn",)) and ".st-key-cnn-player" not in present.style(("image",), ("cnn",))


def test_paper_names_the_networks_of_the_view_and_their_keys() -> None:
    at = opened("mlp", section="compare", left="mlp-random", right="mlp-diagonal", model="mlp-random")
    foot = next(part.proto.body for part in at.get("html") if "sheet-source" in part.proto.body)
    assert all(shipped.RUNS[name].key in foot for name in ("mlp-random", "mlp-diagonal"))
    assert shipped.RUNS["mlp-relu"].key not in foot


def test_a_drawing_comes_with_a_link_and_goes_along() -> None:
    one = base64.urlsafe_b64encode(bytes([43, 3, 60, 40, 128, 128, 180, 220])).decode().rstrip("=")
    at = opened("", drawing=one)
    kept = at.session_state["home-pad-kept"]
    assert [stroke.points for stroke in kept.strokes] == [((235, 157), (502, 502), (706, 863))] and not kept.example
    assert not [note for note in at.warning if "drawing" in note.value]
    at = opened("", drawing="no drawing")
    assert at.session_state["home-pad-kept"].example
    assert [note.value for note in at.warning] == ["The link's drawing cannot be read; draw it anew, or ask for the link again."]
