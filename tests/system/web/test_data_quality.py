"""Data quality: by source, team and field, week by week, and what the last imports found."""

from datetime import timedelta

import pytest

from services.oversight.cases import cases_listed, view_of
from services.store import event_log, question_counts, staff
from services.store.case_filter import Filter
from services.store.question_counts import Imported, Measured
from services.store.scope import EVERYTHING
from services.store.staff import StaffMember
from services.web.kit.charts import bars
from tests.system.web.running_app import (
    ADVISER,
    DIRECTOR,
    HEAD,
    MANAGER,
    NOW,
    RunningApp,
    care_leaver,
    text_of,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_questions_are_counted_by_source_team_and_field_with_their_trend(
    council: RunningApp,
) -> None:
    async with council.state.database.writing() as connection:
        await question_counts.keep_measures(
            connection,
            [
                Measured("2026-W45", "/test/cms", "north", "code", 9, 7),
                Measured("2026-W46", "/test/cms", "south", "urn", 4, 4),
            ],
        )
    odd = {"accommodation_id": "odd", "date": "2026-11-19", "code": "Q"}
    await council.receive(
        {
            "specversion": "1.0", "id": "odd", "source": "/test/cms", "subject": "KN101",
            "type": "sightline.accommodation.started.v1", "time": "2026-11-19T09:00:00Z",
            "data": odd,
        }
    )  # fmt: skip
    whole = text_of(await (await council.browser(DIRECTOR)).get("/quality"))
    assert "1 question about 1 young person is open today." in whole
    assert "Week of 9 November 2026 4 Week of 2 November 2026 9" in whole
    assert "/test/cms north code" in whole
    own = text_of(await (await council.browser(MANAGER)).get("/quality"))
    assert "Week of 2 November 2026" in own or "Week of 9 November 2026" in own
    assert not ("Week of 2 November 2026" in own and "Week of 9 November 2026" in own)


async def test_what_an_import_found_stands_there_until_the_next(council: RunningApp) -> None:
    async with council.state.database.writing() as connection:
        faults = [["episodes.csv", "DEC", "field left out", 12]]
        await question_counts.keep_import(
            connection, Imported("/return/ssda903", "annual return", NOW, NOW, faults)
        )
    text = text_of(await (await council.browser(DIRECTOR)).get("/quality"))
    assert "/return/ssda903" in text
    assert "episodes.csv DEC Field left out 12" in text


async def test_young_people_of_somebody_who_has_left_are_shown_and_climb(
    council: RunningApp,
) -> None:
    gone = StaffMember(
        "adviser", "/ssd", "a@council.example", "personal_adviser", "north",
        NOW.date() - timedelta(days=1), NOW,
    )  # fmt: skip
    browser = await council.browser(DIRECTOR)
    async with council.state.database.reading() as connection:
        view = view_of(EVERYTHING, NOW.date())
        found = await cases_listed(connection, view, Filter())
    worker = next(case.personal_adviser for case in found if case.personal_adviser)
    member = StaffMember(worker, *[getattr(gone, n) for n in StaffMember.__slots__[1:]])
    async with council.state.database.writing() as connection:
        await staff.keep(connection, "/ssd", [member], NOW.date())
    text = text_of(await browser.get("/quality"))
    assert f"by member of staff Member of staff Young people {worker}" in text


def test_bars_are_as_high_as_their_numbers_and_never_too_broad() -> None:
    chart = bars([("a", 0), ("b", 5), ("c", 10)])
    assert [bar.height for bar in chart.bars] == [0, 107.0, 214.0]
    assert chart.broad <= 64
    assert bars([]).bars == []


async def test_somebody_who_was_never_derived_is_listed_to_those_who_look_after_the_rest(
    council: RunningApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose they are is known nowhere: they are as those of no service are."""
    monkeypatch.setattr(event_log, "MOST_EVENTS", 0)
    await council.receive(care_leaver("ZZ1"))
    for who in (DIRECTOR, HEAD):
        page = text_of(await (await council.browser(who)).get("/quality"))
        assert "ZZ1 more than 0 events" in page, who
    for who in (MANAGER, ADVISER):
        assert "ZZ1" not in text_of(await (await council.browser(who)).get("/quality")), who
