"""The list of cases: filtered, sorted and cut into pages. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from schemas.status import Concern, Rag
from services.oversight.board import Case

PAGE = 30

Sort = Literal["urgency", "case", "concern", "colour", "since", "team", "worker", "due"]
SORTS: Mapping[Sort, str] = {
    "urgency": "Most urgent",
    "case": "Case",
    "concern": "Concern",
    "colour": "Colour",
    "since": "Longest",
    "team": "Team",
    "worker": "Worker",
    "due": "Next action due",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which cases are asked for; empty is any. `weeks` is at least so many weeks of the colour."""

    concern: Concern | None = None
    rag: Rag | None = None
    service: str = ""
    team: str = ""
    worker: str = ""
    reason: str = ""
    weeks: int = 0
    no_plan: bool = False
    late: bool = False
    unlawful: bool = False
    review: bool = False
    awaits: str = ""
    case: str = ""

    def takes(self, case: Case) -> bool:
        """Whether a case is among those asked for."""
        status = case.status
        return (
            (self.concern is None or status.concern is self.concern)
            and (self.rag is None or status.rag is self.rag)
            and (not self.service or (status.service or "none") == self.service)
            and (not self.team or (status.team or "none") == self.team)
            and (not self.worker or self.worker in _workers(case))
            and (not self.reason or any(r.rule == self.reason for r in status.reasons))
            and (not self.weeks or case.weeks >= self.weeks)
            and (not self.no_plan or not case.actions)
            and (not self.late or case.late)
            and (not self.unlawful or status.statutory == "unlawful")
            and (not self.review or case.review_is_due)
            and (not self.awaits or case.awaits(self.awaits))
            and (not self.case or self.case.casefold() in status.person.casefold())
        )


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen in the filter, out of the cases that a person may see."""

    services: list[str]
    teams: list[str]
    workers: list[str]
    reasons: list[str]


def choices(cases: Iterable[Case]) -> Choices:
    """Services, teams, workers and rules that stand in these cases, in order."""
    services, teams, workers, reasons = set(), set(), set(), set()
    for case in cases:
        services.add(case.status.service or "none")
        teams.add(case.status.team or "none")
        workers |= _workers(case)
        reasons |= {reason.rule for reason in case.status.reasons}
    return Choices(
        sorted(services), sorted(teams), sorted(workers), sorted(reasons, key=_rule_order)
    )


def arranged(cases: Iterable[Case], sort: Sort, *, reverse: bool = False) -> list[Case]:
    """Cases in the order that was asked for."""
    return sorted(cases, key=_KEYS[sort], reverse=reverse)


def _workers(case: Case) -> set[str]:
    told = {case.status.personal_adviser, case.status.social_worker} - {None}
    return {worker for worker in told if worker} or {"none"}


def _rule_order(rule: str) -> tuple[str, int]:
    letters = rule.rstrip("0123456789")
    return letters, int(rule[len(letters) :] or 0)


def _urgency(case: Case) -> tuple[object, ...]:
    status = case.status
    return (
        status.statutory != "unlawful",
        -status.rag.severity,
        status.not_green_since or status.since,
        *case.key,
    )


_KEYS = {
    "urgency": _urgency,
    "case": lambda case: case.key,
    "concern": lambda case: (list(Concern).index(case.status.concern), _urgency(case)),
    "colour": lambda case: (-case.status.rag.severity, _urgency(case)),
    "since": lambda case: (case.status.since, case.key),
    "team": lambda case: (case.status.team or "", _urgency(case)),
    "worker": lambda case: (min(_workers(case)), _urgency(case)),
    "due": lambda case: (case.actions[0].due if case.actions else date.max, _urgency(case)),
}
