"""Recording made-up lives as events: when a source recorded what, a few of them late."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from schemas.events.catalogue import CATALOGUE, type_of
from schemas.structured import structured_event

CASES = "/made-up/case-system"
HOUSING = "/made-up/housing-system"

_LATE_SHARE = 0.03


@dataclass(slots=True)
class EventRecorder:
    """Collects events, each with the time at which its source recorded it.

    `worker` and `manager` are whose case each young person is.
    """

    chance: Random
    today: date
    events: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0
    worker: dict[str, str] = field(default_factory=dict)
    manager: dict[str, str] = field(default_factory=dict)
    placed: dict[str, list[tuple[date, str]]] = field(default_factory=dict)
    """Where each child was placed, from which day on."""

    def record(
        self,
        person: str,
        name: str,
        on: date,
        *,
        source: str = CASES,
        recorded: date | None = None,
        **data: Any,
    ) -> None:
        """Record one event on its day, or some days late; nothing is recorded in the future."""
        if recorded is None:
            late = self.chance.random() < _LATE_SHARE
            recorded = on + timedelta(days=self.chance.randint(8, 24) if late else 0)
        recorded = min(max(recorded, on), self.today) if on <= self.today else recorded
        if recorded > self.today:
            return
        if name == "placement.started":
            self.placed.setdefault(person, []).append((on, data["code"]))
        self.count += 1
        clock = time(self.chance.randint(8, 17), self.chance.randint(0, 59))
        moment = datetime.combine(recorded, clock, UTC)
        if "date" in CATALOGUE[name].model_fields:
            data["date"] = on.isoformat()
        self.events.append(
            structured_event(
                type_of(name),
                {key: _plain(value) for key, value in data.items()},
                id=f"{source.rsplit('/', 1)[-1]}-{self.count:06}",
                source=source,
                time=moment,
                subject=person,
            )
        )

    def allocate(self, person: str, on: date, service: str, **facts: Any) -> None:
        """Record whose case it is; a few have no team yet."""
        number = self.chance.randint(1, 4)
        staff: dict[str, Any] = {"service": service, "team": f"{service}-{number}"}
        worker = f"w-{service[:2]}-{number}{self.chance.randint(1, 6)}"
        staff["personal_adviser" if service == "leaving-care" else "social_worker"] = worker
        staff["team_manager"] = f"m-{service[:2]}-{number}"
        if self.chance.random() < 0.01:
            del staff["team"], staff["team_manager"]
        self.worker[person], self.manager[person] = worker, f"m-{service[:2]}-{number}"
        self.record(person, "person.updated", on, recorded=on, **staff, **facts)

    def ago(self, low: int, high: int) -> date:
        """A random day between `low` and `high` days ago."""
        return self.today - timedelta(days=self.chance.randint(low, high))

    def born(self, low: float, high: float) -> date:
        """A birth date that makes the age today lie between `low` and `high` years."""
        return self.today - timedelta(days=int(self.chance.uniform(low, high) * 365.25))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
