"""Data quality: open questions by source, team and field, one measure a week."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from services.oversight.cases import view_of
from services.store import questions
from services.store.question_counts import Measured
from services.store.scope import EVERYTHING


async def measures_of(connection: AsyncConnection, week: str, day: date) -> list[Measured]:
    """The questions open on the day of a week's measure, counted; whose they are goes by the day.

    A week in which no question was open has a measure of none: it was measured all the same.
    """
    found = await questions.counts(connection, view_of(EVERYTHING, day))
    measures = [
        Measured(week, item.source, item.team, item.field, item.questions, item.people)
        for item in found
    ]
    return measures or [Measured(week, "", "", "", 0, 0)]
