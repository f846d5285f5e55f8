"""A photograph of handwriting: the digits found on it, each cut out and read, and the cuts corrected."""

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image, ImageDraw

from core.analysis.dense import order
from core.charts import numbers, raster
from core.charts.theme import rgb
from core.data import digits, reader
from core.data.drawing import UnusableDrawing
from core.data.pictures import BadPicture
from core.data.sheet import Box, Sheet, cut, read_sheet
from core.frame import page
from core.frame.plain import plain
from core.models import network
from core.serving.shared import shared
from core.serving.upload import read, upload
from core.training.samples import as_read
from core.ui import networks
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.own import words
from pages.own.choices import PAGE, reads_digits
from pages.own.images import class_names

FILE, EXAMPLE = "own-sheet-file", "_own-sheet-example"
WIDE = 640  # pixels of the picture with its cuts
SIDE = 84
MOST = 120  # cuts
COLUMNS = ("left", "top", "width", "height")


def sheet() -> None:
    """The section."""
    file = upload(words.SHEET, ["png", "jpg", "jpeg", "webp", "bmp"], key=FILE, help=words.SHEET_HELP)
    if file is not None:
        st.session_state.pop(EXAMPLE, None)
    elif not st.session_state.get(EXAMPLE):
        page.empty("No picture yet", words.NO_SHEET, 170)
        st.button(words.TRY_SHEET, key="own-sheet-example", icon=":material/play_arrow:", on_click=_try)
        return
    try:
        with st.spinner("Looking for digits"):
            found = _example() if file is None else read(FILE, file, reader.photograph)
    except BadPicture as error:
        page.empty("This picture cannot be read", error, 200)
        return
    _cuts(found, "example" if file is None else str(file.file_id))


def _try() -> None:
    st.session_state[EXAMPLE] = True


@shared()
def _example() -> Sheet:
    """Ten test digits in two lines on paper that a lamp lights from one side."""
    known = digits.load_any("test")
    page_ = np.full((300, 520), 0.93, np.float32) - np.linspace(0, 0.25, 520, dtype=np.float32)
    for label in range(10):
        row, column = divmod(label, 5)
        at = int(np.flatnonzero(known.labels == label)[2])
        large = np.asarray(Image.fromarray(known.images[at]).resize((84, 84), Image.Resampling.BICUBIC), np.float32) / 255
        top, left = 30 + 130 * row, 20 + 98 * column
        page_[top : top + 84, left : left + 84] -= 0.6 * large.clip(0, 1)
    return read_sheet(page_.clip(0, 1))


def _cuts(found: Sheet, name: str) -> None:
    """The picture with its cuts, the table that moves them, and what each is read as."""
    left, right = st.columns([7, 5], gap="large")
    with right:
        st.markdown(words.CUTS)
        table = pd.DataFrame([[box.left, box.top, box.width, box.height] for box in found.boxes], columns=list(COLUMNS))
        config = {one: st.column_config.NumberColumn(min_value=0, max_value=4_096, step=1, required=True, default=40) for one in COLUMNS}
        edited = st.data_editor(table, num_rows="dynamic", key=f"own-cuts-{name}", column_config=config, width="stretch", height=320)
        for note in found.notes:
            st.caption(plain(note))
    boxes = boxes_of(edited)
    with left:
        st.image(
            drawn(found, boxes, rgb(page.theme().wrong)),
            width=min(WIDE, found.brightness.shape[1] * 2),
            alt=f"The picture with {len(boxes)} cuts, numbered",
        )
        id_ = networks.chooser(PAGE, "reader", reads_digits, title="Read by", width=420)
    net = networks.opened(id_)
    if net is None:
        return
    images, whose, failed = [], [], []
    for i, box in enumerate(boxes):
        try:
            images.append(np.rint(cut(found, box).centred * 255).astype(np.uint8))
            whose.append(i)
        except UnusableDrawing as error:
            failed.append(f"Cut {i + 1}: {error}")
    for line in failed[:5]:
        st.warning(plain(line), icon=":material/info:")
    if not images:
        page.empty("Nothing to read", "No cut holds a digit. Move one onto a digit in the table, or take another photograph.", 170)
        return
    model, names = net.run.spec.model, class_names(net.run.spec)
    shares = network.answers(model, net.weights, as_read(np.stack(images), model))
    reading = [names[int(row.argmax())] for row in shares]
    st.markdown(f"It reads **{plain(' '.join(reading))}**.")
    colours = page.theme()
    items = []
    for i, image, row in zip(whose, images, shares, strict=True):
        best = [int(n) for n in order(row)[:2]]
        said = f"{i + 1}: {names[best[0]]}, {numbers.probability(row[best[0]])}\nthen {names[best[1]]}, {numbers.probability(row[best[1]])}"
        items.append(Thumbnail(i, raster.png_url(raster.amount_levels(image, 255), colours.ink_palette, 3, 1), said))
    thumbnails("own-sheet-read", items, side=SIDE, own=True)


def boxes_of(table: pd.DataFrame) -> list[Box]:
    """The cuts of a table, rows without a size left out."""
    whole = table.apply(pd.to_numeric, errors="coerce").dropna()
    rows = [tuple(map(int, row)) for row in whole[list(COLUMNS)].to_numpy()]
    return [Box(top, left, height, width) for left, top, width, height in rows if width > 0 and height > 0][:MOST]


def drawn(found: Sheet, boxes: list[Box], colour: tuple[int, int, int]) -> np.ndarray:
    """The photograph with its cuts framed and numbered, (H, W, 3) uint8."""
    grey = Image.fromarray((found.brightness.clip(0, 1) * 255).astype(np.uint8)).convert("RGB")
    pen = ImageDraw.Draw(grey)
    wide = max(1, max(grey.size) // 300)
    for i, box in enumerate(boxes, start=1):
        pen.rectangle((box.left, box.top, box.left + box.width, box.top + box.height), outline=colour, width=wide)
        pen.text((box.left + 2 * wide, box.top - 14 * wide if box.top > 16 * wide else box.top), str(i), fill=colour, font_size=12 * wide)
    return np.asarray(grey)
