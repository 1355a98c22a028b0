"""Invented lives in published shares.

About 1 looked-after child in 100 is in an unregistered placement; 6 to 7 % of care leavers are in
unsuitable accommodation (Children's Commissioner 2025; DfE, care leavers 2018 and 2019).
"""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from services.demo.contact import goes_missing, planned, seen_in_care
from services.demo.events import CASES, HOUSING, EventRecorder
from services.demo.leavers import care_leaver
from services.demo.reviewed import reviewing_officer

LOOKED_AFTER, CARE_LEAVERS, FAMILIES = 830, 560, 62
QUIET_DAYS = 9
"""For how long the second source has been silent."""

_PLACEMENTS: Sequence[tuple[str, int]] = (
    ("U4", 28), ("U6", 25), ("U3", 15), ("K2", 12), ("K3", 9), ("P1", 6), ("A5", 2), ("R3", 1),
    ("S1", 1), ("K1", 1),
)  # fmt: skip
_PLANS = ("return_home", "relatives", "long_term_fostering", "adoption", "special_guardianship")


def make_council(today: date, seed: int = 2020) -> list[dict[str, Any]]:
    """Three years of events of about 1,500 invented young people, in the order of their time."""
    recorder = EventRecorder(Random(seed), today)
    for number in range(LOOKED_AFTER):
        person = f"C{number + 1:04}"
        looked_after(recorder, person, unregistered=number % 100 == 0, formerly=number % 90 == 45)
    for number in range(CARE_LEAVERS):
        care_leaver(recorder, f"L{number + 1:04}", number)
    child = 0
    for family in range(FAMILIES):
        for _ in range(recorder.chance.choice((1, 1, 2, 3))):
            child += 1
            in_pre_proceedings(recorder, f"F{child:04}", f"family-{family + 1:03}", family)
    _merged_twice(recorder)
    quiet_since = (today - timedelta(days=QUIET_DAYS)).isoformat()
    heard = [
        event
        for event in recorder.events
        if event["source"] != HOUSING or event["time"] < quiet_since
    ]
    return sorted(heard, key=lambda event: (event["time"], event["id"]))


def broken_messages(today: date) -> list[bytes]:
    """Faulty messages of a source: each is refused, and kept whole with its reason."""
    start = (
        f'{{"specversion": "1.0", "source": "{CASES}", "time": "{today}T06:00:00Z", '
        '"datacontenttype": "application/json", '
    ).encode()
    return [
        start + b'"id": "bad-1", "type": "sightline.placement.started.v1", "subject": "C0007", '
        b'"data": {"placement_id": "x", "code": "U4", "date": "31/10/2026"}}',
        start + b'"id": "bad-2", "type": "sightline.placement.moved.v1", "subject": "C0008", '
        b'"data": {}}',
        start + b'"id": "bad-3", "type": "sightline.review.completed.v1", "subject": "C0009", '
        b'"data": {"review_id": "r", "date": "2026-10-01", "kind": "annual"}}',
        start + b'"id": "bad-4", "type": "sightline.accommodation.started.v1", '
        b'"data": {"accommodation_id": "y", "code": "B", "date": "2026-10-01"}}',
        b"C0010;2026-10-01;placement moved",
    ]


def looked_after(
    recorder: EventRecorder, person: str, *, unregistered: bool, formerly: bool
) -> None:
    """A looked-after child: placements, reviews, a plan for permanence, visits, missing episodes.

    `unregistered` now, or `formerly`, about nine months ago.
    """
    chance = recorder.chance
    born = recorder.born(13, 17.5) if unregistered else recorder.born(0.6, 17.8)
    start = max(recorder.ago(20, 1090), born + timedelta(days=3))
    recorder.allocate(person, start, "children-in-care", date_of_birth=born)
    status = chance.choices(("C2", "C1", "V2", "E1", "V4"), (50, 20, 22, 6, 2))[0]
    recorder.record(
        person, "care.started", start, recorded=start, care_id=f"{person}-c", legal_status=status
    )
    _placements(recorder, person, born, start, unregistered=unregistered)
    if formerly:
        began = max(start, recorder.ago(285, 340))
        homes: tuple[tuple[date, str, dict[str, Any]], ...] = (
            (began, "Z12", {"registration": "unregistered"}),
            (recorder.ago(60, 250), "U4", {"provider": "PR1", "urn": "SC400101"}),
        )
        for on, code, facts in homes:
            recorder.record(
                person, "placement.started", on, placement_id=f"{person}-{code}", code=code, **facts
            )
    review, number = start + timedelta(days=chance.randint(18, 27)), 0
    while review <= recorder.today:
        due = review + timedelta(days=88 if number == 0 else 180)
        if not (chance.random() < 0.004):
            recorder.record(
                person,
                "review.completed",
                review,
                review_id=f"{person}-r{number}",
                kind="looked_after",
                on_time=True,
                next_due=due,
            )
        review, number = due - timedelta(days=chance.randint(-1, 9)), number + 1
    agreed = start + timedelta(days=chance.randint(50, 112))
    if chance.random() < 0.985 or start < recorder.today - timedelta(days=400):
        recorder.record(
            person, "permanence.agreed", agreed, plan_id=f"{person}-p", plan=chance.choice(_PLANS)
        )
        if chance.random() < 0.02:
            recorder.record(
                person,
                "permanence.withdrawn",
                recorder.ago(5, 120),
                plan_id=f"{person}-p",
                reason="a new assessment is needed",
            )

    if status == "V4":
        return
    overdue = Random(person).random() < 0.03
    seen_in_care(recorder, person, start, is_overdue=overdue)
    reviewing_officer(recorder, person, start)
    goes_missing(recorder, person, born, start)
    turned_16 = born.replace(year=born.year + 16, day=min(born.day, 28))
    if turned_16 <= recorder.today:
        since = max(turned_16, start)
        recorder.record(person, "person.updated", since, recorded=since, eligibility="eligible")
        planned(recorder, person, since, is_overdue=overdue)


