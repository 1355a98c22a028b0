"""Scenes of invented lives: reviews, ratings, actions, visits, pathway plans, missing spells."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from .values import CONCERNS
from .vocabulary import JUDGED, KINDS, UNFIT, VISITS

if TYPE_CHECKING:
    from .life_builder import LifeBuilder

ONE_DAY = timedelta(days=1)
CONCERN_OF = {
    "leaver": "unsuitable_accommodation",
    "placed": "unregulated_placement",
    "court": "pre_proceedings",
    "planned": "permanence",
    "seen": "visits",
    "pathway": "pathway_plan",
    "runs": "missing",
}


def concern(t: LifeBuilder) -> str:
    """A concern, mostly the one that this young person's life is about."""
    usual = CONCERN_OF.get(t.focus)
    return usual if usual and t.chance(0.6) else t.rng.choice(CONCERNS)


def after_a_start(t: LifeBuilder) -> date:
    """A day soon after something started, where something has."""
    starts = [one["data"]["date"] for one in t.sent if ".started" in one["type"]]
    return (
        t.after(date.fromisoformat(t.rng.choice(starts))) if starts and t.chance(0.6) else t.day()
    )


def rating(t: LifeBuilder, day: date) -> dict[str, str | None]:
    """A rating that may lack what a rating needs."""
    expires = day + timedelta(days=t.rng.choice((-1, 0, 5, 27, 28, 29, 60)))
    found: dict[str, str | None] = {
        "rag": t.rng.choice(("red", "amber", "green", "green")),
        "rationale": "seen twice this week",
        "authorised_by": "m1",
        "expires": expires.isoformat(),
    }
    if t.chance(0.2):
        lacking = t.rng.choice(tuple(found))
        found = {name: value for name, value in found.items() if name != lacking}
        if t.chance(0.4):
            found[lacking] = None
    return found


def review(t: LifeBuilder, kind: str | None = None, day: date | None = None) -> None:
    """A review, with a judgement or a rating."""
    kind, day = kind or t.rng.choice(KINDS), day or after_a_start(t)
    about: dict[str, Any] = t.maybe(0.3, next_due=t.rng.choice((t.after(day).isoformat(), None)))
    about |= t.maybe(0.35, concern=t.rng.choice((concern(t), None)))
    if kind == "accommodation_suitability":
        about |= t.maybe(0.7, suitable=t.rng.choice(JUDGED), judged_by="pa1")
        about |= t.maybe(0.25, unsuitable_reason=t.rng.choice(UNFIT))
    if t.chance(0.45):
        about |= {"rating": rating(t, day)} | t.maybe(0.92, concern=concern(t))
    t.add("review.completed", day, review_id=t.key("r"), kind=kind, **about)


def action(t: LifeBuilder) -> None:
    """An action, its due moved, done or dropped, now and then before it was agreed."""
    key, day = t.key("t"), t.day()
    about = {
        "concern": concern(t),
        "what": "find a home",
        "owner": "w1",
        "kind": "find_accommodation",
    }
    if t.chance(0.97):
        t.add("action.agreed", day, action_id=key, due=t.after(day).isoformat(), **about)
    for _ in range(t.rng.choice((0, 0, 1, 2, 3))):
        due = t.maybe(0.8, due=t.rng.choice((t.after(day).isoformat(),) * 5 + (None,)))
        due |= t.maybe(0.4, authorised_by=t.rng.choice(("h1", "h1", None)))
        t.add("action.changed", t.after(day), action_id=key, owner="w2", **due)
    if t.chance(0.25):
        again = t.after(day)
        t.add("action.agreed", again, action_id=key, due=t.after(again).isoformat(), **about)
    if t.chance(0.4):
        t.add("action.completed", t.after(day), action_id=key)
    if t.chance(0.15):
        t.add("action.cancelled", t.after(day), action_id=key, reason="no longer needed")


def visit(t: LifeBuilder) -> None:
    """One visit or a few, at intervals that rules count, of one kind, the other or none."""
    day = after_a_start(t)
    for _ in range(t.rng.choice((1, 1, 2, 4))):
        about = t.maybe(0.9, kind=t.rng.choice(VISITS), seen_alone=t.rng.choice((True, False)))
        t.add("visit.completed", day, **about)
        day += timedelta(days=t.rng.choice((1, 7, 8, 41, 42, 43, 49, 61, 90)))


def pathway(t: LifeBuilder) -> None:
    """A pathway plan held or reviewed, with or without a next."""
    day = after_a_start(t)
    for _ in range(t.rng.choice((1, 1, 2))):
        due = t.maybe(0.5, next_due=t.rng.choice((t.after(day).isoformat(), None)))
        about = {"review_id": t.key("r"), "kind": "pathway_plan"}
        t.add("review.completed", day, **about, **due)
        day += timedelta(days=t.rng.choice((60, 181, 183, 184, 365)))


