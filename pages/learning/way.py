"""One image through one kernel and back: the same weights at work in both directions."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.analysis import gradient
from core.charts import cells, numbers, raster
from core.charts.cells import Kind
from core.charts.prepared import Prepared
from core.charts.size import small
from core.charts.theme import Theme, theme
from core.frame import page
from core.models.activations import TABLE
from core.serving.shared import shared
from pages.learning.choices import PAGE
from pages.learning.picked import Picked
from pages.learning.view import View

STRIP = 24  # pixels of height of a row of numbers


@dataclass(frozen=True)
class Way:
    """What of one image goes up through a kernel and comes back, drawn."""

    loss: float
    lost: float  # share of the length of what comes back that the slopes let through
    up: Prepared | bytes  # products as cells, of a large kernel a picture
    back: Prepared | bytes
    strips: dict[str, Prepared]  # title -> a row of numbers; the first stands under the way up, the others under the way back


def _ends(chart: Prepared) -> tuple[float, float]:
    """The smallest and the largest number of a strip."""
    values = chart.tables["cells"]["v"]
    return float(values.min()), float(values.max())


def way(view: View, picked: Picked, up: int) -> None:
    """The kernel at work forward, and the same numbers transposed on the way back."""
    found = _drawn(view, picked, view.here, picked.key, up, page.theme().dark)
    st.markdown(
        f"**{picked.words[0].upper() + picked.words[1:]}.** {view.moment}, loss {numbers.number(found.loss)}. Both pictures hold the same "
        f"{view.kernel(up).size:,} weights of layer {up}: on the way up times the outputs below, on the way back times the errors above."
    )
    strips = [(title, chart, f"{PAGE}-back-strip-{i}") for i, (title, chart) in enumerate(found.strips.items())]
    for box, title, products, rows in zip(
        st.columns(2, gap="medium"),
        ("**Up**: each column adds up to a sum", "**Back**, transposed: each column adds up too"),
        (found.up, found.back),
        (strips[:1], strips[1:]),
        strict=True,
    ):
        with box:
            st.markdown(title)
            if isinstance(products, bytes):
                st.image(products, width="stretch", alt=f"Products of the {view.kernel(up).size:,} weights")
            else:
                page.chart(
                    products,
                    alt_text=f"Products of the {view.kernel(up).size:,} weights, unit by unit",
                    key=f"{PAGE}-back-{len(rows)}",
                    width="stretch",
                )
            for words, chart, key in rows:
                page.chart(chart, alt_text=f"Strip of cells with {words}: {numbers.span(*_ends(chart))}", key=key, width="stretch")
    page.legend("orange above 0, blue below; a slope of 1 is the strongest green, and where it is 0 nothing comes through")
    st.markdown(
        "**What to notice.** Nothing new is needed on the way back: a weight that carried a unit's output up carries the blame down. Of "
        f"what comes back here, the slopes let {found.lost:.0%} through (by its length)."
    )


@shared()
def _drawn(_view: View, _picked: Picked, here: Hashable, picked: Hashable, up: int, dark: bool) -> Way:
    found = gradient.backward(_view.model, _view.weights, _picked.values[None], np.array([_picked.label]))
    kernel = _view.kernel(up).astype(np.float64)  # (below, above)
    below, error = found.outputs[up - 1][0], found.errors[up - 1][0]
    slope = np.asarray(TABLE[_view.model.activation].slope(below), float)
    sent = kernel @ error  # (below,)
    last = up == _view.layers
    names = (f"unit of layer {up - 1}", "class" if last else f"unit of layer {up}")
    classes = _view.classes if last else ()
    reach, colours = float(np.abs(sent).max()), theme(dark)

    def strip(row: np.ndarray, name: str, title: str, limit: float, kind: Kind = "signed", called: tuple[str, ...] = ()) -> Prepared:
        return cells.cells(
            row[None],
            limit,
            colours,
            kind=kind,
            names=("", name),
            value=title,
            title=title,
            axes=False,
            called=((), called),
            least=STRIP,
        )

    sums = found.sums[up - 1][0]
    strips = {
        "sums, with the bias": strip(sums, names[1], "sums, with the bias", float(np.abs(sums).max()), called=classes),
        "what comes back": strip(sent, names[0], "what comes back", reach),
        "slopes": strip(slope, names[0], "× slope of each unit", 1.0, "amount"),
        "errors": strip(sent * slope, names[0], f"= errors of layer {up - 1}", reach),
    }
    lost = float(np.linalg.norm(sent * slope) / (np.linalg.norm(sent) or 1))
    products = (
        _products(below[:, None] * kernel, names, ((), classes), colours),
        _products(kernel.T * error[:, None], names[::-1], (classes, ()), colours),
    )
    return Way(found.loss, lost, *products, strips)


def _products(
    products: np.ndarray, names: tuple[str, str], called: tuple[tuple[str, ...], tuple[str, ...]], colours: Theme
) -> Prepared | bytes:
    """Products as cells, or of a large kernel as a picture."""
    limit = float(np.abs(products).max())
    if small(*products.shape):
        return cells.cells(products, limit, colours, names=names, value="product", axes=False, called=called)
    return raster.png(raster.signed_levels(products, limit), colours.signed_palette)
