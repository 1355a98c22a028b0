"""The words of digests and lists for kinds of action and roles of owners."""

from collections.abc import Mapping

ACTION_KINDS: Mapping[str, str] = {
    "find_accommodation": "Find accommodation",
    "move": "Move",
    "safety_plan": "Safety plan",
    "risk_assessment": "Risk assessment",
    "panel": "Panel",
    "legal": "Legal advice",
    "register_provider": "Provider to register",
    "visit": "Visit",
    "other": "Other action",
}

_ROLES = {
    "personal_adviser": "personal adviser",
    "social_worker": "social worker",
    "team_manager": "team manager",
    "reviewing_officer": "reviewing officer",
}


def owner_role(role: str | None) -> str:
    """An action's owner by role: staff are not named."""
    return _ROLES.get(role or "", "another worker")
