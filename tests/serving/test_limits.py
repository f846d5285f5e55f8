"""Limits that a host sets: each has its sentence, and who meets one loses nothing."""

import os
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.runs import store
from core.serving import limits, people
from core.serving.limits import LIMITS
from core.training import jobs
from pages.digits.small_training import Small
from tests.app import app, go
from tests.pages.digits.digits_case import app as digits
from tests.pages.digits.digits_case import search, words

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path / "runs"))
    for limit in LIMITS.values():
        monkeypatch.delenv(limit.variable, raising=False)


class Waiting(Executor):
    """Takes work and never does it."""

    def submit(self, fn, /, *args, **kwargs):
        return Future()


def spec(seed: int):
    return Small(100, 1, seed=seed, data="uci-digits").spec


@pytest.mark.parametrize("name", LIMITS)
def test_each_has_a_number_a_default_and_a_sentence(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = LIMITS[name]
    assert limit.most() == limit.default
    monkeypatch.setenv(limit.variable, " 1234 ")
    assert limit.most() == 1_234 and "1,234" in limit.words() and "{" not in limit.words()
    for text in ("0", "-3", "many", "1.5", "²"):
        monkeypatch.setenv(limit.variable, text)
        with pytest.raises(SystemExit, match=f"{limit.variable} is .* must be a whole number of 1 or more"):
            limits.check()
    assert f"`{limit.variable}`" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_trainings_for_one_and_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in (1, 2, 3):
        jobs.submit(spec(seed), Waiting())
    own = [spec(1).key, spec(2).key, "0123456789ab"]
    assert limits.against(spec(9), own) == ""
    monkeypatch.setenv("KERNEL_EXPLORER_TRAININGS_EACH", "2")
    assert limits.against(spec(9), own).startswith("You have as many trainings under way as this server allows one person (2).")
    assert limits.against(spec(9), own[1:]) == ""
    monkeypatch.setenv("KERNEL_EXPLORER_TRAININGS", "3")
    assert limits.against(spec(9), []).startswith("As many trainings are under way as this server allows (3).")
    assert limits.against(spec(3), own) == "", "whoever asks for the same joins it"
    monkeypatch.setenv("KERNEL_EXPLORER_TRAININGS", "4")
    assert limits.against(spec(9), []) == ""


@pytest.mark.parametrize(
    ("variable", "most", "says"),
    [
        ("KERNEL_EXPLORER_EPOCHS", 2, "at most 1 epochs"),
        ("KERNEL_EXPLORER_IMAGES", 550, "at most 549 images"),
        ("KERNEL_EXPLORER_PARAMETERS", 5_994, "at most 5,993 weights and biases"),
    ],
)
def test_a_training_beyond_what_a_host_allows(variable: str, most: int, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """8 kernels of 5x5, 16 of 8x5x5, and 256 values into 10 units, each with its bias: 208 + 3,216 + 2,570 parameters."""
    asked = replace(spec(1), data=replace(spec(1).data, train=100, validation=50, test=400), train=replace(spec(1).train, epochs=2))
    monkeypatch.setenv(variable, str(most))
    assert limits.against(asked, []) == ""
    monkeypatch.setenv(variable, str(most - 1))
    assert says in limits.against(asked, [])


def test_runs_that_nobody_uses_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERNEL_EXPLORER_STORE_MB", "1")
    store.save(spec(1), {"epoch": [0.0]}, {"dense1.kernel": np.zeros((1, 600_000))})
    assert "every run in it was used lately" in limits.against(spec(9), [])
    os.utime(tmp_path / "runs" / spec(1).key, (1, 1))
    assert limits.against(spec(9), []) == "" and not (tmp_path / "runs" / spec(1).key).exists()


def test_a_full_store_takes_no_new_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERNEL_EXPLORER_STORE_MB", "1")
    assert limits.against(spec(9), []) == "" and store.size() == 0
    (tmp_path / "runs" / "some").mkdir(parents=True)
    (tmp_path / "runs" / "some" / "file").write_bytes(bytes(999_999))
    assert limits.against(spec(9), []) == "" and store.size() == 999_999
    (tmp_path / "runs" / "more").write_bytes(bytes(1))
    assert "store of runs is full (1 MB)" in limits.against(spec(9), [])


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("KERNEL_EXPLORER_TRAININGS_EACH", "You have as many trainings under way as this server allows one person (1)."),
        ("KERNEL_EXPLORER_TRAININGS", "As many trainings are under way as this server allows (1)."),
    ],
)
def test_a_form_says_why_a_training_waits_and_keeps_its_choices(name: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "1")
    monkeypatch.setattr(jobs, "executor", Waiting)
    test = digits({"section": "train"})
    test.button(key="digits-train").click().run()
    assert says not in words(test) and len(jobs.active()) == 1
    test.slider(key="digits-train-epochs").set_value(7).run()
    test.button(key="digits-train").click().run()
    assert not test.exception and any(warning.value.startswith(says) for warning in test.warning)
    assert len(jobs.active()) == 1 and test.slider(key="digits-train-epochs").value == 7
    assert "-7-" in search(test)["training"]
    jobs.active()[0].cancel()
    test.button(key="digits-train").click().run()
    assert not test.warning and len(jobs.active()) == 1, "there is room again"


