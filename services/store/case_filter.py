"""Which cases are asked for, and in which order: as conditions of a query."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, case, func, literal, literal_column, or_, select

from schemas.status import Concern, Rag
from services.assessment.escalation import STEPS, Step
from services.assessment.stretch import ArrangementKind
from services.store.cohorts import in_cohort
from services.store.columns import covers
from services.store.reported_cases import ReportedConcerns, reported_red
from services.store.scope import not_hidden, visible
from services.store.tables import cases
from services.store.view import View

Sort = Literal[
    "urgency", "case", "concern", "colour", "since", "team", "worker", "due", "review", "waiting",
    "turning",
]  # fmt: skip

SOON = timedelta(days=7)
"""How long before its day a review counts as due."""

NONE = "none"
"""What stands for no team, no service or no worker."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which cases are asked for; empty is any.

    Attributes:
        weeks: at least so many whole weeks of the present colour.
        no_action: no open action.
        late: an open action is late.
        review: a review is overdue, or due within a week.
        awaits: it has climbed to this step, which has not acknowledged it.
        case: a part of the reference.
        red_on: it was red on this day, whatever it is now.
        turning_by: it turns red by itself after the day asked about and by this one.
        rated_down: the rules say red and a rating shows less.
        unowned: no team, or nobody who still works here.
        reported_red_in: this report told it as red.
        newly_red: this report did not tell it as red.
        moved_in_since: what this report told of it, it told of others than the reader.
        climbed_to: it has climbed to this step or beyond it.
        no_action_or_late: no action is open, or one is late.
        overdue: a review, visit or plan was due before the day.
        never_reviewed: it is red or amber, and nobody has reviewed it.
        arrangement: the young person is placed with parents, or in an unlawful placement.
        not_approved: it is not recorded who approved that.
        campaign: the young person is in the cohort of this campaign.
        not_in_campaign: they are not.
    """

    concern: Concern | None = None
    rag: Rag | None = None
    service: str = ""
    team: str = ""
    worker: str = ""
    reason: str = ""
    weeks: int = 0
    no_action: bool = False
    late: bool = False
    unlawful: bool = False
    review: bool = False
    rated_down: bool = False
    unowned: bool = False
    awaits: str = ""
    case: str = ""
    red_on: date | None = None
    turning_by: date | None = None
    reported_red_in: ReportedConcerns | None = None
    newly_red: ReportedConcerns | None = None
    moved_in_since: ReportedConcerns | None = None
    climbed_to: Step | None = None
    no_action_or_late: bool = False
    overdue: bool = False
    never_reviewed: bool = False
    arrangement: ArrangementKind | None = None
    not_approved: bool = False
    campaign: str = ""
    not_in_campaign: str = ""


def of(view: View, *, applies: bool = True) -> list[ColumnElement[bool]]:
    """The conditions that every query of cases starts from: the day, the reader, what is counted.

    With `applies` False, cases to which the concern applies no more are among them.
    """
    found = [
        cases.c.start <= view.day,
        cases.c.until > view.day,
        _seen(view),
        *_of_concerns(view),
    ]
    if applies:
        # Said so, no index on colours is tempting: a reader's own young people are found faster.
        found.append(cases.c.rag != Rag.NONE.value)
    return found


def _seen(view: View) -> ColumnElement[bool]:
    """The condition that a case of the day is one that the reader may see.

    Today a case is whose the young person is: the line says so itself, and has indexes of services
    and teams. A caseload is found faster by its young people.
    """
    if view.day != view.today or view.scope.workers or view.scope.everything:
        return visible(cases.c.person, view.scope, view.today)
    return and_(view.scope.of(cases.c), not_hidden(cases.c.person, view.scope))


def _of_concerns(view: View) -> list[ColumnElement[bool]]:
    """The condition that a concern is counted; nothing where all of them are."""
    if set(view.tracked) >= set(Concern):
        return []
    return [cases.c.concern.in_([concern.value for concern in view.tracked])]


def conditions(view: View, wanted: Filter) -> list[ColumnElement[bool]]:
    """What a case must be to be among those asked for."""
    c = cases.c
    found = [
        *_exactly(c, wanted),
        *_open(c, view.day, wanted),
    ]
    if wanted.red_on is not None:
        found.append(_was_red(wanted.red_on))
    if wanted.turning_by is None and (wanted.rag is Rag.RED or wanted.awaits or wanted.climbed_to):
        found.append(covers(c, view.day))
    if wanted.campaign:
        found.append(in_cohort(wanted.campaign))
    if wanted.not_in_campaign:
        found.append(~in_cohort(wanted.not_in_campaign))
    if wanted.reported_red_in:
        found.append(reported_red(wanted.reported_red_in))
    if wanted.moved_in_since:
        found.append(~reported_red(wanted.moved_in_since, scope=view.scope))
    if wanted.newly_red:
        found.append(~reported_red(wanted.newly_red))
    if wanted.turning_by is not None:
        turning = [
            c.rag == Rag.RED.value, c.start == c.since, c.start > view.day,
            c.start <= wanted.turning_by, visible(c.person, view.scope, view.today),
            *_of_concerns(view),
        ]  # fmt: skip
        return [*turning, *found]
    return [*of(view, applies=wanted.red_on is None), *found]


def _exactly(c: Any, wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.concern is not None:
        found.append(c.concern == wanted.concern.value)
    if wanted.rag is not None:
        found.append(c.rag == (_RED if wanted.rag is Rag.RED else wanted.rag.value))
    if wanted.service:
        found.append(c.service.is_(None) if wanted.service == NONE else c.service == wanted.service)
    if wanted.team:
        found.append(c.team.is_(None) if wanted.team == NONE else c.team == wanted.team)
    if wanted.worker == NONE:
        found += [c.personal_adviser.is_(None), c.social_worker.is_(None)]
    elif wanted.worker:
        worker = wanted.worker
        found.append(or_(c.personal_adviser == worker, c.social_worker == worker))
    if wanted.reason:
        found.append(c.rules.like(f"% {_plain(wanted.reason.upper())} %", escape="\\"))
    if wanted.case:
        found.append(func.lower(c.person).like(f"%{_plain(wanted.case.lower())}%", escape="\\"))
    return found


_RED = literal(Rag.RED.value, literal_execute=True)
"""Written into the statement, so that the index of reds is seen to serve."""

_NOWHERE: ColumnElement[str] = literal_column("''")
"""Written into the statement, so that the index of arrangements is seen to serve."""

_ZERO: ColumnElement[int] = literal_column("0")
"""Written into the statement, so that the index of late cases is seen to serve."""


def _open(c: Any, day: date, wanted: Filter) -> list[ColumnElement[bool]]:
    """The conditions that are either asked for or not."""
    asked: list[tuple[object, ColumnElement[bool]]] = [
        (wanted.weeks, c.since <= day - timedelta(weeks=wanted.weeks)),
        (wanted.no_action, c.open_actions == 0),
        (wanted.no_action_or_late, or_(c.open_actions == 0, c.late_actions > 0)),
        (wanted.climbed_to, c.step.in_(_from(wanted.climbed_to))),
        (wanted.late, c.late_actions > _ZERO),
        (wanted.unlawful, c.statutory == "unlawful"),
        (wanted.review, c.review_due <= day + SOON),
        (wanted.rated_down, c.rated_down),
        (wanted.unowned, ~c.owned),
        (wanted.overdue, overdue(c, day)),
        (wanted.never_reviewed, never_reviewed(c)),
        (
            wanted.arrangement,
            and_(c.arrangement != _NOWHERE, c.arrangement == wanted.arrangement),
        ),
        (wanted.not_approved, c.approved_by.is_(None)),
        (
            wanted.awaits,
            and_(
                c.step.is_not(None),
                c.awaiting.like(f"% {_plain(wanted.awaits)} %", escape="\\"),
            ),
        ),
    ]
    return [condition for is_asked, condition in asked if is_asked]


def overdue(c: Any, day: date) -> ColumnElement[bool]:
    """The condition that a review, visit or plan was due before a day; `c` has a case's columns."""
    return and_(c.review_due.is_not(None), c.review_due < day)


