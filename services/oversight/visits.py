"""Visits to those who are visited more often: placed with parents, or in an unlawful placement."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment.stretch import ArrangementKind
from services.oversight.cases import Case, cases_listed
from services.store.case_filter import Filter
from services.store.cases import count_cases
from services.store.view import View

ARRANGEMENTS: dict[ArrangementKind, str] = {
    "unlawful": "In an unlawful placement",
    "with_parents": "Placed with parents",
}
"""What each arrangement is called; the gravest first."""


@dataclass(frozen=True, slots=True)
class Visited:
    """Those of one arrangement: the first to be visited first, how many, overdue, not approved."""

    kind: ArrangementKind
    cases: Sequence[Case]
    total: int
    overdue: int
    not_approved: int


async def visited_more_often(connection: AsyncConnection, view: View, limit: int) -> list[Visited]:
    """The young people of each arrangement, of those whom a reader may see on a day."""
    found = []
    for kind in ARRANGEMENTS:
        wanted = Filter(arrangement=kind)
        found.append(
            Visited(
                kind,
                await cases_listed(connection, view, wanted, "review", limit=limit),
                await count_cases(connection, view, wanted),
                await count_cases(connection, view, Filter(arrangement=kind, overdue=True)),
                await count_cases(connection, view, Filter(arrangement=kind, not_approved=True)),
            )
        )
    return found
