"""The reason for a colour as a category: a few words that may stand in an e-mail."""

from collections.abc import Sequence
from functools import cache

from schemas.status import Rag, Reason
from services.assessment.rules import PARTICULAR, categories

_RATED = "Rated by a manager"


def category(reasons: Sequence[Reason], rag: Rag = Rag.NONE) -> str:
    """The category of the worst rule's reason.

    Where a rating shows a worse colour than any rule, that it was rated so.
    """
    words = _categories()
    if not reasons or reasons[0].rule not in words or rag.severity > reasons[0].rag.severity:
        return _RATED
    if reasons[0].rule == "E1" and len(reasons) > 1:
        return f"{category(reasons[1:])}; an action is late"
    worst = reasons[0]
    if worst.rule in PARTICULAR and (particular := PARTICULAR[worst.rule](worst.facts)):
        return particular
    return words[worst.rule].format(allowed=worst.facts.get("allowed"))


@cache
def _categories() -> dict[str, str]:
    return categories()
