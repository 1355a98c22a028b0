"""The actions sheet: its counts, its lists and its weeks against the rows counted one by one."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from schemas.policy import Policy
from services.assessment.derivation import Rules
from services.oversight.actions_sheet import ActionsSheet, actions_sheet, how_moved
from services.oversight.cases import view_of
from services.store.actions import STANDINGS, WEEK, Whose
from services.store.database import Database
from services.store.tables import actions
from services.tracking.handler import Tracker
from tests.share import by_turn
from tests.store.oversight.council import restrict_some, store_council
from tests.store.oversight.line_count import stored
from tests.store.oversight.readers import READERS, ReaderOf
from tests.store.tracking.tracker_harness import NOW, track_with
from tests.story import Story
from tests.unit.assessment.made_council import TODAY

DAYS = [TODAY + timedelta(days=n) for n in (-60, -21, 0, 5)]
EVERY_WEEK = [TODAY + timedelta(days=n) for n in range(-210, 20, 7)]


def standing(row: Any, day: date) -> str:
    """How a row stands on a day, by the words of the sheet."""
    if row.state == "open":
        if row.due < day:
            return "late"
        return "due" if row.due < day + WEEK else ""
    if row.state == "done" and day - WEEK < row.closed_on <= day:
        return "done_late" if row.closed_on > row.due else "in_time"
    return ""


async def sheet_of(database: Database, reader: ReaderOf, day: date, **only: str) -> ActionsSheet:
    async with database.reading() as connection:
        return await actions_sheet(
            connection, view_of(reader.scope, TODAY, day), whose=Whose(**only)
        )


async def test_every_number_is_that_of_the_rows_counted_one_by_one(database: Database) -> None:
    await store_council(database)
    await restrict_some(database)
    whole = await stored(database)
    async with database.reading() as connection:
        rows = list(await connection.execute(select(actions)))
    met = Counter[str]()
    for place, reader in enumerate(READERS):
        theirs = whole.theirs(reader.scope, TODAY)
        mine = [row for row in rows if row.person in theirs]
        for day in EVERY_WEEK if reader.scope.everything else by_turn(DAYS, place):
            on_day = whole.on(reader.scope, TODAY, day)
            applying = {(row.person, row.concern) for row in on_day}
            here = [
                row
                for row in mine
                if row.start <= day < row.until
                and (row.state != "open" or (row.person, row.concern) in applying)
            ]
            sheet = await sheet_of(database, reader, day)
            met += the_sheet_counts(sheet, here, day)
    assert met.keys() == set(STANDINGS), "the council's actions show every standing"


def the_sheet_counts(sheet: ActionsSheet, here: list[Any], day: date) -> Counter[str]:
    """The numbers and lists of a sheet are those of the rows of its day; how many stand how."""
    counted = Counter(standing(row, day) for row in here)
    del counted[""]
    expected = {name: counted[name] for name in STANDINGS}
    assert {name: sheet.total(name) for name in STANDINGS} == expected
    assert {name: len(items) for name, items in sheet.lists.items()} == expected
    for place, week in enumerate(sheet.weeks):
        after = day - (len(sheet.weeks) - 1 - place) * WEEK
        due = [
            row
            for row in here
            if after - WEEK <= row.due < after
            and (row.state != "cancelled" or row.closed_on > row.due)
        ]
        done = [row for row in due if row.state == "done" and row.closed_on <= row.due]
        assert (week.due, week.in_time) == (len(due), len(done))
        assert week.through == after - timedelta(days=1)
    return counted


async def test_a_list_is_narrowed_to_a_team_and_an_owner(database: Database) -> None:
    await store_council(database)
    everything = READERS[0]
    whole = await sheet_of(database, everything, TODAY)
    assert whole.owners
    for item in whole.owners[:5]:
        part = await sheet_of(database, everything, TODAY, team=item.team, owner=item.owner)
        assert {name: len(found) for name, found in part.lists.items()} == dict(item.of)


def promised(state: str = "", on: str = "") -> Story:
    """A case that is not red, with an action that was due on 10 November and moved on the 12th."""
    story = Story(
        "a",
        born="2006-05-01",
        eligibility="former_relevant",
        in_touch="yes",
        team="north",
        personal_adviser="w1",
    ).lives("2026-01-05", "B", suitable=True)
    story.add("action.agreed", on="2026-11-02", action_id="t",
              concern="unsuitable_accommodation", what="call", owner="w1", due="2026-11-10",
              kind="other")  # fmt: skip
    story.add("action.changed", on="2026-11-12", action_id="t", due="2026-12-24")
    if state:
        story.add(f"action.{state}", on=on, action_id="t")
    return story


async def test_an_action_on_a_case_that_is_not_red_counts_as_late_too(database: Database) -> None:
    tracker = Tracker(database, Rules.of(Policy()), lambda: NOW)
    await track_with(tracker, promised().raw)
    sheet = await sheet_of(database, READERS[0], NOW.date())
    assert sheet.total("late") == 1
    assert how_moved(sheet.lists["late"][0].action) == "moved once, not authorised"
    before = await sheet_of(database, READERS[0], date(2026, 11, 10))
    assert (before.total("late"), before.total("due")) == (0, 1)


async def test_nobody_is_waited_for_whose_concern_applies_no_more(database: Database) -> None:
    story = promised()
    story.add("person.closed", on="2026-11-15", reason="died")
    tracker = Tracker(database, Rules.of(Policy()), lambda: NOW)
    await track_with(tracker, story.raw)
    assert (await sheet_of(database, READERS[0], date(2026, 11, 14))).total("late") == 1
    assert (await sheet_of(database, READERS[0], NOW.date())).total("late") == 0


async def test_what_was_cancelled_late_was_due_and_not_done(database: Database) -> None:
    tracker = Tracker(database, Rules.of(Policy()), lambda: NOW)
    await track_with(tracker, promised("cancelled", "2026-11-16").raw)
    sheet = await sheet_of(database, READERS[0], NOW.date())
    assert sheet.total("late") == 0
    assert sum(week.due for week in sheet.weeks) == 1
    assert sum(week.in_time for week in sheet.weeks) == 0
    south = await sheet_of(database, READERS[0], NOW.date(), team="south")
    assert sum(week.due for week in south.weeks) == 0
