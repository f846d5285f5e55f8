"""The templates of one state with their names, in even rows."""

from core.charts import raster
from core.charts import templates as pictures
from core.ui import page
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.templates.sizes import STRIP, across, width
from pages.templates.view import View


def strip(view: View, key: str, about: int = STRIP) -> None:
    """The templates of the first layer; `about` is the longer side of each in CSS pixels."""
    items = [
        Thumbnail(i, raster.rgb_url(pictures.pixels(template, view.limit, page.theme())), word)
        for i, (template, word) in enumerate(zip(view.templates, view.units, strict=True))
    ]
    thumbnails(key, items, side=width(view.shape, about), across=across(len(items)))
