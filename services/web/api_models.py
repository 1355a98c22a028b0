"""The models of the API's answers."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from schemas.status import Concern, Rag

NotDerived = Annotated[
    list[str],
    Field(
        description="What is out of date or left out, in sentences: statuses still to be derived"
    ),
]


class ReasonOut(BaseModel):
    """One rule that gave a colour."""

    rule: str
    rag: Rag
    text: str
    source: str
    facts: dict[str, Any]


class StatusOut(BaseModel):
    """The status of one young person and concern on a day, as the contract prints it."""

    person: str
    concern: Concern
    rag: Rag
    rule_rag: Rag
    since: date
    since_basis: Literal["exact", "at_least"]
    not_green_since: date | None
    next_change: date | None
    statutory: Literal["unsuitable", "suitable", "unlawful", "lawful"] | None
    override: dict[str, Any] | None
    reasons: list[ReasonOut]


class StatusRow(StatusOut):
    """A status with whose case it is and what is done about it.

    `climbed_to` is the step that a red has climbed to, `review_due` when a review is due.
    """

    team: str | None
    service: str | None
    personal_adviser: str | None
    social_worker: str | None
    reviewing_officer: str | None
    open_actions: int
    next_action_due: date | None
    action_late: bool
    climbed_to: str | None
    acknowledged_by_roles: list[str]
    review_due: date | None


class StatusPage(BaseModel):
    """Some statuses of a day, and the cursor that asks for the next; null at the end."""

    as_of: date = Field(description="The day that was asked about")
    tracked: list[Concern] = Field(description="Concerns that are counted here")
    not_derived: NotDerived
    items: list[StatusRow]
    next: str | None


class ActionOut(BaseModel):
    """An open action, without its free text."""

    id: str
    kind: str
    owner: str
    due: date
    late: bool


class ListedActionOut(BaseModel):
    """An action as it stands on a day, without its free text.

    `standing` is late (and open), due (within seven days), done_late or in_time (within the last
    seven days); `moves` is how often its due date was moved, `first_due` what it was at first.
    """

    person: str
    id: str
    concern: Concern
    kind: str
    owner: str
    standing: Literal["late", "due", "done_late", "in_time"]
    agreed: date
    first_due: date
    due: date
    closed_on: date | None
    moves: int
    team: str | None
    service: str | None


class DueWeekOut(BaseModel):
    """Of the actions due in the seven days to `through`, how many were done in time."""

    through: date
    due: int
    in_time: int


class ActionsOut(BaseModel):
    """The actions sheet of a day for whoever asks: the actions, and how many were done in time."""

    as_of: date
    not_derived: NotDerived
    items: list[ListedActionOut]
    weeks: list[DueWeekOut]


class MeasureOut(BaseModel):
    """An oversight measure on a day; `value` is in its unit, null where it is not known."""

    measure: str
    name: str
    what: str
    unit: Literal["per cent", "number"]
    better: Literal["more", "fewer"]
    value: float | None
    numerator: float | None
    denominator: float | None
    target: float | None
    by: date | None
    state: str


class MeasuresOut(BaseModel):
    """The oversight measures of a day, counted of the cases that whoever asks may see."""

    as_of: date
    not_derived: NotDerived
    items: list[MeasureOut]


class QuestionOut(BaseModel):
    """A doubt that somebody can settle."""

    field: str
    text: str
    settle: str
    source: str
    event: str


class CaseOut(BaseModel):
    """One young person: the statuses of a day, the actions, and what is in doubt."""

    person: str
    as_of: date
    not_derived: NotDerived
    statuses: list[StatusOut]
    actions: dict[Concern, list[ActionOut]]
    questions: list[QuestionOut]


class ColourCounts(BaseModel):
    """How many cases there are of each colour."""

    red: int
    amber: int
    green: int


class BaselineOut(BaseModel):
    """Those who were red on the baseline day, as now known, by the colour that they have now."""

    on: date
    red: int
    still_red: int
    amber: int
    green: int
    no_longer_applies: int
    unowned_then: int


class ConcernOut(BaseModel):
    """One concern in figures; all of them are null where it is not tracked, so not counted.

    `last_week` is as the last report gave it; null without one.
    """

    concern: Concern
    tracked: bool
    now: ColourCounts | None
    unlawful: int | None
    rated_down: int | None
    red_without_action: int | None
    late_actions: int | None
    without_owner: int | None = Field(description="No team, or nobody who works here")
    last_week: ColourCounts | None
    baseline: BaselineOut | None


class OwnerOut(BaseModel):
    """One concern's figures of one team; a team or service that is not recorded is null."""

    service: str | None
    team: str | None
    concern: Concern
    now: ColourCounts


class PointOut(BaseModel):
    """How many were red on one day, by concern, as now known."""

    on: date
    red: dict[Concern, int]


class SummaryOut(BaseModel):
    """The counts of a day for whoever asks, and the trend of reds up to it."""

    as_of: date
    tracked: list[Concern]
    not_derived: NotDerived
    concerns: list[ConcernOut]
    owners: list[OwnerOut]
    trend: list[PointOut]
