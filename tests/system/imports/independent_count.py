"""A second reading of an annual return, from docs/ssda903.md alone: plain, and short.

Nothing here is shared with the importer. `count(paths, year)` reads a CSV set or an XML file and
says what the specification makes of it.
"""

import csv
import io
import re
import xml.parsers.expat
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

PLACES = {
    2022: "A3 A4 A5 A6 H5 K1 K2 P1 P2 P3 R1 R2 R3 R5 S1 T0 T1 T2 T3 T4 U1 U2 U3 U4 U5 U6 Z1",
    2024: "A3 A4 A5 A6 K1 K2 K3 P1 P3 R1 R2 R3 R5 S1 T0 T1 T2 T3 T4 U1 U2 U3 U4 U5 U6 Z1",
    2025: "A3 A4 A5 A6 K1 K2 K3 P1 P3 R1 R2 R3 R5 S1 T0 T1 T2 T3 T4 U1 U2 U3 U4 U5 U6"
    " Z11 Z12 Z13 Z14",
}
CODES = {
    "RNE": "S L P T B U",
    "LS": "C1 C2 D1 E1 V2 V3 V4 L1 L2 L3 J1 J2 J3",
    "REC": "X1 E11 E12 E2 E3 E4A E4B E13 E41 E45 E46 E47 E48 E5 E6 E7 E8 E9 E14 E15 E16 E17",
    "PLACE_PROVIDER": "PR0 PR1 PR2 PR3 PR4 PR5",
    "REVIEW_CODE": "PN0 PN1 PN2 PN3 PN4 PN5 PN6 PN7",
    "IN_TOUCH": "YES NO DIED REFU NREQ RHOM",
    "ACTIV": "F1 P1 F2 P2 F4 P4 F5 P5 G4 G5 G6 0",
    "ACCOM": "B1 B2 C1 C2 D1 D2 E1 E2 G1 G2 H1 H2 K1 K2 R1 R2 S2 T1 T2 U1 U2 V1 V2 W1 W2 X2 Y1 Y2"
    " Z1 Z2 0",
}
TEMPORARY = {"T0", "T1", "T2", "T3", "T4"}
# Back from T0 to T4, without a gap, to the very place they came from: the main placement went on.
COMING_BACK_GOES_ON = True
P2_LAST_DAY = date(2023, 10, 28)
OTHER_NAMES = {"CHILDID": "CHILD", "DATEOFBIRTH": "DOB", "PL": "PLACE"}
COLUMNS = (
    "CHILD DOB SEX ETHNIC UPN MOTHER MC_DOB DECOM RNE LS CIN PLACE PLACE_PROVIDER DEC REC"
    " REASON_PLACE_CHANGE HOME_POST PL_POST URN REVIEW REVIEW_CODE IN_TOUCH ACTIV ACCOM"
    " SW_ID SW_DECOM SW_DEC SW_REASON DOLO_START DOLO_END DUC MISSING MIS_START MIS_END"
    " DATE_INT DATE_MATCH FOSTER_CARE DATE_PLACED PREV_PERM"
)
KNOWN = {name.replace("_", ""): name for name in COLUMNS.split()}
IN_TOUCH = {
    "YES": "yes", "NO": "no", "DIED": "died", "REFU": "refused", "NREQ": "not_required",
    "RHOM": "returned_home",
}  # fmt: skip
DATE = re.compile(r"(?:(\d\d)/(\d\d)/(\d{4})|(\d{4})-(\d\d)-(\d\d))(?:[ T]00:00(?::00(?:\.0+)?)?)?")
URN = re.compile(r"\d{7}|SC\d{6}|XXXXXXX")


def column_of(heading: str) -> str:
    """PLACE_PROVIDER for `Place provider`, `placeprovider` and the like."""
    plain = re.sub(r"[\s_]", "", heading).upper()
    return OTHER_NAMES.get(plain) or KNOWN.get(plain) or plain


def table_of(columns: Iterable[str]) -> str:
    has = set(columns)
    for mark, table in {
        "DECOM": "episodes", "REVIEW": "reviews", "ACCOM": "oc3", "SW_DECOM": "sw_episodes",
        "DOLO_START": "dolo", "DUC": "uasc", "MIS_START": "missing", "DATE_INT": "ad1",
        "DATE_PLACED": "placed_for_adoption", "PREV_PERM": "previous_permanence",
        "ETHNIC": "header",
    }.items():  # fmt: skip
        if mark in has:
            return table
    return "none"


