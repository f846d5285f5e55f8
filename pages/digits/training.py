"""Train it here: the seed's small training from scratch, in a worker process, live."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.charts import curves, numbers
from core.charts.strips import Pictures, strip
from core.data import catalog
from core.frame import choices as links
from core.frame import page, visitor
from core.frame.plain import plain
from core.runs import store
from core.runs.fitting import digits as fits
from core.runs.run import Run
from core.specs import DataSpec, RunSpec, SpecError, TrainSpec
from core.training import jobs
from core.training.jobs import Job
from core.ui import forms, jobs_view, shown
from core.ui.board import board
from core.ui.shown import Shown
from pages.digits import choices, small_training, words
from pages.digits.images import own_words
from pages.digits.small_training import MOST_EPOCHS, RATES
from pages.digits.table import tiled

LOSSES = {"training": "loss", "validation": "loss_validation", "test": "loss_test"}
SHARES = {"training": "accuracy_train", "validation": "accuracy_validation", "test": "accuracy_test"}
HEIGHT = 260  # of the place of the curves


def training(net: Shown) -> None:
    """The sixth section."""
    left, right = st.columns([3, 8], gap="large")
    with left:
        spec = _form()
    with right:
        job = _job(spec)
        if job is not None:
            jobs_view.show(job, "digits-job", _so_far)
        elif spec is None or not _done(spec):
            _chosen(net)


def _job(spec: RunSpec | None) -> Job | None:
    """What this person trains, else what anybody trains by the form's choices at this moment; one's own also where it ended badly."""
    own = [job for job in map(jobs.find, visitor.own()) if job is not None and fits(job.spec)]
    under_way = [job for job in own if job.progress().state in jobs.ACTIVE]
    if under_way:
        return under_way[0]
    asked = jobs.find(spec.key) if spec else None
    return asked if asked is not None and (asked in own or asked.progress().state in jobs.ACTIVE) else None


def _form() -> RunSpec | None:
    """The choices of a small training, and the button; the spec that they make."""
    small = choices.value("training").here()

    def widget(name: str) -> dict[str, Any]:
        def take(item: Any) -> None:  # of several changes at once each keeps the others
            choices.put(training=replace(choices.value("training").here(), **{name: item}).here())

        return links.showing(f"digits-train-{name}", getattr(small, name), take)

    here = small_training.sets()
    titles = {name: f"{catalog.get(name).title}, {'x'.join(map(str, catalog.get(name).shape))} pixels" for name in here}
    st.radio("Train on", here, format_func=titles.__getitem__, horizontal=True, **widget("data"))
    forms.field(DataSpec, "train", title="Training images", among=small_training.sizes(small.data), **widget("images"))
    forms.field(TrainSpec, "epochs", least=1, most=MOST_EPOCHS, **widget("epochs"))
    forms.field(TrainSpec, "learning_rate", among=RATES, **widget("rate"))
    forms.field(TrainSpec, "seed", title="Seed of weights and order", help=words.SEED, **widget("seed"))
    try:
        spec = small.spec
    except SpecError as error:
        st.error(plain(error))
        return None
    st.caption(
        f"Batches of {spec.train.batch}, SGD, {spec.data.validation} images to validate, {spec.data.test:,} {own_words(spec)} to test."
    )
    jobs_view.button(spec, "digits-train")
    return spec


def _chosen(net: Shown) -> None:
    """How the network that the page shows was trained."""
    spec = net.run.spec
    st.markdown(f"This is the training of the network chosen above: {spec.data.train:,} images, {spec.train.epochs} epochs.")
    _curves(net.run)
    _spread(net.run)


def _done(spec: RunSpec) -> bool:
    """The network that the form's choices have made, which stands in the page's chooser; False where there is none."""
    try:
        run = store.find(spec)
    except store.DamagedRun as error:
        page.empty("This run cannot be shown", error, height=HEIGHT)
        return True
    if run is None:
        return False
    share = numbers.percent(run.history["accuracy_test"][-1])
    seconds = float(np.sum(run.history["seconds"]))
    st.markdown(
        f"Done: **{share}** of {spec.data.test:,} {own_words(spec)} are read right after {spec.train.epochs} epochs on "
        f"{spec.data.train:,} images ({seconds:.1f} s of training steps). It now stands in the chooser above."
    )
    _curves(run)
    st.button("Look inside it", key="digits-open-own", icon=":material/search:", on_click=_open, args=(spec.key,))
    return True


def _open(key: str) -> None:
    """Show a run in the other sections."""
    choices.put(run=key, section="draw")
    choices.at_last_state()


def _so_far(run: Run) -> None:
    """A run in training, as far as it is."""
    _curves(run)
    kernel = Shown(run, run.states - 1, run.key).weights.get("conv1.kernel")
    if kernel is not None:
        pictures = np.stack([tiled(slices) for slices in kernel])
        limit = float(np.abs(pictures).max()) or 1.0
        title = f"The kernels of convolution 1 at {shown.state_words(run, run.states - 1)}"
        board(
            "digits-job-kernels",
            [strip(Pictures(pictures, "signed", limit), page.theme(), title=title, alt=title, side=48, columns=16)],
            own=True,
        )


def _curves(run: Run) -> None:
    """Loss and accuracy of a run as far as it is."""
    last = max(run.spec.train.epochs, 1)
    whats = (("loss", "cross-entropy", LOSSES, None), ("accuracy", "share right", SHARES, (0.0, 1.0)))
    with st.container(key="digits-curves"):
        for box, (what, title, columns, domain) in zip(st.columns(2), whats, strict=True):
            there = {name: column for name, column in columns.items() if column in run.history}
            if not there:
                continue
            states = {"state": range(run.states), "epoch": run.epochs, **{name: run.history[column] for name, column in there.items()}}
            chart = curves.over_epochs(
                curves.table(run.history, there),
                pd.DataFrame(states),
                title,
                page.theme(),
                last=last,
                domain=domain,
                percent=domain is not None,
            )
            name, column = list(there.items())[-1]
            words_ = f"{what} over {run.states} states, {name} now {numbers.fixed(run.history[column][-1], 4)}"
            with box:
                page.chart(chart, alt_text=words_, key=f"digits-curve-{what}", width="stretch")


def _spread(run: Run) -> None:
    """The test accuracy of the same training with other seeds, in a sentence."""
    ends = run.ends()
    if not len(ends):
        return
    st.caption(
        f"The same training from {len(ends)} starts and orders of the images ends at {numbers.percent(ends.min())} to "
        f"{numbers.percent(ends.max())} of {run.spec.data.test:,} {own_words(run.spec)} "
        f"(mean {numbers.percent(ends.mean())})."
    )
