"""Invented lives that are hard to read: collisions, corrections, circles, and days that matter.

`random_life(seed)` gives the events of one to three young people, each valid under the contract.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from .boundary_lives import BOUNDARY_LIVES
from .life_builder import LifeBuilder, Sent, date_of_birth
from .source_faults import (
    CONCERNS,
    HOMES,
    JUDGED,
    KINDS,
    PLACES,
    REASONS,
    REGISTRATIONS,
    SOURCE_FAULTS,
    STATUSES,
    UNFIT,
    URNS,
    merge,
)

if TYPE_CHECKING:
    from collections.abc import Callable

LATER = timedelta(days=1)
CONCERN_OF = {"leaver": CONCERNS[0], "placed": CONCERNS[1], "court": CONCERNS[2]}


def concern(t: LifeBuilder) -> str:
    """A concern, mostly the one that this young person's life is about."""
    return CONCERN_OF.get(t.focus, CONCERNS[3]) if t.chance(0.6) else t.rng.choice(CONCERNS)


def person(t: LifeBuilder) -> None:
    """A birth, told, unknown, or taken back; eligibility; touch; education."""
    if t.chance(0.75):
        t.add(
            "person.updated", None, date_of_birth=date_of_birth(t), **t.maybe(0.2, initials="A.B.")
        )
        if t.chance(0.12):
            t.add("person.updated", t.day(), date_of_birth=t.rng.choice((None, date_of_birth(t))))
    kinds = ("eligible", "relevant", "former_relevant", "qualifying", "none", None)
    for _ in range(t.rng.choice((0, 1, 1, 2, 3))):
        t.add("person.updated", t.day() if t.chance(0.7) else None, eligibility=t.rng.choice(kinds))
    touches = ("yes", "no", "refused", "not_required", "returned_home", "returned_home", None)
    for _ in range(t.rng.choice((0, 0, 1, 2, 3))):
        day = t.day() if t.chance(0.7) else None
        touch = t.rng.choice(touches)
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


def care(t: LifeBuilder, *, first: bool = False) -> None:
    """A care period that follows, overlaps or is never started."""
    key, day = t.key("c"), t.first if first else t.day()
    if t.chance(0.96):
        t.add("care.started", day, care_id=key, **t.maybe(0.8, legal_status=t.rng.choice(STATUSES)))
    for _ in range(t.rng.choice((0, 0, 0, 1, 2))):
        when = t.after(day)
        t.add("care.changed", when, care_id=key, legal_status=t.rng.choice(STATUSES))
    if t.chance(0.25 if first else 0.55):
        reason = t.rng.choice(REASONS)
        t.add("care.ended", t.after(day), care_id=key, **t.maybe(0.85, reason=reason))


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
            approved_by=t.rng.choice(("d1", "d1", None)),
            deprivation_of_liberty=True,
        )
        return fields | t.maybe(0.15, country=t.rng.choice(("England", "Wales", "Scotland", None)))

    if t.chance(0.97):
        t.add("placement.started", day, placement_id=key, code=t.rng.choice(PLACES), **details())
    for _ in range(t.rng.choice((0, 0, 0, 1, 1, 2))):
        moved = details() | t.maybe(0.25, code=t.rng.choice(PLACES))
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
        basis = t.maybe(0.1, date_basis="by_this_date")
        code = t.rng.choice(HOMES)
        told = details() | registered(t) | basis
        t.add("accommodation.started", day, accommodation_id=key, code=code, **told)
    for _ in range(t.rng.choice((0, 0, 1, 1, 2))):
        moved = details() | t.maybe(0.15, code=t.rng.choice(HOMES), **registered(t))
        t.add("accommodation.changed", t.after(day), accommodation_id=key, **moved)
    if t.chance(0.4):
        t.add("accommodation.ended", t.after(day), accommodation_id=key)


def proceedings(t: LifeBuilder) -> None:
    """A pre-proceedings period, extended more than once, decided but perhaps not issued."""
    key, day = t.key("k"), t.day()
    if t.chance(0.96):
        told = t.maybe(0.3, letter_sent_on=t.after(day).isoformat(), family_id="f1")
        t.add("pre_proceedings.started", day, period_id=key, **told)
    if t.chance(0.2):
        meeting = t.after(day).isoformat()
        t.add("pre_proceedings.changed", t.after(day), period_id=key, first_meeting_on=meeting)
    for _ in range(t.rng.choice((0, 0, 1, 1, 2))):
        when = t.after(day)
        who = t.maybe(0.8, authorised_by=t.rng.choice(("h1", "h1", None)), reason="court date")
        until = t.after(when).isoformat()
        t.add("pre_proceedings.extended", when, period_id=key, until=until, **who)
    if t.chance(0.5):
        review(t, "pre_proceedings", t.after(day))
    if t.chance(0.5):
        outcome = t.rng.choice(("step_down", "care_proceedings", "care_proceedings", "other", None))
        when = t.after(day)
        issued = t.maybe(0.6, issued_on=t.rng.choice((t.after(when).isoformat(), None)))
        t.add("pre_proceedings.ended", when, period_id=key, outcome=outcome, **issued)


