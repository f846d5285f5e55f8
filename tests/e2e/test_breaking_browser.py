"""Breaking a network, its confidence and the map of its layers in a browser, against numbers worked out here."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.charts import numbers
from core.data import catalog
from core.models.dense import inputs
from core.runs import store
from core.runs.shipped import RUNS
from tests.e2e.rest import rested

MODEL = "uci-softmax"  # its images are always here


def logits(images: np.ndarray) -> np.ndarray:
    """Of the last state, (N, 10)."""
    weights = store.load(RUNS[MODEL].key).state(-1)
    return inputs(images).astype(float) @ weights["dense1.kernel"].astype(float) + weights["dense1.bias"].astype(float)


def read_right(images: np.ndarray, labels: np.ndarray) -> str:
    return numbers.percent(float((logits(images).argmax(axis=1) == labels).mean()))


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    images, labels = (part[:] for part in catalog.load("uci-digits", "test"))
    return images, labels.astype(int)


def test_one_image_then_all_of_them(page: Page, app_url: str, digits) -> None:
    images, labels = digits
    moved = np.zeros_like(images)
    moved[:, :, 2:] = images[:, :, :-2]
    page.goto(f"{app_url}/templates?section=breaking&model={MODEL}&image=7&damage=shift&amount=0")
    film = page.locator(".st-key-templates-breaking-film button")
    expect(film).to_have_count(7)  # three pixels to each side
    film.nth(5).click()
    expect(page).to_have_url(re.compile("amount=2(&|$)"))
    rested(page)
    page.get_by_role("button", name=re.compile(f"Do it to all {len(labels)} ")).click()
    said = page.get_by_text(re.compile(r"^Moved 2 px to the right: "))
    expect(said).to_contain_text(f"{read_right(moved, labels)} of {len(labels)}")
    expect(said).to_contain_text(f"{read_right(images, labels)} as they are")
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    rested(page)
    film.nth(3).click()
    expect(page.get_by_text(re.compile(r"^As it is: "))).to_be_visible()


def test_it_stays_silent_below_a_threshold(page: Page, app_url: str, digits) -> None:
    images, labels = digits
    sums = logits(images)
    shares = np.exp(sums - sums.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    sure, right = shares.max(axis=1), sums.argmax(axis=1) == labels
    page.goto(f"{app_url}/templates?section=confidence&model={MODEL}&image=7&damage=shift&amount=0&shown=sure")
    page.get_by_role("button", name=f"Look at all {len(labels)} ").click()
    said = page.get_by_text(re.compile(r"^It answers "))
    for least in (0.9, 0.95):
        answers = sure >= least
        expect(said).to_have_text(
            re.compile(
                rf"{re.escape(numbers.percent(float(answers.mean())))} of {len(labels)} .*"
                rf"{re.escape(numbers.percent(float(right[answers].mean()), 2))} of these right \({int((answers & ~right).sum())} wrong"
            )
        )
        rested(page)
        page.get_by_role("slider", name=re.compile("I don’t know|I don't know")).first.press("ArrowRight")
    expect(page).to_have_url(re.compile("least=0.98"))


def test_a_layer_is_mapped_and_a_point_opens_its_image(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/templates?section=map&model={MODEL}")
    page.get_by_role("button", name=re.compile("Map [0-9]+ states")).click()
    plane = page.locator(".st-key-templates-map-pca-0 canvas")
    expect(plane).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    rested(page)
    expect(page.get_by_text(re.compile("beside their own")).first).to_be_visible()
    box = plane.bounding_box()
    assert box is not None
    # Points lie everywhere in the middle of the plane: the first place that is one opens an image.
    for x, y in ((x, y) for x in np.linspace(0.3, 0.7, 9) for y in np.linspace(0.25, 0.6, 9)):
        page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
        page.wait_for_timeout(300)
        if "section=map" not in page.url:
            break
    expect(page).to_have_url(re.compile(r"/templates\?.*image=\d+"))
    rested(page)
    page.go_back()
    expect(page).to_have_url(re.compile("section=map"))
