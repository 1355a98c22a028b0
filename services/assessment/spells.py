"""Spells out of the events that start, change and end them (docs/rules.md, section 2)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

from schemas.events.pre_proceedings import PreProceedingsEnded
from schemas.status import Question
from services.assessment.facts import Content, Spell
from services.assessment.resolution import Fact
from services.assessment.temporal import FOREVER, AsOf, Temporal

ById = dict[str, Fact]
ByName = Mapping[str, list[Fact]]
Sort = TypeVar("Sort", bound=Spell)
_NOT_CONTENT = frozenset({"date", "date_basis"})


def latest_by_id(facts: Iterable[Fact], id_field: str) -> ById:
    """Of several events of one kind with one id, the latest; they come in the order of latest."""
    return {getattr(fact.data, id_field): fact for fact in facts}


def latest_of_each_source(facts: Iterable[Fact], id_field: str) -> list[Fact]:
    """The same where an id is its source's own, so that none speaks over another; by the fold."""
    found = {(fact.event.source, getattr(fact.data, id_field)): fact for fact in facts}
    return sorted(found.values(), key=lambda fact: fact.fold)


def fold_spells(
    by_name: ByName,
    kind: str,
    id_field: str,
    questions: list[Question],
    end_of: Callable[[Fact], int] = lambda fact: fact.day,
) -> list[Spell]:
    """The spells of one kind in the order of the fold, each with its own end, none cut yet."""
    starts = latest_by_id(by_name[f"{kind}.started"], id_field)
    ends = latest_by_id(by_name[f"{kind}.ended"], id_field)
    changes = all_by_id(by_name[f"{kind}.changed"], id_field)
    for id_ in (*ends, *changes):
        if id_ not in starts:
            unstarted = ends.get(id_) or changes[id_][0]
            questions.append(_never_started(unstarted, kind, id_field))
    spells = []
    for id_, began in sorted(starts.items(), key=lambda item: item[1].fold):
        ended, ended_on = ends.get(id_), FOREVER
        if ended is not None:
            ended_on = end_of(ended)
            if ended_on < began.day:
                questions.append(_ends_before_start(ended, kind))
                ended, ended_on = None, FOREVER
        spells.append(
            Spell(
                id=id_,
                began=began,
                start=began.day,
                end=ended_on,
                ended_on=ended_on,
                ended=ended,
                content=_content(began, changes.get(id_, ()), id_field),
                by_this_date=getattr(began.data, "date_basis", None) == "by_this_date",
                holds_from=began.day,
            )
        )
    return spells


def all_by_id(facts: Iterable[Fact], id_field: str) -> dict[str, list[Fact]]:
    """All events of one name by the id of what they are about, in their order."""
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        found[getattr(fact.data, id_field)].append(fact)
    return found


def cut_by_next(spells: Sequence[Spell]) -> None:
    """A later spell of one kind cuts an earlier one on the day from which it holds."""
    for spell, following in pairwise(spells):
        spell.end = min(spell.end, following.holds_from)


def current(on: AsOf, spells: Iterable[Sort]) -> Sort | None:
    """The spell that holds on a day, of those that cut one another."""
    for spell in spells:
        if not on.reached(spell.holds_from):
            return None
        if not on.reached(spell.end):
            return spell
    return None


def may_be_current(on: AsOf, spells: Sequence[Sort]) -> Sort | None:
    """The last spell that no event of its own has ended, where all later ones have ended.

    A caseworker's move that was undone, or a stay beside the home. None while one is current, and
    where a period of care cut it.
    """
    if current(on, spells) is not None:
        return None
    last = None
    for spell in spells:
        if not on.reached(spell.holds_from):
            break
        if not on.reached(spell.ended_on):
            last = spell
    return None if last is None or on.reached(last.cut_by_care) else last


def end_of_pre_proceedings(ended: Fact) -> int:
    """With care proceedings the period ends when these are issued; until then it runs on."""
    data = ended.data
    if isinstance(data, PreProceedingsEnded) and data.outcome == "care_proceedings":
        return data.issued_on.toordinal() if data.issued_on else FOREVER
    return ended.day


def _content(began: Fact, changes: Iterable[Fact], id_field: str) -> Temporal[Content]:
    """What was told of a spell: changes hold from their date or the start, whichever is later."""
    skipped = _NOT_CONTENT | {id_field}
    content = {f: getattr(began.data, f) for f in began.data.model_fields_set - skipped}
    steps: list[tuple[int, Content]] = [(began.day, content)]
    for fact in sorted(changes, key=lambda f: (max(f.day, began.day), f.order)):
        changed = {f: getattr(fact.data, f) for f in fact.data.model_fields_set - skipped}
        content = content | changed
        steps.append((max(fact.day, began.day), content))
    return Temporal({}, steps)


def _never_started(fact: Fact, kind: str, id_field: str) -> Question:
    spell = kind.replace("_", "-")
    return fact.ask(
        id_field,
        f"A change or an end of a {spell} spell was sent, and its start never was.",
        f"the source sends {kind}.started with this {id_field}",
    )


def _ends_before_start(ended: Fact, kind: str) -> Question:
    return ended.ask(
        "date",
        f"This {kind.replace('_', '-')} spell is said to end before it starts; "
        "the end was left out.",
        "the source corrects the start or the end",
    )
