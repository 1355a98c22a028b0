"""Every page in every state: axe, the keyboard, 400 % zoom, print."""

import pytest

from services.access.roles import Role
from services.web.app import all_routes
from tests.share import SHARE, by_turn
from tests.system.browser.conftest import SignIn, Visitor
from tests.system.browser.sample_cases import add_browser_cases
from tests.system.web.running_app import (
    ADMINISTRATOR,
    ADVISER,
    ANALYST,
    DIRECTOR,
    MANAGER,
    OFFICER,
    RunningApp,
)

PAGES: dict[str, tuple[tuple[str, Role] | None, str]] = {
    "sign-in": (None, "/sign-in"),
    "sign-in-expired": (None, "/sign-in/return?state=x"),
    "signed-out": (None, "/signed-out"),
    "accessibility": (None, "/accessibility"),
    "not-found": (DIRECTOR, "/nowhere"),
    "overview": (DIRECTOR, "/"),
    "cases": (DIRECTOR, "/cases"),
    "analysis": (ANALYST, "/analysis"),
    "return": (ANALYST, "/return"),
    "return-placements": (ANALYST, "/return/placements"),
    "policy": (ANALYST, "/policy"),
    "policy-comparison": (ANALYST, "/policy/comparisons/c1"),
    "actions": (MANAGER, "/actions"),
    "work": (MANAGER, "/work"),
    "visits": (MANAGER, "/visits"),
    "supervision": (MANAGER, "/supervision?worker=w1"),
    "measures": (DIRECTOR, "/measures"),
    "measure": (DIRECTOR, "/measures/reds_with_a_plan"),
    "measure-caseload": (DIRECTOR, "/measures/caseload_largest"),
    "evidence": (DIRECTOR, "/evidence?person=KN101&from=x"),
    "campaigns": (DIRECTOR, "/campaigns"),
    "campaign": (DIRECTOR, "/campaigns/c1"),
    "campaign-new": (DIRECTOR, "/campaigns/new?colour=red"),
    "reviewing-officers": (OFFICER, "/reviewing-officers"),
    "escalation-new": (OFFICER, "/cases/KC301/escalations/new"),
    "escalation": (OFFICER, "/cases/KC301/escalations/e1"),
    "explanations": (ADVISER, "/explanations"),
    "cases-filtered": (DIRECTOR, "/cases?colour=red&sort=team&backwards=yes&weeks=x&no_plan=yes"),
    "cases-none": (DIRECTOR, "/cases?case=nobody"),
    "case-red": (DIRECTOR, "/cases/KN101"),
    "case-history": (DIRECTOR, "/cases/KN101/history"),
    "case-green": (DIRECTOR, "/cases/KN102"),
    "case-unowned": (DIRECTOR, "/cases/KN104"),
    "case-unlawful": (DIRECTOR, "/cases/KC301"),
    "case-then": (DIRECTOR, "/cases/KN101?as_at=2026-11-01&known_at=2026-11-01"),
    "case-unknown-then": (DIRECTOR, "/cases/KN101?as_at=2026-01-01&known_at=2026-01-01"),
    "case-wrong-day": (DIRECTOR, "/cases/KN101?as_at=yesterday"),
    "review": (ADVISER, "/cases/KN101/review/unsuitable_accommodation"),
    "judgement": (ADVISER, "/cases/KN101/judgement"),
    "action-new": (ADVISER, "/cases/KN101/actions/unsuitable_accommodation/new"),
    "action": (ADVISER, "/cases/KN103/actions/x1"),
    "explanation": (ADVISER, "/cases/KN101/explanation/unsuitable_accommodation"),
    "extension": (MANAGER, "/cases/KF201/extension"),
    "rating": (MANAGER, "/cases/KN101/rating/unsuitable_accommodation"),
    "acknowledgement": (DIRECTOR, "/cases/KN101/acknowledgement/unsuitable_accommodation"),
    "questions": (DIRECTOR, "/questions"),
    "quality": (DIRECTOR, "/quality"),
    "acknowledgements": (DIRECTOR, "/acknowledgements"),
    "contract": (DIRECTOR, "/contract"),
    "feeds": (DIRECTOR, "/feeds"),
    "refused": (ANALYST, "/refused"),
    "refused-dismissed": (ANALYST, "/refused?state=dismissed"),
    "refused-one": (ADMINISTRATOR, "/refused/1"),
    "digests": (DIRECTOR, "/digests"),
    "digest-preview": (DIRECTOR, "/digests/preview?recipient=director&day=2026-11-20"),
    "digest-preview-wrong-day": (DIRECTOR, "/digests/preview?recipient=director&day=x"),
    "audit": (ADMINISTRATOR, "/audit"),
    "audit-none": (DIRECTOR, "/audit?who=nobody"),
}

STATES = {
    "sign-in-expired", "signed-out", "cases-filtered", "cases-none", "case-green", "case-unowned",
    "case-then", "case-unknown-then", "case-wrong-day", "refused-dismissed",
    "digest-preview-wrong-day", "audit-none", "measure-caseload", "escalation-new", "action-new",
}  # fmt: skip
"""Further states of pages: looked at where all cases are tried; of the others else every second."""

FORMS = (
    "review", "judgement", "action-new", "action", "explanation", "extension", "rating",
    "escalation-new", "escalation",
)  # fmt: skip
"""Forms that cannot be sent empty."""


