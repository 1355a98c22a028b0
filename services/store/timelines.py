"""What is derived from the log: people, periods and questions. All of it can be derived again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Any

import orjson
from sqlalchemy import Row, Text, bindparam, delete, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Concern, Override, Period, Rag, Reason
from services.assessment.timeline import Assessment
from services.store.bulk import add
from services.store.columns import FOR_GOOD, among
from services.store.questions import _question_row
from services.store.tables import people, periods, questions

Document = Mapping[str, Any]
"""A young person's folded facts, as JSON."""

_QUESTIONS = "questions"

_FACTS = "facts"


@dataclass(frozen=True, slots=True)
class Derived:
    """What is written of one young person: the assessment and the folded facts."""

    assessment: Assessment
    facts: Document


@dataclass(slots=True)
class _Changes:
    """Rows to drop and rows to add."""

    people: list[dict[str, Any]] = field(default_factory=list)
    periods: list[dict[str, Any]] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)
    gone_people: list[str] = field(default_factory=list)
    gone_periods: list[dict[str, str]] = field(default_factory=list)
    gone_questions: list[str] = field(default_factory=list)

    def add(self, item: Derived, before: Mapping[str, str] | None) -> None:
        """Whatever of one young person is not as it was."""
        person = item.assessment.person
        lines = {
            concern.value: _period_rows(person, line)
            for concern, line in item.assessment.periods.items()
        }
        asked = [
            _question_row(place, question)
            for place, question in enumerate(item.assessment.questions)
        ]
        now = {name: _digest(rows) for name, rows in lines.items() if rows}
        now |= {_QUESTIONS: _digest(asked), _FACTS: _digest(item.facts)}
        if before == now:
            return
        held = before or {}
        if before is not None:
            self.gone_people.append(person)
        self.people.append({"person": person, "facts": item.facts, "lines": now})
        for name, rows in lines.items():
            if held.get(name) != now.get(name):
                if name in held:
                    self.gone_periods.append({"p": person, "c": name})
                self.periods += rows
        if held.get(_QUESTIONS) != now[_QUESTIONS]:
            if _QUESTIONS in held:
                self.gone_questions.append(person)
            self.questions += asked


async def write(connection: AsyncConnection, derived: Sequence[Derived]) -> None:
    """Replace what is stored of these young people, where it changed."""
    stored = await _digests(connection, [item.assessment.person for item in derived])
    changes = _Changes()
    for item in derived:
        changes.add(item, stored.get(item.assessment.person))
    if changes.gone_periods:
        one_line = (periods.c.person == bindparam("p"), periods.c.concern == bindparam("c"))
        await connection.execute(delete(periods).where(*one_line), changes.gone_periods)
    for table, names in ((people, changes.gone_people), (questions, changes.gone_questions)):
        if names:
            await connection.execute(delete(table).where(among(table.c.person, names)))
    for table, rows in (
        (people, changes.people),
        (periods, changes.periods),
        (questions, changes.questions),
    ):
        await add(connection, table, rows)


async def forget(connection: AsyncConnection, names: Iterable[str]) -> None:
    """Drop what is stored of subjects that are no young person of their own any more."""
    wanted = list(names)
    if wanted:
        for table in (people, periods, questions):
            await connection.execute(delete(table).where(among(table.c.person, wanted)))


async def known_people(connection: AsyncConnection) -> list[str]:
    """Everyone of whom something is stored, in order."""
    return sorted((await connection.execute(select(people.c.person))).scalars())


async def versions(connection: AsyncConnection) -> dict[str, str]:
    """For each young person a text that changes whenever anything derived of them does."""
    version = type_coerce(people.c.lines, Text).label("version")
    rows = await connection.execute(select(people.c.person, version))
    return {row.person: row.version for row in rows}


async def facts_of(connection: AsyncConnection, names: Iterable[str] | None) -> dict[str, Document]:
    """The folded facts of young people; of all, where none are named."""
    wanted = select(people.c.person, people.c.facts)
    if names is not None:
        wanted = wanted.where(among(people.c.person, names))
    return {row.person: row.facts for row in await connection.execute(wanted)}


async def periods_on(
    connection: AsyncConnection, day: date, names: Iterable[str] | None = None
) -> list[tuple[str, Period]]:
    """Every period that covers a day and applies, sorted by person, then concern."""
    wanted = select(periods).where(
        periods.c.start <= day, periods.c.until > day, periods.c.rag != Rag.NONE.value
    )
    if names is not None:
        wanted = wanted.where(among(periods.c.person, names))
    found = [(row.person, _period(row)) for row in await connection.execute(wanted)]
    return sorted(found, key=lambda item: (item[0], item[1].concern))


