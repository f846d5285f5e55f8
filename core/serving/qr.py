"""QR codes of links, drawn when a browser asks for one and never in a run of a page."""

import io
from functools import lru_cache

import segno
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

MOST = 1_200  # bytes of an address; a code of more is too fine to be read off a wall
QUIET = 4  # modules of white around a code, as the standard wants
_LONG = f"A QR code holds an address of up to {MOST:,} characters, and this one is longer: copy the link instead."
_NO_ADDRESS = "A QR code is made of an address that begins with http:// or https://."


def routes() -> list[BaseRoute]:
    """What serves them, below any base path: qr.svg?of=ADDRESS."""
    return [Route(f"{before}/qr.svg", _send, methods=["GET"]) for before in ("", "/{before:path}")]


@lru_cache(maxsize=256)
def drawn(address: str) -> str:
    """The QR code of an address as SVG, black on white in either theme, with its quiet zone.

    Raises:
        ValueError: no http address, or one too long, with a sentence for the page.
    """
    if not address.startswith(("http://", "https://")):
        raise ValueError(_NO_ADDRESS)
    if len(address.encode()) > MOST:
        raise ValueError(_LONG)
    out = io.BytesIO()
    segno.make_qr(address, error="m").save(out, kind="svg", border=QUIET, dark="#000", light="#fff", omitsize=True, xmldecl=False)
    return out.getvalue().decode()


def _send(request: Request) -> Response:
    """The code of the address that is asked for; in a thread of the server's."""
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=3600"}
    try:
        return Response(drawn(request.query_params.get("of", "")), headers=headers, media_type="image/svg+xml")
    except (ValueError, UnicodeError) as error:
        return PlainTextResponse(str(error) if str(error) in (_LONG, _NO_ADDRESS) else _NO_ADDRESS, 400, headers)
