"""Escalations, visits, and what people said about a red: acknowledged, and why it still is."""

from typing import Literal

from schemas.events.base import Dated, Identifier, Text
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

    escalation_id: Identifier
    stage: Literal["informal", "formal"]
    reason: Text | None = None
    raised_by: Text | None = None


class EscalationResolved(Dated):
    """The escalation was resolved."""

    escalation_id: Identifier
    outcome: Text | None = None


class VisitCompleted(Dated):
    """The young person was seen."""

    kind: Literal["looked_after", "care_leaver"] | None = None
    seen_alone: bool | None = None


class OversightAcknowledged(Dated):
    """A senior manager acknowledged that a red has climbed to them. It stops nothing.

    `acknowledged_by` is a staff id, `role` the step of the ladder that they stand on.
    """

    acknowledgement_id: Identifier
    concern: ConcernName
    acknowledged_by: Identifier
    role: Literal["team_manager", "head_of_service", "chief_officer"]
    note: Text | None = None


class OversightExplained(Dated):
    """Somebody answered why a young person is still red. It changes no colour."""

    explanation_id: Identifier
    concern: ConcernName
    why: StillRedReason
    explained_by: Identifier | None = None
    text: Text | None = None
