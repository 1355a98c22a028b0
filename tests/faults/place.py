"""Where faults are made to happen: a broker, a database, a mail server, and the program."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import orjson
from faststream.nats import NatsBroker

from events.broker import connected_broker
from events.channel import BY_COMMAND
from events.embedded import EmbeddedBroker, nats_server_path
from events.publish import publish, to_message
from schemas.status import Concern
from services.bootstrap.lag import lag_of
from services.digests.schedule import LIVE_SINCE
from services.store import case_counts, event_log, mail_queue, marks, recount
from services.store.case_counts import Counts
from services.store.database import Database, sqlite_url
from services.store.scope import EVERYTHING
from services.store.view import View
from tests.faults.launcher import shown_by
from tests.faults.mail_server import MailServer
from tests.store.refused import all_refused
from tests.store.tracking.tracker_harness import printed, printed_from_log
from tests.story import Story

RECIPIENTS = 12
_A_WHILE = timedelta(hours=1)
"""Longer than a fault takes."""
_ROOT = Path(__file__).resolve().parents[2]


class Launcher:
    """Forks children that serve, from a process that has read everything in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Read everything in."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.faults.launcher", cwd=_ROOT,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert await self._answer() == "ready"

    async def serve(self, environment: dict[str, str], **asked: Any) -> int:
        """The process id of a child that serves."""
        assert self._process is not None
        assert self._process.stdin is not None
        line = {"environment": environment, "log": str(self.folder / "serve.log"), **asked}
        self._process.stdin.write(json.dumps(line).encode() + b"\n")
        return int(await self._answer())

    async def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            await self._process.wait()

    async def _answer(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        return (await self._process.stdout.readline()).decode().strip()


@dataclass
class Findings:
    """What was found after a fault: nothing of it should be more than nought."""

    lost: int = 0
    doubled: int = 0
    wrong: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)


