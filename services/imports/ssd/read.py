"""The dataset's tables brought together by young person, as a snapshot reads them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from services.imports.snapshots.current import Current
from services.imports.snapshots.layout import ACCOMMODATION
from services.imports.snapshots.read import Files, PersonRows, gather
from services.imports.ssd.summary import Telling
from services.imports.ssd.tables import TablesRead
from services.imports.ssd.translate import snapshot_rows
from services.imports.tabular.grouping import grouped
from services.imports.tabular.rows import Row
from services.sources.statements import Held, said_of

_KINDS = {
    "people": ("person", "care_leavers", "involvements"),
    "care": ("episodes",),
    "placements": ("placements",),
    "accommodation": ("care_leavers",),
    "pre_proceedings": ("pre_proceedings",),
    "plans": ("care_plans",),
    "reviews": ("reviews",),
}
"""Kinds of a snapshot, and the tables that tell them."""


@dataclass(slots=True)
class Dataset:
    """What was read of the dataset beside the young people themselves."""

    tables: TablesRead = field(default_factory=TablesRead)
    professionals: list[Row] = field(default_factory=list)
    departments: dict[str, str] = field(default_factory=dict)
    """Names of teams to their ids."""
    telling: Telling = field(default_factory=Telling)


def people_of(
    rows: Iterable[Row], dataset: Dataset, files: Files, today: date
) -> Iterator[tuple[str, PersonRows]]:
    """The rows of each young person; all tables are read before the first comes."""
    telling = dataset.telling
    for person, mine in grouped(_by_person(rows, dataset)):
        if not telling.tables:
            telling.tables = frozenset(dataset.tables.rows)
            telling.staff = frozenset(row["id"] for row in dataset.professionals)
        told = snapshot_rows(person, mine, today, telling)
        if told:
            _note_kinds(dataset, files)
            for row in told:
                files.rows[row.table] = files.rows.get(row.table, 0) + 1
            understood = gather(told)
            understood.faults += telling.faults
            telling.faults = []
            yield person, understood
    _note_kinds(dataset, files)


def _note_kinds(dataset: Dataset, files: Files) -> None:
    files.kinds |= {
        kind
        for kind, tables in _KINDS.items()
        if any(dataset.tables.rows.get(table) for table in tables)
    }


def _by_person(rows: Iterable[Row], dataset: Dataset) -> Iterator[tuple[str, Row]]:
    """Each row under its young person; what only names a period of care, through that."""
    of_care: dict[str, str] = {}
    waiting: list[Row] = []
    for row in rows:
        if row.table == "professionals":
            dataset.professionals.append(row)
        elif row.table == "department":
            dataset.departments[row["name"].casefold()] = row["id"]
        elif row["person"]:
            if row.table in ("episodes", "placements") and row["care"]:
                of_care.setdefault(row["care"], row["person"])
            yield row["person"], row
        elif row["care"]:
            waiting.append(row)
    for row in waiting:
        person = of_care.get(row["care"])
        if person:
            yield person, row


def settle_dwellings(rows: PersonRows, held: Held, day: date) -> None:
    """Give each dwelling the id it has had since it was first seen, or a new one.

    The dataset has one row a care leaver, whatever their dwelling: with another letter it is
    another dwelling, and a letter that comes back is not the dwelling of before.
    """
    if any(kind == ACCOMMODATION.kind for kind, _ in rows.unclear):
        rows.unclear.add((ACCOMMODATION.kind, ""))
    told = rows.rows.get(ACCOMMODATION.kind)
    if not told:
        return
    ended = {str(item.data["accommodation_id"]) for item in said_of(held, ["accommodation.ended"])}
    lived = [
        str(item.data["accommodation_id"])
        for item in said_of(held, ["accommodation.started"])
        if str(item.data["accommodation_id"]) not in ended
    ]
    settled = {}
    for id_, row in told.items():
        known = next((old for old in lived if old.rsplit("-", 3)[0] == id_), None)
        new = known or f"{id_}-{day}"
        settled[new] = Current(row.shape, new, {**row.values, "accommodation_id": new})
    rows.rows[ACCOMMODATION.kind] = settled
