"""Each role's week, in a real browser: nothing that is looked at has a fault that axe finds."""

from datetime import timedelta

from services.bootstrap import lag_of
from services.digests.unlawful_notice import notify
from tests.system.browser.conftest import SignIn
from tests.system.browser.sample_cases import settles
from tests.system.web.running_app import ADVISER, DIRECTOR, LEAD_MEMBER, MANAGER, TODAY, House

DUE = TODAY + timedelta(days=14)


async def test_an_adviser_clears_a_red(served: House, sign_in: SignIn) -> None:
    await settles(served)
    adviser = await sign_in(ADVISER)
    await adviser.opens("/")
    await adviser.sees("Red without an open action")
    await adviser.looks("adviser-1-overview")
    await adviser.follows("KN101")
    await adviser.sees("No action is open for this red.")
    await adviser.looks("adviser-2-red-case")
    await adviser.follows("Record a review")
    await adviser.looks("adviser-3-review")
    await adviser.writes("What did the review find?", "Met Jayden Smith at the flat.")
    await adviser.writes("What will be done", "view two flats")
    await adviser.presses("Record the review")
    await adviser.sees("There is a problem")
    await adviser.looks("adviser-4-review-with-errors")
    await adviser.writes("What did the review find?", "The young person was seen.")
    await adviser.page.get_by_label("Kind").first.select_option("find_accommodation")
    await adviser.page.get_by_label("Who will do it").first.select_option("w1")
    await adviser.dates("action1-due", str(DUE.day), str(DUE.month), str(DUE.year))
    await adviser.presses("Record the review")
    await adviser.sees("The review is recorded.")
    await adviser.sees("Unsuitable accommodation is now amber.")
    await adviser.looks("adviser-5-recorded")
    await adviser.page.get_by_text("Case note to copy").click()
    assert (
        "The young person was seen."
        in await adviser.page.get_by_label("Case note", exact=True).input_value()
    )
    await adviser.looks("adviser-6-case-note")
    await adviser.opens("/cases?colour=red")
    assert "KN101" not in await adviser.text()


async def test_a_manager_authorises(served: House, sign_in: SignIn) -> None:
    await settles(served)
    manager = await sign_in(MANAGER)
    await manager.opens("/cases?concern=pre_proceedings")
    await manager.looks("manager-1-list")
    await manager.follows("KF201")
    await manager.follows("Authorise an extension")
    await manager.looks("manager-2-extension")
    await manager.dates("until", "5", "12", "2026")
    await manager.writes("Why is it extended?", "An expert is to report.")
    await manager.presses("Authorise the extension")
    await manager.sees("Pre-proceedings is now amber.")
    await manager.looks("manager-3-extended")
    await manager.opens("/cases/KC301/rating/unregulated_placement")
    await manager.page.get_by_label("Amber", exact=True).check()
    await manager.writes("Why do you rate it so?", "It is a good home.")
    await manager.presses("Record the rating")
    await manager.sees("never let it be lowered")
    await manager.looks("manager-4-rating-refused")


async def test_a_director_acknowledges(served: House, sign_in: SignIn) -> None:
    await settles(served)
    await notify(served.state.mail_context, lambda: lag_of(served.broker, served.place.database))
    director = await sign_in(DIRECTOR)
    await director.opens("/")
    await director.sees("Escalated to you")
    await director.sees("1 event was refused and not settled")
    await director.looks("director-1-overview")
    await director.follows("KC301")
    await director.looks("director-2-unlawful")
    await director.follows("Acknowledge")
    await director.looks("director-3-acknowledge")
    await director.writes("What will you do about it? (optional)", "I will call the provider.")
    await director.presses("Acknowledge")
    await director.sees("Your acknowledgement is recorded.")
    await director.sees("Unregulated or unregistered placement is now red.")
    await director.looks("director-4-acknowledged")
    await director.opens("/digests")
    await director.looks("director-5-digests")
    await director.follows("2026-W47-notice-1120T100000Z to director")
    await director.sees("Notice of what is unlawful")
    frame = director.page.frame_locator("iframe")
    await frame.get_by_text("placed unlawfully").wait_for()
    await director.opens("/audit")
    assert "saw a case" in await director.text()
    await director.looks("director-6-audit")


async def test_a_lead_member_sees_totals_and_no_case(served: House, sign_in: SignIn) -> None:
    await settles(served)
    member = await sign_in(LEAD_MEMBER)
    await member.opens("/")
    await member.sees("Each red, without a reference")
    await member.looks("member-1-overview")
    text = await member.text()
    assert not any(reference in text for reference in ("KN10", "KF201", "KC301"))
    await member.opens("/cases/KN101")
    await member.sees("There is no such page, or it is not yours to see.")
    await member.looks("member-2-no-case")


async def test_everything_works_without_scripts(served: House, sign_in: SignIn) -> None:
    await settles(served)
    adviser = await sign_in(ADVISER, scripts=False)
    await adviser.opens("/cases/KN103")
    await adviser.follows("Update action: move to the foyer")
    await adviser.page.get_by_label("It is done", exact=True).check()
    await adviser.presses("Record it")
    await adviser.sees("The action is updated.")
