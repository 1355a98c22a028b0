"""What Independent Reviewing Officers escalated, out of the events (docs/rules.md, section 7d)."""

from schemas.status import Question
from services.assessment.actions import closing_day
from services.assessment.facts import IroEscalation
from services.assessment.resolution import Fact
from services.assessment.spells import ByName, all_by_id, latest_by_id
from services.assessment.temporal import FOREVER, Temporal


def fold_iro_escalations(by_name: ByName, questions: list[Question]) -> list[IroEscalation]:
    """Every escalation that was raised, in the order of the fold.

    One that is formal stays so, and a level that was reached stays reached: a later event that says
    less makes nothing less late. A change or a resolution of one that was never raised is asked
    about.
    """
    tellings = all_by_id(by_name["escalation.raised"], "escalation_id")
    changes = all_by_id(by_name["escalation.changed"], "escalation_id")
    resolved = latest_by_id(by_name["escalation.resolved"], "escalation_id")
    questions += [
        _never_raised(resolved.get(id_) or changes[id_][0])
        for id_ in dict.fromkeys((*resolved, *changes))
        if id_ not in tellings
    ]
    found = [
        _escalation(id_, raised, changes.get(id_, []), resolved.get(id_), questions)
        for id_, raised in tellings.items()
    ]
    return sorted(found, key=lambda item: (item.raised, item.fact.order))


def _escalation(
    id_: str,
    tellings: list[Fact],
    changes: list[Fact],
    resolution: Fact | None,
    questions: list[Question],
) -> IroEscalation:
    fact = tellings[-1]
    raised = min(telling.day for telling in tellings)
    steps = sorted((*tellings, *changes), key=lambda item: (max(item.day, raised), item.order))
    formal, level = FOREVER, 0
    levels: list[tuple[int, int]] = []
    reasons: list[tuple[int, str | None]] = []
    for step in steps:
        day = max(step.day, raised)
        if getattr(step.data, "stage", None) == "formal" or getattr(step.data, "level", None):
            formal = min(formal, day)
        reached = getattr(step.data, "level", None) or 0
        level = max(level, reached, 1 if formal < FOREVER else 0)
        levels.append((day, level))
        if said := getattr(step.data, "reason", None):
            reasons.append((day, said))
    closed = closing_day(resolution, raised, questions)
    return IroEscalation(
        id=id_,
        fact=fact,
        raised=raised,
        resolved=closed,
        resolution=resolution if closed < FOREVER else None,
        formal=formal,
        levels=Temporal(0, levels),
        reason=Temporal(reasons[0][1] if reasons else None, reasons),
    )


def _never_raised(fact: Fact) -> Question:
    return fact.ask(
        "escalation_id",
        "A change or a resolution of an escalation was sent, and the escalation never was.",
        "the source sends escalation.raised with this escalation_id",
    )
