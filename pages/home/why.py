"""Why each network says what it says about the drawing, in a few small pictures that follow the pen."""

import base64
from collections.abc import Callable

import numpy as np

from core.analysis.decisive import maps, way
from core.charts import raster, tiny
from core.charts.numbers import number, signed
from core.charts.theme import Theme
from core.models import network
from core.ui.shown import Shown
from core.ui.thumbnails import Thumbnail
from pages.home import words
from pages.home.networks import SHAPE

DOTS = 9  # of a layer, at most
MAPS = 2  # of the last convolution


def _signed(values: np.ndarray, limit: float, colours: Theme) -> str:
    return raster.png_url(raster.signed_levels(values, limit), colours.signed_palette)


def _amount(values: np.ndarray, colours: Theme) -> str:
    return raster.png_url(raster.amount_levels(values, float(values.max())), colours.amount_palette)


def _one_layer(shown: Shown, image: np.ndarray, colours: Theme) -> tuple[list[Thumbnail], str]:
    """Drawing x template = products, of the winner."""
    step = way(shown.run.spec.model, shown.weights, image)[0]
    template = shown.weights["dense1.kernel"][:, step.unit].reshape(SHAPE)
    products = step.products.reshape(SHAPE)
    ink = raster.png_url(raster.amount_levels(image, 1.0), colours.ink_palette)
    items = [
        Thumbnail(0, ink, words.DIGIT),
        Thumbnail(1, _signed(template, float(np.abs(template).max()), colours), words.TEMPLATE.format(digit=step.unit)),
        Thumbnail(2, _signed(products, float(np.abs(products).max()), colours), words.PRODUCTS),
    ]
    sums = network.activations(shown.run.spec.model, shown.weights, image.reshape(1, -1))["logits"][0]
    bias = float(shown.weights["dense1.bias"][step.unit])
    second = int(np.argsort(-sums)[1])
    said = words.SUM.format(
        digit=step.unit,
        up=number(step.products[step.products > 0].sum()),
        down=number(-step.products[step.products < 0].sum()),
        bias=signed(bias),
        sum=number(sums[step.unit]),
        second=second,
        other=number(sums[second]),
    )
    return items, said


def _dense(shown: Shown, image: np.ndarray, colours: Theme) -> tuple[list[Thumbnail], str]:
    """The strongest path, and what its first unit sees."""
    model = shown.run.spec.model
    steps = way(model, shown.weights, image)
    first = steps[-1]
    products = first.products.reshape(SHAPE)
    sizes = [min(size, DOTS) for size in model.sizes]
    places = [first.source, *(step.unit for step in reversed(steps))]
    strong = [place * dots // size for place, dots, size in zip(places, sizes, model.sizes, strict=True)]
    svg = tiny.picture(tiny.units(sizes, colours, strong))
    row, column = divmod(first.source, SHAPE[1])
    names = [words.PIXEL.format(row=row + 1, column=column + 1)]
    names += [words.UNIT.format(unit=step.unit + 1, layer=step.layer) for step in reversed(steps[1:])]
    items = [
        Thumbnail(0, "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode(), words.WAY),
        Thumbnail(1, _signed(products, float(np.abs(products).max()), colours), words.SEES.format(unit=first.unit + 1)),
    ]
    added = signed(steps[0].products[steps[0].source])
    return items, words.PATH_SAYS.format(path=" → ".join([*names, str(steps[0].unit)]), added=added)


def _convolutions(shown: Shown, image: np.ndarray, colours: Theme) -> tuple[list[Thumbnail], str]:
    """The maps that add most to the answer, and the first convolution's that answers most."""
    model = shown.run.spec.model
    output, added, _ = maps(model, shown.weights, image)
    acts = network.activations(model, shown.weights, image[None])
    last = len(model.channels)
    first = acts["relu1"][0]
    strongest = int(first.sum(axis=(1, 2)).argmax())
    items = [Thumbnail(0, _amount(first[strongest], colours), words.EDGES.format(map=strongest + 1))]
    best = np.argsort(-added, kind="stable")[:MAPS]
    for one in best:
        picture = _amount(acts[f"relu{last}"][0][one], colours)
        items.append(Thumbnail(int(one) + 1, picture, words.ADDS.format(map=one + 1, added=signed(added[one]))))
    return items, words.MAPS_SAY.format(digit=output, maps=" and ".join(str(one + 1) for one in best), layer=last)


WHY: dict[str, Callable[[Shown, np.ndarray, Theme], tuple[list[Thumbnail], str]]] = {
    "templates": _one_layer,
    "mlp": _dense,
    "digits": _convolutions,
}
