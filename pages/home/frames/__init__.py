"""A picture that a player moves: one frame after the other, in the browser alone."""

from collections.abc import Sequence

from core.frame.browser_part import browser_part
from core.serving import seen

_frames = browser_part("kernel_explorer_frames", __file__, fetches=True)


def frames(key: str, target: str, urls: Sequence[str], frame: int, across: int, alt: str) -> None:
    """Show the picture of a frame, which a player changes.

    Args:
        target: one of the player's `targets`.
        urls: a picture a frame, alike for everyone.
        across: CSS pixels, a whole multiple of the pictures' own.
        alt: what a screen reader says.
    """
    _frames(key=key, data={"target": target, "urls": seen.told(list(urls)), "frame": frame, "across": across, "alt": alt})
