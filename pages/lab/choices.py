"""The lab's choices by name; each section declares its own."""

from functools import partial

from core.frame import choices

PAGE = "lab"

key = partial(choices.key, PAGE)  # of a choice, in the session and of its widget
value = partial(choices.value, PAGE)  # of a choice, as it is now
put = partial(choices.put, PAGE)  # a choice for somebody, in a callback or before its widget is made
