"""The files of a snapshot, one a kind of record, and the events that a row of each stands for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from services.imports.tabular.layouts import Layout
from services.sources import record_kinds
from services.sources.record_kinds import RecordKind


class Cell(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    DAY = "day"
    YES_NO = "yes or no"
    CODE = "code"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class DatedEvent:
    """A further event that a row stands for, once its column `on` holds a date.

    `name` is the event's; `fields` maps its fields to columns of the row. Without one of `required`
    it stands for nothing.
    """

    name: str
    on: str
    fields: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()


@dataclass(frozen=True)
class SnapshotTable:
    """The table of one kind of record.

    `on` is the column with the date of its start, `fields` the columns that its start carries and
    how each is read, `more` the columns of other events. `endings` are the events that end the
    record, `extras` those that stand beside it. A row without one of `required` cannot be used.
    """

    record_kind: RecordKind
    on: str
    fields: Mapping[str, Cell]
    endings: tuple[DatedEvent, ...] = ()
    extras: tuple[DatedEvent, ...] = ()
    required: tuple[str, ...] = ()
    more: Mapping[str, Cell] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The name of its kind, which is that of its file."""
        return self.record_kind.name

    @property
    def id(self) -> str:
        """The column of the row's own key."""
        return self.record_kind.id_field

    @cached_property
    def cells(self) -> Mapping[str, Cell]:
        """Every column and how it is read."""
        dates = [self.on, "changed_on", *(one.on for one in (*self.endings, *self.extras))]
        keys = {"person": Cell.TEXT, self.id: Cell.TEXT}
        return {**keys, **dict.fromkeys(dates, Cell.DAY), **self.fields, **self.more}

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


PEOPLE = SnapshotTable(
    record_kinds.PEOPLE,
    on="since",
    fields={
        "date_of_birth": Cell.DAY,
        "eligibility": Cell.WORD,
        "in_touch": Cell.WORD,
        "full_time_education": Cell.WORD,
        "activity": Cell.CODE,
        "personal_adviser": Cell.TEXT,
        "social_worker": Cell.TEXT,
        "team_manager": Cell.TEXT,
        "reviewing_officer": Cell.TEXT,
        "team": Cell.TEXT,
        "service": Cell.TEXT,
        "initials": Cell.TEXT,
    },
    endings=(DatedEvent("person.closed", "closed_on", {"reason": "closed_reason"}),),
    more={"closed_reason": Cell.TEXT},
    aliases={"date_of_birth": ("dob", "born"), "personal_adviser": ("personal_advisor", "pa")},
)
CARE = SnapshotTable(
    record_kinds.CARE,
    on="start",
    fields={"legal_status": Cell.CODE},
    endings=(DatedEvent("care.ended", "end", {"reason": "end_reason"}),),
    more={"end_reason": Cell.CODE},
)
_SETTING = {
    "registration": Cell.WORD,
    "registration_applied_on": Cell.DAY,
    "urn": Cell.TEXT,
}
PLACEMENTS = SnapshotTable(
    record_kinds.PLACEMENTS,
    on="start",
    fields={
        "code": Cell.CODE,
        "provider": Cell.CODE,
        **_SETTING,
        "deprivation_of_liberty": Cell.YES_NO,
        "approved_by": Cell.TEXT,
        "country": Cell.TEXT,
    },
    endings=(DatedEvent("placement.ended", "end", {"reason": "end_reason"}),),
    required=("code",),
    more={"end_reason": Cell.TEXT},
)
ACCOMMODATION = SnapshotTable(
    record_kinds.ACCOMMODATION,
    on="start",
    fields={
        "code": Cell.CODE,
        "suitable": Cell.YES_NO,
        "unsuitable_reason": Cell.WORD,
        "expected_end": Cell.DAY,
        "move_on_plan": Cell.YES_NO,
        **_SETTING,
    },
    endings=(DatedEvent("accommodation.ended", "end"),),
    required=("code",),
)
PRE_PROCEEDINGS = SnapshotTable(
    record_kinds.PRE_PROCEEDINGS,
    on="start",
    fields={"letter_sent_on": Cell.DAY, "first_meeting_on": Cell.DAY, "family_id": Cell.TEXT},
    endings=(
        DatedEvent(
            "pre_proceedings.ended", "end", {"outcome": "outcome", "issued_on": "issued_on"}
        ),
    ),
    extras=(
        DatedEvent(
            "pre_proceedings.extended",
            "extended_on",
            {"until": "extended_until", "authorised_by": "authorised_by", "reason": "reason"},
            ("until",),
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
PLANS = SnapshotTable(
    record_kinds.PLANS,
    on="date",
    fields={"plan": Cell.WORD, "parallel_plan": Cell.WORD},
    endings=(DatedEvent("permanence.withdrawn", "withdrawn_on", {"reason": "withdrawn_reason"}),),
    required=("plan",),
    more={"withdrawn_reason": Cell.TEXT},
    aliases={"date": ("agreed_on", "start")},
)
REVIEWS = SnapshotTable(
    record_kinds.REVIEWS,
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
VISITS = SnapshotTable(
    record_kinds.VISITS,
    on="date",
    fields={"kind": Cell.WORD, "seen_alone": Cell.YES_NO},
    aliases={"date": ("visited_on", "visit_date")},
)
MISSING = SnapshotTable(
    record_kinds.MISSING,
    on="start",
    fields={"kind": Cell.WORD},
    endings=(DatedEvent("missing.ended", "end"),),
    extras=(
        DatedEvent(
            "return_interview.completed",
            "interviewed_on",
            {"offered": "offered", "accepted": "accepted"},
        ),
    ),
    more={"offered": Cell.YES_NO, "accepted": Cell.YES_NO},
)
ACTIONS = SnapshotTable(
    record_kinds.ACTIONS,
    on="date",
    fields={
        "concern": Cell.WORD,
        "what": Cell.TEXT,
        "owner": Cell.TEXT,
        "due": Cell.DAY,
        "kind": Cell.WORD,
    },
    endings=(
        DatedEvent("action.completed", "completed_on"),
        DatedEvent("action.cancelled", "cancelled_on", {"reason": "cancelled_reason"}),
    ),
    required=("concern", "what", "owner", "due"),
    more={"cancelled_reason": Cell.TEXT},
    aliases={"date": ("agreed_on",)},
)

TABLES: Mapping[str, SnapshotTable] = {
    table.kind: table
    for table in (
        PEOPLE, CARE, PLACEMENTS, ACCOMMODATION, PRE_PROCEEDINGS, PLANS, REVIEWS, VISITS, MISSING,
        ACTIONS,
    )
}  # fmt: skip
"""Every table by its kind, people first."""

START_OPTIONAL = ("care", "placements", "accommodation", "pre_proceedings")
"""Kinds whose rows may have no start: it was so by the day of the snapshot."""
