"""The own page in a real browser: a state_dict dropped, its scaling corrected, a digit drawn, a ledger opened; checkpoints played."""

import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from core.charts.numbers import MINUS
from tests.e2e.rest import rested
from tests.e2e.test_digits_browser import by_mouse, line, square
from tests.importing.test_bringing import trained

TYPE = "application/octet-stream"


def drop(page: Page, url: str, *files: FilePayload) -> None:
    """The page with files dropped on it that read the small digits."""
    page.goto(f"{url}/own?data=uci-digits")
    page.get_by_text("No network yet").wait_for()
    page.locator("input[type=file]").set_input_files(list(files))
    page.get_by_text("What was found out").wait_for(timeout=180_000)
    rested(page)


@pytest.fixture
def url(serve, tmp_path) -> str:
    return serve(KERNEL_EXPLORER_RUNS=str(tmp_path / "runs"))


def test_a_file_is_dropped_corrected_and_looked_into(page: Page, url: str) -> None:
    drop(page, url, {"name": "net.pt", "mimeType": TYPE, "buffer": trained("conv", 1.0, 0.0)[0]})
    first = page.url
    assert "network=" in first
    other = page.locator(".st-key-own-inferred").get_by_role("radiogroup", name="Scaling of the input").locator("label").nth(1)
    other.click()
    page.get_by_text("Settled by you.").wait_for(timeout=180_000)
    rested(page)
    assert page.url != first
    page.get_by_role("link", name=re.compile("^.*Digits: every layer")).click()
    expect(page).to_have_url(re.compile(r"/digits\?.*run=[0-9a-f]{12}"))
    by_mouse(page, line(square(page)))
    expect(page.get_by_text(re.compile(r"^It reads an? \d$"))).to_be_visible()
    page.get_by_role("button", name=re.compile("map 4$")).first.click()
    said = page.get_by_text(re.compile("The map shows")).inner_text()
    found = [float(n.replace(MINUS, "-")) for n in re.findall(rf"{MINUS}?\d+\.\d{{6}}", said)]
    assert found[0] + found[1] == pytest.approx(found[2], abs=2e-6) and found[-1] == pytest.approx(found[-2], abs=1e-5)


@pytest.mark.full
def test_checkpoints_dropped_together_play(page: Page, url: str) -> None:
    files: list[FilePayload] = [
        {"name": f"net_{i}.pt", "mimeType": TYPE, "buffer": trained("dense", 1.0, 0.0, steps)[0]}
        for i, steps in enumerate((5, 40, 250), start=1)
    ]
    drop(page, url, *files)
    expect(page.get_by_text(re.compile("epoch 1 .* epoch 3"))).to_be_visible()
    page.get_by_role("link", name=re.compile("Templates: what each class")).click()
    page.get_by_role("button", name="First", exact=True).click()
    expect(page).to_have_url(re.compile("epoch=1"))
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page).not_to_have_url(re.compile("epoch=1"))  # it has come to rest at the last one
    rested(page)
