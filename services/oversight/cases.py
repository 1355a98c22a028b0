"""A case on a day: what every list, digest, download and machine is shown of it, said once."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.policy import Policy
from schemas.status import Concern, Rag
from services.assessment.stretch import OpenAction, Stretch
from services.store import case_counts
from services.store.case_filter import SOON, Filter, Sort
from services.store.cases import count_cases, list_cases
from services.store.scope import Scope
from services.store.view import View


@dataclass(slots=True)
class Case(Stretch):
    """One concern of one young person on a day; `day` lies in the stretch."""

    day: date

    @property
    def key(self) -> tuple[str, Concern]:
        """Whose it is, and about what."""
        return self.person, self.concern

    @property
    def weeks(self) -> int:
        """Whole weeks of the present colour."""
        return (self.day - self.since).days // 7

    @property
    def weeks_not_green(self) -> int:
        """Whole weeks since it was last green."""
        return (self.day - self.waiting_since).days // 7

    @property
    def unlawful(self) -> bool:
        """Whether the law forbids it."""
        return self.statutory == "unlawful"

    @property
    def late(self) -> bool:
        """Whether an action is late."""
        return self.late_actions > 0

    def is_late(self, action: OpenAction) -> bool:
        """Whether an open action was due before the day."""
        return action.due < self.day

    @property
    def review_is_due(self) -> bool:
        """Whether a review is overdue, or due within a week."""
        return self.review_due is not None and self.review_due <= self.day + SOON

    @property
    def review_overdue(self) -> bool:
        """Whether a review was due before the day."""
        return self.review_due is not None and self.review_due < self.day


def case_on(stretch: Stretch, day: date) -> Case:
    """A stretch of the case line on one of its days."""
    return Case(**{name: getattr(stretch, name) for name in Stretch.__slots__}, day=day)


def view_of(
    scope: Scope,
    today: date,
    day: date | None = None,
    tracked: tuple[Concern, ...] | None = None,
) -> View:
    """What a reader looks at: today where no other day is asked about; every concern."""
    return View(scope, today, day or today, tuple(Concern) if tracked is None else tracked)


async def cases_listed(
    connection: AsyncConnection,
    view: View,
    wanted: Filter,
    sort: Sort = "urgency",
    *,
    reverse: bool = False,
    limit: int | None = None,
    offset: int = 0,
) -> list[Case]:
    """The cases asked for, in order, from `offset` on and at most `limit` of them."""
    found = await list_cases(
        connection, view, wanted, sort, reverse=reverse, limit=limit, offset=offset
    )
    return [case_on(stretch, max(view.day, stretch.start)) for stretch in found]


async def count_listed(connection: AsyncConnection, view: View, wanted: Filter) -> int:
    """How many cases are asked for; by concern and colour alone, as the summary counts them."""
    if wanted != Filter(concern=wanted.concern, rag=wanted.rag):
        return await count_cases(connection, view, wanted)
    counts = await case_counts.counts(connection, view)
    colours = [wanted.rag] if wanted.rag else [Rag.RED, Rag.AMBER, Rag.GREEN]
    concerns = [wanted.concern] if wanted.concern else list(view.tracked)
    return sum(
        counts.get((concern, rag.value), 0)
        for concern in concerns
        if concern in view.tracked
        for rag in colours
    )


def horizon(policy: Policy, day: date) -> Filter:
    """What turns red by itself within the policy's horizon."""
    return Filter(turning_by=day + timedelta(days=policy.digest.horizon_days))
