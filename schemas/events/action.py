"""Actions that will remedy a red, each with an owner and a date."""

from typing import ClassVar, Literal

from schemas.days import Day
from schemas.events.base import Dated, Example, Identifier, Text
from schemas.events.review import ConcernName
from schemas.permissions import SourcePermission

ActionKind = Literal[
    "find_accommodation",
    "move",
    "safety_plan",
    "risk_assessment",
    "panel",
    "legal",
    "register_provider",
    "visit",
    "other",
]
"""What an action does, in a word that may stand in an e-mail."""


class ActionAgreed(Dated):
    """An action was agreed. `what` holds no names and is never e-mailed; `owner` is a staff id."""

    name = "action.agreed"
    id_field = "action_id"
    begins = True
    example: ClassVar[Example] = {
        "action_id": "act-41",
        "date": "2026-11-19",
        "concern": "unsuitable_accommodation",
        "what": "find supported lodgings near college",
        "owner": "pa-17",
        "due": "2026-11-27",
        "kind": "find_accommodation",
    }

    action_id: Identifier
    concern: ConcernName
    what: Text
    owner: Identifier
    due: Day
    kind: ActionKind | None = None


class ActionChanged(Dated):
    """The due date, the owner or the wording of an action changed.

    `authorised_by` says who agreed to a later due date, `changed_by` (a staff id) who changed it
    and `reason` why.
    """

    name = "action.changed"
    id_field = "action_id"
    cumulative = True
    never_retracted = True
    example: ClassVar[Example] = {"action_id": "act-41", "date": "2026-11-20", "due": "2026-12-01"}

    action_id: Identifier
    due: Day | None = None
    owner: Identifier | None = None
    what: Text | None = None
    kind: ActionKind | None = None
    authorised_by: Text | None = None
    changed_by: Identifier | None = None
    reason: Text | None = None

    def needs(self) -> frozenset[SourcePermission]:
        """To authorise, where it says that somebody did."""
        return frozenset({"authorise"}) if self.authorised_by else frozenset()


class ActionCompleted(Dated):
    """The action was done."""

    name = "action.completed"
    id_field = "action_id"
    example: ClassVar[Example] = {"action_id": "act-41", "date": "2026-12-01"}

    action_id: Identifier


class ActionCancelled(Dated):
    """The action will not be done."""

    name = "action.cancelled"
    id_field = "action_id"
    example: ClassVar[Example] = {
        "action_id": "act-41",
        "date": "2026-12-01",
        "reason": "moved to relatives instead",
    }

    action_id: Identifier
    reason: Text | None = None
