"""How many cases there are of each kind on a day, of everybody or of a service.

It is the case line summed up: written in the transaction that writes the line, as changes by day,
so that a count costs the same however many young people there are. A whole month's changes stand
together as well: a count reads months and then the days of the last one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Concern, Rag
from services.assessment.escalation import STEPS
from services.store.bulk import add, add_up
from services.store.case_filter import SOON, of
from services.store.columns import FOR_GOOD
from services.store.scope import Scope
from services.store.tables import case_counts, cases
from services.store.view import View

COLUMNS = (
    cases.c.person, cases.c.concern, cases.c.start, cases.c.until, cases.c.rag, cases.c.statutory,
    cases.c.rated_down, cases.c.service, cases.c.team, cases.c.owned, cases.c.open_actions,
    cases.c.late_actions, cases.c.review_due, cases.c.awaiting,
)  # fmt: skip
"""What of a case is counted."""

_AT_A_TIME = 5000

Key = tuple[str, str, str, str, date]
"""Level, owner, concern, measure, day."""

Counts = dict[tuple[Concern, str], int]
"""How many, by concern and measure."""

AWAITING = {step: f"awaits {step}" for step in STEPS}
RED, AMBER, GREEN = (str(rag) for rag in (Rag.RED, Rag.AMBER, Rag.GREEN))
UNLAWFUL, RATED_DOWN = "unlawful", "rated down"
NO_ACTION, UNOWNED = "red without action", "red without owner"
WITHOUT_OWNER = "without owner"
"""Of any colour: no team, or nobody who works here."""
LATE, REVIEW = "late action", "review due"


class Counted:
    """Changes of counts, gathered before they are written."""

    def __init__(self) -> None:
        self.changes: Counter[Key] = Counter()

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Count the stretches of some lines."""
        self._count(rows, 1)

    def take_away(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Count the stretches of some lines no more."""
        self._count(rows, -1)

    def _count(self, rows: Iterable[Mapping[str, Any]], sign: int) -> None:
        changes = self.changes
        ordered = sorted(rows, key=lambda row: (row["person"], row["concern"], row["start"]))
        for _, line in groupby(ordered, key=lambda row: (row["person"], row["concern"])):
            for measure, owner, concern, start, until in _runs(line):
                for level, name in owner:
                    changes[level, name, concern, measure, start] += sign
                    if until != FOR_GOOD:
                        changes[level, name, concern, measure, until] -= sign


Owner = tuple[tuple[str, str], ...]
Run = tuple[str, Owner, str, date, date]


def _runs(line: Iterable[Mapping[str, Any]]) -> Iterator[Run]:
    """For each measure the runs of days on which one case counts, for whom."""
    running: dict[tuple[str, Owner], tuple[date, date]] = {}
    concern = ""
    for row in line:
        concern = row["concern"]
        owner: Owner = (("a", ""), ("s", row["service"] or ""))
        for measure, start, until in _measures(row):
            key = (measure, owner)
            begun = running.get(key)
            if begun is not None and begun[1] == start:
                running[key] = (begun[0], until)
                continue
            if begun is not None:
                yield measure, owner, concern, *begun
            running[key] = (start, until)
    for (measure, owner), begun in running.items():
        yield measure, owner, concern, *begun


def _measures(row: Mapping[str, Any]) -> Iterator[tuple[str, date, date]]:
    """What one stretch counts as, from which day to which."""
    start, until = row["start"], row["until"]
    if row["rag"] == Rag.NONE.value:
        return
    red = row["rag"] == RED
    yield row["rag"], start, until
    holds = {
        UNLAWFUL: row["statutory"] == UNLAWFUL,
        RATED_DOWN: row["rated_down"],
        NO_ACTION: red and not row["open_actions"],
        WITHOUT_OWNER: not row["owned"],
        UNOWNED: red and not row["owned"],
        LATE: row["late_actions"],
    }
    for measure, is_so in holds.items():
        if is_so:
            yield measure, start, until
    for step in row["awaiting"].split():
        yield AWAITING[step], start, until
    if row["review_due"] is not None:
        soon = max(start, row["review_due"] - SOON)
        if soon < until:
            yield REVIEW, soon, until


async def keep(connection: AsyncConnection, counted: Counted) -> None:
    """Write changes of counts."""
    rows = _rows(counted.changes)
    if not rows:
        return
    await add_up(connection, case_counts, rows, "change")


def _rows(changes: Mapping[Key, int]) -> list[dict[str, Any]]:
    """Changes by day, and the same summed up by month."""
    months: Counter[Key] = Counter()
    for (level, owner, concern, measure, day), change in changes.items():
        months[level, owner, concern, measure, day.replace(day=1)] += change
    names = ("grain", "level", "owner", "concern", "measure", "day", "change")
    return [
        dict(zip(names, (grain, *key, change), strict=True))
        for grain, grains in (("d", changes), ("m", months))
        for key, change in grains.items()
        if change
    ]


async def count_again(connection: AsyncConnection) -> None:
    """Count every case again, while nobody else writes."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("LOCK TABLE case_counts IN EXCLUSIVE MODE"))
    counted = Counted()
    statement = select(*COLUMNS).order_by(cases.c.person, cases.c.concern, cases.c.start)
    async with connection.stream(statement) as rows:
        async for some in rows.partitions(_AT_A_TIME):
            counted.add(row._asdict() for row in some)
    await connection.execute(delete(case_counts))
    await add(connection, case_counts, _rows(counted.changes))


async def counts(connection: AsyncConnection, view: View) -> Counts:
    """How many cases a reader may see on a day, by concern and measure."""
    summed = _summed(view)
    if summed is None:
        return await _counted_here(connection, view)
    level, owners = summed
    month = view.day.replace(day=1)
    statement = (
        select(case_counts.c.concern, case_counts.c.measure, func.sum(case_counts.c.change))
        .where(
            case_counts.c.level == level,
            case_counts.c.owner.in_(owners),
            case_counts.c.concern.in_([concern.value for concern in view.tracked]),
            or_(
                and_(case_counts.c.grain == "m", case_counts.c.day < month),
                and_(
                    case_counts.c.grain == "d",
                    case_counts.c.day >= month,
                    case_counts.c.day <= view.day,
                ),
            ),
        )
        .group_by(case_counts.c.concern, case_counts.c.measure)
    )
    rows = await connection.execute(statement)
    return {(Concern(concern), measure): many for concern, measure, many in rows if many}


def _summed(view: View) -> tuple[str, list[str]] | None:
    """The level and owners whose counts a reader's are the sum of; None where they are not.

    Counts by service go by whose a case was on the day; a reader sees those who are theirs today,
    so of other days theirs are counted case by case. So are teams and caseloads: they stay small.
    """
    scope: Scope = view.scope
    if scope.everything:
        return "a", [""]
    if view.day != view.today or scope.workers:
        return None
    if not scope.teams and (scope.services or scope.unserved):
        return "s", [*sorted(scope.services), *([""] if scope.unserved else [])]
    return None


async def _counted_here(connection: AsyncConnection, view: View) -> Counts:
    """The same counts, case by case: for teams, caseloads, and days other than today."""
    columns = [cases.c.concern, *(COLUMNS[3:])]
    rows = await connection.execute(select(*columns).where(*of(view)))
    found: Counter[tuple[Concern, str]] = Counter()
    for row in rows:
        values = {**row._asdict(), "start": view.day, "until": view.day + timedelta(days=1)}
        for measure, start, _ in _measures(values):
            if start == view.day:
                found[Concern(row.concern), measure] += 1
    return dict(found)


async def changes_between(
    connection: AsyncConnection, view: View, measure: str, after: date, through: date
) -> dict[Concern, list[tuple[date, int]]] | None:
    """The changes of a count after one day and through another, oldest first.

    None where a reader's counts are no sum of these.
    """
    if not view.scope.everything:
        return None
    rows = await connection.execute(
        select(case_counts.c.concern, case_counts.c.day, case_counts.c.change)
        .where(
            case_counts.c.grain == "d",
            case_counts.c.level == "a",
            case_counts.c.owner == "",
            case_counts.c.measure == measure,
            case_counts.c.day > after,
            case_counts.c.day <= through,
        )
        .order_by(case_counts.c.day)
    )
    found: dict[Concern, list[tuple[date, int]]] = {concern: [] for concern in view.tracked}
    for concern, day, change in rows:
        if Concern(concern) in found:
            found[Concern(concern)].append((day, change))
    return found
