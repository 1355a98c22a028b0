"""A whole return: its files read once and its rows grouped by child."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from schemas.collection_year import FIRST, LAST, CollectionYear
from services.imports.ssda903.layout import LAYOUTS, USED
from services.imports.ssda903.xml_form import read_xml
from services.imports.ssda903.years import year_from_dates
from services.imports.tabular.dates import parse_day
from services.imports.tabular.faults import LEFT_OUT, Became, FaultReport, FileFault
from services.imports.tabular.grouping import grouped
from services.imports.tabular.ids import Ids, is_id
from services.imports.tabular.layouts import Layout, Row
from services.imports.tabular.ledger import NO_PERSON, Ledger
from services.imports.tabular.rows import read_rows

_SUFFIXES = (".csv", ".txt", ".xml")


@dataclass(slots=True)
class FileRead:
    """One table of a file as it was read, and how many rows it had."""

    name: str
    table: str = ""
    rows: int = 0


@dataclass(slots=True)
class AnnualReturn:
    """A return while it is read.

    `year` is the one that was given; None until the dates show it. `days` and `reviewed` count the
    dates of episodes and of reviews. `notes` are sentences for whoever runs the import.
    """

    year: CollectionYear | None = None
    files: list[FileRead] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)
    days: Counter[date] = field(default_factory=Counter)
    reviewed: Counter[date] = field(default_factory=Counter)
    ledger: Ledger = field(default_factory=Ledger)
    ids: Ids = field(default_factory=Ids)

    def determine_year(self, today: date) -> CollectionYear:
        """The year that was given or, once all is read, the year that the dates show."""
        if self.year is None:
            self.year = year_from_dates(self.days, self.reviewed, today)
            self.notes.append(f"Taken to be the return of {self.year}, as its dates tell.")
        if not FIRST <= self.year.begins <= LAST:
            near = CollectionYear(min(max(self.year.begins, FIRST), LAST))
            self.notes.append(f"Codes are read by the lists of {near}, the nearest that are known.")
        return self.year


def files_in(paths: Iterable[Path]) -> list[Path]:
    """The files that make up a return; of a folder, all that may be part of one.

    Raises:
        FileNotFoundError: a path leads nowhere, or a folder holds no such file.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.suffix.lower() in _SUFFIXES)
            if not inside:
                raise FileNotFoundError(f"{path} holds no .csv and no .xml file.")
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise FileNotFoundError(f"{path} is no file and no folder.")
    return found


def read_return(
    paths: Sequence[Path],
    annual_return: AnnualReturn,
    report: FaultReport,
    tick: Callable[[], object],
) -> Iterator[tuple[str, list[Row]]]:
    """The rows of each child, children in order; all files are read before the first comes.

    `tick` is called for each row that is read.
    """
    return grouped((row["CHILD"], row) for row in _rows(paths, annual_return, report, tick))


def _rows(
    paths: Sequence[Path],
    annual_return: AnnualReturn,
    report: FaultReport,
    tick: Callable[[], object],
) -> Iterator[Row]:
    for path in paths:
        for item in _items(path, annual_return, report):
            tick()
            if isinstance(item, FileFault):
                report.add(item)
                continue
            _count(item, annual_return)
            if is_id(item["CHILD"]):
                yield annual_return.ids.read(item, "CHILD")
            else:
                expected = "the identifier of the child whose row this is"
                report.add(item.fault("CHILD", expected, Became.ROW_LEFT_OUT))
                annual_return.ledger.leave_out([named(item)], NO_PERSON)


def _items(
    path: Path, annual_return: AnnualReturn, report: FaultReport
) -> Iterator[Row | FileFault]:
    if _is_xml(path):
        return read_xml(path)
    layout, items = read_rows(
        path, LAYOUTS, annual_return.notes, report, note_columns=_note_own_columns
    )
    annual_return.files.append(FileRead(path.name, layout.name if layout else ""))
    if layout:
        annual_return.tables.add(layout.name)
        if layout not in USED:
            annual_return.notes.append(f"{path.name} ({layout.name}) is checked and not used.")
    return items


def _note_own_columns(file: str, layout: Layout, columns: Mapping[str, str]) -> list[str]:
    """A sentence on the columns by which a table that is used is known, and a file has not."""
    absent = [name for name in layout.not_found(columns) if name in layout.own]
    if not absent or layout not in USED:
        return []
    return [f"{file} has no column {', no '.join(absent)}: nothing is known here of what they say."]


def _is_xml(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(200).lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t\x00")
    return start.startswith((b"<", b"<\x00"))


def named(row: Row) -> str:
    """The file of a row, and its table there."""
    return f"{row.file} ({row.table})"


def settle(
    ledger: Ledger, rows: Iterable[Row], faults: Iterable[FileFault], *, states: bool, news: bool
) -> None:
    """Count the rows of one child.

    They are told together: of all of them something is news, or all is held already; unless the
    child's rows state nothing.
    """
    left_out = {
        (fault.file, fault.line, fault.table): fault.became.value
        for fault in faults
        if fault.became in LEFT_OUT
    }
    for row in rows:
        if why := left_out.get((row.file, row.line, row.table)):
            ledger.leave_out([named(row)], why)
        elif row.table not in {table.name for table in USED}:
            ledger.leave_out([named(row)], "of a table that is checked and not used")
        elif not states:
            ledger.leave_out([named(row)], "nothing could be made of it")
        else:
            ledger.settle([(named(row), row.line)], news=news)


def _count(row: Row, annual_return: AnnualReturn) -> None:
    annual_return.ledger.count(named(row))
    file = next(
        (f for f in reversed(annual_return.files) if f.name == row.file and f.table == row.table),
        None,
    )
    if file is None:
        file = FileRead(row.file, row.table)
        annual_return.files.append(file)
        annual_return.tables.add(row.table)
    file.rows += 1
    for column, days in (
        ("DECOM", annual_return.days),
        ("DEC", annual_return.days),
        ("REVIEW", annual_return.reviewed),
    ):
        if row[column]:
            try:
                day = parse_day(row[column])
            except ValueError:
                continue
            if day:
                days[day] += 1
