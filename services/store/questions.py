"""Questions: doubts about a young person's record that somebody can settle."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Question
from services.store.columns import FOR_GOOD
from services.store.tables import questions


async def questions_on(connection: AsyncConnection, day: date) -> list[Question]:
    """The questions that stand on a day."""
    rows = await connection.execute(
        select(questions).where(questions.c.start <= day, questions.c.until > day)
    )
    return [
        Question(
            row.person,
            row.field,
            row.text,
            row.settle,
            row.source,
            row.event_id,
            row.start,
            None if row.until == FOR_GOOD else row.until,
        )
        for row in rows
    ]


def _question_row(place: int, question: Question) -> dict[str, Any]:
    return {
        "person": question.person,
        "place": place,
        "field": question.field,
        "text": question.text,
        "settle": question.settle,
        "source": question.source,
        "event_id": question.event,
        "start": question.start,
        "until": question.end or FOR_GOOD,
    }