def test_a_full_store_is_said_in_the_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERNEL_EXPLORER_STORE_MB", "1")
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "file").write_bytes(bytes(1_000_000))
    test = digits({"section": "train"})
    test.button(key="digits-train").click().run()
    assert not test.exception and any("store of runs is full" in warning.value for warning in test.warning)
    assert jobs.active() == []


@pytest.fixture
def sessions(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """Sessions by name, and whether each is open; the key "me" names the one that runs now."""
    known: dict = {"me": "first"}
    monkeypatch.setattr(people, "_inside", set())
    monkeypatch.setattr(people, "_me", lambda: known["me"])
    monkeypatch.setattr(people, "_open", lambda name: known.get(name, True))
    return known


def test_who_comes_to_a_full_server_waits_and_then_sees_the_view_of_the_link(sessions: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERNEL_EXPLORER_PEOPLE", "1")
    first, second = app().run(), go(app(), "mlp")
    assert first.title[0].value != "This server is full"
    sessions["me"] = "second"
    second.query_params["layer"] = "4"
    second.run()
    assert second.title[0].value == "This server is full" and not second.exception
    assert "It lets in 1 at a time" in second.markdown[0].value and second.query_params["layer"] == "4"
    sessions["me"] = "first"
    assert first.run().title[0].value != "This server is full", "who is inside stays inside"
    sessions["first"] = False  # it was closed
    sessions["me"] = "second"
    second.run()
    assert second.title[0].value == "How weights learn to read digits" and second.query_params["layer"] == "4"
    sessions["first"], sessions["me"] = True, "first"
    assert first.run().title[0].value != "This server is full", "nor is anyone sent away who comes back to a session"


def test_without_a_limit_nobody_is_counted(sessions: dict) -> None:
    assert people.welcome() and people._inside == set()


def test_a_file_over_the_limit_gets_the_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    from streamlit.testing.v1 import AppTest

    def page() -> None:
        import streamlit as st

        from core.serving.upload import upload

        file = upload("A file", key="file")
        st.markdown("nothing" if file is None else f"{file.size} bytes")

    monkeypatch.setenv("KERNEL_EXPLORER_UPLOAD_MB", "1")
    test = AppTest.from_function(page, default_timeout=30).run()
    assert test.file_uploader[0].proto.max_upload_size_mb == 1
    test.file_uploader[0].set_value(("small", bytes(2**20), "text/plain")).run()
    assert test.markdown[0].value == "1048576 bytes" and not test.error
    test.file_uploader[0].set_value(("large", bytes(2**20 + 1), "text/plain")).run()
    assert test.markdown[0].value == "nothing" and test.error[0].value == LIMITS["upload"].words()
    assert "at most 1 MB" in test.error[0].value


def test_a_store_that_cannot_be_written_is_said_by_the_button_and_pages_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way of a folder")
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path / "file" / "runs"))
    test = digits({"section": "train"})
    test.button(key="digits-train").click().run()
    assert not test.exception
    assert any("The folder of trained runs cannot be used" in warning.value for warning in test.warning)
    for path in ("", "mlp", "templates", "cnn"):
        other = go(app(), path).run()
        assert not other.exception and not other.error


def test_a_sweep_waits_in_line_and_has_a_limit_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = [spec(seed) for seed in range(1, 7)]
    monkeypatch.setenv("KERNEL_EXPLORER_TRAININGS_EACH", "2")
    assert limits.against_sweep(wanted, "me") == "" and limits.against_sweep([], "me") == ""
    jobs.submit_all(wanted[:4], Waiting(), owner="me")
    monkeypatch.setenv("KERNEL_EXPLORER_SWEEP", "5")
    assert limits.against_sweep(wanted[4:5], "me") == "" and limits.against_sweep(wanted[4:], "another") == ""
    assert limits.against_sweep(wanted[4:], "me").startswith("You have as many trainings of sweeps under way")
    monkeypatch.setenv("KERNEL_EXPLORER_TRAININGS", "5")
    assert limits.against_sweep(wanted[4:], "another").startswith("As many trainings are under way")
    monkeypatch.setenv("KERNEL_EXPLORER_IMAGES", "50")
    assert limits.against_sweep(wanted[4:5], "me").startswith("A training may use at most 50 images")
