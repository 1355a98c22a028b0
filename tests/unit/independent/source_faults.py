"""What goes wrong between a source and us: corrections, revisions, repeats, retractions, merges."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from .life_builder import date_of_birth
from .vocabulary import HOMES, JUDGED, PLACES, REGISTRATIONS, STATUSES, UNFIT

if TYPE_CHECKING:
    from .life_builder import LifeBuilder, Sent


def changed(t: LifeBuilder, event: Sent) -> dict[str, Any]:
    """The data of an event, told a little otherwise."""
    data = dict(event["data"])
    steps = (-29, -8, -2, -1, 0, 1, 1, 2, 28, 29)
    if "date" in data and t.chance(0.7):
        moved = date.fromisoformat(data["date"]) + timedelta(days=t.rng.choice(steps))
        data["date"] = moved.isoformat()
    choices: dict[str, tuple[Any, ...]] = {
        "legal_status": STATUSES,
        "suitable": JUDGED,
        "unsuitable_reason": UNFIT,
        "registration": REGISTRATIONS,
        "eligibility": ("eligible", "relevant", "former_relevant", None),
        "date_of_birth": (None, date_of_birth(t), date_of_birth(t)),
        "due": (t.day().isoformat(), t.day().isoformat()),
        "into": tuple(t.subjects),
        "id": tuple(one["id"] for one in t.sent),
    }
    if "code" in data and t.chance(0.6):
        data["code"] = t.rng.choice(PLACES if "placement_id" in data else HOMES)
    for name, values in choices.items():
        if name in data and t.chance(0.6):
            data[name] = t.rng.choice(values)
    return data | {"note": t.rng.randint(1, 9)}


def correction(t: LifeBuilder) -> None:
    """A second event about the same thing, under an id of its own."""
    event = t.rng.choice(t.sent)
    t.again(event, id=f"e{len(t.sent) + 1}", time=t.time(t.day()), data=changed(t, event))


def revision(t: LifeBuilder) -> None:
    """The same source and id with other content; sometimes the first once more (S, B, S)."""
    event = t.rng.choice(t.sent)
    time = event["time"] if t.chance(0.3) else t.time(t.day())
    subject = t.rng.choice(t.subjects) if t.chance(0.3) else event["subject"]
    other = t.again(event, time=time, subject=subject, data=changed(t, event))
    if t.chance(0.45):
        t.again(event, time=t.time(t.day()), sequence=t.rng.randint(0, 2))
        # Somebody else speaks of the same thing between the sendings.
        if t.chance(0.4):
            t.again(event, id=f"e{len(t.sent) + 1}", time=t.time(t.day()), data=changed(t, event))
    if t.chance(0.15):
        t.again(other, time=t.time(t.day()))


def repeat(t: LifeBuilder) -> None:
    """The same event sent again, with only a new `time`."""
    event = t.rng.choice(t.sent)
    for _ in range(t.rng.choice((1, 2))):
        t.again(event, time=t.time(t.day()))


def retraction(t: LifeBuilder) -> None:
    """An event sent in error; merges and retractions are favoured as what it takes back."""
    odd = [one for one in t.sent if ".merged" in one["type"] or ".retracted" in one["type"]]
    event = t.rng.choice(odd if odd and t.chance(0.5) else t.sent)
    source = event["source"] if t.chance(0.93) else "/devon/mosaic"
    t.subject = event["subject"]
    t.add("event.retracted", None, id=event["id"])["source"] = source


def merge(t: LifeBuilder) -> None:
    """A merge, which may close a circle, point at itself, or stand against an earlier one."""
    t.subject = t.rng.choice(t.subjects)
    t.add("person.merged", None, into=t.rng.choice((*t.subjects, *t.subjects, "dora")))


SOURCE_FAULTS = (correction, correction, revision, revision, repeat, retraction)
