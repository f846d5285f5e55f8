"""One map or unit opened: large, with its values, and the ledger of the value that is picked."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from core.analysis.terms import convolution_terms, dense_terms, pool_terms
from core.charts import cells, ledger, numbers
from core.frame import choices as links
from core.frame import page
from core.frame.plain import plain
from core.models.blocks import block, is_signed, output_of, source, step_of
from core.models.digit_layers import Layer
from core.models.network import layer
from core.specs import ACTIVATIONS, STEPS, ModelSpec
from core.ui import clicks
from core.ui.shown import Shown
from pages.digits import choices, words
from pages.digits.board import CLICKABLE, kind, unit_of
from pages.digits.measures import limits

MOST = 24  # terms that stand as bars of their own, the largest ones
BUTTONS = 32  # input maps up to which each has a button of its own
SIDE = 300  # pixels of the large map
TERM = 180  # pixels of a term's small matrix


def map_panel(net: Shown, acts: Mapping[str, np.ndarray], image: int, name: str, key: str = "digits-map") -> None:
    """The map or unit that is open, for one image of the activations; a hint where none is.

    Args:
        name: of the image, for the sentence.
    """
    if not choices.value("layer"):
        st.caption(words.OPEN_A_MAP)
        return
    spec = net.run.spec
    one = layer(spec.model, choices.value("layer"))
    number = min(choices.value("filter"), one.shape[0] - 1)
    with st.container(border=True, key=f"{key}-panel"):
        head, choose, close = st.columns([4, 1, 1], vertical_alignment="center")
        head.markdown(f"**{one.title}, {unit_of(spec, one, number)}** of {plain(name)}")
        if one.flat and one.shape[0] > CLICKABLE:
            with choose:
                st.number_input("Unit", 1, one.shape[0], **links.showing(f"{key}-unit", number + 1, lambda n: choices.put(filter=n - 1)))
        close.button("Close", key=f"{key}-close", icon=":material/close:", on_click=choices.close_map)
        if one.flat:
            _dense(net, acts, image, one, number)
        else:
            _map(net, acts, image, one, number, key)


def _map(net: Shown, acts: Mapping[str, np.ndarray], image: int, one: Layer, number: int, key: str) -> None:
    values = acts[one.name][image][number]  # (height, width)
    row, column = _picked(values)
    chart = f"{key}-{one.name}-{number}"
    left, right = st.columns([5, 7], gap="medium")
    with left:
        page.chart(
            cells.cells(
                values,
                limits(net)[one.name],
                page.theme(),
                kind="signed" if kind(net.run.spec.model, one) == "signed" else "amount",
                size=max(1, SIDE // max(values.shape)),
                legend=True,
                printed=True,
                pick=True,
                picked=(row, column),
                now=clicks.count(chart),
            ),
            alt_text=f"Map {number + 1} of {one.name} with its values; the square at row {row + 1}, column {column + 1} is picked",
            key=chart,
            select=lambda: _pick(chart, values.shape[1]),
        )
        least, mean, most = (numbers.number(value, 4) for value in (values.min(), values.mean(), values.max()))
        st.caption(f"Least {least}, mean {mean}, most {most}. Click a square to see its sum.")
    with right:
        found, steps = source(net.run.spec.model, one)
        if found.kind == "conv":
            _convolution(net, acts, image, one, number, row, column, key)
        elif found.kind == "pool":
            _pool(net.run.spec.model, acts, image, found, number, row, column)
        else:
            st.markdown(
                f"**Row {row + 1}, column {column + 1}** of {found.title} holds "
                f"{numbers.fixed(acts[found.name][image][number][row, column], 6)}"
            )
        if steps and found.kind != "conv":
            st.markdown(f"{_made(steps, acts, image, (number, row, column))}.")


def _pick(chart: str, width: int) -> None:
    """A click on a square of a map so many squares wide."""
    cell = clicks.take(chart, "cell")
    if cell is not None:
        choices.put(cell=f"{cell // width}-{cell % width}", channel=None)


def _picked(values: np.ndarray) -> tuple[int, int]:
    """The square that is chosen, else that of the largest value."""
    if chosen := choices.value("cell"):
        row, column = (int(part) for part in chosen.split("-"))
        if row < values.shape[0] and column < values.shape[1]:
            return row, column
    largest = np.unravel_index(int(values.argmax()), values.shape)
    return int(largest[0]), int(largest[1])


def _made(steps: Sequence[Layer], acts: Mapping[str, np.ndarray], image: int, place: tuple[int, ...]) -> str:
    """What steps on single values make of one, in words."""
    said = [f"{_name(one)} makes it **{numbers.fixed(acts[one.name][image][place], 6)}**" for one in steps]
    return ", ".join(said)


def _name(one: Layer) -> str:
    """A step without its number."""
    return one.title.rstrip("0123456789 ") if one.name != "logits" else "flattening"


def _pool(model: ModelSpec, acts: Mapping[str, np.ndarray], image: int, one: Layer, number: int, row: int, column: int) -> None:
    step = step_of(model, one)
    found = pool_terms(acts, image, one, number, row, column, step)
    largest, (top, left), (down, across) = step.kind == "maxpool", found.corner, found.values.shape
    count = {1: "one value", 4: "four values"}.get(found.values.size, f"{found.values.size} values")
    st.markdown(
        f"**Row {row + 1}, column {column + 1}** is the {'largest' if largest else 'mean'} of {count} of the map below it, "
        f"{_span('row', top, down)}, {_span('column', left, across)}:"
    )
    shown = [numbers.fixed(value, 6) for value in found.values.ravel()]
    terms = ", ".join(shown if len(shown) <= MOST else [*shown[: MOST - 1], "..."])
    st.markdown(f"{'max' if largest else 'mean'}({terms}) = **{numbers.fixed(found.largest, 6)}**")


def _span(what: str, first: int, count: int) -> str:
    """Rows or columns in words."""
    if count == 1:
        return f"{what} {first + 1}"
    return f"{what}s {first + 1} {'and' if count == 2 else 'to'} {first + count}"


def _convolution(net: Shown, acts: Mapping[str, np.ndarray], image: int, one: Layer, number: int, row: int, column: int, key: str) -> None:
    model = net.run.spec.model
    conv = layer(model, f"conv{one.number}")
    below = layer(model, conv.below)
    colours = page.theme()
    step = step_of(model, conv)
    found = convolution_terms(net.weights, acts, image, conv, number, row, column, step)
    inputs, high, wide = found.patch.shape
    outside = any(step.pad) and words.OUTSIDE
    st.markdown(
        f"**Row {row + 1}, column {column + 1}**: the filter lies on {inputs} patch{'es' if inputs > 1 else ''} of "
        f"{high}x{wide} values, multiplies and adds (cross-correlation: the kernel is not flipped).{outside or ''}"
    )
    channel = _channel(found.channels, found.first, key) if inputs > 1 else 0
    parts = {"what it sees": found.patch[channel], "kernel": found.kernel[channel], "products": found.products[channel]}
    tops = (limits(net)[below.name], float(np.abs(net.weights[f"{conv.weights}.kernel"]).max()), float(np.abs(found.products).max()) or 1.0)
    with st.container(horizontal=True):
        for (name, values), top in zip(parts.items(), tops, strict=True):
            page.chart(
                cells.cells(
                    values,
                    top,
                    colours,
                    kind="amount" if name == "what it sees" and not is_signed(model, below) else "signed",
                    title=name,
                    size=max(1, TERM // max(high, wide)),
                    axes=False,
                    printed=True,
                ),
                alt_text=f"{high}x{wide} values of {name}; they add up to {numbers.fixed(values.sum(), 6)}",
                key=f"digits-term-{name}",
            )
    if inputs > 1:
        _bars(found.channels, found.bias, "input map", "The sum over each input map, and the bias", found.first)
    inside = block(model, one.number)
    steps = inside[1 : inside.index(output_of(model, one.number)) + 1]
    place = (number, row, column)
    if [_name(step) for step in steps] in ([], ["ReLU"]) or model.kind == "digit_cnn":
        after = f"; ReLU keeps what is above 0: **{numbers.fixed(found.after, 6)}**" if steps else ""
    else:
        after = f"; {_made(steps, acts, image, place)}"
    st.markdown(
        f"products **{numbers.fixed(found.channels.sum(), 6)}** + bias **{numbers.fixed(found.bias, 6)}** = "
        f"**{numbers.fixed(found.before, 6)}**{after}. The map shows {numbers.fixed(acts[one.name][image][place], 6)}."
    )


def _channel(sums: np.ndarray, first: int, key: str) -> int:
    """Which input map's products are shown: the one chosen, else the one that adds most; `sums` (inputs,), the first of that number."""
    chosen = choices.value("channel")
    shown = int(np.abs(sums).argmax()) if chosen is None else min(max(chosen - first, 0), len(sums) - 1)
    widget = links.showing(f"{key}-input", first + shown + 1, lambda n: choices.put(channel=n - 1))
    label, last = "Input map whose products are shown", first + len(sums) - 1
    if len(sums) > BUTTONS:
        st.number_input(label, first + 1, last + 1, **widget)
    else:
        st.segmented_control(label, list(range(first + 1, last + 2)), required=True, wrap=True, **widget)
    return shown


