"""Own: a network that was trained elsewhere, looked into; own images; and networks taken away."""

import streamlit as st

from core.frame import choices as links
from core.frame import page
from core.ui import data_status, networks
from pages.own import choices, drop, mine, words
from pages.own.away import away
from pages.own.choices import PAGE
from pages.own.images import images
from pages.own.network import gone, network, sentence
from pages.own.sheet import sheet

PANELS = {"images": images, "sheet": sheet, "away": away}  # beside that of a network


def main() -> None:
    """The whole page."""
    mine.take()
    notes = links.declare(PAGE, choices.of_page())
    section, key = choices.value("section"), choices.value("network")
    if section == "network" and not key and mine.networks():
        key = mine.networks()[0].key
        choices.put(network=key)
    net = networks.opened(key) if section == "network" and key else None
    page.header(words.TITLE, words.SENTENCE if net is None else sentence(net), notes)
    data_status.notice("mnist")
    st.segmented_control(
        "Part of the page",
        list(words.SECTIONS),
        format_func=words.SECTIONS.__getitem__,
        key=links.key(PAGE, "section"),
        label_visibility="collapsed",
        required=True,
        wrap=True,
        persist_state="session",
    )
    if section in PANELS:
        PANELS[section]()
        return
    drop.place()
    gone()
    if net is None:
        drop.nothing()
    else:
        network(net)


main()
