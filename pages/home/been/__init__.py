"""What somebody has opened, as their own browser remembers it: said on the cards of the path, and forgotten on request.

Nothing of it reaches the server. `core/frame/screen` notes each page and section that is opened.
"""

from collections.abc import Sequence

from core.frame.browser_part import browser_part

_component = browser_part("kernel_explorer_been", __file__)


def been(key: str, stations: Sequence[str]) -> None:
    """A line about the path, and a mark on each container `card-<path>` of a station that was opened."""
    _component(key=key, data={"stations": list(stations)})
