"""How long an annual return takes, beside the plain ways to do the same: `make bench-imports`.

A made-up return of 100,000 episodes. Reading it is set beside a loop of `csv.DictReader`; sending
its events beside a publish each in turn and 256 in flight. Prints seconds, events a second, ratios
and the most memory used.
"""

import asyncio
import csv
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from faststream.nats import NatsBroker

import events.publish
from events.broker import connected_broker, jetstream_of
from events.channel import BY_COMMAND
from events.embedded import EmbeddedBroker
from events.publish import OutgoingMessage, publish, to_message
from tests.system.imports.generated_returns import RETURN_FORMATS, make_return, write

EPISODES = int(os.environ.get("SIGHTLINE_EPISODES", "100000"))
SIGHTLINE = Path(sys.executable).parent / "sightline"
SLOW = 3_000
"""Events for the way that is slow: its rate is what counts."""


def made(folder: Path) -> Path:
    """A return of about as many episodes, out of smaller ones whose children have other names."""
    target = folder / "return"
    target.mkdir()
    rows = 0
    for number in range(1000):
        part = write(
            make_return(number, 2024, 500), folder / f"part{number}", RETURN_FORMATS[0], number
        )
        rows += _appended(part, target, str(number))
        if rows >= EPISODES:
            break
    return target


def _appended(part: Path, target: Path, mark: str) -> int:
    episodes = 0
    for path in part.glob("*.csv"):
        into = target / path.name
        with path.open(newline="") as file, into.open("a", newline="") as out:
            reader, writer = csv.reader(file), csv.writer(out)
            headings = next(reader, None)
            if headings is None:
                continue
            if out.tell() == 0:
                writer.writerow(headings)
            place = headings.index("CHILD")
            for row in reader:
                row[place] = f"{mark}x{row[place]}"
                writer.writerow(row)
                episodes += "DECOM" in headings
    return episodes


def read_plainly(folder: Path) -> float:
    """Seconds that csv.DictReader takes to read every row and do nothing."""
    begun = time.perf_counter()
    for path in folder.glob("*.csv"):
        with path.open(newline="") as file:
            for _ in csv.DictReader(file):
                pass
    return time.perf_counter() - begun


def by_command(folder: Path, return_: Path, *how: str) -> tuple[float, float, float]:
    """Seconds, seconds of work, and megabytes at most, of the command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    with (folder / "events.jsonl").open("wb") as out:
        subprocess.run(
            [SIGHTLINE, "import", "ssda903", str(return_), "--year", "2024/25", *how],
            stdout=out, stderr=subprocess.DEVNULL, check=False, cwd=folder,
            env={**os.environ, "SIGHTLINE_DATA_DIR": str(folder / "data")},
        )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    work = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - begun, work, after.ru_maxrss / 1024


async def publish_rates(folder: Path, lines: list[bytes]) -> dict[str, float]:
    """Events a second of each way to publish, in turn, each on an empty broker."""
    rates: dict[str, float] = {}
    for name, way, many in (
        ("one after another", _one_by_one, SLOW),
        ("256 in flight", _in_flight, SLOW * 3),
        ("ours, batches of 500", _ours, len(lines)),
    ):
        async with (
            EmbeddedBroker(folder / f"nats-{len(rates)}") as server,
            connected_broker(server.url) as broker,
        ):
            messages = [to_message(line, BY_COMMAND) for line in islice(lines, many)]
            begun = time.perf_counter()
            await way(broker, messages)
            rates[name] = len(messages) / (time.perf_counter() - begun)
    return rates


async def _one_by_one(broker: NatsBroker, messages: list[OutgoingMessage]) -> None:
    jetstream = jetstream_of(broker)
    for item in messages:
        await jetstream.publish(item.subject, item.message.body, headers=dict(item.message.headers))


async def _in_flight(broker: NatsBroker, messages: list[OutgoingMessage]) -> None:
    for batch in _batches(messages, events.publish.IN_FLIGHT):
        await events.publish._publish_each(broker, batch, "SIGHTLINE")


async def _ours(broker: NatsBroker, messages: list[OutgoingMessage]) -> None:
    async for _ in publish(broker, messages):
        pass


def _batches(messages: list[OutgoingMessage], size: int) -> Iterator[list[OutgoingMessage]]:
    for start in range(0, len(messages), size):
        yield messages[start : start + size]


def main() -> None:
    with TemporaryDirectory(prefix="bench-", dir="/tmp") as told:
        folder = Path(told)
        return_ = made(folder)
        rows = sum(len(path.read_bytes().splitlines()) - 1 for path in return_.glob("*.csv"))
        print(f"A return of {EPISODES:,} episodes and {rows:,} rows in all.")
        plain = read_plainly(return_)
        print(f"csv.DictReader, nothing else    {plain:6.1f} s   1.0")
        for name, how in (("ours, events as lines", ()), ("ours, published", ("--publish",))):
            wall, work, memory = by_command(folder, return_, *how)
            print(
                f"{name:<31} {wall:6.1f} s {wall / plain:5.1f}   "
                f"{work:.1f} s of work, {memory:.0f} MB at most"
            )
            if not how:
                lines = (folder / "events.jsonl").read_bytes().splitlines()
        rates = asyncio.run(publish_rates(folder, lines))
        slowest = min(rates.values())
        for name, rate in rates.items():
            print(f"publish, {name:<22} {rate:9,.0f} events/s {rate / slowest:6.1f}")


if __name__ == "__main__":
    main()
