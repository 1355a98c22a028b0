"""A made council of some 100 young people: random lives brought near today, and written ones.

Teams, services and workers come, change, lapse and are missing; some staff have left.
"""

from contextlib import suppress
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from schemas.envelope import Event, read_event
from schemas.events.catalogue import type_of
from schemas.policy import Policy
from tests.lives_apart import life_apart
from tests.unit.independent.life_builder import ANCHORS

TODAY = date(2026, 11, 20)
POLICY = Policy(
    council="Test Council",
    baseline=date(2026, 9, 1),
    tracked={"permanence": False},
)
LIVES = 40
WRITTEN = 48

TEAMS = ("north", "south", "east", None)
SERVICE_OF = {"north": "leaving", "south": "leaving", "east": "fostering", None: None}
WORKERS = ("w1", "w2", "w3", "w4", None)
GONE = {"w3": date(2026, 11, 20), "w4": date(2026, 10, 5)}
"""One leaves today, one has been gone for a while."""

CONCERNS = ("unsuitable_accommodation", "unregulated_placement", "pre_proceedings")

Raw = dict[str, Any]


def event(name: str, subject: str, number: int, on: date | None, **data: Any) -> Raw:
    """An event as its source sends it; `number` makes its id."""
    day = on or date(2020, 1, 1)
    return {
        "specversion": "1.0", "id": f"{subject}.{number}", "source": "/test/cms",
        "type": type_of(name), "subject": subject, "time": f"{day.isoformat()}T12:00:00Z",
        "datacontenttype": "application/json",
        "data": ({"date": on.isoformat()} if on else {}) | data,
    }  # fmt: skip


def shifted(value: Any, days: int) -> Any:
    """The same with every day and time moved."""
    if isinstance(value, dict):
        return {name: shifted(item, days) for name, item in value.items()}
    if not isinstance(value, str):
        return value
    for length, moved in ((10, ""), (20, value[10:])):
        if len(value) == length and value[4:5] == value[7:8] == "-":
            with suppress(ValueError):  # some dates are none
                on = date.fromisoformat(value[:10]) + timedelta(days=days)
                return on.isoformat() + moved
    return value


