"""`sightline doctor`: what is wrong, in plain words, and what to do about it."""

from contextlib import AsyncExitStack

import typer
from sqlalchemy.exc import SQLAlchemyError

from events.broker import BROKER_ERRORS
from events.embedded import BrokerError
from services.bootstrap.database import open_database
from services.bootstrap.health.ailment import Ailment, Patient
from services.bootstrap.health.broker import broker_unusable
from services.bootstrap.health.examined import ailments
from services.bootstrap.health.machine import of_machine
from services.bootstrap.health.store import database_unusable
from services.bootstrap.runtime import open_broker
from services.cli.console import WRONG, Json, print_json, print_plain, run
from services.clock import now_utc
from services.settings import Settings, load_policy, load_recipients, load_settings


def doctor(as_json: Json = False) -> None:
    """Say what is wrong and what to do; it ends with 1 where anything is."""
    found = run(_examine(load_settings()))
    if as_json:
        print_json(item._asdict() for item in found)
    else:
        for item in found:
            print_plain(f"{item.what}", f"  {item.cure}")
        many = f"{len(found)} {'thing is' if len(found) == 1 else 'things are'} wrong."
        print_plain(many if found else "Nothing is wrong.")
    if found:
        raise typer.Exit(WRONG)


async def _examine(settings: Settings) -> list[Ailment]:
    """Everything that is wrong, the gravest first, however much of it can be reached."""
    policy, recipients = load_policy(settings.policy), load_recipients(settings.recipients)
    async with AsyncExitStack() as stack:
        try:
            database = await stack.enter_async_context(open_database(settings))
        except (SQLAlchemyError, OSError) as error:
            return [*of_machine(settings), database_unusable(error)]
        broker, wrong = None, []
        try:
            broker, _ = await stack.enter_async_context(open_broker(settings))
        except (*BROKER_ERRORS, BrokerError) as error:
            wrong = [broker_unusable(error)]
        patient = Patient(settings, policy, recipients, database, broker)
        return wrong + await ailments(patient, now_utc())
