"""Escalations, visits, and what staff record about a red: acknowledged, or why it lasts."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from schemas.events.base import Dated, Example, Identifier, Text
from schemas.events.review import ConcernName

StillRedReason = Literal[
    "no_accommodation_available",
    "young_person_declines",
    "waiting_for_panel",
    "legal_process",
    "provider_registering",
    "safety_plan_in_place",
    "record_is_wrong",
    "other",
]
"""Why a red is still red, in a word that may be counted."""


class EscalationRaised(Dated):
    """An Independent Reviewing Officer raised an escalation."""

    name = "escalation.raised"
    id_field = "escalation_id"
    begins = True
    example: ClassVar[Example] = {
        "escalation_id": "e-3",
        "date": "2026-11-12",
        "stage": "informal",
        "reason": "no plan for permanence",
        "raised_by": "iro-4",
    }

    escalation_id: Identifier
    stage: Literal["informal", "formal"]
    reason: Text | None = None
    raised_by: Text | None = None


class EscalationChanged(Dated):
    """An escalation went up a level, or became formal."""

    name = "escalation.changed"
    id_field = "escalation_id"
    cumulative = True
    example: ClassVar[Example] = {
        "escalation_id": "e-3",
        "date": "2026-11-16",
        "stage": "formal",
        "level": 2,
    }

    escalation_id: Identifier
    stage: Literal["informal", "formal"] | None = None
    level: Annotated[int, Field(ge=1)] | None = None
    reason: Text | None = None


class EscalationResolved(Dated):
    """The escalation was resolved."""

    name = "escalation.resolved"
    id_field = "escalation_id"
    example: ClassVar[Example] = {
        "escalation_id": "e-3",
        "date": "2026-11-19",
        "outcome": "a plan was agreed",
    }

    escalation_id: Identifier
    outcome: Text | None = None


class VisitCompleted(Dated):
    """The young person was seen."""

    name = "visit.completed"
    id_field = "visit_id"
    example: ClassVar[Example] = {
        "visit_id": "v-88",
        "date": "2026-11-18",
        "kind": "care_leaver",
        "seen_alone": True,
    }

    visit_id: Identifier | None = None
    kind: Literal["looked_after", "care_leaver"] | None = None
    seen_alone: bool | None = None


class OversightAcknowledged(Dated):
    """A senior manager acknowledged that a red has climbed to them. It stops nothing.

    `acknowledged_by` is a staff id, `role` the escalation step that they acknowledge for.
    """

    name = "oversight.acknowledged"
    permission = "acknowledge"
    id_field = "acknowledgement_id"
    example: ClassVar[Example] = {
        "acknowledgement_id": "ack-9",
        "date": "2026-11-20",
        "concern": "unsuitable_accommodation",
        "acknowledged_by": "hos-2",
        "role": "head_of_service",
    }

    acknowledgement_id: Identifier
    concern: ConcernName
    acknowledged_by: Identifier
    role: Literal["team_manager", "head_of_service", "chief_officer"]
    note: Text | None = None


class OversightExplained(Dated):
    """Somebody answered why a young person is still red. It changes no colour."""

    name = "oversight.explained"
    permission = "explain"
    id_field = "explanation_id"
    example: ClassVar[Example] = {
        "explanation_id": "x-2",
        "date": "2026-11-20",
        "concern": "unsuitable_accommodation",
        "why": "no_accommodation_available",
        "explained_by": "pa-17",
    }

    explanation_id: Identifier
    concern: ConcernName
    why: StillRedReason
    explained_by: Identifier | None = None
    text: Text | None = None
