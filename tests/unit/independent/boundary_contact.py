"""Short lives on boundaries: visits, pathway plans, missing spells, births that cannot be."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from .boundary_lives import aged, near
from .values import PLANS
from .vocabulary import VISITS

if TYPE_CHECKING:
    from .life_builder import LifeBuilder

LONG = ("long_term_fostering", "special_guardianship", "relatives")


def visited_in_care(t: LifeBuilder) -> None:
    """A placement, its visits, moves, a plan for long, and a review."""
    day = t.day()
    aged(t, t.rng.choice((10, 13, 16)), day)
    key = t.key("c")
    began = day - timedelta(days=t.rng.choice((0, 0, 10, 330, 360)))
    about = t.maybe(0.7, legal_status=t.rng.choice(("C2", "V2", "V3"))) | t.maybe(
        0.3, date_basis="by_this_date"
    )
    t.add("care.started", began, care_id=key, **about)
    if t.chance(0.25):
        t.add("care.changed", near(t, day, 5), care_id=key, legal_status="C2")
    start = began if t.chance(0.5) else day
    for _ in range(t.rng.choice((1, 1, 2))):
        code, place = t.rng.choice(("U4", "U1", "P1", "P1", "K2", "K3", "T4")), t.key("p")
        fields = t.maybe(0.4, registration=t.rng.choice(("unregistered", "registered")))
        fields |= t.maybe(0.2, date_basis="by_this_date")
        t.add("placement.started", start, placement_id=place, code=code, **fields)
        if t.chance(0.3):
            moved = t.rng.choice(
                ({"registration": "unregistered"}, {"urn": "1234567"}, {"code": ""})
            )
            when = start + timedelta(days=t.rng.choice((5, 30, 60)))
            t.add("placement.changed", when, placement_id=place, **moved)
        start = near(t, day + timedelta(days=t.rng.choice((6, 20, 370))), 1)
    seen = day
    for _ in range(t.rng.choice((0, 1, 2, 3))):
        seen += timedelta(days=t.rng.choice((0, 6, 7, 8, 41, 42, 43, 350)))
        t.add("visit.completed", seen, **t.maybe(0.8, kind=t.rng.choice(VISITS)))
    if t.chance(0.6):
        plan, agreed = t.key("x"), near(t, day, 30)
        kind = t.rng.choice((*LONG, *LONG, *PLANS))
        t.add("permanence.agreed", agreed, plan_id=plan, plan=kind)
        if t.chance(0.3):
            t.add("permanence.withdrawn", near(t, agreed + timedelta(days=300), 99), plan_id=plan)
    if t.chance(0.5):
        held = day + timedelta(days=t.rng.choice((3, 12, 27, 40)))
        about = {"review_id": t.key("r"), "kind": "looked_after"}
        t.add("review.completed", held, **about)


def visited_after_care(t: LifeBuilder) -> None:
    """A care leaver about the 18th or 21st birthday: visits, plan, touch, closing."""
    day = t.day()
    if t.chance(0.8):
        aged(t, t.rng.choice((16, 17, 18, 18, 21, 21)), day)
    if t.chance(0.6):
        key = t.key("c")
        t.add("care.started", day - timedelta(days=t.rng.choice((100, 700))), care_id=key)
        if t.chance(0.6):
            end = near(t, day, 30)
            reason = t.rng.choice(("E5", "E17", "E12", None))
            t.add("care.ended", end, care_id=key, reason=reason)
    for _ in range(t.rng.choice((1, 1, 2))):
        eligible = ("eligible", "relevant", "former_relevant", "former_relevant", "none")
        t.add("person.updated", near(t, day, 40), eligibility=t.rng.choice(eligible))
    for _ in range(t.rng.choice((0, 1, 2))):
        touch = t.rng.choice(("yes", "yes", "refused", "not_required", "no", "returned_home", None))
        t.add("person.updated", near(t, day, 60), in_touch=touch)
    seen = near(t, day, 10)
    for _ in range(t.rng.choice((0, 1, 2))):
        t.add("visit.completed", seen, **t.maybe(0.8, kind=t.rng.choice(VISITS)))
        seen += timedelta(days=t.rng.choice((30, 59, 61, 62, 70)))
    if t.chance(0.6):
        held = near(t, day - timedelta(days=t.rng.choice((0, 100, 183, 365))), 5)
        later = (held + timedelta(days=t.rng.choice((60, 92, 184, 900)))).isoformat()
        about = {"review_id": t.key("r"), "kind": "pathway_plan"}
        t.add("review.completed", held, **about, **t.maybe(0.5, next_due=later))
    if t.chance(0.3):
        t.add("person.closed", near(t, day, 40), reason=t.rng.choice(("moved_away", None)))
        if t.chance(0.5):
            again = t.rng.choice(("former_relevant", "none", None))
            t.add("person.updated", near(t, day, 60), eligibility=again)


def often_missing(t: LifeBuilder) -> None:
    """Missing spells about the end of care or the 18th birthday, with absences between."""
    day = t.day()
    if t.chance(0.85):
        aged(t, t.rng.choice((14, 15, 16, 18, 18)), day + timedelta(days=t.rng.choice((0, 10, 60))))
    key = t.key("c")
    if t.chance(0.85):
        status = t.rng.choice(("C2", "V2", "V3"))
        t.add("care.started", day - timedelta(days=100), care_id=key, legal_status=status)
        if t.chance(0.5):
            t.add("care.ended", near(t, day, 9), care_id=key, reason="E4A")
    start = day
    for _ in range(t.rng.choice((1, 2, 3, 4))):
        spell = t.key("m")
        kind = t.rng.choice(("missing", "missing", "missing", "absent", None))
        about = t.maybe(0.8, kind=kind) | t.maybe(0.2, date_basis="by_this_date")
        t.add("missing.started", start, missing_id=spell, **about)
        end = start + timedelta(days=t.rng.choice((0, 1, 2, 8, 40)))
        if t.chance(0.85):
            t.add("missing.ended", end, missing_id=spell)
        if t.chance(0.5):
            held = end + timedelta(days=t.rng.choice((-1, 0, 2, 3, 4, 28, 30)))
            named = t.maybe(0.7, missing_id=t.rng.choice((spell, spell, "m7", None)))
            t.add("return_interview.completed", held, **named)
        start = end + timedelta(days=t.rng.choice((0, 0, 1, 5, 27, 44)))


def impossible_birth(t: LifeBuilder) -> None:
    """A date of birth about which a system cannot be right, or only just can."""
    day = t.day()
    aged(t, t.rng.choice((24, 25, 25, 26, 39, 40, 40, 41)), day)
    if t.chance(0.5):
        known = t.rng.choice(("former_relevant", "relevant", "eligible", "none", "qualifying"))
        t.add("person.updated", near(t, day, 1), eligibility=known)
    kinds = ("care", "placement", "accommodation", "pre_proceedings", "missing")
    for _ in range(t.rng.choice((1, 1, 2))):
        kind = t.rng.choice(kinds)
        name = {"pre_proceedings": "period_id"}.get(kind, f"{kind}_id")
        data = {name: t.key("z")} | ({"code": "U4"} if kind == "placement" else {})
        data |= {"code": "E"} if kind == "accommodation" else {}
        t.add(f"{kind}.started", near(t, day, 1), **data)


BOUNDARIES_OF_CONTACT = (
    visited_in_care,
    visited_in_care,
    visited_in_care,
    visited_after_care,
    visited_after_care,
    often_missing,
    often_missing,
    impossible_birth,
)
