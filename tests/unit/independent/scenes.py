"""Scenes of invented lives: who they are, their care, placements, dwellings and plans."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from .life_builder import date_of_birth
from .values import PLANS
from .vocabulary import (
    ELIGIBLE,
    HOMES,
    JUDGED,
    OUTCOMES,
    PLACES,
    REASONS,
    REGISTRATIONS,
    STATUSES,
    TOUCHES,
    UNFIT,
    URNS,
)

if TYPE_CHECKING:
    from .life_builder import LifeBuilder


def person(t: LifeBuilder) -> None:
    """A birth, told, unknown, or taken back; eligibility; touch; education."""
    if t.chance(0.75):
        initials = t.maybe(0.2, initials="A.B.")
        t.add("person.updated", None, date_of_birth=date_of_birth(t), **initials)
        if t.chance(0.12):
            t.add("person.updated", t.day(), date_of_birth=t.rng.choice((None, date_of_birth(t))))
    for _ in range(t.rng.choice((0, 1, 1, 2, 3))):
        day = t.day() if t.chance(0.7) else None
        t.add("person.updated", day, eligibility=t.rng.choice(ELIGIBLE))
    for _ in range(t.rng.choice((0, 0, 1, 2, 3))):
        day = t.day() if t.chance(0.7) else None
        touch = t.rng.choice(TOUCHES)
        t.add("person.updated", day, in_touch=touch, **t.maybe(0.1, eligibility=None))
        if t.chance(0.3) and day:
            t.add("person.updated", t.after(day), in_touch=touch)
    if t.chance(0.06):
        day = t.day()
        t.add("person.updated", day, in_touch="died")
        t.add("person.updated", t.after(day), in_touch=t.rng.choice(("yes", "no", None)))
    if t.chance(0.35):
        level = t.rng.choice(("higher", "higher", "higher", "further", "none", None))
        t.add("person.updated", t.day(), full_time_education=level, **t.maybe(0.3, team="t1"))


def basis(t: LifeBuilder) -> dict[str, Any]:
    """Now and then the source knows only that it was so by then."""
    return t.maybe(0.15, date_basis=t.rng.choice(("by_this_date", "by_this_date", "exact")))


def care(t: LifeBuilder, *, first: bool = False) -> None:
    """A care period that follows, overlaps, continues or is never started."""
    key, day = t.key("c"), t.first if first else t.day()
    if t.chance(0.96):
        status = t.maybe(0.8, legal_status=t.rng.choice(STATUSES))
        t.add("care.started", day, care_id=key, **status, **basis(t))
    for _ in range(t.rng.choice((0, 0, 0, 1, 2))):
        when = t.after(day)
        t.add("care.changed", when, care_id=key, legal_status=t.rng.choice(STATUSES))
    if t.chance(0.25 if first else 0.55):
        reason, end = t.rng.choice(REASONS), t.after(day)
        t.add("care.ended", end, care_id=key, **t.maybe(0.85, reason=reason))
        if t.chance(0.25):
            start = end + timedelta(days=t.rng.choice((0, 0, 0, 1)))
            t.add("care.started", start, care_id=t.key("c"), **basis(t))


def registered(t: LifeBuilder) -> dict[str, Any]:
    """What is told of a registration."""
    return t.maybe(0.55, registration=t.rng.choice(REGISTRATIONS), urn=t.rng.choice(URNS))


def placement(t: LifeBuilder) -> None:
    """A placement, main or temporary, with what its registration says and when that changes."""
    key, day = t.key("p"), t.day()

    def details() -> dict[str, Any]:
        applied = t.rng.choice((date(2023, 10, 27), date(2023, 10, 28), t.day(), None))
        fields = registered(t) | t.maybe(
            0.3,
            registration_applied_on=applied.isoformat() if applied else None,
            approved_by=t.rng.choice(("d1", "d1", "", None)),
            deprivation_of_liberty=True,
        )
        countries = ("England", "ENGLAND", "Wales", "Scotland", None)
        return fields | t.maybe(0.15, country=t.rng.choice(countries))

    if t.chance(0.97):
        about = details() | basis(t)
        t.add("placement.started", day, placement_id=key, code=t.rng.choice(PLACES), **about)
    for _ in range(t.rng.choice((0, 0, 0, 1, 1, 2))):
        moved = details() | t.maybe(0.3, code=t.rng.choice((*PLACES, None)))
        t.add("placement.changed", t.after(day), placement_id=key, **moved)
    if t.chance(0.5):
        t.add("placement.ended", t.after(day), placement_id=key, **t.maybe(0.3, reason="CHILD"))


def dwelling(t: LifeBuilder) -> None:
    """An address, with judgements, and changes that come before it starts."""
    key, day = t.key("a"), t.day()

    def details() -> dict[str, Any]:
        end = t.rng.choice((t.after(day), None))
        return t.maybe(0.7, suitable=t.rng.choice(JUDGED)) | t.maybe(
            0.25,
            unsuitable_reason=t.rng.choice(UNFIT),
            expected_end=end.isoformat() if end else None,
            move_on_plan=t.rng.choice((True, True, False, None)),
        )

    if t.chance(0.97):
        code = t.rng.choice(HOMES)
        about = details() | registered(t) | basis(t)
        t.add("accommodation.started", day, accommodation_id=key, code=code, **about)
    for _ in range(t.rng.choice((0, 0, 1, 1, 2))):
        moved = details() | t.maybe(0.15, code=t.rng.choice((*HOMES, None)), **registered(t))
        t.add("accommodation.changed", t.after(day), accommodation_id=key, **moved)
    if t.chance(0.45):
        t.add("accommodation.ended", t.after(day), accommodation_id=key)


def proceedings(t: LifeBuilder) -> None:
    """A pre-proceedings period, extended more than once, decided but perhaps not issued."""
    key, day = t.key("k"), t.day()
    if t.chance(0.96):
        about = t.maybe(0.3, letter_sent_on=t.after(day).isoformat(), family_id="f1") | basis(t)
        t.add("pre_proceedings.started", day, period_id=key, **about)
    if t.chance(0.2):
        meeting = t.after(day).isoformat()
        t.add("pre_proceedings.changed", t.after(day), period_id=key, first_meeting_on=meeting)
    for _ in range(t.rng.choice((0, 0, 1, 1, 2))):
        when = t.after(day)
        who = t.maybe(0.8, authorised_by=t.rng.choice(("h1", "h1", None)), reason="court date")
        until = t.after(when).isoformat()
        t.add("pre_proceedings.extended", when, period_id=key, until=until, **who)
    if t.chance(0.5):
        about = {"review_id": t.key("r"), "kind": "pre_proceedings"}
        t.add("review.completed", t.after(day), **about)
    if t.chance(0.5):
        outcome = t.rng.choice(OUTCOMES)
        when = t.after(day)
        issued = t.maybe(0.6, issued_on=t.rng.choice((t.after(when).isoformat(), None)))
        t.add("pre_proceedings.ended", when, period_id=key, outcome=outcome, **issued)


def plan(t: LifeBuilder) -> None:
    """A permanence plan, perhaps withdrawn, perhaps before it was agreed."""
    key, day = t.key("x"), t.day()
    if t.chance(0.95):
        t.add("permanence.agreed", day, plan_id=key, plan=t.rng.choice(PLANS))
    if t.chance(0.45):
        t.add("permanence.withdrawn", t.after(day), plan_id=key, **t.maybe(0.3, reason="moved"))


def closing(t: LifeBuilder) -> None:
    """A closing, and often something that opens the case again."""
    day = t.day()
    reason = t.rng.choice(("moved_away", "referral closed", "no_longer_eligible", None))
    t.add("person.closed", day, reason="died" if t.chance(0.12) else reason)
    if t.chance(0.5):
        t.add("person.updated", t.after(day), eligibility=t.rng.choice(("relevant", "eligible")))
