"""Stretches of the case line as rows of the store, and back."""

from collections.abc import Iterable
from datetime import date
from operator import attrgetter
from typing import Any

from sqlalchemy import Row

from schemas.status import Concern, Rag
from services.assessment.stretch import Acknowledgement, Arrangement, Explained, OpenAction, Stretch
from services.store.columns import FOR_GOOD
from services.store.tables import cases

COLUMNS = tuple(cases.c)

_AS_THEY_ARE = (
    "person", "start", "period", "rated_down", "statutory", "urgency", "category", "family_id",
    "since", "since_basis", "waiting_since", "not_green_since", "next_change", "red_since",
    "known_on", "team", "service", "personal_adviser", "social_worker", "team_manager",
    "reviewing_officer", "owned",
    "late_actions", "action_due", "review_due", "step", "step_line", "step_counted_from",
    "step_reached_on", "outcome", "red_ended_on", "reviewed_on",
    "at_baseline",
)  # fmt: skip
_as_they_are = attrgetter(*_AS_THEY_ARE)


def row_of(stretch: Stretch) -> dict[str, Any]:
    """A stretch as a row."""
    row: dict[str, Any] = dict(zip(_AS_THEY_ARE, _as_they_are(stretch), strict=True))
    row["concern"] = stretch.concern.value
    row["until"] = stretch.end or FOR_GOOD
    row["rag"] = stretch.rag.value
    row["rule_rag"] = stretch.rule_rag.value
    row["rules"] = words(stretch.rules)
    row["awaiting"] = words(stretch.awaiting)
    row["open_actions"] = len(stretch.actions)
    row["actions"] = [[*item[:4], item.due.isoformat()] for item in stretch.actions]
    row["acknowledged"] = [[a.on.isoformat(), a.by, a.role] for a in stretch.acknowledged]
    where = stretch.arrangement
    row["arrangement"] = where.kind if where else ""
    row["arranged_since"] = where.since if where else None
    row["approved_by"] = where.approved_by if where else None
    said = stretch.explained
    row["explained"] = [said.on.isoformat(), said.why, said.by] if said else None
    return row


def stretch_of(row: Row[Any]) -> Stretch:
    """A row as a stretch."""
    return Stretch(
        **{name: getattr(row, name) for name in _AS_THEY_ARE},
        concern=Concern(row.concern),
        end=None if row.until == FOR_GOOD else row.until,
        rag=Rag(row.rag),
        rule_rag=Rag(row.rule_rag),
        rules=tuple(row.rules.split()),
        awaiting=tuple(row.awaiting.split()),
        actions=tuple(
            OpenAction(id_, kind, owner, role, date.fromisoformat(due))
            for id_, kind, owner, role, due in row.actions
        ),
        acknowledged=tuple(
            Acknowledgement(date.fromisoformat(on), by, role) for on, by, role in row.acknowledged
        ),
        arrangement=Arrangement(row.arrangement, row.arranged_since, row.approved_by)
        if row.arrangement
        else None,
        explained=row.explained
        and Explained(date.fromisoformat(row.explained[0]), *row.explained[1:]),
    )


def words(values: Iterable[str]) -> str:
    """Words between spaces, so that one of them can be looked for with a space on either side."""
    found = " ".join(values)
    return f" {found} " if found else ""
