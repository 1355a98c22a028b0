"""The files of a snapshot: one a kind, CSV or JSON Lines."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from services.imports.snapshots.current import LONGEST_ID, Current, understand
from services.imports.snapshots.layout import BY_KIND, SHAPES
from services.imports.tabular.faults import Became, FaultReport, FileFault
from services.imports.tabular.grouping import grouped
from services.imports.tabular.rows import Layout, Row, plain, read_rows, recognise

_LAYOUTS = tuple(shape.layout for shape in SHAPES)
_JSON = (".jsonl", ".ndjson", ".json")
SUFFIXES = (".csv", ".txt", *_JSON)


@dataclass(slots=True)
class Files:
    """The files of a snapshot as they are read: which kinds they hold, and how many rows."""

    kinds: set[str] = field(default_factory=set)
    rows: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    nameless: dict[str, int] = field(default_factory=dict)
    """How many rows of a kind do not say whose they are."""

    @property
    def unclear(self) -> set[tuple[str, str]]:
        """Kinds with such a row: of these nothing can be gone."""
        return {(kind, "") for kind in self.nameless}


@dataclass(slots=True)
class PersonRows:
    """The rows of one young person, by kind and id, and those that could not be used."""

    rows: dict[str, dict[str, Current]] = field(default_factory=dict)
    unclear: set[tuple[str, str]] = field(default_factory=set)
    faults: list[FileFault] = field(default_factory=list)

    def all(self) -> Iterator[Current]:
        """Every row that can be used."""
        for kind in self.rows.values():
            yield from kind.values()


def read_files(
    paths: Sequence[Path], files: Files, report: FaultReport
) -> Iterator[tuple[str, PersonRows]]:
    """The rows of each young person; all files are read before the first comes."""
    for person, rows in grouped((row["person"], row) for row in _rows(paths, files, report)):
        yield person, gather(rows)


def gather(rows: Iterable[Row]) -> PersonRows:
    """The rows of one young person, understood."""
    found = PersonRows()
    for row in rows:
        shape = BY_KIND[row.table]
        current, faults = understand(row, shape)
        found.faults += faults
        id_ = row[shape.id]
        mine = found.rows.setdefault(shape.kind, {})
        if current is None:
            found.unclear.add((shape.kind, id_))
        elif id_ in mine:
            right = f"each {shape.id} stands in one row; the last of them counts"
            found.faults.append(row.fault(shape.id, right, Became.KEPT, row["person"]))
            mine[id_] = current
        else:
            mine[id_] = current
    return found


def _rows(paths: Sequence[Path], files: Files, report: FaultReport) -> Iterator[Row]:
    for path in paths:
        for item in _items(path, files):
            if isinstance(item, FileFault):
                report.add(item)
                continue
            files.rows[item.table] = files.rows.get(item.table, 0) + 1
            if item["person"].isprintable() and 0 < len(item["person"]) <= LONGEST_ID:
                yield item
            else:
                right = "the case identifier of the young person whose row this is"
                report.add(item.fault("person", right, Became.ROW_LEFT_OUT))
                files.nameless[item.table] = files.nameless.get(item.table, 0) + 1


def _items(path: Path, files: Files) -> Iterator[Row | FileFault]:
    if path.suffix.lower() in _JSON:
        return _json_rows(path, files)
    layout, items = read_rows(path, _LAYOUTS, files.notes, whole_records=True)
    if layout:
        files.kinds.add(layout.name)
    return items


def _json_rows(path: Path, files: Files) -> Iterator[Row | FileFault]:
    """Objects, one a line; a key that is left out is a column that the row does not have."""
    layout: Layout | None = None
    columns: dict[str, str] = {}
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                told = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                told = str(error)
            if not isinstance(told, dict):
                right = "one JSON object a line"
                yield FileFault(path.name, number, "", "", right, Became.FILE_LEFT_OUT)
                return
            if layout is None:
                layout = recognise(_LAYOUTS, list(told), path.stem) or _named(path)
                if layout is None or not _has_keys(layout, told):
                    right = "the keys of a kind of rows that is known, person and its id among them"
                    yield FileFault(path.name, number, "", "", right, Became.FILE_LEFT_OUT)
                    return
                files.kinds.add(layout.name)
            for key in told:
                if key not in columns:
                    columns[key] = next(iter(layout.named([key]).values()), "")
            yield Row(
                layout.name,
                path.name,
                number,
                {columns[key]: _text(value) for key, value in told.items() if columns[key]},
            )
    if layout is None and (named := _named(path)):
        files.kinds.add(named.name)


def _has_keys(layout: Layout, told: Iterable[str]) -> bool:
    return set(layout.required) <= set(layout.named(told).values())


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
