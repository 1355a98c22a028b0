"""Data quality over time: open questions by source, team and field, one measure a week."""

from datetime import date

import pytest

from schemas.status import Question
from services.oversight.data_quality import measures_of
from services.store import question_counts, questions, tables
from services.store.bulk import add
from services.store.database import Database
from services.store.question_counts import Measured
from tests.store.sources.feed_council import FeedCouncil
from tests.story import SOURCE, Story

ON = date(2026, 3, 2)


def asked(person: str, field: str, source: str = SOURCE) -> Question:
    return Question(person, field, "?", "!", source, "e1", ON)


async def test_questions_are_counted_by_source_team_and_field_and_people_once(
    database: Database,
) -> None:
    raised = [
        asked("p1", "code"), asked("p1", "code"), asked("p2", "code"), asked("p1", "date"),
        asked("p1", "code", "/other"),
    ]  # fmt: skip
    async with database.writing() as connection:
        rows = [questions.row_of(place, question) for place, question in enumerate(raised)]
        await add(connection, tables.questions, rows)
        measured = await measures_of(connection, "2026-W10", ON)
    assert measured == [
        Measured("2026-W10", "/council/cms", "none", "code", 3, 2),
        Measured("2026-W10", "/council/cms", "none", "date", 1, 1),
        Measured("2026-W10", "/other", "none", "code", 1, 1),
    ]


def in_question(person: str, team: str | None = None) -> Story:
    """Somebody whose dwelling has a code that is in no list."""
    fields = {"team": team} if team else {}
    story = Story(person, born="2007-05-01", eligibility="former_relevant", **fields)
    return story.lives("2026-01-10", "Q", suitable=True)


async def measures(council: FeedCouncil) -> list[Measured]:
    async with council.database.reading() as connection:
        return await question_counts.measures(connection)


@pytest.fixture
async def council(database: Database) -> FeedCouncil:
    feed_council = FeedCouncil(database)
    await feed_council.receive_story("2026-02-25T09:00", in_question("p1", "north"))
    await feed_council.receive_story("2026-02-25T09:00", in_question("p2"))
    return feed_council


async def test_one_measure_a_week_however_often_it_is_looked_at(council: FeedCouncil) -> None:
    await council.run_scheduler("2026-03-02T07:30")
    first = await measures(council)
    assert {(item.week, item.source, item.team, item.field) for item in first} == {
        ("2026-W10", SOURCE, "north", "code"), ("2026-W10", SOURCE, "none", "code"),
    }  # fmt: skip
    await council.receive_story("2026-03-03T09:00", in_question("p3"))
    await council.run_scheduler("2026-03-03T09:01")
    await council.run_scheduler("2026-03-08T23:00")
    assert await measures(council) == first
    await council.run_scheduler("2026-03-09T07:30")
    later = [item for item in await measures(council) if item.week == "2026-W11"]
    assert {(item.team, item.people) for item in later} == {("north", 1), ("none", 2)}


async def test_a_week_without_questions_stays_so(sqlite_store: Database) -> None:
    """What is asked later in the week is measured with the next."""
    council = FeedCouncil(sqlite_store)
    await council.receive_story(
        "2026-02-25T09:00", Story("p0", born="2007-05-01", eligibility="none")
    )
    await council.run_scheduler("2026-03-02T07:30")
    assert [item.questions for item in await measures(council)] == [0]
    await council.receive_story("2026-03-05T09:00", in_question("p1"))
    await council.run_scheduler("2026-03-05T09:01")
    assert [item.questions for item in await measures(council)] == [0]
    await council.run_scheduler("2026-03-09T07:30")
    first = next(iter(await measures(council)))
    assert (first.week, first.questions) == ("2026-W10", 0)
    assert {item.week for item in await measures(council)} == {"2026-W10", "2026-W11"}
