"""Loading a file: people in batches, each compared with what is held, and the difference sent."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from schemas.case_reference import FORM_IN_WORDS, is_case_reference
from schemas.events.catalogue import NAMES
from services.imports.tabular.faults import Became, FaultReport, FileFault
from services.sources.holdings import batches
from services.sources.statements import Holdings, Provenance, Retracts, Statement, difference

Rows = TypeVar("Rows")


class Translated(Protocol):
    """What a file's rows of one young person come to."""

    @property
    def statements(self) -> Sequence[Statement]:
        """What they state."""

    @property
    def faults(self) -> Sequence[FileFault]:
        """What is wrong in them."""

    @property
    def retracts(self) -> Retracts:
        """Whether a held event that they do not state again is retracted."""


TranslatedT = TypeVar("TranslatedT", bound=Translated)

LoadHoldings = Callable[[Sequence[str]], Awaitable[dict[str, Holdings]]]
"""Loads what is held of some subjects."""
Send = Callable[[Sequence[dict[str, Any]]], Awaitable[None]]
"""Sends events in structured mode."""


def fault_of_reference(subject: str) -> FileFault | None:
    """What is wrong with a case reference of some files: its events will be refused, and kept."""
    if is_case_reference(subject):
        return None
    return FileFault(
        "these files", 0, "case reference", subject, FORM_IN_WORDS, Became.EVENTS_REFUSED, subject
    )


@dataclass(slots=True)
class LoadResult:
    """How much was loaded.

    `statements` and `news` count by event name: what the file states, and what had to be sent.
    """

    people: int = 0
    statements: Counter[str] = field(default_factory=Counter)
    news: Counter[str] = field(default_factory=Counter)

    def compare(
        self,
        provenance: Provenance,
        subject: str,
        statements: Sequence[Statement],
        holdings: Holdings,
        retracts: Retracts,
    ) -> list[dict[str, Any]]:
        """The events that are news of one young person, counted."""
        self.statements.update({item.key: item.name for item in statements}.values())
        events = difference(provenance, subject, statements, holdings, retracts)
        self.news.update(NAMES[event["type"]] for event in events)
        return events


async def load(
    people: Iterable[tuple[str, Rows]],
    translate: Callable[[str, Rows, Holdings], TranslatedT],
    provenance: Provenance,
    load_holdings: LoadHoldings,
    send: Send,
    report: FaultReport,
    result: LoadResult,
) -> AsyncIterator[tuple[TranslatedT, bool]]:
    """Translate each young person's rows and send what is news, batch by batch.

    Faults go to `report` and counts to `result`. Yields each young person as translated, and
    whether something of theirs is news.
    """
    for batch in batches(people):
        holdings = await load_holdings([subject for subject, _ in batch])
        events: list[dict[str, Any]] = []
        for subject, rows in batch:
            held = holdings.get(subject, {})
            if fault := fault_of_reference(subject):
                report.add(fault)
            translated = translate(subject, rows, held)
            report.add_all(translated.faults)
            result.people += 1
            made = result.compare(
                provenance, subject, translated.statements, held, translated.retracts
            )
            events += made
            yield translated, bool(made)
        await send(events)
