"""What was found out about a network by trying, each answer with its score, and the click that corrects it."""

from functools import partial

import streamlit as st

from core.charts import numbers
from core.data import catalog as data
from core.frame.plain import plain
from core.importing import naming
from core.importing.bringing import Alternative, Brought, Choice
from core.importing.drop import Drop
from core.importing.refusal import Refused
from core.importing.trying import MANY
from core.ui.shown import Shown
from pages.own import mine, words
from pages.own.mine import Mine

MANY_CLASSES = 40  # outputs of more are not named by hand
FEW = 4  # answers of a question that stand there at once


def inferred(net: Shown, own: Mine | None) -> None:
    """The list of questions, or what was said when it was read where its file is here no more."""
    st.markdown("**What was found out**")
    if own is None or own.group is None:
        _told(net)
        return
    found = own.found
    st.markdown(words.EXACT if found.exact else words.INFERRED.format(images=f"{MANY:,} {data.get(found.data).title}"))
    busy = mine.under_way() is not None
    for choice in found.choices:
        _question(own, choice, busy)
    if any(choice.open for choice in found.choices):
        st.caption(words.ALIKE)
    _names(net, own, busy)
    for note in found.notes:
        st.caption(plain(note))


def _names(net: Shown, own: Mine, busy: bool) -> None:
    """What its outputs are called, for its owner to say."""
    spec = net.run.spec
    outputs, key = spec.model.sizes[-1], f"own-classes-{own.key}"
    if outputs > MANY_CLASSES:
        return
    now = ", ".join(spec.given_classes or data.output_names(spec.data, outputs))
    asked = st.text_input(words.CLASSES, now, key=key, help=words.CLASSES_HELP, disabled=busy, persist_state="session")
    try:
        naming.of_owner(asked or "", outputs)
    except Refused as refused:
        st.error(plain(str(refused)), icon=":material/error:")
        return
    if asked is not None and asked.strip() != now and asked.strip() != own.fixed.get("classes") and not busy:
        assert own.group is not None  # else nothing is asked
        mine.start(Drop([own.group], own.found.data, {**own.fixed, "classes": asked.strip()}, replaces=own.key))
        st.rerun()


def _told(net: Shown) -> None:
    st.caption(words.NO_MORE)
    lines = [*net.run.header.get("inferred", []), *net.run.header.get("notes", [])]
    if lines:
        st.markdown(words.READ_AS)
        st.markdown("\n".join(f"- {plain(str(line))}" for line in lines))


def _question(own: Mine, choice: Choice, busy: bool) -> None:
    """One question: its answers with their scores; more behind a switch."""
    rated = sorted(choice.alternatives, key=lambda one: one.value != choice.value)
    settled = choice.name in own.fixed
    if len(rated) < 2:
        st.markdown(f"{plain(choice.title)}: **{plain(choice.words)}**" + (f" ({words.SETTLED.lower()[:-1]})" if settled else ""))
        return
    key = f"own-answer-{own.key}-{choice.name}"
    whole = len(rated) <= FEW or st.session_state.get(f"{key}-all", False)
    offered = rated if whole else rated[:FEW]
    scores = {one.words: one for one in offered}
    st.radio(
        plain(choice.title),
        list(scores),
        index=0,
        captions=[score(scores[name], choice) for name in scores],
        format_func=plain,
        key=key,
        disabled=busy,
        on_change=partial(correct, own, choice, key),
    )
    if len(rated) > FEW:
        st.toggle(f"All {len(rated)} answers", key=f"{key}-all")
    if settled:
        st.caption(words.SETTLED)


def score(one: Alternative, choice: Choice) -> str:
    """How an answer does, in a few words."""
    if one.accuracy is None or one.log_loss is None:
        return "not tried to the end"
    said = f"{numbers.percent(one.accuracy)} right, loss {numbers.number(one.log_loss)}"
    alike = choice.open and abs(one.log_loss - _own(choice)) < 0.005
    return f"{said}; alike" if alike else said


def _own(choice: Choice) -> float:
    return next((one.log_loss for one in choice.alternatives if one.value == choice.value and one.log_loss is not None), float("inf"))


def correct(own: Mine, choice: Choice, key: str) -> None:
    """The owner knows better: read the file again with this answer settled."""
    chosen = st.session_state[key]
    st.session_state[key] = choice.words  # until it is read again, which may be refused
    if chosen is None or chosen == choice.words or own.group is None or mine.under_way() is not None:
        return
    fixed = {**own.fixed, choice.name: chosen}
    mine.start(Drop([own.group], own.found.data, fixed, replaces=own.key))


def summary(found: Brought) -> str:
    """What a network is, in a line."""
    return f"{found.format}: {found.summary}, {found.parameters:,} parameters"
