"""The case line: for one concern of one young person, a row for each stretch of days.

On the days of a stretch nothing that a list shows of the case changes: its colour, whose it is,
which actions are open and late, when a review is due, how far it has climbed and who acknowledged
it. All of that is a function of time, so it is written down once, past and future, and every list,
count, digest and download reads it for a day.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from schemas.events.base import EventData
from schemas.events.oversight import OversightAcknowledged, OversightExplained
from schemas.policy import Policy
from schemas.status import Concern, Period, Rag, Reason
from services.assessment.day import Day
from services.assessment.escalation import GRAVEST, MISSING, STEPS, Climb, RedCase, Step, climb
from services.assessment.facts import Action, Facts
from services.assessment.owner import Owner, open_actions, owners
from services.assessment.reason_category import category
from services.assessment.resolution import Fact
from services.assessment.rulebook import Rulebook
from services.assessment.rules import CONCERNS
from services.assessment.runs_of_red import FirstKnownRed, Red, runs_of_red
from services.assessment.stretch import (
    Acknowledgement,
    Arrangement,
    AtBaseline,
    Explained,
    OpenAction,
    Stretch,
)
from services.assessment.temporal import FOREVER, AsOf, Temporal, as_date
from services.assessment.timeline import Assessment


class _State(NamedTuple):
    """What changes within a period: whose the case is, what is done, how far it has climbed."""

    owner: Owner
    actions: tuple[OpenAction, ...]
    late_actions: int
    review_due: int | None
    climbed: Climb | None
    acknowledged: tuple[Acknowledgement, ...]
    reviewed_on: int | None
    arrangement: Arrangement | None
    explained: Explained | None


class _Why(NamedTuple):
    """What is the same on all days of a period, out of its reasons."""

    urgency: int
    category: str
    rules: tuple[str, ...]
    family_id: str | None


class _RedEnd(NamedTuple):
    """Why and when the last red ended."""

    outcome: str
    on: date | None


_NOT_ENDED = _RedEnd("", None)


def case_lines(
    facts: Facts,
    assessment: Assessment,
    rulebook: Rulebook,
    policy: Policy,
    first_known_red: FirstKnownRed,
    gone: Mapping[str, int],
) -> dict[Concern, tuple[Stretch, ...]]:
    """Each concern's line, from the first day on which it applies.

    Args:
        facts: what is known of the young person.
        assessment: the colours that follow from it.
        rulebook: the parameters by which they follow.
        policy: when a red climbs, and from which day on.
        first_known_red: when a run of red was first known here.
        gone: staff who have left, with the day (ordinal) from which they are gone.
    """
    walk = _Walk(facts, rulebook, policy, first_known_red, gone)
    return {concern: tuple(walk.line(periods)) for concern, periods in assessment.periods.items()}


class _Walk:
    """Walks the periods of one young person, from each day on which something may change."""

    def __init__(
        self,
        facts: Facts,
        rulebook: Rulebook,
        policy: Policy,
        first_known_red: FirstKnownRed,
        gone: Mapping[str, int],
    ) -> None:
        self.facts = facts
        self.rulebook = rulebook
        self.policy = policy
        self.first_known_red = first_known_red
        self.owners = Temporal(Owner(), owners(facts, gone))
        self.actions: dict[Concern, list[Action]] = defaultdict(list)
        for action in facts.actions:
            self.actions[action.concern].append(action)

    def line(self, periods: Sequence[Period]) -> Iterator[Stretch]:
        """The stretches of one concern."""
        reds = runs_of_red(periods, self.policy, self.first_known_red)
        climbed: Climb | None = None
        ended = _NOT_ENDED
        before: Period | None = None
        at_baseline = self._at_baseline(periods)
        for place, period in enumerate(periods):
            if before is None and period.rag is Rag.NONE:
                continue
            if place == 0 or reds[place] != reds[place - 1]:
                climbed = None
            if period.rag is Rag.RED:
                ended = _NOT_ENDED
            elif before is not None and before.rag is Rag.RED:
                ended = _RedEnd(self._outcome(before, period), period.start)
            before, why = period, _why(period)
            for start, end, state in self._states(period, reds[place], climbed):
                climbed = state.climbed
                yield self._stretch(period, why, reds[place], state, ended, at_baseline, start, end)

    def _at_baseline(self, periods: Sequence[Period]) -> AtBaseline:
        """Whether it was red on the policy's baseline day, and had a team then."""
        day = self.policy.baseline
        if day is None or not any(it.covers(day) and it.rag is Rag.RED for it in periods):
            return ""
        has_team = self.owners.on(AsOf(day.toordinal())).team is not None
        return "with a team" if has_team else "without a team"

    def _outcome(self, before: Period, after: Period) -> str:
        on = Day(after.start.toordinal(), self.facts, self.rulebook)
        return CONCERNS[before.concern].outcome(before, on, after)

    def _states(
        self, period: Period, red: Red | None, climbed: Climb | None
    ) -> Iterator[tuple[int, int, _State]]:
        """One period, cut wherever something about the case changes."""
        start = period.start.toordinal()
        end = period.end.toordinal() if period.end else FOREVER
        begun, kept = start, None
        while start < end:
            on = Day(start, self.facts, self.rulebook)
            state = self._state(on, period, red, climbed)
            if kept is not None and state != kept:
                yield begun, start, kept
                begun = start
            kept, climbed = state, state.climbed
            start = min(on.until, end)
        if kept is not None:
            yield begun, end, kept

    def _state(self, on: Day, period: Period, red: Red | None, climbed: Climb | None) -> _State:
        """What is so on one day."""
        owner = self.owners.on(on)
        if period.rag is Rag.NONE:
            return _State(owner, (), 0, None, None, (), None, None, None)
        concern = CONCERNS[period.concern]
        mine = [action for action in self.actions[period.concern] if on.is_open(action)]
        if red is not None:
            case = RedCase(
                red.clock,
                unlawful=period.statutory == "unlawful",
                missing=any(reason.rule == MISSING for reason in period.reasons),
                gravest=any(reason.rule in GRAVEST for reason in period.reasons),
                owned=owner.owned,
                open_actions=mine,
            )
            climbed = climb(on, case, self.policy.escalation, climbed)
        return _State(
            owner=owner,
            actions=open_actions(mine, on, owner),
            late_actions=sum(on.is_late(action) for action in mine),
            review_due=concern.review_due(on, period.rag),
            climbed=climbed,
            acknowledged=tuple(self._acknowledged(on, period, red)),
            reviewed_on=concern.reviewed_on(on),
            arrangement=concern.arrangement(on),
            explained=self._explained(on, period, red),
        )

    def _explained(self, on: Day, period: Period, red: Red | None) -> Explained | None:
        """What was last said, by this day, of why the red that runs lasts."""
        last = None
        for fact, data in self._of_the_red(self.facts.explanations, on, period, red):
            if isinstance(data, OversightExplained):
                last = Explained(fact.date, data.why, data.explained_by)
        return last

    def _acknowledged(self, on: Day, period: Period, red: Red | None) -> Iterator[Acknowledgement]:
        """Who acknowledged the red that runs, by this day."""
        for fact, data in self._of_the_red(self.facts.acknowledgements, on, period, red):
            if isinstance(data, OversightAcknowledged):
                yield Acknowledgement(fact.date, data.acknowledged_by, data.role)

    def _of_the_red(
        self, facts: Iterable[Fact], on: Day, period: Period, red: Red | None
    ) -> Iterator[tuple[Fact, EventData]]:
        """What was recorded, by this day, of the red that runs, or that is shown."""
        if red is None and period.rag is not Rag.RED:
            return
        since = red.start if red else period.since.toordinal()
        for fact in facts:
            is_of_it = fact.day >= since and fact.concern is period.concern
            if is_of_it and on.reached(fact.day):
                yield fact, fact.data

    def _stretch(
        self,
        period: Period,
        why: _Why,
        red: Red | None,
        state: _State,
        ended: _RedEnd,
        at_baseline: AtBaseline,
        start: int,
        end: int,
    ) -> Stretch:
        """The days of one state as they are written down."""
        climbed, owner = state.climbed, state.owner
        return Stretch(
            person=self.facts.person,
            concern=period.concern,
            start=_date(start),
            end=as_date(end),
            period=period.start,
            rag=period.rag,
            rule_rag=period.rule_rag,
            rated_down=period.rule_rag is Rag.RED and period.rag is not Rag.RED,
            statutory=period.statutory,
            urgency=why.urgency,
            category=why.category,
            rules=why.rules,
            family_id=why.family_id,
            since=period.since,
            since_basis=period.since_basis,
            waiting_since=period.not_green_since or period.since,
            not_green_since=period.not_green_since,
            next_change=period.next_change,
            red_since=as_date(red.start) if red else None,
            known_on=as_date(red.known) if red else None,
            team=owner.team,
            service=owner.service,
            personal_adviser=owner.personal_adviser,
            social_worker=owner.social_worker,
            team_manager=owner.team_manager,
            reviewing_officer=owner.reviewing_officer,
            owned=owner.owned,
            actions=state.actions,
            late_actions=state.late_actions,
            action_due=state.actions[0].due if state.actions else None,
            review_due=None if state.review_due is None else as_date(state.review_due),
            step=climbed.step if climbed else None,
            step_line=climbed.line if climbed else None,
            step_counted_from=as_date(climbed.counted_from) if climbed else None,
            step_reached_on=as_date(climbed.reached_on) if climbed else None,
            acknowledged=state.acknowledged,
            awaiting=_awaiting(climbed, state.acknowledged),
            outcome=ended.outcome,
            red_ended_on=ended.on,
            reviewed_on=None if state.reviewed_on is None else as_date(state.reviewed_on),
            at_baseline=at_baseline,
            arrangement=state.arrangement,
            explained=state.explained,
        )  # fmt: skip


