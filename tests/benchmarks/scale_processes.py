"""The roles of the program, each in a process of its own, at the day of the benchmark.

Run as `python -m tests.benchmarks.scale_processes ROLE PLACE`; each writes one line of JSON: once
it serves, or when it is done.
"""

import asyncio
import dataclasses
import gc
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import orjson
import uvloop

from services.assessment.derivation import Rules
from services.bootstrap.pages import serving_pages
from services.bootstrap.relay import relay_for_ever
from services.bootstrap.runtime import open_runtime
from services.bootstrap.tracking import start_tracking
from services.clock import now_utc
from services.digests.links import Links
from services.digests.schedule import tick
from services.digests.send import MailContext, make_week, send_due
from services.digests.week import latest_due, week_of
from services.settings import Settings
from services.store import event_log
from services.store.database import Database
from services.tracking.publish import notice_today
from services.tracking.rebuild import derive_some, rebuild
from tests.benchmarks.scale_population import POLICY, TODAY, Population

_NOON = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
_SAMPLE, _AT_A_TIME = 2000, 200
_WAKES = 5


@dataclass(frozen=True, slots=True)
class Place:
    """Where a process works: the database, the broker, a folder, a port; `shift` sets its clock."""

    database: str
    nats: str
    folder: str
    people: int
    port: int
    shift: float

    def clock(self) -> datetime:
        """The time in the benchmark (UTC): it began at noon of its day."""
        return now_utc() + timedelta(seconds=self.shift)

    def settings(self) -> Settings:
        """The program's settings in this place."""
        return Settings(
            database_url=self.database, nats_url=self.nats, data_dir=Path(self.folder),
            pages_port=self.port, base_url=f"http://127.0.0.1:{self.port}", policy=None,
            recipients=None, oidc_issuer="http://127.0.0.1:1",
        )  # fmt: skip

    def mail_context(self, database: Database) -> MailContext:
        """What digests are made with."""
        return MailContext(
            database, POLICY, Population(self.people).recipients(), KeptMail(),
            Links("http://127.0.0.1"), "sightline@council.example", self.clock,
        )  # fmt: skip


def new_place(database: str, nats: str, folder: Path, people: int) -> Place:
    """A place with a free port, where it is noon."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    shift = (_NOON - now_utc()).total_seconds()
    return Place(database, nats, str(folder), people, port, shift)


class KeptMail:
    """Takes mail and keeps how many there were."""

    def __init__(self) -> None:
        self.taken = 0

    async def send(self, message: EmailMessage, address: str) -> None:
        """Take a mail."""
        del message, address
        self.taken += 1


def memory_of(pid: int) -> dict[str, float]:
    """The memory of a process in MB: what it holds now (`rss`), and the most it held (`most`)."""
    lines = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
    )
    return {
        name: int(lines[field].split()[0]) / 1024
        for name, field in (("rss", "VmRSS"), ("most", "VmHWM"))
    }


async def _track(place: Place) -> None:
    async with open_runtime(place.settings(), POLICY) as runtime:
        tasks = [start_tracking(runtime, place.clock), asyncio.create_task(relay_for_ever(runtime))]
        await runtime.broker.start()
        _say({})
        await asyncio.gather(*(task for task in tasks if task is not None))


async def _serve_pages(place: Place) -> None:
    async with (
        open_runtime(place.settings(), POLICY) as runtime,
        serving_pages(runtime, place.mail_context(runtime.database), place.clock),
    ):
        _say({})
        await asyncio.Event().wait()


async def _schedule(place: Place) -> None:
    """A week's work of the scheduler, after a week in which one digest was made."""
    figures: dict[str, float] = {}

    async def timed(name: str, work: Awaitable[Any]) -> None:
        began = time.perf_counter()
        await work
        figures[name] = time.perf_counter() - began

    async def lag_now() -> None:
        return None  # the tracker has nothing left to do: whether it has is measured elsewhere

    database = Database(place.database)
    context = place.mail_context(database)
    week = latest_due(place.clock(), POLICY.digest)
    before = week_of(week.day - timedelta(days=7), POLICY.digest)
    director = context.recipients.model_copy(update={"recipient": context.recipients.recipient[:1]})
    await make_week(replace(context, recipients=director, clock=lambda: before.due_at), before)
    await send_due(context)
    await timed("week", make_week(context, week))
    await timed("send", send_due(context))
    await timed("first wake", tick(context, lag_now))
    for number in range(_WAKES):
        await timed(f"wake {number}", tick(context, lag_now))
    async with database.writing() as connection:
        await notice_today(connection, place.clock() - timedelta(days=1))
    async with database.writing() as connection:
        await timed("midnight", notice_today(connection, place.clock()))
    gc.collect()
    _say({**figures, **memory_of(_own_pid())})
    await database.close()


async def _rebuild(place: Place) -> None:
    """Derive everybody, with as many processes as there are cores."""
    database = Database(place.database)
    began, told = time.perf_counter(), 0.0
    async for done, total in rebuild(database, Rules.of(POLICY), place.clock()):
        if time.perf_counter() - told > 15:
            print(f"  {done:,} of {total:,} derived", file=sys.stderr, flush=True)
            told = time.perf_counter()
    _say({"seconds": time.perf_counter() - began, "people": total, **memory_of(_own_pid())})
    await database.close()


async def _rebuild_sample(place: Place) -> None:
    """Derive some of them again, in this process alone."""
    database, rules = Database(place.database), Rules.of(POLICY)
    after, done = "", 0
    began = time.perf_counter()
    while done < _SAMPLE:
        async with database.reading() as connection:
            names = await event_log.people_after(connection, after, _AT_A_TIME)
        if not names:
            break
        done += await derive_some(database, rules, place.clock(), names)
        after = names[-1]
    _say({"seconds": time.perf_counter() - began, "people": done, **memory_of(_own_pid())})
    await database.close()


ROLES: dict[str, Callable[[Place], Coroutine[Any, Any, None]]] = {
    "tracker": _track,
    "pages": _serve_pages,
    "scheduler": _schedule,
    "rebuild": _rebuild,
    "rebuild-sample": _rebuild_sample,
}


def _own_pid() -> int:
    return int(Path("/proc/self").readlink().name)


def _say(content: dict[str, float]) -> None:
    print(orjson.dumps(content).decode(), flush=True)


@asynccontextmanager
async def running(role: str, place: Place) -> AsyncIterator[int]:
    """A role that serves until the block ends; yields its process id."""
    process = await _start(role, place)
    try:
        await _answer(process)
        yield process.pid
    finally:
        process.kill()
        await process.wait()


async def result_of(role: str, place: Place) -> dict[str, float]:
    """Run a role that ends by itself; what it measured."""
    process = await _start(role, place)
    try:
        found = await _answer(process)
        await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
    return found


async def _start(role: str, place: Place) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.benchmarks.scale_processes", role,
        orjson.dumps(dataclasses.asdict(place)).decode(), stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def _answer(process: asyncio.subprocess.Process) -> dict[str, float]:
    line = await process.stdout.readline() if process.stdout else b""
    if not line:
        raise RuntimeError("A process of the benchmark ended before it answered.")
    found: dict[str, float] = orjson.loads(line)
    return found


if __name__ == "__main__":
    chosen, where = ROLES[sys.argv[1]], Place(**orjson.loads(sys.argv[2]))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(chosen(where))
