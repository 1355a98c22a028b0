"""A head of service begins a review campaign, advisers assess, and it closes by itself."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from services.access.roles import Role
from services.store import audit_log
from services.store.audit_log import Wanted
from tests.system.web.running_app import (
    ADVISER,
    ANALYST,
    DIRECTOR,
    HEAD,
    LEAD_MEMBER,
    MANAGER,
    OTHER_ADVISER,
    TODAY,
    RunningApp,
    care_leaver,
    event,
    text_of,
)
from tests.system.web.test_forms import stored_events

LIST = "colour=red&concern=unsuitable_accommodation"
NEW = f"/campaigns/new?{LIST}"
DUE = {"due__day": "4", "due__month": "12", "due__year": "2026"}


def assessed(person: str, on: date, **data: Any) -> dict[str, Any]:
    return event("review.completed", person, on, review_id=f"ra {on}", kind="risk_assessment",
                 **data)  # fmt: skip


async def council(served: RunningApp) -> None:
    await served.receive(
        care_leaver("L1"),
        care_leaver("L2", worker="w2"),
        care_leaver("L3", team="south", service="safeguarding", worker="w2"),
        care_leaver("L4", code="U", suitable=True),
    )


async def begun(served: RunningApp, who: tuple[str, Role] = HEAD) -> str:
    """The address of a campaign that somebody began with the reds that they see."""
    head = await served.browser(who)
    sent = await head.fill(NEW, title="Unsuitable, autumn", **DUE)
    assert sent.status_code == 303, text_of(sent)
    return str(sent.headers["location"])


async def test_a_cohort_is_the_list_as_it_is_and_stays_so(served: RunningApp) -> None:
    await council(served)
    head = await served.browser(HEAD)
    assert "/campaigns/new?concern=unsuitable_accommodation" in (
        await head.get(f"/cases?{LIST}")
    ).text.replace("&amp;", "&")
    asked = text_of(await head.get(NEW))
    assert "2 young people with 2 cases of the list on 20 November 2026" in asked
    assert "Unsuitable accommodation" in asked
    path = await begun(served)
    page = text_of(await head.get(path))
    assert "2 of 2 left to be risk-assessed by 4 December 2026" in page
    assert "Nobody: the cohort has everybody who fits it." in page

    await served.receive(care_leaver("L5"), care_leaver("L1", code="U", suitable=True))
    page = text_of(await head.get(path))
    assert "2 of 2 left" in page
    assert "Fits its filter since, and is not in it: 1 case" in page
    assert "L5" in page


async def test_it_closes_by_itself_when_everybody_is_assessed(served: RunningApp) -> None:
    await council(served)
    path = await begun(served)
    head, adviser = await served.browser(HEAD), await served.browser(ADVISER)
    left = await adviser.get(path)
    assert "1 of 1 left" in text_of(left)  # their own
    record = f"/cases/L1/review/unsuitable_accommodation?kind=risk_assessment&campaign={path[11:]}"
    assert record.replace("&", "&amp;") in left.text
    form = await adviser.get(record)
    assert 'value="risk_assessment" checked' in form.text
    sent = await adviser.fill(
        record, date__day="20", date__month="11", date__year="2026", kind="risk_assessment",
        outcome="the risk is known and being worked on",
    )  # fmt: skip
    assert sent.status_code == 303, text_of(sent)
    (_, data), *_ = await stored_events(served)
    assert (data["kind"], data["campaign_id"]) == (
        "risk_assessment",
        path.removeprefix("/campaigns/"),
    )
    assert "All of those whom you may see are assessed" in text_of(await adviser.get(path))
    page = text_of(await head.get(path))
    assert "1 of 2 left" in page
    assert "north 2 , north 1 1 0 50 per cent" in page
    await served.receive(assessed("L2", TODAY))
    page = text_of(await head.get(path))
    assert "Closed on 20 November 2026: everybody who was to be is assessed." in page
    assert "Unsuitable, autumn Closed" in text_of(await head.get("/campaigns"))


async def test_an_assessment_before_it_began_counts_only_where_it_was_for_it(
    served: RunningApp,
) -> None:
    await council(served)
    path = await begun(served)
    yesterday = TODAY - timedelta(days=1)
    await served.receive(
        assessed("L1", yesterday), assessed("L2", yesterday, campaign_id="another")
    )
    head = await served.browser(HEAD)
    assert "2 of 2 left" in text_of(await head.get(path))
    await served.receive(assessed("L2", TODAY - timedelta(days=2), campaign_id=path[11:]))
    assert "1 of 2 left" in text_of(await head.get(path))


async def test_whoever_died_or_became_somebody_else_is_not_waited_for_twice(
    served: RunningApp,
) -> None:
    await council(served)
    path = await begun(served, DIRECTOR)
    director = await served.browser(DIRECTOR)
    assert "3 of 3 left" in text_of(await director.get(path))
    await served.receive(
        event("person.closed", "L3", TODAY, reason="died"),
        event("person.merged", "L2", TODAY, into="L1"),
    )
    page = text_of(await director.get(path))
    assert "1 of 2 left" in page
    assert "To 1 of them no concern applies any more." in page


async def test_it_is_seen_as_at_another_day_and_overdue_after_its_own(served: RunningApp) -> None:
    await council(served)
    path = await begun(served)
    await served.receive(assessed("L1", TODAY + timedelta(days=3)))
    head = await served.browser(HEAD)
    assert "2 of 2 left" in text_of(await head.get(path))
    later = text_of(await head.get(f"{path}?as_at=2026-12-05"))
    assert "1 of 2 left to be risk-assessed by 4 December 2026. Overdue" in later
    assert "Overdue" not in text_of(await head.get(f"{path}?as_at=2026-12-04"))
    assert "20 November 2026 2 2" in text_of(await head.get(f"{path}?as_at=2026-11-23"))
    assert "No campaign has anybody" in text_of(await head.get("/campaigns?as_at=2026-11-19"))


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ({"title": "", **DUE}, "Enter what the campaign is called"),
        ({"title": "x" * 81, **DUE}, "Write 80 characters or fewer"),
        ({"title": "t", "due__day": "19", "due__month": "11", "due__year": "2026"}, "or later"),
        ({"title": "t", "due__day": "1", "due__month": "1", "due__year": "2028"}, "or earlier"),
        ({"title": "For Morwenna Penhaligon", **DUE}, "may be a name"),
    ],
)
async def test_what_is_wrong_is_said(
    served: RunningApp, answers: dict[str, str], fault: str
) -> None:
    await council(served)
    head = await served.browser(HEAD)
    sent = await head.fill(NEW, **answers)
    assert sent.status_code == 422
    assert fault in text_of(sent)
    empty = text_of(await head.get("/campaigns/new?case=nobody"))
    assert "No case fits the filter, so there is no cohort" in empty
    wrong = text_of(await head.get("/campaigns/new?colour=purple"))
    assert "Colour 'purple' is not known" in wrong
    assert "Begin the campaign" not in wrong
    assert "No campaign has anybody" in text_of(await head.get("/campaigns"))


async def test_sent_twice_it_is_one_campaign_and_it_is_recorded(served: RunningApp) -> None:
    await council(served)
    head = await served.browser(HEAD)
    token = await head.token(NEW)
    first = await head.send(NEW, token, title="Autumn", **DUE)
    again = await head.send(NEW, token, title="Autumn", **DUE)
    assert first.headers["location"] == again.headers["location"]
    assert text_of(await head.get("/campaigns")).count("Autumn") == 1
    async with served.runtime.database.reading() as connection:
        entries, _ = await audit_log.entries(connection, Wanted(act="began a campaign"), most=9)
    assert entries
    assert "2 young people" in entries[-1].detail


async def test_each_sees_their_own_part_and_nobody_a_foreign_campaign(served: RunningApp) -> None:
    await council(served)
    path = await begun(served, DIRECTOR)
    for who, left in ((HEAD, "2 of 2"), (MANAGER, "2 of 2"), (ADVISER, "1 of 1"),
                      (OTHER_ADVISER, "2 of 2"), (ANALYST, "3 of 3")):  # fmt: skip
        browser = await served.browser(who)
        page = await browser.get(path)
        assert f"{left} left" in text_of(page), who
        assert ("L3" in page.text) is (who in (OTHER_ADVISER, ANALYST)), who
    lead = await served.browser(LEAD_MEMBER)
    assert (await lead.get(path)).status_code == 404
    assert (await lead.get("/campaigns")).status_code == 404
    await served.receive(care_leaver("S1", team="east", service="other", worker="w9"))
    other = await served.browser(DIRECTOR)
    sent = await other.fill("/campaigns/new?team=east", title="East", **DUE)
    assert (await (await served.browser(HEAD)).get(sent.headers["location"])).status_code == 404
    assert "East" not in text_of(await (await served.browser(HEAD)).get("/campaigns"))


async def test_whoever_began_it_ends_it_with_a_reason(served: RunningApp) -> None:
    await council(served)
    path = await begun(served)
    director, head = await served.browser(DIRECTOR), await served.browser(HEAD)
    token = await head.token(path)
    empty = await head.send(f"{path}/end", token, why="")
    assert empty.status_code == 422
    assert "Enter why it ends" in text_of(empty)
    named = await head.send(f"{path}/end", token, why="For Morwenna Penhaligon")
    assert "may be a name" in text_of(named)
    assert "2 of 2 left" in text_of(await head.get(path))
    foreign = await director.send(f"{path}/end", await director.token("/"), why="no")
    assert foreign.status_code == 404
    await head.send(f"{path}/end", token, why="the inspection has ended")
    page = text_of(await head.get(path))
    assert "Ended on 20 November 2026: the inspection has ended. 2 of 2 are not assessed." in page


async def test_the_workbook_has_everybody_and_the_burn_down(served: RunningApp) -> None:
    await council(served)
    path = await begun(served)
    await served.receive(assessed("L1", TODAY))
    head = await served.browser(HEAD)
    book = load_workbook(BytesIO((await head.get(f"{path}.xlsx")).content))
    assert book.sheetnames == ["Cohort", "By team", "By worker", "Burn-down"]
    rows = list(book["Cohort"].iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[2]) for row in rows] == [("L1", "assessed"), ("L2", "left")]
    assert [c.value for c in book["By team"][2]] == ["north", 2, 1, 1, 0]
    assert (await head.get(f"{path}.xlsx?as_at=x")).status_code == 422
    nowhere = await head.get("/campaigns/none.xlsx")
    assert nowhere.status_code == 404
