"""`sightline person export`: all that is held of one young person, for whoever asks for it."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.case_reference import FORM_IN_WORDS, is_case_reference
from schemas.days import london_day, plain_day
from services.access.audit import Act
from services.cli.console import fail, print_plain
from services.cli.private_files import write_privately
from services.cli.store import change, record
from services.clock import now_utc
from services.store import audit_log
from services.store.held import Held, held_of

_Reference = Annotated[str, typer.Argument(help="The case reference.")]
_Out = Annotated[Path, typer.Option("--out", help="The file to write, as JSON.")]


def export(reference: _Reference, out: _Out) -> None:
    """Write all that is held of a young person to a file, for a subject access request.

    It names staff by their ids, and may hold what others said: have it read before it is given.
    """
    checked_reference(reference)
    now = now_utc()

    async def work(
        connection: AsyncConnection,
    ) -> tuple[set[str], dict[str, Held], datetime | None]:
        await record(connection, Act.READ_BY_COMMAND, reference, "all that is held")
        return *await held_of(connection, reference), await audit_log.kept_since(connection)

    names, held, audited_since = change(work)
    if not held.keys() - {"audit"}:
        fail(f"Nothing is held of {reference}.")
    content = {
        "case_reference": reference,
        "also": sorted(names - {reference}),
        "made_at": now,
        "audit_log_kept_since": audited_since,
        "held": {
            name: {"what": item.what, "rows": [_readable(row) for row in item.rows]}
            for name, item in held.items()
        },
    }
    packed = orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    write_privately(out, packed)
    total = sum(len(item.rows) for item in held.values())
    if audited_since:
        print_plain(
            f"Who looked at the case before {plain_day(london_day(audited_since))} is in an "
            "archive of the audit log."
        )
    print_plain(f"{total:,} records of {len(held)} kinds are in {out}. Read it before you give it.")


def checked_reference(reference: str) -> None:
    """End the command where a case reference has not the form of one."""
    if not is_case_reference(reference):
        fail(f"The case reference is {reference!r}; it must be {FORM_IN_WORDS}.")


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    """A row as JSON has it; what came as bytes as text, what was JSON as that."""
    return {str(name): _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, str) and value.startswith("{"):
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            return value
    if value is None or isinstance(value, str | int | float | bool | date | datetime | list | dict):
        return value
    return str(value)