def _placements(
    recorder: EventRecorder, person: str, born: date, start: date, *, unregistered: bool
) -> None:
    chance = recorder.chance
    day, number = start, 0
    while day <= recorder.today:
        number += 1
        code = chance.choices([c for c, _ in _PLACEMENTS], [w for _, w in _PLACEMENTS])[0]
        if code == "K3" and (recorder.today - born).days < 16.2 * 365.25:
            code = "U4"
        facts: dict[str, Any] = {"code": code, "provider": chance.choice(("PR1", "PR4", "PR4"))}
        if code in {"K1", "K2", "K3", "R3", "S1"} and chance.random() < 0.995:
            facts["urn"] = f"{chance.randint(1_000_000, 2_999_999)}"
        elif code == "P1":
            facts["provider"] = "PR0"
        elif code[0] in "UA" and Random(f"{person} {number}").random() < 0.985:
            facts["urn"] = "SC400101" if facts["provider"] == "PR1" else "SC400202"
        recorder.record(
            person, "placement.started", day, placement_id=f"{person}-{number}", **facts
        )
        if chance.random() < 0.02:
            recorder.record(
                person,
                "placement.started",
                day,
                recorded=day + timedelta(days=3),
                placement_id=f"{person}-{number}",
                **facts | {"provider": "PR5"},
            )
        day += timedelta(days=chance.randint(120, 1500))
    if unregistered:
        began = recorder.ago(4, 75)
        recorder.record(
            person,
            "placement.started",
            began,
            placement_id=f"{person}-u",
            code="Z12",
            registration="unregistered",
            approved_by="head of service",
            deprivation_of_liberty=chance.random() < 0.5,
        )
        if chance.random() < 0.5:
            _action(recorder, person, "unregulated_placement", began, "register_provider")


def in_pre_proceedings(recorder: EventRecorder, person: str, family: str, number: int) -> None:
    """A child in pre-proceedings; the children of one family start and end together."""
    chance = Random(number)
    begun = recorder.today - timedelta(days=chance.randint(6, 900))
    lasts = chance.choice((60, 75, 84, 90, 100, 118))
    period = f"{person}-pp"
    born = recorder.born(0.2, 15)
    recorder.allocate(person, begun, "safeguarding", date_of_birth=min(born, begun))
    recorder.record(
        person,
        "pre_proceedings.started",
        begun,
        recorded=begun + timedelta(days=1),
        period_id=period,
        family_id=family,
        letter_sent_on=begun + timedelta(days=5),
    )
    if chance.random() < 0.85:
        recorder.record(
            person,
            "review.completed",
            begun + timedelta(days=38),
            review_id=f"{person}-mid",
            kind="pre_proceedings",
        )
    if lasts > 84 and chance.random() < 0.5:
        recorder.record(
            person,
            "pre_proceedings.extended",
            begun + timedelta(days=80),
            period_id=period,
            until=begun + timedelta(days=105),
            authorised_by="head of service",
            reason="an assessment is outstanding",
        )
    end = begun + timedelta(days=lasts)
    outcome = chance.choice(("step_down", "step_down", "care_proceedings"))
    facts: dict[str, Any] = {"issued_on": end} if outcome == "care_proceedings" else {}
    recorder.record(
        person,
        "pre_proceedings.ended",
        end,
        recorded=end,
        period_id=period,
        outcome=outcome,
        **facts,
    )


def _action(recorder: EventRecorder, person: str, concern: str, after: date, kind: str) -> None:
    agreed = min(after + timedelta(days=recorder.chance.randint(1, 6)), recorder.today)
    recorder.record(
        person,
        "action.agreed",
        agreed,
        action_id=f"{person}-{kind}",
        concern=concern,
        what="agreed at the placement panel",
        owner=recorder.manager[person],
        due=agreed + timedelta(days=recorder.chance.randint(14, 40)),
        kind=kind,
    )


def _merged_twice(recorder: EventRecorder) -> None:
    """Two young people who were recorded twice and then merged."""
    for duplicate, person in (("X0001", "C0101"), ("X0002", "L0077")):
        recorder.record(duplicate, "person.updated", recorder.ago(60, 90), eligibility=None)
        recorder.record(duplicate, "person.merged", recorder.ago(10, 40), into=person)
