"""The tour and the lessons in a real browser: Back goes a step back, and a guess outlives the session."""

import csv
import re
from importlib import import_module
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.lesson.table import Lesson
from pages.home.tour import LAST
from pages.home.words import TOUR_STEPS
from tests.e2e.rest import rested

LESSONS: tuple[Lesson, ...] = tuple(
    import_module(f"pages.{name}.lesson").LESSON for name in ("templates", "learning", "mlp", "pulses", "cnn", "digits")
)


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def test_the_tour_is_walked_with_the_keyboard_and_back(page: Page, app_url: str) -> None:
    titles = list(TOUR_STEPS)
    page.goto(app_url)
    page.get_by_role("button", name="Take the tour").focus()
    page.keyboard.press("Enter")
    for number, title in enumerate(titles, start=1):
        heading(page, title)
        expect(page).to_have_url(re.compile(rf"tour={number}$"))
        rested(page)
        if number < LAST:
            page.get_by_role("button", name="Next").focus()
            page.keyboard.press("Enter")
    page.go_back()
    heading(page, titles[-2])
    picture = page.locator(".st-key-home-tour-film img")
    first = picture.get_attribute("src")
    expect(page.locator(".st-key-home-tour-sentence")).to_contain_text("Untrained")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator(".st-key-home-tour-sentence")).to_contain_text("92.6% of 10,000")
    assert picture.get_attribute("src") != first
    page.reload()
    heading(page, titles[-2])
    page.go_forward()
    heading(page, titles[-1])
    page.get_by_role("link", name=re.compile("The first lesson")).click()
    expect(page.get_by_text("Lesson, 1 of")).to_be_visible()


def test_a_lesson_is_walked_with_back_and_its_guesses_outlive_the_session(page: Page, app_url: str, tmp_path: Path) -> None:
    page.goto(f"{app_url}/mlp")
    expect(page).to_have_url(re.compile(r"layer=4&sort=original$"))
    page.get_by_role("button", name="Start the lesson").click()
    expect(page).to_have_url(re.compile("lesson=1"))
    expect(page.locator(".st-key-mlp-player")).to_have_css("outline-style", "dashed")
    page.locator(".st-key-lesson").get_by_role("radio", name="most of it").or_(
        page.locator(".st-key-lesson").get_by_role("button", name="most of it")
    ).click()
    expect(page.get_by_text("as you said.")).to_be_visible()
    rested(page)
    page.get_by_role("button", name="Next").click()
    expect(page).to_have_url(re.compile(r"lesson=2"))
    expect(page.get_by_text("Lesson, 2 of 6")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Lesson, 1 of 6")).to_be_visible()
    expect(page).to_have_url(re.compile(r"layer=4.*lesson=1|lesson=1.*layer=4"))
    page.goto(f"{app_url}/mlp?lesson=end")
    expect(page.get_by_text("Three questions to close with")).to_be_visible()
    page.wait_for_function("() => localStorage.getItem('kernel-explorer-been')?.includes('lesson=end')")
    page.goto(app_url)  # a session of its own
    expect(page.get_by_text("and finished 1 lesson")).to_be_visible()
    expect(page.get_by_text(re.compile("You have made 1 guess, 1 right"))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Your guesses").click()
    download.value.save_as(tmp_path / "guesses.csv")
    rows = list(csv.DictReader((tmp_path / "guesses.csv").open(encoding="utf-8")))
    assert [(row["page"], row["guess"], row["right"]) for row in rows] == [("mlp", "most of it", "yes")]
    page.get_by_role("button", name="Forget them").click()
    expect(page.get_by_role("button", name="Your guesses")).to_have_count(0)
    page.wait_for_function("() => localStorage.getItem('kernel-explorer-guesses') === '{}'")


@pytest.mark.full
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.page)
def test_every_lesson_is_walked(page: Page, app_url: str, lesson: Lesson) -> None:
    """Each step marks its control and answers a guess; Next goes to the closing questions, and Back from there to the last step."""
    page.goto(f"{app_url}/{lesson.page}?lesson=1")
    box, count = page.locator(".st-key-lesson"), len(lesson.steps)
    for number, step in enumerate(lesson.steps, start=1):
        expect(page.get_by_text(f"Lesson, {number} of {count}: {step.title}.")).to_be_visible()
        rested(page)
        control = page.locator(f".st-key-{step.control}").first
        expect(control).to_be_visible()
        expect(control).to_have_css("outline-style", "dashed")
        option = step.options[0]
        box.get_by_role("radio", name=option, exact=True).or_(box.get_by_role("button", name=option, exact=True)).click()
        expect(box.get_by_text(re.compile("as you said|You said"))).to_be_visible()
        rested(page)
        expect(page.locator('[data-testid="stException"], [data-testid="stAlertContentError"]')).to_have_count(0)
        box.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Three questions to close with")).to_be_visible()
    expect(page).to_have_url(re.compile("lesson=end"))
    rested(page)
    page.go_back()
    expect(page.get_by_text(f"Lesson, {count} of {count}: {lesson.steps[-1].title}.")).to_be_visible()
    expect(page).to_have_url(re.compile(f"lesson={count}"))
