"""Cells of the return, read and checked one by one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from schemas.codes import ACCOMMODATION, PLACEMENTS
from services.imports.ssda903.years import CollectionYear, codes_of
from services.imports.tabular.dates import RIGHT, day_told
from services.imports.tabular.faults import Became, FileFault
from services.imports.tabular.rows import Row

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
    """Reads cells for one return, and keeps the faults that it meets."""

    year: CollectionYear
    faults: list[FileFault] = field(default_factory=list)

    def fault(self, row: Row, column: str, right: str, became: Became) -> None:
        """Keep a fault of a row."""
        self.faults.append(row.fault(column, right, became, row["CHILD"]))

    def day(self, row: Row, column: str, became: Became = Became.FIELD_LEFT_OUT) -> date | None:
        """A date; None, and a fault, where it cannot be read."""
        try:
            return day_told(row[column])
        except ValueError:
            self.fault(row, column, RIGHT, became)
            return None

    def code(self, row: Row, column: str) -> str:
        """A code in capitals; empty, where one that is in no list is not kept."""
        told = row[column].upper()
        if not told:
            return ""
        codes = self.codes.get((row.table, column))
        if codes is None or told in codes:
            return told
        became = _USED.get((row.table, column), Became.NOT_USED)
        self.fault(row, column, self._right(column, told, codes), became)
        return told if became is Became.KEPT else ""

    @property
    def codes(self) -> Mapping[tuple[str, str], frozenset[str]]:
        """The lists of the return's year."""
        return codes_of(self.year)

    def urn(self, row: Row) -> str:
        """A URN as it is told, a fault where it has no URN's shape."""
        told = row["URN"].upper()
        if told and not _URN.fullmatch(told):
            right = "a URN is 7 digits, or SC and 6 digits, or XXXXXXX for another inspectorate"
            self.fault(row, "URN", right, Became.KEPT)
        return told

    def check_unused(self, row: Row) -> None:
        """Look at what Sightline has no use for, so that it can be put right all the same."""
        for table, column in self.codes:
            if table == row.table and (table, column) not in _USED and column != "ACCOM":
                self.code(row, column)
        for column in _UNUSED_DATES.get(row.table, ()):
            self.day(row, column, Became.NOT_USED)
        for column in ("HOME_POST", "PL_POST"):
            told = row[column].upper()
            if told and not _POSTCODE.fullmatch(told):
                right = "a postcode has a shape such as EX2 4QD"
                self.fault(row, column, right, Became.NOT_USED)

    def _right(self, column: str, told: str, codes: frozenset[str]) -> str:
        if column == "PLACE" and told in PLACEMENTS:
            return f"{told} is not a code of {self.year}"
        listed = sorted(codes)
        if len(listed) <= _LISTED:
            return f"a code of {self.year}: {', '.join(listed)}"
        return f"a code of the list of {self.year}, such as {', '.join(listed[:5])}"

    def accommodation(self, row: Row) -> tuple[str, bool | None]:
        """The letter of ACCOM and whether it is suitable; no letter where none is told."""
        told = row["ACCOM"].upper()
        listed = self.codes["oc3", "ACCOM"]
        if told in ("", "0"):
            return "", None
        letter, digit = told[0], told[1:]
        suitable = {"1": True, "2": False}.get(digit)
        if told in listed:
            return letter, suitable
        right = "a letter of the list and 1 (suitable) or 2 (unsuitable), such as U1; or 0"
        if not letter.isalpha() or len(told) > 2:
            self.fault(row, "ACCOM", right, Became.FIELD_LEFT_OUT)
            return "", None
        if f"{letter}2" in listed and digit == "1":
            right = f"{letter}2: {ACCOMMODATION[letter].meaning} is always unsuitable"
            suitable = None
        self.fault(row, "ACCOM", right, Became.KEPT)
        return letter, suitable


def distinct(rows: list[Row], cells: Cells) -> Iterator[Row]:
    """The rows without those that say word for word what an earlier one of their file says."""
    seen: set[tuple[str, frozenset[tuple[str, str]]]] = set()
    for row in rows:
        told = (row.file, frozenset(row.values.items()))
        if told in seen:
            cells.fault(row, "", "the same row stands above; once is enough", Became.ROW_LEFT_OUT)
        else:
            seen.add(told)
            yield row
