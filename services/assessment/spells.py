"""Spells out of the events that start, change and end them (docs/rules.md, section 2)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from schemas.events.accommodation import AccommodationStarted
from schemas.events.placement import PlacementStarted
from schemas.events.pre_proceedings import PreProceedingsEnded
from schemas.events.review import ReviewCompleted
from schemas.status import Question
from services.assessment.facts import Content, Dwelling, Facts, Judgement, Spell
from services.assessment.resolution import Fact
from services.assessment.temporal import FOREVER, Temporal

ById = dict[str, Fact]
_NOT_CONTENT = frozenset({"date", "date_basis"})


def latest_by_id(facts: Iterable[Fact], id_field: str) -> ById:
    """Of several events of one kind with one id, the latest; they come in the order of latest."""
    return {getattr(fact.data, id_field): fact for fact in facts}


def fold_spells(
    by_name: dict[str, list[Fact]],
    kind: str,
    id_field: str,
    questions: list[Question],
    end_of: Callable[[Fact], int] = lambda fact: fact.day,
) -> list[Spell]:
    """The spells of one kind in the order of the fold, each with its own end, none cut yet."""
    starts = latest_by_id(by_name[f"{kind}.started"], id_field)
    ends = latest_by_id(by_name[f"{kind}.ended"], id_field)
    changes: dict[str, list[Fact]] = defaultdict(list)
    for fact in by_name[f"{kind}.changed"]:
        changes[getattr(fact.data, id_field)].append(fact)
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
                content=_content(began, changes[id_], id_field),
                by_this_date=getattr(began.data, "date_basis", "exact") == "by_this_date",
            )
        )
    return spells


def cut_by_next(spells: Sequence[Spell]) -> None:
    """A later spell of one kind cuts an earlier one on the day it starts."""
    for spell, following in pairwise(spells):
        spell.end = min(spell.end, following.start)


def cut_on(spells: Iterable[Spell], day: int) -> None:
    """Cut, on that day, the spells that started before it."""
    for spell in spells:
        if spell.start < day:
            spell.end = min(spell.end, day)


def fold_placements(placements: list[Spell], facts: Facts) -> None:
    """Main placements, and temporary ones, which cut nothing and are cut by any."""
    main: list[Spell] = []
    temporary: list[Spell] = []
    for number, spell in enumerate(placements):
        began = spell.began.data
        if isinstance(began, PlacementStarted) and began.temporary:
            cut_by_next(placements[number : number + 2])
            temporary.append(spell)
        else:
            main.append(spell)
    cut_by_next(main)
    facts.main_placements, facts.temporary_placements = main, temporary


def cut_by_care(facts: Facts) -> None:
    """A care period's end cuts placements begun before it; its start cuts such accommodation."""
    for care in facts.care:
        if care.ended_by_event:
            cut_on((*facts.main_placements, *facts.temporary_placements), care.ended_on)
        cut_on(facts.dwellings, care.start)


def end_of_pre_proceedings(ended: Fact) -> int:
    """With care proceedings the period ends when these are issued; until then it runs on."""
    data = ended.data
    if isinstance(data, PreProceedingsEnded) and data.outcome == "care_proceedings":
        return data.issued_on.toordinal() if data.issued_on else FOREVER
    return ended.day


def judge(spell: Spell, changes: Iterable[Fact], reviews: Iterable[Fact]) -> Dwelling:
    """A dwelling with its judgement: told by start, changes and reviews, in the order of the fold.

    A change dated before the start counts as dated on it.
    """
    statements = [
        spell.began,
        *changes,
        *(
            fact
            for fact in reviews
            if isinstance(fact.data, ReviewCompleted)
            and fact.data.kind == "accommodation_suitability"
            and fact.day >= spell.start
        ),
    ]
    statements.sort(key=lambda fact: (max(fact.day, spell.start), fact.order))
    steps = []
    suitable, reason, judged_on, source = None, None, 0, None
    for fact in statements:
        day, data = max(fact.day, spell.start), fact.data
        if data.carries("suitable"):
            suitable, judged_on, source = getattr(data, "suitable"), day, fact  # noqa: B009
        if data.carries("unsuitable_reason"):
            reason = getattr(data, "unsuitable_reason")  # noqa: B009
            source = fact
        elif data.carries("suitable") and suitable is True:
            reason = None
        steps.append((day, Judgement(suitable, reason, judged_on, source)))
    return Dwelling(
        spell.id,
        spell.began,
        spell.start,
        spell.end,
        spell.ended_on,
        spell.ended,
        spell.content,
        spell.by_this_date,
        Temporal(Judgement(), steps),
    )


def fold_dwellings(
    by_name: dict[str, list[Fact]], reviews: list[Fact], questions: list[Question]
) -> list[Dwelling]:
    """Accommodation spells, judged."""
    changes: dict[str, list[Fact]] = defaultdict(list)
    for fact in by_name["accommodation.changed"]:
        changes[getattr(fact.data, "accommodation_id")].append(fact)  # noqa: B009
    spells = fold_spells(by_name, "accommodation", "accommodation_id", questions)
    cut_by_next(spells)
    return [
        judge(spell, changes[spell.id], reviews)
        for spell in spells
        if isinstance(spell.began.data, AccommodationStarted)
    ]


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
