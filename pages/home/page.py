"""Home: what this is, and a card for each page."""

import streamlit as st

from core.ui import page
from pages.home.cards import cards
from pages.home.draw import draw_a_digit

page.header(
    "Look inside small neural networks",
    "Kernel Explorer shows the weights of networks small enough to see whole, how they change while they learn, and what they do "
    "with an image. Start with a page, or draw a digit and let three networks read it.",
)
cards()
st.subheader("Draw a digit", anchor=False)
draw_a_digit()
