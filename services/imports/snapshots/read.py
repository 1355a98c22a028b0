"""The files of a snapshot: one a kind, CSV or JSON Lines."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from services.imports.snapshots.layout import TABLES
from services.imports.snapshots.source_row import SourceRow, read_row
from services.imports.tabular.faults import Became, FaultReport, FileFault
from services.imports.tabular.grouping import grouped
from services.imports.tabular.ids import Ids, is_id
from services.imports.tabular.layouts import Layout, Row, plain, recognise
from services.imports.tabular.ledger import NO_PERSON, Ledger, Place
from services.imports.tabular.rows import read_rows

_LAYOUTS = tuple(table.layout for table in TABLES.values())
_REPLACED = "another row below has the same id"
_JSON = (".jsonl", ".ndjson", ".json")
SUFFIXES = (".csv", ".txt", *_JSON)


@dataclass(slots=True)
class Files:
    """The files of a snapshot, filled in while they are read.

    `kinds` are those that have a file; `rows` and `without_person` count rows by kind, the latter
    those that do not say whose they are; `uncertain` are kinds made of such rows. `tell_ends` are
    the kinds of which a file has a column for an end. `measures` are numbers that the files have
    for the council as a whole, by the name of the measure. `notes` are sentences for whoever runs
    the import.
    """

    kinds: set[str] = field(default_factory=set)
    tell_ends: set[str] = field(default_factory=set)
    rows: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    without_person: dict[str, int] = field(default_factory=dict)
    uncertain: set[str] = field(default_factory=set)
    measures: Counter[str] = field(default_factory=Counter)
    ledger: Ledger = field(default_factory=Ledger)
    ids: Ids = field(default_factory=Ids)

    @property
    def unusable(self) -> set[tuple[str, str]]:
        """The kinds with a row without a person, under no id: of these nothing can be gone."""
        return {(kind, "") for kind in (*self.without_person, *self.uncertain)}

    def note_columns(self, kind: str, columns: Collection[str]) -> None:
        """Note that a file of this kind has these columns."""
        self.kinds.add(kind)
        if any(ending.on in columns for ending in TABLES[kind].endings):
            self.tell_ends.add(kind)


MOST_OF_ONE = 4000
"""Rows of one young person: an id that has more stands for many, or for nobody."""


@dataclass(slots=True)
class PersonRows:
    """The rows of one young person.

    `by_kind` are those that can be used, by kind and id; `unusable` are kind and id of the others,
    without an id where it cannot be read: it may be that of any record that is held.
    `places` are those of all rows that were read of them, `left_out` of those of which nothing is
    made, with why, and `part_of` of those that are told with another row, with that one's.
    """

    by_kind: dict[str, dict[str, SourceRow]] = field(default_factory=dict)
    unusable: set[tuple[str, str]] = field(default_factory=set)
    faults: list[FileFault] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    left_out: dict[Place, str] = field(default_factory=dict)
    part_of: dict[Place, Place] = field(default_factory=dict)

    def all(self) -> Iterator[SourceRow]:
        """Every row that can be used."""
        for kind in self.by_kind.values():
            yield from kind.values()


def read_files(
    paths: Sequence[Path], files: Files, report: FaultReport
) -> Iterator[tuple[str, PersonRows]]:
    """The rows of each young person; all files are read before the first comes."""
    for person, rows in grouped((row["person"], row) for row in _rows(paths, files, report)):
        yield person, person_rows(rows)


def _of_many(rows: Sequence[Row]) -> PersonRows:
    """Rows under one id that are more than anybody's: none is read, and nothing is taken back."""
    found = PersonRows(
        unusable={(table.kind, "") for table in TABLES.values()},
        places=[row.place for row in rows],
    )
    expected = f"at most {MOST_OF_ONE:,} rows of one young person; here are {len(rows):,}"
    found.faults = [
        row.fault("person", expected, Became.ROW_LEFT_OUT, row["person"]) for row in rows
    ]
    return found


