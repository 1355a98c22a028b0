"""The work that is due: what waits for a reader, the most urgent first, and how much there is."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Rag
from services.assessment.escalation import STEPS
from services.assessment.rules import CONCERNS
from services.oversight.cases import Case, cases_listed
from services.store import case_counts, case_figures
from services.store.case_filter import Filter, Sort
from services.store.case_measures import AWAITING, LATE, NO_ACTION, REVIEW
from services.store.cases import count_cases
from services.store.view import View


@dataclass(frozen=True, slots=True)
class DueList:
    """Cases in which something is to be done: the first of them, how many, and which list."""

    first: list[Case]
    total: int
    wanted: Filter


@dataclass(frozen=True, slots=True)
class WorkDue:
    """What a reader must do about their cases.

    Attributes:
        acknowledge: reds that have climbed to the reader, who has not acknowledged them.
        late: cases with a late action.
        reviews: cases with a review that is overdue or due within a week.
        no_action: reds without an open action.
    """

    acknowledge: DueList | None
    late: DueList | None
    reviews: DueList | None
    no_action: DueList | None


async def work_due(
    connection: AsyncConnection, view: View, roles: tuple[str, ...], *, oversees: bool, first: int
) -> WorkDue:
    """What a reader in some roles must do.

    Args:
        connection: where it is read.
        view: whose cases, and on which day.
        roles: the roles in which the reader may acknowledge.
        oversees: whether the reader works on the cases or oversees those who do.
        first: how many of each list are read.
    """
    counts = await case_counts.counts(connection, view)

    async def due(wanted: Filter, measure: str, sort: Sort = "urgency") -> DueList:
        total = sum(number for (_, name), number in counts.items() if name == measure)
        found = await cases_listed(connection, view, wanted, sort, limit=first) if total else []
        return DueList(found, total, wanted)

    step = next((role for role in roles if role in STEPS), None)
    return WorkDue(
        acknowledge=await due(Filter(awaits=step), AWAITING[step]) if step else None,
        late=await due(Filter(late=True), LATE) if oversees else None,
        reviews=await due(Filter(review=True), REVIEW, "review") if oversees else None,
        no_action=await due(Filter(rag=Rag.RED, no_action=True), NO_ACTION) if oversees else None,
    )


async def pending(connection: AsyncConnection, view: View) -> dict[str, dict[str, int]]:
    """Key activity that is pending, by team: what to do, and in how many cases."""
    kinds = [kind for declaration in CONCERNS.values() for kind in declaration.pending]
    return await case_figures.pending_by_team(connection, view, kinds)


async def waiting_for(connection: AsyncConnection, view: View) -> dict[str, int]:
    """How many reds wait to be acknowledged, by the escalation step that they have reached."""
    return {step: await count_cases(connection, view, Filter(awaits=step)) for step in STEPS}
