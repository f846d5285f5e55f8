"""Links to the page of words, and what they hold."""

LINKS = [
    ("words?group=learning", {"words-group": "learning"}),
    ("words?term=softmax", {"words-group": "sums", "words-term": "softmax"}),
]
