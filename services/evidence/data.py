"""The data beneath a pack of evidence: tables as CSV, a row for each thing of each case."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import orjson

from services.assessment.action_line import ActionStretch
from services.evidence.collect import CaseEvidence, ColourAsKnown, MailNaming, Red
from services.oversight.case_history import HistoryEntry
from services.oversight.wording import ACTION_KINDS
from services.spreadsheets import csv_of

Row = list[Any]


class _Table(NamedTuple):
    """One table: its columns after that of the case, and the rows of a case."""

    columns: Sequence[str]
    rows: Callable[[CaseEvidence], Iterable[Row]]


def _history(e: HistoryEntry) -> Row:
    facts = orjson.dumps(dict(e.facts)).decode() if e.facts else ""
    return [e.on, e.at, e.known_on, e.kind, e.title, e.text, e.by, e.counts, facts]


def _colour(c: ColourAsKnown) -> Row:
    return [c.reference, c.concern, c.start, c.rag or "not known", c.reason]


def _red(r: Red) -> Row:
    return [r.concern, r.since, r.known_on, r.ended_on, r.green_on, r.days_to_green]


def _action(a: ActionStretch) -> Row:
    dates = [a.agreed, a.first_due, a.due, len(a.moves)]
    return [a.concern, ACTION_KINDS[a.kind], a.what, a.owner, *dates, a.state, a.closed_on]


def _mail(m: MailNaming) -> Row:
    return [m.week, m.recipient, m.state, m.sent_at]


_TABLES = {
    "history": _Table(
        ("On", "Moment", "Known here on", "Kind", "What", "More", "By", "Counts", "Facts"),
        lambda case: map(_history, case.history),
    ),
    "colours-as-known": _Table(
        ("Known as", "Concern", "From", "Colour, as known then", "Why"),
        lambda case: map(_colour, case.colours),
    ),
    "reds": _Table(
        ("Concern", "Red since", "Known here on", "Not red from", "Green from", "Days to green"),
        lambda case: map(_red, case.reds),
    ),
    "actions": _Table(
        (
            "Concern", "Kind", "What", "Owner", "Agreed", "First due", "Due", "Moved", "State",
            "Closed",
        ),
        lambda case: map(_action, case.actions),
    ),
    "told": _Table(("Week", "Recipient", "State", "Sent"), lambda case: map(_mail, case.mails)),
}  # fmt: skip


def data_of(cases: Sequence[CaseEvidence]) -> dict[str, str]:
    """Every table by the name of its file."""
    return {f"data/{name}.csv": _csv(table, cases) for name, table in _TABLES.items()}


def _csv(table: _Table, cases: Sequence[CaseEvidence]) -> str:
    rows = ((case.person, *row) for case in cases for row in table.rows(case))
    return csv_of(("Case", *table.columns), rows)
