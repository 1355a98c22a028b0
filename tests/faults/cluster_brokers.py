"""Three nats-servers that keep every stream three times; the ways between them can be cut."""

import asyncio
import json
import os
import signal
from contextlib import suppress
from pathlib import Path

from nats.js.errors import Error as JetStreamError

from events.broker import BROKER_ERRORS, connected_broker
from events.embedded import nats_server_path
from tests.free_port import free_port

SERVERS = 3
_TOKEN = "cluster"  # noqa: S105 (of servers that end with the test)


class Way:
    """What one server says to another; while it is cut, all of it is swallowed."""

    def __init__(self, to: int) -> None:
        self.port, self._to = free_port(), to
        self._is_cut = False
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        """Let whoever comes through to the other server."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    def cut(self) -> None:
        """Swallow whatever is said from now on."""
        self._is_cut = True

    def heal(self) -> None:
        """End what there was, so that they connect again."""
        self._is_cut = False
        for end in self._ends:
            end.close()

    def close(self) -> None:
        """End it for good."""
        if self._server is not None:
            self._server.close()
        self.heal()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ends.add(writer)
        with suppress(OSError):
            there = await asyncio.open_connection("127.0.0.1", self._to)
            self._ends.add(there[1])
            await asyncio.gather(self._hand_on(reader, there[1]), self._hand_on(there[0], writer))
            self._ends.discard(there[1])
        self._ends.discard(writer)
        writer.close()

    async def _hand_on(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await source.read(1 << 16):
                if not self._is_cut:
                    sink.write(piece)
                    await sink.drain()
        sink.close()


class BrokerCluster:
    """The three servers. `url` names them all; every connection of ours is given that."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ports = [free_port() for _ in range(SERVERS)]
        self._own = [free_port() for _ in range(SERVERS)]
        self._ways = {
            (one, other): Way(self._own[other])
            for one in range(SERVERS)
            for other in range(SERVERS)
            if one != other
        }
        self._servers: dict[int, asyncio.subprocess.Process] = {}
        self.url = ",".join(f"nats://{_TOKEN}@127.0.0.1:{port}" for port in self._ports)

    async def start(self) -> None:
        """Start all three, and wait until they keep the streams."""
        for way in self._ways.values():
            await way.open()
        for number in range(SERVERS):
            await self.start_server(number)
        for _ in range(100):
            with suppress(*BROKER_ERRORS, JetStreamError):
                async with connected_broker(self.url, replicas=SERVERS):
                    return
            await asyncio.sleep(0.2)
        raise TimeoutError("The cluster of brokers keeps no streams.")

    async def start_server(self, number: int) -> None:
        """Start a server, on what it kept."""
        own = self.folder / f"nats-{number}"
        own.mkdir(exist_ok=True)
        config = own / "nats.conf"
        config.write_text(self._config(number, own), "utf-8")
        with (own / "log").open("ab") as log:
            self._servers[number] = await asyncio.create_subprocess_exec(
                nats_server_path(), "-c", str(config), stdout=log, stderr=log
            )

    async def kill(self, number: int) -> None:
        """kill -9."""
        self._servers[number].kill()
        await self._servers[number].wait()

    def pause(self, number: int) -> None:
        """Let a server stand still: its connections stay."""
        os.kill(self._servers[number].pid, signal.SIGSTOP)

    def go_on(self, number: int) -> None:
        """End a pause."""
        os.kill(self._servers[number].pid, signal.SIGCONT)

    def cut_off(self, number: int) -> None:
        """Let a server and the others hear nothing of each other."""
        for pair, way in self._ways.items():
            if number in pair:
                way.cut()

    def heal(self) -> None:
        """Let all hear each other again."""
        for way in self._ways.values():
            way.heal()

    async def stop(self) -> None:
        """End all of them."""
        for number, server in self._servers.items():
            if server.returncode is None:
                self.go_on(number)
                await self.kill(number)
        for way in self._ways.values():
            way.close()

    def _config(self, number: int, own: Path) -> str:
        routes = ", ".join(
            f'"nats://127.0.0.1:{self._ways[number, other].port}"'
            for other in range(SERVERS)
            if other != number
        )
        return (
            f"server_name: n{number}\n"
            f"listen: 127.0.0.1:{self._ports[number]}\n"
            f'authorization {{ token: "{_TOKEN}" }}\n'
            f"max_payload: 8MB\n"
            f"jetstream {{ store_dir: {json.dumps(str(own / 'store'))}, sync_interval: always, "
            "max_file_store: 100GB }\n"
            f"cluster {{ name: sightline, listen: 127.0.0.1:{self._own[number]}, "
            "no_advertise: true, "
            f"pool_size: -1, routes: [{routes}] }}\n"
        )
