"""The overview: what one person is shown first. Pure, but for what it is given."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from schemas.status import Concern, Period, Rag
from services.access.directory import User
from services.access.roles import Role
from services.access.scope import Sight
from services.oversight.assignment import owner_on
from services.oversight.board import Board, Case
from services.oversight.case_list import arranged
from services.oversight.escalation import LADDER
from services.oversight.statuses import reported_of
from services.oversight.wording import ACTION_KINDS, category
from services.store.weekly_reports import Tally

WEEKS_SHOWN = 26
"""How far back the line of reds goes."""

Span = tuple[str, Concern, date, date]
"""A run of red: young person, concern, first day, the day after the last."""


@dataclass(frozen=True, slots=True)
class Compared:
    """How many of each colour there were in last week's report, as it said."""

    on: date
    tallies: Sequence[Tally]


@dataclass(frozen=True, slots=True)
class ConcernFigures:
    """One concern in figures: now, in the last report, and what became of the baseline's reds."""

    concern: Concern
    tracked: bool
    now: Mapping[Rag, int]
    last_week: Mapping[Rag, int] | None
    unlawful: int
    rated_down: int
    baseline_red: int | None
    baseline_still_red: int

    def change(self, rag: Rag) -> int | None:
        """How many more than in the last report; None where there is none."""
        return None if self.last_week is None else self.now[rag] - self.last_week[rag]


@dataclass(frozen=True, slots=True)
class Point:
    """How many were red on one day, by concern."""

    on: date
    red: Mapping[Concern, int]


@dataclass(frozen=True, slots=True)
class Turning:
    """A case that turns red on a day that is known today."""

    person: str
    period: Period

    @property
    def reason(self) -> str:
        """Why, as a category."""
        return category(self.period.reasons, self.period.rag)


@dataclass(frozen=True, slots=True)
class Duties:
    """What the signed-in person must do, each list with the most urgent first."""

    acknowledge: list[Case]
    late: list[Case]
    reviews: list[Case]
    no_plan: list[Case]
    reviews_by: date


@dataclass(frozen=True, slots=True)
class RedLine:
    """A red without a reference: for a lead member, who is shown no case."""

    concern: Concern
    unlawful: bool
    weeks: int
    kinds: list[str]
    due: date | None
    late: bool


def mine(board: Board, sight: Sight) -> list[Case]:
    """The cases of tracked concerns that a person may see."""
    return [
        case
        for case in board.cases.values()
        if board.tracked[case.status.concern] and sight.sees(case.status)
    ]


def figures(
    board: Board,
    sight: Sight,
    compared: Compared | None,
    baseline: date | None,
    spans: Iterable[Span],
) -> list[ConcernFigures]:
    """Each concern's figures."""
    now: Counter[tuple[Concern, Rag]] = Counter()
    unlawful: Counter[Concern] = Counter()
    lowered: Counter[Concern] = Counter()
    for case in board.cases.values():
        status = case.status
        if sight.sees(status):
            now[status.concern, status.rag] += 1
            unlawful[status.concern] += status.statutory == "unlawful"
            lowered[status.concern] += status.rule_rag is Rag.RED and status.rag is not Rag.RED
    told: Counter[tuple[Concern, Rag]] = Counter()
    for tally in compared.tallies if compared else ():
        if sight.sees(tally):
            told[tally.concern, tally.rag] += tally.many
    then = _red_on(board, sight, baseline, spans) if baseline else {}
    return [
        ConcernFigures(
            concern=concern,
            tracked=board.tracked[concern],
            now={rag: now[concern, rag] for rag in Rag},
            last_week={rag: told[concern, rag] for rag in Rag} if compared else None,
            unlawful=unlawful[concern],
            rated_down=lowered[concern],
            baseline_red=len(then.get(concern, ())) if baseline else None,
            baseline_still_red=sum(
                _is_red(board, person, concern) for person in then.get(concern, ())
            ),
        )
        for concern in Concern
    ]


