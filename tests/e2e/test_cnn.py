"""The CNN page in a browser: scrubbing the film, the moving window, a pulse of one's own through the network."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from core.analysis import classical_kernels
from core.analysis.convolution import convolve
from core.charts import numbers as written
from core.charts.raster import signed_levels
from core.charts.theme import theme
from core.data.pulse_sets import pulse_set
from core.models.activations import relu
from core.models.digit_layers import max_pool
from core.runs import store
from core.runs.run import Run
from core.runs.shipped.pulses import RUNS
from core.ui.shown import state_words
from tests.e2e.rest import choose, rested

PIXELS = "(c) => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)"
FILM = ".st-key-cnn-kernels .kf"


@pytest.fixture(scope="module")
def run() -> Run:
    return store.load(RUNS["pulse-reliable"].key)


def drawn(page: Page, selector: str) -> np.ndarray:
    """Colours of a canvas, (height, width, 3)."""
    canvas = page.locator(selector)
    side = canvas.evaluate("(c) => c.width")
    return np.array(canvas.evaluate(PIXELS), np.uint8).reshape(-1, side, 4)[..., :3]


def expected(run: Run, state: int, kernel: int) -> np.ndarray:
    """The stored kernel in the theme's colours."""
    stack = run.weights("conv1.kernel")[:, :, 0]
    levels = signed_levels(stack[state, kernel], float(np.abs(stack).max()))
    return theme(False).signed_palette[levels]


def near(one: np.ndarray, other: np.ndarray) -> bool:
    """Equal but for a rounding of half a level at a few places."""
    far = np.abs(one.astype(int) - other.astype(int)).max(-1)
    return bool((far > 6).mean() == 0 and (far > 0).mean() < 0.02)


@pytest.mark.full
def test_scrubbing_draws_the_stored_kernels_at_once(page: Page, app_url: str, run: Run) -> None:
    page.goto(f"{app_url}/cnn?section=tests")
    page.locator(f"{FILM}[data-state='{run.states - 1}']").wait_for()
    for label, state in (("First", 0), ("Step forward", 1), ("Step forward", 2), ("Last", run.states - 1), ("Step back", run.states - 2)):
        page.get_by_role("button", name=label, exact=True).click()
        page.locator(f"{FILM}[data-state='{state}']").wait_for()
        for kernel in (0, 4):
            assert near(drawn(page, f"{FILM} .kf-row:first-child canvas >> nth={kernel}"), expected(run, state, kernel)), (state, kernel)
    page.wait_for_url(f"**state={run.states - 2}**")


@pytest.mark.full
def test_playing_reaches_the_end_and_pauses(page: Page, app_url: str, run: Run) -> None:
    page.goto(f"{app_url}/cnn?section=tests&state=20")
    page.locator(f"{FILM}[data-state='20']").wait_for()
    page.get_by_label("Speed", exact=True).first.select_option("10")
    page.get_by_role("button", name="Play", exact=True).first.click()
    page.locator(f"{FILM}[data-state='{run.states - 1}']").wait_for()
    expect(page.get_by_role("button", name="Play", exact=True).first).to_be_visible()


