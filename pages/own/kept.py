"""Images of this person's own that the server keeps to be trained on: how they come there, which networks learnt them, how they go."""

import streamlit as st

from core.data import own_kept
from core.data.own_images import OwnSet
from core.frame import visitor
from core.frame.plain import plain
from core.frame.site import entry
from core.runs import brought, catalog, store
from core.specs import SpecError
from core.training import job_folder, jobs
from pages.own import drop, words

_TROUBLE, _GONE = "_own-kept-trouble", "_own-kept-gone"


def train(found: OwnSet, called: str) -> None:
    """A button that keeps a set and opens the lab's form with it."""
    if found.against_training:
        return
    go = st.button(words.TRAIN_ON, key="own-images-train", icon=":material/science:", help=words.TRAIN_ON_HELP)
    if why := st.session_state.pop(_TROUBLE, ""):
        st.error(plain(why), icon=":material/error:")
    if not go:
        return
    try:
        if why := drop.full():
            raise own_kept.NoRoom(why)
        spec = own_kept.keep(found, called)
    except (SpecError, own_kept.NoRoom) as error:
        why = str(error)
    except OSError as error:
        why = job_folder.trouble(error)
    if why:
        st.session_state[_TROUBLE] = why
        st.rerun()
    visitor.add_set(spec.name)
    kept = own_kept.about(spec.name)
    parts = {"images": "train", "validation": "validation", "test": "test"}
    counts = {name: str(kept.splits[part]) for name, part in parts.items()} if kept else {}
    st.switch_page(entry("lab").file, query_params={"data": spec.name, **counts})


def kept() -> None:
    """The sets that this person has had kept, each with a button that takes it away."""
    if name := st.session_state.pop(_GONE, ""):
        st.success(words.SET_GONE.format(name=plain(name)), icon=":material/delete:")
    found = [(name, about) for name in visitor.own_sets() if (about := own_kept.about(name)) is not None]
    if not found:
        return
    with st.expander(words.KEPT.format(count=len(found)), icon=":material/inventory_2:", key="own-kept"):
        st.markdown(words.KEPT_WORDS.format(days=own_kept.DAYS))
        for name, about in found:
            with st.container(horizontal=True, vertical_alignment="center"):
                classes = ", ".join(about.spec.classes[:8]) + ("..." if len(about.spec.classes) > 8 else "")
                many, networks = sum(about.splits.values()), len(trained_on(name))
                said = f"{plain(about.called)}: {many:,} images of {plain(classes)}; trained on by {networks:,} networks"
                st.markdown(said, width="stretch")
                st.button(words.TAKE_AWAY, key=f"own-kept-{name}", icon=":material/delete:", on_click=take_away, args=(name,))


def trained_on(name: str) -> list[str]:
    """Keys of the stored runs that learnt a set."""
    found = []
    for key in store.keys():  # noqa: SIM118
        try:
            if catalog.find(key).spec.data.name == name:
                found.append(key)
        except (store.MissingRun, store.DamagedRun):
            continue
    return found


def take_away(name: str) -> None:
    """Delete a set with the networks that learnt it, and end their trainings."""
    about = own_kept.about(name)
    for job in jobs.active():
        if job.spec.data.name == name:
            job.cancel()
    for key in trained_on(name):
        brought.remove(key)
        if key in visitor.own():
            visitor.own().remove(key)
    own_kept.forget(name)
    visitor.own_sets().remove(name)
    st.session_state[_GONE] = about.called if about else "The set"
