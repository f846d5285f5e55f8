"""Home: what this is, and a card for each page."""

import streamlit as st

from core.ui import page
from pages.home import words
from pages.home.cards import cards
from pages.home.draw import draw_a_digit

page.header(words.TITLE, words.SENTENCE)
cards()
st.subheader(words.DRAW, anchor=False)
draw_a_digit()
