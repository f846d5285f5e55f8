"""The sections Sweep and Class as a person meets them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.importing import own_run
from core.runs import catalog, classroom, store
from core.training import jobs, sweep
from pages.lab import asked
from tests.app import app, go
from tests.training.test_jobs import Inline, fake, records  # noqa: F401

SMALL = {"task": "one-layer", "images": "60", "validation": "0", "test": "50", "epochs": "2"}


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fake) -> Iterator[Path]:  # noqa: F811
    fake(records)
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(jobs, "executor", Inline)
    yield tmp_path / "runs"


def opened(section: str, **asked: str) -> AppTest:
    at = go(app(), "lab")
    for name, text in ({"section": section} | asked).items():
        at.query_params[name] = text
    at.run()
    assert not at.exception
    return at


def held(at: AppTest, name: str) -> str:
    """A choice of the lab as it stands."""
    return at.session_state[f"lab-{name}"]


def said(at: AppTest) -> str:
    return "\n".join(one.value for one in [*at.markdown, *at.caption, *at.warning, *at.error])


def test_a_sweep_from_its_form_to_its_results() -> None:
    at = opened("sweep", **SMALL, over="train.learning_rate", values="0.003, 0.03", **{"and": "seed", "values2": "0, 1"})
    assert not at.warning and not at.error
    next(button for button in at.button if button.label == "Train 4 networks").click().run()
    assert not at.exception
    found = sweep.find(held(at, "sweep"))
    assert found is not None and [axis.values for axis in found.axes] == [(0.003, 0.03), (0, 1)]
    assert all(sweep.progress(cell).state == jobs.DONE for cell in found.cells)
    assert "Best: **" in said(at) and "4 trainings over learning rate and seed" in said(at)
    for look in ("profiles", "kernels", "lines", "table"):
        at.session_state["lab-look"] = look
        at.run()
        assert not at.exception and held(at, "look") == look
    assert list(at.dataframe[0].value.columns)[:3] == ["Learning rate", "Seed", "right"] and len(at.dataframe[0].value) == 4
    at.session_state["lab-pick"] = found.cells[3].key
    at.run()
    assert "**learning rate 0.03, seed 1**" in said(at)
    next(box for box in at.text_input if box.label == "More of: seed").set_value("1, 5").run()
    next(button for button in at.button if button.label == "Train 2 more").click().run()
    larger = sweep.find(held(at, "sweep"))
    assert larger is not None and larger.axes[1].values == (0, 1, 5) and larger.key != found.key
    next(button for button in at.button if button.key == "lab-open-picked").click().run()
    assert held(at, "section") == "watch" and held(at, "run") == found.cells[3].key


def test_what_cannot_be_is_said_in_its_place() -> None:
    at = opened("sweep", **SMALL, over="train.batch", values="8, many")
    assert "Batch size: 'many' is not possible" in said(at) and not any("Train" in button.label for button in at.button)
    at = opened("sweep", sweep="0123456789ab")
    assert any("The link asks for sweep" in one.value for one in at.warning)
    assert "Go over" in [box.label for box in at.selectbox]


def test_a_class_sees_what_its_members_train() -> None:
    at = opened("class", **SMALL)
    next(button for button in at.button if button.label == "Open a room").click().run()
    room = held(at, "room")
    assert "The room ends in 7 days" in said(at) and "Nothing trained in this room yet" in said(at)
    at.text_input(key="lab-alias").set_value("Blue *Heron*")
    next(button for button in at.button if button.label == "Join").click().run()
    assert not at.exception and not at.warning
    teacher = opened("class", room=room)
    run = jobs.submit(asked.TASKS["one-layer"].start, Inline())
    at.session_state["_own-runs"] = [catalog.find("uci-mlp").key, run.key]
    at.run()
    assert [(entry.run, entry.alias) for entry in classroom.entries(room)] == [(run.key, "Blue *Heron*")]
    teacher.run()
    assert "**1 training** of 1 member" in said(teacher)
    assert teacher.dataframe[0].value["alias"].tolist() == ["Blue *Heron*"]
    next(button for button in at.button if button.label == "Leave the room").click().run()
    assert classroom.entries(room) == [] and held(at, "room") == ""
    gone = opened("class", room="0" * 16)
    assert "This room is closed" in said(gone)


def test_an_alias_that_is_taken(own_store: Path) -> None:
    room = classroom.begin()
    classroom.join(room, "another", "Fox")
    at = opened("class", room=room)
    at.text_input(key="lab-alias").set_value("Fox")
    next(button for button in at.button if button.label == "Join").click().run()
    assert "choose another alias" in said(at)


def test_a_run_is_taken_away_and_brought_back(own_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = catalog.load("uci-softmax")
    about, tensors = own_run.about(ours).encode(), own_run.weights(ours)
    text = json.loads(about)
    text["spec"]["train"]["seed"] = 99
    at = opened("queue")
    at.file_uploader(key="lab-back-json").upload("mine.json", json.dumps(text).encode(), "application/json")
    at.file_uploader(key="lab-back-tensors").upload("mine.safetensors", tensors, "application/octet-stream")
    at.run()
    next(button for button in at.button if button.key == "lab-back-go").click().run()
    assert not at.exception and held(at, "section") == "watch"
    back = store.load(held(at, "run"))
    assert back.spec.origin and back.spec.origin.name == "mine" and back.spec.train.seed == 99
