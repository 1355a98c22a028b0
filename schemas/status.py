"""A young person's status: the concerns, the colours, and the reasons that are given for them."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Literal, Self


class Concern(StrEnum):
    """What senior managers watch over, in the order in which it is always shown."""

    heading: str

    UNSUITABLE_ACCOMMODATION = "unsuitable_accommodation", "Unsuitable accommodation"
    UNREGULATED_PLACEMENT = "unregulated_placement", "Unregulated or unregistered placement"
    PRE_PROCEEDINGS = "pre_proceedings", "Pre-proceedings"
    PERMANENCE = "permanence", "Permanence"
    VISITS = "visits", "Visits"
    PATHWAY_PLAN = "pathway_plan", "Pathway plan"
    MISSING = "missing", "Missing"

    def __new__(cls, value: str, heading: str = "") -> Self:
        """A member: its name in events and addresses, and what people call it."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.heading = heading
        return member


class Rag(StrEnum):
    """Red, amber, green; none where a concern does not apply to the young person."""

    NONE = "none"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"

    @property
    def severity(self) -> int:
        """0 for none up to 3 for red: the worse colour has the greater number."""
        return _SEVERITY[self]


_SEVERITY = {rag: number for number, rag in enumerate(Rag)}

Statutory = Literal["unsuitable", "suitable", "unlawful", "lawful"]
"""What the law or the national return calls it: a fact of its own beside the colour."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that gave a colour.

    `rule` is its id in the rule book, `text` one plain sentence, `source` the regulation, guidance
    or local standard, `facts` what it read, among them the events, as `{"source", "id"}`.
    """

    rule: str
    rag: Rag
    text: str
    source: str
    facts: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The reason as the contract prints it."""
        return {
            "rule": self.rule,
            "rag": str(self.rag),
            "text": self.text,
            "source": self.source,
            "facts": self.facts,
        }


@dataclass(frozen=True, slots=True)
class Override:
    """A person's rating in force, beside what the rules say.

    `rag` is what was rated, `expires` the last day on which it can be in force. `effect` says
    whether it raised, lowered or changed nothing.
    """

    rag: Rag
    effect: Literal["raised", "lowered", "none"]
    rationale: str
    authorised_by: str
    expires: date
    review_id: str

    def as_json(self) -> dict[str, Any]:
        """The rating as the contract prints it."""
        return {
            "rag": str(self.rag),
            "effect": self.effect,
            "rationale": self.rationale,
            "authorised_by": self.authorised_by,
            "expires": self.expires.isoformat(),
            "review_id": self.review_id,
        }


@dataclass(frozen=True, slots=True)
class Period:
    """A run of days on which nothing about one concern changes.

    It holds from `start` up to, not including, `end`; None is for good. `since`, `since_basis`,
    `not_green_since` and `next_change` are the same on every day of it.
    """

    concern: Concern
    start: date
    end: date | None
    rag: Rag
    rule_rag: Rag
    statutory: Statutory | None
    override: Override | None
    reasons: tuple[Reason, ...]
    since: date
    since_basis: Literal["exact", "at_least"]
    not_green_since: date | None
    next_change: date | None

    @property
    def worst_reason(self) -> str:
        """The worst of its reasons in words; empty where there is none."""
        return self.reasons[0].text if self.reasons else ""

    def covers(self, day: date) -> bool:
        """Whether the period holds on that day."""
        return self.start <= day and (self.end is None or day < self.end)

    def as_status(self, person: str) -> dict[str, Any]:
        """The status of one young person on any day of this period, as the contract prints it."""
        return {
            "person": person,
            "concern": str(self.concern),
            "rag": str(self.rag),
            "rule_rag": str(self.rule_rag),
            "since": self.since.isoformat(),
            "since_basis": self.since_basis,
            "not_green_since": self.not_green_since and self.not_green_since.isoformat(),
            "next_change": self.next_change and self.next_change.isoformat(),
            "statutory": self.statutory,
            "override": self.override and self.override.as_json(),
            "reasons": [reason.as_json() for reason in self.reasons],
        }


@dataclass(frozen=True, slots=True)
class Question:
    """A doubt that somebody can settle.

    It stands from `start` up to, not including, `end` (None: for good) and never lowers a colour.
    `source` and `event` name the event that raised it, `settle` says what would settle it.
    """

    person: str
    field: str
    text: str
    settle: str
    source: str
    event: str
    start: date
    end: date | None = None
