"""What commands share: printing, progress, days and times on the command line, exit codes."""

import asyncio
import json
import signal
import sys
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
from pydantic_core import PydanticCustomError
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from schemas.days import london_day, read_day, read_time
from schemas.status import Rag

try:
    import uvloop
except ImportError:  # there is none for Windows
    uvloop = None  # type: ignore[assignment]

Result = TypeVar("Result")

WRONG, MISUSED, NOTHING_DONE = 1, 2, 3
"""Exit codes: it is done, and something is wrong; wrong usage; nothing could be done."""

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

RAG_WORDS: dict[str, Text] = {
    Rag.RED: Text("▲ RED", "bold red"),
    Rag.AMBER: Text("◆ AMBER", "bold yellow"),
    Rag.GREEN: Text("● GREEN", "bold green"),
}

Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
AsOf = Annotated[
    str, typer.Option("--as-of", "--as-at", help="The day asked about, such as 2026-11-20.")
]
KnownAt = Annotated[str, typer.Option("--known-at", help="As it was known at this time, RFC 3339.")]


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a command's work."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop if uvloop else None) as runner:
        return runner.run(work)


def stop_event() -> asyncio.Event:
    """An event of the running loop that is set on SIGINT and SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # on Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    return stop


async def until_stopped() -> None:
    """Return once the program is asked to stop."""
    await stop_event().wait()


def fail(why: object, code: int = NOTHING_DONE) -> NoReturn:
    """Print what is wrong on standard error, and end with an exit code."""
    print_error(why)
    raise typer.Exit(code)


def print_error(why: object) -> None:
    """Print what is wrong on standard error."""
    err.print(str(why), style="red" if err.is_terminal else None, markup=False, soft_wrap=True)


def print_plain(*lines: str) -> None:
    """Print plain lines."""
    for line in lines:
        out.print(line, soft_wrap=True, markup=False)


def print_json(objects: Iterable[Any]) -> None:
    """One JSON object a line; days and moments as ISO 8601 has them."""
    for item in objects:
        text = json.dumps(
            item, ensure_ascii=False, separators=(", ", ": "), default=lambda day: day.isoformat()
        )
        sys.stdout.write(f"{text}\n")


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table for people."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(RAG_WORDS.get(cell) or Text(cell) for cell in row))
    out.print(table)


def read_input(file: str) -> bytes:
    """A file that is named on the command line, or standard input for -."""
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}.")


def day_option(value: str, name: str = "--as-of") -> date:
    """A day from the command line; today in London where none is given."""
    if not value:
        return london_day(datetime.now(UTC))
    try:
        return read_day(value)
    except PydanticCustomError as error:
        fail(f"{name} is {value!r}; {error.message()}.", MISUSED)


def time_option(value: str, name: str = "--known-at") -> datetime | None:
    """A time from the command line."""
    if not value:
        return None
    try:
        return read_time(value)
    except PydanticCustomError as error:
        fail(f"{name} is {value!r}; {error.message()}.", MISUSED)


@contextmanager
def progress() -> Iterator[Progress]:
    """A progress bar on a terminal, nothing elsewhere."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=err,
        disable=not err.is_terminal,
    ) as bar:
        yield bar
