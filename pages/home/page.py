"""Home: what a network is, on the person's own digit, and a path through the app."""

from core.frame import choices, page
from core.lesson import guesses
from pages.home import words
from pages.home.draw import draw_a_digit
from pages.home.path import path
from pages.home.tour import PAGE, choice, start, tour

notes = choices.declare(PAGE, [choice()])
step = choices.value(PAGE, "tour")
if step:
    tour(step)
else:
    page.header(words.TITLE, words.SENTENCE, notes)
    start()
    draw_a_digit()
    path()
    guesses.summary()
