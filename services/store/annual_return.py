"""The annual return as it would be sent on a day: its rows, how they count, and what would fail.

Every query starts from what its reader may see (`services/store/scope.py`).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.collection_year import CollectionYear
from services.assessment.annual_return.entries import (
    Block,
    CareLeaverEntry,
    EpisodeEntry,
    ReturnFault,
    Suitability,
)
from services.assessment.annual_return.rows import AnnualReturn
from services.store.columns import FOR_GOOD
from services.store.scope import visible
from services.store.tables import cases, return_care_leavers, return_episodes, return_faults
from services.store.view import View

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of a block are asked for; what is not given is not asked.

    Attributes:
        year: the collection year.
        ages: the youngest and the oldest age.
        suitability: how the figures count a care leaver.
        code: of an episode that goes on, its placement.
        rule: a rule that the row would fail.
        field: the column in which it does.
    """

    year: CollectionYear
    ages: tuple[int, int] | None = None
    suitability: Suitability | None = None
    code: str = ""
    rule: str = ""
    field: str = ""


class Count(NamedTuple):
    """How many rows have something in common."""

    of: Any
    number: int


def row_sets(returned: AnnualReturn) -> dict[tuple[Table, str], Rows]:
    """The rows of one young person, by table."""
    return {
        (return_care_leavers, ""): [_row(entry) for entry in returned.care_leavers],
        (return_episodes, ""): [_row(entry) for entry in returned.episodes],
        (return_faults, ""): [
            {**_row(fault), "place": place} for place, fault in enumerate(returned.faults)
        ],
    }


async def care_leavers(
    connection: AsyncConnection,
    view: View,
    wanted: Wanted,
    *,
    limit: int | None = None,
    offset: int = 0,
) -> list[CareLeaverEntry]:
    """Care leavers of a year as they would be sent on the day of the view, by reference."""
    c = return_care_leavers.c
    rows = await connection.execute(
        select(*(c[name] for name in CareLeaverEntry.__slots__))
        .where(*care_leavers_of(view, wanted))
        .order_by(c.person)
        .limit(limit)
        .offset(offset)
    )
    return [CareLeaverEntry(**entry_of(row)) for row in rows]


async def count_care_leavers(connection: AsyncConnection, view: View, wanted: Wanted) -> int:
    """How many there are."""
    found = (
        select(func.count()).select_from(return_care_leavers).where(*care_leavers_of(view, wanted))
    )
    return int((await connection.execute(found)).scalar_one())


async def by_age_and_suitability(
    connection: AsyncConnection, view: View, wanted: Wanted
) -> dict[tuple[int | None, Suitability], int]:
    """How many care leavers of each age count how."""
    c = return_care_leavers.c
    rows = await connection.execute(
        select(c.age, c.suitability, func.count())
        .where(*care_leavers_of(view, wanted))
        .group_by(c.age, c.suitability)
    )
    return {(age, suitability): number for age, suitability, number in rows}


async def by_contact(connection: AsyncConnection, view: View, wanted: Wanted) -> dict[str, int]:
    """How many care leavers there are by IN_TOUCH; empty where that is missing."""
    c = return_care_leavers.c
    rows = await connection.execute(
        select(c.in_touch, func.count()).where(*care_leavers_of(view, wanted)).group_by(c.in_touch)
    )
    return {row[0]: row[1] for row in rows}


async def beside_the_list(
    connection: AsyncConnection, view: View, wanted: Wanted
) -> dict[tuple[Suitability, str], int]:
    """How many care leavers count how in the return, by what the list of today calls them.

    `nothing` is what the list calls neither suitable, unsuitable nor unlawful.
    """
    c = return_care_leavers.c
    beside = and_(
        cases.c.person == c.person,
        cases.c.concern == "unsuitable_accommodation",
        cases.c.start <= view.day,
        cases.c.until > view.day,
    )
    called = func.coalesce(cases.c.statutory, "nothing")
    rows = await connection.execute(
        select(c.suitability, called, func.count())
        .select_from(return_care_leavers.outerjoin(cases, beside))
        .where(*care_leavers_of(view, wanted))
        .group_by(c.suitability, called)
    )
    return {(suitability, name): number for suitability, name, number in rows}


