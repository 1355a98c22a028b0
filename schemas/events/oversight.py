"""Escalations by Independent Reviewing Officers, and visits."""

from typing import Literal

from schemas.events.base import Dated, Identifier, Text


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
