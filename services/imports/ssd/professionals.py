"""Professionals as a staff directory: id, e-mail, role and team. No name is kept."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime

from services.imports.dates import day_told
from services.imports.rows import Row
from services.records.staff import StaffMember

_ROLES: tuple[tuple[str, str], ...] = (
    ("director of children", "chief_officer"),
    ("head of service", "head_of_service"),
    ("service manager", "head_of_service"),
    ("manager", "team_manager"),
    ("personal advis", "personal_adviser"),
    ("social worker", "personal_adviser"),
)
"""What a job title has in it, and the role that is here; the first that fits."""


def role_of(title: str) -> str:
    """The role of a job title; empty for those who hold no cases, such as a GP."""
    told = " ".join(title.casefold().split())
    if "assistant" in told and "manager" not in told:
        return ""
    return next((role for words, role in _ROLES if words in told), "")


def members_of(
    rows: Iterable[Row],
    source: str,
    template: str,
    allocated: Collection[str],
    at: datetime,
    today: date,
) -> Iterator[StaffMember]:
    """Who works here: those whose title says a role, and those to whom cases are allocated.

    `template` makes the address where the table has none: `{staff_id}@council.example`.
    """
    for row in rows:
        role = role_of(row["title"]) or ("personal_adviser" if row["id"] in allocated else "")
        if not row["id"] or not role:
            continue
        address = row["address"]
        if not address and template and row["staff_id"]:
            address = template.replace("{staff_id}", row["staff_id"]).replace("{id}", row["id"])
        gone = _day(row["end"])
        yield StaffMember(
            id=row["id"],
            source=source,
            address=address,
            role=role,
            team=row["team"],
            gone_on=gone if gone and gone <= today else None,
            told_at=at,
        )


def _day(told: str) -> date | None:
    try:
        return day_told(told)
    except ValueError:
        return None
