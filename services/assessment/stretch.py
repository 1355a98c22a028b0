"""A stretch of the case line: a run of days on which nothing that a list shows changes."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from schemas.status import Concern, Rag, Statutory
from services.assessment.escalation import Line, Step


class OpenAction(NamedTuple):
    """An action that is open: what kind, whose (a staff id, and in which role), by when."""

    id: str
    kind: str
    owner: str
    role: str | None
    due: date


class Explained(NamedTuple):
    """Why a red is still red: when it was said, in a word of `StillRedReason`, and by whom."""

    on: date
    why: str
    by: str | None


AtBaseline = Literal["", "with a team", "without a team"]
"""Whether a case was red on the policy's baseline day, and had a team then."""

ArrangementKind = Literal["with_parents", "unlawful"]


class Arrangement(NamedTuple):
    """Where somebody is who is visited more often: what it is, since when, and who approved it."""

    kind: ArrangementKind
    since: date
    approved_by: str | None


class Acknowledgement(NamedTuple):
    """That a senior manager acknowledged a red: when, who (a staff id), and as which step."""

    on: date
    by: str
    role: Step


@dataclass(slots=True)
class Stretch:
    """A run of days on which nothing that a list shows of one case changes.

    Attributes:
        person: the young person's reference.
        concern: which concern.
        start: its first day.
        end: the day after its last; None for good.
        period: the first day of the period of colour (with its reasons) in which it lies.
        rag: the colour shown; none after the concern has ceased to apply.
        rule_rag: the colour that the rules give, before anybody's rating.
        rated_down: whether the rules say red and a rating shows less.
        statutory: what law or the national return calls it.
        urgency: unlawful, then homeless, then missing, then by colour, worst first; the order in
            which cases are listed.
        category: the reason for the colour, in words that may stand in an e-mail.
        rules: the rules that gave a colour, worst first.
        family_id: the family of a child in pre-proceedings, where the source says so.
        since: first day of the present colour; `since_basis` says whether that is exact.
        waiting_since: not green since this day; `since` where it is green.
        not_green_since: first day of the run of amber or red that the rules give.
        next_change: the day on which the colour changes by itself.
        red_since: first day of the run of red that the rules give.
        known_on: the day of that run on which it was first known here.
        team, service, personal_adviser, social_worker, team_manager, reviewing_officer: whose the
            case is then.
        owned: whether it has a team, and a worker who still works here.
        actions: the open actions, the first due first.
        late_actions: how many of them are late.
        action_due: when the first of them is due.
        review_due: when a review is due, by the concern's own rule or as promised.
        step: how far the red has climbed; None while it is nobody's above the worker.
        step_line: which line of the escalation's table brought it there.
        step_counted_from: the day from which that line counts its working days.
        step_reached_on: the day on which it reached the step.
        acknowledged: who acknowledged the red since it began, oldest first.
        awaiting: the steps that it has climbed to and that have not acknowledged it.
        outcome: why the last red ended, in a few words; empty while red or never red.
        red_ended_on: the day on which the last red ended.
        reviewed_on: the day of the last review, of what now makes it a case; None if never.
        at_baseline: whether it was red on the policy's baseline day, and had a team then; empty
            where it was not.
        arrangement: of visits, that the young person is placed with parents, or in an unlawful
            placement.
        explained: what was last said of why it is still red, since it has been.
    """

    person: str
    concern: Concern
    start: date
    end: date | None
    period: date
    rag: Rag
    rule_rag: Rag
    rated_down: bool
    statutory: Statutory | None
    urgency: int
    category: str
    rules: tuple[str, ...]
    family_id: str | None
    since: date
    since_basis: Literal["exact", "at_least"]
    waiting_since: date
    not_green_since: date | None
    next_change: date | None
    red_since: date | None
    known_on: date | None
    team: str | None
    service: str | None
    personal_adviser: str | None
    social_worker: str | None
    team_manager: str | None
    reviewing_officer: str | None
    owned: bool
    actions: tuple[OpenAction, ...]
    late_actions: int
    action_due: date | None
    review_due: date | None
    step: Step | None
    step_line: Line | None
    step_counted_from: date | None
    step_reached_on: date | None
    acknowledged: tuple[Acknowledgement, ...]
    awaiting: tuple[Step, ...]
    outcome: str
    red_ended_on: date | None
    reviewed_on: date | None
    at_baseline: AtBaseline
    arrangement: Arrangement | None
    explained: Explained | None
