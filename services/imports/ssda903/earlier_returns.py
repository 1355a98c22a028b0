"""Spells of a child that earlier returns stated, so that this return can continue them."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from schemas.codes import TEMPORARY_PLACEMENTS
from services.sources.statements import HeldEvent, Holdings, events_named


@dataclass(slots=True)
class EarlierSpell:
    """A spell as earlier returns stated it.

    `by_this_date` is whether it had started by `start`, and not on that day.
    """

    id: str
    start: date
    by_this_date: bool
    start_fields: dict[str, Any]
    end: date | None = None
    changes: list[tuple[date, dict[str, Any]]] = field(default_factory=list)

    def fields_before(self, day: date) -> dict[str, Any]:
        """Its fields just before a day."""
        fields = dict(self.start_fields)
        for on, change in sorted(self.changes, key=lambda item: item[0]):
            if on < day:
                fields |= change
        return fields

    def is_open_into(self, day: date) -> bool:
        """Whether it started before a day and had not ended before it."""
        return self.start < day and (self.end is None or self.end >= day)


@dataclass(frozen=True, slots=True)
class EarlierCare:
    """A period of care that continues, with its legal status until then."""

    id: str
    legal_status: str


@dataclass(frozen=True, slots=True)
class EarlierPlacement:
    """A placement that continues, with its traits until then."""

    id: str
    traits: dict[str, str | None]
    ended: bool


class EarlierReturns:
    """The periods of care and placements of one child that are held of the return's source.

    `continued` are the ids of those that this return continues.
    """

    def __init__(self, holdings: Holdings) -> None:
        self.care = _spells(holdings, "care", "care_id")
        self.placements = _spells(holdings, "placement", "placement_id")
        self.continued: set[str] = set()

    def starts(self) -> dict[str, date]:
        """When each spell started, by its id."""
        return {spell.id: spell.start for spell in (*self.care, *self.placements)}

    def care_on(self, day: date) -> EarlierCare | None:
        """The period of care that was open when an episode of this return starts."""
        spell = _latest(self.care, day)
        if spell is None:
            return None
        return EarlierCare(spell.id, str(spell.fields_before(day).get("legal_status") or ""))

    def care_starting(self, start: date, until: date) -> str:
        """The id of the held period of care that starts on `start`; empty where there is none.

        Or of one that is held as started by a later day, up to `until`: an earlier year's return
        may be imported after a later one's, which saw the period from its middle.
        """
        for spell in self.care:
            if spell.start == start or (spell.by_this_date and start < spell.start <= until):
                return spell.id
        return ""

    def placement_on(self, day: date, *, temporary: bool) -> EarlierPlacement | None:
        """The placement that was open when an episode of this return starts."""
        alike = [
            spell
            for spell in self.placements
            if (spell.start_fields.get("code") in TEMPORARY_PLACEMENTS) is temporary
        ]
        spell = _latest(alike, day)
        if spell is None:
            return None
        fields = spell.fields_before(day)
        return EarlierPlacement(
            spell.id,
            {name: fields.get(name) for name in ("code", "provider", "urn")},
            spell.end is not None,
        )


def _latest(spells: list[EarlierSpell], day: date) -> EarlierSpell | None:
    running = [spell for spell in spells if spell.is_open_into(day)]
    return max(running, key=lambda spell: spell.start, default=None)


def _spells(holdings: Holdings, kind: str, key: str) -> list[EarlierSpell]:
    spells: dict[str, EarlierSpell] = {}
    events = events_named(holdings, [f"{kind}.started", f"{kind}.changed", f"{kind}.ended"])
    for event in sorted(events, key=lambda event: not event.name.endswith("started")):
        id_ = str(event.data[key])
        if event.name.endswith("started"):
            spells[id_] = EarlierSpell(
                id_, _day(event), event.data.get("date_basis") == "by_this_date", dict(event.data)
            )
        elif id_ in spells and event.name.endswith("ended"):
            spells[id_].end = _day(event)
        elif id_ in spells:
            spells[id_].changes.append((_day(event), dict(event.data)))
    return sorted(spells.values(), key=lambda spell: spell.start)


def _day(event: HeldEvent) -> date:
    return date.fromisoformat(event.data["date"])