@pytest.mark.full
def test_click_on_a_kernel_picks_it(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/cnn?section=tests")
    page.locator(f"{FILM} button >> nth=2").click()
    page.get_by_text("Kernel 3", exact=True).wait_for()
    page.wait_for_url("**kernel=3**")


def numbers(page: Page) -> dict[str, float]:
    """What the window says of its place."""
    return {name: float(value) for name, value in page.locator(".cw").evaluate("(b) => ({...b.dataset})").items()}


def test_window_moves_with_the_pointer_and_adds_up(page: Page, app_url: str, run: Run) -> None:
    page.goto(f"{app_url}/cnn?section=convolution&image=test-2&kernel=2")
    page.locator(".cw[data-row]").wait_for(timeout=60_000)
    image = pulse_set(run.spec.data, "test").images[2]
    kernel = run.weights("conv1.kernel")[-1, 1, 0]
    feature_map = convolve(image, kernel, float(run.weights("conv1.bias")[-1, 1]))
    at = numbers(page)
    assert (at["row"], at["column"]) == np.unravel_index(feature_map.argmax(), feature_map.shape)
    seen = set()
    result = page.locator(".cw .result")
    result.scroll_into_view_if_needed()
    box = result.bounding_box()
    for x, y in ((0.1, 0.2), (0.5, 0.5), (0.9, 0.7), (0.33, 0.99)):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        at = numbers(page)
        row, column = int(at["row"]), int(at["column"])
        seen.add((row, column))
        assert abs(column - x * feature_map.shape[1]) <= 1.5 and abs(row - y * feature_map.shape[0]) <= 1.5
        assert at["sum"] == pytest.approx(feature_map[row, column], abs=1e-5)
        assert at["value"] == pytest.approx(at["sum"], abs=1e-5)
        patch = drawn(page, ".cw .patch")[::6, ::6]  # 6 pixels a weight
        ink = theme(False).ink_palette[np.where(image[row : row + 25, column : column + 25] > 0, 254, 0)]
        assert np.array_equal(patch[:25, :25], ink)
    assert len(seen) == 4
    picture = page.locator(".cw .image").bounding_box()
    page.mouse.move(picture["x"] + picture["width"] / 2, picture["y"] + picture["height"] / 2)
    at = numbers(page)
    assert (at["row"], at["column"]) == pytest.approx((37.5, 37.5), abs=1.5)  # a window of 25 in the middle of 100


@pytest.mark.full
def test_window_plays_and_follows_the_keys(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/cnn?section=convolution&filter=Laplacian")
    page.locator(".cw[data-row]").wait_for(timeout=60_000)
    result = page.locator(".cw .result")
    result.focus()
    before = numbers(page)
    page.keyboard.press("ArrowUp")
    assert numbers(page)["row"] == max(0, before["row"] - 1)
    page.locator(".cw [data-do=play]").click()
    start = numbers(page)
    page.wait_for_timeout(600)
    later = numbers(page)
    assert (later["row"], later["column"]) > (start["row"], start["column"])
    page.locator(".cw [data-do=play]").click()
    rest = numbers(page)
    page.wait_for_timeout(300)
    assert numbers(page) == rest


def test_a_pulse_of_ones_own_goes_through_the_network(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/pulses")
    formula = page.get_by_role("textbox", name="y of t, for t from 0 at the left to 1 at the right")
    formula.fill("0.3 + 0.4*box((t - 0.5)/0.3)")
    formula.press("Enter")
    page.locator(".st-key-pulses-own-keep button").click()
    page.get_by_text("Kept for the CNN page: y = 0.3 + 0.4*box((t - 0.5)/0.3)").first.wait_for()
    page.get_by_role("link", name="CNN").first.click()
    page.locator(f"{FILM}[data-state]").wait_for()
    page.get_by_text("Do a convolution").click()
    page.locator(".cw[data-row]").wait_for(timeout=60_000)
    rested(page)
    choose(page, "Image", "your own pulse")
    page.get_by_text("y = 0.3 + 0.4*box((t - 0.5)/0.3) under kernel 1").wait_for()
    page.get_by_text("Through dense layers of 676 to 256 to 64 to 3 units").wait_for()
    page.wait_for_url("**image=own**")


@pytest.mark.full
def test_the_film_is_right_in_dark_mode(page: Page, app_url: str, run: Run) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(f"{app_url}/cnn?section=tests&state=24")
    page.locator(f"{FILM}[data-state='24']").wait_for()
    stack = run.weights("conv1.kernel")[:, :, 0]
    colours = theme(True).signed_palette[signed_levels(stack[24, 0], float(np.abs(stack).max()))]
    assert near(drawn(page, f"{FILM} .kf-row:first-child canvas >> nth=0"), colours), json.dumps(page.url)


@pytest.mark.full
def test_a_click_in_the_loss_profile_goes_to_its_state(page: Page, app_url: str, run: Run) -> None:
    page.goto(f"{app_url}/cnn?section=loss")
    chart = page.locator(".st-key-cnn-loss-loss canvas").first
    chart.wait_for()
    page.locator(f"{FILM}[data-state='{run.states - 1}']").wait_for()
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    page.mouse.click(box["x"] + 0.55 * box["width"], box["y"] + 0.4 * box["height"])
    page.wait_for_function(
        "(last) => { const s = new URL(location.href).searchParams.get('state'); return s !== null && s !== last; }",
        arg=str(run.states - 1),
    )
    state = int(page.evaluate("new URL(location.href).searchParams.get('state')"))
    assert 0 < state < run.states - 1
    page.locator(f"{FILM}[data-state='{state}']").wait_for()
    page.get_by_text(f"Loss {written.number(run.history['loss'][state])} at {state_words(run, state)}").wait_for()


@pytest.mark.full
def test_pulses_of_other_sections_lead_to_the_window(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/cnn?section=tests")
    picture = page.locator(".st-key-cnn-gallery button[data-id]").first
    picture.wait_for(timeout=60_000)
    number = picture.get_attribute("data-id")
    picture.click()
    page.wait_for_url(f"**section=convolution&**image=test-{number}")
    page.get_by_text(f"test pulse {number} (").wait_for()
    page.get_by_role("button", name="next sinusoid").click()
    page.get_by_text(re.compile(r"test pulse \d+ \(sinusoid\) under kernel 1")).wait_for()
    page.locator(".st-key-cnn-maps button[data-id='3']").click()
    page.get_by_text(re.compile(r"test pulse \d+ \(sinusoid\) under kernel 4 at epoch")).wait_for()
    page.wait_for_url("**kernel=4**")


@pytest.mark.full
def test_stills_stand_beside_the_film_and_lead_to_their_states(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/cnn?section=tests")
    page.locator(f"{FILM}[data-state]").wait_for()
    still = page.locator(".st-key-cnn-stills button").nth(1)
    still.wait_for()
    film, beside = page.locator(FILM).bounding_box(), still.bounding_box()
    assert beside["x"] >= film["x"] + film["width"] and beside["y"] < film["y"] + film["height"]
    state = still.get_attribute("data-id")
    still.click()
    page.wait_for_url(f"**state={state}**")
    page.locator(f"{FILM}[data-state='{state}']").wait_for()
    expect(page.locator(f".st-key-cnn-stills button[data-id='{state}']")).to_have_attribute("aria-pressed", "true")


@pytest.mark.full
def test_on_a_telephone_nothing_is_cut_off(page: Page, app_url: str) -> None:
    page.set_viewport_size({"width": 400, "height": 900})
    page.goto(f"{app_url}/cnn?section=tests")
    page.locator(f"{FILM}[data-state]").wait_for()
    rested(page)
    page.get_by_text("Stills at a few epochs").click()
    still = page.locator(".st-key-cnn-stills button").first
    still.wait_for()
    film = page.locator(FILM).bounding_box()
    assert still.bounding_box()["y"] >= film["y"] + film["height"], "below the film"
    for canvas in page.locator(f"{FILM} canvas").all():
        box = canvas.bounding_box()
        assert box["x"] + box["width"] <= 400
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


@pytest.mark.full
def test_a_typed_kernel_reaches_the_window_and_the_link(page: Page, app_url: str, run: Run) -> None:
    page.goto(f"{app_url}/cnn?section=convolution&image=test-2&filter=typed&typed=2,0,0,0,-1,0,0,0,0.5")
    kernel = np.array([[2.0, 0, 0], [0, -1, 0], [0, 0, 0.5]])
    image = pulse_set(run.spec.data, "test").images[2]
    expect(page.get_by_text(f"The strongest answer, {written.number(convolve(image, kernel).max(), 4)},")).to_be_visible()
    page.locator(".cw[data-row]").wait_for()
    rested(page)
    page.locator(".st-key-cnn-side button").nth(1).click()
    page.wait_for_url(re.compile(r"typed=0(%2C|,)0(%2C|,)0(%2C|,)0(%2C|,)0(%2C|,)0(%2C|,)2(%2C|,)"))
    larger = convolve(image, np.pad(kernel, 1))
    expect(page.get_by_text(f"{larger.size:,} windows, {larger.shape[0]} × {larger.shape[1]}.")).to_be_visible()
    page.reload()
    expect(page.get_by_text(f"{larger.size:,} windows, {larger.shape[0]} × {larger.shape[1]}.")).to_be_visible()


@pytest.mark.parametrize("stage", [*(pytest.param(stage, marks=pytest.mark.full) for stage in ("sum", "after-ReLU")), "after-pooling"])
def test_stride_padding_dilation_and_stage_of_a_link_reach_the_window(page: Page, app_url: str, run: Run, stage: str) -> None:
    page.goto(f"{app_url}/cnn?section=convolution&image=test-2&filter=Sobel-y&stride=2&padding=3&dilation=2&stage={stage}")
    page.locator(".cw[data-row]").wait_for()
    expect(page.get_by_role("button", name="Stride 2, padding 3, dilation 2")).to_be_visible()
    wanted = convolve(pulse_set(run.spec.data, "test").images[2], classical_kernels.CLASSICAL["Sobel y"][0], 0.0, 2, 3, 2)
    if stage != "sum":
        wanted = relu(wanted)
    if stage == "after-pooling":
        wanted = max_pool(wanted[None, None])[0, 0]
    result = page.locator(".cw .result")
    result.focus()
    for key in ("ArrowLeft", "ArrowUp", "ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
        at = numbers(page)
        assert at["shown"] == pytest.approx(wanted[int(at["row"]), int(at["column"])], abs=1e-6)


def test_a_bad_upload_gets_a_sentence_and_a_good_one_is_convolved(page: Page, app_url: str, tmp_path: Path) -> None:
    page.goto(f"{app_url}/cnn?section=convolution&image=upload&filter=identity")
    chooser = page.locator(".st-key-cnn-upload input[type=file]")
    (tmp_path / "not.png").write_bytes(b"no picture")
    chooser.set_input_files(tmp_path / "not.png")
    expect(page.get_by_text("not.png is not a picture that can be read here")).to_be_visible()
    Image.fromarray(np.tile(np.arange(200, dtype=np.uint8), (120, 1))).save(tmp_path / "ramp.png")
    chooser.set_input_files(tmp_path / "ramp.png")
    expect(page.get_by_text("your picture under identity")).to_be_visible()
    expect(page.locator(".cw[data-row]")).to_be_visible()
    bottom = drawn(page, ".cw .image")[-3].mean(-1)  # dark to light, as the picture itself
    assert bottom[5] < bottom[len(bottom) // 2] < bottom[-40]


@pytest.mark.full
def test_the_moved_parameter_is_kept_by_a_reload(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/cnn?section=response&pulse=square")
    slider = page.get_by_role("slider", name="Width")
    expect(slider).to_have_value("22")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(r"at=22\.\d"))
    moved = slider.input_value()
    page.reload()
    expect(page.get_by_role("slider", name="Width")).to_have_value(moved)
