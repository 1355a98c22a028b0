"""A council's policy: what it may choose for itself, as a TOML file.

Law is not in here: parameters marked (law) in the rule book can only be made stricter.
"""

import hashlib
import re
from datetime import date, time
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from schemas.permissions import SourcePermission
from schemas.status import Concern


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _pattern(value: str) -> str:
    """A regular expression as it is.

    Raises:
        PydanticCustomError: it cannot be read.
    """
    try:
        re.compile(value)
    except re.error as error:
        raise PydanticCustomError("pattern", "it must be a regular expression") from error
    return value


class ParameterChange(_Section):
    """A council's own value of one parameter, from one day on."""

    since: Annotated[date, Field(alias="from")]
    value: int
    why: str = ""


SnapshotKind = Literal[
    "people", "care", "placements", "accommodation", "pre_proceedings", "plans", "reviews",
    "visits", "missing", "actions",
]  # fmt: skip
"""A kind of rows in a snapshot: docs/snapshots.md."""


class SourcePermissions(_Section):
    """What one source may do, and how it is heard.

    `may_rate` and the like permit or forbid, whoever sends; where the policy does not say, what
    came in by HTTP may do what its token may, what came in by a command everything, and what a
    publisher put on the broker nothing but tell facts. `concerns` are those that it may rate,
    extend, acknowledge, explain and authorise for (absent: all), `subjects` is how every case
    reference of its begins, and `broker_user` the user of the broker that alone speaks for it
    there. By HTTP it may send `events_a_day` (absent: any number).

    A `retired` source is not missed when it is quiet. One that sends a `snapshot` every day or week
    is waited for by the digest, to its deadline. `vanished` says what becomes of the rows of a kind
    that are gone from its snapshots, where the command does not say it.
    """

    namespace: str | None = None
    retired: bool = False
    snapshot: Literal["daily", "weekly"] | None = None
    vanished: dict[SnapshotKind, Literal["end", "retract", "keep"]] = {}
    may_rate: bool | None = None
    may_extend: bool | None = None
    may_authorise: bool | None = None
    may_acknowledge: bool | None = None
    may_explain: bool | None = None
    may_merge: bool | None = None
    may_close: bool | None = None
    may_assign: bool | None = None
    may_retract: bool | None = None
    concerns: tuple[Concern, ...] = ()
    subjects: str = ""
    broker_user: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]*$")] = ""
    events_a_day: Annotated[int, Field(ge=1)] | None = None

    def permits(self, permission: SourcePermission) -> bool | None:
        """Whether the policy permits something; None where it does not say.

        Whoever may not extend may authorise no later due date either, unless the policy says so.
        """
        said: bool | None = getattr(self, f"may_{permission}")
        if said is None and permission == "authorise":
            return self.may_extend
        return said


SeniorRole = Literal["team_manager", "head_of_service", "chief_officer"]
WorkingRole = Literal["personal_adviser", "team_manager", "head_of_service", "chief_officer"]


class Digest(_Section):
    """When the weekly digest goes, in Europe/London time.

    A feed whose rhythm is not known yet is quiet after `quiet_days`. Of the staff directory that an
    extract gives, those of the roles in `staff` are sent a digest of their own.
    """

    weekday: Literal[
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
    ] = "monday"
    at: time = time(7, 30)
    deadline: time = time(9, 0)
    horizon_days: Annotated[int, Field(ge=1, le=90)] = 14
    quiet_days: Annotated[int, Field(ge=1)] = 3
    staff: tuple[WorkingRole, ...] = ("personal_adviser", "team_manager")


class Escalation(_Section):
    """When a red climbs, in working days; docs/rules.md, section 8, has the table.

    The first three hold for a red with no open action, those of `gravest` for homelessness and
    emergency accommodation, that of `missing` for being missing, those of `any_plan` for every
    red. A late action climbs to the team manager after `late_action_first`, and on after each
    `late_action_step`.
    """

    team_manager: Annotated[int, Field(ge=0)] = 2
    head_of_service: Annotated[int, Field(ge=0)] = 5
    chief_officer: Annotated[int, Field(ge=0)] = 10
    gravest_head_of_service: Annotated[int, Field(ge=0)] = 2
    gravest_chief_officer: Annotated[int, Field(ge=0)] = 5
    missing_chief_officer: Annotated[int, Field(ge=0)] = 1
    any_plan_team_manager: Annotated[int, Field(ge=0)] = 10
    any_plan_head_of_service: Annotated[int, Field(ge=0)] = 20
    any_plan_chief_officer: Annotated[int, Field(ge=0)] = 40
    late_action_first: Annotated[int, Field(ge=0)] = 1
    late_action_step: Annotated[int, Field(ge=1)] = 5


class EscalationLevel(_Section):
    """A level of seniority that a reviewing officer's formal escalation can reach.

    `title` is the role of those who answer at it, `working_days` how long they may take.
    """

    title: Annotated[str, StringConstraints(min_length=1)]
    working_days: Annotated[int, Field(ge=1)]


