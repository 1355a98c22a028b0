"""Reviewing officers' escalations, as a digest has them: stage and dates, never a word of why."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.collection_year import year_of
from schemas.digest import Escalated, EscalatedLine
from services.assessment.derivation import Rules
from services.digests.case_lines import Reference
from services.oversight.reviewing_officers import days_open
from services.store import iro_escalations
from services.store.iro_escalations import ListedEscalation
from services.store.view import View

_SOON = timedelta(days=7)


async def escalated(
    connection: AsyncConnection,
    view: View,
    rules: Rules,
    reference: Callable[[str], Reference],
    limit: int,
) -> Escalated | None:
    """The escalations of a digest; None where none is open.

    Args:
        connection: where it is read.
        view: whose children, and on which day.
        rules: the levels, and the days that each may take.
        reference: how the mail names a young person.
        limit: how many are listed.
    """
    counts = await iro_escalations.counts_since(connection, view, year_of(view.day).first_day)
    opened = sum(item.open for item in counts)
    if not opened:
        return None
    listed = await iro_escalations.listed(connection, view)
    waiting = [
        item
        for item in listed
        if item.escalation.due < view.day + _SOON or item.escalation.late_since
    ]
    return Escalated(
        open=opened,
        formal=sum(item.open for item in counts if item.stage == "formal"),
        late=sum(item.late for item in counts),
        to_answer=len(waiting),
        lines=tuple(_line(item, view, rules, reference) for item in waiting[:limit]),
    )


def _line(
    item: ListedEscalation, view: View, rules: Rules, reference: Callable[[str], Reference]
) -> EscalatedLine:
    escalation = item.escalation
    named = reference(escalation.person)
    level = rules.policy.reviewing_officers.title(escalation.level) if escalation.level else ""
    return EscalatedLine(
        reference=named.reference,
        link=named.link,
        case_link=named.case_link,
        stage=f"Formal, with the {level}" if level else "Informal",
        days_open=days_open(item, view.day, rules.rulebook),
        due=escalation.due,
        late=escalation.due < view.day or escalation.late_since is not None,
    )
