"""The staff directory from the table Professionals: id, e-mail, role and team. No name is kept."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime

from services.imports.tabular.dates import parse_day
from services.imports.tabular.layouts import Row
from services.store.staff import StaffMember

_MANAGER = re.compile(r"\b(team|practice) (manager|leader)\b")
_ADVISER = re.compile(r"\bpersonal advis[eo]r\b|\bsocial worker\b")
_NO_CASES = re.compile(r"\b(pa|assistant|secretary|support|administrator) to\b|business support")


def role_of(title: str) -> str:
    """The role of a job title; empty for those who hold no cases and lead no team.

    Heads of service and the chief officer are named by hand: they may see the most, and a title is
    easily misread.
    """
    text = " ".join(title.casefold().split())
    if _NO_CASES.search(text):
        return ""
    if _MANAGER.search(text):
        return "team_manager"
    return "personal_adviser" if _ADVISER.search(text) else ""


def members_of(
    rows: Iterable[Row],
    source: str,
    template: str,
    allocated: Collection[str],
    departments: Mapping[str, str],
    as_at: datetime,
    today: date,
) -> Iterator[StaffMember]:
    """The members of staff: those whose title says a role, and those to whom cases are allocated.

    `template` makes the address where the table has none: `{staff_id}@council.example`.
    `departments` are names of teams to the ids by which cases name them.
    """
    seen = set()
    for row in rows:
        role = role_of(row["title"]) or ("personal_adviser" if row["id"] in allocated else "")
        if not row["id"] or not role or row["id"] in seen:
            continue
        seen.add(row["id"])
        address = _without_marks(row["address"])
        if not address and template and row["staff_id"]:
            address = template.replace("{staff_id}", row["staff_id"]).replace("{id}", row["id"])
        gone = _day(row["end"])
        yield StaffMember(
            id=row["id"],
            source=source,
            address=address,
            role=role,
            team=departments.get(row["team"].casefold(), row["team"]),
            gone_on=gone if gone and gone <= today else None,
            as_at=as_at,
        )


def _without_marks(address: str) -> str:
    """An address without the invisible characters that copying leaves in it."""
    return "".join(char for char in address if unicodedata.category(char) != "Cf").strip()


def _day(cell: str) -> date | None:
    try:
        return parse_day(cell)
    except ValueError:
        return None