def read_day(text: str) -> date | None:
    found = DATE.fullmatch(text.strip())
    if not found:
        return None
    d, m, y, year, month, day = found.groups()
    try:
        return date(int(y or year), int(m or month), int(d or day))
    except ValueError:
        return None


@dataclass
class Row:
    file: str
    line: int
    table: str
    cells: dict[str, str]
    words: tuple[str, ...]
    ragged: bool = False

    def text(self, column: str) -> str:
        return self.cells.get(column, "").strip()

    def code(self, column: str) -> str:
        return self.text(column).upper()

    def day(self, column: str) -> date | None:
        return read_day(self.text(column))


@dataclass
class Care:
    child: str
    start: date
    exact: bool
    end: date | None = None
    reason: str = ""
    legal: str = ""


@dataclass
class Placement:
    child: str
    start: date
    exact: bool
    code: str
    provider: str
    urn: str
    care: Care
    end: date | None = None
    now: tuple[str, str, str] = ("", "", "")

    @property
    def temporary(self) -> bool:
        return self.code in TEMPORARY


@dataclass
class Leaver:
    child: str
    letter: str
    digit: str
    day: date | None
    in_touch: str
    education: str
    eligibility: str


@dataclass
class Count:
    year: int
    rows: Counter[tuple[str, str]] = field(default_factory=Counter)
    children: set[str] = field(default_factory=set)
    born: dict[str, date] = field(default_factory=dict)
    care: list[Care] = field(default_factory=list)
    statuses: list[tuple[str, date, str]] = field(default_factory=list)
    placements: list[Placement] = field(default_factory=list)
    changes: list[tuple[str, date, str, str, str]] = field(default_factory=list)
    reviews: list[tuple[str, date | None]] = field(default_factory=list)
    leavers: list[Leaver] = field(default_factory=list)
    faults: set[tuple[str, int, str]] = field(default_factory=set)
    left_out: dict[tuple[str, int], str] = field(default_factory=dict)

    @property
    def people(self) -> int:
        return len(self.children)

    @property
    def open_care(self) -> list[Care]:
        return [
            one
            for n, one in enumerate(self.care)
            if one.end is None and not any(two.child == one.child for two in self.care[n + 1 :])
        ]

    @property
    def open_placements(self) -> list[Placement]:
        return [
            one
            for n, one in enumerate(self.placements)
            if one.end is None
            and one.care.end is None
            and not any(
                two.child == one.child and (one.temporary or not two.temporary)
                for two in self.placements[n + 1 :]
            )
        ]

    @property
    def open_accommodation(self) -> list[Leaver]:
        """A care period that starts cuts where they lived before (docs/rules.md, section 2)."""
        return [
            one
            for one in self.leavers
            if one.letter
            and not any(c.child == one.child and one.day and c.start > one.day for c in self.care)
        ]

    @property
    def care_leavers(self) -> dict[str, int]:
        return dict(Counter(leaver.letter for leaver in self.leavers if leaver.letter))

    @property
    def events(self) -> dict[str, int]:
        """How many events of each name, where the specification leaves no doubt."""
        return {
            "care.started": len(self.care),
            "care.ended": sum(1 for one in self.care if one.end),
            "care.changed": len(self.statuses),
            "placement.started": len(self.placements),
            "placement.ended": sum(1 for one in self.placements if one.end),
            "placement.changed": len(self.changes),
            "accommodation.started": sum(1 for leaver in self.leavers if leaver.letter),
            "review.completed": len(self.reviews),
        }


