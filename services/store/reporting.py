"""Views for reports of a council's own (Power BI, R, SQL): stable names and columns, documented.

A view shows nobody who is restricted to named readers, and no free text. Columns are added to a
view, never renamed or taken away, while a version is supported (docs/reporting.md).
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnClause, Select, column, select, table
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class ReportingView:
    """A view: what a row of it is, and what each of its columns means.

    `is_line` says that a row holds for the days from `valid_from` up to `valid_until`.
    """

    name: str
    row: str
    columns: Mapping[str, str]
    is_line: bool = False

    def kinds(self) -> dict[str, type]:
        """The type of each column that is no text."""
        return {name: kind for name, kind in _KINDS.items() if name in self.columns}


_KINDS: Mapping[str, type] = {
    **dict.fromkeys(
        ("valid_from", "valid_until", "since", "not_green_since", "next_change", "next_action_due",
         "review_due", "reviewed_on", "escalated_on", "agreed", "first_due", "due", "closed_on",
         "raised", "formal_since", "resolved_on", "counted_from", "owed_until", "done_on",
         "plain_on", "as_of"),
        date,
    ),
    **dict.fromkeys(("open_actions", "late_actions", "level", "place"), int),
    **dict.fromkeys(("value", "numerator", "denominator"), float),
    "rated_down": bool,
}  # fmt: skip
_WHOSE = {
    "team": "the team that holds the case",
    "service": "the service of that team",
    "personal_adviser": "the personal adviser, by staff id",
    "social_worker": "the social worker, by staff id",
    "reviewing_officer": "the Independent Reviewing Officer, by staff id",
}
_HOLDS = {
    "valid_from": "the first day on which the row holds",
    "valid_until": "the day from which it holds no more; 9999-12-31 for good",
}

VIEWS = (
    ReportingView(
        "reporting_cases",
        "One concern of one young person, for a run of days on which nothing of it changes.",
        {
            "person": "the case reference",
            "concern": "the concern",
            **_HOLDS,
            "colour": "red, amber, green, or none where the concern does not apply",
            "colour_by_rules": "what the rules say, before anybody's rating",
            "rated_down": "whether a rating shows less than the rules say",
            "statutory": "what law or the return calls it: unlawful, lawful, unsuitable, suitable",
            "reason": "why, in a few words",
            "rules": "the rules that give the colour, worst first, between spaces",
            "since": "the first day of this colour",
            "since_basis": "exact, or at_least where only that it was so by then is known",
            "not_green_since": "the first day of the run of amber or red by the rules",
            "next_change": "the day on which the colour changes by itself",
            **_WHOSE,
            "open_actions": "how many actions are open",
            "late_actions": "how many of them are late",
            "next_action_due": "when the first of them is due",
            "review_due": "by when a review, a visit or a plan is due",
            "reviewed_on": "when the case was last reviewed, or the young person seen",
            "escalated_to": "how far a red has climbed",
            "escalated_on": "when it reached that step",
        },
        is_line=True,
    ),
    ReportingView(
        "reporting_actions",
        "One action, for a run of days on which nothing of it changes.",
        {
            "person": "the case reference",
            "action_id": "the action, by the id of its source",
            **_HOLDS,
            "concern": "the concern that it is to remedy",
            "kind": "what it does, in a word",
            "owner": "whose it is, by staff id",
            "agreed": "the day on which it was agreed",
            "first_due": "the first day by which it was due",
            "due": "the day by which it is due that counts",
            "state": "open, done or cancelled",
            "closed_on": "the day on which it was done or cancelled",
        },
        is_line=True,
    ),
    ReportingView(
        "reporting_escalations",
        "One escalation of a reviewing officer, for a run of days on which nothing of it changes.",
        {
            "person": "the case reference",
            "escalation_id": "the escalation, by the id of its source",
            **_HOLDS,
            "stage": "informal or formal",
            "level": "the level that a formal one reached; 0 while informal",
            "raised": "the day on which it was raised",
            "formal_since": "the day on which it became formal",
            "due": "the day by which it is to be resolved, or taken higher",
            "resolved_on": "the day on which it was resolved",
        },
        is_line=True,
    ),
    ReportingView(
        "reporting_duties",
        "What is to be done for a looked-after child by a day, and when it was done.",
        {
            "person": "the case reference",
            "kind": "officer_named or review_held",
            "place": "which it is of its kind, from 1",
            "counted_from": "the day from which its days count",
            "due": "the last day on which it is in time",
            "owed_until": "when the child stops being looked after; 9999-12-31 for good",
            "done_on": "the day on which it was done",
            "plain_on": "the day on which it was plain whether it was in time",
        },
    ),
    ReportingView(
        "reporting_reported",
        "One case as one week's report gave it: what was told stays told.",
        {
            "week": "the report, by its ISO week",
            "as_of": "the day of the report",
            "person": "the case reference of then",
            "concern": "the concern",
            "colour": "the colour that was told",
            "colour_by_rules": "that of the rules",
            "since": "since when, as it was told",
            **_WHOSE,
        },
    ),
    ReportingView(
        "reporting_measures",
        "One oversight measure of the whole council as one week's report gave it.",
        {
            "week": "the report, by its ISO week",
            "as_of": "the day of the report",
            "measure": "the measure, by its id",
            "value": "its figure, in its unit",
            "numerator": "of a share, how many",
            "denominator": "of how many",
            "state": "met, on course, off course, missed, not known, or no target",
        },
    ),
)
"""Every view, in the order in which the data dictionary has them."""


def rows_of(view: ReportingView, day: date) -> Select[Any]:
    """The rows of a view on a day: of a line those that hold on it, of all others every row."""
    columns: list[ColumnClause[Any]] = [column(name) for name in view.columns]
    rows = select(*columns).select_from(table(view.name, *columns))
    if view.is_line:
        rows = rows.where(column("valid_from") <= day, column("valid_until") > day)
    return rows.order_by(*columns[:3])


async def read(
    connection: AsyncConnection, view: ReportingView, day: date
) -> AsyncGenerator[tuple[Any, ...], None]:
    """The rows of a view on a day, as they are read."""
    async with connection.stream(rows_of(view, day)) as rows:
        async for row in rows:
            yield tuple(row)