def _bars(sums: np.ndarray, bias: float, what: str, alt_text: str, first: int = 0) -> None:
    """What each input adds, and the bias; of many inputs the largest ones, and the others together."""
    labels = [f"{what} {first + i + 1}" for i in range(len(sums))]
    if len(sums) > MOST:
        kept = np.sort(np.argsort(-np.abs(sums), kind="stable")[: MOST - 1])
        labels = [*(labels[i] for i in kept), f"the other {len(sums) - len(kept):,}"]
        sums = np.append(sums[kept], sums.sum() - sums[kept].sum())
    page.chart(
        ledger.parts(np.append(sums, bias), [*labels, "bias"], page.theme(), title="what each adds"), alt_text=alt_text, key="digits-adds"
    )


def _dense(net: Shown, acts: Mapping[str, np.ndarray], image: int, one: Layer, unit: int) -> None:
    spec, shown = net.run.spec, one
    name = unit_of(spec, one, unit)
    one, steps = source(spec.model, one)
    if not one.flat or not one.weights:  # maps of one value each, laid out
        of = acts[one.name][image].ravel()[unit]
        made = f"It is value {unit + 1} of {one.title}, **{numbers.fixed(of, 6)}**; {_made(steps, acts, image, (unit,))}"
        st.markdown(made + (_shares(shown, spec.model, acts, image, unit) or "."))
        return
    found = dense_terms(net.weights, acts, image, one, unit)
    below = layer(spec.model, one.below)
    left, right = st.columns([6, 6], gap="medium")
    with left:
        _bars(found.parts, found.bias, "unit" if below.flat else "map", f"What each part of {below.title} and the bias add to {name}")
    with right:
        st.markdown(f"{_parts(below, found.inputs)} the weight that leads to {name}.")
        st.markdown(
            f"products **{numbers.fixed(found.parts.sum(), 6)}** + bias **{numbers.fixed(found.bias, 6)}** = "
            f"{'' if one.kind == 'dense' else 'logit '}**{numbers.fixed(found.before, 6)}**"
            f"{_after(spec.model, one, steps, acts, image, unit)}"
        )


