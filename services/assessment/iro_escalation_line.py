"""The line of a reviewing officer's escalation: a row for each stretch of days.

On the days of a stretch nothing about it changes: informal or formal, its level, by when it is to
be resolved, open or resolved. So it can be asked about as at any day.

Source: docs/rules.md, section 7d.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from schemas.events.oversight import EscalationRaised, EscalationResolved
from schemas.policy import EscalationLevel
from services.assessment.calendar import working_days_on
from services.assessment.facts import IroEscalation
from services.assessment.rulebook import Rulebook
from services.assessment.temporal import FOREVER, AsOf, as_date

Stage = Literal["informal", "formal"]


@dataclass(slots=True)
class IroEscalationStretch:
    """A run of days on which nothing about an escalation changes.

    Attributes:
        person: the young person's reference.
        escalation_id: the escalation, by the id of its source.
        start: the first day.
        end: the day after the last; None for good.
        raised: the day on which it was raised.
        raised_by: who raised it, as it was said.
        stage: informal or formal.
        level: the level that a formal one reached; 0 while it is informal.
        reason: why, as it was said.
        formal_since: the day on which it became formal.
        due: the day by which it is to be resolved, or taken a level higher.
        late_since: the first day on which it was overdue, at whatever stage or level; a later one
            does not take that back.
        resolved_on: the day on which it was resolved.
        outcome: what came of it, as it was said.
    """

    person: str
    escalation_id: str
    start: date
    end: date | None
    raised: date
    raised_by: str | None
    stage: Stage
    level: int
    reason: str | None
    formal_since: date | None
    due: date
    late_since: date | None
    resolved_on: date | None
    outcome: str | None


def iro_escalation_lines(
    person: str,
    escalations: Sequence[IroEscalation],
    rulebook: Rulebook,
    levels: Sequence[EscalationLevel],
) -> tuple[IroEscalationStretch, ...]:
    """The stretches of every escalation of a young person, from the day on which it was raised.

    Args:
        person: the young person's reference.
        escalations: what was escalated.
        rulebook: how many working days the whole may take.
        levels: how many of them each level may take, as the policy says.
    """
    return tuple(
        stretch
        for escalation in escalations
        for stretch in _line(person, escalation, rulebook, levels)
    )


def _line(
    person: str, escalation: IroEscalation, rulebook: Rulebook, levels: Sequence[EscalationLevel]
) -> Iterator[IroEscalationStretch]:
    raised = as_date(escalation.raised)
    start = escalation.raised
    before: int | None = None
    late_since = FOREVER
    while start < FOREVER:
        on = AsOf(start)
        begun = as_date(start)
        is_resolved = on.reached(escalation.resolved)
        is_formal = on.reached(escalation.formal)
        level, reason = escalation.levels.on(on), escalation.reason.on(on)
        if before is not None and before < start:
            late_since = min(late_since, before + 1)
        due = _due(escalation, on, rulebook, levels, level, is_formal=is_formal)
        if is_resolved and before is not None:
            due = before  # what was reached on the day of the resolution gives no more time
        before = due
        end = FOREVER if is_resolved else on.until
        if begun is None or raised is None:
            return
        said = escalation.fact.data
        resolution = escalation.resolution.data if escalation.resolution and is_resolved else None
        yield IroEscalationStretch(
            person=person,
            escalation_id=escalation.id,
            start=begun,
            end=as_date(end),
            raised=raised,
            raised_by=said.raised_by if isinstance(said, EscalationRaised) else None,
            stage="formal" if is_formal else "informal",
            level=level,
            reason=reason,
            formal_since=as_date(escalation.formal) if is_formal else None,
            due=as_date(due) or date.max,
            late_since=as_date(late_since),
            resolved_on=begun if is_resolved else None,
            outcome=resolution.outcome if isinstance(resolution, EscalationResolved) else None,
        )
        start = end


def _due(
    escalation: IroEscalation,
    on: AsOf,
    rulebook: Rulebook,
    levels: Sequence[EscalationLevel],
    level: int,
    *,
    is_formal: bool,
) -> int:
    """IR2, IR3: by when it is to be resolved; a level has its own days, and the whole has all."""

    def days_on(since: int, count: int) -> int:
        return working_days_on(since, count, rulebook.bank_holidays)

    if not is_formal:
        return days_on(escalation.raised, rulebook.limits["IR3.working_days"].on(on))
    whole = days_on(escalation.formal, rulebook.limits["IR2.working_days"].on(on))
    if level > len(levels):
        return whole
    return min(whole, days_on(_reached_on(escalation, level), levels[level - 1].working_days))


def _reached_on(escalation: IroEscalation, level: int) -> int:
    """The day on which a level, or a higher one, was first reached."""
    levels = escalation.levels
    return next(
        day for day, value in zip(levels.days, levels.values, strict=True) if value >= level
    )
