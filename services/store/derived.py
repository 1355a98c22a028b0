"""Rows that are derived from the log, by young person, written only where they changed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from typing import Any

import orjson
from sqlalchemy import Table, delete, exists, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment.assignment import Assignment
from services.assessment.derivation import Derivation
from services.store import (
    actions,
    annual_return,
    case_measures,
    case_rows,
    duties,
    iro_escalations,
    questions,
    timelines,
)
from services.store.bulk import add
from services.store.case_count_changes import Counted
from services.store.columns import FOR_GOOD, among
from services.store.tables import actions as actions_table
from services.store.tables import (
    assignments,
    cases,
    events,
    merged,
    people,
    periods,
    return_care_leavers,
    return_episodes,
    underived,
)
from services.store.tables import duties as duties_table
from services.store.tables import iro_escalations as iro_escalations_table
from services.store.tables import questions as questions_table
from services.store.tables import reviews_held as reviews_held_table

Rows = list[dict[str, Any]]
RowSet = tuple[Table, str]
"""A set of one person's rows: the table, and the concern of the rows; empty where it has none."""

_BY_CONCERN = (periods, cases)
_OF_PERSON = (
    questions_table,
    assignments,
    actions_table,
    iro_escalations_table,
    duties_table,
    reviews_held_table,
    return_care_leavers,
    return_episodes,
)


def _row_sets(item: Derivation) -> dict[RowSet, Rows]:
    """All that is written of one young person: the rows of each table and concern."""
    found: dict[RowSet, Rows] = {
        (periods, concern.value): timelines.rows_of(item.person, line)
        for concern, line in item.assessment.periods.items()
    }
    for concern, stretches in item.cases.items():
        found[cases, concern.value] = [case_rows.row_of(stretch) for stretch in stretches]
    found[questions_table, ""] = [
        questions.row_of(place, question)
        for place, question in enumerate(item.assessment.questions)
    ]
    found[assignments, ""] = [_assignment_row(assigned) for assigned in item.assignments]
    found[actions_table, ""] = [actions.row_of(stretch) for stretch in item.actions]
    found[iro_escalations_table, ""] = [
        iro_escalations.row_of(stretch) for stretch in item.iro_escalations
    ]
    found[duties_table, ""] = [duties.row_of(duty) for duty in item.duties]
    found |= annual_return.row_sets(item.annual_return)
    found[reviews_held_table, ""] = [asdict(review) for review in item.reviews_held]
    return found


@dataclass(slots=True)
class _Changes:
    """Rows to drop, by table and concern, and rows to add."""

    derived_by: str
    people: Rows = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    dropped: dict[RowSet, list[str]] = field(default_factory=lambda: defaultdict(list))
    new: dict[Table, Rows] = field(default_factory=lambda: defaultdict(list))

    def add(self, item: Derivation, before: Mapping[str, str] | None, derived_by: str) -> None:
        """Add whatever differs from what is stored of one young person, and by what."""
        row_sets = _row_sets(item)
        now = {_name(row_set): _hash(rows) for row_set, rows in row_sets.items() if rows}
        if before == now and derived_by == self.derived_by:
            return
        stored = before or {}
        if before is not None:
            self.known.append(item.person)
        self.people.append({"person": item.person, "lines": now, "derived_by": self.derived_by})
        for row_set, rows in row_sets.items():
            name = _name(row_set)
            if stored.get(name) == now.get(name):
                continue
            if name in stored:
                self.dropped[row_set].append(item.person)
            self.new[row_set[0]] += rows


async def write(
    connection: AsyncConnection,
    derived: Sequence[Derivation],
    counted: Counted,
    derived_by: str,
) -> None:
    """Replace what is stored of these young people, where it changed.

    Args:
        connection: where it is written.
        derived: what was derived of them.
        counted: changes of counts are added to it; the caller keeps them once, at the end.
        derived_by: by which policy and version they were derived.
    """
    names = [item.person for item in derived]
    stored = await connection.execute(
        select(people.c.person, people.c.lines, people.c.derived_by).where(
            among(people.c.person, names)
        )
    )
    before = {row.person: row for row in stored}
    changes = _Changes(derived_by)
    for item in derived:
        known = before.get(item.person)
        changes.add(item, known.lines if known else None, known.derived_by if known else "")
    for row_set, dropped in changes.dropped.items():
        await _drop(connection, row_set, dropped, counted)
    if changes.known:
        await connection.execute(delete(people).where(among(people.c.person, changes.known)))
    await connection.execute(delete(merged).where(among(merged.c.subject, names)))
    for table in (*_BY_CONCERN, *_OF_PERSON):
        await add(connection, table, changes.new[table])
    await add(connection, people, changes.people)
    counted.add(changes.new[cases])


async def forget(
    connection: AsyncConnection, names: Iterable[str], became: Mapping[str, str], counted: Counted
) -> None:
    """Drop what is stored of subjects; `became` says whom those became that were merged."""
    wanted = sorted(names)
    if not wanted:
        return
    await _drop(connection, (cases, ""), wanted, counted)
    for table in (periods, *_OF_PERSON, people):
        await connection.execute(delete(table).where(among(table.c.person, wanted)))
    await connection.execute(delete(merged).where(among(merged.c.subject, wanted)))
    rows = [{"subject": name, "survivor": became[name]} for name in wanted if name in became]
    if rows:
        await connection.execute(insert(merged), rows)


async def derived_otherwise(connection: AsyncConnection, derived_by: str, limit: int) -> list[str]:
    """Some of those who were derived by another policy or version than the one named.

    Not those who wait to be derived already, or were set aside until they are marked again.
    """
    waits = exists().where(underived.c.person == people.c.person)
    rows = await connection.execute(
        select(people.c.person)
        .where(or_(people.c.derived_by < derived_by, people.c.derived_by > derived_by), ~waits)
        .limit(limit)
    )
    return list(rows.scalars())


async def known_people(connection: AsyncConnection) -> list[str]:
    """Everyone of whom something is stored, in order."""
    return list((await connection.execute(select(people.c.person).order_by("person"))).scalars())


async def without_events_after(connection: AsyncConnection, after: str, limit: int) -> list[str]:
    """The next people of whom rows are stored and no event is, in order."""
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


async def merged_into(connection: AsyncConnection, person: str) -> set[str]:
    """The subjects that were merged into somebody."""
    rows = await connection.execute(select(merged.c.subject).where(merged.c.survivor == person))
    return set(rows.scalars())


async def survivor_of(connection: AsyncConnection, subject: str) -> str | None:
    """Whom a merged subject became; None where it was not merged."""
    found: str | None = await connection.scalar(
        select(merged.c.survivor).where(merged.c.subject == subject)
    )
    return found


async def _drop(
    connection: AsyncConnection, row_set: RowSet, names: Iterable[str], counted: Counted
) -> None:
    """Drop some people's rows of a table and concern, and take their cases from the counts."""
    table, concern = row_set
    statement = delete(table).where(among(table.c.person, names))
    if concern:
        statement = statement.where(table.c.concern == concern)
    if table is not cases:
        await connection.execute(statement)
        return
    rows = await connection.execute(statement.returning(*case_measures.COLUMNS))
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
        "reviewing_officer": item.reviewing_officer,
    }


def _name(row_set: RowSet) -> str:
    return f"{row_set[0].name} {row_set[1]}".rstrip()


def _hash(rows: Rows) -> str:
    packed = orjson.dumps(rows, option=orjson.OPT_SORT_KEYS)
    return blake2b(packed, digest_size=12).hexdigest()
