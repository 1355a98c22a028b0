"""Where somebody lives, with what was judged of it (docs/rules.md, section 2, Judgement)."""

from collections.abc import Iterable, Sequence

from schemas.events.review import ReviewCompleted
from schemas.status import Question
from services.assessment.facts import Dwelling, Judgement, Spell
from services.assessment.resolution import Fact
from services.assessment.spells import ByName, all_by_id, fold_spells
from services.assessment.temporal import Temporal

_KIND = "accommodation_suitability"


def fold_dwellings(by_name: ByName, questions: list[Question]) -> list[Dwelling]:
    """Accommodation spells, neither cut nor judged yet."""
    spells = fold_spells(by_name, "accommodation", "accommodation_id", questions)
    return [
        Dwelling(**{name: getattr(spell, name) for name in Spell.__slots__}) for spell in spells
    ]


def judge(dwellings: Sequence[Dwelling], by_name: ByName, reviews: Sequence[Fact]) -> None:
    """Write down what was said of each dwelling, once it is known when each was cut."""
    changes = all_by_id(by_name["accommodation.changed"], "accommodation_id")
    held = [
        fact
        for fact in reviews
        if isinstance(fact.data, ReviewCompleted) and fact.data.kind == _KIND
    ]
    for place, dwelling in enumerate(dwellings):
        dwelling.later = tuple(
            (other.start, other.end) for other in dwellings[place + 1 :] if other.start < other.end
        )
        dwelling.judgement = _judgement(dwelling, changes.get(dwelling.id, ()), held)


def _judgement(
    dwelling: Dwelling, changes: Iterable[Fact], reviews: Iterable[Fact]
) -> Temporal[Judgement]:
    """Told by start, changes and reviews, in the order of the fold.

    A change dated before the start counts as dated on it.
    """
    start = dwelling.start
    statements = [
        dwelling.began,
        *changes,
        *(fact for fact in reviews if fact.day >= start and dwelling.is_reviewed_by(fact)),
    ]
    statements.sort(key=lambda fact: (max(fact.day, start), fact.order))
    steps = []
    suitable, reason, judged_on, source = None, None, 0, None
    for fact in statements:
        day, data = max(fact.day, start), fact.data
        if data.carries("suitable"):
            suitable, judged_on, source = getattr(data, "suitable"), day, fact  # noqa: B009
        if data.carries("unsuitable_reason"):
            reason = getattr(data, "unsuitable_reason")  # noqa: B009
            source = fact
        elif data.carries("suitable") and suitable is True:
            reason = None
        steps.append((day, Judgement(suitable, reason, judged_on, source)))
    return Temporal(Judgement(), steps)
