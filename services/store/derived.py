"""What is derived from the log of each young person, written where it changed and only there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import orjson
from sqlalchemy import Table, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Concern
from services.assessment.assignment import Assignment
from services.assessment.stretch import Stretch
from services.assessment.timeline import Assessment
from services.store import case_counts, case_rows, questions, timelines
from services.store.bulk import add
from services.store.case_counts import Counted
from services.store.columns import FOR_GOOD, among
from services.store.tables import assignments, cases, events, merged, people, periods
from services.store.tables import questions as questions_table

Rows = list[dict[str, Any]]
Part = tuple[Table, str]
"""A table, and the concern whose rows of it are meant; empty where it has none."""

_BY_CONCERN = (periods, cases)
_WHOLE = (questions_table, assignments)


@dataclass(frozen=True, slots=True)
class Derived:
    """All that is written of one young person."""

    assessment: Assessment
    cases: Mapping[Concern, Sequence[Stretch]]
    assignments: Sequence[Assignment]

    @property
    def person(self) -> str:
        """Whose it is."""
        return self.assessment.person

    def parts(self) -> dict[Part, Rows]:
        """The rows of each part."""
        found: dict[Part, Rows] = {
            (periods, concern.value): timelines.rows_of(self.person, line)
            for concern, line in self.assessment.periods.items()
        }
        for concern, stretches in self.cases.items():
            found[cases, concern.value] = [case_rows.row_of(item) for item in stretches]
        found[questions_table, ""] = [
            questions.row_of(place, question)
            for place, question in enumerate(self.assessment.questions)
        ]
        found[assignments, ""] = [_assignment_row(item) for item in self.assignments]
        return found


@dataclass(slots=True)
class _Changes:
    """Parts to drop, by table and concern, and rows to add."""

    people: Rows = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    gone: dict[Part, list[str]] = field(default_factory=lambda: defaultdict(list))
    new: dict[Table, Rows] = field(default_factory=lambda: defaultdict(list))

    def add(self, item: Derived, before: Mapping[str, str] | None) -> None:
        """Whatever of one young person is not as it was."""
        parts = item.parts()
        now = {_name(part): _hash(rows) for part, rows in parts.items() if rows}
        if before == now:
            return
        stored = before or {}
        if before is not None:
            self.known.append(item.person)
        self.people.append({"person": item.person, "lines": now})
        for part, rows in parts.items():
            name = _name(part)
            if stored.get(name) == now.get(name):
                continue
            if name in stored:
                self.gone[part].append(item.person)
            self.new[part[0]] += rows


async def write(connection: AsyncConnection, derived: Sequence[Derived]) -> None:
    """Replace what is stored of these young people, where it changed."""
    names = [item.person for item in derived]
    stored = await connection.execute(
        select(people.c.person, people.c.lines).where(among(people.c.person, names))
    )
    before = {row.person: row.lines for row in stored}
    changes = _Changes()
    for item in derived:
        changes.add(item, before.get(item.person))
    counted = Counted()
    for part, gone in changes.gone.items():
        await _drop(connection, part, gone, counted)
    if changes.known:
        await connection.execute(delete(people).where(among(people.c.person, changes.known)))
    await connection.execute(delete(merged).where(among(merged.c.subject, names)))
    for table in (*_BY_CONCERN, *_WHOLE):
        await add(connection, table, changes.new[table])
    await add(connection, people, changes.people)
    counted.add(changes.new[cases])
    await case_counts.keep(connection, counted)


async def forget(
    connection: AsyncConnection, names: Iterable[str], became: Mapping[str, str]
) -> None:
    """Drop what is stored of subjects; `became` says whom those became that were merged."""
    wanted = sorted(names)
    if not wanted:
        return
    counted = Counted()
    await _drop(connection, (cases, ""), wanted, counted)
    for table in (periods, *_WHOLE, people):
        await connection.execute(delete(table).where(among(table.c.person, wanted)))
    await connection.execute(delete(merged).where(among(merged.c.subject, wanted)))
    rows = [{"subject": name, "survivor": became[name]} for name in wanted if name in became]
    if rows:
        await connection.execute(insert(merged), rows)
    await case_counts.keep(connection, counted)


async def known_people(connection: AsyncConnection) -> list[str]:
    """Everyone of whom something is stored, in order."""
    return list((await connection.execute(select(people.c.person).order_by("person"))).scalars())


async def unheard_of_after(connection: AsyncConnection, after: str, limit: int) -> list[str]:
    """The next of those of whom something is stored and no event tells, in order."""
    heard = select(events.c.person).where(events.c.person == people.c.person).exists()
    rows = await connection.execute(
        select(people.c.person)
        .where(people.c.person > after, ~heard)
        .order_by(people.c.person)
        .limit(limit)
    )
    return list(rows.scalars())


async def is_known(connection: AsyncConnection, person: str) -> bool:
    """Whether somebody is a young person of their own here."""
    found = await connection.scalar(select(people.c.person).where(people.c.person == person))
    return found is not None


async def survivor_of(connection: AsyncConnection, subject: str) -> str | None:
    """Whom a merged subject became; None where it was not merged."""
    found: str | None = await connection.scalar(
        select(merged.c.survivor).where(merged.c.subject == subject)
    )
    return found


async def _drop(
    connection: AsyncConnection, part: Part, names: Iterable[str], counted: Counted
) -> None:
    """Drop some people's rows of a part; what is counted of them is counted no more."""
    table, concern = part
    statement = delete(table).where(among(table.c.person, names))
    if concern:
        statement = statement.where(table.c.concern == concern)
    if table is not cases:
        await connection.execute(statement)
        return
    rows = await connection.execute(statement.returning(*case_counts.COLUMNS))
    counted.take_away(row._asdict() for row in rows)


def _assignment_row(item: Assignment) -> dict[str, Any]:
    return {
        "person": item.person,
        "start": item.start,
        "until": item.end or FOR_GOOD,
        "team": item.team,
        "service": item.service,
        "personal_adviser": item.personal_adviser,
        "social_worker": item.social_worker,
        "team_manager": item.team_manager,
    }


def _name(part: Part) -> str:
    return f"{part[0].name} {part[1]}".rstrip()


def _hash(rows: Rows) -> str:
    packed = orjson.dumps(rows, option=orjson.OPT_SORT_KEYS)
    return blake2b(packed, digest_size=12).hexdigest()
