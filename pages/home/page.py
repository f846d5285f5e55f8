"""Home: what a network is, on the person's own digit, and a path through the app."""

from core.ui import page
from pages.home import words
from pages.home.draw import draw_a_digit
from pages.home.path import path

page.header(words.TITLE, words.SENTENCE)
draw_a_digit()
path()
