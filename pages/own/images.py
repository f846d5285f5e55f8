"""Images that a person brought: how they were prepared, and how well a network reads them."""

import io
import zipfile

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from core.analysis import own_test, robustness
from core.charts import confusion as chart
from core.charts import numbers, raster
from core.charts.prepared import Prepared as Chart
from core.charts.strips import Pictures, strip
from core.charts.theme import theme
from core.data import catalog as data
from core.data import digits, own_images, reader
from core.data.own_images import OwnSet
from core.data.pictures import BadPicture, scaled
from core.frame import page
from core.frame.plain import plain
from core.models.counts import accuracy, confusion, precision, recall
from core.serving.shared import shared
from core.serving.upload import read, upload
from core.specs import RunSpec
from core.training.samples import as_read
from core.training.tasks import Task
from core.ui import networks, working
from core.ui.board import board
from core.ui.shown import Shown
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.own import kept, words
from pages.own.choices import PAGE, reads_digits

FILE, EXAMPLE = "own-images-file", "_own-images-example"
MISREAD = 24  # pictures that are shown
SIDE = 84
EACH = 4  # pictures of each class in the example


def images() -> None:
    """The section."""
    file = upload(words.IMAGES, ["zip", "npz", "csv"], key=FILE, help=words.IMAGES_HELP)
    kept.kept()
    if file is not None:
        st.session_state.pop(EXAMPLE, None)
    elif not st.session_state.get(EXAMPLE):
        page.empty("No images yet", words.NO_IMAGES, 170)
        st.button(words.TRY_IMAGES, key="own-images-example", icon=":material/play_arrow:", on_click=_try)
        st.markdown(words.IMAGE_FORMATS)
        return
    try:
        with st.spinner("Reading the images"):
            found = _example() if file is None else read(FILE, file, lambda content, _: reader.own_set(content))
    except BadPicture as error:
        page.empty("These images cannot be read", error, 200)
        return
    _what(found)
    kept.train(found, "Example" if file is None else file.name)
    _steps(found)
    _test(found)


def _try() -> None:
    st.session_state[EXAMPLE] = True


@shared()
def _example_set() -> OwnSet:
    return own_images.read(example())


def _example() -> OwnSet:
    return _example_set()


def example() -> bytes:
    """A ZIP as a person would make it: pictures of test digits, dark on paper, in folders named by the digit."""
    known = digits.load_any("test")
    out, random = io.BytesIO(), np.random.default_rng(0)
    with zipfile.ZipFile(out, "w") as archive:
        for label in range(10):
            for i, at in enumerate(np.flatnonzero(known.labels == label)[:EACH]):
                large = np.asarray(Image.fromarray(known.images[at]).resize((56, 56), Image.Resampling.BICUBIC), np.float32)
                paper = np.full((90, 80), 235.0)
                top, left = random.integers(4, 30), random.integers(2, 20)
                paper[top : top + 56, left : left + 56] -= large.clip(0, 255) * 0.8
                picture = io.BytesIO()
                Image.fromarray(paper.clip(0, 255).astype(np.uint8)).save(picture, "PNG")
                archive.writestr(f"{label}/{i}.png", picture.getvalue())
    return out.getvalue()


def _what(found: OwnSet) -> None:
    """How many there are of what."""
    count = len(found.labels)
    st.markdown(
        f"**{count:,} image{'s' if count > 1 else ''} of {len(found.classes)} classes.** {plain(found.against_training) or words.ENOUGH}"
    )
    table = pd.DataFrame([found.counts], columns=[plain(name) for name in found.classes], index=["images"])
    st.dataframe(table, width="content")
    for note in found.notes:
        if not (found.against_training and note.endswith("not to train on.")):
            st.caption(plain(note))


def _steps(found: OwnSet) -> None:
    """How a picture becomes an image, step by step."""
    if not found.samples:
        st.caption(words.AS_THEY_ARE)
        return
    st.subheader("How each picture is prepared", anchor=False)
    names = [sample.name for sample in found.samples]
    name = st.selectbox("Picture", names, key="own-images-sample", width=320)
    sample = found.samples[names.index(name)]
    made = sample.prepared
    colours = page.theme()
    brightness = sample.brightness if colours.dark else 1 - sample.brightness  # the palette of ink runs from the paper's colour
    steps = (
        ("As it came, in grey", scaled(_square(brightness), SIDE * 2)),
        ("Its ink, paper taken away", scaled(made.drawn, SIDE * 2)),
        ("The ink's box, 20 pixels long", scaled(made.boxed, SIDE * 2)),
        ("Centred by its mass", made.centred),
    )
    strips = [strip(Pictures(values[None], "ink", 1), colours, title=title, alt=title, side=SIDE * 2) for title, values in steps]
    board("own-images-steps", strips, own=True)