def person_rows(rows: Iterable[Row]) -> PersonRows:
    """The rows of one young person, read and checked."""
    found = PersonRows()
    rows = list(rows)
    if len(rows) > MOST_OF_ONE:
        return _of_many(rows)
    for row in rows:
        found.places.append(row.place)
        table = TABLES[row.table]
        source_row, faults = read_row(row, table)
        found.faults += faults
        id_ = row[table.id]
        by_id = found.by_kind.setdefault(table.kind, {})
        if source_row is None:
            found.unusable.add((table.kind, id_ if is_id(id_) else ""))
            continue
        if id_ in by_id:
            same = by_id[id_] == source_row
            expected = f"each {table.id} stands in one row; the last of them counts"
            became = Became.REPEATED if same else Became.KEPT
            found.faults.append(row.fault(table.id, expected, became, row["person"]))
            if same:
                continue
            found.left_out[by_id[id_].place] = _REPLACED
        by_id[id_] = source_row
    # A cell of which two rows were made is wrong once.
    cells = {(it.file, it.line, it.column, it.value): it for it in reversed(found.faults)}
    found.faults = list(reversed(cells.values()))
    return found


def _rows(paths: Sequence[Path], files: Files, report: FaultReport) -> Iterator[Row]:
    for path in paths:
        for item in _items(path, files, report):
            if isinstance(item, FileFault):
                report.add(item)
                continue
            files.rows[item.table] = files.rows.get(item.table, 0) + 1
            files.ledger.count(item.file)
            if is_id(item["person"]):
                yield files.ids.read(item)
            else:
                expected = "the case identifier of the young person whose row this is"
                report.add(item.fault("person", expected, Became.ROW_LEFT_OUT))
                files.ledger.leave_out([item.file], NO_PERSON)
                files.without_person[item.table] = files.without_person.get(item.table, 0) + 1


def _items(path: Path, files: Files, report: FaultReport) -> Iterator[Row | FileFault]:
    if path.suffix.lower() in _JSON:
        return _json_rows(path, files, report)

    def note_columns(_: str, layout: Layout, columns: Mapping[str, str]) -> list[str]:
        files.note_columns(layout.name, columns)
        return []

    _, items = read_rows(
        path,
        _LAYOUTS,
        files.notes,
        report,
        whole_records=True,
        note_columns=note_columns,
        tells_unread=True,
    )
    return items


def _json_rows(path: Path, files: Files, report: FaultReport) -> Iterator[Row | FileFault]:
    """Objects, one a line; a key that is left out is a column that the row does not have."""
    layout: Layout | None = None
    columns: dict[str, str] = {}
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                content = orjson.loads(line)
            except orjson.JSONDecodeError:
                content = None
            if not isinstance(content, dict):
                expected = "one JSON object a line"
                yield FileFault(path.name, number, "", "", expected, Became.FILE_LEFT_OUT)
                return
            if layout is None:
                layout = recognise(_LAYOUTS, list(content), path.stem) or _named(path)
                if layout is None or not _has_keys(layout, content):
                    expected = (
                        "the keys of a kind of rows that is known, person and its id among them"
                    )
                    yield FileFault(path.name, number, "", "", expected, Became.FILE_LEFT_OUT)
                    return
            for key in content:
                if key not in columns:
                    columns[key] = next(iter(layout.named([key]).values()), "")
                    files.note_columns(layout.name, columns.values())
                    report.note_headings(path.name, {columns[key]: key})
            yield Row(
                layout.name,
                path.name,
                number,
                {columns[key]: _text(value) for key, value in content.items() if columns[key]},
            )
    if layout is None and (named := _named(path)):
        # It holds no row, which is what one looks like too that an extract left as it failed.
        files.note_columns(named.name, [ending.on for ending in TABLES[named.name].endings])


def _has_keys(layout: Layout, keys: Iterable[str]) -> bool:
    return set(layout.required) <= set(layout.named(keys).values())


def _named(path: Path) -> Layout | None:
    """The kind that a file's name begins with: placements-2026-11-20.jsonl."""
    stem = plain(path.stem)
    return next((layout for layout in _LAYOUTS if stem.startswith(plain(layout.name))), None)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).strip()