def away(t: LifeBuilder) -> None:
    """Missing for some days, or only absent; found or not; interviewed or not."""
    day = t.day()
    for _ in range(t.rng.choice((1, 1, 2, 3))):
        key = t.key("m")
        about = t.maybe(0.6, kind=t.rng.choice(("missing", "missing", "missing", "absent", None)))
        if t.chance(0.97):
            about |= t.maybe(0.15, date_basis="by_this_date")
            t.add("missing.started", day, missing_id=key, **about)
        end = day + timedelta(days=t.rng.choice((-1, 0, 1, 1, 2, 5, 20)))
        if t.chance(0.8):
            t.add("missing.ended", end, missing_id=key)
        if t.chance(0.4):
            held = end + timedelta(days=t.rng.choice((-1, 0, 1, 3, 4, 10, 28, 29)))
            names = t.maybe(0.6, missing_id=t.rng.choice((key, key, "m1", "m9", None)))
            t.add("return_interview.completed", held, **names, **t.maybe(0.4, accepted=True))
        day += timedelta(days=t.rng.choice((0, 1, 5, 20, 29, 30, 44, 45, 60)))


def escalation(t: LifeBuilder) -> None:
    """Visits and escalations: the second never colours."""
    if t.chance(0.5):
        visit(t)
        return
    key, day = t.key("s"), t.day()
    t.add("escalation.raised", day, escalation_id=key, stage="informal")
    if t.chance(0.6):
        t.add("escalation.resolved", t.after(day), escalation_id=key)


def student(t: LifeBuilder) -> None:
    """A student in shared housing that counts as unsuitable."""
    day = t.day()
    t.add("person.updated", day - ONE_DAY, full_time_education="higher")
    key, code = t.key("a"), t.rng.choice(("U", "K", "Y"))
    why = t.maybe(0.7, unsuitable_reason=t.rng.choice(("shared_house", None, "unsafe")))
    t.add("accommodation.started", day, accommodation_id=key, code=code, suitable=False, **why)


def acted_upon(t: LifeBuilder) -> None:
    """An unsuitable dwelling that is reviewed and acted upon, for a while."""
    day = t.day()
    key, code = t.key("a"), t.rng.choice(("B", "U", "V", "Y"))
    t.add("accommodation.started", day, accommodation_id=key, code=code, suitable=False)
    kind = t.rng.choice(("accommodation_suitability", "oversight"))
    reviewed = day + timedelta(days=t.rng.choice((0, 3, 20, 28, 29, 40)))
    t.add("review.completed", reviewed, review_id=t.key("r"), kind=kind)
    about = {"action_id": t.key("t"), "concern": CONCERNS[0], "what": "move", "owner": "w1"}
    agreed = day + timedelta(days=t.rng.choice((0, 3, 20, 28)))
    due = agreed + timedelta(days=t.rng.choice((0, 1, 27, 28, 29, 30, 56)))
    t.add("action.agreed", agreed, due=due.isoformat(), **about)
    if t.chance(0.5):
        done = agreed + timedelta(days=t.rng.choice((0, 1, 5, 10, 27, 30)))
        t.add("action.completed", done, action_id=about["action_id"])


def rated_well(t: LifeBuilder) -> None:
    """A red that may or may not be lowered, and somebody who says that it is green."""
    day, about = t.day(), t.rng.choice((*CONCERNS[:2], *CONCERNS[:2], *CONCERNS[4:]))
    if about == CONCERNS[0]:
        code, key = t.rng.choice(("S", "V", "W", "E", "R", "B")), t.key("a")
        fields = t.maybe(0.7, suitable=False) | t.maybe(0.5, registration="unregistered")
        t.add("accommodation.started", day, accommodation_id=key, code=code, **fields)
    elif about == CONCERNS[1]:
        code, key = t.rng.choice(("K2", "K3", "Z12", "P3", "U4", "H5")), t.key("p")
        fields = t.maybe(0.7, registration=t.rng.choice(("unregistered", "applied", "unknown")))
        t.add("placement.started", day, placement_id=key, code=code, **fields)
    elif about == "missing":
        t.add("missing.started", day, missing_id=t.key("m"))
    when = t.after(day)
    expires = (when + timedelta(days=t.rng.choice((5, 27, 28, 60)))).isoformat()
    rag = t.rng.choice(("green", "green", "amber"))
    rated = {"rag": rag, "rationale": "safe tonight", "authorised_by": "m1", "expires": expires}
    data = {"review_id": t.key("r"), "kind": t.rng.choice(KINDS), "concern": about}
    t.add("review.completed", when, rating=rated, **data)