def never_reviewed(c: Any) -> ColumnElement[bool]:
    """The condition that a case is red or amber and that nobody has reviewed it."""
    return and_(c.rag.in_([Rag.RED.value, Rag.AMBER.value]), c.reviewed_on.is_(None))


def _from(step: Step | None) -> tuple[Step, ...]:
    """A step and those beyond it."""
    return STEPS[STEPS.index(step) :] if step else ()


def _was_red(day: date) -> ColumnElement[bool]:
    """Whether the same case was red on another day, as now known."""
    then = cases.alias()
    return (
        select(then.c.person)
        .where(
            then.c.person == cases.c.person,
            then.c.concern == cases.c.concern,
            then.c.rag == Rag.RED.value,
            then.c.start <= day,
            then.c.until > day,
        )
        .exists()
    )


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


CONCERN_ORDER = case(
    {concern.value: place for place, concern in enumerate(Concern)},
    value=cases.c.concern,
    else_=len(Concern),
)

_SEVERITY = case({rag.value: rag.severity for rag in Rag}, value=cases.c.rag)

_KEY = (cases.c.person, CONCERN_ORDER)

_URGENCY = (cases.c.urgency, cases.c.waiting_since, *_KEY)

_WORKER = func.coalesce(cases.c.personal_adviser, cases.c.social_worker, NONE)

LATEST = date.max

ORDERS: dict[Sort, tuple[ColumnElement[Any], ...]] = {
    "urgency": _URGENCY,
    "case": _KEY,
    "concern": (CONCERN_ORDER, *_URGENCY),
    "colour": (-_SEVERITY, *_URGENCY),
    "since": (cases.c.since, *_KEY),
    "team": (func.coalesce(cases.c.team, ""), *_URGENCY),
    "worker": (_WORKER, *_URGENCY),
    "waiting": (cases.c.waiting_since, cases.c.since, *_KEY),
    "turning": (cases.c.start, *_KEY),
    "review": (cases.c.review_due, *_KEY),
    "due": (func.coalesce(cases.c.action_due, LATEST), *_URGENCY),
}
