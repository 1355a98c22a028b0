"""`deploy/nats.conf` on a real nats-server: who may do what, and what is kept how."""

import asyncio
import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nats
import nats.errors
import pytest
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from events.broker import connected_broker, jetstream_of
from events.channel import BY_COMMAND
from events.embedded import nats_server_path
from events.publish import publish, publish_out, to_message
from events.stream import (
    DEFAULT_MAX_BYTES,
    OUT_STREAM,
    STREAM,
    declare,
    lag,
    out_stream_config,
    stream_config,
)
from events.subscriber import subscribe
from events.wire import Message
from services.bootstrap.pages import serving_pages
from services.bootstrap.runtime import Runtime, open_runtime
from services.settings import Settings
from tests.waiting import until

CONFIG = Path(__file__).resolve().parents[3] / "deploy" / "nats.conf"
SUBJECT = "sightline.events.publisher.care.started"
PASSWORDS = {"sightline": "12e4", "publisher": "true"}
"""What nats-server takes for a number and a yes, if compose.yaml did not put them in quotes."""

STREAMS = [stream_config(), out_stream_config()]


def environment(passwords: dict[str, str]) -> dict[str, str]:
    """What compose.yaml gives the broker."""
    return {
        "SIGHTLINE_NATS_PASSWORD": f'"{passwords["sightline"]}"',
        "SIGHTLINE_NATS_PUBLISHER_PASSWORD": f'"{passwords["publisher"]}"',
    }


@dataclass
class Server:
    """A server that runs the file, and the clients that a test connects to it."""

    url: str
    monitoring: str
    stack: AsyncExitStack
    complaints: asyncio.Queue[str] = field(default_factory=asyncio.Queue)

    @property
    def as_sightline(self) -> str:
        """What compose.yaml has in SIGHTLINE_NATS_URL."""
        return self.url.replace("nats://", f"nats://sightline:{PASSWORDS['sightline']}@")

    async def connect(self, user: str | None, password: str | None = None) -> Client:
        async def keep(error: Exception) -> None:
            self.complaints.put_nowait(str(error))

        client = await nats.connect(
            self.url,
            user=user,
            password=PASSWORDS[user] if user and password is None else password,
            allow_reconnect=False,
            error_cb=keep,
        )
        self.stack.push_async_callback(client.close)
        return client

    async def complaint(self) -> str:
        """What the server objects to next."""
        async with asyncio.timeout(5):
            return await self.complaints.get()

    async def ask(self, path: str) -> dict[str, Any]:
        """What the monitoring port says."""
        return await asyncio.to_thread(_get, self.monitoring + path)