def decoded(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("windows-1252")


def read_csv(path: Path) -> list[Row]:
    text = decoded(path.read_bytes())
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    headings = [column_of(heading) for heading in next(reader, [])]
    table = table_of(headings)
    rows, line = [], reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            named = dict(zip(headings, cells, strict=False))
            ragged = len(cells) != len(headings)
            words = tuple(named.get(heading, "") for heading in headings)
            rows.append(Row(path.name, line, table, named, words, ragged))
        line = reader.line_num + 1
    return rows


def read_xml(path: Path) -> list[Row]:
    """Each HEADER, EPISODE and AREVIEW is a row; so is an OC3, or its parts within HEADER."""
    rows: list[Row] = []
    inside: list[tuple[str, int, dict[str, str]]] = []
    text: list[str] = []
    child: list[Row] = []
    parser = xml.parsers.expat.ParserCreate()
    tables = {"HEADER": "header", "EPISODE": "episodes", "AREVIEW": "reviews", "OC3": "oc3"}

    def start(tag: str, _: dict[str, str]) -> None:
        text.clear()
        inside.append((tag.upper(), parser.CurrentLineNumber, {}))

    def add(line: int, table: str, cells: dict[str, str]) -> None:
        child.append(Row(path.name, line, table, cells, ()))

    def end(_: str) -> None:
        tag, line, cells = inside.pop()
        if tag == "CHILD":
            header = next((row for row in child if row.table == "header"), None)
            for row in child:
                row.cells["CHILD"] = header.cells.get("CHILD", "") if header else ""
                row.words = (row.table, *(f"{k}={v}" for k, v in sorted(row.cells.items())))
            rows.extend(child)
            child.clear()
        elif tag in tables:
            if tag == "HEADER" and {"IN_TOUCH", "ACTIV", "ACCOM"} & set(cells):
                own = {k: cells.pop(k, "") for k in ("IN_TOUCH", "ACTIV", "ACCOM")}
                add(line, "oc3", own)
            add(line, tables[tag], cells)
        elif inside and column_of(tag) in KNOWN.values():
            inside[-1][2][column_of(tag)] = "".join(text).strip()
        text.clear()

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    parser.Parse(path.read_bytes(), True)
    return rows


def rows_of(path: Path) -> list[Row]:
    return read_xml(path) if path.suffix.lower() == ".xml" else read_csv(path)


def files_in(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        found += [path] if path.is_file() else sorted(path.iterdir())
    return [path for path in found if path.suffix.lower() in {".csv", ".txt", ".xml"}]


def count(paths: Iterable[Path], year: int) -> Count:
    """What the specification makes of a return; `year` is 2025 for 2025/26."""
    counts = Count(year)
    rows = [row for path in files_in(paths) for row in rows_of(path)]
    for row in rows:
        counts.rows[row.file, row.table] += 1
        if row.ragged:
            counts.faults.add((row.file, row.line, ""))
    kept = kept_rows(counts, rows)
    counts.children = {row.text("CHILD") for table in kept.values() for row in table}
    for row in kept["header"]:
        day = row.day("DOB")
        if day:
            counts.born[row.text("CHILD")] = day
    by_child: defaultdict[str, list[Row]] = defaultdict(list)
    for row in kept["episodes"]:
        by_child[row.text("CHILD")].append(row)
    for child, episodes in by_child.items():
        count_episodes(counts, child, episodes)
    counts.reviews = [(row.text("CHILD"), row.day("REVIEW")) for row in kept["reviews"]]
    for row in kept["oc3"]:
        counts.leavers.append(leaver_of(counts, row))
    for table in ("header", "episodes", "reviews", "oc3"):
        for row in kept[table]:
            count_faults(counts, row)
    return counts


def kept_rows(counts: Count, rows: list[Row]) -> dict[str, list[Row]]:
    """The rows that count, by table; those left out are told, with the reason."""
    kept: dict[str, list[Row]] = {"header": [], "episodes": [], "reviews": [], "oc3": []}
    said: set[tuple[str, tuple[str, ...]]] = set()
    seen: set[tuple[str, str]] = set()
    last_day = date(counts.year + 1, 3, 31)
    for row in rows:
        if row.table not in kept:
            continue
        why, column = "", ""
        day = row.day({"episodes": "DECOM", "reviews": "REVIEW"}.get(row.table, ""))
        if (row.file, row.words) in said:
            why = "said before"
        elif not row.text("CHILD"):
            why, column = "no CHILD", "CHILD"
        elif row.table == "episodes" and day is None:
            why, column = "no DECOM", "DECOM"
        elif row.table == "reviews" and day is None:
            why, column = "no REVIEW", "REVIEW"
        elif row.table in {"header", "oc3"} and (row.table, row.text("CHILD")) in seen:
            why = "a second row"
        elif row.table == "reviews" and day and day > last_day:
            why, column = "after the year", "REVIEW"
        said.add((row.file, row.words))
        if why:
            counts.left_out[row.file, row.line] = why
            counts.faults.add((row.file, row.line, column))
        else:
            seen.add((row.table, row.text("CHILD")))
            kept[row.table].append(row)
    return kept


def end_of(row: Row) -> date | None:
    """DEC; one before DECOM is left out."""
    start, end = row.day("DECOM"), row.day("DEC")
    return end if start and end and end >= start else None


def count_episodes(  # noqa: C901 (one clause of the specification after another)
    counts: Count, child: str, episodes: list[Row]
) -> None:
    care: Care | None = None
    placement: Placement | None = None
    resting: Placement | None = None
    now = ("", "", "")
    for row in sorted(episodes, key=lambda row: row.day("DECOM") or date.min):
        day = row.day("DECOM") or date.min
        end = end_of(row)
        rne, legal = row.code("RNE"), row.code("LS")
        place, provider, urn = row.code("PLACE"), row.code("PLACE_PROVIDER"), row.code("URN")
        if care is None or care.end:
            care = Care(child, day, rne == "S")
            counts.care.append(care)
            care.legal = legal
            placement = resting = None
        elif legal and legal != care.legal:
            care.legal = legal
            counts.statuses.append((child, day, legal))
        if not place:
            for one in counts.placements:
                if one.care is care and one.end is None:
                    one.end = day
            placement = resting = None
        else:
            comes_back = placement and placement.temporary and placement.end in {day, None}
            came_from = resting and resting.now == (place, provider, urn)
            if COMING_BACK_GOES_ON and placement and resting and came_from and comes_back:
                placement.end = placement.end or day
                placement, now, rne = resting, resting.now, "L"
            same = now == (place, provider, urn)
            now = (place, provider, urn)
            goes_on = (
                placement is not None
                and rne not in {"S", "P", "B"}
                and (rne in {"L", "T", "U"} or same)
                and placement.temporary == (place in TEMPORARY)
            )
            if placement is None or not goes_on:
                exact = rne in {"S", "P", "B"}
                placement = Placement(child, day, exact, place, provider, urn, care)
                counts.placements.append(placement)
            elif not same:
                counts.changes.append((child, day, place, provider, urn))
            placement.end = end
            placement.now = now
            if not placement.temporary:
                resting = placement
        if end and row.code("REC") not in {"", "X1"}:
            care.end, care.reason = end, row.code("REC")


def leaver_of(counts: Count, row: Row) -> Leaver:
    child, accom = row.text("CHILD"), row.code("ACCOM")
    born = row.day("DOB") or counts.born.get(child)
    day, age = None, 18
    if born:
        day = birthday(born, counts.year)
        age = day.year - born.year
        if age >= 22:
            day = date(counts.year + 1, 3, 31)
    letter = accom[:1] if re.match("[A-Z]", accom) else ""
    digit = {"1": "1", "2": "2"}.get(accom[1:], "") if accom not in {"S1", "X1"} else ""
    activ = row.code("ACTIV")
    education = {"F1": "higher", "F2": "further", "0": ""}.get(activ, "none")
    if activ not in CODES["ACTIV"].split():
        education = ""  # what the code says is not known
    looked_after = any(
        one.child == child
        and day
        and (one.start <= day or not one.exact)  # it had begun before
        and not (one.end and one.end <= day)
        for one in counts.care
    )
    eligibility = "former_relevant" if age >= 18 else "eligible" if looked_after else "relevant"
    in_touch = IN_TOUCH.get(row.code("IN_TOUCH"), "")
    return Leaver(child, letter, digit, day, in_touch, education, eligibility)


def birthday(born: date, year: int) -> date:
    """The birthday between 1 April of the year and 31 March of the next."""
    for one in (year, year + 1):
        try:
            day = born.replace(year=one)
        except ValueError:
            day = date(one, 3, 1)
        if date(year, 4, 1) <= day <= date(year + 1, 3, 31):
            return day
    raise AssertionError(born)


def count_faults(counts: Count, row: Row) -> None:
    """Faults of a row that counts."""

    def fault(column: str) -> None:
        counts.faults.add((row.file, row.line, column))

    for column in {"header": ["DOB"], "oc3": ["DOB"], "episodes": ["DEC"]}.get(row.table, []):
        if row.text(column) and row.day(column) is None:
            fault(column)
    for column, codes in CODES.items():
        old = counts.year < 2022 and row.code(column) in {"F3", "P3"}  # of that time
        if row.code(column) and row.code(column) not in codes.split() and not old:
            fault(column)
    if row.table != "episodes":
        return
    end = end_of(row)
    if row.day("DEC") and end is None:
        fault("DEC")
    year = max((year for year in PLACES if year <= counts.year), default=2022)
    place = row.code("PLACE")
    late = counts.year == 2023 and (end is None or end > P2_LAST_DAY)
    if place and (place not in PLACES[year].split() or (place == "P2" and late)):
        fault("PLACE")
    if row.text("URN") and not URN.fullmatch(row.code("URN")):
        fault("URN")