class ReviewingOfficers(_Section):
    """The levels of a reviewing officer's formal escalation, the lowest first.

    Source: IRO Handbook (2010), chapter 6: levels of seniority, each with its time, which total no
    more than 20 working days; that total is the parameter IR2.working_days.
    """

    levels: tuple[EscalationLevel, ...] = (
        EscalationLevel(title="team manager", working_days=5),
        EscalationLevel(title="head of service", working_days=5),
        EscalationLevel(title="assistant director", working_days=5),
        EscalationLevel(title="director", working_days=5),
    )

    def title(self, level: int) -> str:
        """Who answers at a level, from 1; `level 5` where the policy does not say."""
        return self.levels[level - 1].title if 0 < level <= len(self.levels) else f"level {level}"


class Retention(_Section):
    """How long what is held is kept; absent: until somebody removes it.

    Of a mail the text is removed `mails_days` after it was sent, a refused event `refused_days`
    after it was settled, a message to other systems `published_days` after it was published, a
    week's analysis `analyses_days` after it was made, a week's report with its cases `reports_days`
    after it was made.
    """

    mails_days: Annotated[int, Field(ge=30)] | None = None
    refused_days: Annotated[int, Field(ge=30)] | None = None
    published_days: Annotated[int, Field(ge=7)] | None = 90
    analyses_days: Annotated[int, Field(ge=30)] | None = None
    reports_days: Annotated[int, Field(ge=400)] | None = None


FormKind = Literal[
    "review",
    "judgement",
    "action",
    "explanation",
    "extension",
    "rating",
    "acknowledgement",
    "supervision",
    "iro_escalation",
]
"""The forms on the pages: each becomes an event of `/sightline/pages`."""

EscalatingRole = Literal["reviewing_officer", "team_manager", "head_of_service", "chief_officer"]
"""Roles that may be let raise, change and resolve a reviewing officer's escalation."""

_SENIOR: tuple[SeniorRole, ...] = ("team_manager", "head_of_service", "chief_officer")
_WORKING: tuple[WorkingRole, ...] = ("personal_adviser", *_SENIOR)


class Pages(_Section):
    """Which roles may do what on the pages, and which forms are filled in elsewhere.

    A form that is `case_system` is switched off here: that system sends the event itself, and the
    page links there.
    """

    may_work: tuple[WorkingRole, ...] = _WORKING
    may_rate: tuple[SeniorRole, ...] = _SENIOR
    may_extend: tuple[SeniorRole, ...] = _SENIOR
    may_acknowledge: tuple[SeniorRole, ...] = _SENIOR
    may_supervise: tuple[SeniorRole, ...] = _SENIOR
    may_escalate: tuple[EscalatingRole, ...] = ("reviewing_officer",)
    may_campaign: tuple[SeniorRole, ...] = ("head_of_service", "chief_officer")
    forms: dict[FormKind, Literal["here", "case_system"]] = {}

    def is_here(self, form: FormKind) -> bool:
        """Whether a form is filled in on the pages."""
        return self.forms.get(form, "here") == "here"


class Analysis(_Section):
    """Who is mailed the weekly analysis: ids of recipients who see every case of the council."""

    recipients: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _names_nobody_twice(self) -> Self:
        twice = sorted({id_ for id_ in self.recipients if self.recipients.count(id_) > 1})
        if twice:
            raise ValueError(f"recipients must name each once; {', '.join(twice)} is there twice")
        return self


class Policy(_Section):
    """Everything a council may set. The empty policy is the shipped default.

    `name` is what people call it, `adopted_on` the day from which it is in force: charts show it.
    `published_as` is the council's name in published figures, which are shown beside its measures.
    `case_reference` is a regular expression that a whole case reference must match here.

    `baseline` is a day to compare with, such as an inspection; the clock of escalation starts on
    `live_from` at the earliest; `tracked` says of a concern whether it is counted (absent for
    permanence: from the first plan that is heard).
    """

    name: str = ""
    adopted_on: date | None = None
    council: str = "The council"
    published_as: str = ""
    case_reference: Annotated[str, AfterValidator(_pattern)] = ""
    baseline: date | None = None
    live_from: date | None = None
    pre_proceedings_clock: Literal["decision", "letter", "first_meeting"] = "decision"
    tracked: dict[Concern, bool] = {}
    bank_holidays: list[date] = []
    digest: Digest = Digest()
    analysis: Analysis = Analysis()
    escalation: Escalation = Escalation()
    reviewing_officers: ReviewingOfficers = ReviewingOfficers()
    pages: Pages = Pages()
    retention: Retention = Retention()
    sources: dict[str, SourcePermissions] = {}
    parameters: dict[str, list[ParameterChange]] = {}

    @property
    def fingerprint(self) -> str:
        """A short name for exactly this policy, whatever it is called and since when it holds."""
        return _short(self.model_dump_json(exclude=_TITLE))

    @property
    def colours(self) -> str:
        """A short name for everything in it that decides a colour.

        What is as shipped is left out: a version that adds a setting begins no other policy.
        """
        return _short(self.model_dump_json(exclude=_TITLE | _NO_COLOUR, exclude_defaults=True))


_TITLE = {"name", "adopted_on"}
_NO_COLOUR = {
    "analysis", "baseline", "case_reference", "council", "digest", "escalation", "live_from",
    "pages", "published_as", "retention", "reviewing_officers",
}  # fmt: skip
"""What decides no colour: who is told of it, when, and who may do what."""


def _short(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:12]
