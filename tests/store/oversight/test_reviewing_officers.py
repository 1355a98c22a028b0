"""Reviewing officers: every number against the rows counted one by one, for every reader."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from schemas.collection_year import year_of
from services.oversight.cases import view_of
from services.oversight.reviewing_officers import (
    COUNTED,
    ReviewingSheet,
    Year,
    reviewing_sheet,
)
from services.store.database import Database
from services.store.tables import assignments, duties, iro_escalations
from tests.share import by_turn
from tests.store.oversight.council import RULES, restrict_some, store_council
from tests.store.oversight.line_count import stored
from tests.store.oversight.readers import READERS, ReaderOf
from tests.unit.assessment.made_council import TODAY

DAYS = [TODAY + timedelta(days=n) for n in (-300, -40, 0, 9)]


async def sheet_of(
    database: Database, reader: ReaderOf, day: date, officer: str = ""
) -> ReviewingSheet:
    async with database.reading() as connection:
        return await reviewing_sheet(
            connection, view_of(reader.scope, TODAY, day), RULES.rulebook, officer
        )


async def rows_of(database: Database) -> dict[str, list[Any]]:
    async with database.reading() as connection:
        return {
            table.name: list(await connection.execute(select(table)))
            for table in (assignments, duties, iro_escalations)
        }


async def test_every_number_is_that_of_the_rows_counted_one_by_one(database: Database) -> None:
    await store_council(database)
    await restrict_some(database)
    whole, rows = await stored(database), await rows_of(database)
    met: Counter[str] = Counter()
    for place, reader in enumerate(READERS):
        theirs = whole.theirs(reader.scope, TODAY)
        mine = {name: [r for r in found if r.person in theirs] for name, found in rows.items()}
        for day in DAYS if reader.scope.everything else by_turn(DAYS, place):
            sheet = await sheet_of(database, reader, day)
            met += year_counts(sheet.year, mine, year_of(day).first_day, day)
            the_lists_hold(sheet, mine, day)
    assert all(met[name] for name in (*COUNTED, "in_time", "not_done")), met


def year_counts(year: Year, mine: dict[str, list[Any]], first: date, day: date) -> Counter[str]:
    """The numbers of a year are those of the rows that hold on its day."""
    here = [row for row in mine["iro_escalations"] if row.start <= day < row.until]
    expected = {
        "raised": [row for row in here if row.raised >= first],
        "resolved": [row for row in here if row.resolved_on and row.resolved_on >= first],
        "open": [row for row in here if not row.resolved_on],
    }
    expected["late"] = [r for r in expected["open"] if r.due < day or r.late_since]
    expected["resolved_late"] = [
        r for r in expected["resolved"] if r.resolved_on > r.due or r.late_since
    ]
    found: Counter[str] = Counter()
    for name, those in expected.items():
        for stage in ("informal", "formal"):
            assert year.total(name, stage) == sum(row.stage == stage for row in those), name
        assert sum(counts[name] for counts in year.by_reason().values()) == len(those)
        assert sum(getattr(item, name) for item in year.by_level()) == len(those)
        found[name] += len(those)
    for kind, kept in (("review_held", year.reviews), ("officer_named", year.named)):
        plain = [
            row
            for row in mine["duties"]
            if row.kind == kind and row.settled_on and first <= row.settled_on <= day
        ]
        in_time = [row for row in plain if row.done_on and row.done_on <= row.due]
        late = [r for r in plain if r.done_on and r.due < r.done_on <= day]
        assert (kept.in_time, kept.late) == (len(in_time), len(late))
        assert kept.total == len(plain)
        found["in_time"] += kept.in_time
        found["not_done"] += kept.not_done
    return found


def the_lists_hold(sheet: ReviewingSheet, mine: dict[str, list[Any]], day: date) -> None:
    """The lists are those that are counted, and each child in care is some officer's."""
    assert len(sheet.open) == sheet.year.total("open")
    dues = [item.escalation.due for item in sheet.open]
    assert dues == sorted(dues)
    for listed, kept in (
        (sheet.reviews, sheet.year.reviews),
        (sheet.unnamed, sheet.year.named),
    ):
        this_year = 0
        for item in listed:
            settled_on = item.duty.settled_on
            assert settled_on is not None
            this_year += settled_on >= sheet.year.first
            assert settled_on >= sheet.year.first or item.done_by(day) is None
        assert this_year == kept.late + kept.not_done
    in_care = {
        row.person
        for row in mine["duties"]
        if row.kind == "officer_named" and row.since <= day < row.until
    }
    assert sum(load.children for load in sheet.caseloads) == len(in_care)
    whose = {
        row.person: row.reviewing_officer or "none"
        for row in mine["assignments"]
        if row.start <= day < row.until
    }
    expected = Counter(whose.get(person, "none") for person in in_care)
    assert {load.officer: load.children for load in sheet.caseloads} == expected


async def test_an_officer_s_own_numbers_add_up_to_all(database: Database) -> None:
    await store_council(database)
    everything = READERS[0]
    whole = await sheet_of(database, everything, TODAY)
    officers = {item.reviewing_officer or "none" for item in whole.open}
    parts = [await sheet_of(database, everything, TODAY, officer) for officer in sorted(officers)]
    assert len(parts) > 1
    assert sum(len(part.open) for part in parts) == len(whole.open)
    for load in whole.caseloads:
        part = await sheet_of(database, everything, TODAY, load.officer)
        assert [item.children for item in part.caseloads] == [load.children]


async def test_last_year_is_counted_to_the_same_day(database: Database) -> None:
    await store_council(database)
    leap = await sheet_of(database, READERS[0], date(2028, 2, 29))
    assert (leap.year_before.first, leap.year_before.last) == (date(2026, 4, 1), date(2027, 2, 28))
    before = (await sheet_of(database, READERS[0], TODAY)).year_before
    then = await sheet_of(database, READERS[0], TODAY.replace(year=TODAY.year - 1))
    assert before == then.year


def test_the_year_of_the_annual_report_begins_on_1_april() -> None:
    assert year_of(date(2026, 3, 31)).first_day == date(2025, 4, 1)
    assert year_of(date(2026, 4, 1)).first_day == date(2026, 4, 1)
