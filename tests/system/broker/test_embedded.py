"""The embedded broker: one server per store, on loopback, gone with its parent."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from events.broker import connected_broker, jetstream_of
from events.embedded import BrokerError, EmbeddedBroker
from tests.waiting import until

PARENT = """
import asyncio, sys
from pathlib import Path
from events.embedded import EmbeddedBroker

async def main():
    async with EmbeddedBroker(Path(sys.argv[1])) as server:
        print(server.pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


async def test_it_listens_on_loopback_and_syncs_before_it_acknowledges(
    nats_server: EmbeddedBroker,
) -> None:
    assert "@127.0.0.1:" in nats_server.url
    config = (nats_server.folder / "nats.conf").read_text()
    assert "sync_interval: always" in config
    assert str(nats_server.folder / "store") in config
    assert (nats_server.folder / "nats.conf").stat().st_mode & 0o077 == 0


async def test_nobody_connects_without_its_token(nats_server: EmbeddedBroker) -> None:
    import nats

    bare = "nats://" + nats_server.url.split("@")[1]
    with pytest.raises(nats.errors.Error):
        await nats.connect(bare, allow_reconnect=False, connect_timeout=2)


async def test_a_second_one_on_the_same_store_joins_the_first(nats_server: EmbeddedBroker) -> None:
    async with EmbeddedBroker(nats_server.folder) as second:
        assert second.url == nats_server.url
        assert not second.is_ours
    assert alive(nats_server.pid)


async def test_it_ends_with_its_parent_even_when_that_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path / "nats")], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(await asyncio.to_thread(parent.stdout.readline))
        assert alive(pid)
        os.kill(parent.pid, signal.SIGKILL)

        async def gone() -> bool:
            return not alive(pid)

        await until(gone)
    async with EmbeddedBroker(tmp_path / "nats") as again:
        assert again.is_ours


async def test_an_orphan_is_ended_and_its_store_taken_over(tmp_path: Path) -> None:
    """Where the child is not told of its parent's end, the next start finds it by the lock."""
    folder = tmp_path / "nats"
    async with EmbeddedBroker(folder) as first:
        pid = first.pid
        with subprocess.Popen(["true"]) as dead:
            dead.wait()
        address = (folder / "address.json").read_text()
        (folder / "address.json").write_text(
            address.replace(f'"parent": {os.getpid()}', f'"parent": {dead.pid}')
        )
        async with EmbeddedBroker(folder) as second:
            assert second.is_ours
            assert second.pid != pid
        assert not alive(pid)


async def test_a_lock_without_an_address_is_said_plainly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with EmbeddedBroker(tmp_path) as first:
        (tmp_path / "address.json").unlink()
        monkeypatch.setattr("events.embedded._START_SECONDS", 0.2)
        with pytest.raises(BrokerError, match="Another process holds"):
            await EmbeddedBroker(tmp_path).__aenter__()
        assert alive(first._process.pid if first._process else 0)
        (tmp_path / "address.json").write_text('{"pid": 0}')


async def test_what_was_acknowledged_is_there_after_a_kill(tmp_path: Path) -> None:
    folder = tmp_path / "nats"
    async with EmbeddedBroker(folder) as first, connected_broker(first.url) as broker:
        await jetstream_of(broker).publish("sightline.events.care.started", b"{}")
        os.kill(first.pid, signal.SIGKILL)
    async with EmbeddedBroker(folder) as again, connected_broker(again.url) as broker:
        info = await jetstream_of(broker).stream_info("SIGHTLINE")
        assert info.state.messages == 1


async def test_after_a_full_disk_whoever_started_it_starts_it_again_once_there_is_room(
    nats_server: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it could not write to a stream once, a server does not try to write again."""
    free = 8 << 30
    monkeypatch.setattr("events.embedded.shutil.disk_usage", lambda _: SimpleNamespace(free=free))
    async with EmbeddedBroker(nats_server.folder) as joined:
        for free, again in (
            (8 << 30, False),
            (1 << 20, False),
            (20 << 20, False),
            (40 << 20, True),
        ):
            assert nats_server.must_start_again() is again, free
            assert not joined.must_start_again()
