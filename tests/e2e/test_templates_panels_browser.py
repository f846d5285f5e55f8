"""Panels of the templates page that the browser draws: still frames, rolled vectors, hidden votes, two models, the way back."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.analysis import templates
from core.analysis.matching import match
from core.charts.theme import LIGHT
from core.data import digits
from core.models import dense
from core.runs import store
from core.runs.shipped import RUNS
from tests.e2e.rest import rested
from tests.e2e.templates_steps import click_cell, drawn, expected, open_page, scrub

needs_mnist = pytest.mark.skipif(bool(digits.trouble()), reason="MNIST is not in the data folder")


def box(page: Page, selector: str) -> dict[str, float]:
    """Where an element stands, in CSS pixels."""
    element = page.locator(selector).first
    expect(element).to_be_visible()
    found = element.bounding_box()
    assert found is not None
    return dict(found)


@pytest.mark.full
@pytest.mark.parametrize("width", [1300, 400])
def test_the_still_frames_stand_beside_the_film_or_below_it(page: Page, app_url: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 1000})
    open_page(page, app_url)
    expect(page.locator(".st-key-templates-stills button")).to_have_count(5)
    film, stills = box(page, ".st-key-templates-gallery .tf"), box(page, ".st-key-templates-stills .thumbs")
    if width > 1000:
        assert stills["x"] >= film["x"] + film["width"] and stills["y"] < film["y"] + film["height"]
    else:
        assert stills["y"] >= film["y"] + film["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.full
def test_a_still_frame_takes_the_film_to_its_epoch(page: Page, app_url: str) -> None:
    run = store.load(RUNS["softmax-mnist"].key)
    open_page(page, app_url)
    page.locator(".st-key-templates-stills button", has_text="Epoch 5").click()
    expect(page).to_have_url(re.compile(r"epoch=5"))
    state = templates.nearest_state(run.epochs, 5)
    expect(page.locator(".st-key-templates-gallery .tf")).to_have_attribute("data-state", str(state))
    expect(page.locator(".st-key-templates-stills button", has_text="Epoch 5")).to_have_attribute("aria-pressed", "true")


@pytest.mark.full
def test_the_arrow_keys_read_weights(page: Page, app_url: str) -> None:
    kernel = store.load(RUNS["softmax-mnist"].key).state(-1)["dense1.kernel"]
    open_page(page, app_url)
    page.locator("canvas.tf-weights").nth(3).focus()
    page.keyboard.press("ArrowRight")  # from the middle, row and column 14 counted from 0
    read = page.locator(".tf-read")
    expect(read).to_contain_text("3, row 15, column 16: weight")
    shown = float((read.text_content() or "").rsplit(" ", 1)[1].replace("−", "-"))
    assert shown == pytest.approx(kernel[14 * 28 + 15, 3], rel=1e-3)


@pytest.mark.full
def test_black_as_lowest_says_what_black_is(page: Page, app_url: str) -> None:
    weights = store.load(RUNS["softmax-mnist"].key).weights("dense1.kernel")
    open_page(page, app_url)
    words = page.locator(".tf-words")
    expect(words).to_contain_text("Orange pushes up")
    page.get_by_label("black = lowest").check()
    expect(words).to_contain_text(f"black is the lowest weight of all epochs, −{abs(weights.min()):.4g}", ignore_case=True)


@needs_mnist
def test_the_rolled_vector_and_its_sum_follow_the_player_in_the_browser(page: Page, app_url: str) -> None:
    run = store.load(RUNS["softmax-mnist"].key)
    open_page(page, app_url, "section=rolled&class=7&image=12")
    canvas = page.locator(".st-key-templates-rolled canvas")
    for state in (1, run.states // 2, run.states - 1):
        scrub(page, state)
        expect(canvas).to_have_attribute("data-state", str(state))
        weights = run.state(state)
        x = dense.inputs(digits.load("test")[0][12:13])[0].astype(np.float64)
        z = x @ weights["dense1.kernel"][:, 7].astype(np.float64) + weights["dense1.bias"][7]
        expect(page.locator(".rolled-sum")).to_contain_text(f"= {z:.4f}".replace("-", "−"))


@pytest.mark.full
def test_a_drawing_is_rolled_at_any_epoch(page: Page, app_url: str) -> None:
    run = store.load(RUNS["softmax-mnist"].key)
    open_page(page, app_url, "section=rolled")
    total = page.locator(".rolled-sum")
    expect(total).to_contain_text("z = b")
    of_image = total.inner_text()
    page.get_by_text("a digit you draw", exact=True).click()
    expect(total).not_to_have_text(of_image)
    of_drawing = total.inner_text()
    page.get_by_role("button", name="Step back").click()
    expect(page).to_have_url(re.compile(r"epoch=29"))
    expect(total).not_to_have_text(of_drawing)
    page.get_by_text("a test image", exact=True).click()
    expect(page.locator(".st-key-templates-rolled canvas")).to_have_attribute("data-state", str(run.states - 2))


@pytest.mark.full
@pytest.mark.parametrize("section", ["gallery", "confusion"])
def test_a_model_with_fewer_states_takes_over_from_one_with_more(page: Page, app_url: str, section: str) -> None:
    """The player stands beyond the new model's last state for a moment; page and player must come to rest all the same."""
    open_page(page, app_url, f"section={section}")
    expect(page.get_by_text("Epoch 30 of 30").first).to_be_visible()
    choice = page.get_by_role("combobox", name="Network")
    choice.fill("strong")
    choice.press("Enter")
    expect(page.get_by_text("Epoch 20 of 20").first).to_be_visible()
    last = store.load(RUNS["softmax-cifar10-smooth"].key).states - 1
    expect(page.get_by_role("slider", name="epoch")).to_have_value(str(last))
    if section == "gallery":
        expect(page.locator(".st-key-templates-gallery .tf")).to_have_attribute("data-state", str(last))


