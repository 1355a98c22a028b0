"""A reviewing officer raises, takes higher and resolves; managers see what is due and late."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from tests.system.web.running_app import (
    ADVISER,
    DIRECTOR,
    LEAD_MEMBER,
    MANAGER,
    OFFICER,
    TODAY,
    RunningApp,
    event,
    in_unregistered_placement,
    text_of,
)
from tests.system.web.test_forms import stored_events

CASE = "/cases/C1"
PAGE = "/reviewing-officers"
RAISED = {"date__day": "19", "date__month": "11", "date__year": "2026"}


def child(person: str, began: date, officer: str | None = "iro1", **named: Any) -> list[Any]:
    """A child in care whose officer is named on the day care began, or `on` another."""
    on = named.get("on", began)
    return [
        event("person.updated", person, began, date_of_birth="2014-03-01", team="north",
              service="leaving", social_worker="w1"),
        event("care.started", person, began, care_id="c", legal_status="C2"),
        event("person.updated", person, on, reviewing_officer=officer),
    ]  # fmt: skip


async def test_an_escalation_goes_from_informal_to_resolved_by_forms_alone(
    served: RunningApp,
) -> None:
    await served.receive(in_unregistered_placement("C1"))
    officer = await served.browser(OFFICER)
    assert "Raise an escalation" in text_of(await officer.get(CASE))
    wrong = await officer.fill(f"{CASE}/escalations/new", **RAISED | {"date__year": "2027"})
    assert wrong.status_code == 422
    assert "Choose how it is raised" in text_of(wrong)
    assert "When it was raised must be 20 November 2026 or earlier" in text_of(wrong)
    sent = await officer.fill(
        f"{CASE}/escalations/new",
        **RAISED, stage="informal", reason="Placement not registered, or not lawful",
    )  # fmt: skip
    assert sent.status_code == 303, text_of(sent)
    (name, data), *_ = await stored_events(served)
    assert name == "escalation.raised"
    assert (data["raised_by"], data["date"], data["stage"]) == ("iro1", "2026-11-19", "informal")
    page = text_of(await officer.get(PAGE))
    assert "1 escalation open, 0 overdue" in page
    assert "Informal 1 3 December 2026 Officer One (iro1) north" in page

    update = f"{CASE}/escalations/{data['escalation_id']}"
    first = await officer.fill(update, became="higher")
    assert first.status_code == 303, text_of(first)
    assert "Formal, with the team manager 0 27 November 2026" in text_of(await officer.get(PAGE))
    second = await officer.fill(update, became="higher")
    assert second.status_code == 303, text_of(second)
    assert "Formal, with the head of service" in text_of(await officer.get(PAGE))
    unsaid = await officer.fill(update, became="resolved")
    assert "Enter what came of it" in text_of(unsaid)
    done = await officer.fill(update, became="resolved", outcome="another home was found")
    assert done.status_code == 303, text_of(done)
    page = text_of(await officer.get(PAGE))
    assert "0 escalations open, 0 overdue" in page
    assert "1 raised, 1 resolved" in page
    assert "Resolved on 20 November 2026. another home was found" in text_of(
        await officer.get(CASE)
    )
    for became in ("higher", "resolved"):
        more = await officer.fill(update, became=became, outcome="again")
        assert "It was resolved on 20 November 2026" in text_of(more), became
    again = await officer.fill(update, became="higher")
    assert "It was resolved on 20 November 2026" in text_of(again)


async def test_who_opened_the_form_before_somebody_else_sent_theirs_is_told(
    served: RunningApp,
) -> None:
    await served.receive(
        in_unregistered_placement("C1"),
        event("escalation.raised", "C1", TODAY, escalation_id="e 1/2", stage="formal"),
    )
    officer = await served.browser(OFFICER)
    update = f"{CASE}/escalations/e%201%2F2"
    assert update in (await officer.get(CASE)).text
    await served.receive(
        event("escalation.changed", "C1", TODAY, escalation_id="e 1/2", level=2),
    )
    sent = await officer.fill(update, became="higher", seen="of another state")
    assert "somebody brought this escalation up to date" in text_of(sent)
    assert await stored_events(served) == []


async def test_others_read_and_do_not_raise(served: RunningApp) -> None:
    await served.receive(
        in_unregistered_placement("C1"),
        event("escalation.raised", "C1", TODAY - timedelta(days=40), escalation_id="e1",
              stage="formal", raised_by="iro1", reason="drift"),
    )  # fmt: skip
    for who in (ADVISER, MANAGER, DIRECTOR):
        browser = await served.browser(who)
        assert "1 escalation open, 1 overdue" in text_of(await browser.get(PAGE)), who
        case = await browser.get(CASE)
        assert "Raise an escalation" not in case.text
        assert "Formal, with the team manager 16 October 2026 overdue" in text_of(case)
    assert (await (await served.browser(LEAD_MEMBER)).get(PAGE)).status_code == 404


async def test_reviews_names_and_caseloads_are_counted_and_listed(served: RunningApp) -> None:
    care = TODAY - timedelta(days=60)
    await served.receive(
        child("A1", care),
        event("review.completed", "A1", care + timedelta(days=20), review_id="r",
              kind="looked_after"),
        child("A2", care, on=care + timedelta(days=30)),
        event("review.completed", "A2", care + timedelta(days=50), review_id="r",
              kind="looked_after", on_time=True),
        child("A3", care, officer=None),
        child("A4", care, officer="iro2"),
    )  # fmt: skip
    manager = await served.browser(MANAGER)
    page = text_of(await manager.get(PAGE))
    assert "25 per cent of looked-after reviews were held in time" in page
    assert "Held in time 1 0 Held late 1 0 Overdue, not held 2 0 Share in time 25 per cent" in page
    assert (
        "Named in time 2 0 Named late 1 0 Overdue, not named 1 0 Share in time 50 per cent" in page
    )
    assert "10 November 2026, late in time, says the source" in page
    assert "Officer One (iro1) 2 of those whom you may see" in page
    assert "No reviewing officer 1 without an officer" in page
    only = text_of(await manager.get(f"{PAGE}?officer=iro2"))
    assert "Only the children of iro2." in only
    assert "A1" not in only
    assert "A4" in only
    nobody = text_of(await manager.get(f"{PAGE}?officer=none"))
    assert "Only children without a reviewing officer." in nobody
    assert "A3" in nobody


async def test_where_nobody_ever_said_who_it_is_nobody_is_late(served: RunningApp) -> None:
    began = TODAY - timedelta(days=60)
    await served.receive(
        event("person.updated", "A1", began, date_of_birth="2014-03-01", team="north"),
        event("care.started", "A1", began, care_id="c", legal_status="C2"),
    )
    page = text_of(await (await served.browser(DIRECTOR)).get(PAGE))
    assert "No source ever said who a reviewing officer is" in page
    assert "No source ever sent a looked-after review" in page
    assert "not done" not in page


async def test_the_workbook_has_the_tables_of_the_annual_report(served: RunningApp) -> None:
    last_year = TODAY - timedelta(days=300)
    await served.receive(
        in_unregistered_placement("C1"),
        child("A1", TODAY - timedelta(days=400)),
        event("escalation.raised", "A1", last_year, escalation_id="e0", stage="informal",
              reason="drift"),
        event("escalation.resolved", "A1", last_year + timedelta(days=3), escalation_id="e0"),
        event("escalation.raised", "C1", TODAY - timedelta(days=2), escalation_id="e1",
              stage="formal", reason="no plan", raised_by="iro1"),
    )  # fmt: skip
    officer = await served.browser(OFFICER)
    answer = await officer.get(f"{PAGE}.xlsx?as_at=2027-02-01")
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames == [
        "Annual report", "Escalations by reason", "Escalations by level", "Open escalations",
        "Reviews not in time", "Officers not named in time", "Caseloads",
    ]  # fmt: skip
    rows = {row[0]: row[1:3] for row in book["Annual report"].iter_rows(values_only=True)}
    years = next(book["Annual report"].iter_rows(values_only=True))[1:3]
    assert years == ("2026-04-01 to 2027-02-01", "2025-04-01 to 2026-02-01")
    assert rows["Informal escalations: raised"] == (0, 1)
    assert rows["Informal escalations: resolved"] == (0, 1)
    assert rows["Formal escalations: raised"] == (1, 0)
    assert rows["Formal escalations: open and overdue"] == (1, 0)
    opened = list(book["Open escalations"].iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[3], row[5], row[9]) for row in opened] == [
        ("C1", "no plan", "team manager", "yes")
    ]
    assert (await officer.get(f"{PAGE}.xlsx?as_at=x")).status_code == 422


async def test_a_reviewing_officer_begins_with_their_own_page(served: RunningApp) -> None:
    await served.receive(in_unregistered_placement("C1"), child("CH99", TODAY, officer="iro2"))
    officer = await served.browser(OFFICER)
    cases = text_of(await officer.get("/cases"))
    assert "C1" in cases
    assert "CH99" not in cases
    assert (await officer.get("/cases/CH99")).status_code == 404
    assert "Reviewing officer Officer One (iro1)" in text_of(await officer.get(CASE))