def plan(t: LifeBuilder) -> None:
    """A permanence plan, perhaps withdrawn, perhaps before it was agreed."""
    key, day = t.key("x"), t.day()
    if t.chance(0.95):
        kind = t.rng.choice(("adoption", "relatives", "long_term_fostering"))
        t.add("permanence.agreed", day, plan_id=key, plan=kind)
    if t.chance(0.45):
        t.add("permanence.withdrawn", t.after(day), plan_id=key, **t.maybe(0.3, reason="moved"))


def after_a_start(t: LifeBuilder) -> date:
    """A day soon after something started, where something has."""
    starts = [one["data"]["date"] for one in t.sent if ".started" in one["type"]]
    return (
        t.after(date.fromisoformat(t.rng.choice(starts))) if starts and t.chance(0.6) else t.day()
    )


def review(t: LifeBuilder, kind: str | None = None, day: date | None = None) -> None:
    """A review, with a judgement or a rating that may lack what a rating needs."""
    kind, day = kind or t.rng.choice(KINDS), day or after_a_start(t)
    told: dict[str, Any] = t.maybe(0.3, next_due=t.rng.choice((t.after(day).isoformat(), None)))
    told |= t.maybe(0.35, concern=t.rng.choice((concern(t), None)))
    if kind == "accommodation_suitability":
        told |= t.maybe(0.7, suitable=t.rng.choice(JUDGED), judged_by="pa1")
        told |= t.maybe(0.25, unsuitable_reason=t.rng.choice(UNFIT))
    if t.chance(0.45):
        expires = day + timedelta(days=t.rng.choice((-1, 0, 5, 27, 28, 29, 60)))
        rating: dict[str, str | None] = {
            "rag": t.rng.choice(("red", "amber", "green", "green")),
            "rationale": "seen twice this week",
            "authorised_by": "m1",
            "expires": expires.isoformat(),
        }
        if t.chance(0.2):
            lacking = t.rng.choice(tuple(rating))
            rating = {name: value for name, value in rating.items() if name != lacking}
            if t.chance(0.4):
                rating[lacking] = None
        told |= {"rating": rating} | t.maybe(0.92, concern=concern(t))
    t.add("review.completed", day, review_id=t.key("r"), kind=kind, **told)


def action(t: LifeBuilder) -> None:
    """An action, its due moved, done or dropped, now and then before it was agreed."""
    key, day = t.key("t"), t.day()
    told = {
        "concern": concern(t),
        "what": "find a home",
        "owner": "w1",
        "kind": "find_accommodation",
    }
    if t.chance(0.97):
        t.add("action.agreed", day, action_id=key, due=t.after(day).isoformat(), **told)
    for _ in range(t.rng.choice((0, 0, 1, 2))):
        due = t.maybe(0.8, due=t.after(day).isoformat())
        t.add("action.changed", t.after(day), action_id=key, owner="w2", **due)
    if t.chance(0.4):
        t.add("action.completed", t.after(day), action_id=key)
    if t.chance(0.15):
        t.add("action.cancelled", t.after(day), action_id=key, reason="no longer needed")


def closing(t: LifeBuilder) -> None:
    """A closing, and often something that opens the case again."""
    day = t.day()
    reason = t.rng.choice(("moved_away", "referral closed", "no_longer_eligible", None))
    t.add("person.closed", day, reason="died" if t.chance(0.12) else reason)
    if t.chance(0.5):
        t.add("person.updated", t.after(day), eligibility=t.rng.choice(("relevant", "eligible")))


def other(t: LifeBuilder) -> None:
    """Visits, escalations and what people said about a red: none of it colours."""
    if t.chance(0.5):
        t.add("visit.completed", t.day(), kind="care_leaver", seen_alone=True)
    elif t.chance(0.3):
        told = {"concern": t.rng.choice(CONCERNS), "acknowledgement_id": t.key("k")}
        by = {"acknowledged_by": "w-1", "role": "chief_officer"}
        t.add("oversight.acknowledged", t.day(), **told, **by)
        why = {"concern": told["concern"], "explanation_id": t.key("x"), "why": "other"}
        t.add("oversight.explained", t.day(), **why)
    else:
        key, day = t.key("s"), t.day()
        t.add("escalation.raised", day, escalation_id=key, stage="informal")
        if t.chance(0.6):
            t.add("escalation.resolved", t.after(day), escalation_id=key)


