"""Questions: doubts about a young person's record that somebody can settle."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Question
from services.store.case_filter import NONE
from services.store.columns import FOR_GOOD
from services.store.scope import visible
from services.store.tables import assignments, questions
from services.store.view import View


@dataclass(frozen=True, slots=True)
class QuestionFilter:
    """Which questions are asked for; empty is any."""

    team: str = ""
    source: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class QuestionCount:
    """How many questions of one source, team and field are open, about how many young people."""

    source: str
    team: str
    field: str
    questions: int
    people: int


_team = func.coalesce(assignments.c.team, NONE)


def _open(view: View, *columns: ColumnElement[Any]) -> Select[Any]:
    """Questions that stand on a day, about whom a reader may see, with whose they are then."""
    return (
        select(*columns)
        .select_from(
            questions.outerjoin(
                assignments,
                and_(
                    assignments.c.person == questions.c.person,
                    assignments.c.start <= view.day,
                    assignments.c.until > view.day,
                ),
            )
        )
        .where(
            questions.c.start <= view.day,
            questions.c.until > view.day,
            visible(questions.c.person, view.scope, view.today),
        )
    )


def _filtered(statement: Select[Any], wanted: QuestionFilter) -> Select[Any]:
    if wanted.team:
        statement = statement.where(_team == wanted.team)
    if wanted.source:
        statement = statement.where(questions.c.source == wanted.source)
    if wanted.field:
        statement = statement.where(questions.c.field == wanted.field)
    return statement


async def listed(
    connection: AsyncConnection, view: View, wanted: QuestionFilter, *, limit: int, offset: int
) -> list[tuple[Question, str]]:
    """Questions that stand on a day, each with its team, by team and young person."""
    statement = _filtered(_open(view, *questions.c, _team.label("team")), wanted)
    order = (_team, questions.c.person, questions.c.start, questions.c.place)
    rows = await connection.execute(statement.order_by(*order).limit(limit).offset(offset))
    return [(_question(row), row.team) for row in rows]


async def total(
    connection: AsyncConnection, view: View, wanted: QuestionFilter = QuestionFilter()
) -> tuple[int, int]:
    """How many questions stand on a day, and about how many young people."""
    columns = (func.count(), func.count(questions.c.person.distinct()))
    row = (await connection.execute(_filtered(_open(view, *columns), wanted))).one()
    return int(row[0]), int(row[1])


async def counts(connection: AsyncConnection, view: View) -> list[QuestionCount]:
    """Questions that stand on a day by source, team and field."""
    by = (questions.c.source, _team.label("team"), questions.c.field)
    columns = (func.count(), func.count(questions.c.person.distinct()))
    rows = await connection.execute(
        _open(view, *by, *columns).group_by(questions.c.source, _team, questions.c.field)
    )
    return sorted((QuestionCount(*row) for row in rows), key=lambda c: (c.source, c.team, c.field))


def _question(row: Row[Any]) -> Question:
    return Question(
        row.person,
        row.field,
        row.text,
        row.settle,
        row.source,
        row.event_id,
        row.start,
        None if row.until == FOR_GOOD else row.until,
    )


def row_of(place: int, question: Question) -> dict[str, Any]:
    """A question as a row."""
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
