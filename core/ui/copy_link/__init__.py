"""A button that copies the address of the view: what stands in it, a class or a colleague gets to see."""

from core.ui.browser_part import browser_part

_component = browser_part("kernel_explorer_copy_link", __file__)


def copy_link() -> None:
    """Show the button; once on a page."""
    _component(key="copy-link", width="content")