def student(t: LifeBuilder) -> None:
    """A student in shared housing that counts as unsuitable."""
    day = t.day()
    t.add("person.updated", day - LATER, full_time_education="higher")
    key, code = t.key("a"), t.rng.choice(("U", "K", "Y"))
    told = t.maybe(0.7, unsuitable_reason=t.rng.choice(("shared_house", None, "unsafe")))
    t.add("accommodation.started", day, accommodation_id=key, code=code, suitable=False, **told)


def acted_upon(t: LifeBuilder) -> None:
    """An unsuitable dwelling that is reviewed and acted upon, for a while."""
    day = t.day()
    key, code = t.key("a"), t.rng.choice(("B", "U", "V", "Y"))
    t.add("accommodation.started", day, accommodation_id=key, code=code, suitable=False)
    kind = t.rng.choice(("accommodation_suitability", "oversight"))
    t.add("review.completed", t.after(day), review_id=t.key("r"), kind=kind)
    told = {"action_id": t.key("t"), "concern": CONCERNS[0], "what": "move", "owner": "w1"}
    agreed = t.after(day)
    due = agreed + timedelta(days=t.rng.choice((0, 1, 27, 28, 29, 30, 56)))
    t.add("action.agreed", agreed, due=due.isoformat(), **told)
    if t.chance(0.5):
        t.add("action.completed", t.after(agreed), action_id=told["action_id"])


def rated_well(t: LifeBuilder) -> None:
    """A red that may or may not be lowered, and somebody who says that it is green."""
    day, about = t.day(), t.rng.choice(CONCERNS[:2])
    if about == CONCERNS[0]:
        code, key = t.rng.choice(("S", "V", "W", "E", "R", "B")), t.key("a")
        told = t.maybe(0.7, suitable=False) | t.maybe(0.5, registration="unregistered")
        t.add("accommodation.started", day, accommodation_id=key, code=code, **told)
    else:
        code, key = t.rng.choice(("K2", "K3", "Z12", "P3", "U4", "H5")), t.key("p")
        told = t.maybe(0.7, registration=t.rng.choice(("unregistered", "applied", "unknown")))
        t.add("placement.started", day, placement_id=key, code=code, **told)
    when = t.after(day)
    expires = (when + timedelta(days=t.rng.choice((5, 27, 28, 60)))).isoformat()
    rating = {"rag": t.rng.choice(("green", "green", "amber")), "rationale": "safe tonight"}
    rating |= {"authorised_by": "m1", "expires": expires}
    data = {"review_id": t.key("r"), "kind": t.rng.choice(KINDS), "concern": about}
    t.add("review.completed", when, rating=rating, **data)


SCENES: dict[str, tuple[Callable[[LifeBuilder], None], ...]] = {
    "leaver": (
        dwelling,
        dwelling,
        dwelling,
        care,
        review,
        action,
        student,
        acted_upon,
        rated_well,
        closing,
    ),
    "placed": (
        placement,
        placement,
        placement,
        placement,
        dwelling,
        review,
        action,
        rated_well,
        closing,
        care,
    ),
    "court": (proceedings, proceedings, proceedings, care, action, review),
    "planned": (care, plan, plan, review, review, review, action, placement),
    "leaves": (care, placement, placement, dwelling, dwelling, review, action, rated_well),
    "any": (care, placement, dwelling, proceedings, plan, review, action, closing, other),
}


def boundary_lives(t: LifeBuilder) -> None:
    """One or two short lives on boundaries and nothing else: what differs is easy to see."""
    for _ in range(t.rng.choice((1, 1, 2))):
        t.rng.choice(BOUNDARY_LIVES)(t)


def scenes(t: LifeBuilder) -> None:
    """A whole life, of scenes that belong together; the first young person has the longest."""
    person(t)
    in_care = t.focus in ("placed", "planned")
    if t.chance(0.9 if in_care else 0.35):
        care(t, first=in_care)
    most = 9 if t.subject == t.subjects[0] else 3
    for _ in range(t.rng.randint(most // 3, most)):
        t.rng.choice(SCENES[t.focus])(t)


def random_life(seed: int) -> list[Sent]:
    """The events of one to three young people, in the order in which they happen to arrive."""
    t = LifeBuilder(seed)
    tell = boundary_lives if t.chance(0.45) else scenes
    for subject in t.subjects:
        t.subject, t.focus = subject, t.rng.choice(tuple(SCENES))
        tell(t)
    while len(t.sent) < 5:
        other(t)
    if len(t.subjects) > 1:
        for _ in range(t.rng.choice((1, 1, 2, 3, 4))):
            merge(t)
    for _ in range(t.rng.choice((0, 0, 1, 2, 3, 5))):
        t.rng.choice(SOURCE_FAULTS)(t)
    told = t.sent if len(t.sent) <= 45 else t.rng.sample(t.sent, 45)
    if t.chance(0.7):
        t.rng.shuffle(told)
    return told
