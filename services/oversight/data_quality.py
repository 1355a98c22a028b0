"""Data quality: open questions by source, team and field, one measure a week."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Question
from services.oversight.assignment import owner_on
from services.store import questions, timelines
from services.store.question_counts import Measured
from services.store.timelines import Document

NO_TEAM = "none"


async def measures_of(connection: AsyncConnection, week: str, day: date) -> list[Measured]:
    """The questions open on the day of a week's measure, counted."""
    asked = await questions.questions_on(connection, day)
    facts = await timelines.facts_of(connection, {question.person for question in asked})
    return counted(week, asked, facts, day)


def nothing_asked(week: str) -> Measured:
    """The measure of a week in which no question was open: it was measured all the same."""
    return Measured(week, "", "", "", 0, 0)


def counted(
    week: str, asked: Iterable[Question], facts: Mapping[str, Document], day: date
) -> list[Measured]:
    """Questions by source, team and field: how many, about how many young people."""
    people: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for question in asked:
        known = facts.get(question.person)
        team = owner_on(known, day).team if known is not None else None
        people[question.source, team or NO_TEAM, question.field].append(question.person)
    return [
        Measured(week, source, team, field, len(found), len(set(found)))
        for (source, team, field), found in sorted(people.items())
    ]
