"""Invented visits, pathway plans and missing episodes, in believable shares.

About 1 child in 9 goes missing in a year of care, most of them teenagers (DfE, children looked
after 2024); about 1 care leaver in 10 is not in touch as often as the law asks.
"""

from datetime import date, timedelta
from random import Random

from services.demo.events import EventRecorder

_SIX_WEEKS = 42
_TOLD = timedelta(days=430)
"""For how long back visits are recorded: the case system that was before did not."""
_MISSING_NOW = 7
"""Which of 250 children is missing today."""


def seen_in_care(recorder: EventRecorder, person: str, start: date, *, is_overdue: bool) -> None:
    """Visits to a looked-after child: within a week of each move, and every six weeks.

    With parents every week until the first review. Where `is_overdue`, none of late.
    """
    chance = Random(f"{person} visits")
    days = set()
    day = start + timedelta(days=chance.randint(1, 6))
    while day <= recorder.today:
        days.add(day)
        day += timedelta(days=chance.randint(26, _SIX_WEEKS - 1))
    for moved, code in recorder.placed.get(person, ()):
        days.add(moved + timedelta(days=chance.randint(0, 6)))
        weeks = 4 if code == "P1" else 14 if code == "Z12" and chance.random() < 0.5 else 0
        days |= {moved + timedelta(days=7 * week) for week in range(1, weeks)}
    last = recorder.today - timedelta(days=chance.randint(43, 56) if is_overdue else 0)
    for day in sorted(days):
        if recorder.today - _TOLD <= day <= last:
            recorder.record(
                person,
                "visit.completed",
                day,
                recorded=day,
                kind="looked_after",
                seen_alone=chance.random() < 0.9,
            )


def seen_since_care(recorder: EventRecorder, person: str, start: date) -> None:
    """Visits to a care leaver every two months, and their pathway plan every six."""
    chance = Random(f"{person} contact")
    share = chance.random()
    last = recorder.today - timedelta(days=chance.randint(62, 76) if share < 0.08 else 0)
    day = max(start, recorder.today - _TOLD) + timedelta(days=chance.randint(10, 50))
    while day <= last:
        recorder.record(person, "visit.completed", day, recorded=day, kind="care_leaver")
        day += timedelta(days=chance.randint(35, 58))
    planned(recorder, person, start, is_overdue=share > 0.9)


def planned(recorder: EventRecorder, person: str, start: date, *, is_overdue: bool) -> None:
    """Pathway plans; where `is_overdue`, the last is more than six months old."""
    chance = Random(f"{person} pathway")
    last = recorder.today - timedelta(days=chance.randint(190, 300) if is_overdue else 0)
    day, number = start + timedelta(days=chance.randint(20, 85)), 0
    while day <= last:
        number += 1
        due = day + timedelta(days=chance.randint(150, 180))
        recorder.record(
            person,
            "review.completed",
            day,
            recorded=day,
            review_id=f"{person}-pw{number}",
            kind="pathway_plan",
            next_due=due,
        )
        day = due - timedelta(days=chance.randint(0, 12))


def goes_missing(recorder: EventRecorder, person: str, born: date, start: date) -> None:
    """Missing episodes of a year, most of teenagers; most are followed by an interview."""
    chance = Random(f"{person} missing")
    age = (recorder.today - born).days / 365.25
    if int(person[1:]) % 250 == _MISSING_NOW:
        on = max(start, recorder.ago(0, 6))
        recorder.record(person, "missing.started", on, recorded=on, missing_id=f"{person}-m")
        return
    if chance.random() > (0.2 if age >= 12 else 0.02):
        return
    often = chance.random()
    episodes = 1 if often < 0.6 else 2 if often < 0.85 else chance.randint(3, 5)
    first = recorder.today - timedelta(days=chance.randint(0, 364))
    for number in range(1, episodes + 1):
        on = first + timedelta(days=(number - 1) * chance.randint(9, 40))
        if on < start or on > recorder.today:
            continue
        id_ = f"{person}-m{number}"
        recorder.record(person, "missing.started", on, recorded=on, missing_id=id_, kind="missing")
        back = on + timedelta(days=chance.choice((0, 0, 1, 1, 1, 2, 4)))
        if back > recorder.today:
            continue
        recorder.record(person, "missing.ended", back, recorded=back, missing_id=id_)
        if chance.random() < 0.8:
            held = back + timedelta(days=chance.randint(0, 4))
            recorder.record(
                person,
                "return_interview.completed",
                held,
                recorded=held,
                missing_id=id_,
                offered=True,
                accepted=chance.random() < 0.7,
            )
