"""Whether we hold all that a source holds: its last snapshot compared with what it has stated."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import end_of_day, london_day, plain_day
from schemas.events.feed import SnapshotCompleted
from schemas.policy import Policy
from services.assessment.received import Received
from services.assessment.resolution import counted
from services.sources.holdings import batches, load_holdings
from services.sources.records import open_counts
from services.store import event_log, feeds, snapshots, stored_events
from services.store.snapshots import SnapshotComparison

_INTERVALS = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}
COUNT_LABELS: Mapping[str, str] = {
    "care": "periods of care",
    "placement": "placements",
    "accommodation": "accommodation records",
    "pre_proceedings": "periods of pre-proceedings",
    "people": "young people",
}
"""What each field of snapshot.completed counts, in words for people."""


_AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CompletedSnapshot:
    """The snapshot.completed of a source: what it says is open there, and as at when (UTC)."""

    source: str
    event_id: str
    as_at: datetime
    open_at_source: dict[str, int]


def last_completed(received: Iterable[Received], policy: Policy) -> dict[str, CompletedSnapshot]:
    """The last snapshot.completed of each source."""
    found: dict[str, CompletedSnapshot] = {}
    received = list(received)
    stored_at = {item.key: max(at for _, at in item.sendings) for item in received if item.sendings}
    for fact in counted(received, policy):
        data = fact.data
        if not isinstance(data, SnapshotCompleted):
            continue
        as_at = _moment(data.as_at) or fact.order[0]
        if as_at > stored_at.get((fact.event.source, fact.event.id), as_at) + _AHEAD:
            continue  # of a day to come nobody holds anything yet
        counts = data.open.model_dump(exclude_none=True) if data.open else {}
        if data.people is not None:
            counts["people"] = data.people
        completed = CompletedSnapshot(fact.event.source, fact.event.id, as_at, counts)
        before = found.get(completed.source)
        if before is None or before.as_at <= completed.as_at:
            found[completed.source] = completed
    return found


def _moment(as_at: date | datetime | None) -> datetime | None:
    """A moment in UTC; for a day, its end in London."""
    if isinstance(as_at, date) and not isinstance(as_at, datetime):
        return end_of_day(as_at)
    return as_at


async def completed_snapshots(
    connection: AsyncConnection, policy: Policy
) -> dict[str, CompletedSnapshot]:
    """The last snapshot.completed of each source, from the log."""
    return last_completed(await stored_events.load(connection, [""]), policy)


async def compare(
    connection: AsyncConnection, policy: Policy, completed: CompletedSnapshot, now: datetime
) -> SnapshotComparison:
    """Count what is held of a source as at its snapshot, of the kinds that the snapshot counted."""
    day, counts = london_day(completed.as_at), Counter[str]()
    subjects = await event_log.subjects_of(connection, completed.source)
    for batch in batches(subjects):
        holdings = await load_holdings(connection, policy, completed.source, batch, completed.as_at)
        for held in holdings.values():
            counts.update(open_counts(held, day))
    return SnapshotComparison(
        source=completed.source,
        event_id=completed.event_id,
        as_at=completed.as_at,
        open_at_source=completed.open_at_source,
        open_here={kind: counts[kind] for kind in completed.open_at_source},
        compared_at=now,
    )


def differences(comparison: SnapshotComparison) -> list[str]:
    """What the source holds and we do not, or the other way round, in sentences."""
    return [
        f"{comparison.source} says that {number:,} {COUNT_LABELS.get(kind, kind)} are open there, "
        f"in its snapshot of {plain_day(london_day(comparison.as_at))}; "
        f"{comparison.open_here.get(kind, 0):,} are held here. Something is missing, or was never "
        "ended."
        for kind, number in comparison.open_at_source.items()
        if comparison.open_here.get(kind, 0) != number
    ]


def overdue(
    completed: Mapping[str, CompletedSnapshot],
    policy: Policy,
    by: datetime,
    slack: timedelta = timedelta(),
) -> list[str]:
    """Snapshots that the policy expects and that had not come by a moment, in sentences."""
    sentences = []
    for source, allowed in sorted(policy.sources.items()):
        if allowed.snapshot is None or allowed.retired:
            continue
        last = completed.get(source)
        if last is None:
            sentences.append(f"The {allowed.snapshot} snapshot of {source} has never come.")
        elif last.as_at < by - _INTERVALS[allowed.snapshot] - slack:
            sentences.append(
                f"The {allowed.snapshot} snapshot of {source} has not come: the last is as at "
                f"{plain_day(london_day(last.as_at))}."
            )
    return sentences


async def comparisons_due(
    connection: AsyncConnection, policy: Policy, now: datetime
) -> tuple[list[SnapshotComparison], list[str]]:
    """Fresh comparisons to keep, and the sources whose comparison is to be dropped.

    Compared is every snapshot that is new, and one that differed where its source has been heard
    since. Dropped is the comparison of a snapshot that was retracted.
    """
    compared = {item.source: item for item in await snapshots.comparisons(connection)}
    last_heard = {feed.source: feed.last_heard for feed in await feeds.all_feeds(connection)}
    due = []
    latest = await completed_snapshots(connection, policy)
    for source, completed in latest.items():
        before = compared.get(source)
        if before is not None and before.event_id == completed.event_id:
            heard_since = last_heard.get(source, before.compared_at) > before.compared_at
            if not (before.differs and heard_since):
                continue
        due.append(await compare(connection, policy, completed, now))
    return due, sorted(compared.keys() - latest.keys())
