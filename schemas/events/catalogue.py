"""Every event of the contract: its name, its type, its broker subject and the model of its data."""

from collections.abc import Mapping

from schemas.events.accommodation import (
    AccommodationChanged,
    AccommodationEnded,
    AccommodationStarted,
)
from schemas.events.action import ActionAgreed, ActionCancelled, ActionChanged, ActionCompleted
from schemas.events.base import EventData
from schemas.events.care import CareChanged, CareEnded, CareStarted
from schemas.events.feed import EventRetracted, SnapshotCompleted
from schemas.events.oversight import (
    EscalationRaised,
    EscalationResolved,
    OversightAcknowledged,
    OversightExplained,
    VisitCompleted,
)
from schemas.events.permanence import PermanenceAgreed, PermanenceWithdrawn
from schemas.events.person import PersonClosed, PersonMerged, PersonUpdated
from schemas.events.placement import PlacementChanged, PlacementEnded, PlacementStarted
from schemas.events.pre_proceedings import (
    PreProceedingsChanged,
    PreProceedingsEnded,
    PreProceedingsExtended,
    PreProceedingsStarted,
)
from schemas.events.review import ReviewCompleted

CATALOGUE: Mapping[str, type[EventData]] = {
    "person.updated": PersonUpdated,
    "person.merged": PersonMerged,
    "person.closed": PersonClosed,
    "care.started": CareStarted,
    "care.changed": CareChanged,
    "care.ended": CareEnded,
    "placement.started": PlacementStarted,
    "placement.changed": PlacementChanged,
    "placement.ended": PlacementEnded,
    "accommodation.started": AccommodationStarted,
    "accommodation.changed": AccommodationChanged,
    "accommodation.ended": AccommodationEnded,
    "pre_proceedings.started": PreProceedingsStarted,
    "pre_proceedings.changed": PreProceedingsChanged,
    "pre_proceedings.extended": PreProceedingsExtended,
    "pre_proceedings.ended": PreProceedingsEnded,
    "permanence.agreed": PermanenceAgreed,
    "permanence.withdrawn": PermanenceWithdrawn,
    "review.completed": ReviewCompleted,
    "action.agreed": ActionAgreed,
    "action.changed": ActionChanged,
    "action.completed": ActionCompleted,
    "action.cancelled": ActionCancelled,
    "escalation.raised": EscalationRaised,
    "escalation.resolved": EscalationResolved,
    "visit.completed": VisitCompleted,
    "oversight.acknowledged": OversightAcknowledged,
    "oversight.explained": OversightExplained,
    "snapshot.completed": SnapshotCompleted,
    "event.retracted": EventRetracted,
}
"""Event name to the model of its data."""

WITHOUT_SUBJECT = frozenset({"snapshot.completed", "event.retracted"})
"""Events that need not name a young person."""


PAGES_SOURCE = "/sightline/pages"
"""The CloudEvents source of what is written on Sightline's own pages."""


def type_of(name: str) -> str:
    """The CloudEvents type of an event name: sightline.care.started.v1."""
    return f"sightline.{name}.v1"


NAMES: Mapping[str, str] = {type_of(name): name for name in CATALOGUE}
"""CloudEvents type to event name."""
