"""What readers wait for: pages, and the time from an event to the count that it changes."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

import orjson
from faststream.nats import NatsBroker
from sqlalchemy import func, select

from events.broker import jetstream_of
from events.channel import BY_COMMAND
from events.publish import to_message
from schemas.events.catalogue import type_of
from schemas.status import Concern, Rag
from schemas.structured import structured_event
from services.access.directory import Directory
from services.access.roles import Role
from services.access.scope import OF_RECIPIENT
from services.access.sessions import Limits, Sessions
from services.store.database import Database
from services.store.tables import assignments, cases
from tests.benchmarks.scale_population import POLICY, TODAY, Population
from tests.benchmarks.scale_processes import Place

TIMES, CHANGES = 30, 20
_LEAST, _SECONDS = 3, 15.0
"""What is repeated stops after so many seconds, but not before it was done so many times."""

_CONCERN = Concern.UNSUITABLE_ACCOMMODATION
_REDS = re.compile(rf'href="/cases\?concern={_CONCERN}&amp;colour=red[^"]*">(\d+)<'.encode())
_PATIENCE = 60.0
"""Seconds after which a change that is not seen has failed."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads pages: what they are called here, and what they read."""

    what: str
    secret: str
    team: str
    people: Sequence[str]

    def paths(self) -> dict[str, list[str]]:
        """The pages that they open, each as often as it is measured; a case once."""
        return {
            "overview": ["/"] * TIMES,
            "list, reds of a team": [f"/cases?team={self.team}&colour=red"] * TIMES,
            "list, all reds": ["/cases?colour=red"] * TIMES,
            "case, first time": [f"/cases/{person}" for person in self.people],
        }


class Browser:
    """One connection to the pages, on a plain socket: a client library would take longer."""

    def __init__(self, port: int, reader: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        self.port, self._reader, self._to = port, reader, to

    @classmethod
    @asynccontextmanager
    async def opened(cls, port: int) -> AsyncIterator[Self]:
        """Connect; the connection is closed at the end."""
        reader, to = await asyncio.open_connection("127.0.0.1", port)
        yield cls(port, reader, to)
        to.close()

    async def get(self, path: str, secret: str) -> bytes:
        """A page's body.

        Raises:
            RuntimeError: it was not served.
        """
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
        self._to.write(f"{head}Cookie: sightline={secret}\r\n\r\n".encode())
        answer = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        if not answer.startswith("http/1.1 200"):
            raise RuntimeError(f"{path} was answered {answer[:40]!r}")
        length = int(answer.split("content-length: ")[1].split("\r")[0])
        return await self._reader.readexactly(length)


async def readers(database: Database, place: Place) -> list[Reader]:
    """A director, a head of service and an adviser, signed in."""
    population = Population(place.people)
    recipients = population.recipients()
    sessions = Sessions(database, Directory(recipients, POLICY), place.clock, Limits())
    team = next(item for item in population.teams if item.startswith("leaving-care"))
    head = next(
        item
        for item in recipients.recipient
        if item.role == "head_of_service" and item.services[0].startswith("leaving-care")
    )
    head_team = next(item for item in population.teams if item.startswith(head.services[0]))
    adviser = f"w-{team}-0"
    found = []
    for what, id_, role, own_team, whose in (
        ("director", f"{OF_RECIPIENT}director", Role.CHIEF_OFFICER, team, None),
        ("head of service", f"{OF_RECIPIENT}{head.id}", Role.HEAD_OF_SERVICE, head_team,
            assignments.c.service == head.services[0]),
        ("adviser", adviser, Role.PERSONAL_ADVISER, team,
            assignments.c.personal_adviser == adviser),
    ):  # fmt: skip
        async with database.reading() as connection:
            wanted = select(assignments.c.person).distinct().order_by(assignments.c.person)
            rows = await connection.execute(wanted if whose is None else wanted.where(whose))
            people = list(rows.scalars())
        # One more than is measured, for warming up.
        chosen = people[:: max(1, len(people) // (TIMES + 1))][: TIMES + 1]
        found.append(Reader(what, await sessions.begin(id_, (role,)), own_team, chosen[1:]))
    return found


async def read_pages(port: int, reader: Reader) -> dict[str, list[float]]:
    """Milliseconds of each visit to each page, one after another."""
    taken: dict[str, list[float]] = {}
    async with Browser.opened(port) as browser:
        for name, paths in reader.paths().items():
            if name != "case, first time":
                await browser.get(paths[0], reader.secret)
            taken[name] = []
            first = time.perf_counter()
            for path in paths:
                if _is_enough(taken[name], first):
                    break
                began = time.perf_counter()
                await browser.get(path, reader.secret)
                taken[name].append((time.perf_counter() - began) * 1000)
    return taken


async def changes_seen(
    broker: NatsBroker, database: Database, place: Place, director: Reader
) -> list[float]:
    """Milliseconds from an event that turns a case red until the overview counts it."""
    taken: list[float] = []
    async with Browser.opened(place.port) as browser:
        first, count = time.perf_counter(), await _reds(browser, director)
        for number, person in enumerate(await _green(database)):
            if _is_enough(taken, first):
                break
            event = structured_event(
                type_of("accommodation.started"),
                {
                    "accommodation_id": f"bench-{number}",
                    "date": TODAY.isoformat(),
                    "code": "S",
                    "suitable": False,
                    "unsuitable_reason": "homeless",
                },
                id=f"bench-{number}",
                source="/made-up/case-system",
                time=place.clock(),
                subject=person,
            )
            sent = to_message(orjson.dumps(event), BY_COMMAND)
            began = time.perf_counter()
            await jetstream_of(broker).publish(
                sent.subject, sent.message.body, headers=dict(sent.message.headers)
            )
            while await _reds(browser, director) <= count:
                if time.perf_counter() - began > _PATIENCE:
                    raise TimeoutError(f"The event of {person} is not counted.")
            taken.append((time.perf_counter() - began) * 1000)
            count += 1
    return taken


def _is_enough(taken: Sequence[float], first: float) -> bool:
    return len(taken) >= _LEAST and time.perf_counter() - first > _SECONDS


async def _reds(browser: Browser, reader: Reader) -> int:
    found = _REDS.search(await browser.get("/", reader.secret))
    if found is None:
        raise RuntimeError("The overview does not show how many are red.")
    return int(found[1])


async def _green(database: Database) -> list[str]:
    """Care leavers whose accommodation is suitable today, spread over everybody."""
    green = (
        select(cases.c.person, func.row_number().over(order_by=cases.c.person).label("place"))
        .where(
            cases.c.concern == _CONCERN.value,
            cases.c.rag == Rag.GREEN.value,
            cases.c.start <= TODAY,
            cases.c.until > TODAY,
        )
        .subquery()
    )
    number = select(func.count()).select_from(green).scalar_subquery()
    async with database.reading() as connection:
        rows = await connection.execute(
            select(green.c.person).where(green.c.place % (number // CHANGES) == 0).limit(CHANGES)
        )
        return list(rows.scalars())