async def episodes(
    connection: AsyncConnection,
    view: View,
    wanted: Wanted,
    *,
    limit: int | None = None,
    offset: int = 0,
) -> list[EpisodeEntry]:
    """Episodes of a year as they would be sent on the day of the view, by reference and place."""
    c = return_episodes.c
    rows = await connection.execute(
        select(*(c[name] for name in EpisodeEntry.__slots__))
        .where(*episodes_of(view, wanted))
        .order_by(c.person, c.place)
        .limit(limit)
        .offset(offset)
    )
    return [_as_known_on(EpisodeEntry(**entry_of(row)), view.day) for row in rows]


async def count_episodes(connection: AsyncConnection, view: View, wanted: Wanted) -> int:
    """How many there are."""
    found = select(func.count()).select_from(return_episodes).where(*episodes_of(view, wanted))
    return int((await connection.execute(found)).scalar_one())


async def open_by_placement(connection: AsyncConnection, view: View, wanted: Wanted) -> list[Count]:
    """How many episodes go on, by the code of their placement."""
    c = return_episodes.c
    rows = await connection.execute(
        select(c.placement, func.count())
        .where(*episodes_of(view, wanted), c.until > view.day)
        .group_by(c.placement)
        .order_by(c.placement)
    )
    return [Count(*row) for row in rows]


def care_leavers_of(view: View, wanted: Wanted) -> list[ColumnElement[bool]]:
    """The condition of care leavers' rows that are asked for, as they are on the day of a view."""
    c = return_care_leavers.c
    found = [
        c.year == wanted.year.begins,
        c.start <= view.day,
        c.until > view.day,
        visible(c.person, view.scope, view.today),
    ]
    if wanted.ages:
        found.append(c.age.between(*wanted.ages))
    if wanted.suitability:
        found.append(c.suitability == wanted.suitability)
    return [*found, *_failing(view, wanted, "care_leavers", c.person, c.year)]


def episodes_of(view: View, wanted: Wanted) -> list[ColumnElement[bool]]:
    """The condition of episodes that are asked for, as they are on the day of a view."""
    c = return_episodes.c
    found = [
        c.start <= min(view.day, wanted.year.last_day),
        or_(c.until > view.day, c.until >= wanted.year.first_day),
        visible(c.person, view.scope, view.today),
    ]
    if wanted.code:
        found += [c.placement == wanted.code, c.until > view.day]
    return [*found, *_failing(view, wanted, "episodes", c.person, c.place)]


def _failing(
    view: View,
    wanted: Wanted,
    block: Block,
    person: ColumnElement[str],
    key: ColumnElement[int],
) -> list[ColumnElement[bool]]:
    """The condition that a row would fail the rule that is asked for."""
    if not (wanted.rule or wanted.field):
        return []
    c = return_faults.alias().c
    conditions = [
        c.person == person, c.block == block, c.key == key, c.start <= view.day,
        c.until > view.day,
    ]  # fmt: skip
    if wanted.rule:
        conditions.append(c.rule == wanted.rule)
    if wanted.field:
        conditions.append(c.field == wanted.field)
    return [select(c.person).where(*conditions).correlate(person.table).exists()]


def _as_known_on(entry: EpisodeEntry, day: date) -> EpisodeEntry:
    """An episode as it would be sent on a day: one that ends later goes on."""
    if entry.until is None or entry.until <= day:
        return entry
    return EpisodeEntry(
        **{name: getattr(entry, name) for name in EpisodeEntry.__slots__}
        | {"until": None, "ceased": ""}
    )


def _row(entry: CareLeaverEntry | EpisodeEntry | ReturnFault) -> dict[str, Any]:
    row = {name: getattr(entry, name) for name in entry.__slots__}
    row["until"] = entry.until or FOR_GOOD
    return row


def entry_of(row: Any) -> dict[str, Any]:
    """The fields of an entry out of a row."""
    found: dict[str, Any] = row._asdict()
    found["until"] = None if row.until == FOR_GOOD else row.until
    return found
