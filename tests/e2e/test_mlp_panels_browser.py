"""The panels below the matrix in a real browser, on the shipped runs."""

import csv
import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect
from safetensors.numpy import load

from core.charts import numbers
from core.models import dense
from core.runs import shipped, store
from pages.mlp.images import ImageSet, images_of

RUN = "mlp-diagonal"


@pytest.fixture(scope="module")
def run():
    return store.load(shipped.RUNS[RUN].key)


@pytest.fixture(scope="module")
def digits(run) -> ImageSet:
    found = images_of(run.spec)
    assert found is not None
    return found


def opened(page: Page, url: str, section: str, box: str, **choices: object) -> Locator:
    """The page at one section, its panel drawn."""
    link = "&".join(f"{name}={value}" for name, value in {"model": RUN, "section": section, **choices}.items())
    page.goto(f"{url}/mlp?{link}")
    panel = page.locator(f".st-key-{box}")
    expect(panel.locator("canvas, button").first).to_be_visible(timeout=60_000)
    settled(page)
    return panel


def settled(page: Page) -> None:
    """The script has run and the charts have had a moment to draw."""
    page.wait_for_timeout(200)
    expect(page.locator("[data-testid=stStatusWidget]")).to_have_count(0, timeout=60_000)
    page.wait_for_timeout(800)


