"""The supervision sheet of a worker: each of their young people, with what there is to speak of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Rag
from services.oversight.cases import Case, cases_listed
from services.store.case_filter import Filter
from services.store.reviews_held import LastSupervision, last_supervisions
from services.store.view import View

MOST = 400
"""Cases of one worker that are read: more than anybody can hold."""


@dataclass(frozen=True, slots=True)
class Supervised:
    """A young person of a worker, with their cases, the most urgent first.

    `last` is the last supervision in which they were spoken of; None if none is recorded.
    """

    person: str
    cases: Sequence[Case]
    last: LastSupervision | None = None

    @property
    def concerns(self) -> list[Case]:
        """The cases that are red or amber."""
        return [case for case in self.cases if case.rag in (Rag.RED, Rag.AMBER)]

    @property
    def green(self) -> list[Case]:
        """The cases that are green."""
        return [case for case in self.cases if case.rag is Rag.GREEN]

    @property
    def next_review(self) -> date | None:
        """The first day by which something of it is to be reviewed, or the young person seen."""
        return min((case.review_due for case in self.cases if case.review_due), default=None)


async def supervision_sheet(
    connection: AsyncConnection, view: View, worker: str
) -> list[Supervised]:
    """A worker's young people, of those whom a reader may see, the most urgent first."""
    found = await cases_listed(connection, view, Filter(worker=worker), limit=MOST)
    people: dict[str, list[Case]] = {}
    for case in found:
        people.setdefault(case.person, []).append(case)
    last = await last_supervisions(connection, view, people)
    return [Supervised(person, cases, last.get(person)) for person, cases in people.items()]
