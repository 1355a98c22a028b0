"""How sources write what they mean: odd spellings, numbers for text, empty values, nonsense.

What is required stays readable, so that every invented event is accepted under the contract.
"""

from __future__ import annotations

import random
from typing import Any

from .values import BOOLEANS, DATES, TEXTS

BOOLEAN_FIELDS = frozenset({*BOOLEANS, "suitable"})
DATE_FIELDS = frozenset(DATES)
TEXT_FIELDS = frozenset(TEXTS)
CODE_FIELDS = frozenset({"code", "legal_status", "provider"})
YES = ("yes", "YES", " Yes ", "true", "True", 1, "1")
NO = ("no", "No\n", "false", "FALSE", 0, "0")
WRONG_DATES = ("soon", "31/12/2025", "2025-02-30", 20251231, "2025-6-1")
WRONG_BOOLEANS = ("perhaps", "y", 2, "not yet")
WRONG_WORDS = ("damp", "phone off", "not registered", "permanance", 7, "see file")
EMPTY = ("", " ", "\t")
REQUIRED = {
    "person.merged": "into",
    "person.closed": "date",
    "care.started": "care_id date",
    "care.changed": "care_id date",
    "care.ended": "care_id date",
    "placement.started": "placement_id date code",
    "placement.changed": "placement_id date",
    "placement.ended": "placement_id date",
    "accommodation.started": "accommodation_id date code",
    "accommodation.changed": "accommodation_id date",
    "accommodation.ended": "accommodation_id date",
    "pre_proceedings.started": "period_id date",
    "pre_proceedings.changed": "period_id date",
    "pre_proceedings.extended": "period_id date until",
    "pre_proceedings.ended": "period_id date",
    "permanence.agreed": "plan_id date plan",
    "permanence.withdrawn": "plan_id date",
    "review.completed": "review_id date kind",
    "action.agreed": "action_id date concern what owner due",
    "action.changed": "action_id date",
    "action.completed": "action_id date",
    "action.cancelled": "action_id date",
    "escalation.raised": "escalation_id date stage",
    "escalation.resolved": "escalation_id date",
    "missing.started": "missing_id date",
    "missing.ended": "missing_id date",
    "return_interview.completed": "date",
    "visit.completed": "date",
    "event.retracted": "id",
    "person.updated": "",
}


def written(rng: random.Random, name: str, data: dict[str, Any]) -> dict[str, Any]:
    """The data as a source may write it: mostly plainly, now and then otherwise or wrongly."""
    if rng.random() < 0.5:
        return data
    required = REQUIRED[name].split()
    return {
        field: value_written(rng, name, field, value, required=field in required)
        for field, value in data.items()
    }


def value_written(rng: random.Random, name: str, field: str, value: Any, *, required: bool) -> Any:
    """One value, perhaps in other words, perhaps not a value of its field."""
    if field == "rating" and isinstance(value, dict):
        return {
            one: value_written(rng, name, one, text, required=False) for one, text in value.items()
        }
    draw = rng.random()
    if not required and draw < 0.07 and not free_text(name, field):
        return wrong(rng, field)
    if value is None:
        return rng.choice((None, *EMPTY)) if draw < 0.4 else None
    if not required and draw < 0.1:
        return rng.choice(EMPTY)
    return otherwise(rng, name, field, value) if draw < 0.35 else value


def free_text(name: str, field: str) -> bool:
    """Text that anything could be, and codes, which are kept."""
    if field in {"urn", "country"}:
        return False
    return field in TEXT_FIELDS | CODE_FIELDS or (name.endswith(".ended") and field == "reason")


def wrong(rng: random.Random, field: str) -> Any:
    """Something that cannot be read as this field."""
    if field in DATE_FIELDS:
        return rng.choice(WRONG_DATES)
    if field in BOOLEAN_FIELDS:
        return rng.choice(WRONG_BOOLEANS)
    return rng.choice(WRONG_WORDS)


def otherwise(rng: random.Random, name: str, field: str, value: Any) -> Any:
    """The same value, written in another way."""
    if isinstance(value, bool):
        return rng.choice(YES if value else NO) if field in BOOLEAN_FIELDS else value
    if not isinstance(value, str):
        return value
    around = rng.choice((" {}", "{} ", "\t{}\n", "{}\r\n", "{}"))
    if field in DATE_FIELDS:
        return around.format(value)
    if field in TEXT_FIELDS or field == "rationale":
        number = value.isascii() and value.isdigit() and not value.startswith("0")
        return int(value) if number and rng.random() < 0.6 else around.format(value)
    if field in CODE_FIELDS or (name == "care.ended" and field == "reason"):
        return around.format(rng.choice((value, value.lower())))
    words = rng.choice((" ", "-", "_", "")).join(value.split("_"))
    return around.format(rng.choice((words, words.upper(), words.title(), words)))
