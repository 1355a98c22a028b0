"""Whether we hold all that a source holds: its last snapshot beside what it has told us."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import LONDON, london_day, plain_day
from schemas.events.feed import SnapshotCompleted
from schemas.policy import Policy
from services.assessment.resolution import Received, counted
from services.imports.load import batches
from services.imports.snapshots.known import begun_of, day_of, has_ended
from services.imports.snapshots.layout import COUNTED, SHAPES
from services.sources.holdings import held_of
from services.sources.statements import Held
from services.store import event_log, feeds, snapshots
from services.store.snapshots import Compared

_EVERY = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}
WORDS = {
    "care": "periods of care",
    "placement": "placements",
    "accommodation": "accommodation records",
    "pre_proceedings": "periods of pre-proceedings",
    "people": "young people",
}


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a source's last snapshot: what the source said that it holds, and as at when."""

    source: str
    event_id: str
    as_at: datetime
    told: dict[str, int]


def last_ends(received: Iterable[Received]) -> dict[str, Ended]:
    """The last snapshot.completed of each source."""
    found: dict[str, Ended] = {}
    for fact in counted(received):
        data = fact.data
        if not isinstance(data, SnapshotCompleted):
            continue
        as_at = _moment(data.as_at) or fact.order[0]
        open_ = data.open.model_dump(exclude_none=True) if data.open else {}
        told = {**open_, **({"people": data.people} if data.people is not None else {})}
        ended = Ended(fact.event.source, fact.event.id, as_at, told)
        before = found.get(ended.source)
        if before is None or before.as_at <= ended.as_at:
            found[ended.source] = ended
    return found


def _moment(as_at: date | datetime | None) -> datetime | None:
    """A moment; of a day, its end."""
    if isinstance(as_at, date) and not isinstance(as_at, datetime):
        return datetime.combine(as_at, time.max, LONDON).astimezone(UTC)
    return as_at


async def ends_of_snapshots(connection: AsyncConnection) -> dict[str, Ended]:
    """The last snapshot.completed of each source, out of the log."""
    return last_ends(await event_log.load(connection, [""]))


async def compare(
    connection: AsyncConnection, policy: Policy, ended: Ended, now: datetime
) -> Compared:
    """Count what is held of a source as at its snapshot, of the kinds that it counted."""
    day, held = london_day(ended.as_at), Counter[str]()
    subjects = await event_log.subjects_of(connection, ended.source)
    for some in batches(subjects):
        known = await held_of(connection, policy, ended.source, some, ended.as_at)
        for mine in known.values():
            held.update(open_of(mine, day))
    return Compared(
        source=ended.source,
        event_id=ended.event_id,
        as_at=ended.as_at,
        told=ended.told,
        held={kind: held[kind] for kind in ended.told},
        compared_at=now,
    )


def open_of(held: Held, day: date) -> Counter[str]:
    """What a source has told of one young person that is open on a day, by kind."""
    found: Counter[str] = Counter()
    for shape in SHAPES:
        name = "people" if shape.kind == "people" else COUNTED.get(shape.kind)
        if name is not None:
            found[name] += sum(
                (name == "people" or day_of(item) <= day) and not has_ended(held, shape, id_, day)
                for id_, item in begun_of(held, shape).items()
            )
    return found


def differences(compared: Compared) -> list[str]:
    """What the source holds and we do not, or the other way round, in sentences."""
    return [
        f"{compared.source} says that {told:,} {WORDS.get(kind, kind)} are open there, in its "
        f"snapshot of {plain_day(london_day(compared.as_at))}; {compared.held.get(kind, 0):,} are "
        "held here. Something is missing, or was never ended."
        for kind, told in compared.told.items()
        if compared.held.get(kind, 0) != told
    ]


def overdue(
    ended: Mapping[str, Ended], policy: Policy, by: datetime, slack: timedelta = timedelta()
) -> list[str]:
    """Snapshots that the policy expects and that had not come by a moment, in sentences."""
    told = []
    for source, allowed in sorted(policy.sources.items()):
        if allowed.snapshot is None or allowed.retired:
            continue
        last = ended.get(source)
        if last is None:
            told.append(f"The {allowed.snapshot} snapshot of {source} has never come.")
        elif last.as_at < by - _EVERY[allowed.snapshot] - slack:
            told.append(
                f"The {allowed.snapshot} snapshot of {source} has not come: the last is as at "
                f"{plain_day(london_day(last.as_at))}."
            )
    return told


async def comparisons_due(
    connection: AsyncConnection, policy: Policy, now: datetime
) -> tuple[list[Compared], list[str]]:
    """Every snapshot that is new, or that differed when more has come since, compared.

    And the sources whose snapshot was retracted, so that nothing is to be compared any more.
    """
    known = {item.source: item for item in await snapshots.compared(connection)}
    heard = {feed.source: feed.last_heard for feed in await feeds.all_feeds(connection)}
    due = []
    ends = await ends_of_snapshots(connection)
    for source, ended in ends.items():
        before = known.get(source)
        if before is not None and before.event_id == ended.event_id:
            more = heard.get(source, before.compared_at) > before.compared_at
            if not (before.differs and more):
                continue
        due.append(await compare(connection, policy, ended, now))
    return due, sorted(known.keys() - ends.keys())