def _why(period: Period) -> _Why:
    reasons = period.reasons
    return _Why(
        urgency=_urgency(period),
        category=category(reasons, period.rag) if reasons or period.override else "",
        rules=tuple(dict.fromkeys(reason.rule for reason in reasons)),
        family_id=_family(reasons),
    )


_HOMELESS, _MISSING = 5, 6
"""Behind what is unlawful, whose urgency is less, and before every other red."""


def _urgency(period: Period) -> int:
    """Gravity first: unlawful, homeless or in an emergency bed, missing; then by colour."""
    worst = Rag.RED.severity - period.rag.severity
    if period.statutory == "unlawful":
        return worst
    rules = {reason.rule for reason in period.reasons}
    if period.rag is Rag.RED and rules & GRAVEST:
        return _HOMELESS
    if period.rag is Rag.RED and MISSING in rules:
        return _MISSING
    return 10 + worst


def _family(reasons: Iterable[Reason]) -> str | None:
    return next((str(r.facts["family_id"]) for r in reasons if r.facts.get("family_id")), None)


def _awaiting(climbed: Climb | None, acknowledged: Iterable[Acknowledgement]) -> tuple[Step, ...]:
    if climbed is None:
        return ()
    done = {item.role for item in acknowledged}
    return tuple(step for step in STEPS[: climbed.rank] if step not in done)


def _date(day: int) -> date:
    return as_date(day) or date.max
