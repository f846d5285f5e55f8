"""The own page: a file dropped, read, corrected, opened elsewhere, offered and removed."""

from pathlib import Path

import numpy as np
import pytest

from core.runs import brought, catalog, store
from tests.app import app as entry
from tests.app import go
from tests.importing.test_bringing import trained
from tests.pages.own.own_case import app, drop, read, words


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path / "runs"))
    return tmp_path


def test_an_empty_page_says_what_to_do() -> None:
    at = app()
    assert not at.exception
    assert "No network yet" in words(at) and "state_dict" in words(at) and "60 MB" in words(at)


def test_a_file_becomes_a_network_with_scores_that_a_click_corrects() -> None:
    data, accuracy = trained("dense", 1.0, 0.0)
    at = drop(app(), ("net.pt", data), data="uci-digits")
    assert not at.exception and not at.error
    key = at.session_state["own-network"]
    run = store.load(key)
    assert f"{100 * run.history['accuracy_test'][0]:.1f}%" in words(at) and "of 400 UCI test digits right" in words(at)
    assert run.history["accuracy_test"][0] == pytest.approx(accuracy, abs=0.01)
    scaling = at.radio(key=f"own-answer-{key}-scaling")
    assert scaling.value == "\\[0, 1\\]" or scaling.value == "[0, 1]"
    other = next(one for one in scaling.options if "black or white" in one or "0.01" in one or "mean" in one)
    scaling.set_value(scaling.options[scaling.options.index(other)]).run()
    read(at)
    assert not at.exception and not at.error
    corrected = at.session_state["own-network"]
    assert corrected != key and "Settled by you." in words(at)
    with pytest.raises(store.MissingRun):  # what was corrected does not stay
        store.load(key)
    assert len(at.session_state["_own-networks"]) == 1


def test_its_owner_names_the_classes_and_every_page_uses_the_names() -> None:
    at = drop(app(), ("net.pt", trained("dense", 1.0, 0.0, 40)[0]), data="uci-digits")
    key = at.session_state["own-network"]
    field = at.text_input(key=f"own-classes-{key}")
    assert field.value == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9"
    field.set_value("a, b").run()
    assert "These are 2 names, and the network has 10 outputs" in words(at) and at.session_state["own-network"] == key
    names = [f"sign {letter}" for letter in "ABCDEFGHIJ"]
    at.text_input(key=f"own-classes-{key}").set_value(", ".join(names)).run()
    read(at)
    assert not at.exception and not at.error
    named = at.session_state["own-network"]
    assert named != key and list(store.load(named).spec.origin.classes) == names
    assert at.text_input(key=f"own-classes-{named}").value == ", ".join(names)
    other = go(entry(), "learning")
    other.query_params.update({"model": named, "data": "uci-digits"})
    other.run()
    assert not other.exception and "sign A" in words(other) + str([list(one.options) for one in other.selectbox])


def test_it_opens_in_every_page_that_fits_and_the_others_say_why() -> None:
    at = drop(app(), ("net.pt", trained("dense", 1.0, 0.0)[0]), data="uci-digits")
    links = [(link.proto.page, link.proto.query_string) for link in at.get("page_link")]
    key = at.session_state["own-network"]
    assert {page for page, query in links if key in query} == {"mlp", "templates", "learning"}
    assert "Not in the other pages: Digits shows layers of any kind" in words(at)


def test_it_is_this_persons_until_offered_and_gone_when_they_say_so() -> None:
    at = drop(app(), ("net.pt", trained("dense", 1.0, 0.0, 40)[0]), data="uci-digits")
    key = at.session_state["own-network"]

    def everyones() -> list[str]:
        return [entry.key for entry in catalog.fitting(lambda spec: True)]

    assert key not in everyones()
    at.checkbox(key="own-everyone").check().run()
    assert key in everyones() and brought.offered(key)
    other = app({"network": key})  # somebody else with the link
    assert not other.exception and "net.pt" in words(other) and "drop it again for that" in words(other)
    assert not [button for button in other.button if button.key == "own-remove"]
    at.button(key="own-remove").click().run()
    assert "is removed from this server" in words(at) and key not in everyones()
    assert not list((store.folders()[0]).glob(f"*{key}*"))
    after = app({"network": key})
    assert not after.exception and "No network yet" in words(after)


def test_what_is_no_network_gets_its_sentence_and_the_rest_is_read() -> None:
    at = drop(app(), ("net.pt", trained("dense", 1.0, 0.0, 40)[0]), ("notes.pt", b"MZ" + bytes(50)), data="uci-digits")
    assert not at.exception
    assert "It is a program and no network." in "\n".join(error.value for error in at.error)


def test_checkpoints_dropped_together_are_states() -> None:
    files = [(f"net_{i}.pt", trained("dense", 1.0, 0.0, steps)[0]) for i, steps in enumerate((5, 40, 250), start=1)]
    at = drop(app(), *reversed(files), data="uci-digits")
    run = store.load(at.session_state["own-network"])
    assert run.states == 3 and (np.diff(run.history["accuracy_test"]) > 0).all()
    assert "epoch 1" in words(at) and "epoch 3" in words(at)


def test_different_networks_dropped_together_are_read_one_by_one() -> None:
    files = [("a.pt", trained("dense", 1.0, 0.0, 40)[0]), ("b.pt", trained("conv", 1.0, 0.0)[0])]
    at = drop(app(), *files, data="uci-digits")
    assert not at.exception and not at.error
    assert len(at.session_state["_own-networks"]) == 2
    assert len(at.selectbox(key="own-network").options) == 2


def test_the_example_needs_no_file() -> None:
    at = app()
    at.button(key="own-example").click().run()
    read(at)
    assert not at.exception and not at.error
    assert store.load(at.session_state["own-network"]).history["accuracy_test"][0] > 0.85


def test_reading_can_be_cancelled() -> None:
    at = app()
    at.button(key="own-example-states").click().run()
    assert not at.exception
    if "_own-drop" in at.session_state:
        at.session_state["_own-drop"].cancel()
    read(at)
    assert not at.exception
    assert at.error or at.session_state["own-network"]  # it was cancelled, or faster
