"""Images as points of a plane, coloured by class: the image itself under the pointer, a click picks it."""

from collections.abc import Sequence
from typing import cast

import altair as alt
import numpy as np
import pandas as pd

from core.charts import raster
from core.charts.prepared import Prepared, built
from core.charts.size import WIDE
from core.charts.theme import Theme

HEIGHT = 300  # pixels of the plane
MOST = 20  # classes that have a key
WIDTH = 56  # pixels of the image under the pointer, about


def pictures(images: np.ndarray, colours: Theme) -> pd.DataFrame:
    """The table "pictures" of images (N, height, width) uint8: image and url."""
    scale = max(1, WIDTH // max(images.shape[1:]))
    urls = [raster.png_url(raster.amount_levels(one, 255), colours.ink_palette, scale, 9) for one in images]
    return pd.DataFrame({"image": np.arange(len(images)), "url": urls})


def points(
    places: np.ndarray,
    labels: np.ndarray,
    said: Sequence[str],
    classes: Sequence[str],
    shown: pd.DataFrame,
    colours: Theme,
    *,
    axes: tuple[str, str],
    noun: str = "class",
    now: int = 0,
) -> Prepared:
    """Each image as a point.

    Args:
        places: (N, 2).
        labels: (N,) classes.
        said: of each image, for the tooltip, (N,).
        shown: the table of `pictures`.
        axes: titles, across and up.
        now: clicks so far.
    """
    names = [str(name) for name in classes]
    x, y = np.asarray(places, np.float32).T
    table = pd.DataFrame(
        {"image": np.arange(len(x)), "x": x, "y": y, "class": [names[i] for i in labels], "said": list(said), "now": np.int16(now)}
    )
    return Prepared(_points(colours, tuple(names), axes, noun), {"points": table, "pictures": shown})


@built
def _points(colours: Theme, classes: tuple[str, ...], axes: tuple[str, str], noun: str) -> alt.TopLevelMixin:
    legend = alt.Legend(title=noun, orient="bottom", columns=10, symbolOpacity=1) if len(classes) <= MOST else None
    colour = alt.Color("class:N", scale=alt.Scale(domain=list(classes), range=colours.class_colours(len(classes))), legend=legend)
    plain = alt.Axis(labels=False, ticks=False, grid=False)
    chart = alt.Chart(alt.NamedData("points"), name="plane").mark_circle(size=26, opacity=0.8)
    chart = chart.transform_lookup("image", alt.LookupData(alt.NamedData("pictures"), "image", ["url"])).encode(
        x=alt.X("x:Q", title=axes[0], axis=plain, scale=alt.Scale(zero=False)),
        y=alt.Y("y:Q", title=axes[1], axis=plain, scale=alt.Scale(zero=False)),
        color=colour,
        tooltip=[alt.Tooltip("url:N", title="image"), alt.Tooltip("said:N", title="it")],  # "image" is drawn, not written
    )
    pick = alt.selection_point(name="picked", fields=["image", "now"], on="click", empty=False, toggle=False)
    return cast(alt.Chart, chart.add_params(pick).properties(height=HEIGHT, autosize=WIDE))
