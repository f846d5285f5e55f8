"""Links of 0.1.0 still restore their views: one table over all pages, gathered from those beside the pages' tests."""

from importlib import import_module
from urllib.parse import parse_qsl, urlsplit

import pytest

from core.frame.site import ENTRIES
from tests.app import app, go

LINKS = [link for entry in ENTRIES if entry.topic != "home" for link in import_module(f"tests.pages.{entry.topic}.links").LINKS]


def test_there_are_fifty_of_them_and_every_page_has_some() -> None:
    assert len({link for link, _ in LINKS}) >= 50
    assert {urlsplit(link).path for link, _ in LINKS} == {entry.path for entry in ENTRIES if entry.path}


@pytest.mark.parametrize(("link", "held"), LINKS, ids=[link for link, _ in LINKS])
def test_a_link_restores_its_view(link: str, held: dict[str, object]) -> None:
    path, query = urlsplit(link).path, dict(parse_qsl(urlsplit(link).query))
    at = go(app(), path)
    for name, value in query.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception and not at.error
    assert not [note.value for note in at.warning if "The link asks" in note.value]
    assert {key: at.session_state[key] for key in held} == held
    assert held, "a link that is held against nothing proves nothing"
