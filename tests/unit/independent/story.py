"""Tells the young people of the cases as events, and asks about their days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from .reading import CONCERNS, Life, Verdict, read_all

UA, UP, PP, PE, VI, PW, MI = CONCERNS
TODAY = date(2026, 6, 15)


def on(text: str) -> date:
    return date.fromisoformat(text)


def plus(text: str, days: int) -> str:
    return (on(text) + timedelta(days=days)).isoformat()


class Story:
    """Events told one after another, each recorded the evening of its day unless said otherwise."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def add(self, name: str, day: str | None, **data: Any) -> Story:
        return self.send(name, {**({"date": day} if day else {}), **data}, day or "2020-01-01")

    def send(self, name: str, data: dict[str, Any], day: str, **envelope: Any) -> Story:
        number = len(self.events) + 1
        self.events.append(
            {
                "specversion": "1.0",
                "id": f"e{number}",
                "source": "/devon/eclipse",
                "subject": "anna",
                "time": f"{day}T18:{number % 60:02}:00Z",
                "type": f"sightline.{name}.v1",
                "datacontenttype": "application/json",
                "data": data,
                **envelope,
            }
        )
        return self

    def born(self, day: str) -> Story:
        return self.add("person.updated", None, date_of_birth=day)

    def person(self, day: str, **data: Any) -> Story:
        return self.add("person.updated", day, **data)

    def care(self, day: str, key: str = "c", **data: Any) -> Story:
        return self.add("care.started", day, care_id=key, **data)

    def care_ends(self, day: str, key: str = "c", **data: Any) -> Story:
        return self.add("care.ended", day, care_id=key, **data)

    def placed(self, day: str, code: str, key: str = "p", **data: Any) -> Story:
        return self.add("placement.started", day, placement_id=key, code=code, **data)

    def lives_in(self, day: str, code: str, key: str = "a", **data: Any) -> Story:
        return self.add("accommodation.started", day, accommodation_id=key, code=code, **data)

    def review(self, day: str, kind: str, **data: Any) -> Story:
        key = f"r{len(self.events)}"
        return self.add("review.completed", day, review_id=key, kind=kind, **data)

    def visited(self, day: str, kind: str | None = "looked_after") -> Story:
        return self.add("visit.completed", day, **({"kind": kind} if kind else {}))

    def gone_missing(self, day: str, end: str | None = None, key: str = "m", **data: Any) -> Story:
        self.add("missing.started", day, missing_id=key, **data)
        return self.add("missing.ended", end, missing_id=key) if end else self

    def action(self, day: str, due: str, key: str = "t", concern: str = UA) -> Story:
        data = {"action_id": key, "concern": concern, "what": "find a home", "owner": "w1"}
        return self.add("action.agreed", day, due=due, **data)

    def life(self, person: str = "anna") -> Life:
        return read_all(self.events)[person]

    def verdict(self, concern: str, day: str | date = TODAY) -> Verdict | None:
        return self.life().verdict(concern, day if isinstance(day, date) else on(day))

    def asks(self, about: str, day: str | date = TODAY) -> bool:
        asked = self.life().questions(day if isinstance(day, date) else on(day))
        return any(one.about == about for one in asked)

    def rags(self, concern: str, first: str, last: str) -> set[str]:
        days = self.life().days(concern, on(first), on(last))
        return {one.rag if one else "none" for one in days}

    def changes(self, concern: str, first: str, last: str) -> list[tuple[str, str]]:
        """The days on which the rag becomes another, and what it becomes."""
        days = self.life().days(concern, on(first), on(last))
        shown = [one.rag if one else "none" for one in days]
        return [
            (plus(first, number), rag)
            for number, rag in enumerate(shown)
            if number == 0 or rag != shown[number - 1]
        ]

    def rag(self, concern: str, day: str | date = TODAY) -> str:
        found = self.verdict(concern, day)
        return found.rag if found else "none"

    def sure(self, concern: str, day: str | date = TODAY) -> Verdict:
        found = self.verdict(concern, day)
        assert found is not None
        return found
