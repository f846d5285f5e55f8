"""The lab's page as a person meets it, without a browser."""

import json
import time
from concurrent.futures import Executor, Future
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.runs import store
from core.runs.shipped import RUNS
from core.specs import RunSpec, meta
from core.training import calibration, jobs, tasks
from pages.lab import asked
from pages.lab.asked import TASKS
from pages.lab.compare import ends, tables
from pages.lab.presets import PRESETS
from tests.app import app, go, report
from tests.pages.digits.digits_case import search

START = TASKS["mlp"].start
QUICK = replace(START, data=replace(START.data, train=60, validation=0, test=50), train=replace(START.train, epochs=2))


class Waiting(Executor):
    """Takes work and never does it."""

    def submit(self, fn, /, *args, **kwargs):
        return Future()


@pytest.fixture(autouse=True)
def runs(tmp_path, monkeypatch):
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path / "runs"))


@pytest.fixture
def waits(monkeypatch):
    """Jobs are queued and never begun."""
    pool = Waiting()
    monkeypatch.setattr("core.training.jobs.executor", lambda: pool)


def lab(**query: str) -> AppTest:
    test = go(app(), "lab")
    test.query_params.update(query)
    return sound(test.run())


def sound(test: AppTest) -> AppTest:
    assert not test.exception, [one.value for one in test.exception]
    return test


def link(spec: RunSpec) -> dict[str, str]:
    """The link of the form that asks for a spec."""
    found = asked.back(spec)
    assert found is not None
    task, values = found
    start = asked.back(TASKS[task].start)
    assert start is not None
    out = {"task": task}
    for one in asked.fields_of(task):
        if values[one.name] != start[1][one.name]:
            out[one.name] = meta(one.cls, one.of).text(values[one.name])
    return out


def words(test: AppTest) -> str:
    return "\n".join(str(one.value) for one in [*test.markdown, *test.caption, *test.warning, *test.error])


def trained(spec: RunSpec) -> None:
    for _ in range(600):
        if (now := jobs.submit(spec).progress()).state not in jobs.ACTIVE:
            assert now.state == jobs.DONE, now.sentence
            return
        time.sleep(0.2)
    raise AssertionError("the training does not end")


@pytest.mark.parametrize("task", TASKS)
def test_each_task_opens_with_its_fields_and_says_what_it_takes(task: str) -> None:
    test = lab(task=task)
    shown = {one.key for one in [*test.number_input, *test.slider, *test.selectbox, *test.toggle, *test.text_input, *test.button_group]}
    hidden = set() if TASKS[task].start.train.optimizer == "sgd" else {"momentum"}
    for one in asked.fields_of(task):
        if one.name not in hidden:
            assert shown & {f"lab-{one.name}", f"lab-{one.name}-typed"}, one.name
    metrics = {one.label: one.value for one in test.metric}
    parameters = {"mlp": "2,778", "one-layer": "650", "ten-hidden": "760"}
    assert metrics["Parameters"] == parameters.get(task, metrics["Parameters"])
    assert {"Memory", "Stored", "Expected time"} <= set(metrics)
    assert not test.error


@pytest.mark.parametrize("name", PRESETS)
def test_a_link_to_a_spec_is_the_form_that_asks_for_it(name: str) -> None:
    spec = PRESETS[name].spec
    test = lab(**link(spec))
    assert asked.made(test.session_state["lab-task"], held(test)) == spec
    assert search(test) == {key: item for key, item in link(spec).items() if (key, item) != ("task", "mlp")}
    assert test.selectbox(key="lab-preset").value == name


def held(test: AppTest) -> dict[str, Any]:
    names = [one.name for one in asked.fields_of(test.session_state["lab-task"])]
    return {name: test.session_state[f"lab-{name}"] for name in [*names, asked.CHANGES]}


def test_a_preset_fills_in_everything_and_the_link_says_so() -> None:
    test = lab()
    test.selectbox(key="lab-preset").set_value("pulses-finicky")
    sound(test.run())
    assert asked.made(test.session_state["lab-task"], held(test)) == PRESETS["pulses-finicky"].spec
    assert search(test)["loss"] == "l1" and search(test)["task"] == "pulse-cnn" and search(test)["batch"] == "200"
    test.selectbox(key="lab-task").set_value("digit-cnn")
    sound(test.run())
    assert asked.made(test.session_state["lab-task"], held(test)) == TASKS["digit-cnn"].start


