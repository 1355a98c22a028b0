"""The facts of one young person, folded: what was true in their life, and from which day on.

Days are ordinals. Whatever can change over time is a `Temporal`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from schemas.status import Concern, Question
from services.assessment.resolution import Fact
from services.assessment.runs import Run
from services.assessment.temporal import FOREVER, Temporal

Content = Mapping[str, Any]


@dataclass(slots=True)
class Spell:
    """A period of care, a placement, a stay somewhere, a time in pre-proceedings, or missing.

    It holds from `start` up to, not including, `end`. `ended_on` is the end as recorded, which a
    later spell may have cut short; `cut_by_care` the day on which a period of care cut it.
    `content` is what the source recorded of it, as it changed. `holds_from` is later than `start`
    for a temporary placement that became the main one.
    """

    id: str
    began: Fact
    start: int
    end: int
    ended_on: int
    ended: Fact | None
    content: Temporal[Content]
    by_this_date: bool
    holds_from: int
    cut_by_care: int = FOREVER

    @property
    def ended_by_event(self) -> bool:
        """Whether it ended by the event that says so, and was not cut before."""
        return self.ended is not None and self.ended_on <= self.end


@dataclass(frozen=True, slots=True)
class Judgement:
    """What has been said of a dwelling's suitability, when, and by which event.

    `recorded` is `suitable` as it was said. While a reason other than a shared house stands beside
    it, a true counts as not judged.
    """

    recorded: bool | None = None
    unsuitable_reason: str | None = None
    judged_on: int = 0
    fact: Fact | None = None

    @property
    def contradicts_itself(self) -> bool:
        """Suitable, with a reason why it is not."""
        return self.recorded is True and self.unsuitable_reason not in (None, "shared_house")

    @property
    def suitable(self) -> bool | None:
        """Whether it counts as suitable; None where nobody has judged it."""
        return None if self.contradicts_itself else self.recorded


@dataclass(slots=True)
class Dwelling(Spell):
    """A stay somewhere, with its judgement as it changed.

    `later` are the days on which a stay that began after it held: a review on one of them speaks of
    that one.
    """

    judgement: Temporal[Judgement] = field(default_factory=lambda: Temporal(Judgement()))
    later: tuple[tuple[int, int], ...] = ()

    def is_reviewed_by(self, fact: Fact) -> bool:
        """Whether a review that was held since its start speaks of this stay."""
        return not any(start <= fact.day < end for start, end in self.later)


class CareEnd(NamedTuple):
    """When and why a period of care ends, and how old the young person is then.

    It ends by its care.ended or on the 18th birthday, whichever is first; the birthday gives no
    reason. One that starts at 18 or over ends on the day it starts. A cut is no end here.
    `is_short_break` is whether it is a short break on its last day.
    """

    day: int
    reason: str | None
    at_16_or_over: bool
    under_16: bool
    is_short_break: bool


@dataclass(slots=True)
class InTouch:
    """Whether the council is in touch, and the first day of the unbroken run of that answer."""

    answer: str | None = None
    since: int = 0
    fact: Fact | None = None


class DueMove(NamedTuple):
    """A new due date that an action was given on a day, and whether it counts."""

    day: int
    due: int
    counts: bool
    authorised_by: str | None
    fact: Fact
    is_claimed: bool = False
    """Whether its source may not authorise, so that it only claims that somebody did."""


@dataclass(slots=True)
class Action:
    """A remedy with an owner and a date, open from `agreed` up to the day it was closed.

    `due` is the due date that counts, `moves` every other that it was given.
    """

    id: str
    fact: Fact
    concern: Concern
    agreed: int
    completed: int
    cancelled: int
    due: Temporal[int]
    owner: Temporal[str]
    kind: Temporal[str]
    what: Temporal[str]
    moves: tuple[DueMove, ...] = ()

    @property
    def closed(self) -> int:
        """The earlier of completed and cancelled."""
        return min(self.completed, self.cancelled)


@dataclass(slots=True)
class PermanencePlan:
    """A plan for permanence and the day, if any, on which it was withdrawn."""

    fact: Fact
    day: int
    withdrawn: int
    withdrawal: Fact | None


@dataclass(slots=True)
class Extension:
    """An authorised extension of pre-proceedings, in force through `until`."""

    fact: Fact
    start: int
    until: int


@dataclass(slots=True)
class IroEscalation:
    """An escalation of a reviewing officer, open from `raised` up to `resolved` (ordinals).

    Attributes:
        id: how its source calls it.
        fact: the event that raised it; of several, the latest.
        raised: the earliest day on which it is said to have been raised.
        resolved: the day on which it was resolved.
        resolution: the event that resolved it.
        formal: the day from which it is formal; FOREVER while it is informal.
        levels: the highest level reached so far, from the day on which it was; 0 while informal.
        reason: why it was raised, as it was last said.
    """

    id: str
    fact: Fact
    raised: int
    resolved: int
    resolution: Fact | None
    formal: int
    levels: Temporal[int]
    reason: Temporal[str | None]


@dataclass(slots=True)
class Facts:
    """All that is known about one young person, in the order of the fold."""

    person: str
    born: date | None = None
    eligibility: Temporal[str | None] = field(default_factory=lambda: Temporal(None))
    eligibility_given: list[Fact] = field(default_factory=list)
    """Updates that give an eligibility, in the order of the fold."""
    in_touch: Temporal[InTouch] = field(default_factory=lambda: Temporal(InTouch()))
    education: Temporal[str | None] = field(default_factory=lambda: Temporal(None))
    activity: Temporal[str | None] = field(default_factory=lambda: Temporal(None))
    staff: dict[str, Temporal[str | None]] = field(default_factory=dict)
    died_on: int = FOREVER
    closings: list[Fact] = field(default_factory=list)
    care: list[Spell] = field(default_factory=list)
    main_placements: list[Spell] = field(default_factory=list)
    temporary_placements: list[Spell] = field(default_factory=list)
    dwellings: list[Dwelling] = field(default_factory=list)
    pre_proceedings: list[Spell] = field(default_factory=list)
    missing: list[Spell] = field(default_factory=list)
    absent: list[Spell] = field(default_factory=list)
    care_ends: list[CareEnd] = field(default_factory=list)
    """The end of each period of care, in the order of `care`."""
    in_care: list[Run] = field(default_factory=list)
    """Runs of days in care other than short breaks; care began on the first of one."""
    looked_after: list[Run] = field(default_factory=list)
    entitled: list[Run] = field(default_factory=list)
    """Runs of days with an eligibility of a care leaver who is visited and has a pathway plan."""
    unlawful: list[Run] | None = None
    """Runs of days on which a placement is unlawful: of a line that must be walked first."""
    extensions: dict[str, list[Extension]] = field(default_factory=dict)
    reviews: list[Fact] = field(default_factory=list)
    reviews_of: dict[str, list[Fact]] = field(default_factory=dict)
    """The same by their kind."""
    ratings: list[Fact] = field(default_factory=list)
    visits: list[Fact] = field(default_factory=list)
    last_visit: dict[str, Temporal[Fact | None]] = field(default_factory=dict)
    """The last visit of a kind, one that tells no kind among them."""
    promised: dict[tuple[Concern, str | None], Temporal[int | None]] = field(default_factory=dict)
    """The next review that the last one promised, by concern and its own kind of review."""
    interviews: list[Fact] = field(default_factory=list)
    """Interviews after a return from being missing."""
    plans: list[PermanencePlan] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    iro_escalations: list[IroEscalation] = field(default_factory=list)
    acknowledgements: list[Fact] = field(default_factory=list)
    explanations: list[Fact] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    first_day: int = FOREVER

    @property
    def spells(self) -> list[Spell]:
        """Every spell of every kind."""
        return [
            *self.care,
            *self.main_placements,
            *self.temporary_placements,
            *self.dwellings,
            *self.pre_proceedings,
            *self.missing,
            *self.absent,
        ]

    def actions_for(self, concern: Concern) -> list[Action]:
        """The actions that were agreed for one concern."""
        return [action for action in self.actions if action.concern is concern]
