"""Back and Forward on the MLP page: one press an act, of whatever kind, and none for opening it."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.rest import rested


def stands(page: Page, search: str) -> None:
    """The address, once all is at rest."""
    expect(page).to_have_url(re.compile(re.escape("/mlp" + search) + "$"))
    rested(page)


def shown(page: Page, layer: int, epoch: int, network: str, section: str) -> None:
    """Layer, epoch, network and open section."""
    expect(page.get_by_text(re.compile(rf"Layer {layer} of 5, .* after epoch {epoch} of 50"))).to_be_visible()
    expect(page.locator(".st-key-mlp-model input")).to_have_value(network)
    expect(page.get_by_role("radiogroup", name="Look further").get_by_role("radio", name=section)).to_be_checked()


DIAGONAL, RANDOM = "Five dense layers, alternating diagonal start", "Five dense layers, random start"


def test_each_act_is_an_entry_and_back_undoes_them_all(page: Page, app_url: str) -> None:
    page.set_viewport_size({"width": 1300, "height": 1600})
    page.goto(app_url)
    page.get_by_role("link", name="MLP").first.click()
    opening = "?layer=4&sort=original"  # as the path has it, and a bare address
    stands(page, opening)
    shown(page, 4, 50, DIAGONAL, "Neighbours")
    length = page.evaluate("history.length")
    views = [(opening, 50, DIAGONAL, "Neighbours")]

    def acted(search: str, epoch: int, network: str, section: str) -> None:
        """The act has led here, and the address says so."""
        stands(page, search)
        shown(page, 4, epoch, network, section)
        views.append((search, epoch, network, section))

    page.locator(".st-key-mlp-model input").click()  # another network
    page.get_by_role("option", name=RANDOM, exact=True).click()
    acted("?model=mlp-random&layer=4&sort=original", 50, RANDOM, "Neighbours")

    page.get_by_role("radiogroup", name="Look further").get_by_text("Over the epochs", exact=True).click()  # a section
    acted("?model=mlp-random&layer=4&section=epochs&sort=original", 50, RANDOM, "Over the epochs")

    page.get_by_text("Histogram of weights", exact=True).click()  # a control of the section
    acted("?model=mlp-random&layer=4&section=epochs&sort=original&look=Histogram+of+weights", 50, RANDOM, "Over the epochs")

    chart = page.locator(".st-key-mlp-history-accuracy canvas.marks")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.45 * box["width"], box["y"] + 0.3 * box["height"])  # a click in a chart
    expect(page).to_have_url(re.compile(r"epoch=\d+"))
    rested(page)
    found = re.search(r"epoch=(\d+)", page.url)
    assert found is not None
    epoch = int(found[1])
    acted(
        f"?model=mlp-random&layer=4&epoch={epoch}&section=epochs&sort=original&look=Histogram+of+weights", epoch, RANDOM, "Over the epochs"
    )

    page.get_by_role("button", name="First", exact=True).click()  # the player, at rest
    stands(page, "?model=mlp-random&layer=4&epoch=0&section=epochs&sort=original&look=Histogram+of+weights")
    assert page.evaluate("history.length") == length + 5

    for search, epoch, network, section in reversed(views):
        page.go_back()
        stands(page, search)
        shown(page, 4, epoch, network, section)
    page.go_forward()
    stands(page, views[1][0])
    shown(page, 4, *views[1][1:])
    assert page.evaluate("history.length") == length + 5
