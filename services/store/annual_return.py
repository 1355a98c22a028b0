"""The annual return as it would be sent on a day: its rows, how they count, and what would fail.

Every query starts from what its reader may see (`services/store/scope.py`).
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.collection_year import CollectionYear
from services.assessment.annual_return.entries import (
    Block,
    CareLeaverEntry,
    EpisodeEntry,
    Flaw,
    Suitability,
)
from services.assessment.annual_return.rows import AnnualReturn
from services.store.columns import FOR_GOOD
from services.store.scope import visible
from services.store.tables import cases, return_care_leavers, return_episodes
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

    of: str
    number: int


class FlawCount(NamedTuple):
    """How many rows would fail a rule in a column, and what one of the sentences says."""

    rule: str
    field: str
    text: str
    number: int


def row_sets(returned: AnnualReturn) -> dict[tuple[Table, str], Rows]:
    """The rows of one young person, by table."""
    return {
        (return_care_leavers, ""): [_row(entry) for entry in returned.care_leavers],
        (return_episodes, ""): [_row(entry) for entry in returned.episodes],
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
        .where(*_leavers(view, wanted))
        .order_by(c.person)
        .limit(limit)
        .offset(offset)
    )
    return [CareLeaverEntry(**_entry(row)) for row in rows]


async def count_care_leavers(connection: AsyncConnection, view: View, wanted: Wanted) -> int:
    """How many there are."""
    found = select(func.count()).select_from(return_care_leavers).where(*_leavers(view, wanted))
    return int((await connection.execute(found)).scalar_one())


async def by_age_and_suitability(
    connection: AsyncConnection, view: View, wanted: Wanted
) -> dict[tuple[int | None, Suitability], int]:
    """How many care leavers of each age count how."""
    c = return_care_leavers.c
    rows = await connection.execute(
        select(c.age, c.suitability, func.count())
        .where(*_leavers(view, wanted))
        .group_by(c.age, c.suitability)
    )
    return {(age, suitability): number for age, suitability, number in rows}


async def by_contact(connection: AsyncConnection, view: View, wanted: Wanted) -> dict[str, int]:
    """How many care leavers there are by IN_TOUCH; empty where that is missing."""
    c = return_care_leavers.c
    rows = await connection.execute(
        select(c.in_touch, func.count()).where(*_leavers(view, wanted)).group_by(c.in_touch)
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
        .where(*_leavers(view, wanted))
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
        .where(*_episodes(view, wanted))
        .order_by(c.person, c.place)
        .limit(limit)
        .offset(offset)
    )
    return [EpisodeEntry(**_entry(row)) for row in rows]


async def count_episodes(connection: AsyncConnection, view: View, wanted: Wanted) -> int:
    """How many there are."""
    found = select(func.count()).select_from(return_episodes).where(*_episodes(view, wanted))
    return int((await connection.execute(found)).scalar_one())


async def open_by_placement(connection: AsyncConnection, view: View, wanted: Wanted) -> list[Count]:
    """How many episodes go on, by the code of their placement."""
    c = return_episodes.c
    rows = await connection.execute(
        select(c.placement, func.count())
        .where(*_episodes(view, wanted), c.ended.is_(None))
        .group_by(c.placement)
        .order_by(c.placement)
    )
    return [Count(*row) for row in rows]


async def flaw_counts(
    connection: AsyncConnection, view: View, block: Block, year: CollectionYear
) -> list[FlawCount]:
    """How many rows of a block would fail each rule on the day of a view, the most first."""
    c = (return_care_leavers if block == "care_leavers" else return_episodes).c
    conditions = (_leavers if block == "care_leavers" else _episodes)(view, Wanted(year))
    rows = await connection.execute(
        select(c.rules, func.min(c.flaws), func.count())
        .where(*conditions, c.rules != "")
        .group_by(c.rules)
        .order_by(c.rules)
    )
    numbers: Counter[tuple[str, str]] = Counter()
    texts: dict[tuple[str, str], str] = {}
    for _, flaws, number in rows:
        for rule, field, text in flaws:
            if (rule, field) not in texts or text < texts[rule, field]:
                texts[rule, field] = text
            numbers[rule, field] += number
    in_order = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    return [FlawCount(*of, texts[of], number) for of, number in in_order]


def _leavers(view: View, wanted: Wanted) -> list[ColumnElement[bool]]:
    """The condition of care leavers' rows that are asked for, as they are on a day."""
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
    return [*found, *_failing(wanted, c.rules)]


def _episodes(view: View, wanted: Wanted) -> list[ColumnElement[bool]]:
    """The condition of episodes that are asked for, as they are on a day, of the year at latest."""
    c = return_episodes.c
    day = min(view.day, wanted.year.last_day)
    found = [
        c.start <= day,
        c.until > day,
        or_(c.ended.is_(None), c.ended >= wanted.year.first_day),
        visible(c.person, view.scope, view.today),
    ]
    if wanted.code:
        found += [c.placement == wanted.code, c.ended.is_(None)]
    return [*found, *_failing(wanted, c.rules)]


def _failing(wanted: Wanted, rules: ColumnElement[str]) -> list[ColumnElement[bool]]:
    """The condition that a row would fail the rule, or in the column, that is asked for."""
    if not (wanted.rule or wanted.field):
        return []
    named = f" {wanted.rule}:" if wanted.rule else ":"
    named += f"{wanted.field} " if wanted.field else ""
    return [rules.contains(named, autoescape=True)]


def _row(entry: CareLeaverEntry | EpisodeEntry) -> dict[str, Any]:
    row = {name: getattr(entry, name) for name in entry.__slots__}
    row["until"] = entry.until or FOR_GOOD
    row["rules"] = "".join(f" {flaw.rule}:{flaw.field}" for flaw in entry.flaws)
    row["rules"] += " " if entry.flaws else ""
    row["flaws"] = [list(flaw) for flaw in entry.flaws]
    return row


def _entry(row: Any) -> dict[str, Any]:
    """The fields of an entry out of a row."""
    found: dict[str, Any] = row._asdict()
    found["until"] = None if row.until == FOR_GOOD else row.until
    found["flaws"] = tuple(Flaw(*flaw) for flaw in row.flaws)
    return found
