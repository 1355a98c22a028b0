"""What is wrong with the broker, its consumer, and what waits on it."""

from collections.abc import AsyncIterator

from nats.js.errors import NotFoundError

from events.broker import BROKER_ERRORS, jetstream_of
from events.stream import STREAM, TRACKER, tracker_info
from services.bootstrap.health.ailment import IS_A_TRACKER_RUNNING, Ailment, Part, Patient
from services.bootstrap.lag import lag_of


def broker_unusable(error: Exception) -> Ailment:
    """The broker cannot be used at all."""
    what = f"The broker cannot be used: {error}"
    return Ailment(Part.BROKER, what, "Start it, or mend its URL.")


async def of_broker(patient: Patient) -> AsyncIterator[Ailment]:
    """Its consumer, and what waits; whoever could reach no broker says so."""
    if patient.broker is None:
        return
    try:
        await tracker_info(jetstream_of(patient.broker))
    except NotFoundError:
        what = f"The consumer {TRACKER} of the stream {STREAM} is gone: no event is delivered."
        yield Ailment(Part.CONSUMER, what, "A tracker makes it again: start sightline serve.")
        return
    except BROKER_ERRORS as error:
        yield broker_unusable(error)
        return
    lag = await lag_of(patient.broker, patient.database)
    if lag is not None and lag.total:
        what = f"{lag.total:,} events of {STREAM} wait."
        yield Ailment(Part.LAG, what, IS_A_TRACKER_RUNNING)
