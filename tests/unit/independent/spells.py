"""Spells (section 2 of the rules): how they start, change, end and cut one another."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .resolution import SPELL_IDS, Event, Order

TEMPORARY = frozenset({"T0", "T1", "T2", "T3", "T4"})


@dataclass(frozen=True)
class Change:
    """What a *.changed event says, from the day on which it holds."""

    day: date
    event: Event

    @property
    def place(self) -> tuple[date, Order]:
        """Its place in the fold, "a date before the start counted as the start"."""
        return (self.day, self.event.order)


@dataclass(eq=False)
class Spell:
    """A care, placement, accommodation, pre-proceedings or missing spell.

    "From its start up to, not including, its end." `own_end` is the end its own event gives it;
    `ends` is the day it is over, by that end or by a cut, whichever is first. `main_from` is the
    day from which it cuts others: its start but for a temporary placement. `cut_by_care` is the
    first day on which a care period cuts it.
    """

    kind: str
    started: Event
    changes: list[Change] = field(default_factory=list)
    own_end: date | None = None
    ended: Event | None = None
    ends: date | None = None
    main_from: date | None = None
    cut_by_care: date | None = None
    extensions: list[Event] = field(default_factory=list)

    @property
    def start(self) -> date:
        """The day it starts."""
        return self.started.day

    @property
    def id(self) -> str:
        """The id that its events share."""
        return str(self.started.data[SPELL_IDS[self.kind]])

    @property
    def starts_temporary(self) -> bool:
        """A placement that starts with a code T0 to T4 is *temporary*."""
        return self.kind == "placement" and self.started.data.get("code") in TEMPORARY

    @property
    def absent(self) -> bool:
        """Away without authorisation for less than a night: no colour, and it cuts none."""
        return self.kind == "missing" and self.started.data.get("kind") == "absent"

    @property
    def by_this_date(self) -> bool:
        """The source knows only that it was so by then."""
        return self.started.data.get("date_basis") == "by_this_date"

    def cut(self, day: date) -> None:
        """End it on that day, if it is not over by then."""
        if self.ends is None or day < self.ends:
            self.ends = day

    def current(self, day: date) -> bool:
        """From its start up to, not including, its end."""
        return self.start <= day and (self.ends is None or day < self.ends)

    def main(self, day: date) -> bool:
        """A placement that is not, or on that day is no longer, temporary."""
        return self.main_from is not None and self.main_from <= day

    def ended_by_itself(self, day: date) -> bool:
        """An event of its own has ended it by that day."""
        return self.own_end is not None and self.own_end <= day

    def value(self, name: str, day: date) -> Any:
        """Changes hold from their date or the start, whichever is later; null clears."""
        value = self.started.data.get(name)
        for change in self.changes:
            if change.day <= day and name in change.event.data:
                value = change.event.data[name]
        return value


def end_day(event: Event) -> date | None:
    """The day an end gives.

    "pre_proceedings.ended with outcome care_proceedings ends the period on `issued_on`; without
    it the period runs on."
    """
    if event.name == "pre_proceedings.ended" and event.data.get("outcome") == "care_proceedings":
        issued: date | None = event.data.get("issued_on")
        return issued
    return event.day


def spells_of(kind: str, events: list[Event]) -> list[Spell]:
    """The spells of one kind in the fold, each with its own end and changes, nothing cut yet.

    "An end before the start, and a change or end of a spell never started, are ignored."
    """
    name_of_id = SPELL_IDS[kind]
    spells: dict[str, Spell] = {}
    for event in events:
        if event.name == f"{kind}.started":
            spell = Spell(kind, event)
            spells[spell.id] = spell
    for event in events:
        known = spells.get(str(event.data.get(name_of_id)))
        if known is None:
            continue
        if event.name == f"{kind}.changed":
            known.changes.append(Change(max(event.day, known.start), event))
        elif event.name == f"{kind}.extended":
            known.extensions.append(event)
        elif event.name == f"{kind}.ended":
            end = end_day(event)
            if end is not None and end >= known.start:
                known.own_end = known.ends = end
                known.ended = event
    for spell in spells.values():
        spell.changes.sort(key=lambda one: one.place)
        spell.main_from = None if spell.starts_temporary else spell.start
    return sorted(spells.values(), key=lambda one: one.started.fold)


def cut_by_later(spells: list[Spell]) -> None:
    """A later spell of one kind cuts an earlier one on the day it starts.

    "Whatever end the earlier has; of two that start on one day, the later in the fold." A
    temporary placement "cuts nothing, is cut by the next placement of any sort".
    """
    for place, earlier in enumerate(spells):
        for later in spells[place + 1 :]:
            if earlier.main_from is None:
                earlier.cut(later.start)
            elif later.main_from is not None and not earlier.absent and not later.absent:
                earlier.cut(later.main_from)


def made_main(placements: list[Spell]) -> None:
    """Temporary placements that become main ones, before any of the cuts by a main one.

    "A temporary one to which a change gives a code other than T0 to T4 (cleared is none) while it
    is current is main from that day, and cuts then; its start stays."
    """
    for place, spell in enumerate(placements):
        if not spell.starts_temporary:
            continue
        over = [one.start for one in placements[place + 1 :]]
        over += [day for day in (spell.own_end, spell.cut_by_care) if day is not None]
        for change in spell.changes:
            code = change.event.data.get("code")
            if code is None or code in TEMPORARY:
                continue
            # The next placement of any sort ends it, as its own end and the end of care do.
            if all(change.day < day for day in over):
                spell.main_from = change.day
                break


def continues(spells: list[Spell], place: int) -> bool:
    """A care period that starts on the day the one before it ends or is cut continues it."""
    return place > 0 and spells[place - 1].ends == spells[place].start


def cut_by_the_end_of_care(care: list[Spell], placements: list[Spell]) -> None:
    """A care period that ends by its care.ended and is not continued cuts, on that day, placements.

    Those "that started before it". One that a later period cut before its care.ended did not end
    by it.
    """
    for place, period in enumerate(care):
        if period.own_end is None or period.own_end != period.ends:
            continue
        if place + 1 < len(care) and continues(care, place + 1):
            continue
        for placement in placements:
            if placement.start < period.own_end:
                days = [day for day in (placement.cut_by_care, period.own_end) if day is not None]
                placement.cut_by_care = min(days)


def may_be_current(spells: list[Spell], day: date) -> Spell | None:
    """The spell that may be current where none (no main one) is.

    "One that no event of its own has ended by D was cut only by later ones of its kind, all of them
    ended by D, and no care period has cut it: the last such in the fold (a temporary placement
    never)."
    """
    begun = [one for one in spells if one.main(day)]
    if any(one.current(day) for one in begun):
        return None
    for place in reversed(range(len(begun))):
        spell, later = begun[place], begun[place + 1 :]
        cut_by_care = spell.cut_by_care is not None and spell.cut_by_care <= day
        if spell.ended_by_itself(day) or cut_by_care or not later:
            continue
        if all(one.ended_by_itself(day) for one in later):
            return spell
    return None
