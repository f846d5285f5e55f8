"""Train it here: what is asked for, what is shown of it, and the run that comes of it."""

import time
from concurrent.futures import Executor, Future
from dataclasses import replace

import pytest

from core.data import digits
from core.runs import shipped
from core.serving import shared
from core.specs import RunSpec
from core.training import jobs
from core.training.verify import verify
from pages.digits import small_training
from pages.digits.small_training import Small
from tests.pages.digits.digits_case import app, parts, search, words


@pytest.fixture(autouse=True)
def runs(tmp_path, monkeypatch):
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path / "runs"))


class Waiting(Executor):
    """Takes work and never does it."""

    def submit(self, fn, /, *args, **kwargs):
        return Future()


class AtOnce(Executor):
    """Does its work before it says so."""

    def submit(self, fn, /, *args, **kwargs):
        done: Future = Future()
        done.set_result(fn(*args, **kwargs))
        return done


def ended(spec: RunSpec) -> jobs.Progress:
    for _ in range(480):
        if (now := jobs.Job(spec).progress()).state not in jobs.ACTIVE:
            return now
        time.sleep(0.25)
    raise AssertionError("the training does not end")


@pytest.mark.parametrize("without", [False, True], ids=["with the data here", "on a machine without"])
def test_training_here_makes_a_run_that_the_page_opens(without, tmp_path, monkeypatch):
    """Without MNIST the UCI digits train, and the network then reads those."""
    if without:
        monkeypatch.setenv("KERNEL_EXPLORER_DATA", str(tmp_path))
        shared.clear()
    elif trouble := digits.trouble():
        pytest.skip(trouble)
    data = "uci-digits" if without else "mnist"
    monkeypatch.setattr(
        small_training, "SMALL", replace(small_training.SMALL, data=replace(small_training.SMALL.data, validation=20, test=50))
    )
    test = app({"section": "train"})
    assert test.radio(key="digits-train-data").value == data
    test.select_slider(key="digits-train-images").set_value(100)
    test.slider(key="digits-train-epochs").set_value(1).run()
    suffix = "-uci-digits" if without else ""
    assert search(test)["training"] == f"100-1-0.15-1{suffix}"
    spec = Small(100, 1, data=data).spec
    test.button(key="digits-train").click().run()
    assert not test.exception
    assert ended(spec).state == jobs.DONE
    test.button_group(key="digits-section").set_value("summary").run()
    options = test.selectbox(key="digits-run").options
    assert len(options) == 3 and "seed 1" in options[2]  # wherever its owner is by now
    test.button_group(key="digits-section").set_value("train").run()
    assert test.select_slider(key="digits-train-images").value == 100 and "Done:" in words(test)
    test.button(key="digits-open-own").click().run()
    assert not test.exception and search(test) == {"run": spec.key}
    title = "UCI" if without else "MNIST"
    assert "trained on 100 digits, at epoch 1" in words(test) and f"of 50 {title} test digits right" in words(test)
    assert verify(spec.key).sound
    other = app({"run": spec.key, "input": "test-0"})  # anybody's link to it
    assert not other.exception and "The link asks" not in words(other) and "trained on 100 digits" in words(other)


def test_a_training_under_way_is_shown_to_whoever_asks_for_it():
    """A second visitor, or the first one after a reload of the page, whose session knows of nothing."""
    job = jobs.submit(Small(250, 3, seed=5, data=small_training.sets()[0]).spec, Waiting())
    test = app({"section": "train", "training": f"250-3-0.15-5{'' if small_training.sets()[0] == 'mnist' else '-uci-digits'}"})
    assert not test.exception and test.slider(key="digits-train-epochs").value == 3
    assert "This is the training of the network chosen above" not in words(test)
    test.button(key="digits-job-cancel").click().run()
    assert job.progress().state == jobs.CANCELLED


def test_ones_own_training_stays_in_sight_while_the_form_changes(monkeypatch):
    test = app({"section": "train"})
    monkeypatch.setattr(jobs, "executor", Waiting)
    test.button(key="digits-train").click().run()
    assert any(button.key == "digits-job-cancel" for button in test.button)
    test.slider(key="digits-train-epochs").set_value(7).run()
    assert any(button.key == "digits-job-cancel" for button in test.button)
    other = app({"section": "train", "training": "100-1-0.15-9"})  # somebody else, who asks for something else
    assert "This is the training of the network chosen above" in words(other)


def test_a_training_that_ended_badly_is_said_to_its_owner_alone(monkeypatch):
    test = app({"section": "train"})
    monkeypatch.setattr(jobs, "executor", Waiting)
    test.button(key="digits-train").click().run()
    jobs.Job(Small().here().spec).cancel()
    test.run()
    assert "The training was cancelled before it began." in words(test)
    assert "cancelled" not in words(app({"section": "train"}))


def test_a_run_in_training_shows_its_curves_and_kernels(tmp_path, monkeypatch):
    """The states that a worker has written so far, of a job that is not at its end: a run like any other."""
    spec = replace(Small(100, 3, data=small_training.sets()[0]), seed=2).spec
    spec = replace(spec, data=replace(spec.data, validation=20, test=50))
    monkeypatch.setattr(
        small_training, "SMALL", replace(small_training.SMALL, data=replace(small_training.SMALL.data, validation=20, test=50))
    )
    from core.training import live, loop

    job = jobs.submit(spec, Waiting())
    records = loop.train(spec)
    for index in range(2):
        live.write(job.folder, spec, index, next(records))
    test = app({"section": "train", "training": Small(100, 3, seed=2, data=small_training.sets()[0]).write()})
    assert not test.exception
    kernels = parts(test, "digits-job-kernels")[0]["strips"]
    assert kernels[0]["title"] == "The kernels of convolution 1 at epoch 1"
    assert len(test.get("vega_lite_chart")) == 2


def test_the_small_training_is_the_seeds():
    spec = shipped.RUNS["digit-cnn-small"]
    assert (spec.data.train, spec.data.validation, spec.train.batch, spec.train.epochs) == (500, 100, 64, 10)
    assert (spec.train.optimizer, spec.train.learning_rate, spec.model.channels, spec.model.kernel_size) == ("sgd", 0.15, (8, 16), 5)


def test_the_forms_choices_are_the_link_and_the_key():
    """Keys of runs that 0.1.0 trained by these choices, as it worked them out."""
    assert Small.read("250-3-0.15-5") == Small(250, 3, 0.15, 5) and Small(250, 3, 0.15, 5).write() == "250-3-0.15-5"
    assert Small.read("100-1-0.05-9-uci-digits").write() == "100-1-0.05-9-uci-digits"
    small = replace(shipped.RUNS["digit-cnn-small"], data=replace(shipped.RUNS["digit-cnn-small"].data, train=250))
    small = replace(
        small,
        model=replace(small.model, seed=5),
        train=replace(small.train, epochs=3, learning_rate=0.15, seed=5, first_epoch_states=0),
    )
    assert Small(250, 3, 0.15, 5).spec.key == small.key
    for text in ("250-3-0.15", "123-3-0.15-5", "250-21-0.15-5", "250-3-0.2-5", "250-3-0.15-x", "250-3-0.15-5-cifar10", "a-b-c-d"):
        with pytest.raises(ValueError):
            Small.read(text)
