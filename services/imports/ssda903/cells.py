"""The cells of the return, read and checked against the lists of its year."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from schemas.codes import ACCOMMODATION, PLACEMENTS
from schemas.collection_year import CollectionYear, codes_of
from services.imports.tabular.dates import DAY_FORMAT, parse_day
from services.imports.tabular.faults import Became, FileFault
from services.imports.tabular.layouts import Row

_URN = re.compile(r"SC\d{6}|\d{7}|XXXXXXX")
_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}")
_LISTED = 12
_USED = {
    ("episodes", "RNE"): Became.FIELD_LEFT_OUT,
    ("episodes", "LS"): Became.KEPT,
    ("episodes", "PLACE"): Became.KEPT,
    ("episodes", "PLACE_PROVIDER"): Became.KEPT,
    ("episodes", "REC"): Became.KEPT,
    ("episodes", "REASON_PLACE_CHANGE"): Became.FIELD_LEFT_OUT,
    ("reviews", "REVIEW_CODE"): Became.FIELD_LEFT_OUT,
    ("oc3", "IN_TOUCH"): Became.FIELD_LEFT_OUT,
    ("oc3", "ACTIV"): Became.FIELD_LEFT_OUT,
}
_UNUSED_DATES: Mapping[str, tuple[str, ...]] = {
    "header": ("MC_DOB",),
    "uasc": ("DUC",),
    "ad1": ("DATE_INT", "DATE_MATCH"),
    "placed_for_adoption": ("DATE_PLACED", "DATE_PLACED_CEASED"),
    "previous_permanence": ("DATE_PERM",),
    "missing": ("MIS_START", "MIS_END"),
}


@dataclass(slots=True)
class Cells:
    """Reads the cells of one child, and keeps the faults that it finds."""

    year: CollectionYear
    faults: list[FileFault] = field(default_factory=list)

    def fault(self, row: Row, column: str, expected: str, became: Became) -> None:
        """Keep a fault of a row."""
        self.faults.append(row.fault(column, expected, became, row["CHILD"]))

    def day(self, row: Row, column: str, became: Became = Became.FIELD_LEFT_OUT) -> date | None:
        """A date; None, and a fault, where it cannot be read."""
        try:
            return parse_day(row[column])
        except ValueError:
            self.fault(row, column, DAY_FORMAT, became)
            return None

    def code(self, row: Row, column: str) -> str:
        """A code in capitals; empty where it is in no list and the column keeps no other."""
        code = row[column].upper()
        if not code:
            return ""
        codes = self.codes.get((row.table, column))
        if codes is None or code in codes:
            return code
        became = _USED.get((row.table, column), Became.NOT_USED)
        self.fault(row, column, self._expected_code(column, code, codes), became)
        return code if became is Became.KEPT else ""

    @property
    def codes(self) -> Mapping[tuple[str, str], frozenset[str]]:
        """The codes of the return's year, by table and column."""
        return codes_of(self.year)

    def urn(self, row: Row) -> str:
        """A URN as it was written; a fault where it has not the form of one."""
        code = row["URN"].upper()
        if code and not _URN.fullmatch(code):
            expected = "a URN is 7 digits, or SC and 6 digits, or XXXXXXX for another inspectorate"
            self.fault(row, "URN", expected, Became.KEPT)
        return code

    def check_unused(self, row: Row) -> None:
        """Check what Sightline does not use, so that it can be put right all the same."""
        for table, column in self.codes:
            if table == row.table and (table, column) not in _USED and column != "ACCOM":
                self.code(row, column)
        for column in _UNUSED_DATES.get(row.table, ()):
            self.day(row, column, Became.NOT_USED)
        for column in ("HOME_POST", "PL_POST"):
            code = row[column].upper()
            if code and not _POSTCODE.fullmatch(code):
                expected = "a postcode has a shape such as EX2 4QD"
                self.fault(row, column, expected, Became.NOT_USED)

    def _expected_code(self, column: str, code: str, codes: frozenset[str]) -> str:
        if column == "PLACE" and code in PLACEMENTS:
            return f"{code} is not a code of {self.year}"
        listed = sorted(codes)
        if len(listed) <= _LISTED:
            return f"a code of {self.year}: {', '.join(listed)}"
        return f"a code of the list of {self.year}, such as {', '.join(listed[:5])}"

    def accommodation(self, row: Row) -> tuple[str, bool | None]:
        """The letter of ACCOM and whether it is suitable; no letter where there is none."""
        code = row["ACCOM"].upper()
        listed = self.codes["oc3", "ACCOM"]
        if code in ("", "0"):
            return "", None
        letter, digit = code[0], code[1:]
        suitable = {"1": True, "2": False}.get(digit)
        if code in listed:
            return letter, suitable
        expected = "a letter of the list and 1 (suitable) or 2 (unsuitable), such as U1; or 0"
        if not letter.isalpha() or len(code) > 2:
            self.fault(row, "ACCOM", expected, Became.FIELD_LEFT_OUT)
            return "", None
        if f"{letter}2" in listed and digit == "1":
            expected = f"{letter}2: {ACCOMMODATION[letter].meaning} is always unsuitable"
            suitable = None
        self.fault(row, "ACCOM", expected, Became.KEPT)
        return letter, suitable


def distinct(rows: list[Row], cells: Cells) -> Iterator[Row]:
    """The rows without exact repetitions of an earlier row of their file."""
    seen: set[tuple[str, frozenset[tuple[str, str]]]] = set()
    for row in rows:
        content = (row.file, frozenset(row.values.items()))
        if content in seen:
            cells.fault(row, "", "a row stands in a file once", Became.REPEATED)
        else:
            seen.add(content)
            yield row
