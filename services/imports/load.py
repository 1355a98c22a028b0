"""Bringing a file in: young people some hundred at a time, set against what is held, and sent."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol, TypeVar

from schemas.events.catalogue import NAMES
from services.imports.tabular.faults import FaultReport, FileFault
from services.sources.statements import Held, InScope, Saying, Voice, difference

Item = TypeVar("Item")

AT_A_TIME = 250
"""Young people whose history is read and whose events are sent together."""


class Told(Protocol):
    """What a file says of one young person."""

    @property
    def sayings(self) -> Sequence[Saying]:
        """What it says."""

    @property
    def faults(self) -> Sequence[FileFault]:
        """What is wrong in it."""

    @property
    def would_say(self) -> InScope:
        """Whether its silence about something takes that back."""


ToldT = TypeVar("ToldT", bound=Told)

HeldNow = Callable[[Sequence[str]], Awaitable[dict[str, Held]]]
Send = Callable[[Sequence[dict[str, Any]]], Awaitable[None]]


@dataclass(slots=True)
class Brought:
    """What came of it: events by name as the file tells them, and those that were news."""

    people: int = 0
    told: Counter[str] = field(default_factory=Counter)
    news: Counter[str] = field(default_factory=Counter)


async def bring(
    people: Iterable[tuple[str, Item]],
    read: Callable[[str, Item, Held], ToldT],
    voice: Voice,
    held_now: HeldNow,
    send: Send,
    report: FaultReport,
    brought: Brought,
) -> AsyncIterator[tuple[ToldT, Item]]:
    """Read each young person, and send what is news; yields each as it was read."""
    for batch in batches(people):
        held = await held_now([subject for subject, _ in batch])
        events: list[dict[str, Any]] = []
        for subject, item in batch:
            mine = held.get(subject, {})
            told = read(subject, item, mine)
            report.add_all(told.faults)
            brought.people += 1
            slots = {saying.slot: saying.name for saying in told.sayings}
            brought.told.update(slots.values())
            new = difference(voice, subject, told.sayings, mine, told.would_say)
            brought.news.update(NAMES[event["type"]] for event in new)
            events += new
            yield told, item
        await send(events)


def batches(people: Iterable[Item]) -> Iterator[list[Item]]:
    """Young people, as many as are read together at a time."""
    waiting = iter(people)
    while batch := list(islice(waiting, AT_A_TIME)):
        yield batch