def trend(board: Board, sight: Sight, spans: Iterable[Span]) -> list[Point]:
    """Reds of tracked concerns on the same weekday of past weeks and today, as now known."""
    days = [board.day - timedelta(days=7 * back) for back in reversed(range(WEEKS_SHOWN))]
    counted = [dict.fromkeys((c for c in Concern if board.tracked[c]), 0) for _ in days]
    for person, concern, start, until in spans:
        if not board.tracked[concern]:
            continue
        for place, day in enumerate(days):
            if start <= day < until and _seen_then(board, sight, person, day):
                counted[place][concern] += 1
    return [Point(day, red) for day, red in zip(days, counted, strict=True)]


def turning(board: Board, sight: Sight) -> list[Turning]:
    """What turns red within the policy's horizon."""
    found = []
    for person, period in board.turning:
        current = board.cases.get((person, period.concern))
        facts = board.facts.get(person)
        if facts is None or not board.tracked[period.concern]:
            continue
        owned = current.status if current else reported_of(person, period, facts, period.start)
        if sight.sees(owned):
            found.append(Turning(person, period))
    return found


def pending(cases: Iterable[Case], day: date) -> dict[str, dict[str, int]]:
    """Key activity that is pending, by team: what to do, and in how many cases."""
    counts: dict[str, Counter[str]] = {}
    for case in cases:
        rules = {reason.rule for reason in case.status.reasons}
        due = case.review_due
        told = {
            "Red without an action": case.status.rag is Rag.RED and not case.actions,
            "Action late": case.late,
            "Review overdue": due is not None and due < day,
            "Accommodation to judge": bool(rules & {"UA9", "UA13"}),
            "Registration to find out": bool(rules & {"UP3", "UP8"})
            and case.status.statutory is None,
            "Address or placement to record": bool(rules & {"UA11", "UP10"}),
        }
        of = counts.setdefault(case.status.team or "none", Counter())
        of.update({what: int(is_so) for what, is_so in told.items()})
    return {team: dict(counts[team]) for team in sorted(counts)}


def red_lines(cases: Iterable[Case]) -> list[RedLine]:
    """Each red without a reference, the longest first."""
    lines = [
        RedLine(
            case.status.concern,
            case.status.statutory == "unlawful",
            case.weeks,
            [ACTION_KINDS[action.kind] for action in case.actions],
            case.actions[0].due if case.actions else None,
            case.late,
        )
        for case in cases
        if case.status.rag is Rag.RED
    ]
    return sorted(lines, key=lambda line: (not line.unlawful, -line.weeks, line.concern))


def duties(cases: Sequence[Case], person: User, day: date) -> Duties:
    """What the person must do about cases that are theirs to see."""
    ladder = [role for role in person.roles if role in LADDER]
    red = [case for case in cases if case.status.rag is Rag.RED]
    soon = day + timedelta(days=7)
    oversees = bool(set(person.roles) - {Role.ANALYST, Role.LEAD_MEMBER, Role.ADMINISTRATOR})
    return Duties(
        acknowledge=_urgent(case for case in red if any(case.awaits(role) for role in ladder)),
        late=_urgent(case for case in cases if case.late) if oversees else [],
        reviews=sorted(
            (case for case in cases if case.review_is_due),
            key=lambda case: (case.review_due or date.max, case.key),
        )
        if oversees
        else [],
        no_plan=_urgent(case for case in red if not case.actions) if oversees else [],
        reviews_by=soon,
    )


def _urgent(cases: Iterable[Case]) -> list[Case]:
    return arranged(cases, "urgency")


def _is_red(board: Board, person: str, concern: Concern) -> bool:
    case = board.cases.get((person, concern))
    return case is not None and case.status.rag is Rag.RED


def _red_on(
    board: Board, sight: Sight, day: date, spans: Iterable[Span]
) -> dict[Concern, list[str]]:
    red: dict[Concern, list[str]] = {}
    for person, concern, start, until in spans:
        if start <= day < until and _seen_then(board, sight, person, day):
            red.setdefault(concern, []).append(person)
    return red


def _seen_then(board: Board, sight: Sight, person: str, day: date) -> bool:
    if sight.everything:
        return True
    facts = board.facts.get(person)
    return facts is not None and sight.sees(owner_on(facts, day))
