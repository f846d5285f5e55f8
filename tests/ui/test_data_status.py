"""The panels of data sets and jobs say what is so, in every state."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data import digits, download, stand_in
from core.data.download import Progress
from core.runs import store
from core.specs import DataSpec, ModelSpec, RunSpec, TrainSpec
from core.training import job_folder, jobs, lease
from core.ui import cached, data_status, jobs_view

SPEC = RunSpec(DataSpec(train=200, validation=50, test=100), ModelSpec(sizes=(784, 6, 10)), TrainSpec(epochs=4))


class FakeDownload:
    """A download whose state the test sets."""

    title, name, total = "MNIST", "mnist", 11_594_722

    def __init__(self, now: Progress) -> None:
        self.now = now
        self.calls: list[str] = []

    def progress(self) -> Progress:
        return self.now

    def start_once(self) -> None:
        self.calls.append("start_once")

    def start(self) -> None:
        self.calls.append("start")

    def cancel(self) -> None:
        self.calls.append("cancel")


def page() -> AppTest:
    def script():
        import streamlit as st

        from core.ui import data_status

        st.markdown(f"mnist {data_status.notice('mnist')}")
        st.markdown(f"cifar10 {data_status.notice('cifar10')}")

    return AppTest.from_function(script, default_timeout=30)


def text(app: AppTest) -> str:
    return "\n".join(str(item.value) for item in app.markdown)


@pytest.fixture
def nothing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERNEL_EXPLORER_DATA", str(tmp_path))


def use(monkeypatch: pytest.MonkeyPatch, now: Progress) -> FakeDownload:
    fake = FakeDownload(now)
    monkeypatch.setitem(download.DOWNLOADS, "mnist", fake)
    return fake


def lines(app: AppTest) -> list[str]:
    """What stands on the page without opening anything: its texts, and the lines that open, in order."""

    def inside(block) -> list[str]:
        out = []
        for child in block.children.values():
            if child.type == "popover":
                out.append(child.proto.popover.label)
            else:
                out += inside(child) if hasattr(child, "children") else [str(child.value)]
        return out

    return inside(app.main)


def test_offline_the_stand_in_is_named_in_a_line_and_mnist_offered_behind_it(nothing_here, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = use(monkeypatch, Progress(download.IDLE))
    app = page().run()
    assert not app.exception and fake.calls == ["start_once"]
    assert lines(app) == ["UCI digits stand in for MNIST", "mnist False", "CIFAR-10 is not here", "cifar10 False"]
    assert stand_in.SOURCE in text(app) and "no sample pictures" in text(app)
    assert [b.label for b in app.button] == ["Get MNIST (12 MB)", "Get CIFAR-10 (170 MB)"]
    app.button(key="data-mnist-get").click().run()
    assert "start" in fake.calls


def test_running_shows_progress_and_cancel(nothing_here, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = use(monkeypatch, Progress(download.RUNNING, 5_797_361, 11_594_722, 4.0))
    app = page().run()
    assert not app.exception and lines(app)[0] == "Getting MNIST: 5.8 of 11.6 MB, about 4 s left"
    bar = app.get("progress")[0].proto
    assert (bar.value, bar.text) == (50, "Getting MNIST: 5.8 of 11.6 MB, about 4 s left")
    app.button(key="data-mnist-cancel").click().run()
    assert "cancel" in fake.calls


def test_failure_is_a_line_a_sentence_and_a_second_try(nothing_here, monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = "MNIST could not be downloaded: 127.0.0.1 refused the connection."
    fake = use(monkeypatch, Progress(download.FAILED, sentence=sentence))
    app = page().run()
    assert lines(app)[0] == "MNIST could not be downloaded"
    assert sentence in text(app) and app.button(key="data-mnist-get").label == "Try MNIST again (12 MB)"
    app.button(key="data-mnist-get").click().run()
    assert "start" in fake.calls


def test_damaged_mnist_is_said_to_be_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERNEL_EXPLORER_DATA", str(tmp_path))
    (tmp_path / digits.RAW).mkdir(parents=True)
    (tmp_path / digits.RAW / "train-images-idx3-ubyte").write_bytes(b"half")
    use(monkeypatch, Progress(download.IDLE))
    app = page().run()
    assert lines(app)[0] == "MNIST is not whole"
    assert "MNIST is not whole: train-images-idx3-ubyte has 4 bytes" in text(app)


STATES = [
    Progress(download.IDLE),
    Progress(download.RUNNING),
    Progress(download.RUNNING, 100_000, 11_594_722, 300.0),
    Progress(download.RUNNING, 11_594_722, 11_594_722),
    Progress(download.FAILED, sentence="No."),
    Progress(download.CANCELLED, sentence="No."),
]


@pytest.mark.parametrize("now", STATES, ids=lambda now: f"{now.state} {now.bytes}")
def test_every_state_is_one_short_line(nothing_here, monkeypatch: pytest.MonkeyPatch, now: Progress) -> None:
    use(monkeypatch, now)
    app = page().run()
    assert len(lines(app)) == 4 and len(lines(app)[0]) <= 50 and "\n" not in lines(app)[0]


def test_whole_mnist_needs_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = use(monkeypatch, Progress(download.IDLE))
    monkeypatch.setattr(digits, "trouble", lambda: "")
    app = page().run()
    assert "mnist True" in lines(app) and fake.calls == []
    assert not any(b.key.startswith("data-mnist") for b in app.button)


def test_the_end_of_a_download_leaves_what_else_is_cached(nothing_here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others on this server keep what was read for them; the digits are read again, since their stamp has changed."""
    kept = cached.run("digit-cnn-small")

    def script():
        import streamlit as st

        from core.ui import cached, data_status

        data_status.notice("mnist")
        st.markdown(cached.test_digits().source)

    fake = use(monkeypatch, Progress(download.RUNNING, 10, 20, 1.0))
    app = AppTest.from_function(script, default_timeout=30).run()
    assert stand_in.SOURCE in lines(app)
    monkeypatch.setattr(digits, "trouble", lambda: "")
    monkeypatch.setattr(digits, "load", lambda split: (np.zeros((1, 28, 28), np.uint8), np.zeros(1, np.uint8)))
    fake.now = Progress(download.DONE, 20, 20, 2.0)
    app.run()
    assert lines(app) == ["MNIST"] and not app.button
    assert cached.run("digit-cnn-small") is kept


