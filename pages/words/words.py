"""What the page of words says of itself. The terms stand in core/words/terms.py."""

TITLE = "Words of the trade"
SENTENCE = (
    "The {count} words of the trade that this app uses. On every other page they are underlined where they stand first: point at one, tap "
    "it, or go to it with the keyboard."
)
GONE = "This picture needs a stored run that cannot be read."
