"""Train it here: the seed's small training from scratch, in a worker process, live."""

from contextlib import suppress
from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from core.charts import curves, numbers
from core.data import catalog
from core.data.catalog import DataSet
from core.runs import store
from core.runs.run import Run
from core.runs.shipped.digits import SMALL
from core.specs import DataSpec, RunSpec, SpecError, TrainSpec, meta
from core.training import jobs
from core.ui import forms, jobs_view, link, page
from pages.digits import net as digit_net
from pages.digits.input import PAGE
from pages.digits.net import Net

ASKED = "_digits-asked"  # session key: the spec that was sent off
IMAGES = (100, 250, 500, 1_000, 2_000, 5_000)
RATES = (0.01, 0.05, 0.1, 0.15, 0.3, 0.6)
MOST_EPOCHS = 20
SETS = ("mnist", "uci-digits")  # data sets that the digit CNN can train on, the first that is here first
ASKED_FOR = "500-10-0.15-1"  # images, epochs, learning rate and seed, as they stand in the link; a data set may follow
FIELDS = ("images", "epochs", "rate", "seed")
LOSSES = {"training": "loss", "validation": "loss_validation", "test": "loss_test"}
SHARES = {"training": "accuracy_train", "validation": "accuracy_validation", "test": "accuracy_test"}


def read_training(text: str) -> str:
    """The `training` of a link: images, epochs, learning rate, seed and perhaps data set of a small training.

    Raises:
        ValueError: the form has no such choices.
    """
    images, epochs, rate, seed, *name = text.split("-", 4)
    if name and name[0] not in SETS:
        raise ValueError(text)
    if int(images) not in IMAGES or not 1 <= int(epochs) <= MOST_EPOCHS or float(rate) not in RATES:
        raise ValueError(text)
    meta(TrainSpec, "seed").read(seed)
    return text


TRAIN = link.text("training", ASKED_FOR, read_training, f"images, epochs, learning rate, seed and perhaps data set, such as {ASKED_FOR}")


def collect() -> None:
    """Before the chooser is made: a training of this session that has ended well belongs into it, wherever its owner is."""
    asked, own = st.session_state.get(ASKED), st.session_state.setdefault("_digits-own", [])
    if asked is None or asked.key in own or jobs.Job(asked).progress().state != jobs.DONE:
        return
    with suppress(ValueError):  # it is gone or damaged, which its section says
        if (name := digit_net.known(asked.key)) not in digit_net.SHIPPED:
            own.append(name)


def training(net: Net) -> None:
    """The fifth section."""
    left, right = st.columns([3, 8], gap="large")
    with left:
        spec = _form()
    with right:
        asked = st.session_state.get(ASKED) or _under_way(spec)
        if asked is None:
            _chosen(net)
        elif jobs.Job(asked).progress().state == jobs.DONE:
            _done(asked)
        else:
            jobs_view.show(jobs.Job(asked), "digits-job", _curves)


def _under_way(spec: RunSpec | None) -> RunSpec | None:
    """The form's spec if somebody trains it at this moment, as this person may have done before a reload."""
    job = jobs.find(spec.key) if spec else None
    return spec if job is not None and job.progress().state in jobs.ACTIVE else None


def _form() -> RunSpec | None:
    """The choices of a small training, and the button; the spec that they make."""
    keys = [f"digits-train-{name}" for name in FIELDS]
    chosen = link.value(PAGE, "training")
    if st.session_state.get("_digits-train") != chosen or keys[0] not in st.session_state:
        images, epochs, rate, seed, *name = chosen.split("-", 4)
        st.session_state.update(zip(keys, (int(images), int(epochs), float(rate), int(seed)), strict=True))
        st.session_state["digits-train-data"] = name[0] if name else SETS[0]
    data = _data()
    sizes = [count for count in IMAGES if count <= data.splits["train"]]
    st.session_state[keys[0]] = min(st.session_state[keys[0]], sizes[-1])
    images = forms.field(DataSpec, "train", keys[0], title="Training images", among=sizes)
    epochs = forms.field(TrainSpec, "epochs", keys[1], least=1, most=MOST_EPOCHS)
    rate = forms.field(TrainSpec, "learning_rate", keys[2], among=RATES)
    seed = forms.field(
        TrainSpec,
        "seed",
        keys[3],
        title="Seed of weights and order",
        help="Seed 0 with the other choices as they come repeats the shipped training.",
    )
    chosen = f"{images}-{epochs}-{rate:g}-{seed}" + ("" if data.name == SETS[0] else f"-{data.name}")
    st.session_state[link.key(PAGE, "training")] = st.session_state["_digits-train"] = chosen
    link.write(PAGE, {"training": None if chosen == ASKED_FOR else chosen})
    try:
        spec = replace(
            SMALL,
            data=replace(SMALL.data, name=data.name, train=int(images), test=min(SMALL.data.test, data.splits["test"])),
            model=replace(SMALL.model, seed=int(seed)),
            train=replace(SMALL.train, epochs=int(epochs), learning_rate=float(rate), seed=int(seed), first_epoch_states=0),
        )
    except SpecError as error:
        st.error(str(error))
        return None
    st.caption(
        f"Batches of {spec.train.batch}, SGD, {spec.data.validation} images to validate, {spec.data.test:,} {data.test_words} to test."
    )
    st.button("Train", key="digits-train", type="primary", icon=":material/play_arrow:", on_click=_start, args=(spec,))
    return spec


