"""What cannot be brought in, said in a sentence."""

from typing import NoReturn


class Refused(ValueError):
    """A file that is no network this app can show; the message is a sentence that names what it is and the cure."""


def refuse(sentence: str) -> NoReturn:
    """Raises Refused with the sentence."""
    raise Refused(sentence)


def shortly(text: object, most: int = 60) -> str:
    """Words from a file as a sentence can hold them: printable, of bounded length."""
    clean = "".join(letter if letter.isprintable() else "?" for letter in str(text)[: 4 * most])
    return clean if len(clean) <= most else f"{clean[: most - 3]}..."