def _square(image: np.ndarray) -> np.ndarray:
    """An image (h, w) in the middle of a square of its edge's own grey, (n, n)."""
    height, width = image.shape
    side = max(height, width)
    out = np.full((side, side), float(np.median([image[0].mean(), image[-1].mean(), image[:, 0].mean(), image[:, -1].mean()])), np.float32)
    top, left = (side - height) // 2, (side - width) // 2
    out[top : top + height, left : left + width] = image
    return out


def _test(found: OwnSet) -> None:
    """A network reads them all: how well, what it takes for what, and its surest mistakes."""
    st.subheader("How well a network reads them", anchor=False)
    id_ = networks.chooser(PAGE, "reader", reads_digits, width=420)
    net = networks.opened(id_)
    if net is None:
        return
    names = class_names(net.run.spec)
    strange = [name for name in found.classes if name not in names]
    if strange:
        page.empty("Nothing to count", words.OTHER_CLASSES.format(own=", ".join(strange[:8]), names=", ".join(names)), 170)
        return
    labels = np.array([names.index(found.classes[label]) for label in found.labels])
    task = _task(net, found, net.key, net.state, found.key)
    many = f"{len(labels):,} image{'s' if len(labels) > 1 else ''}"
    if len(labels) <= robustness.PART:
        working.show(task, "own-images", "", lambda done: _result(net, found, task, labels, names, many), ask=False)
    else:
        working.show(
            task, "own-images", f"Have it read all {many}",
            lambda done: _result(net, found, task, labels, names, many) if done == task.parts else None,
        )  # fmt: skip


def class_names(spec: RunSpec) -> tuple[str, ...]:
    """Names of a network's classes; those beyond its data set's are numbered."""
    known = data.named(spec)
    return tuple(known[i] if i < len(known) else str(i) for i in range(spec.model.sizes[-1]))


@shared()
def _task(_net: Shown, _found: OwnSet, key: str, state: int, images: str) -> Task:
    model = _net.run.spec.model
    arrays, arguments = robustness.given(model, _net.weights, as_read(_found.images, model))
    return Task("core.analysis.own_test:said", arrays, arguments, own_test.parts_of(len(_found.labels)))


def _result(net: Shown, found: OwnSet, task: Task, labels: np.ndarray, names: tuple[str, ...], many: str) -> None:
    logits = np.concatenate([working.part(task, i)["logits"] for i in range(task.parts)])
    counts = confusion(labels, logits.argmax(1), len(names))
    st.markdown(f"It reads **{numbers.percent(float(accuracy(counts)))}** of your {many} right.")
    left, right = st.columns([6, 6], gap="large")
    with left:
        page.chart(
            _matrix(counts, names, task.key, page.theme().dark),
            alt_text=f"Your classes down, what is read across: {int(np.trace(counts)):,} of {int(counts.sum()):,} on the diagonal",
            key=f"own-images-confusion-{task.key}",
            width="stretch",
        )
        page.legend(chart.SHARE_WORDS)
    with right:
        wrong, sure = own_test.misread(logits, labels)
        if not len(wrong):
            st.markdown("It misreads none of them.")
            return
        st.markdown(f"**{len(wrong):,} misread**, the surest mistakes first:")
        colours = page.theme()
        items = [
            Thumbnail(
                int(row),
                raster.png_url(raster.amount_levels(found.images[row], 255), colours.ink_palette, 3, 1),
                f"{names[labels[row]]}, read as {names[int(logits[row].argmax())]}\n{numbers.percent(float(share), 0)} sure",
            )
            for row, share in zip(wrong[:MISREAD], sure, strict=False)
        ]
        thumbnails("own-images-misread", items, side=SIDE, own=True)


@shared()
def _matrix(_counts: np.ndarray, _names: tuple[str, ...], key: str, dark: bool) -> Chart:
    film = _counts[None]
    return chart.matrix(chart.table(film, film[0].sum(axis=1), recall(film), precision(film), _names), _names, theme(dark))
