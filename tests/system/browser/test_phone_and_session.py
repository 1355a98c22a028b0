"""On a phone, and when a session ends: what is typed is kept, and what is shown can be read."""

from datetime import timedelta

import pytest

from services.access.roles import Role
from tests.system.browser.conftest import SignIn, Visitor
from tests.system.browser.sample_cases import add_browser_cases
from tests.system.web.running_app import ADVISER, DIRECTOR, HEAD, MANAGER, RunningApp

pytestmark = pytest.mark.slow

FORM = "/cases/KN101/explanation/unsuitable_accommodation"


async def test_what_was_typed_stands_in_the_form_again_once_signed_in_and_only_once(
    served: RunningApp, sign_in: SignIn
) -> None:
    await add_browser_cases(served)
    adviser = await sign_in(ADVISER)
    await adviser.open(FORM)
    await adviser.page.get_by_label("Waiting for a panel").check()
    await adviser.page.locator("textarea").fill("The panel meets on Tuesday.")
    served.now += timedelta(hours=1)
    await adviser.page.locator("main form button").last.click()
    await adviser.expect_text("You were signed out before the form was sent")
    await adviser.assert_accessible("signed-out-typed")
    onward = await adviser.page.get_by_role("link", name="Sign in again").get_attribute("href")
    assert onward == "/sign-in?onward=" + FORM.replace("/", "%2F")
    await _sign_in(adviser, served, ADVISER)
    await adviser.open(FORM)
    await adviser.expect_text("What you typed before you were signed out is in the form again")
    assert await adviser.page.locator("textarea").input_value() == "The panel meets on Tuesday."
    assert await adviser.page.get_by_label("Waiting for a panel").is_checked()
    await adviser.open(FORM)
    assert await adviser.page.locator("textarea").input_value() == ""


async def test_it_is_said_before_a_session_ends(served: RunningApp, sign_in: SignIn) -> None:
    await add_browser_cases(served)
    director = await sign_in(DIRECTOR)
    await director.page.clock.install()
    await director.open("/")
    await director.page.locator("table.sl-stacks").first.wait_for(state="attached")  # has run
    await director.page.clock.run_for(27 * 60 * 1000)
    assert "You will be signed out" not in await director.text()
    await director.page.clock.run_for(61 * 1000)
    await director.expect_text("You will be signed out in two minutes")
    await director.assert_accessible("about-to-be-signed-out")


async def test_the_filter_folds_on_a_phone_and_opens_by_the_keyboard(
    served: RunningApp, sign_in: SignIn
) -> None:
    await add_browser_cases(served)
    director = await sign_in(DIRECTOR, width=390)
    await director.open("/cases")
    apply = director.page.get_by_role("button", name="Apply the filter")
    await apply.wait_for(state="hidden")
    await director.page.locator(".sl-filter__summary").focus()
    await director.page.keyboard.press("Enter")
    assert await apply.is_visible()
    at_a_desk = await sign_in(DIRECTOR)
    await at_a_desk.open("/cases")
    assert await at_a_desk.page.get_by_role("button", name="Apply the filter").is_visible()


async def test_on_a_phone_each_cell_of_a_list_says_what_it_is_and_nothing_scrolls(
    served: RunningApp, sign_in: SignIn
) -> None:
    await add_browser_cases(served)
    director = await sign_in(DIRECTOR, width=390)
    await director.open("/cases")
    cell = director.page.locator("table.sl-cases tbody td").nth(1)
    assert await cell.evaluate("c => getComputedStyle(c).display") == "block"
    assert await cell.evaluate("c => getComputedStyle(c, '::before').content") == '"Colour: "'
    wide = "[...document.querySelectorAll('.sl-scroll')].some(n => n.scrollWidth > n.clientWidth)"
    assert not await director.page.evaluate(wide)
    assert await director.page.get_by_role("columnheader", name="Since").is_visible()
    rows = await director.page.get_by_role("row").count()
    assert rows > 2, "it is still a table"
    await director.assert_accessible("cases-stacked")


async def test_a_box_that_was_unticked_stays_so_and_nobody_else_is_given_it(
    served: RunningApp, sign_in: SignIn
) -> None:
    await add_browser_cases(served)
    manager = await sign_in(MANAGER)
    sheet = "/supervision?worker=w1"
    boxes, text = manager.page.locator("input[type=checkbox]"), manager.page.locator("textarea")
    for then in ((HEAD, MANAGER), (MANAGER,)):  # where another signs in between, it is gone
        await manager.open(sheet)
        assert await boxes.count() > 1
        await boxes.first.uncheck()
        await text.fill("Went through the plan.")
        served.now += timedelta(hours=1)
        await manager.page.locator("main form button").last.click()
        await manager.expect_text("You were signed out before the form was sent")
        for who in then:
            await _sign_in(manager, served, who)
            await manager.open(sheet)
        if HEAD in then:
            assert await text.input_value() == ""
            assert await boxes.first.is_checked()
    await manager.expect_text("What you typed before you were signed out is in the form again")
    assert not await boxes.first.is_checked()
    assert await boxes.nth(1).is_checked()
    assert await text.input_value() == "Went through the plan."


async def _sign_in(visitor: Visitor, served: RunningApp, who: tuple[str, Role]) -> None:
    secret = await served.state.sessions.begin(who[0], (who[1],))
    await visitor.page.context.add_cookies(
        [{"name": "sightline", "value": secret, "url": served.base}]
    )
