"""A young person's story, told as events: the language of the scenario tests."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from schemas.envelope import Event, read_event
from schemas.events.catalogue import type_of
from schemas.policy import Policy
from schemas.status import Concern, Period, Question
from services.assessment.statuses import assess_events, on_day
from services.assessment.timeline import Assessment

UA = Concern.UNSUITABLE_ACCOMMODATION
UP = Concern.UNREGULATED_PLACEMENT
PP = Concern.PRE_PROCEEDINGS
PE = Concern.PERMANENCE

SOURCE = "/council/cms"


def day(value: str | date) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def after(start: str | date, days: int) -> date:
    return day(start) + timedelta(days=days)


class Story:
    """Collects events about one or more young people; asks what colour a day has, and why."""

    def __init__(self, person: str = "p1", *, born: str | None = None, **facts: Any) -> None:
        self.person = person
        self.raw: list[dict[str, Any]] = []
        if born or facts:
            known: dict[str, Any] = {"date": max("2000-01-01", born or "")} | facts
            if born:
                known["date_of_birth"] = born
            self.add("person.updated", **known)

    def add(
        self,
        name: str,
        *,
        on: str | None = None,
        person: str | None = None,
        time: str | None = None,
        id: str | None = None,  # noqa: A002 (the event's own word)
        source: str = SOURCE,
        sequence: int | None = None,
        **data: Any,
    ) -> Story:
        if on:
            data["date"] = on
        when = time or f"{data.get('date') or '2026-01-01'}T12:00:00Z"
        event: dict[str, Any] = {
            "specversion": "1.0",
            "id": id or f"{self.person}.{len(self.raw) + 1}",
            "source": source,
            "type": type_of(name),
            "subject": person or self.person,
            "time": when,
            "datacontenttype": "application/json",
            "data": data,
        }
        if sequence is not None:
            event["sequence"] = sequence
        self.raw.append(event)
        return self

    def care(self, start: str, *, status: str = "C2", id: str = "c1") -> Story:  # noqa: A002
        return self.add("care.started", on=start, care_id=id, legal_status=status)

    def care_ended(self, on: str, reason: str, *, id: str = "c1") -> Story:  # noqa: A002
        return self.add("care.ended", on=on, care_id=id, reason=reason)

    def placed(self, start: str, code: str, *, id: str = "pl1", **facts: Any) -> Story:  # noqa: A002
        return self.add("placement.started", on=start, placement_id=id, code=code, **facts)

    def lives(self, start: str, code: str, *, id: str = "a1", **facts: Any) -> Story:  # noqa: A002
        return self.add("accommodation.started", on=start, accommodation_id=id, code=code, **facts)

    def reviewed(self, on: str, kind: str, *, id: str | None = None, **facts: Any) -> Story:  # noqa: A002
        review = id or f"r{len(self.raw)}"
        return self.add("review.completed", on=on, review_id=review, kind=kind, **facts)

    def action(self, on: str, due: str, concern: Concern = UA, *, id: str = "ac1") -> Story:  # noqa: A002
        return self.add(
            "action.agreed",
            on=on,
            action_id=id,
            concern=str(concern),
            due=due,
            what="find somewhere safe",
            owner="w1",
            kind="find_accommodation",
        )

    def retract(self, id_: str, *, time: str = "2026-09-01T00:00:00Z", **rest: Any) -> Story:
        self.add("event.retracted", time=time, **rest)
        self.raw[-1]["data"] = {"id": id_}
        return self

    @property
    def events(self) -> list[Event]:
        read = [read_event(raw) for raw in self.raw]
        refused = [item for item in read if not isinstance(item, Event)]
        assert not refused, refused
        return [item for item in read if isinstance(item, Event)]

    def assessments(
        self, policy: Policy | None = None, known_at: datetime | None = None
    ) -> dict[str, Assessment]:
        return assess_events(self.events, policy or Policy(), known_at)

    def status(self, concern: Concern, on: str | date, person: str | None = None) -> Period | None:
        assessments = self.assessments()
        mine = assessments.get(person or self.person)
        return on_day(mine, concern, day(on)) if mine else None

    def rag(self, concern: Concern, on: str | date, person: str | None = None) -> str:
        status = self.status(concern, on, person)
        return str(status.rag) if status else "none"

    def rules(self, concern: Concern, on: str | date) -> list[str]:
        status = self.status(concern, on)
        return [reason.rule for reason in status.reasons] if status else []

    def questions(self, on: str | date, person: str | None = None) -> list[Question]:
        mine = self.assessments()[person or self.person]
        return [
            question
            for question in mine.questions
            if question.start <= day(on) and (question.end is None or day(on) < question.end)
        ]
