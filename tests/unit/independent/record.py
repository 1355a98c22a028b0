"""What one young person's settled events say, grouped but not yet asked about any day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from .resolution import SPELL_IDS, Event, Order, code_of, day_of

TEMPORARY = frozenset({"T0", "T1", "T2", "T3", "T4"})
Told = tuple[date, dict[str, Any]]


@dataclass
class Spell:
    """A care, placement, accommodation or pre-proceedings spell.

    "From its start up to, not including, its end." `own_end` is the end its own event gives it;
    `ends` is the day it is over, by that end or by a cut, whichever is first.
    """

    started: Event
    changes: list[Told] = field(default_factory=list)
    judgements: list[Told] = field(default_factory=list)
    own_end: date | None = None
    ended: Event | None = None
    ends: date | None = None
    extensions: list[Event] = field(default_factory=list)

    @cached_property
    def start(self) -> date:
        """The day it starts."""
        return self.started.day

    @cached_property
    def temporary(self) -> bool:
        """A placement that starts with a code T0 to T4 is temporary."""
        placement = self.started.name == "placement.started"
        return placement and code_of(self.started.data.get("code")) in TEMPORARY

    def cut(self, day: date) -> None:
        """End it on that day, if it is not over by then."""
        if self.ends is None or day < self.ends:
            self.ends = day

    def current(self, day: date) -> bool:
        """From its start up to, not including, its end."""
        return self.start <= day and (self.ends is None or day < self.ends)

    def value(self, name: str, day: date) -> Any:
        """Changes hold from their date or the start, whichever is later; null clears."""
        value = self.started.data.get(name)
        for since, data in self.changes:
            if since <= day and name in data:
                value = data[name]
        return value


@dataclass
class Action:
    """An action agreed for a concern."""

    agreed: Event
    changes: list[Event]
    completed: date | None
    cancelled: date | None

    def open(self, day: date) -> bool:
        """Open from its date until the earlier day of its being completed or cancelled."""
        if day < self.agreed.day:
            return False
        return all(end is None or day < end for end in (self.completed, self.cancelled))

    def due(self, day: date) -> date | None:
        """action.changed moves due from its date."""
        due = self.agreed.data.get("due")
        for change in self.changes:
            if change.day <= day and "due" in change.data:
                due = change.data["due"]
        return day_of(due)

    def late(self, day: date) -> bool:
        """Late when its due, as it stands on D, is before D (an action that is over is not)."""
        due = self.due(day)
        return self.open(day) and due is not None and due < day


def spells_of(kind: str, events: list[Event]) -> list[Spell]:
    """The spells of one kind in the fold, each with its own end and changes, nothing cut yet.

    "An end before the start, and a change or end of a spell never started, are ignored."
    """
    name_of_id = SPELL_IDS[kind]
    spells: dict[str, Spell] = {}
    for event in events:
        if event.name == f"{kind}.started":
            spell = Spell(event)
            spells[str(event.data[name_of_id])] = spell
    changes: dict[str, list[tuple[tuple[date, Order], dict[str, Any]]]] = {}
    for event in events:
        key = str(event.data.get(name_of_id))
        known = spells.get(key)
        if known is None:
            continue
        if event.name == f"{kind}.changed":
            since = max(event.day, known.start)
            changes.setdefault(key, []).append(((since, event.order), event.data))
        elif event.name == f"{kind}.extended":
            known.extensions.append(event)
        elif event.name == f"{kind}.ended":
            end = end_day(event)
            if end is not None and end >= known.start:
                known.own_end = known.ends = end
                known.ended = event
    for key, theirs in changes.items():
        theirs.sort(key=lambda one: one[0])
        spells[key].changes = [(since, data) for (since, _), data in theirs]
    return sorted(spells.values(), key=lambda one: one.started.fold)


def end_day(event: Event) -> date | None:
    """The day an end gives.

    "pre_proceedings.ended with outcome care_proceedings ends the period on `issued_on`; without
    it the period runs on."
    """
    if event.name == "pre_proceedings.ended" and event.data.get("outcome") == "care_proceedings":
        return day_of(event.data.get("issued_on"))
    return event.day


def cut_by_later(spells: list[Spell]) -> None:
    """A later spell of one kind cuts an earlier one on the day it starts.

    "Whatever end the earlier has; of two that start on one day, the later in the fold." A
    temporary placement "cuts nothing, is cut by the next placement of any sort".
    """
    for place, earlier in enumerate(spells):
        for later in spells[place + 1 :]:
            if earlier.temporary or not later.temporary:
                earlier.cut(later.start)


def judge(home: Spell, events: list[Event]) -> None:
    """Gather what tells the judgement of a dwelling, in the order of the fold.

    "Told by the spell's start and changes and by reviews of kind accommodation_suitability dated
    from the spell's start to D, in the order of the fold, where a change dated before the start
    counts as dated on it."
    """
    told = [((home.start, home.started.order), home.started.data)]
    for event in events:
        if event.name == "accommodation.changed":
            if str(event.data["accommodation_id"]) == str(home.started.data["accommodation_id"]):
                told.append(((max(event.day, home.start), event.order), event.data))
        elif event.name == "review.completed":
            suitability = event.data["kind"] == "accommodation_suitability"
            if suitability and event.day >= home.start:
                told.append((event.fold, event.data))
    told.sort(key=lambda one: one[0])
    home.judgements = [(day, data) for (day, _), data in told]


class Record:
    """Everything one young person's events say."""

    def __init__(self, person: str, events: list[Event]) -> None:
        """Group the events, then let the spells cut one another."""
        self.person = person
        self.events = events
        self.care = spells_of("care", events)
        self.placements = spells_of("placement", events)
        self.mains = [one for one in self.placements if not one.temporary]
        self.temporaries = [one for one in self.placements if one.temporary]
        self.homes = spells_of("accommodation", events)
        self.periods = spells_of("pre_proceedings", events)
        self._cut()
        for home in self.homes:
            judge(home, events)
        self.updates = [one for one in events if one.name == "person.updated"]
        self.born = self._latest("date_of_birth")
        self.closings = [one for one in events if one.name == "person.closed"]
        self.reviews = [one for one in events if one.name == "review.completed"]
        self.plans = [one for one in events if one.name == "permanence.agreed"]
        self.withdrawn = {
            str(one.data["plan_id"]): one for one in events if one.name == "permanence.withdrawn"
        }
        self.actions = self._actions()

    def _cut(self) -> None:
        """Cuts: within each kind, then of care upon placements and accommodation."""
        for spells in (self.care, self.placements, self.homes, self.periods):
            cut_by_later(spells)
        for care in self.care:
            # "A care period that ends by its care.ended cuts, on that day, the placements that
            # started before it": not where a later care period had cut it already.
            if care.own_end is not None and care.own_end == care.ends:
                for placement in self.placements:
                    if placement.start < care.own_end:
                        placement.cut(care.own_end)
            # "One that starts cuts the accommodation spells that started before it."
            for home in self.homes:
                if home.start < care.start:
                    home.cut(care.start)

    def _latest(self, name: str) -> date | None:
        """date_of_birth is a correction: the latest event that has the field holds for all days."""
        having = [one for one in self.updates if name in one.data]
        return day_of(max(having, key=lambda one: one.order).data[name]) if having else None

    def _actions(self) -> list[Action]:
        """The actions; a completion or cancelling dated before the agreement is ignored."""
        actions: dict[str, Action] = {}
        for event in self.events:
            if event.name == "action.agreed":
                actions[str(event.data["action_id"])] = Action(event, [], None, None)
        for event in self.events:
            action = actions.get(str(event.data.get("action_id")))
            if action is None:
                continue
            if event.name == "action.changed":
                action.changes.append(event)
            elif event.name == "action.completed" and event.day >= action.agreed.day:
                action.completed = event.day
            elif event.name == "action.cancelled" and event.day >= action.agreed.day:
                action.cancelled = event.day
        return list(actions.values())
