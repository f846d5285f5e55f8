"""Where files are dropped, how far their reading is, and what was refused."""

import streamlit as st

from core.data import catalog, own_kept
from core.frame import choices as links
from core.frame import page
from core.frame.plain import plain
from core.importing.drop import Drop, groups
from core.importing.reading import MOST_BYTES
from core.runs import brought, store
from core.serving.limits import LIMITS
from core.serving.upload import uploads
from pages.own import choices, example, mine, words
from pages.own.choices import GUESS, PAGE

POLL_SECONDS = 0.7
_TURN = "_own-turn"  # how often the place for files was emptied


def place() -> None:
    """The place for files with the data set beside it, or how far the reading of the last ones is."""
    drop = mine.under_way()
    if drop is not None:
        st.fragment(_progress, run_every=POLL_SECONDS)()
        return
    left, right = st.columns([7, 4], gap="medium")
    with left:
        _files()
    with right:
        st.selectbox(
            words.DATA,
            choices.made_for(),
            format_func=lambda name: words.GUESS if name == GUESS else catalog.get(name).title,
            key=links.key(PAGE, "data"),
            help=words.DATA_HELP,
            persist_state="session",
        )
        with st.container(horizontal=True):
            st.button(words.EXAMPLE, key="own-example", icon=":material/play_arrow:", on_click=_try, args=(False,), help=words.EXAMPLE_HELP)
            st.button(
                words.EXAMPLE_STATES, key="own-example-states", icon=":material/filter_none:", on_click=_try, args=(True,),
                help=words.EXAMPLE_STATES_HELP,
            )  # fmt: skip
    for refused in mine.refused():
        st.error(f"**{plain(refused.name)}**: {plain(refused.sentence)}", icon=":material/error:")


def _files() -> None:
    key = f"own-files-{st.session_state.get(_TURN, 0)}"
    dropped = uploads(words.DROP, key=key, help=words.DROP_HELP)
    if not dropped:
        return
    files: dict[str, bytes] = {}
    for file in dropped:
        files[_unlike(file.name, files)] = file.getvalue()
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    if why := full():
        st.error(plain(why), icon=":material/error:")
        return
    data = choices.value("data")
    mine.start(Drop(groups(files), "" if data == GUESS else data))
    st.rerun()


def _unlike(name: str, taken: dict[str, bytes]) -> str:
    """A file's name, told apart from those that are there."""
    stem, dot, ending = name.rpartition(".")
    number = 2
    while name in taken:
        name, number = f"{stem}-{number}{dot}{ending}", number + 1
    return name


def full() -> str:
    """Why nothing can be brought in now, in a sentence; what is old makes room first."""
    brought.sweep()
    own_kept.sweep()
    most = LIMITS["store"].most()
    return LIMITS["store"].words() if most is not None and store.size() >= most * 1_000_000 else ""


def _try(several: bool) -> None:
    if not full():
        example.start(several)


def _progress() -> None:
    drop = mine.under_way()
    if drop is None or drop.done:
        st.rerun()
    waiting = not drop.began
    name = drop.groups[min(len(drop.found), len(drop.groups) - 1)].name
    with st.container(border=True, key="own-progress", horizontal=True, vertical_alignment="center"):
        said = words.QUEUED if waiting else (drop.words or "starting")
        seconds = "" if waiting else f", {drop.seconds:.0f} s"
        st.markdown(f":material/hourglass_top: {plain(words.UNDER_WAY.format(name=name, words=said[:1].lower() + said[1:]))}{seconds}")
        st.button("Cancel", key="own-cancel", icon=":material/close:", on_click=drop.cancel)
    st.caption(words.TWENTY)


def nothing() -> None:
    """The state without a network: what to do, and what can be read."""
    page.empty("No network yet", words.EMPTY, 170)
    st.markdown(words.FORMATS.format(most=min(LIMITS["upload"].most() or MOST_BYTES, MOST_BYTES >> 20)))
