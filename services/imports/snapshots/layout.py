"""The rows of a snapshot: one file a kind, and the events that a row of each kind stands for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from services.imports.tabular.rows import Layout


class Cell(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    DAY = "day"
    YES_NO = "yes or no"
    CODE = "code"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Ending:
    """An event that a row stands for once one of its dates is told."""

    name: str
    on: str
    fields: Mapping[str, str] = field(default_factory=dict)
    """Field of the event to column of the row."""


@dataclass(frozen=True)
class Shape:
    """A kind of rows. `columns` says how each cell is read; `id` is the row's own key.

    `begins` is the event that a row stands for, with `fields`; `changes` the event that says that
    some of them changed. `endings` close it, `extras` stand beside it.
    """

    kind: str
    id: str
    begins: str
    on: str
    fields: Mapping[str, Cell]
    changes: str = ""
    endings: tuple[Ending, ...] = ()
    extras: tuple[Ending, ...] = ()
    required: tuple[str, ...] = ()
    more: Mapping[str, Cell] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def cells(self) -> Mapping[str, Cell]:
        """Every column and how it is read."""
        dates = [self.on, "changed_on", *(one.on for one in (*self.endings, *self.extras))]
        told = {"person": Cell.TEXT, self.id: Cell.TEXT} | dict.fromkeys(dates, Cell.DAY)
        return {**told, **self.fields, **self.more}

    @property
    def layout(self) -> Layout:
        """The table, as its headings are recognised."""
        own = [self.id] if self.id != "person" else list(self.fields)
        return Layout(
            self.kind,
            tuple(self.cells),
            required=tuple(dict.fromkeys(("person", self.id))),
            own=own,
            aliases={"person": ("case_id", "case_identifier", "person_id", "child_id", "subject")}
            | dict(self.aliases),
        )


PEOPLE = Shape(
    "people",
    id="person",
    begins="person.updated",
    on="since",
    fields={
        "date_of_birth": Cell.DAY,
        "eligibility": Cell.WORD,
        "in_touch": Cell.WORD,
        "full_time_education": Cell.WORD,
        "personal_adviser": Cell.TEXT,
        "social_worker": Cell.TEXT,
        "team_manager": Cell.TEXT,
        "team": Cell.TEXT,
        "service": Cell.TEXT,
        "initials": Cell.TEXT,
    },
    endings=(Ending("person.closed", "closed_on", {"reason": "closed_reason"}),),
    more={"closed_reason": Cell.TEXT},
    aliases={"date_of_birth": ("dob", "born"), "personal_adviser": ("personal_advisor", "pa")},
)
CARE = Shape(
    "care",
    id="care_id",
    begins="care.started",
    on="start",
    fields={"legal_status": Cell.CODE},
    changes="care.changed",
    endings=(Ending("care.ended", "end", {"reason": "end_reason"}),),
    more={"end_reason": Cell.CODE},
)
_SETTING = {
    "registration": Cell.WORD,
    "registration_applied_on": Cell.DAY,
    "urn": Cell.TEXT,
}
PLACEMENTS = Shape(
    "placements",
    id="placement_id",
    begins="placement.started",
    on="start",
    fields={
        "code": Cell.CODE,
        "provider": Cell.CODE,
        **_SETTING,
        "deprivation_of_liberty": Cell.YES_NO,
        "approved_by": Cell.TEXT,
        "country": Cell.TEXT,
    },
    changes="placement.changed",
    endings=(Ending("placement.ended", "end", {"reason": "end_reason"}),),
    required=("code",),
    more={"end_reason": Cell.TEXT},
)
ACCOMMODATION = Shape(
    "accommodation",
    id="accommodation_id",
    begins="accommodation.started",
    on="start",
    fields={
        "code": Cell.CODE,
        "suitable": Cell.YES_NO,
        "unsuitable_reason": Cell.WORD,
        "expected_end": Cell.DAY,
        "move_on_plan": Cell.YES_NO,
        **_SETTING,
    },
    changes="accommodation.changed",
    endings=(Ending("accommodation.ended", "end"),),
    required=("code",),
)
PRE_PROCEEDINGS = Shape(
    "pre_proceedings",
    id="period_id",
    begins="pre_proceedings.started",
    on="start",
    fields={"letter_sent_on": Cell.DAY, "first_meeting_on": Cell.DAY, "family_id": Cell.TEXT},
    changes="pre_proceedings.changed",
    endings=(
        Ending("pre_proceedings.ended", "end", {"outcome": "outcome", "issued_on": "issued_on"}),
    ),
    extras=(
        Ending(
            "pre_proceedings.extended",
            "extended_on",
            {"until": "extended_until", "authorised_by": "authorised_by", "reason": "reason"},
        ),
    ),
    more={
        "outcome": Cell.WORD,
        "issued_on": Cell.DAY,
        "extended_until": Cell.DAY,
        "authorised_by": Cell.TEXT,
        "reason": Cell.TEXT,
    },
)
PLANS = Shape(
    "plans",
    id="plan_id",
    begins="permanence.agreed",
    on="date",
    fields={"plan": Cell.WORD, "parallel_plan": Cell.WORD},
    endings=(Ending("permanence.withdrawn", "withdrawn_on", {"reason": "withdrawn_reason"}),),
    required=("plan",),
    more={"withdrawn_reason": Cell.TEXT},
    aliases={"date": ("agreed_on", "start")},
)
REVIEWS = Shape(
    "reviews",
    id="review_id",
    begins="review.completed",
    on="date",
    fields={
        "kind": Cell.WORD,
        "on_time": Cell.YES_NO,
        "outcome": Cell.TEXT,
        "next_due": Cell.DAY,
        "concern": Cell.WORD,
        "suitable": Cell.YES_NO,
        "unsuitable_reason": Cell.WORD,
        "judged_by": Cell.TEXT,
    },
    required=("kind",),
    aliases={"date": ("completed_on", "review_date")},
)
ACTIONS = Shape(
    "actions",
    id="action_id",
    begins="action.agreed",
    on="date",
    fields={
        "concern": Cell.WORD,
        "what": Cell.TEXT,
        "owner": Cell.TEXT,
        "due": Cell.DAY,
        "kind": Cell.WORD,
    },
    changes="action.changed",
    endings=(
        Ending("action.completed", "completed_on"),
        Ending("action.cancelled", "cancelled_on", {"reason": "cancelled_reason"}),
    ),
    required=("concern", "what", "owner", "due"),
    more={"cancelled_reason": Cell.TEXT},
    aliases={"date": ("agreed_on",)},
)

SHAPES = (PEOPLE, CARE, PLACEMENTS, ACCOMMODATION, PRE_PROCEEDINGS, PLANS, REVIEWS, ACTIONS)
"""Every kind, people first."""

BY_KIND: Mapping[str, Shape] = {shape.kind: shape for shape in SHAPES}

DATED_UNKNOWN = ("care", "placements", "accommodation", "pre_proceedings")
"""Kinds whose rows may have no start: it was so by the day of the snapshot."""

COUNTED: Mapping[str, str] = {
    "care": "care",
    "placements": "placement",
    "accommodation": "accommodation",
    "pre_proceedings": "pre_proceedings",
}
"""Kinds that snapshot.completed counts, by the name it counts them under."""


class Vanished(StrEnum):
    """What is made of a row that stood in the last snapshot and does not in this."""

    END = "end"
    RETRACT = "retract"
    KEEP = "keep"


class Changed(StrEnum):
    """What is made of a row that says something else: a change from now on, or a correction."""

    CHANGE = "change"
    CORRECT = "correct"


USUAL_VANISHED: Mapping[str, Vanished] = {
    "people": Vanished.KEEP,
    "care": Vanished.END,
    "placements": Vanished.END,
    "accommodation": Vanished.END,
    "pre_proceedings": Vanished.END,
    "plans": Vanished.END,
    "reviews": Vanished.KEEP,
    "actions": Vanished.END,
}
"""What is made of vanished rows where nobody says otherwise: nobody leaves sight."""


@dataclass(frozen=True, slots=True)
class Ways:
    """What the caller wants made of rows that vanished or changed, by kind."""

    vanished: Mapping[str, Vanished] = field(default_factory=dict)
    changed: Mapping[str, Changed] = field(default_factory=dict)

    def of_vanished(self, kind: str) -> Vanished:
        """What is made of a row of this kind that is gone."""
        return self.vanished.get(kind, USUAL_VANISHED[kind])

    def of_changed(self, kind: str) -> Changed:
        """What is made of a row of this kind that says something else."""
        return self.changed.get(kind, Changed.CHANGE)
