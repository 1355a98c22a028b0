"""The page of measures: figures, targets, judgements, and the cases behind each."""

from datetime import timedelta
from io import BytesIO

from openpyxl import load_workbook

from services.digests.send import make_week
from services.digests.week import week_of
from tests.system.web.running_app import (
    ADVISER,
    DIRECTOR,
    LEAD_MEMBER,
    TODAY,
    RunningApp,
    care_leaver,
    event,
    text_of,
)


async def stored(served: RunningApp) -> None:
    await served.receive(
        care_leaver("L1"),
        care_leaver("L2", worker="w2"),
        event("action.agreed", "L1", TODAY, action_id="a", owner="w1", what="x", kind="move",
              concern="unsuitable_accommodation", due="2026-12-01"),
    )  # fmt: skip


async def test_each_has_its_figure_its_target_and_what_it_is_judged(served: RunningApp) -> None:
    await stored(served)
    director = await served.browser(DIRECTOR)
    page = text_of(await director.get("/measures"))
    assert "Reds with an open action 50 per cent (1 of 2) 95 per cent or more by 31 March" in page
    assert "Not met yet, and too early to say" in page
    assert "Unlawful placements 0 0 or fewer by 31 March 2027 Met" in page
    assert "Visits in time not known" in page
    assert "Counted for the whole council" in page
    own = text_of(await (await served.browser(ADVISER)).get("/measures"))
    assert "Reds with an open action 100 per cent (1 of 1)" in own
    assert "Counted of the cases that are yours" in own


async def test_the_number_opens_the_cases_that_fall_short(served: RunningApp) -> None:
    await stored(served)
    director = await served.browser(DIRECTOR)
    page = await director.get("/measures/reds_with_a_plan")
    assert "/cases?colour=red&amp;no_plan=yes" in page.text
    listed = text_of(await director.get("/cases?colour=red&no_plan=yes"))
    assert "1 case" in listed
    assert (await director.get("/measures/nothing")).status_code == 404
    lead = await (await served.browser(LEAD_MEMBER)).get("/measures/reds_with_a_plan")
    assert lead.status_code == 200
    assert "/cases?" not in lead.text
    largest = text_of(await director.get("/measures/caseload_largest"))
    assert "1 Met" in largest


async def test_weeks_are_kept_as_they_were_and_shown(served: RunningApp) -> None:
    await stored(served)
    for weeks in (3, 2, 1):
        day = TODAY - timedelta(weeks=weeks)
        assert await make_week(served.state.mail_context, week_of(day, served.state.policy.digest))
    director = await served.browser(DIRECTOR)
    page = text_of(await director.get("/measures/reds_with_a_plan"))
    assert "As each week’s report gave it" in page
    assert page.count("0 of 2 ") == 3
    assert "not be reached" in page or "will be reached" in page
    book = load_workbook(BytesIO((await director.get("/measures.xlsx")).content))
    assert book.sheetnames == ["Measures", "Week by week", "Published figures"]
    rows = [row for row in book["Week by week"].iter_rows(min_row=2, values_only=True)
            if row[0] == "Reds with an open action"]  # fmt: skip
    assert [row[2] for row in rows] == [0, 0, 0]
    text = (await director.get("/measures.csv")).content.decode("utf-8-sig")
    assert "Reds with an open action,50.0,per cent,1,2,more,95.0,2027-03-31" in text
    assert (await director.get("/measures.csv?as_at=x")).status_code == 422


async def test_published_figures_stand_beside_it_and_say_whether_they_count_alike(
    served: RunningApp,
) -> None:
    await stored(served)
    director = await served.browser(DIRECTOR)
    page = text_of(await director.get("/measures/unsuitable_19_to_21"))
    assert "England 5.3 per cent 2,040 of 38,190 31 March 2025 yes Children looked after" in page
    page = text_of(await director.get("/measures/caseload_average"))
    assert "England 15.2 30 September 2025 no It counts every case of a social worker" in page
    assert "Nothing is published" in text_of(await director.get("/measures/caseload_largest"))
    book = load_workbook(BytesIO((await director.get("/measures.xlsx")).content))
    rows = list(book["Published figures"].iter_rows(min_row=2, values_only=True))
    own = [row for row in rows if str(row[0]).endswith("19 to 21 in unsuitable accommodation")]
    assert [row[6] for row in own] == ["yes"]