def _parts(below: Layer, inputs: np.ndarray) -> str:
    """What a dense layer reads, in words."""
    if below.flat:
        return f"Each of the {len(inputs):,} units of {below.title} is multiplied by"
    maps, values = len(inputs), inputs[0].size
    said = f"{'pooled ' * (below.kind == 'pool')}maps of convolution {below.number}" if below.number else f"maps of {below.title}"
    return f"Each of the {maps} {said} has {values} value{'s' if values > 1 else ''}; each is multiplied by"


def _after(model: ModelSpec, one: Layer, steps: Sequence[Layer], acts: Mapping[str, np.ndarray], image: int, unit: int) -> str:
    """What follows the sum of a dense unit."""
    if one.kind == "dense":
        title = ACTIVATIONS.get(one.activation) or STEPS.get(one.activation, ("",))[0]
        value = numbers.fixed(acts[one.name][image][unit], 6)
        said = f"; {title} makes it **{value}**" if title else ""
        return f"{said}{', ' * bool(steps)}{_made(steps, acts, image, (unit,))}."
    return _shares(one, model, acts, image, unit)


def _shares(one: Layer, model: ModelSpec, acts: Mapping[str, np.ndarray], image: int, unit: int) -> str:
    """What becomes of a logit."""
    if one.kind != "logits":
        return ""
    if model.kind == "sequence" and model.layers[-1] == "sigmoid":
        share = numbers.fixed(acts["probabilities"][image][unit], 6)
        return f". Sigmoid makes a share of its own of it, whatever the others say: **{share}**."
    others = {1: "no other logit", 2: "the other logit", 10: "the other nine logits"}.get(
        one.shape[0], f"the other {one.shape[0] - 1:,} logits"
    )
    share = numbers.fixed(acts["probabilities"][image][unit], 6)
    return f". Softmax sets it against {others}: probability **{share}**."
