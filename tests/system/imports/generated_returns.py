"""Made-up annual returns: consistent ones, in many file formats, and broken in known ways.

`make_return(seed, year)` invents one; `inject(made, rng)` breaks it and says where; `next_year`
makes the following return from it; `write(made, folder, return_format)` writes it and tells every
row its file and line.
"""

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from tests.system.imports.independent_count import PLACES, TEMPORARY

COLUMNS = {
    "header": "CHILD SEX DOB ETHNIC UPN MOTHER MC_DOB",
    "episodes": "CHILD DECOM RNE LS CIN PLACE PLACE_PROVIDER DEC REC REASON_PLACE_CHANGE HOME_POST"
    " PL_POST URN",
    "reviews": "CHILD DOB REVIEW REVIEW_CODE",
    "oc3": "CHILD DOB IN_TOUCH ACTIV ACCOM",
}
EMPTY = {"uasc": "CHILD SEX DOB DUC", "missing": "CHILD DOB MISSING MIS_START MIS_END"}
LS = ["C1", "C2", "E1", "V2"]
ENDS = ["E4A", "E4B", "E13", "E41", "E45", "E48", "E8", "E3"]
ACCOMMODATION = "B1 B2 C1 D1 D2 E1 E2 G1 H1 K1 K2 R2 S2 T1 U1 U2 V1 V2 W1 W2 X2 Y1 Y2 Z1"


class Row(dict[str, Any]):
    """A row by its columns; dates are dates until it is written. `where` is told by writing."""

    where: tuple[str, int] = ("", 0)
    ragged: int = 0


@dataclass
class InjectedFault:
    """One fault put in: the row, its column where there is one, and whether the row must go."""

    row: Row
    column: str
    kind: str
    leaves_out: bool = False


@dataclass
class AnnualReturn:
    year: int
    tables: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in COLUMNS})

    @property
    def first_day(self) -> date:
        return date(self.year, 4, 1)

    @property
    def last_day(self) -> date:
        return date(self.year + 1, 3, 31)

    @property
    def label(self) -> str:
        return f"{self.year}/{(self.year + 1) % 100:02}"


