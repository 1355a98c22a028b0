"""The content of a weekly digest, before it is rendered as HTML and as text.

No names, no dates of birth, no free text; custody and deprivation of liberty in neutral words.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from schemas.recipients import Recipient
from schemas.status import Concern

Basis = Literal["as reported", "as now known"]


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True)


class Figure(_Content):
    """How many were red on another day, and whether a digest reported it then.

    `link` opens those cases, for whoever is sent references.
    """

    on: date
    red: int
    basis: Basis
    link: str | None = None


class ConcernSummary(_Content):
    """One concern in figures.

    `unowned` have no team or worker. `rated_down` counts those that are red by the rules and shown
    as less. `families` counts the families in pre-proceedings, where the source sends their ids.
    `links` opens the cases of a count, by its name; empty for whoever is sent no reference.
    """

    concern: Concern
    tracked: bool
    red: int
    amber: int
    green: int
    rated_down: int
    unlawful: int
    unowned: int = 0
    families: int | None = None
    last_week: Figure | None = None
    four_weeks: Figure | None = None
    baseline: Figure | None = None
    links: Mapping[str, str] = {}

    @property
    def is_empty(self) -> bool:
        """Whether it has no case, and none was red on a day that it is compared with."""
        before = (self.last_week, self.four_weeks, self.baseline)
        reds = sum(figure.red for figure in before if figure)
        return not (self.red or self.amber or self.green or self.rated_down or reds)


class ActionLine(_Content):
    """One action: its kind, its owner's role and its date; never its words."""

    kind: str
    owner: str
    due: date
    late: bool


class CaseLine(_Content):
    """One red case. `reference` and `link` are absent for those who are sent no reference."""

    reference: str | None
    link: str | None
    case_link: str | None
    concern: Concern
    reason: str
    unlawful: bool
    since: date
    at_least: bool
    weeks_red: int
    weeks_not_green: int
    recorded_late: bool = False
    moved_in: bool = False
    actions: tuple[ActionLine, ...] = ()
    why: str = ""


class StoppedLine(_Content):
    """A case that stopped being red, and why."""

    reference: str | None
    link: str | None
    case_link: str | None
    concern: Concern
    why: str
    now: Literal["red", "amber", "green", "none"]


class TurningLine(_Content):
    """A case that turns red on a day that is known today."""

    reference: str | None
    link: str | None
    case_link: str | None
    concern: Concern
    on: date
    reason: str


class PromisedLine(_Content):
    """An action that is late and open: its kind, its owner's role, its date; never its words.

    `moved` says how often its date was moved.
    """

    reference: str | None
    link: str | None
    case_link: str | None
    concern: Concern
    kind: str
    owner: str
    due: date
    moved: str


class WeekInTime(_Content):
    """Of the actions due in the seven days to `through`, how many were done in time."""

    through: date
    due: int
    in_time: int


class Promised(_Content):
    """What was promised: how many actions are late and open, due, or were done, and the late ones.

    `due` counts the next seven days, `in_time` and `done_late` the last seven.
    """

    late: int
    due: int
    in_time: int
    done_late: int
    weeks: tuple[WeekInTime, ...]
    lines: tuple[PromisedLine, ...] = ()


class EscalatedLine(_Content):
    """A reviewing officer's escalation that is overdue or due soon: its stage and dates alone."""

    reference: str | None
    link: str | None
    case_link: str | None
    stage: str
    days_open: int
    due: date
    late: bool

    @property
    def for_days(self) -> str:
        """For how long it has been open, or formal where it is."""
        days = f"{self.days_open} working {'day' if self.days_open == 1 else 'days'}"
        return f"{'formal' if self.stage.startswith('Formal') else 'open'} for {days}"


class Escalated(_Content):
    """Reviewing officers' escalations: how many are open, of these overdue, and those to answer.

    `to_answer` are those that are or were overdue, or due in the next seven days; `lines` has the
    first of them.
    """

    open: int
    formal: int
    late: int
    to_answer: int = 0
    lines: tuple[EscalatedLine, ...] = ()


class MeasureLine(_Content):
    """An oversight measure of the whole council: its figure, its target, what it is judged.

    `published` is what was published of England or the like, in words; empty where nothing was.
    """

    name: str
    value: str
    target: str
    state: str
    published: str = ""


class CampaignLine(_Content):
    """A review campaign that is open: how many of the recipient's are left, and by when.

    Its title is somebody's free text, so it is not mailed.
    """

    begun_on: date
    due: date
    total: int
    left: int
    late: bool
    link: str | None = None


class Baseline(_Content):
    """What became of those who were red on the baseline day.

    They are counted for whoever they belong to today; `unowned_then` had no team on that day.
    """

    on: date
    basis: Basis
    red: int
    still_red: int
    amber: int
    green: int
    no_longer: int
    unowned_then: int = 0


class Digest(_Content):
    """One recipient's digest of one week, in the order in which it is read.

    `needs_you` lists the first of those that need the recipient; all of them are marked, with why,
    in the lists of reds. Lists are cut where they would fill a mail; their counts are whole, and
    `links` opens all of a list, by the name of its field; empty where no reference is sent.
    `unknown` is of the whole council, `unknown_here` of what is counted here. `names` are what
    teams and services are called, by their ids.
    """

    council: str
    week: str
    as_of: date
    made_at: datetime
    recipient: Recipient
    first: bool
    notes: tuple[str, ...]
    needs_you: tuple[CaseLine, ...]
    needs_you_count: int
    concerns: tuple[ConcernSummary, ...]
    newly_red: tuple[CaseLine, ...]
    newly_red_count: int
    still_red: tuple[CaseLine, ...]
    still_red_count: int
    stopped: tuple[StoppedLine, ...]
    stopped_count: int
    rated_down: tuple[StoppedLine, ...]
    rated_down_count: int
    turning: tuple[TurningLine, ...]
    turning_count: int
    horizon_days: int
    unowned: tuple[CaseLine, ...]
    unowned_count: int
    promised: Promised | None = None
    escalated: Escalated | None = None
    campaigns: tuple[CampaignLine, ...] = ()
    measures: tuple[MeasureLine, ...] = ()
    baseline: Baseline | None
    unknown: tuple[str, ...]
    unknown_here: tuple[str, ...] = ()
    overview: str
    links: Mapping[str, str] = {}
    names: Mapping[str, str] = {}

    @property
    def red(self) -> int:
        """All reds of tracked concerns."""
        return sum(item.red for item in self.concerns if item.tracked)

    @property
    def subject(self) -> str:
        """The subject line: it identifies nobody."""
        return f"Sightline weekly digest, {self.as_of.day} {self.as_of:%B %Y}: {self.red} red"


class Notice(_Content):
    """A same-day notice: reds that are unlawful, sent as soon as they are known."""

    council: str
    on: date
    recipient: Recipient
    items: tuple[CaseLine, ...]
    overview: str

    @property
    def subject(self) -> str:
        """The subject line: it identifies nobody."""
        count = len(self.items)
        return f"Sightline: {count} unlawful {'placement' if count == 1 else 'placements'}"
