"""A made-up population of any size, put into the log in bulk, and those who read about it.

The demo's council is repeated with other seeds. Each repetition has services, teams and workers of
its own: about 120 young people a team and 20 a worker, however many there are in all.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from random import Random
from typing import Any

import orjson

from events.wire import Message, read_message
from schemas.envelope import Event
from schemas.policy import Policy
from schemas.recipients import Recipient, Recipients
from services.demo.council import make_council
from services.store import feeds, grants, subject_links
from services.store.bulk import add
from services.store.database import Database
from services.store.event_log import Arrival, row_of
from services.store.feeds import ReceivedCount
from services.store.tables import events as events_table
from services.tracking.arrivals import arrival_of

TODAY = date(2026, 11, 23)
"""A Monday: the day of a report."""

POLICY = Policy(council="Benchmark", baseline=date(2026, 2, 14))

COUNCIL = 1511
"""Subjects of one made-up council."""

_TEAMS = {"C": ("children-in-care", 7), "L": ("leaving-care", 5), "F": ("safeguarding", 1)}
"""The service of a reference by its first letter, and how many teams that has in one council."""

_WORKERS = 6
"""Workers of one team."""

_HEADS, _MANAGERS, _RECIPIENTS = 12, 60, 300


@dataclass(frozen=True)
class Population:
    """So many made-up young people."""

    people: int

    @property
    def councils(self) -> int:
        """How many made-up councils they are of; of the last, some."""
        return -(-self.people // COUNCIL)

    def events(self, council: int) -> list[dict[str, Any]]:
        """The events of one council's young people."""
        made = make_council(TODAY, seed=2020 + council)
        subjects = sorted({event["subject"] for event in made})
        wanted = min(COUNCIL, self.people - council * COUNCIL)
        chosen = set(Random(council).sample(subjects, min(wanted, len(subjects))))
        return [_of_council(event, council) for event in made if event["subject"] in chosen]

    @cached_property
    def services(self) -> list[str]:
        """Every service."""
        return [f"{name}-{c:03}" for c in range(self.councils) for name, _ in _TEAMS.values()]

    @cached_property
    def teams(self) -> list[str]:
        """Every team."""
        return [
            f"{name}-{c:03}-{team}"
            for c in range(self.councils)
            for name, teams in _TEAMS.values()
            for team in range(teams)
        ]

    @cached_property
    def workers(self) -> list[str]:
        """Every worker."""
        return [_worker(team, number) for team in self.teams for number in range(_WORKERS)]

    def recipients(self) -> Recipients:
        """Who is sent a digest: 300 at any size, so that only the population differs.

        Where there are fewer teams or workers than that, several are sent the same cases, as
        deputies are.
        """

        def who(id_: str, role: str, scope: str = "all", *ids: str) -> Recipient:
            item = {"id": id_, "name": id_, "role": role, "address": f"{id_}@council.example"}
            return Recipient.model_validate(
                {**item, "scope": scope} | ({scope: ids} if ids else {})
            )

        found = [who("director", "chief_officer"), who("member", "lead_member")]
        shared: tuple[tuple[str, str, list[str], int], ...] = (
            ("head_of_service", "services", self.services, _HEADS),
            ("team_manager", "teams", self.teams, _MANAGERS),
            (
                "personal_adviser",
                "workers",
                self.workers,
                _RECIPIENTS - 2 - _HEADS - _MANAGERS,
            ),
        )
        for role, scope, ids, number in shared:
            for place in range(number):
                # Spread over all councils, those of the first among them.
                item = ids[place * max(1, len(ids) // number) % len(ids)]
                found.append(who(f"{role}-{place}", role, scope, item))
        return Recipients(recipient=tuple(found))


def _worker(team: str, number: int) -> str:
    return f"w-{team}-{number}"


def _of_council(event: dict[str, Any], council: int) -> dict[str, Any]:
    """The same event in one of many councils: its reference, family and staff are that one's."""
    subject = event["subject"]
    data = dict(event["data"])
    name, teams = _TEAMS.get(subject[0], ("", 1))
    number = int(subject[1:])
    team = f"{name}-{council:03}-{number % teams}"
    ours = {
        "service": f"{name}-{council:03}",
        "team": team,
        "team_manager": f"m-{team}",
        "personal_adviser": _worker(team, number // teams % _WORKERS),
        "social_worker": _worker(team, number // teams % _WORKERS),
    }
    data |= {field: value for field, value in ours.items() if field in data}
    if "owner" in data:
        is_worker = data["owner"].startswith("w-")
        data["owner"] = ours["social_worker" if is_worker else "team_manager"]
    for field in ("into", "family_id"):
        if field in data:
            data[field] = f"{council:03}-{data[field]}"
    marks = {"id": f"{council:03}-{event['id']}", "subject": f"{council:03}-{subject}"}
    return {**event, **marks, "data": data}


async def fill(
    database: Database, population: Population, now: datetime, show: Callable[[str], None]
) -> int:
    """Put the population's events into the log, each stored when its source recorded it.

    Nothing is derived from them yet. Returns how many there are.
    """
    counts: dict[str, ReceivedCount] = defaultdict(ReceivedCount)
    total = 0
    for council in range(population.councils):
        arrivals = list(_arrivals(population, council))
        for item in arrivals:
            count = counts[item.event.source]
            count.accepted += 1
            count.last_time = max(filter(None, (count.last_time, item.event.time)))
        pairs = [(item.person, item.reaches) for item in arrivals if item.reaches]
        async with database.writing() as connection:
            await add(connection, events_table, [row_of(a, a.event.time) for a in arrivals])
            granted = {a.content: a.granted for a in arrivals if a.granted}
            await grants.store_new(connection, granted, (), now)
            await subject_links.link(connection, pairs)
        total += len(arrivals)
        if council % 10 == 9:
            show(f"{total:,} events stored")
    async with database.writing() as connection:
        await feeds.count_received(connection, counts, now)
    return total


def _arrivals(population: Population, council: int) -> Iterator[Arrival]:
    for event in population.events(council):
        read = read_message(Message(orjson.dumps(event)))
        if not isinstance(read, Event):
            raise TypeError(f"The made-up event {event['id']} was refused: {read.faults}")
        yield arrival_of(read, POLICY)
