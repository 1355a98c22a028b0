"""Reading of values (section 1 of the rules): what stands in `data`, as it is to be understood.

"Spaces, tabs and line ends around any value of `data` are dropped; an empty value is null; a number
where text is due is its digits. Codes and words of a list are read without capitals; words also
without spaces, hyphens and underscores. A boolean may be true/false, yes/no, 1/0."
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

UNREADABLE = "(not readable)"
"""A registration or a concern that cannot be read: it is neither absent nor any of ours."""

CONCERNS = (
    "unsuitable_accommodation",
    "unregulated_placement",
    "pre_proceedings",
    "permanence",
    "visits",
    "pathway_plan",
    "missing",
)
COLOURS = ("green", "amber", "red")
REGISTRATIONS = ("registered", "applied", "unregistered", "exempt", "unknown")
UNSUITABLE_REASONS = (
    *("homeless", "custody", "bed_and_breakfast", "emergency"),
    *("shared_house", "unaffordable", "unsafe", "other"),
)
ELIGIBILITIES = ("eligible", "relevant", "former_relevant", "qualifying", "none")
TOUCHES = ("yes", "no", "refused", "not_required", "returned_home", "died")
REVIEW_KINDS = (
    *("looked_after", "pathway_plan", "accommodation_suitability"),
    *("pre_proceedings", "oversight", "risk_assessment"),
)
PLANS = (
    *("return_home", "relatives", "long_term_fostering", "residential"),
    *("supported_living", "adoption", "special_guardianship", "other"),
)


@dataclass(frozen=True)
class Unread:
    """What is left of a value that cannot be read: nothing at all, or what the text says."""

    left_out: bool = True
    instead: Any = None


Reader = Callable[[Any], Any]
"""Gives the value as understood, or `Unread`. Null never reaches it."""


def bare(value: Any) -> Any:
    """Without spaces, tabs and line ends around it; an empty value is null."""
    if isinstance(value, str):
        return value.strip(" \t\r\n") or None
    return value


def text(value: Any) -> Any:
    """Text; a number where text is due is its digits."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return str(value) if number else Unread()


def code(value: Any) -> Any:
    """A code, capitals aside; one that nobody knows is kept."""
    found = text(value)
    return found.upper() if isinstance(found, str) else Unread(left_out=False, instead=str(value))


def calendar_date(value: Any) -> Any:
    """A calendar date, written as 2026-11-20."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return Unread()
    try:
        return date.fromisoformat(value)
    except ValueError:
        return Unread()


def boolean(value: Any) -> Any:
    """true/false, yes/no, 1/0."""
    if isinstance(value, bool):
        return value
    found = text(value)
    if isinstance(found, str) and found.lower() in ("true", "yes", "1"):
        return True
    if isinstance(found, str) and found.lower() in ("false", "no", "0"):
        return False
    return Unread()


def plain(word: str) -> str:
    """Without capitals, spaces, hyphens and underscores."""
    return re.sub(r"[ _-]", "", word.lower())


def word_of(*words: str, otherwise: Unread = Unread()) -> Reader:
    """A word of a list; `otherwise` is what one that cannot be read becomes."""
    known = {plain(word): word for word in words}

    def read(value: Any) -> Any:
        found = text(value)
        return known.get(plain(found), otherwise) if isinstance(found, str) else otherwise

    return read


def suitability(value: Any) -> Any:
    """A boolean; "`suitable` is null" where it cannot be read."""
    found = boolean(value)
    return Unread(left_out=False) if isinstance(found, Unread) else found


def closing_reason(value: Any) -> Any:
    """The word died, or the source's words."""
    found = text(value)
    return "died" if isinstance(found, str) and plain(found) == "died" else found


def rating(value: Any) -> Any:
    """A rating: each of its four values read by itself."""
    if not isinstance(value, dict):
        return Unread()
    readers = {
        "rag": word_of(*COLOURS),
        "rationale": text,
        "authorised_by": text,
        "expires": calendar_date,
    }
    understood: dict[str, Any] = {}
    for name, reader in readers.items():
        raw = bare(value.get(name))
        found = None if raw is None else reader(raw)
        understood[name] = None if isinstance(found, Unread) else found
    return understood


DATES = (
    *("date", "date_of_birth", "registration_applied_on", "expected_end", "letter_sent_on"),
    *("first_meeting_on", "until", "issued_on", "next_due", "due"),
)
BOOLEANS = (
    *("deprivation_of_liberty", "move_on_plan", "on_time"),
    *("seen_alone", "offered", "accepted"),
)
TEXTS = (
    *("care_id", "placement_id", "accommodation_id", "period_id", "missing_id", "plan_id"),
    *("review_id", "action_id", "escalation_id", "into", "id", "owner", "what"),
    *("urn", "country", "approved_by", "authorised_by", "family_id"),
)
READERS: dict[str, Reader] = {
    **dict.fromkeys(DATES, calendar_date),
    **dict.fromkeys(BOOLEANS, boolean),
    **dict.fromkeys(TEXTS, text),
    "code": code,
    "legal_status": code,
    "provider": code,
    "rating": rating,
    "suitable": suitability,
    "registration": word_of(*REGISTRATIONS, otherwise=Unread(left_out=False, instead=UNREADABLE)),
    "unsuitable_reason": word_of(
        *UNSUITABLE_REASONS, otherwise=Unread(left_out=False, instead="other")
    ),
    "eligibility": word_of(*ELIGIBILITIES, otherwise=Unread(left_out=False, instead="qualifying")),
    "in_touch": word_of(*TOUCHES, otherwise=Unread(left_out=False, instead="no")),
    "concern": word_of(*CONCERNS, otherwise=Unread(left_out=False, instead=UNREADABLE)),
    "full_time_education": word_of("none", "further", "higher"),
    "date_basis": word_of("exact", "by_this_date"),
}
READERS_OF_EVENTS: dict[tuple[str, str], Reader] = {
    ("care.ended", "reason"): code,
    ("person.closed", "reason"): closing_reason,
    ("review.completed", "kind"): word_of(*REVIEW_KINDS),
    ("visit.completed", "kind"): word_of("looked_after", "care_leaver"),
    ("missing.started", "kind"): word_of("missing", "absent"),
    ("permanence.agreed", "plan"): word_of(*PLANS),
    ("pre_proceedings.ended", "outcome"): word_of("step_down", "care_proceedings", "other"),
}


def understood(event_name: str, data: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The data as it is to be understood, and the names of the fields that cannot be read."""
    found: dict[str, Any] = {}
    unread: list[str] = []
    for name, raw in data.items():
        value = bare(raw)
        reader = READERS_OF_EVENTS.get((event_name, name)) or READERS.get(name)
        if value is not None and reader is not None:
            value = reader(value)
        if isinstance(value, Unread):
            unread.append(name)
            if value.left_out:
                continue
            value = value.instead
        found[name] = value
    return found, tuple(unread)