async def line_of(connection: AsyncConnection, person: str) -> list[Period]:
    """All of a young person's periods, by concern and start."""
    rows = await connection.execute(select(periods).where(periods.c.person == person))
    return sorted((_period(row) for row in rows), key=lambda p: (p.concern, p.start))


async def red_spans(
    connection: AsyncConnection, after: date, through: date
) -> list[tuple[str, Concern, date, date]]:
    """Every run of days that was, or will be, red between two days, as now known.

    Young person, concern, first day and the day after the last.
    """
    rows = await connection.execute(
        select(periods.c.person, periods.c.concern, periods.c.start, periods.c.until).where(
            periods.c.rag == Rag.RED.value, periods.c.start <= through, periods.c.until > after
        )
    )
    return [(row.person, Concern(row.concern), row.start, row.until) for row in rows]


async def unlawful_on(connection: AsyncConnection, day: date) -> list[tuple[str, Period]]:
    """Every red of a day that is unlawful."""
    rows = await connection.execute(
        select(periods).where(
            periods.c.rag == Rag.RED.value,
            periods.c.start <= day,
            periods.c.until > day,
            periods.c.statutory == "unlawful",
        )
    )
    found = [(row.person, _period(row)) for row in rows]
    return sorted(found, key=lambda item: (item[0], item[1].concern))


async def turning_red(
    connection: AsyncConnection, after: date, through: date
) -> list[tuple[str, Period]]:
    """Periods that begin a run of red after one day and by another."""
    rows = await connection.execute(
        select(periods).where(
            periods.c.rag == Rag.RED.value,
            periods.c.since > after,
            periods.c.since <= through,
            periods.c.start == periods.c.since,
        )
    )
    found = [(row.person, _period(row)) for row in rows]
    return sorted(found, key=lambda item: (item[1].start, item[0], item[1].concern))


async def beginning(connection: AsyncConnection, after: date, through: date) -> set[str]:
    """Whose periods begin after one day and by another: what midnight has to notice."""
    rows = await connection.execute(
        select(periods.c.person).where(periods.c.start > after, periods.c.start <= through)
    )
    return set(rows.scalars())


async def count_on(connection: AsyncConnection, day: date) -> dict[tuple[Concern, Rag], int]:
    """How many young people had each colour on a day, as now known."""
    rows = await connection.execute(
        select(periods.c.concern, periods.c.rag, func.count().label("many"))
        .where(periods.c.start <= day, periods.c.until > day, periods.c.rag != Rag.NONE.value)
        .group_by(periods.c.concern, periods.c.rag)
    )
    return {(Concern(row.concern), Rag(row.rag)): row.many for row in rows}


async def _digests(connection: AsyncConnection, names: Iterable[str]) -> dict[str, dict[str, str]]:
    rows = await connection.execute(
        select(people.c.person, people.c.lines).where(among(people.c.person, names))
    )
    return {row.person: row.lines for row in rows}


def _digest(value: Any) -> str:
    packed = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return blake2b(packed, digest_size=12).hexdigest()


def _period_rows(person: str, line: Iterable[Period]) -> list[dict[str, Any]]:
    """The line from the first day on which the concern applies."""
    rows: list[dict[str, Any]] = []
    for period in line:
        if not rows and period.rag is Rag.NONE:
            continue
        rows.append(
            {
                "person": person,
                "concern": period.concern.value,
                "start": period.start,
                "until": period.end or FOR_GOOD,
                "rag": period.rag.value,
                "rule_rag": period.rule_rag.value,
                "statutory": period.statutory,
                "override": period.override and period.override.as_json(),
                "reasons": [reason.as_json() for reason in period.reasons],
                "since": period.since,
                "since_basis": period.since_basis,
                "not_green_since": period.not_green_since,
                "next_change": period.next_change,
            }
        )
    return rows


def _period(row: Row[Any]) -> Period:
    told = row.override
    return Period(
        concern=Concern(row.concern),
        start=row.start,
        end=None if row.until == FOR_GOOD else row.until,
        rag=Rag(row.rag),
        rule_rag=Rag(row.rule_rag),
        statutory=row.statutory,
        override=told
        and Override(
            Rag(told["rag"]),
            told["effect"],
            told["rationale"],
            told["authorised_by"],
            date.fromisoformat(told["expires"]),
            told["review_id"],
        ),
        reasons=tuple(reason_of(reason) for reason in row.reasons),
        since=row.since,
        since_basis=row.since_basis,
        not_green_since=row.not_green_since,
        next_change=row.next_change,
    )


def reason_of(told: Mapping[str, Any]) -> Reason:
    """A reason out of the store."""
    return Reason(told["rule"], Rag(told["rag"]), told["text"], told["source"], told["facts"])
