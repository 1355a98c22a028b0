"""Each role's week, in a real browser: nothing that is looked at has a fault that axe finds."""

from datetime import timedelta

from services.bootstrap.lag import lag_of
from services.digests.unlawful_notice import notify
from tests.system.browser.conftest import SignIn
from tests.system.browser.sample_cases import add_browser_cases
from tests.system.web.running_app import ADVISER, DIRECTOR, LEAD_MEMBER, MANAGER, TODAY, RunningApp

DUE = TODAY + timedelta(days=14)


async def test_an_adviser_clears_a_red(served: RunningApp, sign_in: SignIn) -> None:
    await add_browser_cases(served)
    adviser = await sign_in(ADVISER)
    await adviser.open("/")
    await adviser.expect_text("Red without an open action")
    await adviser.assert_accessible("adviser-1-overview")
    await adviser.follow_link("KN101")
    await adviser.expect_text("No action is open for this red.")
    await adviser.assert_accessible("adviser-2-red-case")
    await adviser.follow_link("Record a review")
    await adviser.assert_accessible("adviser-3-review")
    await adviser.fill_in("What did the review find?", "Met Jayden Smith at the flat.")
    await adviser.fill_in("What will be done", "view two flats")
    await adviser.press("Record the review")
    await adviser.expect_text("There is a problem")
    await adviser.assert_accessible("adviser-4-review-with-errors")
    await adviser.fill_in("What did the review find?", "The young person was seen.")
    await adviser.page.get_by_label("Kind").first.select_option("find_accommodation")
    await adviser.page.get_by_label("Who will do it").first.select_option("w1")
    await adviser.fill_in_date("action1-due", str(DUE.day), str(DUE.month), str(DUE.year))
    await adviser.press("Record the review")
    await adviser.expect_text("The review is recorded.")
    await adviser.expect_text("Unsuitable accommodation is amber now; it was red.")
    await adviser.assert_accessible("adviser-5-recorded")
    await adviser.page.get_by_text("Case note to copy").click()
    assert (
        "The young person was seen."
        in await adviser.page.get_by_label("Case note", exact=True).input_value()
    )
    await adviser.assert_accessible("adviser-6-case-note")
    await adviser.open("/cases?colour=red")
    assert "KN101" not in await adviser.text()


async def test_a_manager_authorises(served: RunningApp, sign_in: SignIn) -> None:
    await add_browser_cases(served)
    manager = await sign_in(MANAGER)
    await manager.open("/cases?concern=pre_proceedings")
    await manager.assert_accessible("manager-1-list")
    await manager.follow_link("KF201")
    await manager.follow_link("Authorise an extension")
    await manager.assert_accessible("manager-2-extension")
    await manager.fill_in_date("until", "5", "12", "2026")
    await manager.fill_in("Why is it extended?", "An expert is to report.")
    await manager.press("Authorise the extension")
    await manager.expect_text("Pre-proceedings is amber now; it was red.")
    await manager.assert_accessible("manager-3-extended")
    await manager.open("/cases/KC301/rating/unregulated_placement")
    await manager.page.get_by_label("Amber", exact=True).check()
    await manager.fill_in("Why do you rate it so?", "It is a good home.")
    await manager.press("Record the rating")
    await manager.expect_text("never let it be lowered")
    await manager.assert_accessible("manager-4-rating-refused")


async def test_a_director_acknowledges(served: RunningApp, sign_in: SignIn) -> None:
    await add_browser_cases(served)
    await notify(served.state.mail_context, lambda: lag_of(served.broker, served.runtime.database))
    director = await sign_in(DIRECTOR)
    await director.open("/")
    await director.expect_text("Escalated to you")
    await director.expect_text("1 event was refused and not settled")
    await director.assert_accessible("director-1-overview")
    await director.follow_link("KC301")
    await director.assert_accessible("director-2-unlawful")
    await director.follow_link("Acknowledge")
    await director.assert_accessible("director-3-acknowledge")
    await director.fill_in("What will you do about it? (optional)", "I will call the provider.")
    await director.press("Acknowledge")
    await director.expect_text("Your acknowledgement is recorded.")
    await director.expect_text("Unregulated or unregistered placement is still red.")
    await director.assert_accessible("director-4-acknowledged")
    await director.open("/digests")
    await director.assert_accessible("director-5-digests")
    await director.follow_link("Notice of what is unlawful to director")
    await director.expect_text("Notice of what is unlawful")
    frame = director.page.frame_locator("iframe")
    await frame.get_by_text("placed unlawfully").wait_for()
    await director.open("/audit")
    assert "saw a case" in await director.text()
    await director.assert_accessible("director-6-audit")


async def test_a_lead_member_sees_totals_and_no_case(served: RunningApp, sign_in: SignIn) -> None:
    await add_browser_cases(served)
    member = await sign_in(LEAD_MEMBER)
    await member.open("/")
    await member.expect_text("Each red, without a reference")
    await member.assert_accessible("member-1-overview")
    text = await member.text()
    assert not any(reference in text for reference in ("KN10", "KF201", "KC301"))
    await member.open("/cases/KN101")
    await member.expect_text("There is no such page, or it is not yours to see.")
    await member.assert_accessible("member-2-no-case")


async def test_everything_works_without_scripts(served: RunningApp, sign_in: SignIn) -> None:
    await add_browser_cases(served)
    adviser = await sign_in(ADVISER, scripts=False)
    await adviser.open("/cases/KN103")
    await adviser.follow_link("Update action: move to the foyer")
    await adviser.page.get_by_label("It is done", exact=True).check()
    await adviser.press("Record it")
    await adviser.expect_text("The change of the action is recorded.")
