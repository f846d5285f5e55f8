"""Home: what this is, and a card for each page."""

import streamlit as st

from core.ui import page
from core.ui.home_draw import draw_a_digit
from core.ui.miniatures import miniature
from core.ui.site import ENTRIES

page.require_entry()
page.header(
    "Look inside small neural networks",
    "Kernel Explorer shows the weights of networks small enough to see whole, how they change while they learn, and what they do "
    "with an image. Start with a page, or draw a digit and let three networks read it.",
)
cards = [entry for entry in ENTRIES if entry.path]
for column, entry in zip(st.columns(len(cards)), cards, strict=True):
    with column, st.container(border=True, key=f"card-{entry.path}", height="stretch"):
        picture, words = miniature(entry.path)
        if picture is not None:
            st.image(picture, alt=words, width="content")
        st.page_link(f"pages/{entry.file}", label=f"**{entry.title}**", icon=entry.icon)
        st.caption(f"**{entry.headline}.** {entry.line}")
st.subheader("Draw a digit", anchor=False)
draw_a_digit()
