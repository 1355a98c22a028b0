"""Events as they were received: each content once, with every moment at which it was sent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from schemas.days import london_day
from schemas.envelope import Event
from schemas.permissions import ALL_PERMISSIONS, SourcePermission

Moment = tuple[datetime, int]
"""`time` and `sequence`: when the source said it."""

EPOCH = datetime(1900, 1, 1, tzinfo=UTC)
BEFORE_ALL = datetime(2, 1, 1, tzinfo=UTC)
"""From when on moments stand that cannot be: everything else is later."""

Sending = tuple[Moment, datetime]
"""When a source sent a content, and when that was stored here."""


@dataclass(frozen=True, slots=True)
class Received:
    """One content of one event, with the earliest and the latest moment at which it was sent.

    `person` is the subject within its namespace. `sendings` are the moments known of, each with the
    time at which it was stored here; empty for events that are in no store. `grants` are what its
    senders had leave for, each with the time from which that is known here; None for events that
    are in no store, whose sender may do everything.
    """

    event: Event
    person: str
    earliest: Moment
    latest: Moment
    sendings: tuple[Sending, ...] = ()
    grants: tuple[tuple[SourcePermission, datetime], ...] | None = None

    def as_stored_by(self, time: datetime) -> "Received | None":
        """The same as it was known here at a time; None where it was not stored by then."""
        sendings = tuple(item for item in self.sendings if item[1] <= time)
        if not sendings:
            return None
        moments = [moment for moment, _ in sendings]
        grants = self.grants and tuple(item for item in self.grants if item[1] <= time)
        return replace(
            self, earliest=min(moments), latest=max(moments), sendings=sendings, grants=grants
        )

    @property
    def counted_moments(self) -> tuple[Moment, Moment]:
        """The earliest and the latest moment of those that can be."""
        return counted_span(self.sendings) if self.sendings else (self.earliest, self.latest)

    @property
    def granted(self) -> frozenset[SourcePermission]:
        """What one sender or another had leave for."""
        if self.grants is None:
            return ALL_PERMISSIONS
        return frozenset(permission for permission, _ in self.grants)

    @property
    def key(self) -> tuple[str, str]:
        """Source and id: what an event is known by."""
        return self.event.source, self.event.id


def counted_span(sendings: Sequence[Sending]) -> tuple[Moment, Moment]:
    """The earliest and the latest moment of those that can be, of at least one.

    A source that says it recorded an event later than on the day after it was stored here is wrong
    about that; such a moment makes nothing the latest. Where there is no other, it comes before
    every moment that can be, and among its like keeps its place.
    """
    can_be = [moment for moment, stored_at in sendings if can_be_told(moment, stored_at)]
    if not can_be:
        can_be = [(BEFORE_ALL + (at - EPOCH) / 10**6, n) for (at, n), _ in sendings]
    return min(can_be), max(can_be)


def can_be_told(moment: Moment, stored_at: datetime) -> bool:
    """Whether a source can have recorded at a moment what was stored here at another."""
    return (london_day(moment[0]) - london_day(stored_at)).days <= 1


def is_before_all(moment: Moment) -> bool:
    """Whether a moment stands in place of one that cannot be."""
    return moment[0].year == BEFORE_ALL.year


def stored_day(item: Received, moment: Moment) -> date | None:
    """The day on which an event was stored, whose own moment cannot be."""
    if not is_before_all(moment):
        return None
    return london_day(min(stored_at for _, stored_at in item.sendings))
