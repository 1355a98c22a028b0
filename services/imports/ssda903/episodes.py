"""Episodes as two stories: the periods of care, and the placements within them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from schemas.codes import TEMPORARY_PLACEMENTS
from services.imports.ssda903.earlier_returns import Earlier
from services.imports.tabular.rows import Row
from services.sources.statements import Saying

STARTS_CARE = "S"
MOVES = frozenset("SPB")
"""Reasons for a new episode that are a move to another placement."""
STAYS = frozenset("LTU")
"""Reasons that are none: a new legal status, or a change with the same carer or setting."""

Traits = Mapping[str, str | None]
"""What a placement is: code, provider and URN."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One episode as it can be used. Codes are empty where they are not told or not readable.

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
        """What its placement is."""
        return {
            "code": self.place,
            "provider": self.provider or None,
            "urn": self.urn or None,
        }

    @property
    def is_temporary(self) -> bool:
        """Whether it is a temporary move, T0 to T4."""
        return self.place in TEMPORARY_PLACEMENTS


def tell_care(child: str, episodes: Sequence[Episode], earlier: Earlier) -> Iterator[Saying]:
    """The periods of care that the episodes make."""
    care, status = "", ""
    for number, episode in enumerate(episodes):
        if not care:
            goes_on = earlier.care_on(episode.start) if number == 0 else None
            if goes_on and episode.reason != STARTS_CARE:
                earlier.continued.add(goes_on.id)
                care, status = goes_on.id, goes_on.legal_status
            else:
                care = earlier.care_beginning(episode.start, _end_of_care(episodes[number:]))
                care = care or f"{child}-{episode.start}"
                status = episode.legal_status
                yield Saying("care.started", _care(care, episode))
        if episode.legal_status and episode.legal_status != status:
            status = episode.legal_status
            yield Saying(
                "care.changed",
                {"care_id": care, "date": str(episode.start), "legal_status": status},
            )
        if episode.ends_care:
            yield Saying(
                "care.ended",
                {"care_id": care, "date": str(episode.end), "reason": episode.ceased},
            )
            care = ""


def _care(id_: str, episode: Episode) -> dict[str, Any]:
    told: dict[str, Any] = {"care_id": id_, "date": str(episode.start)}
    if episode.legal_status:
        told["legal_status"] = episode.legal_status
    if episode.reason != STARTS_CARE:
        told["date_basis"] = "by_this_date"
    return told


def _end_of_care(episodes: Sequence[Episode]) -> date:
    """The last day of the period of care that begins with the first of these."""
    return next((item.end for item in episodes if item.ends_care and item.end), date.max)


@dataclass(slots=True)
class _Placed:
    """A placement that goes on: its id, what it is now, and its latest episode."""

    id: str
    traits: Traits
    last: Episode


@dataclass(slots=True)
class _Placements:
    """Follows a child from placement to placement. A temporary one stands beside the main one."""

    child: str
    earlier: Earlier
    main: _Placed | None = None
    temporary: _Placed | None = None
    before: Episode | None = None
    ids: set[str] = field(default_factory=set)

    def follow(self, episode: Episode) -> Iterator[Saying]:
        """What one more episode says."""
        current = self.temporary if episode.is_temporary else self.main
        if not episode.place:
            yield from self.end_all(episode.start)
        elif current and self._goes_on(current, episode):
            yield from _changed(current, episode)
            if not episode.is_temporary:
                yield from self._end(self.temporary, episode.start)
                self.temporary = None
        else:
            yield from self._begin(episode)
        self.before = episode
        if episode.ends_care:
            yield from self.end_all(None)

    def _goes_on(self, current: _Placed, episode: Episode) -> bool:
        same = current.traits == episode.traits
        if self.before is not current.last:  # back from a hospital or a holiday, without a gap
            return same and self.before is not None and self.before.end in (None, episode.start)
        if episode.reason in STAYS:
            return True
        return episode.reason not in MOVES and same

    def _begin(self, episode: Episode) -> Iterator[Saying]:
        if self.before is None:
            held = self.earlier.placement_on(episode.start, temporary=episode.is_temporary)
            # One that an earlier return left open, and came back to, was never left.
            came_back = held and not held.ended and held.traits == episode.traits
            if held and (came_back or episode.reason in STAYS):
                self.earlier.continued.add(held.id)
                placed = _Placed(held.id, held.traits, episode)
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
        told: dict[str, Any] = {"placement_id": id_, "date": str(episode.start)}
        told |= {name: value for name, value in episode.traits.items() if value}
        if episode.reason not in MOVES:
            told["date_basis"] = "by_this_date"
        yield Saying("placement.started", told)

    def _put(self, placed: _Placed, episode: Episode) -> None:
        if episode.is_temporary:
            self.temporary = placed
        else:
            self.main = placed

    def _end(self, placed: _Placed | None, otherwise: date | None = None) -> Iterator[Saying]:
        if placed is None:
            return
        last = placed.last
        day = last.end or otherwise
        if day is None:
            return
        told: dict[str, Any] = {"placement_id": placed.id, "date": str(day)}
        if reason := last.change or last.ceased:
            told["reason"] = reason
        yield Saying("placement.ended", told)

    def end_all(self, otherwise: date | None) -> Iterator[Saying]:
        """Everything ends as its last episode did; on this day, where that did not."""
        yield from self._end(self.temporary, otherwise)
        yield from self._end(self.main, otherwise)
        self.main = self.temporary = None


def tell_placements(child: str, episodes: Sequence[Episode], earlier: Earlier) -> Iterator[Saying]:
    """The placements that the episodes make."""
    placements = _Placements(child, earlier)
    for episode in episodes:
        yield from placements.follow(episode)
    yield from placements.end_all(None)


def _changed(placed: _Placed, episode: Episode) -> Iterator[Saying]:
    """What differs in a placement that goes on; what is no longer told is cleared."""
    new = {
        name: value for name, value in episode.traits.items() if value != placed.traits.get(name)
    }
    placed.traits, placed.last = episode.traits, episode
    if new:
        yield Saying(
            "placement.changed", {"placement_id": placed.id, "date": str(episode.start)} | new
        )