def _get(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 (our own server)
        told: dict[str, Any] = json.load(answer)
        return told


async def _ports(process: subprocess.Popen[bytes], folder: Path) -> dict[str, list[str]]:
    """The addresses that the server says it listens on."""
    file = folder / f"nats-server_{process.pid}.ports"
    async with asyncio.timeout(20):
        while process.poll() is None:
            try:
                told: dict[str, list[str]] = json.loads(file.read_text("utf-8"))
            except (FileNotFoundError, json.JSONDecodeError):
                await asyncio.sleep(0.02)
            else:
                return told
    log = (folder / "log").read_text("utf-8")
    raise AssertionError(f"nats-server did not start: {log}")


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """The file as it is, but for the folder of its store and its ports."""
    text = CONFIG.read_text("utf-8")
    assert text.count("store_dir: /data\n") == 1
    config = tmp_path / "nats.conf"
    store = json.dumps(str(tmp_path / "data"))
    config.write_text(text.replace("store_dir: /data\n", f"store_dir: {store}\n"), "utf-8")
    command = [nats_server_path(), "-c", str(config), "-a", "127.0.0.1", "-p", "-1", "-m", "-1"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--ports_file_dir", str(tmp_path)],
            env=environment(PASSWORDS),
            stdout=log,
            stderr=log,
        )
    try:
        ports = await _ports(process, tmp_path)
        async with AsyncExitStack() as stack:
            yield Server(ports["nats"][0], ports["monitoring"][0], stack)
    finally:
        process.terminate()
        try:
            await asyncio.to_thread(process.wait, 10)
        except subprocess.TimeoutExpired:
            process.kill()
            await asyncio.to_thread(process.wait)


@pytest.fixture
async def publisher(server: Server) -> Client:
    """A publisher, on a broker whose streams Sightline has made."""
    ours = await server.connect("sightline")
    await declare(ours.jetstream(), STREAMS)
    return await server.connect("publisher")


def test_the_file_is_valid() -> None:
    checked = subprocess.run(
        [nats_server_path(), "-t", "-c", str(CONFIG)],
        env=environment(PASSWORDS),
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert "is valid" in checked.stdout + checked.stderr


@pytest.mark.parametrize("missing", sorted(environment(PASSWORDS)))
def test_without_a_password_it_is_refused(missing: str) -> None:
    given = {key: value for key, value in environment(PASSWORDS).items() if key != missing}
    checked = subprocess.run(
        [nats_server_path(), "-t", "-c", str(CONFIG)],
        env=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode != 0
    assert missing in checked.stdout + checked.stderr


@pytest.mark.parametrize(
    ("user", "password"),
    [(None, None), ("sightline", ""), ("publisher", ""), ("publisher", "12e4"), ("admin", "admin")],
)
async def test_nobody_comes_in_without_the_right_password(
    server: Server, user: str | None, password: str | None
) -> None:
    with pytest.raises(nats.errors.Error, match="Authorization Violation"):
        await server.connect(user, password)


class TestThePublisher:
    async def test_is_told_that_an_event_is_stored(self, publisher: Client) -> None:
        stored = await publisher.jetstream().publish(SUBJECT, b"{}")
        assert (stored.stream, stored.seq) == (STREAM, 1)

    async def test_is_told_that_an_event_came_twice(self, publisher: Client) -> None:
        jetstream = publisher.jetstream()
        for twice in (None, True):
            stored = await jetstream.publish(SUBJECT, b"{}", headers={"Nats-Msg-Id": "one"})
            assert (stored.seq, stored.duplicate) == (1, twice)

    async def test_may_have_many_events_in_flight(self, publisher: Client) -> None:
        jetstream = publisher.jetstream()
        flying = [await jetstream.publish_async(SUBJECT, b"{}") for _ in range(500)]
        stored = await asyncio.gather(*flying)
        assert sorted(item.seq for item in stored) == list(range(1, 501))

    @pytest.mark.parametrize("subject", [SUBJECT, "sightline.>", ">", "$JS.>", "$SYS.>"])
    async def test_hears_no_event(self, server: Server, publisher: Client, subject: str) -> None:
        await publisher.subscribe(subject)
        complaint = await server.complaint()
        assert f'permissions violation for subscription to "{subject.lower()}"' in complaint

    async def test_does_not_overhear_what_the_tracker_is_sent(
        self, server: Server, publisher: Client
    ) -> None:
        heard: list[str] = []

        async def hear(message: Any) -> None:
            heard.append(message.subject)

        await publisher.subscribe("_INBOX.>", cb=hear)
        ours = await server.connect("sightline")
        await ours.jetstream().publish(SUBJECT, b"{}")
        subscription = await ours.jetstream().pull_subscribe_bind("sightline-tracker", STREAM)
        assert len(await subscription.fetch(1, timeout=5)) == 1
        await publisher.flush()
        assert heard == []

    @pytest.mark.parametrize(
        "subject",
        [
            f"$JS.API.STREAM.DELETE.{STREAM}",
            f"$JS.API.STREAM.PURGE.{STREAM}",
            f"$JS.API.STREAM.MSG.GET.{STREAM}",
            f"$JS.API.CONSUMER.CREATE.{STREAM}",
            "$JS.API.INFO",
            "$JS.ACK.SIGHTLINE.sightline-tracker.1.1.1.1.0",
            "sightline.status.changed",
            "sightline.pages.review.completed",
            "sightline.received.care.started",
            "sightline.events.care.started",
            "sightline.events.another.care.started",
            "sightline.casenotes",
            "_INBOX.of.somebody",
        ],
    )
    async def test_may_say_nothing_but_events(
        self, server: Server, publisher: Client, subject: str
    ) -> None:
        with pytest.raises((nats.errors.TimeoutError, nats.errors.NoRespondersError)):
            await publisher.request(subject, b"", timeout=0.2)
        complaint = await server.complaint()
        assert f'permissions violation for publish to "{subject.lower()}"' in complaint
        ours = await server.connect("sightline")
        assert (await ours.jetstream().stream_info(STREAM)).state.messages == 0


class TestSightline:
    async def test_makes_its_streams_again_and_again(self, server: Server) -> None:
        ours = await server.connect("sightline")
        with pytest.raises(NotFoundError):
            await ours.jetstream().stream_info(STREAM)
        for _ in range(2):
            await declare(ours.jetstream(), STREAMS)
        assert (await lag(ours.jetstream())).total == 0
        assert server.complaints.empty()

    async def test_tracks_what_a_publisher_sent_and_acknowledges_it(
        self, server: Server, publisher: Client
    ) -> None:
        handled: asyncio.Queue[bytes] = asyncio.Queue()

        async def never(message: Message, error: Exception) -> None:
            raise AssertionError((message, error))

        async def handle(messages: Sequence[Message], waiting: int) -> set[int]:
            del waiting
            for item in messages:
                handled.put_nowait(item.body)
            return set()

        async with connected_broker(server.as_sightline) as broker, asyncio.timeout(20):
            subscribe(broker, handle, never)
            await broker.start()
            await publisher.jetstream().publish(SUBJECT, b"one")
            assert await handled.get() == b"one"
            while (await lag(jetstream_of(broker))).total:
                await asyncio.sleep(0.02)
            await publish_out(broker, "sightline.status.changed", "{}", "1")
            out = await jetstream_of(broker).stream_info(OUT_STREAM)
        assert handled.empty()
        assert out.state.messages == 1
        assert server.complaints.empty()


class TestThePages:
    """They come in as every role does, so the broker keeps nothing from them in particular."""

    @pytest.fixture
    async def runtime(self, server: Server, tmp_path: Path) -> AsyncIterator[Runtime]:
        settings = Settings(
            _env_file=None, nats_url=server.as_sightline, data_dir=tmp_path / "kept", pages_port=0
        )
        async with open_runtime(settings) as runtime:
            yield runtime

    async def test_put_an_event_on_the_broker_and_see_that_it_waits(self, runtime: Runtime) -> None:
        assert [
            stored async for stored in publish(runtime.broker, [to_message(b"{}", BY_COMMAND)])
        ] == [1]

        async def waits() -> bool:  # the server counts it a moment after it was stored
            return (await lag(jetstream_of(runtime.broker))).waiting == 1

        await until(waits)

    async def test_are_ready(self, runtime: Runtime) -> None:
        async with serving_pages(runtime) as port:
            told = await asyncio.to_thread(_get, f"http://127.0.0.1:{port}/readyz")
        assert told == {"database": "ok", "tracker": "ok"}

    async def test_are_not_ready_when_the_broker_does_not_know_the_tracker(
        self, server: Server, runtime: Runtime
    ) -> None:
        ours = await server.connect("sightline")
        await ours.jetstream().delete_consumer(STREAM, "sightline-tracker")
        async with serving_pages(runtime) as port:
            with pytest.raises(urllib.error.HTTPError) as refused:
                await asyncio.to_thread(_get, f"http://127.0.0.1:{port}/readyz")
        assert refused.value.code == 503


class TestTheServer:
    async def test_has_every_message_on_disk_before_it_answers(
        self, server: Server, tmp_path: Path
    ) -> None:
        told = (await server.ask("/varz"))["jetstream"]["config"]
        assert told["sync_always"] is True
        assert told["store_dir"].startswith(str(tmp_path / "data"))

    async def test_has_room_for_both_streams_and_none_in_memory(self, server: Server) -> None:
        told = (await server.ask("/varz"))["jetstream"]["config"]
        assert told["max_storage"] >= DEFAULT_MAX_BYTES + DEFAULT_MAX_BYTES // 4
        assert told["max_memory"] == 0

    async def test_takes_events_of_eight_megabytes(self, server: Server) -> None:
        assert (await server.ask("/varz"))["max_payload"] == 8 * 1024**2

    async def test_says_to_the_health_check_that_it_is_well(self, server: Server) -> None:
        assert await server.ask("/healthz") == {"status": "ok"}

    async def test_answers_questions_about_itself_on_loopback_only(self, server: Server) -> None:
        assert (await server.ask("/varz"))["http_host"] == "127.0.0.1"