def click(page: Page, key: str, across: float, down: float) -> None:
    """Click a chart at a share of its width and height."""
    canvas = page.locator(f".st-key-{key} canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])
    settled(page)


def says(panel: Locator, text: str) -> None:
    """The panel comes to say it."""
    expect(panel).to_contain_text(text, timeout=15_000)


def shown_epoch(panel: Locator) -> int:
    found = re.search(r"Epoch (\d+) of 50", panel.inner_text())
    assert found
    return int(found.group(1))


def pixels(panel: Locator, which: int) -> str:
    """What a canvas of the panel shows; -1 is the last."""
    return panel.locator("canvas").nth(which).evaluate("canvas => canvas.toDataURL()")


@pytest.mark.full
def test_a_click_in_a_curve_moves_the_epoch_and_back(page: Page, app_url: str, run) -> None:
    panel = opened(page, app_url, "epochs", "mlp-history", layer=5, epoch=50)
    assert shown_epoch(panel) == 50
    click(page, "mlp-history-accuracy", 0.45, 0.3)
    expect(panel).not_to_contain_text("Epoch 50 of 50", timeout=15_000)
    epoch = shown_epoch(panel)
    assert 10 < epoch < 30
    says(panel, f"{numbers.percent(run.history['accuracy_test'][epoch])} of 10,000 test images")
    expect(page).to_have_url(re.compile(f"epoch={epoch}(&|$)"))
    page.locator("[data-do=last]").click()  # where the player had rested before
    says(panel, "Epoch 50 of 50")
    settled(page)
    click(page, "mlp-history-accuracy", 0.45, 0.3)  # the same click as before
    says(panel, f"Epoch {epoch} of 50")


def test_the_player_moves_the_charts_before_the_server_hears_of_it(page: Page, app_url: str) -> None:
    panel = opened(page, app_url, "epochs", "mlp-history", layer=5, epoch=50)
    before = pixels(panel, 0)
    page.locator("[data-do=first]").click()
    page.wait_for_timeout(150)  # it reports after 200 ms of rest
    assert "epoch=0" not in page.url
    assert pixels(panel, 0) != before


@pytest.mark.full
@pytest.mark.parametrize("detail", ["Histogram of weights", "Change since the start"])
def test_details_follow_the_player(page: Page, app_url: str, detail: str) -> None:
    panel = opened(page, app_url, "epochs", "mlp-history", layer=2, epoch=50)
    panel.get_by_text(detail, exact=True).click()
    expect(panel.locator("canvas")).to_have_count(3, timeout=15_000)
    settled(page)
    before = pixels(panel, -1)
    page.locator("[data-do=first]").click()
    page.wait_for_timeout(150)
    assert pixels(panel, -1) != before


def ledger_of(panel: Locator) -> tuple[dict[str, float], str]:
    """The ledger's lines, and the name of its last one."""
    rows = [row.inner_text().split("\t") for row in panel.locator("table tr").all()]
    lines = {row[0].strip(): float(row[-1]) for row in rows[1:]}
    return lines, rows[-1][0].strip()


@pytest.mark.parametrize("layer", [1, pytest.param(3, marks=pytest.mark.full), 5])
def test_a_wrong_digits_ledger_adds_up(page: Page, app_url: str, run, digits, layer: int) -> None:
    panel = opened(page, app_url, "image", "mlp-ledger", layer=layer, epoch=20)
    panel.get_by_text("Only those the network gets wrong").click()
    outputs = dense.forward(run.state(20), digits.images, "tanh", dtype=np.float64)
    wrong = int(np.flatnonzero(outputs[-1].argmax(axis=1) != digits.labels)[0])
    says(panel, f"Image {wrong:,} of")
    says(panel, f"It is wrong: this is a {digits.labels[wrong]}")
    settled(page)
    lines, last = ledger_of(panel)
    unit = int(last.split()[-1]) - (layer < 5)  # the last layer's are digits
    activation, total = lines.pop(last), lines.pop("sum")
    assert sum(lines.values()) == pytest.approx(total, abs=1e-6)
    assert activation == pytest.approx(outputs[layer][wrong, unit], abs=1e-5)
    if layer < 5:
        assert np.tanh(total) == pytest.approx(activation, abs=1e-5)


def test_a_click_in_the_cells_opens_that_units_ledger(page: Page, app_url: str, run, digits) -> None:
    panel = opened(page, app_url, "image", "mlp-ledger", layer=5, epoch=50)
    first = int(dense.forward(run.state(50), digits.images[:1], "tanh")[-1].argmax())
    assert ledger_of(panel)[1] == f"activation of digit {first}"  # what the network reads in the image that stands there
    other = 2 if first in (4, 5) else 4
    click(page, "mlp-through-cells-map", (other + 0.5) / 10, 0.3)
    expect(panel.locator("table")).to_contain_text(re.compile(f"activation of digit [{other}{other + 1}]"), timeout=15_000)


@pytest.mark.full
def test_a_click_on_a_bar_switches_a_unit_off_and_on(page: Page, app_url: str, run, digits) -> None:
    panel = opened(page, app_url, "off", "mlp-ablation", layer=2, epoch=50)
    whole = (dense.forward(run.state(50), digits.images, "tanh")[-1].argmax(axis=1) == digits.labels).mean()
    says(panel, f"With every unit on, {numbers.percent(whole, 2)} of")
    click(page, "mlp-ablation-overview", 0.12, 0.7)
    expect(panel).to_contain_text(" of layer 2 off, ", timeout=15_000)
    found = re.search(r"With unit (\d+) of layer 2 off, ([\d.]+)% of", panel.inner_text())
    assert found
    cut = {name: value.copy() for name, value in run.state(50).items()}
    cut["dense3.kernel"][int(found.group(1)) - 1] = 0
    share = (dense.forward(cut, digits.images, "tanh")[-1].argmax(axis=1) == digits.labels).mean()
    assert float(found.group(2)) == pytest.approx(100 * share, abs=0.011)
    click(page, "mlp-ablation-overview", 0.12, 0.7)
    says(panel, "With every unit on")


@pytest.mark.full
def test_two_runs_share_one_scale(page: Page, app_url: str) -> None:
    panel = opened(page, app_url, "compare", "mlp-compare", layer=4, epoch=50)
    both = [store.load(shipped.RUNS[name].key).weights("dense4.kernel") for name in ("mlp-random", "mlp-diagonal")]
    limit = max(float(np.abs(kernels).max()) for kernels in both)
    says(panel, numbers.span(-limit, limit))
    before = [pixels(panel, n) for n in range(3)]
    page.locator("[data-do=first]").click()
    page.wait_for_timeout(150)
    after = [pixels(panel, n) for n in range(3)]
    assert all(a != b for a, b in zip(before, after, strict=True))


@pytest.mark.full
def test_images_of_layer_1_are_picked_and_sorted(page: Page, app_url: str, run) -> None:
    panel = opened(page, app_url, "units", "mlp-layer1", layer=1, epoch=50)
    click(page, "mlp-units-images", 0.08, 0.05)
    norms = np.linalg.norm(run.state(50)["dense1.kernel"].astype(np.float64), axis=0)
    says(panel, f"Unit 1: column norm {numbers.number(norms[0], 4)}")
    settled(page)
    panel.locator("[data-testid=stSelectbox] input").click()
    page.get_by_role("option", name="by their norm", exact=True).click()
    settled(page)
    click(page, "mlp-units-images", 0.08, 0.05)
    says(panel, f"Unit {norms.argmax() + 1}: column norm {numbers.number(norms.max(), 4)}")


@pytest.mark.full
def test_files_are_what_is_shown(page: Page, app_url: str, run) -> None:
    panel = opened(page, app_url, "download", "mlp-downloads", layer=5, epoch=50, sort="value", by="c3", first="largest")
    taken = {}
    for label in ("Matrix as CSV", "Picture as PNG", "Run as safetensors"):
        with page.expect_download() as waiting:
            panel.get_by_role("button", name=label).click()
        taken[label] = waiting.value.path().read_bytes()
    kernel = run.state(50)["dense5.kernel"]
    _, *lines = csv.reader(taken["Matrix as CSV"].decode().splitlines())
    order = np.argsort(-kernel[:, 3], kind="stable")
    assert [int(line[0]) for line in lines] == (order + 1).tolist()
    assert (np.array([line[1:] for line in lines], dtype=np.float32) == kernel[order]).all()
    assert taken["Picture as PNG"].startswith(b"\x89PNG")
    assert (load(taken["Run as safetensors"])["dense5.kernel"][50].astype(np.float32) == kernel).all()
