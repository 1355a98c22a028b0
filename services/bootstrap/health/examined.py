"""What is wrong with a Sightline that runs, and what to do: for `doctor`, and for metrics."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from services.bootstrap.health.ailment import Ailment, Part, Patient
from services.bootstrap.health.broker import of_broker
from services.bootstrap.health.machine import of_machine
from services.bootstrap.health.store import (
    database_unusable,
    of_backups,
    of_feeds,
    of_mail,
    of_restrictions,
    of_store,
)

_REMEMBERED = timedelta(seconds=15)
_EXAMINED_SECONDS = 4.0


class Examined:
    """Of each part whether anything is wrong with it, examined now and then.

    Whoever asks is answered in time: a database that has not answered by then is what is wrong.
    """

    def __init__(self, patient: Patient, clock: Callable[[], datetime]) -> None:
        self.patient = patient
        self.clock = clock
        self._at: datetime | None = None
        self._found: dict[str, bool] = {}

    async def __call__(self) -> Mapping[str, bool]:
        """What was found last, at most `_REMEMBERED` ago."""
        now = self.clock()
        if self._at is None or now - self._at >= _REMEMBERED or now < self._at:
            self._found = await self._examine(now)
            self._at = now
        return self._found

    async def _examine(self, now: datetime) -> dict[str, bool]:
        try:
            async with asyncio.timeout(_EXAMINED_SECONDS):
                found = {item.part for item in await ailments(self.patient, now)}
        except (TimeoutError, OSError):
            found = {Part.DATABASE}
        return {part.value: part in found for part in Part}


async def ailments(patient: Patient, now: datetime) -> list[Ailment]:
    """Everything that is wrong, the gravest first."""
    found = of_machine(patient.settings)
    try:
        found += [item async for item in of_store(patient, now)]
        found += [item async for item in of_broker(patient)]
        async with patient.database.reading() as connection:
            for check in (of_feeds, of_mail, of_restrictions, of_backups):
                found += [item async for item in check(connection, patient, now)]
    except (SQLAlchemyError, OSError) as error:
        found.append(database_unusable(error))
    return found