def test_words() -> None:
    item = FakeDownload(Progress(download.RUNNING))
    assert data_status.arrived(item, Progress(download.RUNNING, 0, 10)) == "Getting MNIST: asking for it"
    assert data_status.arrived(item, Progress(download.RUNNING, 10, 10)) == "Getting MNIST: unpacking it"
    assert [data_status.duration(s) for s in (0.2, 59, 89, 90, 600)] == ["1 s", "59 s", "89 s", "2 min", "10 min"]
    assert jobs_view.words(jobs.Progress(jobs.QUEUED)) == "Waiting for its turn"
    assert jobs_view.words(jobs.Progress(jobs.QUEUED, taken=True)) == "Starting"
    assert jobs_view.words(jobs.Progress(jobs.QUEUED, 3, 20)) == "Waiting to go on from epoch 3 of 20"
    assert jobs_view.words(jobs.Progress(jobs.QUEUED, 3, 20, taken=True)) == "Going on from epoch 3 of 20"
    assert jobs_view.words(jobs.Progress(jobs.RUNNING, 1, 4, 2.0)) == "Epoch 1 of 4, 2 seconds an epoch, about 6 s left"


def job_page(values: dict) -> AppTest:
    def script(values):
        import streamlit as st

        from core.specs import RunSpec, from_dict
        from core.training.jobs import Job
        from core.ui import jobs_view

        def draw(run):
            st.markdown(f"{run.states} states")

        st.markdown(f"state {jobs_view.show(Job(from_dict(RunSpec, values)), 'job', draw).state}")

    return AppTest.from_function(script, default_timeout=30, args=(values,))


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> jobs.Job:
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))
    job = jobs.Job(SPEC)
    monkeypatch.setattr(lease, "SILENT_SECONDS", 600)  # the machine may be busy
    assert job_folder.make(job.folder, SPEC, "")
    return job


def test_job_under_way_shows_numbers_and_can_be_cancelled(job: jobs.Job) -> None:
    import numpy as np

    from core.specs import to_dict
    from core.training import live
    from core.training.loop import EpochRecord

    live.write(job.folder, SPEC, 0, EpochRecord(0, 0, 0.0, {"loss": 2.3}, {"dense1.kernel": np.zeros((2, 2))}))
    now = jobs.Progress(jobs.RUNNING, 1, 4, 2.0, {"loss": 0.1234, "accuracy_train": 0.5, "accuracy_test": 0.25})
    job_folder.note(job.folder, now)
    held = lease.take(job.folder)
    assert held is not None
    app = job_page(to_dict(SPEC)).run()
    assert not app.exception and "state running" in text(app) and "1 states" in text(app)
    assert [(m.label, m.value) for m in app.metric] == [("Loss", "0.123"), ("Training accuracy", "50.0%"), ("Test accuracy", "25.0%")]
    assert [m.help for m in app.metric] == ["of 200 images", "of 200 images", "of 100 images"]
    app.button(key="job-pause").click().run()
    assert job.progress() == replace(now, state=jobs.PAUSED) and "Paused at epoch 1 of 4" in str(app.get("progress")[0].proto)
    app.button(key="job-resume").click().run()
    assert job.progress() == now
    held.free()
    app.run()
    assert "Waiting to go on from epoch 1 of 4" in str(app.get("progress")[0].proto)
    app.button(key="job-cancel").click().run()
    assert job.owners() == 0 and job.progress().state == jobs.CANCELLED


def test_who_shares_a_training_leaves_it_and_others_cannot(job: jobs.Job) -> None:
    from core.specs import to_dict

    job_folder.wish(job.folder, job_folder.name_of("somebody"), True)
    app = job_page(to_dict(SPEC)).run()
    assert app.button(key="job-cancel").label == "Leave it" and app.button(key="job-pause").disabled
    app.button(key="job-cancel").click().run()
    assert job.owners() == 1 and job.progress().state == jobs.QUEUED
    assert not app.exception and not app.button, "it is somebody else's now"


def test_ended_jobs_say_how(job: jobs.Job) -> None:
    from core.specs import to_dict

    job_folder.end(job.folder, jobs.Progress(jobs.FAILED, sentence="MNIST is not here."))
    app = job_page(to_dict(SPEC)).run()
    assert "MNIST is not here." in text(app) and app.button(key="job-again").label == "Start it again"
    store.save(SPEC, {"epoch": [0.0]}, {})
    job_folder.drop(job.folder)
    app = job_page(to_dict(SPEC)).run()
    assert f"stored as run `{SPEC.key}`" in text(app) and not app.button


def test_panels_load_no_torch() -> None:
    import subprocess

    code = "import sys; import core.ui.data_status, core.ui.jobs_view; print('torch' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], cwd=download.ROOT, capture_output=True, text=True, timeout=60)
    assert out.stdout.strip() == "False", out.stderr