def test_what_cannot_be_is_said_and_nothing_is_lost() -> None:
    test = lab(task="pulse-cnn", kernel="33", epochs="9")
    assert "leave nothing of a 64 pixel image" in test.error[0].value
    assert "lab-train" not in {one.key for one in test.button}
    assert test.session_state["lab-epochs"] == 9 and search(test)["kernel"] == "33"
    test.slider(key="lab-kernel").set_value(15)
    sound(test.run())
    assert not test.error and "lab-train" in {one.key for one in test.button}
    box = test.text_input(key="lab-hidden-typed")
    box.set_value("12x7")
    sound(test.run())
    assert "12x7" in test.error[0].value and test.text_input(key="lab-hidden-typed").value == "12x7"
    assert test.session_state["lab-hidden"] == (128, 32)


def test_another_data_set_has_no_more_images_than_it_has() -> None:
    test = lab(data="mnist", images="50000", validation="6000", test="9000")
    assert not test.error
    test.selectbox(key="lab-data").set_value("uci-digits")
    sound(test.run())
    assert (test.session_state["lab-images"], test.session_state["lab-validation"], test.session_state["lab-test"]) == (1_200, 197, 400)
    assert not test.error


def test_the_set_of_the_pulses_page_comes_over() -> None:
    test = go(app(), "pulses")
    test.query_params.update({"size": "80", "classes": "square-sawtooth", "pixel_noise": "0.05"})
    sound(test.run())
    go(test, "lab")
    test.query_params.clear()
    test.query_params["task"] = "pulse-cnn"
    sound(test.run())
    test.button(key="lab-own-pulses").click()
    sound(test.run())
    spec = asked.made("pulse-cnn", held(test))
    assert spec.data.pulses is not None
    assert (spec.data.pulses.size, spec.data.pulses.classes, spec.data.pulses.pixel_noise) == (80, ("square", "sawtooth"), 0.05)
    assert spec.model.sizes[-1] == 2 and spec.model.image == 80


def test_a_training_is_started_watched_found_and_finished() -> None:
    test = lab(**link(QUICK))
    test.button(key="lab-train").click()
    sound(test.run())
    assert search(test) == {"section": "watch", "run": QUICK.key}
    trained(QUICK)
    sound(test.run())
    assert "Finished: " in words(test) and "of 50 UCI test digits right after 2 epochs" in words(test)
    assert [one.proto.label for one in test.get("page_link")][:2] == ["MLP", "Learning"]
    test.button_group(key="lab-section").set_value("queue")
    sound(test.run())
    assert "finished" in words(test) and f"lab-watch-mine-{QUICK.key}" in {one.key for one in test.button}
    test.button_group(key="lab-section").set_value("train")
    sound(test.run())
    assert "It is trained already" in words(test)
    test.button(key="lab-look").click()
    sound(test.run())
    test.button(key="lab-more").click()
    sound(test.run())
    longer = replace(QUICK, train=replace(QUICK.train, epochs=12))
    assert search(test)["run"] == longer.key
    trained(longer)
    sound(test.run())
    assert store.load(longer.key).header["parent"] == QUICK.key
    test.button(key="lab-parent").click()
    sound(test.run())
    assert search(test)["run"] == QUICK.key
    test.button(key="lab-to-compare").click()
    sound(test.run())
    assert search(test) == {"section": "compare", "runs": QUICK.key}


def test_one_that_waits_is_paused_resumed_changed_and_cancelled(waits) -> None:
    test = lab(**link(QUICK))
    test.button(key="lab-train").click()
    sound(test.run())
    assert "Starting" in json.dumps([one.proto.text for one in test.get("progress")])
    test.button(key="lab-live-pause").click()
    sound(test.run())
    assert jobs.submit(QUICK, owner="x").progress().state == jobs.QUEUED  # another person wants it
    jobs.Job(QUICK).cancel("x")
    assert jobs.Job(QUICK).progress().state == jobs.PAUSED
    test.button(key="lab-live-resume").click()
    sound(test.run())
    test.number_input(key=f"lab-now-{QUICK.key}-learning_rate").set_value(0.01)
    test.button(key="lab-change").click()
    sound(test.run())
    changed = replace(QUICK, train=replace(QUICK.train, learning_rate=0.01))
    assert search(test)["run"] == changed.key and jobs.Job(QUICK).progress().state == jobs.CANCELLED
    test.button(key="lab-live-cancel").click()
    sound(test.run())
    assert jobs.Job(changed).progress().state == jobs.CANCELLED
    assert "cancelled before it began" in words(test)


