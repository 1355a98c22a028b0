"""Actions that will remedy a red, each with an owner and a date."""

from typing import Literal

from schemas.days import Day
from schemas.events.base import Dated, Identifier, Text
from schemas.events.review import ConcernName

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

    action_id: Identifier
    concern: ConcernName
    what: Text
    owner: Identifier
    due: Day
    kind: ActionKind | None = None


class ActionChanged(Dated):
    """The due date, the owner or the wording of an action changed."""

    action_id: Identifier
    due: Day | None = None
    owner: Identifier | None = None
    what: Text | None = None
    kind: ActionKind | None = None


class ActionCompleted(Dated):
    """The action was done."""

    action_id: Identifier


class ActionCancelled(Dated):
    """The action will not be done."""

    action_id: Identifier
    reason: Text | None = None
