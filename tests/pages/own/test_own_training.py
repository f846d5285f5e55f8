"""Images of a person's own, from the own page through the lab into the pages that look inside a network."""

import io
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data import catalog as data
from core.data import own_kept
from core.importing import leaving, leaving_script
from core.importing.bringing import bring
from core.importing.refusal import Refused
from core.runs import brought, catalog, fitting, store
from core.specs import RunSpec
from core.training import loop
from pages.lab import asked
from tests.app import app as entry
from tests.app import go
from tests.data.test_own_kept import bars
from tests.pages.own.own_case import app, words

TASKS = {"mlp": ("mlp", "learning"), "one-layer": ("mlp", "templates", "learning"), "digit-cnn": ("digits",)}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))
    return tmp_path


def brought_in(each: int) -> AppTest:
    found, out = bars(each), io.BytesIO()
    np.savez(out, images=found.images, labels=np.array(found.classes)[found.labels])
    at = app({"section": "images"})
    (place,) = [one for one in at.get("file_uploader") if str(one.key) == "own-images-file"]
    return place.set_value(("bars.npz", out.getvalue(), "application/octet-stream")).run()


def spec_of(task: str, name: str) -> RunSpec:
    """What the lab's form makes of a set with everything else as it opens, but few epochs."""
    values = asked.back(asked.TASKS[task].start)[1]
    splits = data.get(name).splits
    counts = {"images": splits["train"], "validation": splits["validation"], "test": splits["test"]}
    return asked.made(task, values | counts | {"data": name, "epochs": 2})


def test_fewer_than_ten_of_a_class_cannot_be_trained_on() -> None:
    at = brought_in(9)
    assert "Training needs 10 images of each class; across, down have fewer." in words(at)
    assert not [one for one in at.button if one.key == "own-images-train"] and not at.exception


def test_from_the_images_to_the_labs_form() -> None:
    at = brought_in(12)
    at.button(key="own-images-train").click().run()
    assert not at.exception
    (name,) = at.session_state["_own-sets"]
    assert own_kept.about(name).called == "bars.npz"
    at = go(entry(), "lab")
    at.query_params.update({"data": name, "images": "16", "validation": "4", "test": "4"})
    at.run()
    assert not at.exception and not at.error
    assert at.selectbox(key="lab-data").value == name
    assert "Own: 24 images of 2 classes" in at.selectbox(key="lab-data").options[-1]
    assert [one.key for one in at.button if one.key == "lab-train"]


@pytest.mark.parametrize("task", TASKS)
def test_what_learnt_them_opens_with_its_own_classes_and_is_gone_when_its_owner_says_so(task: str) -> None:
    own = own_kept.keep(bars(14), "bars.npz")
    spec = spec_of(task, own.name)
    assert spec.model.sizes[-1] == 2 and asked.back(spec) is not None
    run = loop.save_records(spec, loop.train(spec))
    assert [topic for topic, _ in fitting.opening(spec)] == sorted(TASKS[task], key=list(fitting.PAGES).index)
    assert run.key not in [one.key for one in catalog.fitting(lambda _: True)]  # in nobody's list
    assert run.key in [one.key for one in catalog.fitting(lambda _: True, own=[run.key])]
    with pytest.raises(Refused, match="own"):
        leaving_script.script(spec)
    for topic, link in fitting.opening(spec):
        at = go(entry(), topic)
        at.query_params.update({link: run.key})
        at.run()
        assert not at.exception and not at.error, topic
    at = go(entry(), "lab")
    at.query_params.update({"section": "watch", "run": run.key})
    at.run()
    assert not at.exception and "4 own test images right" in words(at)
    at = app({"section": "images"})
    at.session_state["_own-runs"] = [run.key]  # a browser that was here before
    at.run()
    assert "28 images of across, down; trained on by 1 networks" in words(at)
    at.button(key=f"own-kept-{own.name}").click().run()
    assert not at.exception and "bars.npz is removed from this server" in words(at)
    assert own_kept.about(own.name) is None
    with pytest.raises(store.MissingRun):
        store.load(run.key)


def test_a_network_whose_images_are_gone_still_opens() -> None:
    own = own_kept.keep(bars(14), "bars.npz")
    runs = [(task, loop.save_records(spec, loop.train(spec))) for task in TASKS for spec in [spec_of(task, own.name)]]
    own_kept.forget(own.name)
    for _, run in runs:
        for topic, link in fitting.opening(run.spec):
            at = go(entry(), topic)
            at.query_params.update({link: run.key})
            at.run()
            assert not at.exception, topic
    assert brought.sweep() == 0


def test_a_network_for_own_images_comes_back_and_is_tried_on_them() -> None:
    own = own_kept.keep(bars(14), "bars.npz")
    spec = spec_of("mlp", own.name)
    run = loop.save_records(spec, loop.train(spec))
    file = leaving.left("torch", spec.model, run.state(-1), (28, 28))
    found = bring("mine.pt", {"mine.pt": file}, own.name, keep=True)
    assert not found.sentence and found.accuracy == run.history["accuracy_test"][-1]
    back = store.load(found.key)
    assert back.spec.data.own == own and back.spec.model.sizes == spec.model.sizes
    at = app({"network": found.key})
    assert not at.exception and "4 own test images right" in words(at)
