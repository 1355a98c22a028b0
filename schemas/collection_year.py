"""Collection years of the children looked-after return, and the codes that each of them takes.

Source: DfE SSDA903 guides 2022/23 to 2026/27, by the sector's open validator and schemas. P2 ended
on 28 October 2023; H5 gave way to K3 from 2024/25, Z1 to Z11-Z14 from 2025/26; SEX became M, F, U
in 2024/25.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from schemas.codes import ACTIVITIES, LEGAL_STATUSES, PLACEMENTS, PROVIDERS, REASONS_CEASED

FIRST, LAST = 2022, 2026
"""The first and the last collection year that is known, by the year in which it begins."""


_WRITTEN = re.compile(r"(?:19|20)?(\d\d)[/-](?:20)?(\d\d)|(20\d\d)")


@dataclass(frozen=True, order=True, slots=True)
class CollectionYear:
    """A return's year, 1 April to 31 March, by the calendar year in which it begins."""

    begins: int

    @property
    def first_day(self) -> date:
        """1 April."""
        return date(self.begins, 4, 1)

    @property
    def last_day(self) -> date:
        """31 March."""
        return date(self.begins + 1, 3, 31)

    def __str__(self) -> str:
        """As the department writes it: 2025/26."""
        return f"{self.begins}/{(self.begins + 1) % 100:02}"


def read_year(text: str) -> CollectionYear:
    """A year as people write it: 2025/26, 2025-26, 25/26, or 2026, the year in which it ends.

    Raises:
        ValueError: it is none of these.
    """
    match = _WRITTEN.fullmatch(text.strip())
    if match and match[3]:
        return CollectionYear(int(match[3]) - 1)
    if match and (int(match[1]) + 1) % 100 == int(match[2]):
        return CollectionYear(2000 + int(match[1]))
    raise ValueError(f"a collection year is written 2025/26; {text!r} is none")


def year_of(day: date) -> CollectionYear:
    """The collection year of a day."""
    return CollectionYear(day.year if (day.month, day.day) >= (4, 1) else day.year - 1)


def _placements(year: int) -> frozenset[str]:
    gone = {"P2": 2024, "H5": 2024, "Z1": 2025}
    new = {"K3": 2024, "Z11": 2025, "Z12": 2025, "Z13": 2025, "Z14": 2025}
    return frozenset(
        code for code in PLACEMENTS if year < gone.get(code, 9999) and year >= new.get(code, 0)
    )


_ACCOMMODATION = frozenset(
    [f"{letter}{digit}" for letter in "BCDEGHKRTUVWYZ" for digit in "12"] + ["S2", "X2", "0"]
)
_ACTIVITY = frozenset([*ACTIVITIES, "0"])
_OLD_ACTIVITY = frozenset({"F3", "P3"})
_EPISODE_REASONS = frozenset("SLPTBU")
_PLACE_CHANGE = frozenset(
    {
        "CARPL", "CLOSE", "ALLEG", "STAND", "APPRR", "CREQB", "CREQO", "CHILD", "LAREQ", "PLACE",
        "CUSTOD", "OTHER",
    }
)  # fmt: skip
_ETHNIC = frozenset(
    {
        "WBRI", "WIRI", "WOTH", "WIRT", "WROM", "MWBC", "MWBA", "MWAS", "MOTH", "AIND", "APKN",
        "ABAN", "AOTH", "BCRB", "BAFR", "BOTH", "CHNE", "OOTH", "REFU", "NOBT",
    }
)  # fmt: skip
_SHARED: Mapping[tuple[str, str], frozenset[str]] = {
    ("episodes", "RNE"): _EPISODE_REASONS,
    ("episodes", "LS"): frozenset(LEGAL_STATUSES),
    ("episodes", "CIN"): frozenset(f"N{number}" for number in range(1, 9)),
    ("episodes", "PLACE_PROVIDER"): frozenset(PROVIDERS),
    ("episodes", "REC"): frozenset(REASONS_CEASED),
    ("episodes", "REASON_PLACE_CHANGE"): _PLACE_CHANGE,
    ("reviews", "REVIEW_CODE"): frozenset(f"PN{number}" for number in range(8)),
    ("oc3", "IN_TOUCH"): frozenset(["YES", "NO", "DIED", "REFU", "NREQ", "RHOM"]),
    ("oc3", "ACTIV"): _ACTIVITY,
    ("oc3", "ACCOM"): _ACCOMMODATION,
    ("header", "ETHNIC"): _ETHNIC,
    ("header", "MOTHER"): frozenset("01"),
    ("missing", "MISSING"): frozenset("AM"),
}


@cache
def codes_of(year: CollectionYear) -> Mapping[tuple[str, str], frozenset[str]]:
    """The codes of each table and column that a year takes; years before 2022/23 by its lists."""
    begins = min(max(year.begins, FIRST), LAST)
    codes = dict(_SHARED)
    codes["episodes", "PLACE"] = _placements(begins)
    codes["header", "SEX"] = frozenset("12") if begins < 2024 else frozenset("MFU")
    codes["uasc", "SEX"] = codes["header", "SEX"]
    if year.begins < FIRST:
        codes["oc3", "ACTIV"] = _ACTIVITY | _OLD_ACTIVITY
    return codes
