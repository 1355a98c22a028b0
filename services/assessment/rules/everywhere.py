"""What holds for every concern: late actions and people's ratings (docs/rules.md, section 8)."""

from schemas.events.review import Rating, ReviewCompleted
from schemas.status import Concern, Override, Rag
from services.assessment.day import Day, Finding, evidence, in_words

CATEGORIES = {"E1": "An action is late"}
"""The rules of this file, in words that may stand in an e-mail."""

_ONE_STEP_DOWN = {Rag.RED: Rag.AMBER, Rag.AMBER: Rag.GREEN, Rag.GREEN: Rag.GREEN}


def worst(findings: list[Finding]) -> Rag:
    """The worst colour that any rule gave; green where none spoke."""
    if not findings:
        return Rag.GREEN
    return max((finding.rag for finding in findings), key=lambda r: r.severity)


def e1_late_action(on: Day, concern: Concern, rag: Rag) -> Finding | None:
    """E1: an amber with an open action that is late is red."""
    if rag is not Rag.AMBER:
        return None
    late = on.late_action(concern)
    if late is None:
        return None
    due = late.due.on(on)
    text = f"Amber, with an action that was due on {in_words(due)} and is not done."
    return Finding("E1", Rag.RED, text, evidence(due=due, kind=late.kind.on(on), agreed=late.fact))


def rated(
    on: Day, concern: Concern, rag: Rag, findings: list[Finding]
) -> tuple[Rag, Override | None]:
    """The colour after the rating in force: it may raise to any, and lower by one step only.

    It lowers nothing that is marked never lowered.
    """
    for fact in reversed(on.facts.ratings):
        data = fact.data
        if not isinstance(data, ReviewCompleted) or data.rating is None or data.about != concern:
            continue
        if on.within(on.limit("rating.days"), fact.day) and not on.reached(
            data.rating.expires.toordinal() + 1
        ):
            return _apply(data.rating, data.review_id, rag, findings)
    return rag, None


def _apply(
    rating: Rating, review_id: str, rag: Rag, findings: list[Finding]
) -> tuple[Rag, Override]:
    wished = Rag(rating.rag)
    result = wished
    if wished.severity < rag.severity:
        fixed = any(finding.never_lowered and finding.rag is rag for finding in findings)
        result = rag if fixed else _ONE_STEP_DOWN[rag]
    change = result.severity - rag.severity
    override = Override(
        rag=wished,
        effect="raised" if change > 0 else "lowered" if change < 0 else "none",
        rationale=rating.rationale,
        authorised_by=rating.authorised_by,
        expires=rating.expires,
        review_id=review_id,
    )
    return result, override
