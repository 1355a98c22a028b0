"""Councils in one place: a broker and a PostgreSQL set up as `sightline council` says."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import nats
import orjson
from nats.aio.client import Client

from events.embedded import nats_server_path
from services.councils.folder import Council, council_in, councils_in
from services.councils.made import make_council
from tests.free_port import free_port

_PATIENCE = 60.0
_SIGHTLINE = (sys.executable, "-m", "services.cli.main")


class Place:
    """The folder of councils, the servers that they share, and the program that serves them."""

    def __init__(self, folder: Path, psql: Path, socket: str) -> None:
        self.folder, self.councils = folder, folder / "councils"
        self.broker = f"127.0.0.1:{free_port()}"
        self._psql, self._socket = psql, socket
        self._nats: subprocess.Popen[bytes] | None = None
        self._program: subprocess.Popen[bytes] | None = None

    def add(self, name: str) -> Council:
        """Make a council as its documents say, with ports that are free here."""
        address = f"https://{name}.example"
        council = make_council(
            self.councils, name, base_url=address, postgres="there", nats=self.broker
        )
        for file in ("settings.env", "owner.env"):
            path = council.folder / file
            text = path.read_text("utf-8")
            for line in text.splitlines():
                if "_PORT=" in line:
                    text = text.replace(line, f"{line.partition('=')[0]}={free_port()}")
            # The tests' PostgreSQL listens on a socket alone.
            text = text.replace("@there/", "@/")
            lines = (
                f"{line}?host={self._socket}" if line.startswith("SIGHTLINE_DATABASE_URL") else line
                for line in text.splitlines()
            )
            path.write_text("\n".join(lines) + "\n", "utf-8")
        (council.folder / "policy.toml").write_text(
            f'council = "{name}"\n[sources."/council/cms"]\nbroker_user = "cms"\n', "utf-8"
        )
        (council.folder / "recipients.toml").write_text(
            '[[recipient]]\nid = "director"\nname = "D"\nrole = "chief_officer"\n'
            f'address = "director@{name}.example"\n',
            "utf-8",
        )
        statements = self.sightline("council", "sql", name)
        subprocess.run(
            [str(self._psql), "-h", self._socket, "-U", "postgres", "-q", "-v", "ON_ERROR_STOP=1"],
            input=statements.encode(), check=True, cwd="/",
        )  # fmt: skip
        self.tell_the_broker()
        self.sightline("council", "upgrade", name)
        return council

    def tell_the_broker(self) -> None:
        """Give the broker the accounts of every council, and start it where it does not run."""
        (self.folder / "accounts.conf").write_text(self.sightline("council", "accounts"), "utf-8")
        if self._nats is not None:
            # A new account's imports are in force with the second reload.
            for _ in range(2):
                before = self._broker_log.count("Reloaded server")
                self._nats.send_signal(signal.SIGHUP)
                self.waits(lambda: self._broker_log.count("Reloaded server") > before)  # noqa: B023
            return
        config = self.folder / "nats.conf"
        config.write_text(
            f"listen: {self.broker}\n"
            f"jetstream {{ store_dir: {json.dumps(str(self.folder / 'store'))} }}\n"
            "include accounts.conf\n",
            "utf-8",
        )
        with (self.folder / "nats.log").open("ab") as log:
            self._nats = subprocess.Popen(
                [nats_server_path(), "-c", str(config)], stdout=log, stderr=log
            )

    def sightline(self, *arguments: str, status: int = 0) -> str:
        """What a command prints."""
        done = subprocess.run(
            [*_SIGHTLINE, *arguments], capture_output=True, text=True,
            check=False, env=self._environment,
        )  # fmt: skip
        assert done.returncode == status, done.stderr
        return done.stdout

    def serve(self) -> None:
        """Serve every council."""
        with (self.folder / "serve.log").open("ab") as log:
            self._program = subprocess.Popen(
                [*_SIGHTLINE, "serve", "--councils", str(self.councils)],
                env=self._environment, stdout=log, stderr=log,
            )  # fmt: skip

    @property
    def _broker_log(self) -> str:
        return (self.folder / "nats.log").read_text("utf-8")

    @property
    def log(self) -> str:
        path = self.folder / "serve.log"
        return path.read_text("utf-8") if path.exists() else ""

    def stop(self) -> None:
        """Stop the program as an administrator would; then the broker."""
        if self._program is not None:
            self._program.terminate()
            self._program.wait(40)
        if self._nats is not None:
            self._nats.kill()
            self._nats.wait()

    def kill_program(self) -> None:
        """kill -9 of the program that serves every council."""
        assert self._program is not None
        self._program.kill()
        self._program.wait()
        self._program = None

    def api(self, name: str, path: str, **headers: str) -> httpx2.Response:
        """What the pages of a council answer."""
        settings = council_in(self.councils, name).settings
        return httpx2.get(
            f"http://127.0.0.1:{settings['SIGHTLINE_PAGES_PORT']}{path}",
            headers={"Host": f"{name}.example", **headers},
            timeout=30,
        )

    def is_served(self, name: str) -> bool:
        """Whether a council's pages answer."""
        with suppress(httpx2.TransportError):
            return self.api(name, "/healthz").status_code == 200
        return False

    def token(self, name: str) -> str:
        """A token that reads a council's statuses."""
        return self.sightline(
            "--council", name, "token", "make", f"t{time.monotonic_ns()}"
        ).split()[-1]

    def publish(self, name: str, events: list[dict[str, Any]]) -> None:
        """Publish events as a council's case management system does."""

        async def send() -> None:
            client = await self.connect(name, "cms")
            for event in events:
                kind = event["type"].removeprefix("sightline.").removesuffix(".v1")
                subject = f"sightline.{name}.events.cms.{kind}"
                answer = await client.request(subject, orjson.dumps(event), timeout=10)
                assert b"seq" in answer.data, answer.data
            await client.close()

        asyncio.run(send())

    async def connect(self, name: str, user: str = "") -> Client:
        """A client of the broker: one of a council's publishers, or Sightline for it."""
        settings = council_in(self.councils, name).settings
        if not user:
            return await nats.connect(settings["SIGHTLINE_NATS_URL"], allow_reconnect=False)
        told = dict(one.split(":") for one in settings["SIGHTLINE_COUNCIL_PUBLISHERS"].split(","))
        return await nats.connect(
            f"nats://{self.broker}", user=f"{name}.{user}", password=told[user],
            allow_reconnect=False,
        )  # fmt: skip

    def waits(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so."""
        end = time.monotonic() + _PATIENCE
        while not condition():
            assert time.monotonic() < end, f"It did not come true in time.\n{self.log[-2000:]}"
            time.sleep(0.05)

    @property
    def _environment(self) -> Mapping[str, str]:
        own = {
            name: value for name, value in os.environ.items() if not name.startswith("SIGHTLINE")
        }
        # What must not reach a council: another database, said to the whole machine.
        return own | {
            "SIGHTLINE_COUNCILS": str(self.councils),
            "SIGHTLINE_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nowhere",
        }


@contextmanager
def opened(folder: Path, psql: Path, socket: str, *names: str) -> Iterator[Place]:
    """A place with some councils, all of them served."""
    place = Place(folder, psql, socket)
    try:
        for name in names:
            place.add(name)
        place.serve()
        for council in councils_in(place.councils):
            place.waits(lambda: place.is_served(council.name))  # noqa: B023 (it is asked at once)
        yield place
    finally:
        place.stop()
