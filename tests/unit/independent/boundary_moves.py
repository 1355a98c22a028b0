"""Short lives on boundaries: moves undone, care that continues, stays that become the home."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .boundary_lives import aged, near
from .vocabulary import UNFIT

if TYPE_CHECKING:
    from .life_builder import LifeBuilder

UA = "unsuitable_accommodation"
HARD_HOMES = ("S", "V", "W", "B", "E", "X", "R", "U")


def dwelling_undone(t: LifeBuilder) -> None:
    """A dwelling never ended, a later one that was: the first may be current."""
    day = t.day()
    years = t.rng.choice((16, 17, 19, 20, 22))
    if t.chance(0.85):
        aged(t, years, day + timedelta(days=t.rng.choice((-200, -30, 0, 30))))
    if t.chance(0.6):
        known = t.rng.choice(("former_relevant", "relevant", "qualifying", "eligible"))
        t.add("person.updated", day - timedelta(days=40), eligibility=known)
    if t.chance(0.25):
        touch = t.rng.choice(("returned_home", "no", "refused"))
        t.add("person.updated", near(t, day, 9), in_touch=touch)
    start = day
    for _ in range(t.rng.choice((2, 2, 2, 3))):
        key = t.key("a")
        fields: dict[str, Any] = t.maybe(0.7, suitable=t.rng.choice((True, False, True, None)))
        fields |= t.maybe(0.2, unsuitable_reason=t.rng.choice(UNFIT))
        fields |= t.maybe(0.3, registration=t.rng.choice(("unregistered", "registered")))
        code = t.rng.choice(HARD_HOMES)
        t.add("accommodation.started", start, accommodation_id=key, code=code, **fields)
        start += timedelta(days=t.rng.choice((0, 1, 2, 20, 40)))
        if t.chance(0.6):
            end = start + timedelta(days=t.rng.choice((-1, 0, 1, 2, 5, 30)))
            t.add("accommodation.ended", end, accommodation_id=key)
        if t.chance(0.5):
            kind = t.rng.choice(("accommodation_suitability", "oversight"))
            about: dict[str, Any] = {"review_id": t.key("r"), "kind": kind}
            if kind == "accommodation_suitability":
                about |= t.maybe(0.8, suitable=t.rng.choice((True, False, None)))
            t.add("review.completed", near(t, start, 3), **about)
    if t.chance(0.35):
        agreed = near(t, start, 5)
        due = (agreed + timedelta(days=t.rng.choice((5, 20, 28)))).isoformat()
        about = {"action_id": t.key("t"), "concern": UA, "what": "move", "owner": "w1"}
        t.add("action.agreed", agreed, due=due, **about)
    if t.chance(0.3):
        t.add("care.started", near(t, start, 3), care_id=t.key("c"), legal_status="C2")


def placement_undone(t: LifeBuilder) -> None:
    """A placement never ended, a later one that was, stays beside them, and care that ends."""
    day = t.day()
    if t.chance(0.85):
        aged(t, t.rng.choice((12, 15, 16, 17)), day + timedelta(days=t.rng.choice((-100, 0, 60))))
    if t.chance(0.8):
        key = t.key("c")
        status = t.rng.choice(("C2", "C2", "V2", "V3", "J1"))
        t.add("care.started", near(t, day, 2), care_id=key, legal_status=status)
        if t.chance(0.4):
            end = day + timedelta(days=t.rng.choice((5, 20, 41, 60)))
            t.add("care.ended", end, care_id=key, reason=t.rng.choice(("E4A", "E5", None)))
    start = day
    for _ in range(t.rng.choice((2, 2, 3, 3))):
        key = t.key("p")
        code = t.rng.choice(("H5", "K2", "K3", "U4", "Z12", "R5", "P1", "T4", "T1", "P3", "M3"))
        fields = t.maybe(0.5, registration=t.rng.choice(("unregistered", "applied", "registered")))
        t.add("placement.started", start, placement_id=key, code=code, **fields)
        start += timedelta(days=t.rng.choice((0, 1, 2, 8, 20)))
        if t.chance(0.55):
            end = start + timedelta(days=t.rng.choice((-1, 0, 1, 2, 5, 30)))
            t.add("placement.ended", end, placement_id=key)
    if t.chance(0.3):
        kind = {"accommodation_id": t.key("a"), "code": t.rng.choice(("S", "W", "B"))}
        t.add("accommodation.started", near(t, start, 5), **kind)
    if t.chance(0.4):
        t.add("visit.completed", near(t, start, 9), kind="looked_after")


def stay_becomes_home(t: LifeBuilder) -> None:
    """A temporary placement that gets another code while it runs, or after, or none at all."""
    day = t.day()
    aged(t, t.rng.choice((12, 15, 16)), day)
    status = t.rng.choice(("C2", "V2", "V3"))
    t.add("care.started", day - timedelta(days=30), care_id=t.key("c"), legal_status=status)
    if t.chance(0.7):
        code = t.rng.choice(("K2", "U4", "K3", "R5"))
        fields = t.maybe(0.6, registration=t.rng.choice(("unregistered", "unknown", "registered")))
        start = day - timedelta(days=t.rng.choice((0, 1, 20)))
        t.add("placement.started", start, placement_id=t.key("p"), code=code, **fields)
    stay = t.key("p")
    fields = t.maybe(0.4, registration=t.rng.choice(("unregistered", "registered")))
    code = t.rng.choice(("T4", "T4", "T1", "T3", "T0"))
    t.add("placement.started", day, placement_id=stay, code=code, **fields)
    for _ in range(t.rng.choice((1, 1, 2))):
        when = near(t, day + timedelta(days=t.rng.choice((0, 5, 10))), 2)
        code_then = t.rng.choice(("U4", "K2", "T1", None, "K3", "M3"))
        t.add("placement.changed", when, placement_id=stay, code=code_then)
    if t.chance(0.4):
        end = day + timedelta(days=t.rng.choice((3, 6, 12, 30)))
        t.add("placement.ended", end, placement_id=stay)
    for _ in range(t.rng.choice((0, 1, 1))):
        when = near(t, day + timedelta(days=t.rng.choice((4, 8, 15))), 3)
        code = t.rng.choice(("T1", "U4", "T4"))
        t.add("placement.started", when, placement_id=t.key("p"), code=code)


def care_goes_on(t: LifeBuilder) -> None:
    """Care periods that continue one another, or nearly, with statuses for short breaks."""
    day = t.day()
    if t.chance(0.85):
        aged(t, t.rng.choice((10, 15, 16, 17, 18)), day + timedelta(days=t.rng.choice((0, 90))))
    if t.chance(0.3):
        known = t.rng.choice(("eligible", "relevant", "former_relevant"))
        t.add("person.updated", day - timedelta(days=10), eligibility=known)
    if t.chance(0.8):
        t.add("placement.started", day, placement_id=t.key("p"), code=t.rng.choice(("U4", "P1")))
    if t.chance(0.3):
        home = t.rng.choice(("B", "S", "W"))
        t.add("accommodation.started", near(t, day, 2), accommodation_id=t.key("a"), code=home)
    start = day
    for _ in range(t.rng.choice((2, 3, 3))):
        key, status = t.key("c"), t.rng.choice(("C2", "C2", "V2", "V3", "V4", "J1", None))
        about = t.maybe(0.8, legal_status=status) | t.maybe(0.25, date_basis="by_this_date")
        t.add("care.started", start, care_id=key, **about)
        end = start + timedelta(days=t.rng.choice((0, 1, 30, 60, 95)))
        if t.chance(0.75):
            t.add("care.ended", end, care_id=key, reason=t.rng.choice(("X1", "E5", "E12", None)))
        if t.chance(0.3):
            moved = {"care_id": key, "legal_status": t.rng.choice(("C2", "V3", "V2"))}
            t.add("care.changed", near(t, end, 1), **moved)
        start = end + timedelta(days=t.rng.choice((-1, 0, 0, 0, 1)))
    if t.chance(0.5):
        about = {"review_id": t.key("r"), "kind": "looked_after"}
        held = near(t, day + timedelta(days=20), 15)
        later = (held + timedelta(days=t.rng.choice((30, 95, 200)))).isoformat()
        t.add("review.completed", held, **about, **t.maybe(0.4, next_due=later))


def action_moved(t: LifeBuilder) -> None:
    """An amber with an action whose due is moved in time, late, again, with and without leave."""
    day = t.day()
    aged(t, t.rng.choice((19, 20)), day)
    fields = t.maybe(0.4, suitable=False)
    t.add("accommodation.started", day, accommodation_id=t.key("a"), code="U", **fields)
    if t.chance(0.5):
        about = {"review_id": t.key("r"), "kind": "oversight"}
        t.add("review.completed", near(t, day + timedelta(days=9), 3), **about)
    key, agreed = t.key("t"), near(t, day, 3)
    due = agreed + timedelta(days=t.rng.choice((5, 10, 20)))
    details = {"action_id": key, "concern": UA, "what": "move", "owner": "w1"}
    t.add("action.agreed", agreed, due=due.isoformat(), **details)
    for _ in range(t.rng.choice((1, 2, 2, 3))):
        when = due + timedelta(days=t.rng.choice((-30, -3, -1, 0, 0, 1, 2)))
        moved = due + timedelta(days=t.rng.choice((-4, 10, 20, 20)))
        if t.chance(0.7):
            who = t.maybe(0.4, authorised_by="h1")
            t.add("action.changed", when, action_id=key, due=moved.isoformat(), **who)
        else:
            again = t.add("action.agreed", near(t, agreed, 1), due=moved.isoformat(), **details)
            again["time"] = f"{when.isoformat()}T09:30:00Z"
        due = moved
    if t.chance(0.3):
        t.add("action.completed", near(t, due, 4), action_id=key)


def bed_and_breakfast(t: LifeBuilder) -> None:
    """Night shelters and bed and breakfast about holidays, for somebody who may be 18."""
    day = t.day()
    aged(t, t.rng.choice((17, 18, 20)), day)
    about = t.maybe(0.3, date_basis="by_this_date") | t.maybe(0.8, suitable=True)
    code = t.rng.choice(("V", "W", "W"))
    t.add("accommodation.started", day, accommodation_id=t.key("a"), code=code, **about)
    if t.chance(0.4):
        kind = {"review_id": t.key("r"), "kind": "accommodation_suitability"}
        judged = t.rng.choice((True, True, False, None))
        t.add("review.completed", near(t, day, 4), suitable=judged, **kind)


def custody(t: LifeBuilder) -> None:
    """Custody with an expected end that comes, passes or moves, and a plan or none."""
    day = t.day()
    aged(t, t.rng.choice((17, 18, 20)), day)
    key = t.key("a")
    ends = day + timedelta(days=t.rng.choice((30, 42, 43, 60, 90)))
    about = t.maybe(0.85, expected_end=ends.isoformat()) | t.maybe(0.3, move_on_plan=True)
    about |= t.maybe(0.4, suitable=t.rng.choice((True, False)))
    t.add("accommodation.started", day, accommodation_id=key, code="X", **about)
    for _ in range(t.rng.choice((0, 1, 1))):
        moved = t.maybe(0.5, expected_end=near(t, ends, 20).isoformat())
        moved |= t.maybe(0.6, move_on_plan=t.rng.choice((True, True, False, None)))
        t.add("accommodation.changed", near(t, ends, 43), accommodation_id=key, **moved)


def supported(t: LifeBuilder) -> None:
    """Lodgings or a supported placement under today's law, registered, applied for, or neither."""
    day = t.day()
    if t.chance(0.8):
        aged(t, t.rng.choice((16, 17, 18)), day + timedelta(days=t.rng.choice((0, 20, 60))))
    known = t.rng.choice(("relevant", "eligible", "qualifying", "none", None))
    t.add("person.updated", day - timedelta(days=9), eligibility=known)
    registration = t.rng.choice(("unregistered", "unregistered", "applied", "unknown", "exempt"))
    about = t.maybe(0.9, registration=registration) | t.maybe(0.2, date_basis="by_this_date")
    if t.chance(0.5):
        about |= t.maybe(0.7, suitable=True) | {"code": t.rng.choice(("D", "E", "T"))}
        t.add("accommodation.started", day, accommodation_id=t.key("a"), **about)
        return
    applied = t.rng.choice(("2023-10-27", "2023-10-28", day.isoformat()))
    about |= t.maybe(0.7, registration_applied_on=applied)
    about |= {"code": t.rng.choice(("K3", "K3", "Z11", "H5"))}
    t.add("placement.started", day, placement_id=t.key("p"), **about)
    if t.chance(0.8):
        status = t.rng.choice(("C2", "V2"))
        t.add("care.started", near(t, day, 1), care_id=t.key("c"), legal_status=status)


BOUNDARIES_OF_MOVES = (
    dwelling_undone,
    dwelling_undone,
    placement_undone,
    placement_undone,
    stay_becomes_home,
    care_goes_on,
    action_moved,
    bed_and_breakfast,
    custody,
    supported,
    supported,
)
