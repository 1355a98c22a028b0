"""One child's rows of all tables, translated to statements and faults."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from schemas.collection_year import CollectionYear
from services.imports.ssda903.care_leavers import care_leaver_statements
from services.imports.ssda903.cells import Cells, distinct
from services.imports.ssda903.deprivation_of_liberty import with_liberty
from services.imports.ssda903.earlier_returns import EarlierReturns
from services.imports.ssda903.episodes import Episode, care_statements, placement_statements
from services.imports.ssda903.sequence import check_sequence
from services.imports.tabular.faults import Became, FileFault
from services.imports.tabular.layouts import Row
from services.sources.statements import HeldEvent, Holdings, Statement

ByTable = dict[str, list[Row]]


@dataclass(slots=True)
class ChildReturn:
    """What a return comes to for one child.

    `first_episode` is the start of the first; `open` counts spells without an end; `accommodation`
    is the letter of ACCOM; `tables` are those of the return; `spell_starts` and `continued` are of
    the spells that earlier returns stated.
    """

    child: str
    statements: list[Statement] = field(default_factory=list)
    faults: list[FileFault] = field(default_factory=list)
    first_episode: date | None = None
    open: Counter[str] = field(default_factory=Counter)
    accommodation: str = ""
    tables: frozenset[str] = frozenset()
    year: CollectionYear = CollectionYear(0)  # noqa: RUF009 (a plain value)
    spell_starts: dict[str, date] = field(default_factory=dict)
    continued: set[str] = field(default_factory=set)

    def retracts(self, event: HeldEvent) -> bool:
        """Whether a held event is retracted where this return does not state it again.

        So are events of spells that started in its year, or since the child's first episode in it,
        or that it continues, and events of its other tables within its year. What is later than its
        year it cannot know.
        """
        text = event.data.get("date")
        if not isinstance(text, str):
            return False
        day, first, last = date.fromisoformat(text), self.year.first_day, self.year.last_day
        kind = event.name.split(".")[0]
        if kind in ("care", "placement"):
            if self.first_episode is None or day > last + timedelta(days=1):
                return False
            id_ = str(event.data[f"{kind}_id"])
            if id_ in self.continued:
                return day >= self.first_episode
            return self.spell_starts.get(id_, day) >= min(first, self.first_episode)
        table = {"review": "reviews", "accommodation": "oc3", "person": "oc3"}.get(kind)
        return first <= day <= last and table in self.tables


def translate_child(
    child: str,
    rows: Sequence[Row],
    year: CollectionYear,
    tables: frozenset[str],
    holdings: Holdings,
) -> ChildReturn:
    """Translate the rows of one child; `holdings` are what earlier returns stated of them."""
    cells = Cells(year)
    by_table: ByTable = defaultdict(list)
    for row in distinct(list(rows), cells):
        by_table[row.table].append(row)
        cells.check_unused(row)
    child_return = ChildReturn(child, tables=tables, year=year)
    born = _born(by_table, cells)
    episodes = _episodes(by_table["episodes"], cells)
    check_sequence(episodes, born, cells)
    person: dict[str, dict[str, Any]] = {}
    statements = child_return.statements
    if born:
        statements.append(Statement("person.updated", {"date_of_birth": str(born)}))
    if episodes:
        child_return.first_episode = episodes[0].start
        earlier = EarlierReturns(holdings)
        statements += care_statements(child, episodes, earlier)
        statements += placement_statements(child, episodes, earlier)
        child_return.spell_starts, child_return.continued = earlier.starts(), earlier.continued
    for row in _only_first(by_table["oc3"], cells):
        for statement in care_leaver_statements(row, born, cells, episodes=episodes):
            if statement.name == "person.updated":
                person.setdefault(statement.data["date"], {}).update(statement.data)
            else:
                statements.append(statement)
    _social_workers(by_table["sw_episodes"], cells, person)
    statements += (Statement("person.updated", data) for data in person.values())
    statements += _reviews(by_table["reviews"], cells)
    statements[:] = with_liberty(statements, by_table["dolo"], cells)
    _count_open(child_return, episodes)
    child_return.faults = cells.faults
    return child_return


def _count_open(child_return: ChildReturn, episodes: Sequence[Episode]) -> None:
    """Count the spells without an end that no later one cuts off."""
    child_return.open["care"] = _in_care(episodes)
    mains = [number for number, item in enumerate(episodes) if not item.is_temporary]
    if mains:
        last = mains[-1]
        runs = episodes[last].end is None and bool(episodes[last].place)
        child_return.open["placement"] += runs and not any(e.ends_care for e in episodes[last:])
    if episodes and episodes[-1].is_temporary:
        child_return.open["placement"] += episodes[-1].end is None
    dwellings = [
        statement.data
        for statement in child_return.statements
        if statement.name == "accommodation.started"
    ]
    care = [
        statement.data["date"]
        for statement in child_return.statements
        if statement.name == "care.started"
    ]
    for dwelling in dwellings:
        child_return.accommodation = dwelling["code"]
        child_return.open["accommodation"] = not any(day > dwelling["date"] for day in care)


def _in_care(episodes: Sequence[Episode]) -> bool:
    return bool(episodes) and not episodes[-1].ends_care


def _born(by_table: ByTable, cells: Cells) -> date | None:
    """The date of birth in the Header or, where it has none, in another table."""
    born: date | None = None
    for row in _only_first(by_table["header"], cells):
        born = cells.day(row, "DOB")
    for table in sorted(by_table):
        if table == "header":
            continue
        for row in by_table[table]:
            other = cells.day(row, "DOB")
            if born is None:
                born = other
            elif other is not None and other != born:
                expected = f"the date of birth of the Header, {born:%d/%m/%Y}"
                cells.fault(row, "DOB", expected, Became.FIELD_LEFT_OUT)
    return born


def _only_first(rows: Iterable[Row], cells: Cells) -> Iterator[Row]:
    for number, row in enumerate(rows):
        if number:
            expected = "a child has one row in this table; the first counts"
            cells.fault(row, "CHILD", expected, Became.ROW_LEFT_OUT)
        else:
            yield row


def _episodes(rows: Iterable[Row], cells: Cells) -> list[Episode]:
    """Episodes that can be used, in order of DECOM; those of one day as they stand in the file."""
    found = []
    for row in rows:
        start = cells.day(row, "DECOM", Became.ROW_LEFT_OUT)
        if start is None:
            if not row["DECOM"]:
                expected = "the day on which the episode began"
                cells.fault(row, "DECOM", expected, Became.ROW_LEFT_OUT)
            continue
        end = cells.day(row, "DEC")
        if end is not None and end < start:
            expected = f"a day on or after DECOM, {start:%d/%m/%Y}"
            cells.fault(row, "DEC", expected, Became.FIELD_LEFT_OUT)
            end = None
        if not row["PLACE"]:
            cells.fault(row, "PLACE", "the code of the placement, such as U4", Became.KEPT)
        found.append(
            Episode(
                row=row,
                start=start,
                end=end,
                reason=cells.code(row, "RNE"),
                legal_status=cells.code(row, "LS"),
                place=cells.code(row, "PLACE"),
                provider=cells.code(row, "PLACE_PROVIDER"),
                urn=cells.urn(row),
                ceased=cells.code(row, "REC"),
                change=cells.code(row, "REASON_PLACE_CHANGE"),
            )
        )
    return sorted(found, key=lambda episode: episode.start)


def _reviews(rows: Iterable[Row], cells: Cells) -> Iterator[Statement]:
    seen: Counter[date] = Counter()
    for row in rows:
        day = cells.day(row, "REVIEW", Became.ROW_LEFT_OUT)
        if day is None:
            if not row["REVIEW"]:
                cells.fault(row, "REVIEW", "the day of the review", Became.ROW_LEFT_OUT)
            continue
        if day > cells.year.last_day:
            expected = f"a day up to the end of {cells.year}, {cells.year.last_day:%d/%m/%Y}"
            cells.fault(row, "REVIEW", expected, Became.ROW_LEFT_OUT)
            continue
        if seen[day]:
            cells.fault(row, "REVIEW", "one review of this child a day", Became.KEPT)
        data: dict[str, Any] = {
            "review_id": f"{row['CHILD']}-{day}{'+' * seen[day]}",
            "date": str(day),
            "kind": "looked_after",
        }
        seen[day] += 1
        if code := cells.code(row, "REVIEW_CODE"):
            data["participation"] = code
        yield Statement("review.completed", data)


def _social_workers(rows: Iterable[Row], cells: Cells, person: dict[str, dict[str, Any]]) -> None:
    """Who the social worker was from which day on; nobody, from the end of the last."""
    spans = []
    for row in rows:
        start = cells.day(row, "SW_DECOM", Became.ROW_LEFT_OUT)
        if start is None or not row["SW_ID"]:
            column = "SW_DECOM" if start is None else "SW_ID"
            if not row[column]:
                expected = "the social worker's number" if start else "the day it began"
                cells.fault(row, column, expected, Became.ROW_LEFT_OUT)
            continue
        spans.append((start, cells.day(row, "SW_DEC"), row["SW_ID"]))
    spans.sort(key=lambda span: span[0])
    for number, (start, end, worker) in enumerate(spans):
        person.setdefault(str(start), {"date": str(start)})["social_worker"] = worker
        if end and not any(start_day <= end for start_day, *_ in spans[number + 1 :]):
            person.setdefault(str(end), {"date": str(end)})["social_worker"] = None
