"""Publishing what waits in the outbox."""

from collections.abc import Callable
from datetime import datetime

from events.publish import publish_out
from services.bootstrap.runtime import Runtime
from services.clock import now_utc
from services.logs import EVENT_PATH
from services.store import outbox
from services.traces import Step
from services.tracking.patience import repeat

_RELAY_SECONDS = 0.5

_RELAY_AT_A_TIME = 500


async def relay(runtime: Runtime, clock: Callable[[], datetime] = now_utc) -> int:
    """Publish what waits in the outbox, at least once each; the message id shows a repetition.

    Returns how many were published.
    """
    async with runtime.database.reading() as connection:
        waiting = await outbox.waiting(connection, _RELAY_AT_A_TIME)
    sent: list[int] = []
    try:
        for item in waiting:
            step = Step("publish", "producer", item.trace, messaging__system="nats",
                        messaging__message__id=item.message_id)  # fmt: skip
            await publish_out(
                runtime.broker, item.subject, item.content, item.message_id, step.headers
            )
            step.end()
            sent.append(item.number)
    finally:
        if sent:
            async with runtime.database.writing() as connection:
                await outbox.mark_sent(connection, sent, clock())
            what = {"step": "published", "messages": [it.message_id for it in waiting[: len(sent)]]}
            EVENT_PATH.info("%d messages were published", len(sent), extra=what)
    return len(sent)


async def relay_for_ever(runtime: Runtime) -> None:
    """Publish what waits in the outbox until cancelled; what fails is tried again."""

    async def some() -> float:
        return _RELAY_SECONDS if await relay(runtime) < _RELAY_AT_A_TIME else 0.0

    await repeat(some, "The outbox could not be emptied")
