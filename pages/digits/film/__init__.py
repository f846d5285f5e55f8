"""A training as a film: while a player moves, pictures and bars of other browser parts change with it, without the server.

It is a part of its own so that its many pictures travel once, and not with every click on what they are shown in.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from core.frame.browser_part import browser_part

_film = browser_part("kernel_explorer_film", __file__, fetches=True, html="", css="")


def film(key: str, target: str, frames: Sequence[Mapping[str, Any]] | str) -> None:
    """Have a player's frames shown by other parts.

    Args:
        target: one of the player's `targets`.
        frames: for each frame, key of a part -> what it shows instead of what it was given (see the part's own `frame`); or the address
            of their JSON.
    """
    _film(key=key, data={"target": target, "frames": frames})
