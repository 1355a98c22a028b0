"""Main and temporary placements (docs/rules.md, section 2, Spell)."""

from collections.abc import Sequence
from dataclasses import replace

from schemas.codes import TEMPORARY_PLACEMENTS
from schemas.events.placement import PlacementStarted
from services.assessment.facts import Facts, Spell
from services.assessment.spells import cut_by_next
from services.assessment.temporal import FOREVER


def fold_placements(placements: Sequence[Spell], facts: Facts) -> None:
    """Part placements, in the order of the fold, into main and temporary ones, and cut them.

    A temporary one (T0 to T4) cuts nothing, is cut by the next of any sort, and hides nothing. One
    to which a change gives another code while it is current is main from that day on.
    """
    main: list[Spell] = []
    temporary: list[Spell] = []
    for place, spell in enumerate(placements):
        began = spell.began.data
        if not (isinstance(began, PlacementStarted) and began.temporary):
            main.append(spell)
            continue
        following = placements[place + 1].start if place + 1 < len(placements) else FOREVER
        becomes_main = _becomes_main(spell)
        if becomes_main < min(spell.end, following):
            main.append(replace(spell, holds_from=becomes_main))
            following = becomes_main
        spell.end = min(spell.end, following)
        temporary.append(spell)
    # Of two that begin to hold on one day, the order of the fold stays: the sort is stable.
    main.sort(key=lambda spell: spell.holds_from)
    cut_by_next(main)
    facts.main_placements, facts.temporary_placements = main, temporary


def _becomes_main(spell: Spell) -> int:
    """The first day on which a temporary placement has a code that is not one of a temporary."""
    for day, content in zip(spell.content.days, spell.content.values, strict=True):
        code = content.get("code")
        if code is not None and code not in TEMPORARY_PLACEMENTS:
            return max(day, spell.start)
    return FOREVER
