"""The glossary as browsers get it: the part `screen` underlines each term at its first use on a page and shows what it means."""

import json

from core.serving import seen
from core.words.terms import TERMS


def address() -> str:
    """Where a browser fetches the table: an address of its own, the same for everyone, or a data address."""
    return seen.built("glossary", _table, "json")


def _table() -> bytes:
    table = [{"id": term.id, "name": term.name, "means": term.meaning, "forms": term.spellings} for term in TERMS]
    return json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode()
