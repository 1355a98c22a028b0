"""What was to be done for looked-after children by a day: how much was, in time, and what was not.

Every query starts from what its reader may see (`services/store/scope.py`).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment.duties import Duty, DutyKind
from services.store.assignments import reviewed_by, with_assignments
from services.store.case_filter import NONE
from services.store.columns import FOR_GOOD
from services.store.tables import assignments, duties
from services.store.view import View


@dataclass(frozen=True, slots=True)
class DutyCounts:
    """Of the duties that were plain from a day to the day asked about, how they were kept.

    Attributes:
        in_time: done in time.
        late: done after they were due.
        not_done: overdue, and not done by the day asked about.
    """

    in_time: int
    late: int
    not_done: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.in_time + self.late + self.not_done

    @property
    def percent(self) -> int | None:
        """The share that was done in time, rounded down: 100 is all. None where there were none."""
        return self.in_time * 100 // self.total if self.total else None


@dataclass(frozen=True, slots=True)
class ListedDuty:
    """A duty, and whose the child is on the day asked about."""

    duty: Duty
    team: str | None
    service: str | None
    social_worker: str | None
    reviewing_officer: str | None

    def done_by(self, day: date) -> date | None:
        """The day on which it was done, where that was on or before a day."""
        done = self.duty.done_on
        return done if done is not None and done <= day else None


@dataclass(frozen=True, slots=True)
class Caseload:
    """How many looked-after children an officer has on a day; `none`: those without one."""

    officer: str
    children: int


@dataclass(frozen=True, slots=True)
class Heard:
    """Whether any source ever said who a reviewing officer is, and that a review was held."""

    officers: bool
    reviews: bool


async def counts_since(
    connection: AsyncConnection, view: View, kind: DutyKind, first: date, officer: str = ""
) -> DutyCounts:
    """How the duties of a kind were kept that became plain from `first` to the day of the view."""
    c = duties.c
    in_time = _in_time()
    done = and_(c.done_on <= view.day, ~in_time)
    sums = [
        func.coalesce(func.sum(case((which, 1), else_=0)), 0)
        for which in (in_time, done, and_(~in_time, or_(c.done_on.is_(None), c.done_on > view.day)))
    ]
    row = (
        await connection.execute(
            _of(view, officer, *sums).where(
                c.kind == kind, c.settled_on >= first, c.settled_on <= view.day
            )
        )
    ).one()
    return DutyCounts(*(int(number) for number in row))


async def not_in_time(
    connection: AsyncConnection,
    view: View,
    kind: DutyKind,
    first: date,
    officer: str = "",
    *,
    limit: int | None = None,
) -> list[ListedDuty]:
    """Those that were late since `first` or are overdue, however long; the not done first."""
    c, whose = duties.c, assignments.c
    is_done = case((c.done_on <= view.day, 1), else_=0)
    rows = await connection.execute(
        _of(view, officer, *c, whose.team, whose.service, whose.social_worker,
            whose.reviewing_officer)
        .where(
            c.kind == kind,
            c.settled_on <= view.day,
            ~_in_time(),
            or_(
                c.settled_on >= first,
                and_(c.until > view.day, or_(c.done_on.is_(None), c.done_on > view.day)),
            ),
        )
        .order_by(is_done, c.due, c.person, c.place)
        .limit(limit)
    )  # fmt: skip
    return [
        ListedDuty(
            duty_of(row), row.team, row.service, row.social_worker, row.reviewing_officer
        )
        for row in rows
    ]  # fmt: skip


async def caseloads(connection: AsyncConnection, view: View, officer: str = "") -> list[Caseload]:
    """How many looked-after children each reviewing officer has on a day, the most first."""
    c = duties.c
    who = func.coalesce(assignments.c.reviewing_officer, NONE)
    number = func.count(c.person.distinct())
    rows = await connection.execute(
        _of(view, officer, who, number)
        .where(c.kind == "officer_named", c.since <= view.day, c.until > view.day)
        .group_by(who)
        .order_by(number.desc(), who)
    )
    return [Caseload(name, children) for name, children in rows]


async def heard(connection: AsyncConnection) -> Heard:
    """Whether reviewing officers and reviews are known of here at all."""
    named = assignments.c.reviewing_officer.is_not(None)
    held = and_(duties.c.kind == "review_held", duties.c.done_on.is_not(None))
    officers, reviews = (
        await connection.execute(
            select(
                select(assignments.c.person).where(named).exists(),
                select(duties.c.person).where(held).exists(),
            )
        )
    ).one()
    return Heard(bool(officers), bool(reviews))


def _in_time() -> ColumnElement[bool]:
    """The condition that a duty was done by its due; false, not unknown, where it was never."""
    return and_(duties.c.done_on.is_not(None), duties.c.done_on <= duties.c.due)


def _of(view: View, officer: str, *columns: ColumnElement[Any]) -> Select[Any]:
    """Duties to children whom a reader may see, with whose they are on the day of the view."""
    found = with_assignments(duties, duties.c.person, view, *columns)
    return found.where(reviewed_by(officer))


_AS_THEY_ARE = (
    "person", "kind", "place", "since", "due", "done_on", "settled_on", "told_on_time", "is_exact",
)  # fmt: skip


def row_of(duty: Duty) -> dict[str, Any]:
    """A duty as a row."""
    row = {name: getattr(duty, name) for name in _AS_THEY_ARE}
    row["until"] = duty.until or FOR_GOOD
    return row


def duty_of(row: Any) -> Duty:
    """A row as a duty."""
    return Duty(
        **{name: getattr(row, name) for name in _AS_THEY_ARE},
        until=None if row.until == FOR_GOOD else row.until,
    )
