"""Sweeps: one training for each place of a grid over one or two choices, or over seeds, and what came of them side by side."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.frame import choices as links
from core.frame import visitor
from core.frame.choices import Choice
from core.frame.plain import plain
from core.runs import catalog
from core.serving import limits
from core.specs import RunSpec, SpecError
from core.training import job_folder, jobs, loop, sweep
from core.training.possible import STARTS
from core.training.sweep import SEED, Axis, Sweep
from pages.lab import asked, form, trials
from pages.lab.choices import key, put, value

SENTENCE = "One or two choices over a grid, or seeds: every combination is trained, and all of them stand side by side."
NOTHING = "none"  # for a second choice that there is not
SEEDS = "0, 1, 2, 3, 4"
_TROUBLE = "_lab-sweep-trouble"
_OWN = "_lab-own-sweeps"


def choices() -> Sequence[Choice]:
    """The sweep that is open, what a new one goes over, and how the results are seen."""

    def read(text: str) -> str:
        if text and sweep.find(text) is None:
            raise ValueError(text)
        return text

    def field(text: str) -> str:
        if text != NOTHING:
            sweep.meta_of(text)
        return text

    def typed(text: str) -> str:
        if len(text) > 400:
            raise ValueError(text)
        return text

    allowed = "one of the form's fields"
    return [
        *form.choices(),  # from which a new sweep starts; they count in the address only where the form is shown
        Choice("sweep", "", read, "the key of a sweep that is stored here", section="sweep"),
        links.text("over", SEED, field, allowed, "sweep"),
        links.text("values", "", typed, "values with commas between them", "sweep"),
        links.text("and", NOTHING, field, allowed, "sweep"),
        links.text("values2", "", typed, "values with commas between them", "sweep"),
        *trials.choices("sweep"),
    ]


def own() -> list[str]:
    """Keys of the sweeps that this person has started, newest first."""
    return st.session_state.setdefault(_OWN, [])


def base() -> RunSpec:
    """What a new sweep starts from: the choices under Train.

    Raises:
        SpecError: they cannot be.
    """
    names = [*(one.name for one in asked.fields_of(value("task"))), asked.CHANGES]
    return asked.made(value("task"), {name: value(name) for name in names})


def show() -> None:
    """The section."""
    opened = sweep.find(value("sweep")) if value("sweep") else None
    with st.container(key="lab-sweep"):
        if opened is None:
            _new()
        else:
            _opened(opened)


def _new() -> None:
    """The form of a sweep."""
    try:
        start = base()
    except SpecError as error:
        st.error(plain(error), icon=":material/error:")
        return
    st.markdown(f"It starts from what stands under **Train**: {plain(catalog.described(start))}; {plain(catalog.trained(start))}.")
    made = _fields(start)
    others = [found for found in map(sweep.find, own()) if found is not None]
    if made is not None:
        _start_button(made, made.cells, f"Train {len(made.cells)} networks" if len(made.cells) > 1 else "Train it")
    if others:
        st.markdown("**Your sweeps**")
        for one in others[:5]:
            st.button(title_of(one), key=f"lab-sweep-{one.key}", on_click=put, args=("sweep", one.key), icon=":material/grid_view:")


def _fields(start: RunSpec) -> Sweep | None:
    """What the sweep goes over; None after saying what cannot be."""
    offered = sweep.fields_of(start)
    for name, other in (("over", SEED), ("and", NOTHING)):
        if value(name) not in (*offered, *([NOTHING] if name == "and" else [])):
            put(name, other)
    axes = []
    for name, typed, title, among in (
        ("over", "values", "Go over", offered),
        ("and", "values2", "And over", [NOTHING, *(field for field in offered if field != value("over"))]),
    ):
        if value(name) not in among:
            put(name, NOTHING if name == "and" else SEED)
        left, right = st.columns([1, 2], gap="medium")
        with left:
            st.selectbox(
                title,
                among,
                format_func=_title,
                key=key(name),
                on_change=put,
                args=(typed, ""),
                persist_state="session",
                help=_help(value(name)),
            )
        if value(name) == NOTHING:
            continue
        with right:
            known = sweep.meta_of(value(name))
            words = suggested(start, value(name))
            st.text_input(
                f"Values ({known.unit})" if known.unit else "Values",
                key=key(typed),
                placeholder=words,
                help=f"With commas between them; empty takes {words}. Each may be {known.allowed}.",
                persist_state="session",
            )
        try:
            axes.append(Axis(value(name), read_values(value(name), value(typed) or words)))
        except SpecError as error:
            st.error(plain(error), icon=":material/error:")
            return None
    try:
        return Sweep(start, tuple(axes))
    except SpecError as error:
        st.error(plain(error), icon=":material/error:")
        return None


def _title(field: str) -> str:
    return "nothing else" if field == NOTHING else sweep.meta_of(field).title


def _help(field: str) -> str | None:
    return None if field == NOTHING else sweep.meta_of(field).help


def read_values(field: str, text: str) -> tuple[Any, ...]:
    """Values with commas between them; shares as percent where a % follows.

    Raises:
        SpecError: one cannot be read.
    """
    known = sweep.meta_of(field)
    found = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        if known.kind == "choice":
            by_title = {title.lower(): name for name, title in known.options.items()}
            part = by_title.get(part.lower(), part)
        elif known.kind == "switch":
            part = {"no": "0", "yes": "1"}.get(part.lower(), part)
        elif part.endswith("%") and known.kind == "number":
            try:
                part = repr(float(part[:-1]) / 100)
            except ValueError:
                raise SpecError(f"{known.title}: {part[:40]!r} is not possible; choose {known.allowed}.") from None
        found.append(known.read(part))
    return tuple(found)


def suggested(start: RunSpec, field: str) -> str:
    """Values to begin with: around what the spec says, or all that a choice can be."""
    known, now = sweep.meta_of(field), sweep.value_of(start, field)
    if field == SEED:
        return SEEDS
    if known.kind == "choice":
        return ", ".join(STARTS.get(start.model.kind, known.options) if field == "model.initializer" else known.options)
    if known.kind == "switch":
        return "no, yes"
    if known.kind in ("whole", "number") and now:
        around = [now / 10, now / 3, now, now * 3, now * 10] if known.kind == "number" else [now // 4, now // 2, now, now * 2]
        fitting = [float(f"{one:.2g}") if known.kind == "number" else int(one) for one in around]
        fitting = [one for one in fitting if known.least <= one <= known.most and (one != known.least or not known.above)]
        return ", ".join(known.text(one) for one in dict.fromkeys(fitting))
    return known.text(now)


def title_of(of: Sweep) -> str:
    """A sweep in a line."""
    over = " and ".join(axis.meta.inline for axis in of.axes)
    return f"{len(of.cells)} trainings over {over}, from {catalog.described(of.base)}"


def _start_button(of: Sweep, cells: Sequence[Any], label: str) -> None:
    impossible = [cell for cell in cells if cell.spec is None]
    if impossible:
        st.warning(plain(f"{len(impossible)} of them cannot be. The first: {impossible[0].why}"), icon=":material/info:")
    there = sum(cell.spec is not None and sweep.progress(cell).state == jobs.DONE for cell in cells)
    if there:
        st.caption(f"{there} of them are trained already and only opened.")
    why = loop.missing()
    disabled = bool(why) or len(impossible) == len(cells)
    st.button(
        label, key=f"lab-start-{of.key}", type="primary", icon=":material/play_arrow:", on_click=_start, args=(of,), disabled=disabled
    )
    if why := why or st.session_state.pop(_TROUBLE, ""):
        st.warning(plain(why), icon=":material/info:")


def _start(of: Sweep) -> None:
    """Ask for what is wanting of a sweep, and open it."""
    specs = sweep.wanting(of)
    try:
        why = limits.against_sweep(specs, visitor.person())
        if not why:
            sweep.keep(of)
            why = next((job.trouble for job in sweep.start(specs, owner=visitor.person()) if job.trouble), "")
    except SpecError as error:  # a shape that cannot be built
        why = str(error)
    except OSError as error:
        why = job_folder.trouble(error)
    if why:
        st.session_state[_TROUBLE] = why
        return
    if of.key in own():
        own().remove(of.key)
    own().insert(0, of.key)
    put("sweep", of.key)


def _opened(of: Sweep) -> None:
    """A sweep's results, and what can be done with it."""
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.markdown(f"**{plain(title_of(of))}**  \n{plain(catalog.trained(of.base))}")
    right.button("Another sweep", key="lab-sweep-new", on_click=put, args=("sweep", ""), icon=":material/add:")
    if why := st.session_state.pop(_TROUBLE, ""):
        st.warning(plain(why), icon=":material/info:")
    trials.results(of, lambda: _start(of))
    with st.expander("More values", icon=":material/add_circle:", key="lab-sweep-more"):
        _extend(of)


def _extend(of: Sweep) -> None:
    """More values for its choices; what exists is not trained again."""
    st.caption("They are added to the grid. What is trained already is not trained again.")
    more = []
    for number, axis in enumerate(of.axes):
        text = st.text_input(
            f"More of: {axis.meta.inline}",
            key=f"lab-more-{of.key}-{number}",
            placeholder=", ".join(map(axis.meta.text, axis.values)) + " are there",
            max_chars=400,
        )
        try:
            if values := read_values(axis.field, text):
                more.append(Axis(axis.field, values))
        except SpecError as error:
            st.error(plain(error), icon=":material/error:")
            return
    try:
        larger = of.extended(more)
    except SpecError as error:
        st.error(plain(error), icon=":material/error:")
        return
    if larger != of:
        new = [cell for cell in larger.cells if cell.key not in {one.key for one in of.cells}]
        _start_button(larger, larger.cells, f"Train {len(new)} more")
