"""One child's rows of all tables, as what they say and what is wrong in them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from services.imports.ssda903.care_leavers import tell_care_leaver
from services.imports.ssda903.cells import Cells, distinct
from services.imports.ssda903.earlier_returns import Earlier
from services.imports.ssda903.episodes import Episode, tell_care, tell_placements
from services.imports.ssda903.sequence import check_sequence
from services.imports.ssda903.years import CollectionYear
from services.imports.tabular.faults import Became, FileFault
from services.imports.tabular.rows import Row
from services.sources.statements import Held, Said, Saying

ByTable = dict[str, list[Row]]


@dataclass(slots=True)
class ChildReturn:
    """What a return says of one child."""

    child: str
    sayings: list[Saying] = field(default_factory=list)
    faults: list[FileFault] = field(default_factory=list)
    first_episode: date | None = None
    open: Counter[str] = field(default_factory=Counter)
    accommodation: str = ""
    tables: frozenset[str] = frozenset()
    year: CollectionYear = CollectionYear(0)  # noqa: RUF009 (a plain value)
    begun: dict[str, date] = field(default_factory=dict)
    continued: set[str] = field(default_factory=set)

    def would_say(self, said: Said) -> bool:
        """Whether this return would say such a thing, so that its silence takes it back.

        Spells that began in its year, or from the child's first episode in it on, or with which it
        goes on; the other tables within its year. What is later than its year it cannot know.
        """
        told = said.data.get("date")
        if not isinstance(told, str):
            return False
        day, first, last = date.fromisoformat(told), self.year.first_day, self.year.last_day
        kind = said.name.split(".")[0]
        if kind in ("care", "placement"):
            if self.first_episode is None or day > last + timedelta(days=1):
                return False
            id_ = str(said.data[f"{kind}_id"])
            if id_ in self.continued:
                return day >= self.first_episode
            return self.begun.get(id_, day) >= min(first, self.first_episode)
        table = {"review": "reviews", "accommodation": "oc3", "person": "oc3"}.get(kind)
        return first <= day <= last and table in self.tables


def read_child(
    child: str, rows: Sequence[Row], year: CollectionYear, tables: frozenset[str], held: Held
) -> ChildReturn:
    """What the rows of one child say, set beside what earlier returns said of them."""
    cells = Cells(year)
    by_table: ByTable = defaultdict(list)
    for row in distinct(list(rows), cells):
        by_table[row.table].append(row)
        cells.check_unused(row)
    told = ChildReturn(child, tables=tables, year=year)
    born = _born(by_table, cells)
    episodes = _episodes(by_table["episodes"], cells)
    check_sequence(episodes, born, cells)
    person: dict[str, dict[str, Any]] = {}
    sayings = told.sayings
    if born:
        sayings.append(Saying("person.updated", {"date_of_birth": str(born)}))
    if episodes:
        told.first_episode = episodes[0].start
        earlier = Earlier(held)
        sayings += tell_care(child, episodes, earlier)
        sayings += tell_placements(child, episodes, earlier)
        told.begun, told.continued = earlier.starts(), earlier.continued
    for row in _only_first(by_table["oc3"], cells):
        for saying in tell_care_leaver(row, born, cells, episodes=episodes):
            if saying.name == "person.updated":
                person.setdefault(saying.data["date"], {}).update(saying.data)
            else:
                sayings.append(saying)
    _social_workers(by_table["sw_episodes"], cells, person)
    sayings += (Saying("person.updated", data) for data in person.values())
    sayings += _reviews(by_table["reviews"], cells)
    sayings[:] = _with_liberty(sayings, by_table["dolo"], cells)
    _count_open(told, episodes)
    told.faults = cells.faults
    return told


def _count_open(told: ChildReturn, episodes: Sequence[Episode]) -> None:
    """Spells without an end that no later one cuts."""
    told.open["care"] = _in_care(episodes)
    mains = [number for number, item in enumerate(episodes) if not item.is_temporary]
    if mains:
        last = mains[-1]
        runs = episodes[last].end is None and bool(episodes[last].place)
        told.open["placement"] += runs and not any(e.ends_care for e in episodes[last:])
    if episodes and episodes[-1].is_temporary:
        told.open["placement"] += episodes[-1].end is None
    begun = [saying.data for saying in told.sayings if saying.name == "accommodation.started"]
    care = [saying.data["date"] for saying in told.sayings if saying.name == "care.started"]
    for dwelling in begun:
        told.accommodation = dwelling["code"]
        told.open["accommodation"] = not any(day > dwelling["date"] for day in care)


def _in_care(episodes: Sequence[Episode]) -> bool:
    return bool(episodes) and not episodes[-1].ends_care


def _born(by_table: ByTable, cells: Cells) -> date | None:
    """The date of birth of the Header, or where it tells none, of another table."""
    born: date | None = None
    for row in _only_first(by_table["header"], cells):
        born = cells.day(row, "DOB")
    for table in sorted(by_table):
        if table == "header":
            continue
        for row in by_table[table]:
            told = cells.day(row, "DOB")
            if born is None:
                born = told
            elif told is not None and told != born:
                right = f"the date of birth of the Header, {born:%d/%m/%Y}"
                cells.fault(row, "DOB", right, Became.FIELD_LEFT_OUT)
    return born


def _only_first(rows: Iterable[Row], cells: Cells) -> Iterator[Row]:
    for number, row in enumerate(rows):
        if number:
            right = "a child has one row in this table; the first counts"
            cells.fault(row, "CHILD", right, Became.ROW_LEFT_OUT)
        else:
            yield row


def _episodes(rows: Iterable[Row], cells: Cells) -> list[Episode]:
    """Episodes that can be used, in order of DECOM; those of one day as they stand in the file."""
    found = []
    for row in rows:
        start = cells.day(row, "DECOM", Became.ROW_LEFT_OUT)
        if start is None:
            if not row["DECOM"]:
                right = "the day on which the episode began"
                cells.fault(row, "DECOM", right, Became.ROW_LEFT_OUT)
            continue
        end = cells.day(row, "DEC")
        if end is not None and end < start:
            right = f"a day on or after DECOM, {start:%d/%m/%Y}"
            cells.fault(row, "DEC", right, Became.FIELD_LEFT_OUT)
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


def _reviews(rows: Iterable[Row], cells: Cells) -> Iterator[Saying]:
    seen: Counter[date] = Counter()
    for row in rows:
        day = cells.day(row, "REVIEW", Became.ROW_LEFT_OUT)
        if day is None:
            if not row["REVIEW"]:
                cells.fault(row, "REVIEW", "the day of the review", Became.ROW_LEFT_OUT)
            continue
        if day > cells.year.last_day:
            right = f"a day up to the end of {cells.year}, {cells.year.last_day:%d/%m/%Y}"
            cells.fault(row, "REVIEW", right, Became.ROW_LEFT_OUT)
            continue
        if seen[day]:
            cells.fault(row, "REVIEW", "one review of this child a day", Became.KEPT)
        told: dict[str, Any] = {
            "review_id": f"{row['CHILD']}-{day}{'+' * seen[day]}",
            "date": str(day),
            "kind": "looked_after",
        }
        seen[day] += 1
        if code := cells.code(row, "REVIEW_CODE"):
            told["participation"] = code
        yield Saying("review.completed", told)


def _social_workers(rows: Iterable[Row], cells: Cells, person: dict[str, dict[str, Any]]) -> None:
    """Who the social worker was from which day on; nobody, from the end of the last."""
    spans = []
    for row in rows:
        start = cells.day(row, "SW_DECOM", Became.ROW_LEFT_OUT)
        if start is None or not row["SW_ID"]:
            column = "SW_DECOM" if start is None else "SW_ID"
            if not row[column]:
                right = "the social worker's number" if start else "the day it began"
                cells.fault(row, column, right, Became.ROW_LEFT_OUT)
            continue
        spans.append((start, cells.day(row, "SW_DEC"), row["SW_ID"]))
    spans.sort(key=lambda span: span[0])
    for number, (start, end, worker) in enumerate(spans):
        person.setdefault(str(start), {"date": str(start)})["social_worker"] = worker
        if end and not any(begun <= end for begun, *_ in spans[number + 1 :]):
            person.setdefault(str(end), {"date": str(end)})["social_worker"] = None


def _with_liberty(sayings: list[Saying], rows: Iterable[Row], cells: Cells) -> Iterator[Saying]:
    """Deprivation of liberty, as a change of the placement of those days."""
    spans = list(_orders(rows, cells))
    changes: dict[tuple[str, str], dict[str, Any]] = {}
    for row, start, end in spans:
        placed = False
        for id_, begun, ended in _placements(sayings):
            first = max(begun, start)
            if first < (ended or date.max) and first < (end or date.max):
                placed = True
                changes[id_, str(first)] = {"deprivation_of_liberty": True}
                if end and end < (ended or date.max):
                    changes[id_, str(end)] = {"deprivation_of_liberty": False}
        if not placed:
            right = "a day on which the child is in a placement of this return"
            cells.fault(row, "DOLO_START", right, Became.KEPT)
    for saying in sayings:
        if saying.name == "placement.changed":
            key = (saying.data["placement_id"], saying.data["date"])
            yield Saying(saying.name, {**saying.data, **changes.pop(key, {})})
        else:
            yield saying
    for (id_, day), change in changes.items():
        yield Saying("placement.changed", {"placement_id": id_, "date": day} | change)


def _orders(rows: Iterable[Row], cells: Cells) -> Iterator[tuple[Row, date, date | None]]:
    """Deprivation of liberty orders: from which day until which."""
    for row in rows:
        start = cells.day(row, "DOLO_START", Became.ROW_LEFT_OUT)
        if start:
            end = cells.day(row, "DOLO_END")
            if end is not None and end < start:
                right = f"a day on or after DOLO_START, {start:%d/%m/%Y}"
                cells.fault(row, "DOLO_END", right, Became.FIELD_LEFT_OUT)
                end = None
            yield row, start, end
        elif not row["DOLO_START"]:
            right = "the day on which the order began"
            cells.fault(row, "DOLO_START", right, Became.ROW_LEFT_OUT)


def _placements(sayings: Iterable[Saying]) -> Iterator[tuple[str, date, date | None]]:
    ends = {
        saying.data["placement_id"]: date.fromisoformat(saying.data["date"])
        for saying in sayings
        if saying.name == "placement.ended"
    }
    for saying in sayings:
        if saying.name == "placement.started":
            id_ = saying.data["placement_id"]
            yield id_, date.fromisoformat(saying.data["date"]), ends.get(id_)
