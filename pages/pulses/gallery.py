"""The gallery of a set, its class balance and the distributions of its parameters; a brush on one narrows the other."""

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import pulse_sets
from core.charts import pulse_parameters
from core.charts.prepared import Prepared
from core.charts.theme import theme
from core.data.pulses import MEANINGS, used
from core.frame import choices as all_choices
from core.frame import page
from core.serving.forged import FORGED
from core.serving.shared import shared
from core.specs import PULSE_CLASSES, PulseSpec
from core.ui.pulse_set import Source, picture, tile_side, tile_url
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.pulses import choices
from pages.pulses.shape import checked
from pages.pulses.words import SPREAD

SHOWN = 48  # pictures at a time
Said = tuple[Prepared, str]  # a chart, and what it shows in words
_WIPES = "pulses-wipes"  # how often the ranges were cleared: a chart of another name has none


def _chart_key(name: str) -> str:
    return f"pulses-parameters-{name}-{st.session_state.get(_WIPES, 0)}"


def _brushed(names: list[str]) -> dict[str, tuple[float, float]]:
    """The ranges chosen in the charts, in the units shown."""
    out = {}
    for name in names:
        try:
            low, high = sorted(map(float, st.session_state[_chart_key(name)]["selection"][pulse_parameters.BRUSH]["low"]))
        except FORGED:  # or nothing is chosen there
            continue
        out[name] = low, high
    return out


def _wipe() -> None:
    st.session_state[_WIPES] = st.session_state.get(_WIPES, 0) + 1


@all_choices.fragment
def gallery(source: Source) -> None:
    """Pictures that fit the choice, the one picked, and the distributions to choose in."""
    drawn = source.opened is None
    values, balance, histograms = (_looked if drawn else _looked.afresh)(
        source, source.spec, len(source.frame), source.seed, page.theme().dark
    )
    ranges = _brushed(list(histograms))
    choices.put("show", [kind for kind in choices.value("show") if kind in source.spec.classes])
    kinds = choices.value("show") or list(source.spec.classes)
    rows = pulse_sets.fitting(values, kinds, ranges)
    left, right = st.columns([8, 3])
    with left:
        _wall(source, rows, ranges)
    with right:
        _opened(source, values)
    st.markdown(SPREAD)
    _distributions(balance, histograms)


@shared()
def _looked(_source: Source, spec: PulseSpec, count: int, seed: int, dark: bool) -> tuple[pd.DataFrame, Said, dict[str, Said]]:
    """The parameters in the units shown, the chart of the class balance, and by name that of each parameter that varies."""
    values = pulse_sets.shown(_source.frame, spec.size)
    colours, counts = theme(dark), pulse_sets.balance(_source.frame, spec.classes)
    said = ", ".join(f"{images:,} {kind}" for kind, images in zip(counts["kind"], counts["images"], strict=True))
    balance = pulse_parameters.balance(counts, PULSE_CLASSES, colours), f"Images of each class: {said}"
    histograms = {}
    for name in pulse_sets.spread(values):
        counted, meaning = pulse_sets.histogram(values, name, spec.classes), MEANINGS[name]
        said = f"from {values[name].min():.3g} to {values[name].max():.3g} {meaning.unit}"
        chart = pulse_parameters.histogram(counted, meaning.title, meaning.unit, PULSE_CLASSES, colours)
        histograms[name] = chart, f"Distribution of {meaning.title}, {said}"
    return values, balance, histograms


def _wall(source: Source, rows: np.ndarray, ranges: dict[str, tuple[float, float]]) -> None:
    """Class filter, what is chosen in words, and the pictures."""
    count = len(source.frame)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.pills("Show only", source.spec.classes, selection_mode="multi", key=choices.key("show"), persist_state="session")
        if ranges:
            st.button("Clear the ranges", key="pulses-wipe", on_click=_wipe, icon=":material/close:")
        first = choices.value("first")
        first = 0 if first >= len(rows) else first
        after = first + SHOWN
        if len(rows) > SHOWN:
            back, turn = max(first - SHOWN, 0), choices.put
            st.button("Back", key="pulses-back", on_click=turn, args=("first", back), disabled=first == 0, icon=":material/chevron_left:")
            st.button(
                "Next",
                key="pulses-next",
                on_click=turn,
                args=("first", after),
                disabled=after >= len(rows),
                icon=":material/chevron_right:",
            )
    part = rows[first:after]
    limits = ", ".join(f"{MEANINGS[name].title} {low:.3g} to {high:.3g} {MEANINGS[name].unit}" for name, (low, high) in ranges.items())
    within = f" with {limits}" if limits else ""
    st.caption(
        f"{len(rows):,} of {count:,} pulses{within}" + (f"; {first + 1:,} to {first + len(part):,} are shown." if len(part) else ".")
    )
    if not len(part):
        page.empty("No pulse fits this choice", "Clear the ranges, widen one, or show more classes.", 340)
        return
    tiles = _tiles if source.opened is None else _tiles.afresh
    items = tiles(source, source.spec, len(source.frame), source.seed, tuple(part.tolist()), page.theme().dark)
    with st.container(height=400, border=False):
        thumbnails(
            "pulses-gallery",
            items,
            side=tile_side(source.spec.size),
            picked=choices.value("open"),
            on_pick=lambda row: choices.put("open", row),
            own=source.opened is not None,
        )


@shared()
def _tiles(_source: Source, spec: PulseSpec, count: int, seed: int, part: tuple[int, ...], dark: bool) -> list[Thumbnail]:
    """Some pulses of the set as pictures."""
    rows = np.array(part)
    labels = _source.frame["kind"].to_numpy()[rows]
    return [
        Thumbnail(int(row), tile_url(image, theme(dark)), f"{label} {row}")
        for row, image, label in zip(rows, _source.images(rows), labels, strict=True)
    ]


def _opened(source: Source, values: pd.DataFrame) -> None:
    """The picture that was picked, its numbers in full, and the way to the designer."""
    row = choices.value("open")
    if row is None or not 0 <= row < len(source.frame):
        page.empty("No pulse is open", "Click one in the gallery to open it.", 200)
        return
    image = source.images(np.array([row]))[0]
    kind = str(source.frame["kind"].iloc[row])
    st.image(picture(image, page.theme(), 200), alt=f"Pulse {row} of the set: a {kind}")
    known = {name: float(values[name].iloc[row]) for name in used(kind) if not np.isnan(values[name].iloc[row])}
    st.markdown(f"**{kind} {row}**: {int(image.sum()):,} of {image.size:,} pixels are ink")
    if not known:
        st.caption("The file says nothing about how it was drawn.")
        return
    table = pd.DataFrame(
        {
            "parameter": [MEANINGS[name].title for name in known],
            "value": [f"{value:.6g}" for value in known.values()],
            "unit": [MEANINGS[name].unit for name in known],
        }
    )
    st.dataframe(table, hide_index=True, height="content")
    shape = checked(kind, {name: float(source.frame[name].iloc[row]) for name in used(kind)})
    if shape is not None and st.button("Change it in the designer", key="pulses-edit", icon=":material/edit:"):
        choices.design(shape)
        st.rerun()


def _distributions(balance: Said, histograms: dict[str, Said]) -> None:
    """Class balance and one chart a parameter; they wrap with the page."""
    with st.container(key="pulses-parameters", horizontal=True):
        page.chart(balance[0], alt_text=balance[1], key="pulses-balance")
        for name, (histogram, said) in histograms.items():
            page.chart(histogram, key=_chart_key(name), select=True, alt_text=said)
    if not histograms:
        st.caption("This set says nothing about how its pulses were drawn, so there is nothing to choose by.")
