"""What earlier returns said of a child, where this one begins in the middle of it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from schemas.codes import TEMPORARY_PLACEMENTS
from services.sources.statements import Held, Said, said_of


@dataclass(slots=True)
class EarlierSpell:
    """A spell as an earlier return told it."""

    id: str
    start: date
    by_this_date: bool
    begun: dict[str, Any]
    end: date | None = None
    changes: list[tuple[date, dict[str, Any]]] = field(default_factory=list)

    def before(self, day: date) -> dict[str, Any]:
        """What it was just before a day."""
        told = dict(self.begun)
        for on, change in sorted(self.changes, key=lambda item: item[0]):
            if on < day:
                told |= change
        return told

    def runs_into(self, day: date) -> bool:
        """Whether it began before a day and had not ended before it."""
        return self.start < day and (self.end is None or self.end >= day)


@dataclass(frozen=True, slots=True)
class EarlierCare:
    """A period of care that goes on, with its legal status until then."""

    id: str
    legal_status: str


@dataclass(frozen=True, slots=True)
class EarlierPlacement:
    """A placement that goes on, with what it was until then."""

    id: str
    traits: dict[str, str | None]
    ended: bool


class Earlier:
    """What is held of the return's source about one child."""

    def __init__(self, held: Held) -> None:
        self.care = _spells(held, "care", "care_id")
        self.placements = _spells(held, "placement", "placement_id")
        self.continued: set[str] = set()
        """Ids of spells that this return goes on with."""

    def starts(self) -> dict[str, date]:
        """When each spell began, by its id."""
        return {spell.id: spell.start for spell in (*self.care, *self.placements)}

    def care_on(self, day: date) -> EarlierCare | None:
        """The period of care that was running when an episode of this return begins."""
        spell = _latest(self.care, day)
        if spell is None:
            return None
        return EarlierCare(spell.id, str(spell.before(day).get("legal_status") or ""))

    def care_beginning(self, start: date, until: date) -> str:
        """The id of the period that begins on a day; or of one that had only begun by later.

        An earlier year's return may come after a later one's, which saw the period from its middle.
        """
        for spell in self.care:
            if spell.start == start or (spell.by_this_date and start < spell.start <= until):
                return spell.id
        return ""

    def placement_on(self, day: date, *, temporary: bool) -> EarlierPlacement | None:
        """The placement that was running when an episode of this return begins."""
        alike = [
            spell
            for spell in self.placements
            if (spell.begun.get("code") in TEMPORARY_PLACEMENTS) is temporary
        ]
        spell = _latest(alike, day)
        if spell is None:
            return None
        told = spell.before(day)
        return EarlierPlacement(
            spell.id,
            {name: told.get(name) for name in ("code", "provider", "urn")},
            spell.end is not None,
        )


def _latest(spells: list[EarlierSpell], day: date) -> EarlierSpell | None:
    running = [spell for spell in spells if spell.runs_into(day)]
    return max(running, key=lambda spell: spell.start, default=None)


def _spells(held: Held, kind: str, key: str) -> list[EarlierSpell]:
    spells: dict[str, EarlierSpell] = {}
    said = said_of(held, [f"{kind}.started", f"{kind}.changed", f"{kind}.ended"])
    for item in sorted(said, key=lambda item: not item.name.endswith("started")):
        id_ = str(item.data[key])
        if item.name.endswith("started"):
            spells[id_] = EarlierSpell(
                id_, _day(item), item.data.get("date_basis") == "by_this_date", dict(item.data)
            )
        elif id_ in spells and item.name.endswith("ended"):
            spells[id_].end = _day(item)
        elif id_ in spells:
            spells[id_].changes.append((_day(item), dict(item.data)))
    return sorted(spells.values(), key=lambda spell: spell.start)


def _day(item: Said) -> date:
    return date.fromisoformat(item.data["date"])
