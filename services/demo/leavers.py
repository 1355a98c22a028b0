"""Invented care leavers: where they live, whether it is suitable, and what is done about it."""

from datetime import date, timedelta
from typing import Any

from services.demo.contact import seen_since_care
from services.demo.events import HOUSING, EventRecorder

_HOMES = (("U", 38), ("Z", 16), ("B", 14), ("D", 14), ("K", 8), ("C", 5), ("E", 3), ("Y", 2))
_UNSUITABLE = (
    ("S", "homeless"), ("V", "emergency"), ("W", "bed_and_breakfast"), ("U", "unsafe"),
    ("U", "unaffordable"), ("K", "unsafe"), ("Y", "other"), ("S", "homeless"),
)  # fmt: skip
_CONCERN = "unsuitable_accommodation"


def care_leaver(recorder: EventRecorder, person: str, number: int) -> None:
    """One care leaver of 18 to 22. Of 100, about 6 are unsuitable now, and 6 were until lately."""
    chance = recorder.chance
    born = recorder.born(18.1, 21.9)
    turned_18 = born.replace(year=born.year + 18, day=min(born.day, 28))
    began = max(turned_18, recorder.ago(800, 1080))
    share = number % 100
    student = 40 <= share < 48
    recorder.allocate(
        person,
        began,
        "leaving-care",
        date_of_birth=born,
        eligibility="former_relevant",
        in_touch="no" if share in (50, 51) else "yes",
        full_time_education="higher" if student else "none",
        **_activity(number, student=student),
    )
    seen_since_care(recorder, person, began)
    if share in (52, 53):
        return
    code = chance.choices([c for c, _ in _HOMES], [w for _, w in _HOMES])[0]
    if student:
        _lives(recorder, person, began, 1, "U", suitable=False, unsuitable_reason="shared_house")
        return
    _lives(recorder, person, began, 1, code, suitable=True)
    _judged_again(recorder, person, began)
    if share == 60:
        _in_custody(recorder, person)
    elif share < 6:
        _unsuitable(recorder, person, recorder.ago(3, 260), ends=None)
    elif share < 12:
        ends = recorder.ago(1, 34)
        _unsuitable(recorder, person, ends - timedelta(days=chance.randint(20, 90)), ends=ends)
    elif share < 18:
        _unsuitable(recorder, person, recorder.ago(285, 360), ends=recorder.ago(40, 270))


def _activity(number: int, *, student: bool) -> dict[str, str]:
    """What they do, as the annual return has it; of one in nine nobody recorded it."""
    if student:
        return {"activity": "F1"}
    code = ("F5", "F5", "P5", "G5", "F2", "F4", "G4", "P2", "")[number % 9]
    return {"activity": code} if code else {}


def _lives(
    recorder: EventRecorder, person: str, on: date, number: int, code: str, **facts: Any
) -> None:
    source = HOUSING if recorder.chance.random() < 0.3 else "/made-up/case-system"
    recorder.record(
        person,
        "accommodation.started",
        on,
        source=source,
        accommodation_id=f"{person}-a{number}",
        code=code,
        **facts,
    )


def _judged_again(recorder: EventRecorder, person: str, began: date) -> None:
    """Suitability is judged again about every five months; now and then that is missed."""
    day, number = began, 0
    while True:
        day += timedelta(days=recorder.chance.randint(130, 178))
        number += 1
        if day > recorder.today:
            return
        if recorder.chance.random() < 0.96:
            recorder.record(
                person,
                "review.completed",
                day,
                review_id=f"{person}-s{number}",
                kind="accommodation_suitability",
                suitable=True,
                judged_by="w-le",
            )


def _unsuitable(recorder: EventRecorder, person: str, began: date, *, ends: date | None) -> None:
    """Somewhere unsuitable: reviewed or not, with an action in time, late, or none."""
    chance = recorder.chance
    code, reason = chance.choice(_UNSUITABLE)
    _lives(recorder, person, began, 2, code, suitable=False, unsuitable_reason=reason)
    care = chance.random()
    if care < 0.75:
        agreed = min(began + timedelta(days=chance.randint(1, 20)), recorder.today)
        lately = recorder.ago(2, 45)
        recorder.record(
            person,
            "action.agreed",
            max(agreed, lately),
            action_id=f"{person}-move",
            concern=_CONCERN,
            what="find a settled home",
            owner=recorder.worker[person],
            due=max(agreed, lately) + timedelta(days=chance.randint(7, 30)),
            kind="find_accommodation",
        )
    if care < 0.4:
        recorder.record(
            person,
            "review.completed",
            max(began, recorder.ago(1, 24)),
            review_id=f"{person}-o",
            kind="oversight",
            concern=_CONCERN,
        )
    if care > 0.95:
        rated = max(began, recorder.ago(1, 15))
        recorder.record(
            person,
            "review.completed",
            rated,
            review_id=f"{person}-rated",
            kind="oversight",
            concern=_CONCERN,
            rating={
                "rag": "amber",
                "rationale": "a tenancy is signed and starts this month",
                "authorised_by": "m-le-1",
                "expires": (rated + timedelta(days=27)).isoformat(),
            },
        )
    if ends is not None:
        _lives(recorder, person, ends, 3, "U", suitable=True)


def _in_custody(recorder: EventRecorder, person: str) -> None:
    began = recorder.ago(30, 200)
    release = recorder.today + timedelta(days=recorder.chance.randint(5, 120))
    recorder.record(
        person,
        "accommodation.started",
        began,
        accommodation_id=f"{person}-x",
        code="X",
        expected_end=release,
        move_on_plan=recorder.chance.random() < 0.4,
    )
