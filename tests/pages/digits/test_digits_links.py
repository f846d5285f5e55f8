"""Links of 0.1.0 restore their views, and what is restored is what the address says again."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.pages.digits.digits_case import app, search, words
from tests.pages.digits.links import LINKS

DEFAULTS = {"run": ("digit-cnn", "d2b1dc36258e"), "part": ("end",), "centre": ("on",), "start": ("0",)}  # which the address leaves out


@pytest.mark.parametrize(("link", "holds"), LINKS, ids=[link for link, _ in LINKS])
def test_a_link_restores_its_view(link, holds):
    asked = dict(parse_qsl(urlsplit(link).query))
    test = app(asked)
    assert not test.exception and "The link asks" not in words(test)
    assert {name: test.session_state[name] for name in holds} == holds
    assert search(test) == {name: value for name, value in asked.items() if value not in DEFAULTS.get(name, ())}