@needs_mnist
def test_the_match_board_shows_the_products_and_the_logits(page: Page, app_url: str) -> None:
    weights = store.load(RUNS["softmax-mnist"].key).state(-1)
    open_page(page, app_url, "section=match&image=8")
    page.get_by_role("button", name="Show it without a guess").click()
    found = match(
        templates.rolled(weights["dense1.kernel"], (28, 28)),
        weights["dense1.bias"],
        dense.inputs(digits.load("test")[0][8:9]).reshape(28, 28),
    )
    rows = page.locator(".st-key-templates-match .row")
    expect(rows).to_have_count(10)
    assert [row.get_attribute("data-class") for row in rows.all()] == [str(c) for c in found.order]
    limit = templates.limit(found.products, 0.998)
    for place in (0, 9):
        unit = found.order[place]
        assert float(rows.nth(place).get_attribute("data-logit") or "nan") == pytest.approx(found.logits[unit], abs=1e-5)
        levels = np.clip(np.floor(found.products[unit].astype(np.float32) * (127 / limit) + 127.5), 0, 254).astype(int)
        np.testing.assert_array_equal(drawn(rows.nth(place).locator("canvas")), LIGHT.signed_palette[levels])


def test_hidden_filters_and_votes_follow_the_player_and_the_sort_together(page: Page, app_url: str) -> None:
    run = store.load(RUNS["hidden-mnist"].key)
    kernels = run.weights("dense2.kernel")
    open_page(page, app_url, "section=hidden&model=hidden-mnist&sort=3")
    page.get_by_role("button", name="Show it without a guess").click()
    film, bars = page.locator(".st-key-templates-hidden .tf"), page.locator(".st-key-templates-hidden .vb")
    for state in (4, run.states - 1):
        scrub(page, state)
        expect(film).to_have_attribute("data-state", str(state))
        expect(bars).to_have_attribute("data-state", str(state))
        order = ",".join(str(unit) for unit in np.argsort(-kernels[state][:, 3], kind="stable"))
        expect(film).to_have_attribute("data-order", order)
        expect(bars).to_have_attribute("data-order", order)
        np.testing.assert_array_equal(drawn(film.locator("canvas.tf-weights").nth(5)), expected(run, state, 5))
        cell = bars.locator(".vb-cell[data-unit='5'][data-row='3']")
        value = kernels[state, 5, 3]
        expect(cell).to_have_attribute("aria-label", f"filter 6, 3: output weight {'−' if value < 0 else '+'}{abs(value):.4f}")
        share = cell.evaluate("cell => cell.firstChild.offsetHeight / cell.offsetHeight")
        assert share == pytest.approx(0.5 * abs(value) / np.abs(kernels).max(), abs=0.03)
    for unit in range(10):  # each bar stands under its filter
        above = film.locator("canvas.tf-weights").nth(unit).bounding_box()
        below = bars.locator(f".vb-cell[data-unit='{unit}'][data-row='0']").bounding_box()
        assert above is not None and below is not None
        assert above["x"] + above["width"] / 2 == pytest.approx(below["x"] + below["width"] / 2, abs=2)