def age_on(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


# A made-up life


def urn(rng: random.Random) -> str:
    return rng.choice([f"{rng.randrange(10**6, 10**7)}", f"SC{rng.randrange(10**5, 10**6)}"])


def main_place(rng: random.Random, year: int, age: int, day: date) -> dict[str, str]:
    """A place that the year's list has, with the provider and URN that go with it."""
    choices = ["U1", "U2", "U3", "U4", "U5", "U6", "U6", "U4", "K2", "K2", "P1", "R3", "Z"]
    if age >= 10:
        choices += ["K1", "R5", "R2", "S1"]
    if age >= 16:
        choices += ["P3", "R1"]
        choices += ["H5"] * 3 if year <= 2023 else ["K3"] * 3 if day >= date(2024, 4, 1) else []
        choices += ["P2"] if year <= 2022 else []
    if age < 5:
        choices += ["A3", "A5"]
    code = rng.choice(choices)
    if code == "Z":
        code = "Z1" if year <= 2024 else rng.choice(["Z11", "Z12", "Z13", "Z14"])
        return {"PLACE": code, "PLACE_PROVIDER": "", "URN": ""}
    provider = {"P1": "PR0", "R1": "PR3", "R2": "PR3", "R5": "PR3", "P3": "PR4", "P2": "PR1"}.get(
        code, rng.choice(["PR1", "PR4"] if code[0] in "UA" else ["PR1", "PR4", "PR5"])
    )
    number = "" if code in {"P1", "R1", "R2", "R5", "P3", "P2"} else urn(rng)
    if code in {"R3", "S1"} and rng.random() < 0.2:
        number = "XXXXXXX"
    return {"PLACE": code, "PLACE_PROVIDER": provider, "URN": number}


def temporary_place(rng: random.Random) -> dict[str, str]:
    return {"PLACE": rng.choice(sorted(TEMPORARY)), "PLACE_PROVIDER": "", "URN": ""}


PLACE = ("PLACE", "PLACE_PROVIDER", "URN")


def following(rng: random.Random, before: Row, resting: Row, made: AnnualReturn, born: date) -> Row:
    """The episode after one that ended with X1; it begins on the day that one ended."""
    day = before["DEC"]
    row = Row(before, DECOM=day, DEC="", REC="", REASON_PLACE_CHANGE="")
    other = rng.choice([code for code in LS if code != before["LS"]])
    place = main_place(rng, made.year, age_on(born, day), day)
    if before["PLACE"] in TEMPORARY:
        # back to where the child lived, or somewhere else; or from one temporary stay to another
        rne = rng.choice("PPTPL")
        if rne == "L":
            row.update(RNE="L", LS=other)
        elif rng.random() < 0.2:
            row.update(RNE=rne, **temporary_place(rng))
        else:
            row.update(place if rng.random() < 0.3 else {c: resting[c] for c in PLACE}, RNE=rne)
        return row
    rne = rng.choice("LLPPPTBUtt")
    row["RNE"] = rne.upper()
    if rne in "LBU":
        row["LS"] = other
    if rne in "PB":
        row.update(place)
    elif rne in "TU" and before["PLACE"] in {"P1", "Z11", "Z12", "Z13", "Z14", "Z1"}:
        row.update(PLACE="K2", PLACE_PROVIDER="PR4", URN=urn(rng))  # it became registered
    elif rne in "TU" and before["URN"]:
        row["URN"] = urn(rng)
    elif rne in "TU":
        row["PLACE_PROVIDER"] = "PR5" if before["PLACE_PROVIDER"] != "PR5" else "PR4"
    elif rne == "t":
        row.update(temporary_place(rng), RNE=rng.choice("PPT"))
    return row


def care_period(
    rng: random.Random, made: AnnualReturn, child: str, born: date, start: date, until: date | None
) -> list[Row]:
    """Episodes from a start; to an end of care, where there is one, else open."""
    first = Row(
        CHILD=child, DECOM=start, RNE="S", LS=rng.choice(LS), CIN=f"N{rng.randint(1, 8)}",
        **main_place(rng, made.year, age_on(born, start), start),
        DEC="", REC="", REASON_PLACE_CHANGE="", HOME_POST="", PL_POST="",
    )  # fmt: skip
    rows, resting, before = [first], first, first
    stop = until or made.last_day
    while True:
        if before["PLACE"] not in TEMPORARY:
            resting = before
        length = rng.randint(2, 30) if before["PLACE"] in TEMPORARY else rng.randint(15, 330)
        day = before["DECOM"] + timedelta(length)
        if day >= stop:
            break
        before.update(DEC=day, REC="X1")
        before = following(rng, before, resting, made, born)
        rows.append(before)
    if until:
        before.update(DEC=until, REC=rng.choice(ENDS))
    return rows


def appears(row: Row, made: AnnualReturn) -> bool:
    """An episode is in the return of the year when it was open in it."""
    return row["DECOM"] <= made.last_day and (not row["DEC"] or row["DEC"] >= made.first_day)


def add_header(rng: random.Random, made: AnnualReturn, child: str, born: date) -> None:
    sex = rng.choice(["1", "2"] if made.year < 2024 else ["M", "F"])
    made.tables["header"].append(
        Row(CHILD=child, SEX=sex, DOB=born, ETHNIC="WBRI", UPN="UN1", MOTHER="", MC_DOB="")
    )


def add_reviews(
    rng: random.Random, made: AnnualReturn, child: str, born: date, rows: list[Row]
) -> None:
    day = rows[0]["DECOM"] + timedelta(rng.randint(15, 30))
    last = min(rows[-1]["DEC"] or made.last_day, made.last_day)
    while day <= last:
        if day >= made.first_day:
            code = (
                "PN0"
                if age_on(born, day) < 4
                else rng.choice(["PN1", "PN2", "PN3", "PN4", "PN6", "PN7"])
            )
            made.tables["reviews"].append(Row(CHILD=child, DOB=born, REVIEW=day, REVIEW_CODE=code))
        day += timedelta(rng.randint(80, 185))


def add_leaver(rng: random.Random, made: AnnualReturn, child: str, born: date, age: int) -> None:
    touch = rng.choice(["YES", "YES", "YES", "YES", "YES", "NO", "REFU", "NREQ", "RHOM", "DIED"])
    activ, accom = "0", "0"
    if touch == "YES" or (touch in {"REFU", "NREQ"} and rng.random() < 0.5):
        activ = rng.choice(["F1", "P1", "F2", "P2", "F4", "P4", "F5", "P5", "G4", "G5", "G6"])
        accom = rng.choice([a for a in ACCOMMODATION.split() if age >= 18 or a[0] not in "ZT"])
    made.tables["oc3"].append(Row(CHILD=child, DOB=born, IN_TOUCH=touch, ACTIV=activ, ACCOM=accom))


def add_looked_after(rng: random.Random, made: AnnualReturn, child: str) -> None:
    day = made.first_day + timedelta(rng.randint(-700, 330))
    oldest = (made.last_day - day).days + 30
    born = day - timedelta(rng.randint(0, 18 * 365 - oldest))
    until = None
    if rng.random() < 0.25:
        until = max(day + timedelta(20), made.first_day + timedelta(rng.randint(5, 300)))
    periods = [care_period(rng, made, child, born, day, until)]
    if until and rng.random() < 0.4:
        again = until + timedelta(rng.randint(5, 60))
        if again < made.last_day:
            periods.append(care_period(rng, made, child, born, again, None))
    for rows in periods:
        made.tables["episodes"] += [row for row in rows if appears(row, made)]
        add_reviews(rng, made, child, born, rows)
    add_header(rng, made, child, born)


def add_care_leaver(rng: random.Random, made: AnnualReturn, child: str) -> None:
    """17 to 25: some are looked after still, some left at 18 in this year, most long ago."""
    age = rng.choice([17, 17, 18, 18, 19, 20, 21, 22, 23, 24, 25])
    birthday = made.first_day + timedelta(rng.randint(0, 360))
    if birthday.day == 29:
        birthday -= timedelta(1)
    born = birthday.replace(year=birthday.year - age)
    start = birthday - timedelta(rng.randint(200, 900))
    if age == 17:
        rows = care_period(rng, made, child, born, start, None)
    elif age == 18:
        rows = care_period(rng, made, child, born, start, birthday)
        rows[-1]["REC"] = rng.choice(["E5", "E6", "E17"])
    else:
        rows = []
    made.tables["episodes"] += [row for row in rows if appears(row, made)]
    if rows:
        add_reviews(rng, made, child, born, rows)
    add_leaver(rng, made, child, born, age)
    add_header(rng, made, child, born)


def make_return(seed: int, year: int, children: int = 24) -> AnnualReturn:
    rng = random.Random(seed)
    made = AnnualReturn(year)
    numbers = rng.sample(range(10**5, 10**6), children)
    for n, number in enumerate(numbers):
        (add_care_leaver if n % 4 == 3 else add_looked_after)(rng, made, str(number))
    leap = Row(CHILD="900229", DOB=date(2004, 2, 29), IN_TOUCH="YES", ACTIV="F2", ACCOM="U1")
    made.tables["oc3"].append(leap)
    add_header(rng, made, "900229", leap["DOB"])
    return made


# The year after


@dataclass
class NextReturn:
    made: AnnualReturn
    corrected: set[str]
    """Children of whom the new return says something else about the old year."""


def going_on(rng: random.Random, after: AnnualReturn, row: Row, born: date) -> list[Row]:
    """An episode carried over: as it is, or followed by another; to its end, or to that of care."""
    eighteen = born.replace(year=born.year + 18, day=min(born.day, 28))
    until = eighteen if eighteen <= after.last_day else None
    if until is None and rng.random() < 0.3:
        until = after.first_day + timedelta(rng.randint(0, 300))
    rows = [row]
    day = after.first_day + timedelta(rng.randint(0, 200))
    if (until is None or day < until) and rng.random() < 0.6:
        row.update(DEC=day, REC="X1")
        rows.append(following(rng, row, row, after, born))
    if until:
        rows[-1].update(DEC=until, REC="E5" if until == eighteen else rng.choice(ENDS))
    return rows


def next_year(made: AnnualReturn, seed: int) -> NextReturn:
    """Next year's return: what was open goes on or ends, others come, one URN is corrected."""
    rng = random.Random(seed)
    after, corrected = AnnualReturn(made.year + 1), set()
    born = {row["CHILD"]: row["DOB"] for row in made.tables["header"]}
    carried = [row for row in made.tables["episodes"] if not row["DEC"]]
    allowed = PLACES[max(year for year in PLACES if year <= after.year)].split()
    for old in carried:
        child, birth = old["CHILD"], born[old["CHILD"]]
        row = Row(old)
        if row["PLACE"] not in allowed:
            row["PLACE"] = {"H5": "K3", "P2": "P3", "Z1": "Z11"}[row["PLACE"]]
            corrected.add(child)
        elif row["URN"] and (len(corrected) == 0 or rng.random() < 0.05):
            row["URN"] = urn(rng)
            corrected.add(child)
        rows = going_on(rng, after, row, birth)
        after.tables["episodes"] += rows
        add_reviews(rng, after, child, birth, rows)
        add_header(rng, after, child, birth)
        if age_on(birth, after.last_day) in {17, 18}:
            add_leaver(rng, after, child, birth, age_on(birth, after.last_day))
    there = {row["CHILD"] for row in after.tables["header"]}
    for row in made.tables["oc3"]:
        age = age_on(row["DOB"], after.last_day)
        if row["CHILD"] not in there and age <= 25 and row["IN_TOUCH"] != "DIED":
            add_header(rng, after, row["CHILD"], row["DOB"])
            add_leaver(rng, after, row["CHILD"], row["DOB"], age)
    new = make_return(seed + 1, after.year, 16)
    known = set(born) | {  # nobody comes who was looked after before and yet not in the old return
        row["CHILD"] for row in new.tables["episodes"] if row["DECOM"] < after.first_day
    }
    for name, rows in new.tables.items():
        after.tables[name] += [row for row in rows if row["CHILD"] not in known]
    return NextReturn(after, corrected)


# Faults


def inject(  # noqa: C901 (one kind of fault after another)
    made: AnnualReturn, rng: random.Random, form: str = "csv"
) -> list[InjectedFault]:
    """Break a return in place; what was done, each in a row of its own.

    XML has no ragged rows, no DOB beside OC3, and one OC3 at most where HEADER holds its parts.
    """
    done: list[InjectedFault] = []
    touched: set[int] = set()
    leavers = {row["CHILD"] for row in made.tables["oc3"]}

    def pick(table: str, fits: Callable[[Row], Any] = lambda _: True) -> Row | None:
        rows = [r for r in made.tables[table] if id(r) not in touched and fits(r)]
        row = rng.choice(rows) if rows else None
        if row is not None:
            touched.add(id(row))
        return row

    def put(
        table: str, column: str, value: Any, fits: Callable[[Row], Any] = lambda _: True,
        leaves_out: bool = False,
    ) -> None:  # fmt: skip
        row = pick(table, fits)
        if row is not None:
            row[column] = value(row) if callable(value) else value
            kind = f"{column}={row[column]}"
            done.append(InjectedFault(row, column, kind, leaves_out))

    unreadable = ["31/02/2025", "n/k", "01/02/25", "2025-13-01"]
    put("episodes", "DECOM", rng.choice(unreadable), leaves_out=True)
    put("episodes", "DECOM", "", leaves_out=True)
    put("episodes", "DEC", rng.choice(unreadable), lambda r: r["DEC"])
    put(
        "episodes", "DEC", lambda r: r["DECOM"] - timedelta(rng.randint(1, 400)), lambda r: r["DEC"]
    )
    put("reviews", "REVIEW", rng.choice(unreadable), leaves_out=True)
    put("reviews", "REVIEW", "", leaves_out=True)
    put("reviews", "REVIEW", made.last_day + timedelta(rng.randint(1, 900)), leaves_out=True)
    put("header", "DOB", rng.choice(unreadable), lambda r: r["CHILD"] not in leavers)
    if form == "csv":
        put("oc3", "DOB", rng.choice(unreadable))
    put("header", "CHILD", "", lambda r: r["CHILD"] not in leavers, leaves_out=True)
    for table in ("episodes", "reviews", "oc3"):
        put(table, "CHILD", "", leaves_out=True)
    put("episodes", "PLACE", "M3", lambda r: r["PLACE"])
    put("episodes", "LS", "Q9")
    put("episodes", "REC", "E99", lambda r: r["REC"])
    put("episodes", "RNE", "Z")
    put("episodes", "PLACE_PROVIDER", "PR9")
    put("episodes", "URN", "12AB", lambda r: r["URN"])
    put("reviews", "REVIEW_CODE", "PN9")
    put("oc3", "ACCOM", rng.choice(["M1", "01"]))
    put("oc3", "IN_TOUCH", "MAYBE")
    put("oc3", "ACTIV", rng.choice(["Q1", "F3"]))
    if made.year >= 2024:
        old = "H5" if made.year == 2024 else rng.choice(["Z1", "H5", "P2"])
        put("episodes", "PLACE", old, lambda r: r["PLACE"] not in TEMPORARY)
    if made.year == 2023:
        put("episodes", "PLACE", "P2", lambda r: not r["DEC"])

    for table in ("header", "episodes", "reviews", "oc3"):
        row = pick(table) if (table, form) != ("oc3", "xml") else None
        if row is not None:
            rows = made.tables[table]
            again = copy.copy(row)
            rows.insert(rng.randint(rows.index(row) + 1, len(rows)), again)
            touched.add(id(again))
            done.append(InjectedFault(again, "", f"duplicate {table}", True))
    for table in ("header", "oc3"):
        row = pick(table) if (table, form) != ("oc3", "xml") else None
        if row is not None:
            again = copy.copy(row)
            again.update({"UPN": "UN2"} if table == "header" else {"ACTIV": "F4"})
            if again == row:
                again["ACTIV"] = "F5"
            made.tables[table].append(again)
            touched.add(id(again))
            done.append(InjectedFault(again, "", f"second {table}", True))
    uneven = (("episodes", 1), ("reviews", 1), ("episodes", -1), ("header", -1))
    for table, cells in uneven if form == "csv" else ():
        row = pick(table)
        if row is not None:
            row.ragged = cells
            done.append(InjectedFault(row, "", f"ragged {cells:+}"))
    return done


# Writing


@dataclass(frozen=True)
class ReturnFormat:
    name: str
    form: str = "csv"
    iso: bool = False
    midnight: bool = False
    encoding: str = "utf-8"
    delimiter: str = ","
    newline: str = "\n"
    headings: str = "plain"
    shuffled: bool = False
    extra: bool = False
    blank_lines: bool = False
    empty_files: bool = False
    wrong_names: bool = False
    small: bool = False
    oc3_element: bool = False

    @property
    def breaks(self) -> str:
        """The form that `inject` wants to know."""
        return "xml with oc3" if self.oc3_element else self.form


RETURN_FORMATS = (
    ReturnFormat("plain"),
    ReturnFormat("iso with a byte order mark", iso=True, encoding="utf-8-sig", newline="\r\n"),
    ReturnFormat("utf-16", encoding="utf-16", delimiter="\t", headings="spaced", extra=True),
    ReturnFormat("windows", encoding="cp1252", delimiter=";", newline="\r\n", extra=True),
    ReturnFormat(
        "other headings", headings="other", shuffled=True, blank_lines=True, midnight=True
    ),
    ReturnFormat("wrong names", wrong_names=True, empty_files=True, extra=True, small=True),
    ReturnFormat("iso at midnight", iso=True, midnight=True, shuffled=True, headings="lower"),
    ReturnFormat("xml", form="xml"),
    ReturnFormat("xml with oc3", form="xml", iso=True, oc3_element=True),
)


def heading(column: str, return_format: ReturnFormat) -> str:
    match return_format.headings:
        case "spaced":
            return column.replace("_", " ").title()
        case "lower":
            return column.lower()
        case "other":
            return {"CHILD": "Child_ID", "DOB": "Date_Of_Birth"}.get(column, f" {column} ")
    return column


def shown(value: Any, return_format: ReturnFormat) -> str:
    if not isinstance(value, date):
        text = str(value)
        return f" {text.lower()} " if return_format.small and text.isalnum() else text
    day = value.isoformat() if return_format.iso else value.strftime("%d/%m/%Y")
    return f"{day} 00:00:00" if return_format.midnight else day


def write(made: AnnualReturn, folder: Path, return_format: ReturnFormat, seed: int = 0) -> Path:
    """Write a return; every row is told where it stands. The path to give to the importer."""
    folder.mkdir(parents=True, exist_ok=True)
    if return_format.form == "xml":
        return write_xml(made, folder, return_format)
    rng = random.Random(seed)
    names = dict(zip(COLUMNS, COLUMNS, strict=True))
    if return_format.wrong_names:
        names = dict(zip(COLUMNS, ["list 4", "header", "oc3", "episodes"], strict=True))
    for table, rows in made.tables.items():
        columns = COLUMNS[table].split()
        if return_format.extra:
            columns.insert(rng.randint(1, len(columns)), "CAFÉ NOTES")
        if return_format.shuffled:
            rng.shuffle(columns)
        file = f"{names[table]}.csv"
        lines = [return_format.delimiter.join(heading(column, return_format) for column in columns)]
        for row in rows:
            cells = ["Zoë" if c == "CAFÉ NOTES" else shown(row[c], return_format) for c in columns]
            if c_id := [n for n, c in enumerate(columns) if c in {"CHILD", "UPN"}]:
                for n in c_id:
                    cells[n] = cells[n].strip().upper()
            cells = cells[:-1] if row.ragged < 0 else [*cells, "more"] if row.ragged else cells
            lines.append(return_format.delimiter.join(cells))
            row.where = (file, len(lines))
        lines += ["", "", ""] if return_format.blank_lines else [""]
        (folder / file).write_bytes(
            return_format.newline.join(lines).encode(return_format.encoding)
        )
    if return_format.empty_files:
        (folder / "missing.csv").write_bytes(b"")
        (folder / "uasc.csv").write_text(EMPTY["uasc"].replace(" ", ",") + "\n")
    return folder


def write_xml(  # noqa: C901 (one element after another)
    made: AnnualReturn, folder: Path, return_format: ReturnFormat
) -> Path:
    """One CHILD for each Header row; the first of a child has its episodes and reviews.

    Each row's element stands on a line of its own. Rows of no child get a CHILD without CHILDID.
    """
    file = folder / "return.xml"
    lines = ["<?xml version='1.0' encoding='utf-8'?>", "<EXPSSDA903>"]

    def fields(row: Row, columns: str) -> str:
        names = {"CHILD": "CHILDID", "PLACE": "PL"}
        parts = []
        for c in columns.split():
            text, tag = escape(shown(row[c], return_format)), names.get(c, c)
            parts.append(f"<{tag}>{text}</{tag}>" if text else f"<{tag} />")
        return "".join(parts)

    def line(text: str, row: Row | None = None) -> None:
        lines.append(text)
        if row is not None:
            row.where = (file.name, len(lines))

    def of(table: str, child: str) -> list[Row]:
        return [row for row in made.tables[table] if row["CHILD"] == child]

    written: set[str] = set()
    headers = list(made.tables["header"])
    known = {row["CHILD"] for row in headers}
    for table in ("episodes", "reviews", "oc3"):
        for row in made.tables[table]:
            if row["CHILD"] not in known:
                known.add(row["CHILD"])
                headers.append(
                    Row(dict.fromkeys(COLUMNS["header"].split(), ""), CHILD=row["CHILD"])
                )
    for header in headers:
        child, first = header["CHILD"], header["CHILD"] not in written
        written.add(child)
        leavers = of("oc3", child) if first else []
        own, others = fields(header, COLUMNS["header"]), leavers
        if leavers and not return_format.oc3_element:
            own += fields(leavers[0], "IN_TOUCH ACTIV ACCOM")
            others = leavers[1:]
        line("<CHILD>")
        line(f"<HEADER>{own}", header)
        if leavers and not return_format.oc3_element:
            leavers[0].where = header.where
        for row in of("reviews", child) if first else []:
            line(f"<AREVIEW>{fields(row, 'REVIEW REVIEW_CODE')}</AREVIEW>", row)
        for row in others:
            line(f"<OC3>{fields(row, 'IN_TOUCH ACTIV ACCOM')}</OC3>", row)
        if first and child:
            line("<OC2><SDQ_SCORE>7</SDQ_SCORE><CONVICTED>0</CONVICTED></OC2>")
        line("</HEADER>")
        for row in of("episodes", child) if first else []:
            line(
                f"<EPISODE>{fields(row, COLUMNS['episodes'].removeprefix('CHILD '))}</EPISODE>", row
            )
        line("</CHILD>")
    lines.append("</EXPSSDA903>")
    file.write_text("\n".join(lines), encoding="utf-8")
    return file
