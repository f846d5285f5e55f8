"""The templates page in a real browser: scrubbing, reading a weight, a click on a cell, and no data set at all."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.analysis import templates
from core.data import digits
from core.runs import store
from core.runs.shipped import RUNS
from tests.e2e.templates_steps import click_cell, drawn, expected, open_page, scrub


@pytest.mark.parametrize(
    "model",
    [
        "softmax-mnist",
        pytest.param("softmax-cifar10-smooth", marks=pytest.mark.full),
        pytest.param("hidden-mnist", marks=pytest.mark.full),
    ],
)
def test_scrubbing_shows_the_stored_weights_of_each_state(page: Page, app_url: str, model: str) -> None:
    run = store.load(RUNS[model].key)
    open_page(page, app_url, f"model={model}")
    film = page.locator(".st-key-templates-gallery .tf")
    canvases = film.locator("canvas.tf-weights")
    expect(canvases).to_have_count(10)
    for state in (0, 3, run.states // 2, run.states - 1):
        scrub(page, state)
        expect(film).to_have_attribute("data-state", str(state))
        for unit in (0, 9):
            np.testing.assert_array_equal(drawn(canvases.nth(unit)), expected(run, state, unit))


@pytest.mark.full
def test_the_player_steps_in_the_browser_and_the_link_follows_when_it_rests(page: Page, app_url: str) -> None:
    run = store.load(RUNS["softmax-mnist"].key)
    open_page(page, app_url, "epoch=1")
    state = templates.nearest_state(run.epochs, 1)
    film = page.locator(".st-key-templates-gallery .tf")
    expect(film).to_have_attribute("data-state", str(state))
    page.get_by_role("button", name="Step forward").click()
    expect(film).to_have_attribute("data-state", str(state + 1))
    expect(page).to_have_url(re.compile(r"epoch=2"))
    expect(page.get_by_text(re.compile(r"^Epoch 2 of")).first).to_be_visible()


@pytest.mark.full
def test_pointing_at_a_template_reads_its_weight(page: Page, app_url: str) -> None:
    run = store.load(RUNS["softmax-mnist"].key)
    open_page(page, app_url)
    canvas = page.locator("canvas.tf-weights").nth(3)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    row, column = 14, 9
    page.mouse.move(box["x"] + 1 + (column + 0.5) * 4, box["y"] + 1 + (row + 0.5) * 4)
    read = page.locator(".tf-read")
    expect(read).to_contain_text(f"3, row {row + 1}, column {column + 1}: weight")
    shown = float((read.text_content() or "").rsplit(" ", 1)[1].replace("−", "-"))
    assert shown == pytest.approx(run.state(-1)["dense1.kernel"][row * 28 + column, 3], rel=1e-3)


@pytest.mark.skipif(bool(digits.trouble()), reason="MNIST is not in the data folder")
def test_a_click_on_a_cell_shows_its_images_and_one_of_them_is_matched(page: Page, app_url: str) -> None:
    counts = store.load(RUNS["softmax-mnist"].key).evaluation("confusion")[-1]
    open_page(page, app_url, "section=confusion")
    click_cell(page, "4-9")
    expect(page.get_by_text(f"4 read as 9: {counts[4, 9]} of 982")).to_be_visible()
    expect(page).to_have_url(re.compile(r"cell=4-9"))
    thumbnails = page.locator(".st-key-templates-cell-images button")
    expect(thumbnails).to_have_count(min(36, int(counts[4, 9])))
    shares = [float(text.rstrip("%")) for text in thumbnails.all_inner_texts()]
    assert shares == sorted(shares, reverse=True)
    image = thumbnails.first.get_attribute("data-id")
    thumbnails.first.click()
    expect(page).to_have_url(re.compile(rf"section=match.*image={image}"))
    expect(page.get_by_text("Which template wins second?")).to_be_visible()


@pytest.mark.full
def test_a_cell_can_be_clicked_again_after_another_part_was_open(page: Page, app_url: str) -> None:
    open_page(page, app_url, "section=confusion")
    click_cell(page, "4-9")
    expect(page).to_have_url(re.compile(r"cell=4-9"))
    click_cell(page, "5-3")
    expect(page).to_have_url(re.compile(r"cell=5-3"))
    page.get_by_text("Row %", exact=True).click()
    click_cell(page, "4-9")
    expect(page).to_have_url(re.compile(r"cell=4-9"))
    page.get_by_text("Counts", exact=True).click()
    click_cell(page, "5-3")
    expect(page.get_by_text("5 read as 3:")).to_be_visible()


@pytest.mark.full
def test_the_matrix_follows_the_player(page: Page, app_url: str) -> None:
    open_page(page, app_url, "section=confusion")
    chart = page.locator(".st-key-templates-confusion canvas").first
    expect(chart).to_be_visible()
    settled = "canvas => { const now = canvas.toDataURL(), same = canvas.last === now; canvas.last = now; return same; }"
    page.wait_for_function(settled, arg=chart.element_handle(), polling=300)
    before = chart.evaluate("canvas => canvas.toDataURL()")
    scrub(page, 0)
    page.wait_for_function("([canvas, before]) => canvas.toDataURL() !== before", arg=[chart.element_handle(), before])
    run = store.load(RUNS["softmax-mnist"].key)
    share = np.trace(run.evaluation("confusion")[0]) / 10_000
    expect(page.get_by_text(f"{share:.1%} of 10,000 MNIST test digits right")).to_be_visible()


@pytest.fixture(scope="module")
def bare_url(serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """A server without any data set."""
    return serve(KERNEL_EXPLORER_DATA=str(tmp_path_factory.mktemp("empty")))


@pytest.mark.full
def test_without_any_data_set_templates_and_counts_are_all_there(page: Page, bare_url: str) -> None:
    for model in ("softmax-mnist", "softmax-cifar10"):
        run = store.load(RUNS[model].key)
        open_page(page, bare_url, f"model={model}")
        canvases = page.locator("canvas.tf-weights")
        expect(canvases).to_have_count(10)
        np.testing.assert_array_equal(drawn(canvases.nth(5)), expected(run, run.states - 1, 5))
    open_page(page, bare_url, "section=pictures")
    expect(page.get_by_text("The pictures themselves are not here.")).to_be_visible()
    open_page(page, bare_url, "section=match")
    expect(page.get_by_text("UCI handwritten digits").first).to_be_visible()


@pytest.mark.full
def test_rolling_moves_the_numbers(page: Page, app_url: str, tmp_path: Path) -> None:
    open_page(page, app_url, "section=rolled")
    canvas = page.locator(".st-key-templates-rolled canvas")
    expect(canvas).to_have_attribute("data-share", "45")
    slider = page.get_by_role("slider", name="From column to image")
    pictures = []
    for value in ("0", "100"):
        slider.fill(value)
        expect(canvas).to_have_attribute("data-share", value)
        pictures.append(canvas.evaluate("canvas => canvas.toDataURL()"))
    assert pictures[0] != pictures[1]


@pytest.mark.full
@pytest.mark.skipif(bool(digits.trouble()), reason="MNIST is not in the data folder")
def test_a_mistake_of_a_hidden_layer_opens_its_votes(page: Page, app_url: str) -> None:
    open_page(page, app_url, "section=mistakes&model=hidden-mnist")
    thumbnail = page.locator(".st-key-templates-mistakes button").first
    image = thumbnail.get_attribute("data-id")
    thumbnail.click()
    expect(page).to_have_url(re.compile(rf"section=hidden.*image={image}"))
    expect(page.get_by_text("The votes for")).to_be_visible()
    expect(page.locator(".st-key-templates-hidden canvas").first).to_be_visible()


def test_a_drawn_digit_is_matched(page: Page, app_url: str) -> None:
    open_page(page, app_url, "section=match")
    page.get_by_text("a digit you draw", exact=True).click()
    expect(page.get_by_text("Our example of a drawing")).to_be_visible()
    page.get_by_role("button", name="Show it without a guess").click()
    expect(page.locator(".st-key-templates-match canvas")).to_have_count(10)
