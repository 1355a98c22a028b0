"""The kinds of record that a source holds, and the events that start, change and end each.

Both sides of a comparison use them: a snapshot, whose files hold one kind each, and what is held of
its source here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.events.action import ActionCancelled, ActionCompleted
from schemas.events.catalogue import CATALOGUE


@dataclass(frozen=True, slots=True)
class RecordKind:
    """One kind of record.

    `name` is that of its file in a snapshot; `starts`, `changes` and `ends` are the names of its
    events, `changes` empty where no event changes it. `counted_as` is its field of
    snapshot.completed, empty where it is not counted.
    """

    name: str
    starts: str
    changes: str = ""
    ends: tuple[str, ...] = ()
    counted_as: str = ""

    @property
    def id_field(self) -> str:
        """The field of its events that names a record; of a person, the column of its rows."""
        return CATALOGUE[self.starts].id_field or "person"


PEOPLE = RecordKind("people", "person.updated", ends=("person.closed",), counted_as="people")
CARE = RecordKind("care", "care.started", "care.changed", ("care.ended",), counted_as="care")
PLACEMENTS = RecordKind(
    "placements",
    "placement.started",
    "placement.changed",
    ("placement.ended",),
    counted_as="placement",
)
ACCOMMODATION = RecordKind(
    "accommodation",
    "accommodation.started",
    "accommodation.changed",
    ("accommodation.ended",),
    counted_as="accommodation",
)
PRE_PROCEEDINGS = RecordKind(
    "pre_proceedings",
    "pre_proceedings.started",
    "pre_proceedings.changed",
    ("pre_proceedings.ended",),
    counted_as="pre_proceedings",
)
PLANS = RecordKind("plans", "permanence.agreed", ends=("permanence.withdrawn",))
REVIEWS = RecordKind("reviews", "review.completed")
VISITS = RecordKind("visits", "visit.completed")
MISSING = RecordKind("missing", "missing.started", ends=("missing.ended",))
ACTIONS = RecordKind(
    "actions",
    "action.agreed",
    "action.changed",
    (ActionCompleted.name, ActionCancelled.name),
)

RECORD_KINDS: Mapping[str, RecordKind] = {
    kind.name: kind
    for kind in (
        PEOPLE, CARE, PLACEMENTS, ACCOMMODATION, PRE_PROCEEDINGS, PLANS, REVIEWS, VISITS, MISSING,
        ACTIONS,
    )
}  # fmt: skip
"""Every kind by its name, people first."""
