"""What became of the rows of one young person, for the ledger."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from schemas.events.catalogue import NAMES
from schemas.events.feed import EventRetracted
from services.imports.snapshots.layout import TABLES, SnapshotTable
from services.imports.snapshots.read import PersonRows
from services.imports.tabular.faults import LEFT_OUT
from services.imports.tabular.ledger import Ledger, Place
from services.sources.records import record_id
from services.sources.statements import HeldEvent, Holdings

Record = tuple[str, str]
"""The kind and the id of a record; of a person the id is empty."""


def settle(
    ledger: Ledger, rows: PersonRows, made: Sequence[Mapping[str, Any]], holdings: Holdings
) -> None:
    """Count the rows of one young person: of which something is news, held already, or left out.

    A row that is none of a kind's own, nor told with one, tells something of the person.
    """
    news = set(_records_of(made, holdings))
    used: dict[Place, bool] = defaultdict(bool)
    for kind, by_id in rows.by_kind.items():
        for id_, row in by_id.items():
            used[row.place] |= (kind, "" if kind == "people" else id_) in news
    left_out = {
        (fault.file, fault.line): fault.became.value
        for fault in rows.faults
        if fault.became in LEFT_OUT
    } | rows.left_out
    for place in rows.places:
        carrier = rows.part_of.get(place, place)
        if carrier in used:
            ledger.settle([place], news=used[carrier])
        elif place in left_out:
            ledger.leave_out([place[0]], left_out[place])
        else:
            ledger.settle([place], news=("people", "") in news)


def _records_of(made: Iterable[Mapping[str, Any]], holdings: Holdings) -> Iterable[Record]:
    """The records that events are about; of a retraction, those that what is retracted is about."""
    retracted = set()
    for event in made:
        name, data = NAMES[event["type"]], event["data"]
        if name == EventRetracted.name:
            retracted.add(data["id"])
        elif (table := _table_of().get(name)) is not None:
            yield table.kind, "" if table.kind == "people" else str(data.get(table.id, ""))
    for holding in holdings.values():
        for item in holding.events:
            if item.id in retracted and (table := _table_of().get(item.name)) is not None:
                yield table.kind, _id_of(item, table)


def _id_of(item: HeldEvent, table: SnapshotTable) -> str:
    return "" if table.kind == "people" else record_id(item, table.record_kind)


@cache
def _table_of() -> Mapping[str, SnapshotTable]:
    """The table whose rows make an event, by the event's name."""
    return {
        name: table
        for table in TABLES.values()
        for name in (
            table.record_kind.starts,
            table.record_kind.changes,
            *(one.name for one in (*table.endings, *table.extras)),
        )
        if name
    }
