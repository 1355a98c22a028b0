"""Short lives on boundaries: a few events that meet on the very days where the rules turn."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from .vocabulary import UNFIT

if TYPE_CHECKING:
    from .life_builder import LifeBuilder

LAWS = (date(2021, 9, 9), date(2023, 10, 28))
EXCLUDED = ("E2", "E3", "E11", "E12", "E5", "E17", None)
ONE_DAY = timedelta(days=1)
UA, UP = "unsuitable_accommodation", "unregulated_placement"


def near(t: LifeBuilder, day: date, reach: int = 3) -> date:
    """A day within a few days of another."""
    found = day + timedelta(days=t.rng.randint(-reach, reach))
    t.days.append(found)
    return found


def aged(t: LifeBuilder, years: int, day: date) -> date:
    """Tell a birth, so that somebody is so many years old about that day; give the birthday."""
    birthday = near(t, day)
    leap = t.chance(0.3) and (day.year - years) % 4 == 0
    born = date(day.year - years, 2, 29) if leap else birthday.replace(day=min(birthday.day, 28))
    if not leap:
        born = born.replace(year=day.year - years)
    t.add("person.updated", None, date_of_birth=born.isoformat())
    try:
        return born.replace(year=day.year)
    except ValueError:
        return date(day.year, 3, 1)


def judged_often(t: LifeBuilder) -> None:
    """One dwelling judged again and again about the day on which it starts."""
    day = t.day()
    if t.chance(0.8):
        aged(t, t.rng.choice((19, 20, 22)), day)
    key = t.key("a")
    if t.chance(0.3):
        t.add("person.updated", near(t, day), full_time_education="higher")

    def judgement() -> dict[str, Any]:
        details = t.maybe(0.7, suitable=t.rng.choice((True, True, False, None)))
        return details | t.maybe(
            0.4, unsuitable_reason=t.rng.choice((*UNFIT, "homeless", "homeless"))
        )

    code = t.rng.choice("BUKVX")
    t.add("accommodation.started", day, accommodation_id=key, code=code, **judgement())
    for _ in range(t.rng.randint(1, 5)):
        when = near(t, day, t.rng.choice((0, 2, 5)))
        if t.chance(0.6):
            moved = judgement() | t.maybe(0.2, code=t.rng.choice("BUKVX"))
            t.add("accommodation.changed", when, accommodation_id=key, **moved)
        else:
            about = {"review_id": t.key("r"), "kind": "accommodation_suitability"}
            t.add("review.completed", when, **about, **judgement())
    if t.chance(0.3):
        t.add("accommodation.started", near(t, day), accommodation_id=t.key("a"), code="U")


def care_overlaps(t: LifeBuilder) -> None:
    """Care periods that cut one another, with placements and dwellings on the days they turn."""
    day = t.day()
    if t.chance(0.8):
        aged(t, 18, day + timedelta(days=t.rng.choice((30, 200, 500, 2500))))
    turns = [day]
    for _ in range(t.rng.choice((1, 2, 2, 3))):
        key, start = t.key("c"), near(t, t.rng.choice(turns), t.rng.choice((0, 1, 40)))
        status = t.rng.choice(("C2", "V2", "V3", "J1"))
        t.add("care.started", start, care_id=key, **t.maybe(0.7, legal_status=status))
        turns.append(start)
        for _ in range(t.rng.choice((0, 1, 2))):
            moved = t.rng.choice(("C1", "V3", "J1", None))
            t.add("care.changed", near(t, start, 8), care_id=key, legal_status=moved)
        if t.chance(0.7):
            end = start + timedelta(days=t.rng.choice((-1, 0, 1, 20, 41, 60)))
            t.add("care.ended", end, care_id=key, reason=t.rng.choice(EXCLUDED))
            turns.append(end)
    about_turns(t, turns)


def about_turns(t: LifeBuilder, turns: list[date]) -> None:
    """Placements, dwellings and plans on the days on which care turns."""
    for _ in range(t.rng.choice((1, 2, 3))):
        code, key = t.rng.choice(("K2", "U4", "T1", "T4", "Z12")), t.key("p")
        start = near(t, t.rng.choice(turns), t.rng.choice((0, 1, 5)))
        t.add(
            "placement.started", start, placement_id=key, code=code, **t.maybe(0.4, urn="1234567")
        )
        if t.chance(0.5):
            end = start + timedelta(days=t.rng.choice((0, 1, 2, 4, 30)))
            t.add("placement.ended", end, placement_id=key)
    if t.chance(0.4):
        start = near(t, t.rng.choice(turns), 1)
        code = t.rng.choice(("S", "W", "B"))
        t.add("accommodation.started", start, accommodation_id=t.key("a"), code=code)
    if t.chance(0.5):
        for start in (near(t, t.rng.choice(turns), 1), t.rng.choice(turns) + 9 * ONE_DAY):
            key = t.key("x")
            t.add("permanence.agreed", start, plan_id=key, plan="adoption")
            if t.chance(0.6):
                t.add("permanence.withdrawn", near(t, start, 4), plan_id=key)


def leaving_day(t: LifeBuilder) -> None:
    """Care that ends, or starts, on or about the 16th or 18th birthday, for a telling reason."""
    key, day = t.key("c"), t.day()
    birthday = aged(t, t.rng.choice((16, 18, 18)), day)
    start = birthday + timedelta(days=t.rng.choice((-400, -30, -1, 0, 1)))
    t.add("care.started", start, care_id=key)
    if t.chance(0.85):
        end = birthday + timedelta(days=t.rng.choice((-1, -1, 0, 0, 0, 1, 30)))
        t.add("care.ended", end, care_id=key, reason=t.rng.choice(EXCLUDED))
    if t.chance(0.4):
        known = t.rng.choice(("eligible", "none", "relevant", None))
        t.add("person.updated", near(t, birthday, 20), eligibility=known)
    if t.chance(0.4):
        code, there = t.rng.choice(("V", "W", "E", "D")), t.key("a")
        fields = t.maybe(0.6, suitable=t.rng.choice((True, True, False)))
        t.add(
            "accommodation.started",
            near(t, birthday, 9),
            accommodation_id=there,
            code=code,
            **fields,
        )
    if t.chance(0.4):
        code, where = t.rng.choice(("K3", "P3", "Z11")), t.key("p")
        fields = t.maybe(0.6, registration=t.rng.choice(("registered", "exempt", "unregistered")))
        t.add("placement.started", near(t, start, 9), placement_id=where, code=code, **fields)


def under_new_law(t: LifeBuilder) -> None:
    """Settings that are there on the day on which a law begins."""
    law = t.rng.choice(LAWS)
    start = law - timedelta(days=t.rng.choice((-1, 0, 1, 27, 28, 29, 60)))
    if t.chance(0.75):
        aged(
            t, t.rng.choice((16, 17, 18, 15)), law - timedelta(days=t.rng.choice((0, 20, 90, 200)))
        )
    else:
        known = t.rng.choice(("eligible", "relevant", "qualifying", None))
        t.add("person.updated", start, eligibility=known)
    details = t.maybe(0.6, registration=t.rng.choice(("registered", "applied", "unregistered")))
    details |= t.maybe(0.2, urn=t.rng.choice(("SC123456", "1234567", "XXXXXXX")))
    if t.chance(0.5):
        code, key = t.rng.choice(("D", "E", "T")), t.key("a")
        t.add(
            "accommodation.started",
            start,
            accommodation_id=key,
            code=code,
            suitable=True,
            **details,
        )
        return
    if t.chance(0.7):
        t.add("care.started", start, care_id=t.key("c"), legal_status="C2")
    code, key = t.rng.choice(("H5", "P2", "K3", "Z1", "P3")), t.key("p")
    details |= t.maybe(0.4, approved_by=t.rng.choice(("d1", "")))
    details |= t.maybe(0.4, registration_applied_on=near(t, law, 1).isoformat())
    details |= t.maybe(0.15, country=t.rng.choice(("Wales", "england ")))
    t.add("placement.started", start, placement_id=key, code=code, **details)


def counted_days(t: LifeBuilder) -> None:
    """An unsuitable dwelling, its review and its action each on a day that is counted."""
    day = t.day()
    aged(t, t.rng.choice((18, 20, 24, 25)), day + timedelta(days=t.rng.choice((0, 90))))
    code, key = t.rng.choice(("B", "U", "V", "W", "X")), t.key("a")
    details = {"suitable": t.rng.choice((False, False, True, None))}
    details |= t.maybe(
        0.5, expected_end=(day + timedelta(days=t.rng.choice((42, 60, 90)))).isoformat()
    )
    t.add("accommodation.started", day, accommodation_id=key, code=code, **details)
    about = t.maybe(0.4, concern=t.rng.choice((UA, UP, None)))
    kind = t.rng.choice(("accommodation_suitability", "oversight"))
    t.add("review.completed", near(t, day, 2), review_id=t.key("r"), kind=kind, **about)
    for _ in range(t.rng.choice((1, 1, 2))):
        agreed, doing = near(t, day, 3), t.key("t")
        due = agreed + timedelta(days=t.rng.choice((0, 1, 10, 28, 30, 34, 40)))
        fields = {"concern": UA, "what": "move", "owner": "w1", "due": due.isoformat()}
        t.add("action.agreed", agreed, action_id=doing, **fields)
        if t.chance(0.4):
            moved = due + timedelta(days=t.rng.choice((-3, 5, 20)))
            t.add("action.changed", near(t, agreed, 6), action_id=doing, due=moved.isoformat())
        if t.chance(0.5):
            t.add("action.completed", near(t, agreed, 5), action_id=doing)
        if t.chance(0.2):
            t.add("action.cancelled", near(t, agreed, 5), action_id=doing)


def closed_and_opened(t: LifeBuilder) -> None:
    """A closing with what might open the case again on that day, the day before or after."""
    day = t.day()
    aged(t, t.rng.choice((16, 18)), day + timedelta(days=t.rng.choice((-60, 0, 60))))
    if t.chance(0.5):
        t.add("care.started", day - timedelta(days=30), care_id=t.key("c"))
    else:
        known = t.rng.choice(("relevant", "former_relevant"))
        t.add("person.updated", day - timedelta(days=30), eligibility=known)
    t.add("person.closed", day, reason=t.rng.choice(("moved_away", "transferred", None)))
    if t.chance(0.6):
        again = t.rng.choice(("eligible", "relevant", "none", None))
        t.add("person.updated", near(t, day, 1), eligibility=again)
    if t.chance(0.5):
        start = near(t, day, 1)
        end = start + timedelta(days=t.rng.choice((0, 5)))
        kind, key = t.rng.choice((("placement", "T1"), ("accommodation", "B"))), t.key("a")
        t.add(f"{kind[0]}.started", start, code=kind[1], **{f"{kind[0]}_id": key})
        t.add(f"{kind[0]}.ended", end, **{f"{kind[0]}_id": key})
    if t.chance(0.3):
        t.add("person.closed", near(t, day, 9), reason="moved_away")


BOUNDARY_LIVES = (
    judged_often,
    judged_often,
    care_overlaps,
    care_overlaps,
    leaving_day,
    leaving_day,
    under_new_law,
    counted_days,
    closed_and_opened,
)