def test_every_route_that_shows_a_page_is_looked_at() -> None:
    no_pages = {
        "/healthz", "/readyz", "/sign-in/begin", "/cases.csv", "/cases.xlsx",
        "/reviewing-officers.xlsx", "/campaigns/{id}.xlsx", "/measures.csv", "/measures.xlsx",
        "/evidence.zip", "/policy/comparisons/{id}.csv", "/analysis.xlsx", "/analysis.pdf",
        "/analysis/{week}.xlsx", "/analysis/{week}.pdf", "/return/oc3.csv",
        "/return/episodes.csv", "/return/faults.csv", "/digests/preview/message",
        "/digests/{week}/{recipient}", "/digests/{week}/{recipient}/message",
    }  # fmt: skip
    shown = {route.path for route in all_routes() if route.methods == ("GET",)} - no_pages
    assert len(shown) <= len({path.split("?")[0] for _, path in PAGES.values()})


async def test_axe_finds_nothing_and_nothing_scrolls_sideways_at_400_percent(
    served: RunningApp, sign_in: SignIn
) -> None:
    await add_browser_cases(served)
    visitors: dict[tuple[object, int], Visitor] = {}
    pages = PAGES if SHARE >= 1 else [name for name in PAGES if name not in STATES][::2]
    for name in pages:
        person, path = PAGES[name]
        for width in by_turn((320, 1280), 0):
            if (person, width) not in visitors:
                visitors[person, width] = await sign_in(
                    person, width=width, height=900 if width > 320 else 256
                )
            visitor = visitors[person, width]
            await visitor.open(path)
            for details in await visitor.page.locator("details").all():
                await details.evaluate("node => { node.open = true }")
            await visitor.assert_accessible(f"{name}-{width}")
            wide = await visitor.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (name, width, wide)


async def test_forms_with_errors_are_as_accessible(served: RunningApp, sign_in: SignIn) -> None:
    await add_browser_cases(served)
    for name in FORMS if SHARE >= 1 else FORMS[::2]:
        person, path = PAGES[name]
        visitor = await sign_in(person)
        await visitor.open(path)
        for field in await visitor.page.locator("input[id$='-year']").all():
            if await field.is_visible():  # not where an answer reveals it
                await field.fill("x")
        await visitor.page.locator("main form button[type=submit], main form button").last.click()
        await visitor.expect_text("There is a problem")
        assert (await visitor.page.title()).startswith("Error: ")
        await visitor.assert_accessible(f"{name}-errors")
        focused = await visitor.page.evaluate("document.activeElement.className")
        assert "govuk-error-summary" in focused
        await visitor.page.locator(".govuk-error-summary a").first.click()
        assert await visitor.page.evaluate(
            "document.activeElement.matches('input,select,textarea')"
        )


async def test_a_form_is_filled_in_with_the_keyboard_alone(
    served: RunningApp, sign_in: SignIn
) -> None:
    await add_browser_cases(served)
    adviser = await sign_in(ADVISER)
    await adviser.open("/cases/KN101/explanation/unsuitable_accommodation")
    keys = adviser.page.keyboard
    await keys.press("Tab")
    assert await adviser.page.evaluate("document.activeElement.textContent") == (
        "Skip to main content"
    )
    await keys.press("Enter")
    for _ in range(12):
        await keys.press("Tab")
        if await adviser.page.evaluate("document.activeElement.name") == "why":
            break
    await keys.press("Space")
    await keys.press("ArrowDown")
    await keys.press("Tab")
    await keys.type("It is being worked on.")
    await keys.press("Tab")
    await keys.press("Enter")
    await adviser.expect_text("Your answer is recorded.")
    assert "because: the young person declines what is offered" in await adviser.text()


@pytest.mark.parametrize("path", ["/", "/cases", "/cases/KN101"])
async def test_whatever_takes_the_focus_shows_it(
    served: RunningApp, sign_in: SignIn, path: str
) -> None:
    await add_browser_cases(served)
    director = await sign_in(DIRECTOR)
    await director.open(path)
    seen = set()
    for _ in range(120):
        await director.page.keyboard.press("Tab")
        focused = await director.page.evaluate(
            "(() => { const n = document.activeElement, s = getComputedStyle(n);"
            " const r = n.getBoundingClientRect();"
            " return [n.tagName, n.outerHTML.slice(0, 120), s.outlineStyle, s.outlineWidth,"
            " s.boxShadow, r.width * r.height] })()"
        )
        if focused[0] == "BODY":
            break
        seen.add(focused[1])
        assert focused[2] != "none" or focused[4] != "none", focused
        assert focused[5] > 0, focused
    assert len(seen) > 10


async def test_a_printed_case_has_its_colours_in_words_and_no_navigation(
    served: RunningApp, sign_in: SignIn
) -> None:
    await add_browser_cases(served)
    director = await sign_in(DIRECTOR)
    await director.open("/cases/KN101")
    await director.page.emulate_media(media="print")
    assert not await director.page.get_by_role("navigation").first.is_visible()
    assert not await director.page.get_by_role("button", name="Sign out").is_visible()
    assert await director.page.get_by_text("Red", exact=True).first.is_visible()
    assert len(await director.page.pdf()) > 10_000