def life(seed: int) -> list[Raw]:
    """A random life, mostly brought near today, whose subjects and ids are its own."""
    raw = life_apart(seed, seed)
    chance = Random(seed)
    read = [event for item in raw if isinstance(event := read_event(item), Event)]
    effective = (getattr(event.data, "date", None) for event in read)
    days = [day.isoformat() for day in effective if day]
    middle = date.fromisoformat(sorted(days)[len(days) // 2]) if days else ANCHORS[0]
    near = TODAY + timedelta(days=chance.randint(-250, 120))
    by = (near - middle).days if chance.random() < 0.85 else 0
    return [
        item | {"data": shifted(item["data"], by), "time": shifted(item["time"], by)}
        for item in raw
    ]


def whose(subject: str, chance: Random, number: int) -> list[Raw]:
    """Whose somebody is: from long ago, changing now and then, some of it in the future."""
    found = []
    on = TODAY - timedelta(days=chance.randint(200, 2000))
    for place in range(chance.choice((1, 1, 2, 3, 4))):
        team = chance.choice(TEAMS)
        fields: dict[str, Any] = {
            "team": team,
            "service": SERVICE_OF[team] if chance.random() < 0.8 else chance.choice(TEAMS),
            "personal_adviser": chance.choice(WORKERS),
            "social_worker": chance.choice(WORKERS),
            "team_manager": chance.choice(("m1", "m2", None)),
            "reviewing_officer": chance.choice(("iro1", "iro2", "w2", None)),
        }
        fields = {name: value for name, value in fields.items() if chance.random() < 0.9}
        if fields:
            found.append(event("person.updated", subject, number + place, on, **fields))
        on = min(on + timedelta(days=chance.randint(1, 900)), TODAY + timedelta(days=20))
    return found


def written(number: int) -> list[Raw]:
    """A life as a council would write it: red mostly, with plans, ratings and acknowledgements."""
    chance = Random(number + 7000)
    who = f"k{number:03}"
    since = TODAY - timedelta(days=chance.choice((-9, 0, 1, 2, 3, 6, 8, 15, 30, 57, 90, 200)))
    concern = chance.choice(CONCERNS)
    found = [
        event("person.updated", who, 1, date(2020, 1, 1), eligibility="none"),
        *whose(who, chance, 10),
    ]
    if concern == CONCERNS[0]:
        fields = {
            "date_of_birth": "2006-05-01",
            "eligibility": "former_relevant",
            "in_touch": "yes",
        }
        code, suitable = chance.choice(("S", "V", "E", "K", "U")), chance.choice((False, None))
        found += [
            event("person.updated", who, 2, since, **fields),
            event("accommodation.started", who, 3, since, accommodation_id="a1", code=code,
                  suitable=suitable),
        ]  # fmt: skip
    elif concern == CONCERNS[1]:
        code = chance.choice(("Z1", "K2", "P3", "H5"))
        found += [
            event("person.updated", who, 2, since, date_of_birth="2010-03-01"),
            event("care.started", who, 3, since, care_id="c1", legal_status="C2"),
            event("placement.started", who, 4, since, placement_id="p1", code=code,
                  registration=chance.choice(("unregistered", "unknown", "registered"))),
        ]  # fmt: skip
    else:
        long_ago = since - timedelta(days=190)
        found += [
            event("person.updated", who, 2, long_ago, date_of_birth="2015-03-01"),
            event("pre_proceedings.started", who, 3, long_ago, period_id="x1",
                  family_id=chance.choice(("f1", "f2", None))),
        ]  # fmt: skip
    return found + _done(who, concern, since, chance)


def _done(who: str, concern: str, since: date, chance: Random) -> list[Raw]:
    """What is done about it."""
    found = []
    for number in range(chance.choice((0, 0, 1, 2))):
        on = since + timedelta(days=chance.choice((0, 1, 5)))
        due = on + timedelta(days=chance.choice((0, 1, 7, 27, 60)))
        found.append(
            event("action.agreed", who, 30 + number, on, action_id=f"t{number}", concern=concern,
                  what="move", owner=chance.choice(("w1", "w9")), kind="move",
                  due=due.isoformat())
        )  # fmt: skip
        if chance.random() < 0.4:
            later = on + timedelta(days=chance.choice((3, 40)))
            found.append(event("action.completed", who, 40 + number, later, action_id=f"t{number}"))
    if chance.random() < 0.4:
        expires = (since + timedelta(days=27)).isoformat()
        rating = {"rag": chance.choice(("amber", "red")), "rationale": "seen daily",
                  "authorised_by": "m1", "expires": expires}  # fmt: skip
        found.append(
            event("review.completed", who, 50, since + timedelta(days=1), review_id="r1",
                  kind="oversight", concern=concern, rating=rating)
        )  # fmt: skip
    if chance.random() < 0.4:
        found.append(
            event("oversight.acknowledged", who, 60, since + timedelta(days=chance.choice((0, 4))),
                  acknowledgement_id="o1", concern=concern, acknowledged_by="h1",
                  role=chance.choice(("team_manager", "head_of_service", "chief_officer")))
        )  # fmt: skip
    found += _said_and_moved(who, concern, since, chance)
    found += _reviewed(who, chance)
    if chance.random() < 0.15:
        found.append(event("person.merged", who, 70, None, into=f"k{(ord(who[-1]) % 7):03}"))
    return found


def _said_and_moved(who: str, concern: str, since: date, chance: Random) -> list[Raw]:
    """What is said of why it lasts, and the dates to which an action is moved."""
    found = []
    for number in range(chance.choice((0, 0, 1, 2))):
        on = since + timedelta(days=chance.choice((-3, 0, 2, 12)))
        found.append(
            event("oversight.explained", who, 80 + number, on, explanation_id=f"e{number}",
                  concern=concern, why=chance.choice(("waiting_for_panel", "legal_process")),
                  explained_by=chance.choice(("w1", None)))
        )  # fmt: skip
    for number in range(chance.choice((0, 0, 1, 2, 3))):
        on = since + timedelta(days=chance.choice((0, 2, 6, 9, 30)))
        due = (on + timedelta(days=chance.choice((-4, 3, 20, 61)))).isoformat()
        found.append(
            event("action.changed", who, 90 + number, on, action_id="t0", due=due,
                  authorised_by=chance.choice(("m1", None)), owner=chance.choice(("w2", None)))
        )  # fmt: skip
    return found


def _reviewed(who: str, chance: Random) -> list[Raw]:
    """What a reviewing officer escalates, and the reviews that are held, of the last two years."""
    found = []
    for number in range(chance.choice((0, 0, 1, 2))):
        key, on = f"i{number}", TODAY - timedelta(days=chance.choice((0, 3, 15, 33, 240, 500)))
        found.append(
            event("escalation.raised", who, 200 + number, on, escalation_id=key, raised_by="iro1",
                  stage=chance.choice(("informal", "formal")),
                  reason=chance.choice(("drift", None)))
        )  # fmt: skip
        for level in range(1, chance.choice((1, 2, 4))):
            on += timedelta(days=chance.choice((0, 4, 9)))
            found.append(
                event("escalation.changed", who, 210 + 10 * number + level, on, escalation_id=key,
                      stage="formal", level=level)
            )  # fmt: skip
        if chance.random() < 0.5:
            on += timedelta(days=chance.choice((-2, 0, 3, 30)))
            found.append(event("escalation.resolved", who, 240 + number, on, escalation_id=key))
    for number in range(chance.choice((0, 2, 5))):
        on = TODAY - timedelta(days=chance.randint(-10, 500))
        found.append(
            event("review.completed", who, 250 + number, on, review_id=f"la{number}",
                  kind="looked_after", on_time=chance.choice((True, False, None)))
        )  # fmt: skip
    return found


@cache
def events() -> tuple[Raw, ...]:
    """Everything that the council's sources send, in an order of its own."""
    chance = Random(11)
    fields = [item for number in range(WRITTEN) for item in written(number)]
    for seed in range(LIVES):
        lived = life(seed)
        fields += lived
        for subject in sorted({item["subject"] for item in lived if item["subject"]}):
            fields += whose(subject, Random(f"{subject}"), 900)
    chance.shuffle(fields)
    return tuple(fields)
