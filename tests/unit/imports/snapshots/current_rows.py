"""Rows of one young person as they may change from snapshot to snapshot, and what is held of them.

`expected` reads rows, and `known` reads the facts that the rules are asked about: neither knows how
the one becomes the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hypothesis import strategies as st

from schemas.events.permanence import PermanenceAgreed
from schemas.events.review import ReviewCompleted
from services.assessment.facts import Facts, Spell
from services.assessment.temporal import FOREVER, AsOf, as_date
from tests.unit.imports.snapshots.extract import Rows

Value = str | bool | None

PLACES: Mapping[str, Sequence[Value]] = {
    "code": ("U6", "K2", "Z12"),
    "registration": (None, "registered", "unknown"),
    "deprivation_of_liberty": (None, True, False),
    "provider": (None, "PR1"),
}
FIELDS: Mapping[str, Mapping[str, Sequence[Value]]] = {
    "people": {
        "eligibility": (None, "eligible", "relevant"),
        "in_touch": (None, "yes", "no"),
        "team": (None, "north", "south"),
        "date_of_birth": (None, "2009-05-01", "2009-06-01"),
    },
    "care": {"legal_status": (None, "C2", "V2")},
    "placements": PLACES,
    "accommodation": {
        "code": ("U", "S", "D"),
        "suitable": (None, True, False),
        "unsuitable_reason": (None, "homeless", "unsafe"),
        "expected_end": (None, "2026-06-01", "2026-07-01"),
    },
    "pre_proceedings": {
        "letter_sent_on": (None, "2026-02-01", "2026-02-02"),
        "family_id": (None, "f1", "f2"),
    },
    "plans": {
        "plan": ("adoption", "relatives"),
        "parallel_plan": (None, "relatives", "adoption"),
    },
    "reviews": {
        "kind": ("looked_after", "pathway_plan"),
        "on_time": (None, True, False),
        "next_due": (None, "2026-08-01", "2026-09-01"),
    },
    "actions": {
        "concern": ("permanence",),
        "what": ("ask the panel", "ask again"),
        "owner": ("w1", "w2"),
        "due": ("2026-03-20", "2026-04-20"),
        "kind": ("panel", "legal"),
    },
}
KINDS = tuple(FIELDS)
IDS = {
    "people": "person", "care": "care_id", "placements": "placement_id",
    "accommodation": "accommodation_id", "pre_proceedings": "period_id", "plans": "plan_id",
    "reviews": "review_id", "actions": "action_id",
}  # fmt: skip
SPELLS = ("care", "placements", "accommodation", "pre_proceedings")
CHANGING = (*SPELLS, "actions")
"""Kinds of which a change can be told."""
BEGINS = {"plans": "date", "reviews": "date", "actions": "date", "people": "since"}
ENDS = {
    "people": (), "plans": ("withdrawn_on",), "reviews": (),
    "actions": ("completed_on", "cancelled_on"),
}  # fmt: skip


@dataclass(frozen=True)
class TimedSnapshot:
    """One snapshot of a sequence: how many hours after the one before, and its rows."""

    hours: int
    rows: dict[str, list[dict[str, Value]]] = field(default_factory=dict)


def cell(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value or ""


def cells(rows: Mapping[str, Sequence[Mapping[str, Value]]]) -> Rows:
    return {
        kind: [{"person": "p1"} | {k: cell(v) for k, v in row.items()} for row in of_kind]
        for kind, of_kind in rows.items()
    }


STARTS = ("2026-01-10", "2026-01-31", "2026-02-20")
ENDINGS = ("2026-02-20", "2026-02-28")


def a_row(kind: str, id_: str, **more: st.SearchStrategy[Value]) -> st.SearchStrategy[Any]:
    """A row of a kind: any field may say anything, and it may have ended."""
    columns: dict[str, st.SearchStrategy[Any]] = {
        name: st.sampled_from(values) for name, values in FIELDS[kind].items()
    }
    if kind != "people":
        columns[IDS[kind]] = st.just(id_)
        columns[BEGINS.get(kind, "start")] = st.sampled_from(STARTS)
    for ending in ENDS.get(kind, ("end",)):
        columns[ending] = st.one_of(st.none(), st.sampled_from(ENDINGS))
    return st.fixed_dictionaries(columns | more)


def snapshot_sequences(
    kind: str, most: int = 5, /, **more: st.SearchStrategy[Value]
) -> st.SearchStrategy[list[TimedSnapshot]]:
    """Snapshots of one kind in turn; rows appear, change, vanish and come back."""
    ids = ("",) if kind == "people" else ("1", "2")
    rows = st.tuples(
        *(st.one_of(a_row(kind, id_, **more), a_row(kind, id_, **more), st.none()) for id_ in ids)
    ).map(lambda row_list: {kind: [row for row in row_list if row is not None]})
    hours = st.sampled_from((1, 24, 24 * 9))
    return st.lists(st.builds(TimedSnapshot, hours, rows), min_size=1, max_size=most)


def ordinal_of(value: Value) -> int:
    return date.fromisoformat(str(value)).toordinal() if value else FOREVER


def expected(kind: str, row: Mapping[str, Value]) -> dict[str, Any]:
    """What a row says: from when, until when, and its fields; only of columns that it has."""
    fields: dict[str, Any] = {name: row[name] for name in FIELDS[kind] if name in row}
    begins = BEGINS.get(kind, "start")
    if kind != "people" and row.get(begins):
        fields["from"] = row[begins]
    endings = ENDS.get(kind, ("end",))
    if endings:
        fields["until"] = day(min(ordinal_of(row.get(ending)) for ending in endings))
    if kind == "people" and "closed_on" in row:
        fields["until"] = row["closed_on"]
    return fields


def known(facts: Facts, kind: str, on: date) -> dict[str, dict[str, Any]]:
    """What is known of a kind on a day, by id; a field that nobody told is None."""
    asked = AsOf(on.toordinal())
    found: dict[str, dict[str, Any]] = {}
    if kind == "people":
        fields = {
            "eligibility": facts.eligibility.on(asked),
            "in_touch": facts.in_touch.on(asked).answer,
            "team": facts.staff["team"].on(asked),
            "date_of_birth": facts.born and str(facts.born),
            "until": str(facts.closings[-1].date) if facts.closings else None,
        }
        return {"": fields} if any(fields.values()) else {}
    if kind in SPELLS:
        for spell in spells_of(facts, kind):
            content = spell.content.on(AsOf(max(asked.day, spell.start)))
            found[spell.id] = {
                "from": day(spell.start),
                "until": day(spell.ended_on),
                **{name: plain(content.get(name)) for name in FIELDS[kind]},
            }
    elif kind == "plans":
        for plan in facts.plans:
            assert isinstance(plan.fact.data, PermanenceAgreed)
            found[plan.fact.data.plan_id] = {
                "from": day(plan.day), "until": day(plan.withdrawn),
                **{name: getattr(plan.fact.data, name) for name in FIELDS[kind]},
            }  # fmt: skip
    elif kind == "reviews":
        for review in facts.reviews:
            assert isinstance(review.data, ReviewCompleted)
            found[review.data.review_id] = {
                "from": str(review.date),
                **{name: plain(getattr(review.data, name)) for name in FIELDS[kind]},
            }
    elif kind == "actions":
        for action in facts.actions:
            then = AsOf(max(asked.day, action.agreed))
            found[action.id] = {
                "from": day(action.agreed), "until": day(action.closed),
                "concern": str(action.concern), "what": action.what.on(then),
                "owner": action.owner.on(then), "due": day(action.due.on(then)),
                "kind": action.kind.on(then),
            }  # fmt: skip
    return found


def spells_of(facts: Facts, kind: str) -> Sequence[Spell]:
    if kind == "placements":
        return [*facts.main_placements, *facts.temporary_placements]
    spells: dict[str, Sequence[Spell]] = {
        "care": facts.care, "accommodation": facts.dwellings,
        "pre_proceedings": facts.pre_proceedings,
    }  # fmt: skip
    return spells[kind]


def day(ordinal: int) -> str | None:
    on = as_date(ordinal)
    return str(on) if on else None


def plain(value: Any) -> Value:
    return str(value) if isinstance(value, date) else value
