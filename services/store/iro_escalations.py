"""Reviewing officers' escalations on a day: those open, and what was raised and resolved in a year.

Every query starts from what its reader may see (`services/store/scope.py`).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment.iro_escalation_line import IroEscalationStretch, Stage
from services.store.assignments import reviewed_by, with_assignments
from services.store.columns import FOR_GOOD
from services.store.tables import assignments, iro_escalations
from services.store.view import View


@dataclass(frozen=True, slots=True)
class ListedEscalation:
    """An escalation on a day, and whose the child is then."""

    escalation: IroEscalationStretch
    team: str | None
    service: str | None
    reviewing_officer: str | None


@dataclass(frozen=True, slots=True)
class EscalationCounts:
    """How many escalations of one kind there were from a day to the day that was asked about.

    Attributes:
        stage: informal or formal, as they stood at the end.
        level: the level that they had reached; 0 while informal.
        reason: why they were raised, as it was said; empty where it was not.
        raised: raised in that time.
        resolved: resolved in that time, whenever they were raised.
        resolved_late: of these, after they were due, at whatever stage or level.
        open: open at the end.
        late: of these, overdue, or overdue at an earlier stage or level.
    """

    stage: Stage
    level: int
    reason: str
    raised: int
    resolved: int
    resolved_late: int
    open: int
    late: int


async def listed(
    connection: AsyncConnection, view: View, officer: str = "", *, limit: int | None = None
) -> list[ListedEscalation]:
    """The escalations that are open on a day, the first due first; of an officer, or of all."""
    c, whose = iro_escalations.c, assignments.c
    rows = await connection.execute(
        _on(view, officer, *c, whose.team, whose.service, whose.reviewing_officer)
        .where(c.resolved_on.is_(None))
        .order_by(c.due, c.person, c.escalation_id)
        .limit(limit)
    )
    return [
        ListedEscalation(stretch_of(row), row.team, row.service, row.reviewing_officer)
        for row in rows
    ]


async def counts_since(
    connection: AsyncConnection, view: View, first: date, officer: str = ""
) -> list[EscalationCounts]:
    """How many were raised and resolved from `first` to the day of the view, and how many are open.

    One row for each stage, level and reason.
    """
    c = iro_escalations.c
    reason = func.coalesce(c.reason, "")
    is_open = c.resolved_on.is_(None)
    missed = c.late_since.is_not(None)
    raised, resolved = c.raised >= first, c.resolved_on >= first
    counted = {
        "raised": raised,
        "resolved": resolved,
        "resolved_late": and_(resolved, or_(c.resolved_on > c.due, missed)),
        "open": is_open,
        "late": and_(is_open, or_(c.due < view.day, missed)),
    }
    sums = [func.sum(case((which, 1), else_=0)).label(name) for name, which in counted.items()]
    rows = await connection.execute(
        _on(view, officer, c.stage, c.level, reason.label("reason"), *sums)
        .where(is_open | raised | resolved)
        .group_by(c.stage, c.level, reason)
        .order_by(c.stage, c.level, reason)
    )
    return [
        EscalationCounts(
            row.stage, row.level, row.reason, **{name: int(getattr(row, name)) for name in counted}
        )
        for row in rows
    ]


def _on(view: View, officer: str, *columns: ColumnElement[Any]) -> Select[Any]:
    """Escalations as they stand on a day, of children whom a reader may see."""
    c = iro_escalations.c
    return with_assignments(iro_escalations, c.person, view, *columns).where(
        c.start <= view.day, c.until > view.day, reviewed_by(officer)
    )


_AS_THEY_ARE = (
    "person", "escalation_id", "start", "raised", "raised_by", "stage", "level", "reason",
    "formal_since", "due", "late_since", "resolved_on", "outcome",
)  # fmt: skip


def row_of(stretch: IroEscalationStretch) -> dict[str, Any]:
    """A stretch of an escalation's line as a row."""
    row = {name: getattr(stretch, name) for name in _AS_THEY_ARE}
    row["until"] = stretch.end or FOR_GOOD
    return row


def stretch_of(row: Any) -> IroEscalationStretch:
    """A row as a stretch of an escalation's line."""
    return IroEscalationStretch(
        **{name: getattr(row, name) for name in _AS_THEY_ARE},
        end=None if row.until == FOR_GOOD else row.until,
    )