@pytest.mark.full
@needs_mnist
def test_votes_for_an_image_add_up_to_the_logits(page: Page, app_url: str) -> None:
    weights = store.load(RUNS["hidden-mnist"].key).state(-1)
    open_page(page, app_url, "section=hidden&model=hidden-mnist&bars=votes&image=8")
    page.get_by_role("button", name="Show it without a guess").click()
    image = digits.load("test")[0][8:9]
    logits = dense.activations(RUNS["hidden-mnist"].model, weights, image, np.float32)["logits"][0]
    sums = page.locator(".st-key-templates-hidden .vb-row:not(.vb-head) .vb-sum")
    expect(sums).to_have_text([f"{'−' if z < 0 else '+'}{abs(z):.2f}" for z in logits])


@pytest.mark.full
def test_a_click_in_the_second_matrix_picks_its_cell(page: Page, app_url: str) -> None:
    open_page(page, app_url, "section=confusion&with=hidden-cifar10&epoch=5")
    expect(page.get_by_text("no cell of one can be subtracted from the other")).to_be_visible()
    expect(page.locator(".st-key-templates-confusion canvas")).to_have_count(2)
    click_cell(page, "cat-dog", chart=1)
    run = store.load(RUNS["hidden-cifar10"].key)
    count = run.evaluation("confusion")[list(run.epochs).index(5)][3, 5]
    expect(page.get_by_text(f"cat read as dog: {count}")).to_be_visible()


@pytest.mark.full
def test_a_cell_of_the_pictures_part_opens_in_the_confusion_part(page: Page, app_url: str) -> None:
    open_page(page, app_url, "section=pictures&model=softmax-cifar10")
    click_cell(page, "4-9", inside="templates-last-matrix-softmax-mnist")
    expect(page).to_have_url(re.compile(r"section=confusion"))
    expect(page.get_by_role("combobox", name="Network")).to_have_value("Digits, one layer")
    count = store.load(RUNS["softmax-mnist"].key).evaluation("confusion")[-1][4, 9]
    expect(page.get_by_text(f"4 read as 9: {count} of 982")).to_be_visible()


@pytest.mark.full
def test_a_cell_chosen_by_name_can_be_left_and_clicked_again(page: Page, app_url: str) -> None:
    open_page(page, app_url, "section=confusion")
    click_cell(page, "4-9")
    expect(page.get_by_text("4 read as 9:")).to_be_visible()
    choice = page.get_by_role("combobox", name=re.compile("Cell"))
    choice.fill("5 read as 3")
    choice.press("Enter")
    expect(page).to_have_url(re.compile(r"cell=5-3"))
    expect(page.get_by_text("5 read as 3:")).to_be_visible()
    click_cell(page, "4-9")
    expect(page.get_by_text("4 read as 9:")).to_be_visible()


@needs_mnist
def test_a_mistake_opens_its_match_and_leads_back_to_the_same_mistakes(page: Page, app_url: str) -> None:
    open_page(page, app_url, "section=mistakes&actual=4&predicted=9&epoch=5")
    image = page.locator(".st-key-templates-mistakes button").first
    expect(image).to_be_visible()
    rested(page)
    number = image.get_attribute("data-id")
    image.click()
    expect(page).to_have_url(re.compile(rf"section=match.*image={number}"))
    expect(page.get_by_role("button", name="Back to Mistakes")).to_be_visible()
    rested(page)
    page.get_by_role("button", name="Back to Mistakes").click()
    expect(page).to_have_url(re.compile(r"section=mistakes"))
    expect(page).to_have_url(re.compile(r"actual=4"))
    expect(page.locator(f".st-key-templates-mistakes button[data-id='{number}']")).to_be_visible()
    expect(page.get_by_role("button", name="Back to Mistakes")).to_have_count(0)


@pytest.mark.full
@pytest.mark.parametrize("section", ["pictures", "hidden"])
def test_ten_templates_stand_in_even_rows_on_a_telephone(page: Page, app_url: str, section: str) -> None:
    page.set_viewport_size({"width": 400, "height": 800})
    open_page(page, app_url, f"section={section}&model={'softmax' if section == 'pictures' else 'hidden'}-cifar10")
    key = "colour" if section == "pictures" else "before"
    tiles = page.locator(f".st-key-templates-{key} .thumb")
    expect(tiles).to_have_count(10)
    tops = [round(box["y"]) for box in (tile.bounding_box() for tile in tiles.all()) if box is not None]
    assert tops[:5] == [tops[0]] * 5 and tops[5:] == [tops[5]] * 5 and tops[5] > tops[0]
    width = tiles.first.locator("img").evaluate("image => image.width / image.naturalWidth")
    assert width == int(width) >= 1  # crisp
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