def _data() -> DataSet:
    """The data set to train on, of those that are here."""
    here = [name for name in SETS if not catalog.missing(name)]
    if st.session_state["digits-train-data"] not in here:
        st.session_state["digits-train-data"] = here[0]
    words = {name: f"{catalog.get(name).title}, {'x'.join(map(str, catalog.get(name).shape))} pixels" for name in here}
    chosen = st.radio("Train on", here, format_func=words.__getitem__, key="digits-train-data", horizontal=True, persist_state="session")
    return catalog.get(str(chosen))


def _start(spec: RunSpec) -> None:
    jobs.submit(spec)
    st.session_state[ASKED] = spec


def _chosen(net: Net) -> None:
    """How the network that the page shows was trained."""
    spec = net.run.spec
    st.markdown(f"This is the training of the network chosen above: {spec.data.train:,} images, {spec.train.epochs} epochs.")
    _curves(net.run)
    _spread(net.run)


def _done(asked: RunSpec) -> None:
    """The network that this session trained, which now stands in the page's chooser."""
    try:
        run = jobs.Job(asked).run()
    except store.DamagedRun as error:
        page.empty("This run cannot be shown", str(error), height=260)
        return
    if run is None:
        page.empty("No network came of it", "The stored run has gone; train it again.", height=260)
        return
    name = digit_net.known(asked.key)
    share = numbers.percent(run.history["accuracy_test"][-1])
    seconds = float(np.sum(run.history["seconds"]))
    st.markdown(
        f"Done: **{share}** of {run.spec.data.test:,} {catalog.get(run.spec.data).test_words} are read right after "
        f"{run.spec.train.epochs} epochs on {run.spec.data.train:,} images ({seconds:.1f} s of training steps). It now stands in the "
        "chooser above."
    )
    _curves(run)
    st.button("Look inside it", key="digits-open-own", icon=":material/search:", on_click=_open, args=(name,))


def _open(name: str) -> None:
    """Show a run in the other sections."""
    st.session_state[link.key(PAGE, "run")] = name
    st.session_state[link.key(PAGE, "epoch")] = ""
    st.session_state[link.key(PAGE, "section")] = "draw"


def _curves(run: Run) -> None:
    """Loss and accuracy of a run as far as it is."""
    last = max(run.spec.train.epochs, 1)
    with st.container(key="digits-curves"):
        whats = (("loss", "cross-entropy", LOSSES, None, "loss"), ("accuracy", "share right", SHARES, (0.0, 1.0), "accuracy_test"))
        for box, (what, title, columns, domain, now) in zip(st.columns(2), whats, strict=True):
            there = {name: column for name, column in columns.items() if column in run.history}
            states = pd.DataFrame(
                {"state": range(len(run.epochs)), "epoch": run.epochs, **{name: run.history[column] for name, column in there.items()}}
            )
            chart = curves.over_epochs(
                curves.table(run.history, there), states, title, page.theme(), last=last, domain=domain, percent=domain is not None
            )
            words = f"{what} over {len(run.epochs)} states, now {run.history[now][-1]:.4f}"
            with box:
                page.chart(chart, alt_text=words, key=f"digits-curve-{what}", width="stretch")


def _spread(run: Run) -> None:
    """The test accuracy of the same training with other seeds, in a sentence."""
    ends = run.ends()
    if not len(ends):
        return
    st.caption(
        f"The same training from {len(ends)} starts and orders of the images ends at {numbers.percent(ends.min())} to "
        f"{numbers.percent(ends.max())} of {run.spec.data.test:,} {catalog.get(run.spec.data).test_words} "
        f"(mean {numbers.percent(ends.mean())})."
    )
