"""Main and temporary placements (docs/rules.md, section 2, Spell)."""

from collections.abc import Iterable
from dataclasses import replace

from schemas.codes import TEMPORARY_PLACEMENTS
from schemas.events.placement import PlacementStarted
from services.assessment.facts import Facts, Spell
from services.assessment.resolution import Fact
from services.assessment.spells import ByName, all_by_id, cut_by_next, fold_spells
from services.assessment.temporal import FOREVER


def fold_placements(by_name: ByName, facts: Facts) -> None:
    """Main placements and temporary ones, cut.

    A temporary one (T0 to T4) cuts nothing, is cut by the next of any sort, and hides nothing. One
    to which a change gives another code while it is current is main from that day on.
    """
    placements = fold_spells(by_name, "placement", "placement_id", facts.questions)
    changes = all_by_id(by_name["placement.changed"], "placement_id")
    main: list[Spell] = []
    temporary: list[Spell] = []
    for place, spell in enumerate(placements):
        began = spell.began.data
        if not (isinstance(began, PlacementStarted) and began.temporary):
            main.append(spell)
            continue
        following = placements[place + 1].start if place + 1 < len(placements) else FOREVER
        becomes_main = _becomes_main(spell, changes.get(spell.id, ()))
        if becomes_main < min(spell.end, following):
            main.append(replace(spell, holds_from=becomes_main))
            following = becomes_main
        spell.end = min(spell.end, following)
        temporary.append(spell)
    # Of two that begin to hold on one day, the order of the fold stays: the sort is stable.
    main.sort(key=lambda spell: spell.holds_from)
    cut_by_next(main)
    facts.main_placements, facts.temporary_placements = main, temporary


def _becomes_main(spell: Spell, changes: Iterable[Fact]) -> int:
    """The first day on which a change gives a temporary placement the code of a main one."""
    days = [
        max(fact.day, spell.start)
        for fact in changes
        if getattr(fact.data, "code", None) not in (None, *TEMPORARY_PLACEMENTS)
    ]
    return min(days, default=FOREVER)
