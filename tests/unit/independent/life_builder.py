"""Builds an invented life: days worth asking about, envelopes, and times that collide."""

from __future__ import annotations

import copy
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

Sent = dict[str, Any]
ANCHORS = (
    date(2020, 2, 29),
    date(2021, 9, 9),
    date(2023, 10, 28),
    date(2024, 2, 29),
    date(2025, 7, 1),
    date(2026, 3, 15),
    date(2026, 6, 2),
    date(2028, 2, 29),
)
STEPS = (
    *(0, 0, 0, 1, 1, 2, 3, 4, 7, 8, 15, 21, 22, 27, 28, 29, 30, 42, 43, 49, 56, 57),
    *(84, 85, 89, 90, 91, 112, 113, 122, 183, 184),
)
SOURCES = ("/devon/eclipse", "/devon/eclipse", "/devon/mosaic")


class LifeBuilder:
    """Tells the events of one life, or of a few that belong together."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.sent: list[Sent] = []
        self.anchor = self.rng.choice(ANCHORS)
        self.first = self.anchor - timedelta(days=self.rng.randint(200, 700))
        self.days = [self.anchor]
        self.subjects = ["anna", "ben", "cleo"][: self.rng.choice((1, 1, 1, 1, 2, 2, 3))]
        self.subject = self.subjects[0]
        self.focus = ""
        # Two systems or two young people may use one number: then a merge makes ids meet.
        self.own_numbers = self.rng.random() < 0.25
        self.bare_numbers = self.rng.random() < 0.15
        self.numbers: dict[str, int] = {}
        self.batches = [self.time_near(self.day(), 0, 300) for _ in range(3)]

    def chance(self, share: float) -> bool:
        """Whether something that happens so often happens now."""
        return self.rng.random() < share

    def day(self) -> date:
        """A day in the window: near one that is used already, near the anchor, or anywhere."""
        draw = self.rng.random()
        if draw < 0.55:
            found = self.rng.choice(self.days) + timedelta(days=self.rng.choice(STEPS))
        elif draw < 0.7:
            found = self.anchor + timedelta(days=self.rng.randint(-40, 40))
        else:
            found = self.first + timedelta(days=self.rng.randint(0, 1050))
        self.days.append(found)
        return found

    def after(self, day: date) -> date:
        """A day on or after another, at a distance that rules count; now and then before it."""
        step = self.rng.choice(STEPS) + self.rng.choice((0, 0, 0, 28, 84, 200, 400))
        found = day + timedelta(days=-self.rng.randint(1, 20) if self.chance(0.06) else step)
        self.days.append(found)
        return found

    def time_near(self, day: date, least: int = 0, most: int = 6) -> str:
        """A moment some days after a day, often near midnight."""
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
        moment += timedelta(days=self.rng.randint(least, most))
        hour, minute = self.rng.choice(((2, 0), (9, 30), (12, 0), (17, 45), (23, 30), (23, 59)))
        return (moment + timedelta(hours=hour, minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def time(self, day: date) -> str:
        """When the source recorded it: the same evening, late, early, or in a batch."""
        draw = self.rng.random()
        if draw < 0.25:
            return self.rng.choice(self.batches)
        if draw < 0.35:
            return self.time_near(day, -30, 0)
        return self.time_near(day, 0, 90 if draw < 0.5 else 3)

    def key(self, letter: str) -> str:
        """An id of a spell, plan, action or review, new for this young person."""
        whose = self.subject if self.own_numbers else ""
        number = self.numbers[whose + letter] = self.numbers.get(whose + letter, 0) + 1
        return str(number) if self.bare_numbers else f"{letter}{number}"

    def add(self, name: str, day: date | None, **data: Any) -> Sent:
        """Send one event; without a day it carries no `date`."""
        dated = {"date": day.isoformat(), **data} if day else data
        event: Sent = {
            "specversion": "1.0",
            "id": f"e{len(self.sent) + 1}",
            "source": self.rng.choice(SOURCES),
            "subject": self.subject,
            "time": self.time(day or self.day()),
            "type": f"sightline.{name}.v1",
            "datacontenttype": "application/json",
            "data": dated,
        }
        if self.chance(0.25):
            number = self.rng.randint(0, 3)
            event["sequence"] = str(number) if self.chance(0.3) else number
        self.sent.append(event)
        return event

    def again(self, event: Sent, **envelope: Any) -> Sent:
        """Send something of an earlier event once more."""
        other: Sent = {**copy.deepcopy(event), **envelope}
        self.sent.append(other)
        return other

    def maybe(self, share: float, **data: Any) -> dict[str, Any]:
        """Some optional fields, each told or left out."""
        return {name: value for name, value in data.items() if self.chance(share)}


def date_of_birth(builder: LifeBuilder) -> str:
    """A date of birth whose 16th, 18th, 21st or 25th birthday often falls in the window."""
    if builder.chance(0.04):
        return builder.rng.choice(("1900-01-01", "1985-06-01", "2027-01-01"))
    if builder.focus in ("placed", "planned", "court", "seen", "runs"):
        years = builder.rng.choice((16, 16, 17, 18, 18, 12))
        day = builder.first + timedelta(days=builder.rng.randint(300, 1300))
    else:
        years = builder.rng.choice((16, 16, 18, 18, 18, 19, 21, 21, 25))
        day = builder.day()
    if builder.chance(0.25):
        leap = [year for year in range(1992, 2017, 4) if 10 <= builder.anchor.year - year <= 26]
        return date(builder.rng.choice(leap), 2, 29).isoformat()
    return date(day.year - years, day.month, min(day.day, 28)).isoformat()
