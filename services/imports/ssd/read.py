"""The dataset's rows grouped by young person and translated to the rows of a snapshot."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from services.imports.snapshots.layout import ACCOMMODATION
from services.imports.snapshots.read import Files, PersonRows, person_rows
from services.imports.ssd.findings import Findings
from services.imports.ssd.tables import TablesRead
from services.imports.ssd.translate import snapshot_rows
from services.imports.tabular.grouping import grouped
from services.imports.tabular.layouts import Row
from services.imports.tabular.ledger import NO_PERSON
from services.sources.statements import Holdings, events_named

_KINDS = {
    "people": ("person", "care_leavers", "involvements"),
    "care": ("episodes",),
    "placements": ("placements",),
    "accommodation": ("care_leavers",),
    "pre_proceedings": ("pre_proceedings",),
    "plans": ("care_plans",),
    "reviews": ("reviews",),
    "visits": ("visits", "care_leavers"),
    "missing": ("missing",),
}
"""Kinds of a snapshot, and the tables that they come from."""
_TELL_ENDS = frozenset({"care", "placements", "pre_proceedings", "plans", "missing"})
"""The kinds whose tables have a column for an end."""


_NOT_OURS = "of nobody in care, leaving it or in pre-proceedings"
_OF_STAFF = "of staff: for the directory and the teams"


@dataclass(slots=True)
class Dataset:
    """What was read of the dataset beside the young people.

    `departments` maps names of teams, in lower case, to their ids.
    """

    tables: TablesRead = field(default_factory=TablesRead)
    professionals: list[Row] = field(default_factory=list)
    departments: dict[str, str] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)
    of_nobody: Counter[str] = field(default_factory=Counter)
    """Rows that name no young person and no period of care that is known, by file."""

    @property
    def notes(self) -> list[str]:
        """Sentences on what was left out."""
        return [
            f"{file}: {number:,} {'row names' if number == 1 else 'rows name'} no young person, or "
            "the one that stands for nobody; left out."
            for file, number in sorted(self.of_nobody.items())
        ]


def read_people(
    rows: Iterable[Row], dataset: Dataset, files: Files, today: date
) -> Iterator[tuple[str, PersonRows]]:
    """The rows of each young person; all tables are read before the first comes."""
    findings = dataset.findings
    for person, table_rows in grouped(_by_person(rows, dataset, files)):
        if not findings.tables:
            findings.tables = frozenset(dataset.tables.rows)
            findings.staff = frozenset(row["id"] for row in dataset.professionals)
        rows_of_snapshot = snapshot_rows(person, table_rows, today, findings)
        if rows_of_snapshot:
            _note_kinds(dataset, files)
            for row in rows_of_snapshot:
                files.rows[row.table] = files.rows.get(row.table, 0) + 1
            translated = person_rows(rows_of_snapshot)
            translated.places = [row.place for row in table_rows]
            findings.hand_over(translated)
            yield person, translated
        else:
            files.ledger.leave_out((row.file for row in table_rows), _NOT_OURS)
    _note_kinds(dataset, files)


def _note_kinds(dataset: Dataset, files: Files) -> None:
    files.kinds |= {
        kind
        for kind, tables in _KINDS.items()
        if any(dataset.tables.rows.get(table) for table in tables)
    }
    files.tell_ends |= files.kinds & _TELL_ENDS
    files.uncertain |= {
        kind for kind, tables in _KINDS.items() if dataset.tables.without_person & set(tables)
    }


def _by_person(rows: Iterable[Row], dataset: Dataset, files: Files) -> Iterator[tuple[str, Row]]:
    """Each row with its young person; where it names only a period of care, with that one's."""
    of_care: dict[str, str] = {}
    waiting: list[Row] = []
    ledger = files.ledger
    for row in map(files.ids.read, rows):
        ledger.count(row.file)
        if row.table == "professionals":
            dataset.professionals.append(row)
            ledger.leave_out([row.file], _OF_STAFF)
        elif row.table == "department":
            dataset.departments[row["name"].casefold()] = row["id"]
            ledger.leave_out([row.file], _OF_STAFF)
        elif row["person"]:
            if row.table in ("episodes", "placements") and row["care"]:
                of_care.setdefault(row["care"], row["person"])
            yield row["person"], row
        elif row["care"]:
            waiting.append(row)
        else:
            dataset.of_nobody[row.file] += 1
            ledger.leave_out([row.file], NO_PERSON)
    for row in waiting:
        person = of_care.get(row["care"])
        if person:
            yield person, row
        else:
            dataset.of_nobody[row.file] += 1
            ledger.leave_out([row.file], NO_PERSON)


def reconcile_dwellings(rows: PersonRows, holdings: Holdings, day: date) -> None:
    """Give each dwelling the id that is held of it, or a new one where none is held open.

    The dataset has one row a care leaver, whatever their dwelling. Another letter is another
    dwelling, and a letter that returns later is a new dwelling again.
    """
    if any(kind == ACCOMMODATION.kind for kind, _ in rows.unusable):
        rows.unusable.add((ACCOMMODATION.kind, ""))
    by_id = rows.by_kind.get(ACCOMMODATION.kind)
    if not by_id:
        return
    ended = {
        str(item.data["accommodation_id"])
        for item in events_named(holdings, ["accommodation.ended"])
    }
    current = [
        str(item.data["accommodation_id"])
        for item in events_named(holdings, ["accommodation.started"])
        if str(item.data["accommodation_id"]) not in ended
    ]
    reconciled = {}
    for id_, row in by_id.items():
        existing = next((old for old in current if old.rsplit("-", 3)[0] == id_), None)
        new = existing or f"{id_}-{day}"
        reconciled[new] = replace(row, id=new, values={**row.values, "accommodation_id": new})
    rows.by_kind[ACCOMMODATION.kind] = reconciled
