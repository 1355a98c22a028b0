"""`sightline digest preview`, `send` and `list`."""

import sys
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from schemas.digest import Digest
from services.access.audit import Act
from services.bootstrap.database import open_database
from services.bootstrap.lag import lag_of
from services.bootstrap.mail import mail_context_of
from services.bootstrap.runtime import open_runtime
from services.cli.console import (
    WRONG,
    AsOf,
    Json,
    day_option,
    err,
    fail,
    print_json,
    print_plain,
    print_table,
    run,
)
from services.cli.store import record
from services.clock import now_utc
from services.digests.render import render_html, render_text
from services.digests.send import make_week, send_due
from services.digests.send import preview as compose_preview
from services.digests.week import latest_due, week_of
from services.settings import Settings, load_policy, load_settings
from services.store import mail_queue
from services.store.mail_queue import Delivery
from services.tracking.rebuild import needs_rebuild

app = typer.Typer(no_args_is_help=True, help="The weekly digest.")


_OTHER_POLICY = "The statuses were derived by another policy or version: run sightline rebuild."


class Form(StrEnum):
    """How a preview is printed."""

    TEXT = "text"
    HTML = "html"
    JSON = "json"


_Recipient = Annotated[str, typer.Option("--recipient", help="A recipient's id.")]
_Form = Annotated[Form, typer.Option("--format", help="How to print it.")]


@app.command()
def preview(recipient: _Recipient, as_of: AsOf = "", form: _Form = Form.TEXT) -> None:
    """Print one digest as it would be made now; nothing is kept or sent."""
    settings = load_settings()
    day = day_option(as_of)

    async def work() -> Digest:
        policy = load_policy(settings.policy)
        async with open_database(settings) as database:
            if await needs_rebuild(database, policy):
                err.print(_OTHER_POLICY)
            mail_context = mail_context_of(settings, database, policy)
            async with database.reading() as connection:
                known = await mail_context.everybody(connection)
            who = known.by_id(recipient)
            if who is None:
                ids = ", ".join(item.id for item in known.recipient) or "nobody"
                fail(
                    f"No recipient has the id {recipient}; SIGHTLINE_RECIPIENTS and the staff "
                    f"directory list {ids}."
                )
            async with database.writing() as connection:
                await record(connection, Act.PREVIEWED, detail=f"{who.id} {day}")
            return await compose_preview(mail_context, week_of(day, policy.digest), who)

    digest = run(work())
    if form is Form.JSON:
        print_json([digest.model_dump(mode="json")])
    else:
        sys.stdout.write(render_html(digest) if form is Form.HTML else render_text(digest))


@app.command()
def send(as_json: Json = False) -> None:
    """Make this week's digests if they are not made yet, and send what is due, now."""
    settings = load_settings()
    deliveries = run(_send(settings, now_utc()))
    _print(deliveries, as_json=as_json)
    if any(item.state != mail_queue.SENT for item in deliveries):
        raise typer.Exit(WRONG)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List the digests that were sent or are on their way."""
    settings = load_settings()

    async def work() -> list[Delivery]:
        async with open_database(settings) as database, database.reading() as connection:
            return await mail_queue.deliveries(connection)

    _print(run(work()), as_json=as_json)


async def _send(settings: Settings, now: datetime) -> list[Delivery]:
    async with open_runtime(settings) as runtime:
        mail_context = mail_context_of(settings, runtime.database, runtime.rules.policy)
        async with runtime.database.reading() as connection:
            everybody = await mail_context.everybody(connection)
        if not everybody.recipient:
            fail(
                "Nobody is to be sent a digest: SIGHTLINE_RECIPIENTS names no file with "
                "recipients, and the staff directory holds nobody."
            )
        week = latest_due(now, runtime.rules.policy.digest)
        lag = await lag_of(runtime.broker, runtime.database)
        missing = []
        if lag is None or lag.total:
            waiting = f"{lag.total:,}" if lag else "An unknown number of"
            missing = [f"{waiting} events were received and not yet worked through."]
        if await needs_rebuild(runtime.database, runtime.rules.policy):
            err.print(_OTHER_POLICY)
        if not await make_week(mail_context, week, missing):
            err.print(f"The digests of {week.name} were made before; they stay as they are.")
            addresses = {who.id: who.address for who in everybody.recipient}
            async with runtime.database.writing() as connection:
                await mail_queue.send_failed_again(connection, week.name, addresses)
        await send_due(mail_context)
        async with runtime.database.reading() as connection:
            return await mail_queue.deliveries(connection, week.name)


def _print(deliveries: list[Delivery], *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "week": item.week,
                "recipient": item.recipient,
                "state": item.state,
                "sent_at": item.sent_at and item.sent_at.isoformat(),
                "attempts": item.attempts,
                "message_id": item.message_id,
                "error": item.error,
            }
            for item in deliveries
        )
        return
    if not deliveries:
        print_plain("No digest was made yet.")
        return
    print_table(
        "Digests",
        ("Week", "Recipient", "State", "Sent", "Attempts", "Error"),
        (
            (
                item.week,
                item.recipient,
                item.state,
                f"{item.sent_at:%Y-%m-%d %H:%M} UTC" if item.sent_at else "",
                str(item.attempts),
                item.error or "",
            )
            for item in deliveries
        ),
    )
