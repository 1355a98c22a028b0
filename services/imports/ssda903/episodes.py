"""Episodes translated to two kinds of spell: periods of care, and the placements within them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from schemas.codes import TEMPORARY_PLACEMENTS
from services.imports.ssda903.earlier_returns import EarlierReturns
from services.imports.tabular.layouts import Row
from services.sources.statements import Statement

STARTS_CARE = "S"
MOVES = frozenset("SPB")
"""Reasons for a new episode that are a move to another placement."""
STAYS = frozenset("LTU")
"""Reasons that are none: a new legal status, or a change with the same carer or setting."""

Traits = Mapping[str, str | None]
"""The fields that make a placement what it is: code, provider and URN."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One episode as it can be used. Codes are empty where they are missing or unreadable.

    `end` is DEC, where it is a day that the episode can have ended on.
    """

    row: Row
    start: date
    end: date | None
    reason: str
    legal_status: str
    place: str
    provider: str
    urn: str
    ceased: str
    change: str

    @property
    def ends_care(self) -> bool:
        """Whether the child ceased to be looked after: a DEC, and a REC that is not X1."""
        return self.end is not None and bool(self.ceased) and self.ceased != "X1"

    @property
    def traits(self) -> Traits:
        """The traits of its placement."""
        return {
            "code": self.place,
            "provider": self.provider or None,
            "urn": self.urn or None,
        }

    @property
    def is_temporary(self) -> bool:
        """Whether it is a temporary move, T0 to T4."""
        return self.place in TEMPORARY_PLACEMENTS


def care_statements(
    child: str, episodes: Sequence[Episode], earlier: EarlierReturns
) -> Iterator[Statement]:
    """The statements of the periods of care that the episodes make."""
    care, status = "", ""
    for number, episode in enumerate(episodes):
        if not care:
            running = earlier.care_on(episode.start) if number == 0 else None
            if running and episode.reason != STARTS_CARE:
                earlier.continued.add(running.id)
                care, status = running.id, running.legal_status
            else:
                care = earlier.care_starting(episode.start, _end_of_care(episodes[number:]))
                care = care or f"{child}-{episode.start}"
                status = episode.legal_status
                yield Statement("care.started", _care_data(care, episode))
        if episode.legal_status and episode.legal_status != status:
            status = episode.legal_status
            yield Statement(
                "care.changed",
                {"care_id": care, "date": str(episode.start), "legal_status": status},
            )
        if episode.ends_care:
            yield Statement(
                "care.ended",
                {"care_id": care, "date": str(episode.end), "reason": episode.ceased},
            )
            care = ""


def _care_data(id_: str, episode: Episode) -> dict[str, Any]:
    data: dict[str, Any] = {"care_id": id_, "date": str(episode.start)}
    if episode.legal_status:
        data["legal_status"] = episode.legal_status
    if episode.reason != STARTS_CARE:
        data["date_basis"] = "by_this_date"
    return data


def _end_of_care(episodes: Sequence[Episode]) -> date:
    """The last day of the period of care that begins with the first of these."""
    return next((item.end for item in episodes if item.ends_care and item.end), date.max)


@dataclass(slots=True)
class _Placed:
    """An open placement: its id, its traits now, and its latest episode."""

    id: str
    traits: Traits
    last: Episode


@dataclass(slots=True)
class _Placements:
    """Follows a child from placement to placement.

    A temporary placement is open beside the main one. `before` is the latest episode.
    """

    child: str
    earlier: EarlierReturns
    main: _Placed | None = None
    temporary: _Placed | None = None
    before: Episode | None = None
    ids: set[str] = field(default_factory=set)

    def follow(self, episode: Episode) -> Iterator[Statement]:
        """The statements of one more episode."""
        current = self.temporary if episode.is_temporary else self.main
        if not episode.place:
            yield from self.end_all(episode.start)
        elif current and self._continues(current, episode):
            yield from _changed(current, episode)
            if not episode.is_temporary:
                yield from self._end(self.temporary, episode.start)
                self.temporary = None
        else:
            yield from self._begin(episode)
        self.before = episode
        if episode.ends_care:
            yield from self.end_all(None)

    def _continues(self, current: _Placed, episode: Episode) -> bool:
        same = current.traits == episode.traits
        if self.before is not current.last:  # back from a hospital or a holiday, without a gap
            return same and self.before is not None and self.before.end in (None, episode.start)
        if episode.reason in STAYS:
            return True
        return episode.reason not in MOVES and same

    def _begin(self, episode: Episode) -> Iterator[Statement]:
        if self.before is None:
            running = self.earlier.placement_on(episode.start, temporary=episode.is_temporary)
            # One that an earlier return left open, and that the child is still in, was never left.
            came_back = running and not running.ended and running.traits == episode.traits
            if running and (came_back or episode.reason in STAYS):
                self.earlier.continued.add(running.id)
                placed = _Placed(running.id, running.traits, episode)
                self._put(placed, episode)
                yield from _changed(placed, episode)
                return
        yield from self._end(self.temporary)
        self.temporary = None
        if not episode.is_temporary:
            yield from self._end(self.main)
        id_ = f"{self.child}-{episode.start}-p"
        while id_ in self.ids:
            id_ += "+"
        self.ids.add(id_)
        self._put(_Placed(id_, episode.traits, episode), episode)
        data: dict[str, Any] = {"placement_id": id_, "date": str(episode.start)}
        data |= {name: value for name, value in episode.traits.items() if value}
        if episode.reason not in MOVES:
            data["date_basis"] = "by_this_date"
        yield Statement("placement.started", data)

    def _put(self, placed: _Placed, episode: Episode) -> None:
        if episode.is_temporary:
            self.temporary = placed
        else:
            self.main = placed

    def _end(self, placed: _Placed | None, otherwise: date | None = None) -> Iterator[Statement]:
        if placed is None:
            return
        last = placed.last
        day = last.end or otherwise
        if day is None:
            return
        data: dict[str, Any] = {"placement_id": placed.id, "date": str(day)}
        if reason := last.change or last.ceased:
            data["reason"] = reason
        yield Statement("placement.ended", data)

    def end_all(self, otherwise: date | None) -> Iterator[Statement]:
        """End every open placement on the day its last episode ended; else on `otherwise`."""
        yield from self._end(self.temporary, otherwise)
        yield from self._end(self.main, otherwise)
        self.main = self.temporary = None


def placement_statements(
    child: str, episodes: Sequence[Episode], earlier: EarlierReturns
) -> Iterator[Statement]:
    """The statements of the placements that the episodes make."""
    placements = _Placements(child, earlier)
    for episode in episodes:
        yield from placements.follow(episode)
    yield from placements.end_all(None)


def _changed(placed: _Placed, episode: Episode) -> Iterator[Statement]:
    """State the traits that differ in a placement that continues; missing ones are cleared."""
    new = {
        name: value for name, value in episode.traits.items() if value != placed.traits.get(name)
    }
    placed.traits, placed.last = episode.traits, episode
    if new:
        yield Statement(
            "placement.changed", {"placement_id": placed.id, "date": str(episode.start)} | new
        )
