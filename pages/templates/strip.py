"""The templates of one state with their names, in even rows."""

from core.charts import raster
from core.charts import templates as pictures
from core.charts.theme import theme
from core.frame import page
from core.serving.shared import shared
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.templates.sizes import STRIP, across, width
from pages.templates.view import View


def strip(view: View, key: str, about: int = STRIP) -> None:
    """The templates of the first layer; `about` is the longer side of each in CSS pixels."""
    items = _drawn(view, view.stamp, view.state, page.theme().dark)
    thumbnails(key, items, side=width(view.shape, about), across=across(len(items)))


@shared()
def _drawn(_view: View, stamp: str, state: int, dark: bool) -> list[Thumbnail]:
    return [
        Thumbnail(i, raster.rgb_url(pictures.pixels(template, _view.limit, theme(dark))), word)
        for i, (template, word) in enumerate(zip(_view.templates, _view.units, strict=True))
    ]
