"""QR codes of links: black on white with a quiet zone, refused where an address is none, read back by a decoder of our own."""

import re
from itertools import product
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from starlette.applications import Starlette

from core.serving import qr
from tests import apart

LINK = "http://127.0.0.1:8501/mlp?layer=4&sort=original"
MASKS = (  # of the standard, ISO 18004, by number: whether the module of row i and column j is turned
    lambda i, j: (i + j) % 2 == 0,
    lambda i, j: i % 2 == 0,
    lambda i, j: j % 3 == 0,
    lambda i, j: (i + j) % 3 == 0,
    lambda i, j: (i // 2 + j // 3) % 2 == 0,
    lambda i, j: i * j % 2 + i * j % 3 == 0,
    lambda i, j: (i * j % 2 + i * j % 3) % 2 == 0,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2 == 0,
)


def modules(svg: str) -> np.ndarray:
    """The code's modules, bool (rows, columns) with the quiet zone, drawn from the strokes of its path."""
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])
    black = np.zeros((side, side), bool)
    x = y = 0.0
    for act, first, second in re.findall(r"([Mmh])\s*(-?[\d.]+)(?:[ ,](-?[\d.]+))?", re.findall(r'd="(M[^"]+)"', svg)[-1]):
        if act == "h":
            black[int(y - 0.5), int(x) : int(x + float(first))] = True
            x += float(first)
        else:
            x, y = (float(first), float(second)) if act == "M" else (x + float(first), y + float(second))
    return black


def text_of(black: np.ndarray) -> str:
    """What a code of version 4 at level M says: two blocks of 32 bytes, in turns."""
    code = black[qr.QUIET : -qr.QUIET, qr.QUIET : -qr.QUIET]
    side = len(code)
    assert side == 33, "this reader knows version 4"
    taken = np.zeros((side, side), bool)
    taken[:9, :9] = taken[:9, -8:] = taken[-8:, :9] = True  # finders and format
    taken[6], taken[:, 6] = True, True  # timing
    taken[24:29, 24:29] = True  # alignment
    mask = sum(int(code[8, column]) << place for place, column in enumerate((4, 3, 2))) ^ 0b101
    bits = []
    for at, right in enumerate([*range(side - 1, 6, -2), 5, 3, 1]):
        rows = range(side - 1, -1, -1) if at % 2 == 0 else range(side)
        for i, j in product(rows, (right, right - 1)):
            if not taken[i, j]:
                bits.append(bool(code[i, j]) != MASKS[mask](i, j))
    every = np.packbits(bits)[:64]
    told = np.unpackbits(np.concatenate([every[0::2], every[1::2]]))
    assert int("".join(map(str, told[:4])), 2) == 0b0100, "bytes"
    length = int("".join(map(str, told[4:12])), 2)
    return np.packbits(told[12 : 12 + 8 * length]).tobytes().decode()


def test_a_code_says_its_link_and_has_its_quiet_zone() -> None:
    black = modules(qr.drawn(LINK))
    assert not black[: qr.QUIET].any() and not black[:, -qr.QUIET :].any()
    assert text_of(black) == LINK


def ask(path: str, of: str) -> tuple[int, str, str]:
    """Status, kind and body that a browser is answered."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "query_string": urlencode({"of": of}).encode(), "root_path": "", "headers": []}
    apart.run(Starlette(routes=qr.routes())(scope, receive, send))
    kind = dict(sent[0]["headers"])[b"content-type"].decode()
    return sent[0]["status"], kind, b"".join(part["body"] for part in sent[1:]).decode()


def test_a_browser_gets_it_below_any_path_and_a_sentence_where_there_is_none() -> None:
    for path in ("/qr.svg", "/course/networks/qr.svg"):
        assert ask(path, LINK) == (200, "image/svg+xml", qr.drawn(LINK))
    status, _, said = ask("/qr.svg", LINK + "&" + "x" * qr.MOST)
    assert status == 400 and "copy the link instead" in said
    for bad in ("", "javascript:alert(1)", "ftp://somewhere"):
        status, _, said = ask("/qr.svg", bad)
        assert status == 400 and "begins with http" in said


@pytest.mark.parametrize("length", [100, 500, qr.MOST])
def test_long_links_have_codes_too(length: int) -> None:
    assert "<path" in qr.drawn(LINK.ljust(length, "x"))