class Place:
    """One council's Sightline, to which faults are made to happen."""

    def __init__(
        self, folder: Path, url: str, broker_url: str, broker: NatsBroker,
        launcher: Launcher, seed: int, server: EmbeddedBroker | None = None,
    ) -> None:  # fmt: skip
        self.folder, self.url, self.broker_url, self.broker = folder, url, broker_url, broker
        self.server = server
        self.launcher = launcher
        self.random = Random(seed)
        self.mail = MailServer()
        self.database = Database(url)
        self.sent: dict[str, dict[str, Any]] = {}
        self.bad = 0
        self.pid = 0
        self.people = 0
        self.weeks = 1
        self.program_url = url
        self.more_environment: dict[str, str] = {}
        self.clock = folder / "clock"
        self.latest = datetime.now(UTC)
        self._again: asyncio.subprocess.Process | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {
            "SIGHTLINE_NATS_URL": self.broker_url,
            "SIGHTLINE_DATABASE_URL": self.program_url,
            "SIGHTLINE_DATA_DIR": str(self.folder),
            "SIGHTLINE_RECIPIENTS": str(self.folder / "recipients.toml"),
            "SIGHTLINE_SMTP_URL": self.mail.url,
            "SIGHTLINE_PAGES_PORT": "0",
            **self.more_environment,
        }

    async def prepare(self) -> None:
        """An empty store that was put to work long ago, and people to write to."""
        await self.database.upgrade()
        await self.set_to_work()
        entries = [
            f'[[recipient]]\nid = "r{n}"\nname = "R {n}"\nrole = "chief_officer"\n'
            f'address = "r{n}@council.example"\n'
            for n in range(RECIPIENTS)
        ]
        (self.folder / "recipients.toml").write_text("\n".join(entries), "utf-8")
        self.mail.start()

    async def set_to_work(self) -> None:
        """Let the store have been put to work long ago, so that the last Monday's digest is due."""
        long_ago = datetime.now(UTC) - timedelta(days=60)
        async with self.database.writing() as connection:
            await marks.set_mark(connection, LIVE_SINCE, long_ago.isoformat())

    def made_up(self, count: int) -> list[dict[str, Any]]:
        """Events of so many new young people, red mostly, with their ids and moments."""
        events = []
        for _ in range(count):
            self.people += 1
            start = date(2026, 9, 1) + timedelta(days=self.random.randrange(80))
            story = Story(f"P{self.people}", born="2006-05-01", eligibility="former_relevant")
            story.lives(start.isoformat(), self.random.choice(("S", "K", "B")), suitable=False)
            events += story.raw
        return events

    async def publish(self, events: Sequence[dict[str, Any]]) -> None:
        """Put events on the broker, some twice, in any order; with them what cannot be read."""
        for event in events:
            self.sent[event["id"]] = event
        again = self.random.sample(list(events), len(events) // 4)
        mixed = [*events, *again]
        self.random.shuffle(mixed)
        messages = [to_message(orjson.dumps(event), BY_COMMAND) for event in mixed]
        self.bad += 1
        messages.append(to_message(b"no event %d" % self.bad, BY_COMMAND))
        async for _ in publish(self.broker, messages):
            pass

    async def serve(self, **asked: Any) -> None:
        """Start the program."""
        self.pid = await self.launcher.serve(self.environment, clock=str(self.clock), **asked)

    def set_clock(self, moment: datetime) -> None:
        """Set the program's clock, which goes on from there."""
        self.latest = max(self.latest, moment + _A_WHILE)
        offset = (moment - datetime.now(UTC)).total_seconds()
        new = self.clock.with_suffix(".new")
        new.write_text(str(offset), "utf-8")
        new.rename(self.clock)

    def memory(self) -> float:
        """What the program holds in memory, in MB."""
        status = Path(f"/proc/{self.pid}/status").read_text("utf-8")
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def now(self) -> datetime:
        """What the program's clock shows."""
        return shown_by(self.clock)

    async def move_store(self, where: Path) -> None:
        """Begin with an empty store elsewhere."""
        await self.database.close()
        self.url = self.program_url = sqlite_url(where)
        self.database = Database(self.url)
        self.mail.stop()
        await self.prepare()

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Kill the program, if it still runs."""
        if self.pid:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def runs(self) -> bool:
        if not self.pid:
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    async def gone(self, seconds: float = 15) -> bool:
        """Whether the program is gone within a time."""
        end = time.monotonic() + seconds
        while self.runs():
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.01)
        return True

    async def settled(self, seconds: float = 150, *, mailed: bool = True) -> float:
        """Wait until nothing waits, all is stored and everybody was written to; in seconds."""
        began = time.monotonic()
        while not await self._is_settled(mailed=mailed):
            if time.monotonic() - began > seconds:
                return float("inf")
            await asyncio.sleep(0.05)
        return time.monotonic() - began

    async def _is_settled(self, *, mailed: bool) -> bool:
        with suppress(Exception):
            lag = await lag_of(self.broker, self.database)
            if lag is None or lag.total:
                return False
            async with self.database.reading() as connection:
                if not await event_log.are_stored(connection, "/council/cms", list(self.sent)):
                    return False
                states = [item.state for item in await mail_queue.deliveries(connection)]
            return not mailed or states == [mail_queue.SENT] * RECIPIENTS * self.weeks
        return False

    async def findings(self, *, may_double: bool) -> Findings:
        """Compare what is held with what was sent, and with the pure assessment of it."""
        found = Findings()
        now = self.now()
        today = now.date()
        async with self.database.reading() as connection:
            held = await event_log.count(connection)
            bad = await all_refused(connection)
        found.lost = max(len(self.sent) - held, 0) + max(self.bad - len(bad), 0)
        found.doubled = max(held - len(self.sent), 0) + max(len(bad) - self.bad, 0)
        if await printed(self.database, [today]) != await printed_from_log(
            self.database, today, max(now, self.latest)
        ):
            found.wrong += 1
            found.notes.append("a status is not what the stored events say")
        if await self._counts(today) != await self._counts(today, anew=True):
            found.wrong += 1
            found.notes.append("a count is not what the lines say")
        for address, ids in self.mail.ids.items():
            if len(ids) > self.weeks or (ids.total() > self.weeks and not may_double):
                found.doubled += 1
                found.notes.append(f"{address}: {dict(ids)}")
        found.lost += max(RECIPIENTS - len(self.mail.ids), 0)
        return found

    async def _counts(self, today: date, *, anew: bool = False) -> list[Counts]:
        """What is counted on some days, as it was kept, or counted anew."""
        if anew:
            async with self.database.writing() as connection:
                await recount.count_again(connection)
        days = [today + timedelta(days=days) for days in (-200, -30, 0, 90)]
        async with self.database.reading() as connection:
            return [
                await case_counts.counts(connection, View(EVERYTHING, day, day, tuple(Concern)))
                for day in days
            ]

    async def restart_broker(self) -> None:
        """Kill the broker, and start it again on its store, at its address."""
        assert self.server is not None
        os.kill(self.server.pid, signal.SIGKILL)
        config = self.server.folder / "nats.conf"
        port = self.broker_url.rsplit(":", 1)[-1]
        fixed = config.read_text("utf-8").replace("127.0.0.1:-1", f"127.0.0.1:{port}")
        config.write_text(fixed, "utf-8")
        log = (self.folder / "nats-again.log").open("ab")
        self._again = await asyncio.create_subprocess_exec(
            nats_server_path(), "-c", str(config), stdout=log, stderr=log
        )

    async def close(self) -> None:
        self.kill()
        await self.gone()
        self.mail.stop()
        await self.database.close()
        if self._again is not None:
            self._again.kill()
            await self._again.wait()


@asynccontextmanager
async def open_place(folder: Path, url: str, launcher: Launcher, seed: int) -> AsyncIterator[Place]:
    """A place with a broker of its own."""
    async with (
        EmbeddedBroker(folder / "nats") as server,
        connected_broker(server.url) as broker,
    ):
        place = Place(folder, url, server.url, broker, launcher, seed, server)
        await place.prepare()
        try:
            yield place
        finally:
            await place.close()
