"""The form: what to train, what it will take, and the button."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import fields
from typing import Any

import streamlit as st

from core.data import catalog
from core.data.catalog import DATASETS
from core.frame import choices as links
from core.frame import visitor
from core.frame.choices import Choice
from core.frame.plain import plain
from core.specs import DataSpec, PulseSpec, RunSpec, SpecError, meta
from core.training import jobs, possible
from core.training.possible import STARTS
from core.ui import data_status, forms, jobs_view
from pages.lab import asked, cost, differences, opened
from pages.lab.asked import CHANGES, DENSE, FIELDS, PULSES, TASKS, Field
from pages.lab.choices import key, put, value
from pages.lab.presets import PRESETS, name_of

SENTENCE = "Choose a network, its images and its training. Nothing you choose here is lost: it stands in the link."
GROUPS = {"images": "Images", "pulses": "Pulses", "network": "Network", "training": "Training"}

FIRST = next(iter(TASKS))


def task() -> Sequence[Choice]:
    """What to train, on which all other choices depend."""
    return [links.one_of("task", FIRST, TASKS, "train")]


def choices() -> Sequence[Choice]:
    """A choice for each field, which opens at what the task starts with."""
    start = _start(value("task"))
    return [*(_choice(one, start) for one in asked.fields_of(value("task"))), _changes()]


def _start(task: str) -> dict[str, Any]:
    """The form's values as a task opens."""
    found = asked.back(TASKS[task].start)
    assert found is not None, "each task starts with a spec that its form makes"
    return found[1]


def _choice(one: Field, start: dict[str, Any]) -> Choice:
    if one.name == "data":
        return Choice("data", start["data"], _read_data, f"one of {', '.join(_names())}, or images of your own", section="train")
    return links.of_field(one.cls, one.of, link=one.name, default=start[one.name], section="train")


def _names() -> list[str]:
    return [data.name for data in TASKS[value("task")].data_sets]


def _read_data(name: str) -> str:
    """The `data` of a link: a set that can train the task's network, or one that a person brought.

    Raises:
        ValueError: there is none of this name.
    """
    if name not in _names() and (value("task") == PULSES or name in DATASETS or not catalog.known(name)):
        raise ValueError(name)
    return name


def _changes() -> Choice:
    return Choice(CHANGES, (), asked.read_changes, "changes on the way: epoch, rate, momentum and decay", asked.write_changes, "train")


def put_spec(spec: RunSpec) -> None:
    """In a callback: fill in the form as a spec says, where a form can."""
    found = asked.back(spec)
    if found is None:
        return
    task, values = found
    put("section", "train")
    put("task", task)
    for name, item in values.items():
        put(name, list(item) if name == "classes" else item)


def show() -> None:
    """The section."""
    spec = None
    try:
        spec = asked.made(value("task"), _values())
        why = possible.trouble(spec)
    except SpecError as error:
        why = str(error)
    with st.container(key="lab-form"):
        _begin(spec)
        _fields()
    if why or spec is None:
        st.error(plain(why), icon=":material/error:")
        return
    _ready(spec)


def _values() -> dict[str, Any]:
    """The form's values as they stand."""
    return {name: value(name) for name in [*(one.name for one in asked.fields_of(value("task"))), CHANGES]}


def _begin(spec: RunSpec | None) -> None:
    """The task, and presets in its place."""
    left, right = st.columns(2)
    with left:
        st.selectbox(
            "What to train",
            list(TASKS),
            format_func=lambda name: TASKS[name].title,
            key=key("task"),
            on_change=_another_task,
            persist_state="session",
            help="  \n".join(f"**{task.title}**: {task.line}" for task in TASKS.values()),
        )
    with right:
        st.selectbox(
            "Or start from",
            list(PRESETS),
            format_func=lambda name: PRESETS[name].title,
            index=None,
            placeholder="what the four projects trained",
            help="Fills in the whole form; every choice can still be changed.",
            **links.showing("lab-preset", spec and name_of(spec), lambda name: put_spec(PRESETS[name].spec)),
        )


def _another_task() -> None:
    """Every field as the new task opens."""
    for one in FIELDS:
        put(one.name, None)
    put(CHANGES, None)


