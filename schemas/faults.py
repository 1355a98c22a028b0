"""What is wrong with an event, in plain sentences that name the field, the value and the cure."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

MISSING = "(missing)"
_LONGEST_VALUE = 80


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong field: its name, the value as it came, and a sentence saying what is right."""

    field: str
    value: str
    sentence: str


def show(value: Any) -> str:
    """A value as it came, short enough for a sentence."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        text = str(type(value).__name__)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def fault(field: str, value: Any, cure: str) -> Fault:
    """A fault of one field that is there and wrong."""
    shown = show(value)
    return Fault(field, shown, f"{field} is {shown}; {cure}.")


def missing(field: str, cure: str) -> Fault:
    """A fault of one field that is not there."""
    return Fault(field, MISSING, f"{field} is missing; {cure}.")


def faults_of(error: ValidationError, under: str = "") -> list[Fault]:
    """Every fault that pydantic found, one for each field, as sentences."""
    found: dict[str, Fault] = {}
    for item in error.errors(include_url=False):
        steps = [str(step) for step in item["loc"]]
        field = ".".join([under, *steps] if under else steps) or "event"
        if field in found:
            continue
        if item["type"] == "missing" or (item["input"] is None and item["type"] != "none_required"):
            found[field] = (
                missing(field, "it is required")
                if item["type"] == "missing"
                else (fault(field, None, f"it cannot be empty: {_cure(item)}"))
            )
        else:
            found[field] = fault(field, item["input"], _cure(item))
    return list(found.values())


def sentences(faults: Iterable[Fault]) -> str:
    """All faults in one line of text."""
    return " ".join(item.sentence for item in faults)


def _cure(item: Any) -> str:
    """What would be right, from pydantic's own error type."""
    kind, context = item["type"], item.get("ctx", {})
    if kind in {"literal_error", "enum"}:
        return f"it must be {context['expected']}"
    if kind.startswith("bool"):
        return "it must be true or false, without quotes"
    if kind.startswith("string") or kind == "too_short":
        return "it must be text of at least one character, in quotes"
    if kind.startswith(("model", "dict")):
        return "it must be an object in braces"
    message = str(item["msg"])
    return message[0].lower() + message[1:]