def test_everyone_sees_what_waits_and_who_started_it_finds_it_again(waits) -> None:
    test = lab()
    me = test.session_state["_person"]
    jobs.submit(QUICK, owner=me)
    other = replace(QUICK, train=replace(QUICK.train, epochs=3))
    jobs.submit(other, owner="somebody else")
    test = lab(section="queue")
    rows = {one.key for one in test.button if str(one.key).startswith("lab-watch")}
    assert rows == {f"lab-watch-all-{QUICK.key}", f"lab-watch-all-{other.key}"}
    (screen,) = [part for part in test.get("bidi_component") if "screen" in part.proto.id]
    report(test, screen, "met", {"person": me, "own": ["0123456789ab", "no key", 7]})
    sound(test)
    rows = {one.key for one in test.button if str(one.key).startswith("lab-watch")}
    assert rows == {f"lab-watch-mine-{QUICK.key}", f"lab-watch-all-{other.key}"}
    assert test.session_state["_own-runs"] == ["0123456789ab"]


@pytest.mark.parametrize("met", [{"person": "../../x", "own": "abc"}, {"person": None}, [], "x", {"own": [{"a": 1}]}])
def test_what_a_browser_cannot_have_kept_counts_for_nothing(met: Any) -> None:
    test = lab(section="queue")
    me = test.session_state["_person"]
    (screen,) = [part for part in test.get("bidi_component") if "screen" in part.proto.id]
    report(test, screen, "met", met)
    sound(test)
    assert test.session_state["_person"] == me and test.session_state["_own-runs"] == []


@pytest.mark.parametrize("name", ["uci-mlp", "softmax-cifar10", "digit-cnn-small", "pulse-drops", "pulse-study", "mlp-random"])
def test_every_kind_of_run_is_shown(name: str) -> None:
    test = lab(section="watch", run=name)
    assert "Finished: " in words(test) or name == "pulse-study"
    assert len(test.get("vega_lite_chart")) >= 2
    test = lab(section="watch", run=RUNS[name].key)
    assert "Finished: " in words(test)


@pytest.mark.parametrize("query", [{"run": "0123456789ab"}, {"run": "no-such"}, {}])
def test_what_is_not_there_is_said(query: dict[str, str]) -> None:
    test = lab(section="watch", **query)
    assert "not known here" in words(test) or "Nothing to watch yet" in words(test)


def test_runs_are_compared_on_the_same_axes() -> None:
    test = lab(section="compare", runs="uci-mlp_uci-softmax_mlp-relu", each="yes")
    assert len(test.get("vega_lite_chart")) == 1
    assert len(test.multiselect(key="lab-runs").value) == 3
    assert "Layer sizes" in words(test) and "Best on the test images" in words(test)
    test.selectbox(key="lab-measure").set_value("recognised_test")
    sound(test.run())
    assert "These runs do not tell that" in words(test)
    many = "_".join(list(RUNS)[:9])
    assert "The link asks for runs" in words(lab(section="compare", runs=many))


def test_seeds_become_a_band_with_their_mean_in_it() -> None:
    run = store.load(RUNS["pulse-reliable"].key)
    curves, bands, singles = tables([run], "accuracy_test")
    last = run.ends()
    assert curves["value"].iloc[-1] == pytest.approx(last.mean())
    assert (bands["low"].iloc[-1], bands["high"].iloc[-1]) == (last.min(), last.max())
    assert singles["seed"].nunique() == len(last)
    ((_, best), (_, end)) = ends([run])
    assert best[0].startswith(f"{run.history['accuracy_test'].max():.1%}") and end[0].endswith("at epoch 8")


def test_nothing_is_measured_before_the_page_is_up() -> None:
    lab()
    assert not (store.folders()[0] / ".tasks").exists()
    assert tasks.progress(calibration.task()).state == tasks.NONE