def _fields() -> None:
    """The fields in their groups, beside each other where there is room."""
    kind = TASKS[value("task")].kind
    images, network, training = st.columns(3, gap="medium")
    places = {"images": images, "pulses": images, "network": network, "training": training}
    for group, title in GROUPS.items():
        all_of_it = [one for one in asked.fields_of(value("task")) if one.group == group]
        if not all_of_it:
            continue
        with places[group]:
            st.markdown(f"**{title}**")
            for one in all_of_it:
                if not one.more:
                    _widget(one, kind)
            more = [one for one in all_of_it if one.more]
            if group == "pulses":
                st.button("Take the set of the Pulses page", key="lab-own-pulses", icon=":material/show_chart:", on_click=_own_pulses)
            with st.expander("More", key=f"lab-more-{group}") if more else nullcontext():
                for one in more:
                    _widget(one, kind)
    _on_the_way()


def _widget(one: Field, kind: str) -> None:
    """One field; what a network has no use for at this moment is left out."""
    if one.name == "momentum" and value("optimizer") != "sgd":
        return
    if one.name == "data":
        _data_set(kind)
        return
    more: dict[str, Any] = {}
    if one.name == "initializer" and kind in STARTS:
        options = meta(one.cls, one.of).options
        more["among"] = {name: options[name] for name in STARTS[kind]}
        if value("initializer") not in STARTS[kind]:
            more["among"][value("initializer")] = options[value("initializer")]
    known = meta(one.cls, one.of)
    title = known.title if known.title.lower().endswith(known.unit) else ""  # "Test images" needs no unit
    forms.field(one.cls, one.of, key(one.name), title=title, **more)


def _data_set(kind: str) -> None:
    own = [name for name in visitor.own_sets() if not catalog.missing(name)]
    if value("data") not in [*_names(), *own]:
        own.append(value("data"))  # from a link
    titles = {name: f"{DATASETS[name].title}, {'x'.join(map(str, DATASETS[name].shape))} pixels" for name in _names()}
    titles |= {name: _own_title(name) for name in own}
    forms.field(DataSpec, "name", key("data"), among=titles, on_change=_fewer)
    if kind == DENSE or catalog.missing(value("data")):
        data_status.notice(value("data"))


def _own_title(name: str) -> str:
    """A set of a person's own: how many images of how many classes."""
    found = catalog.get(name)
    return f"Own: {sum(found.splits.values()):,} images of {len(found.classes)} classes ({name[4:8]})"


def _fewer() -> None:
    """No more images than the new data set has."""
    splits = catalog.get(value("data")).splits
    for name, part in (("images", "train"), ("validation", "validation"), ("test", "test")):
        put(name, min(value(name), splits.get(part, 0)))


def _own_pulses() -> None:
    """The set that this person has shaped on the Pulses page."""
    for one in fields(PulseSpec):
        item = links.last("pulses", one.name)
        if item is not None:
            put(one.name, item)


def _on_the_way() -> None:
    """What changes while it trains, where a link or another run has brought it."""
    changes = value(CHANGES)
    if not changes:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"On the way: {differences.on_the_way(changes)}.")
        st.button("Leave the changes out", key="lab-no-changes", icon=":material/close:", on_click=put, args=(CHANGES, ()))


def _ready(spec: RunSpec) -> None:
    """What it takes, and the button; or what has come of it already."""
    with st.container(border=True, key="lab-start"):
        cost.show(spec)
        run = opened.stored(spec)
        job = jobs.find(spec.key)
        if run is not None:
            st.markdown(f"It is trained already: {opened.result(run)}.")
        elif job is not None and job.progress().state in jobs.ACTIVE:
            st.markdown("It is being trained at this moment, by you or somebody else: who starts it too shares it.")
        with st.container(horizontal=True):
            if run is None:
                jobs_view.button(spec, "lab-train", on_started=_watch)
            else:
                st.button("Look at it", key="lab-look", type="primary", icon=":material/search:", on_click=_watch, args=(spec.key,))
            st.button(
                "Another seed", key="lab-another-seed", icon=":material/casino:", on_click=_another_seed, help="Of weights and order."
            )
        if spec.model.kind != PULSES and (missing := catalog.missing(spec.data)):
            st.warning(plain(missing), icon=":material/info:")


def _watch(run: str) -> None:
    put("section", "watch")
    put("run", run)


def _another_seed() -> None:
    for name in ("weights_seed", "seed"):
        put(name, value(name) + 1)
