"""Text that is not ours, as text: what a link, a file, a formula or an error brings is never read as Markdown, LaTeX or colours."""

import re
import unicodedata

from core.training.processes import pathless

JOINER = "\u2060"  # takes no room and ends no line
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~$&])")  # what means something anywhere in a line
_FIRST = re.compile(r"^(\d{0,9})(?=[-+=.)])")  # what makes a list or a title of a whole line
# Streamlit looks once more into the finished text, where no backslash is left: for addresses, mail, emoji, icons and arrows.
_SEAMS = re.compile(r"(?<=:)(?=\S)|(?<=@)(?=\w)|(?<=www)(?=\.)|(?<=[-<>~])(?=[-=>])", re.IGNORECASE)
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # turn the direction of what follows


def plain(text: str | BaseException) -> str:
    """Text as it is, for any place where Streamlit reads Markdown; one line, signs that cannot be seen as �.

    Of paths in an error only the last name stays: where the files of a server lie is nobody's business.
    """
    words = pathless(str(text)) if isinstance(text, BaseException) else text
    seen = "".join("�" if _hidden(sign) else sign for sign in " ".join(words.split()))
    return _FIRST.sub(r"\1\\", _MARKS.sub(r"\\\1", _SEAMS.sub(JOINER, seen)))


def _hidden(sign: str) -> bool:
    return sign in _TURNS or unicodedata.category(sign) in ("Cc", "Cs", "Co")
