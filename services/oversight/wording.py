"""The words of a digest: reasons as categories, kinds of action, roles. Nothing that tells a story.

Custody and deprivation of liberty have neutral words here; a case page says more, behind sign-in.
"""

from collections.abc import Mapping
from typing import Any

from schemas.status import Rag, Reason
from services.assessment.case_facts import staff_on

CATEGORIES: Mapping[str, str] = {
    "UA1": "Homeless",
    "UA2": "Under 18 in emergency accommodation or bed and breakfast",
    "UA3": "Supported accommodation not registered",
    "UA4": "Next accommodation to be planned",
    "UA5": "Whereabouts not known",
    "UA6": "Unsuitable, outside England",
    "UA7": "Student accommodation",
    "UA8": "Unsuitable accommodation",
    "UA9": "Suitability not judged yet",
    "UA10": "Emergency accommodation for more than a week",
    "UA11": "Left care, no address recorded",
    "UA12": "Out of touch",
    "UA13": "Suitability judged long ago",
    "UA14": "Accommodation code not known",
    "UP1": "Unregistered placement",
    "UP2": "Under 16 in a placement the law does not allow",
    "UP3": "Supported accommodation: registration",
    "UP4": "Unregulated placement before the law",
    "UP5": "Unregulated placement, age not known",
    "UP6": "Placement outside England to be confirmed",
    "UP8": "Registration of the placement not known",
    "UP9": "Residential employment",
    "UP10": "Looked after, no placement recorded",
    "UP11": "Looked after, in emergency accommodation",
    "UP12": "Only a temporary placement",
    "UP13": "Placement code not known",
    "PP1": "Longer than {allowed}",
    "PP2": "Longer than {allowed}",
    "PP3": "The allowed weeks are near",
    "PP4": "No mid-point review",
    "PE1": "No permanence plan after {allowed}",
    "PE2": "No permanence plan yet",
    "PE3": "Permanence plan withdrawn",
    "PE4": "Review overdue",
    "PE5": "No first review",
    "E1": "An action is late",
}

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
}


_RATED = "Rated by a manager"


def category(reasons: tuple[Reason, ...], rag: Rag = Rag.NONE) -> str:
    """The reason for a colour as a category: that of its worst rule, or that it was rated so."""
    if reasons and rag.severity > reasons[0].rag.severity:
        return _RATED
    if not reasons or reasons[0].rule not in CATEGORIES:
        return _RATED
    if reasons[0].rule == "E1" and len(reasons) > 1:
        return f"{category(reasons[1:])}; an action is late"
    return CATEGORIES[reasons[0].rule].format(allowed=reasons[0].facts.get("allowed"))


def owner_role(facts: Mapping[str, Any] | None, owner: str, on: Any) -> str:
    """An action's owner by role: staff are not named."""
    if facts is not None:
        for field, title in _ROLES.items():
            if staff_on(facts, field, on) == owner:
                return title
    return "another worker"
