"""Taking a snapshot: everybody's rows beside what is held, and only then anything sent.

An extract that broke off half-way looks like a council that lost half its children. So all is
compared first; where more has vanished than could have, nothing is sent.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from schemas.days import london_day
from schemas.events.catalogue import NAMES
from services.imports.load import Brought, HeldNow, batches
from services.imports.snapshots.known import begun_of, has_ended
from services.imports.snapshots.layout import BY_KIND, COUNTED, Ways
from services.imports.snapshots.read import Files, PersonRows
from services.imports.snapshots.translate import compare, is_open
from services.imports.tabular.faults import FaultReport
from services.sources.statements import Held, Saying, Slot, Voice, difference, event, slot_of

_ALL = 100
FEW = 5
"""Rows of a kind that may vanish however small the share that they are not."""


Settle = Callable[[PersonRows, Held, date], None]


class TooMuchVanishedError(Exception):
    """More rows are gone than could be true; the message says of which kinds, and what to do."""


@dataclass(slots=True)
class Taken:
    """What came of a snapshot: the events that are news, and what it holds."""

    brought: Brought = field(default_factory=Brought)
    events: list[dict[str, Any]] = field(default_factory=list)
    open: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    vanished: Counter[str] = field(default_factory=Counter)
    absent: int = 0
    ended: Slot = field(default_factory=Slot)
    """What is held of how the source's snapshots ended."""

    def check(self, limit: int) -> None:
        """Refuse a snapshot in which too much vanished. `limit` is in per cent of what is held.

        Raises:
            TooMuchVanishedError: it is above the limit for some kind, or there is nobody in it.
        """
        if not self.brought.people and limit < _ALL:
            raise TooMuchVanishedError(
                "Nothing was sent: there is nobody in this snapshot. Look at the files, or at the "
                "database and its schema."
            )
        told = [
            f"{number:,} of {self.held[kind]:,} {kind}"
            for kind, number in sorted(self.vanished.items())
            if number > FEW and number * 100 > limit * self.held[kind]
        ]
        if told:
            raise TooMuchVanishedError(
                f"Nothing was sent: {', '.join(told)} that were open are not in this snapshot, "
                f"which is more than {limit} %. Where that is true, say so with "
                "--vanished-limit 100; else make the extract again."
            )


async def take(
    people: Iterable[tuple[str, PersonRows]],
    files: Files,
    held_subjects: Sequence[str],
    held_now: HeldNow,
    voice: Voice,
    ways: Ways,
    report: FaultReport,
    settle: Settle | None = None,
) -> Taken:
    """Compare everybody: those in the files, and those who are held and in no file.

    `settle` has the last word on somebody's rows, once it is known what is held of them. What
    `files` say is filled in as `people` are read.
    """
    taken = Taken()
    ends = await held_now([""])
    slot = slot_of("snapshot.completed", {"date": str(london_day(voice.as_at))})
    taken.ended = ends.get("", {}).get(slot, Slot())
    day = london_day(voice.as_at)
    for batch in batches(_everybody(people, held_subjects)):
        held = await held_now([subject for subject, _ in batch])
        for subject, mine in batch:
            known = held.get(subject, {})
            if settle is not None:
                settle(mine, known, day)
            report.add_all(mine.faults)
            doubtful = mine.unclear | files.unclear
            comparison = compare(mine.rows, known, day, ways, files.kinds, doubtful)
            taken.brought.people += bool(mine.rows)
            told = {saying.slot: saying.name for saying in comparison.sayings}
            taken.brought.told.update(told.values())
            new = difference(voice, subject, comparison.sayings, known, comparison.would_say)
            taken.brought.news.update(NAMES[item["type"]] for item in new)
            taken.events += new
            taken.vanished.update(comparison.vanished)
            taken.absent += comparison.is_absent
            _count(taken, mine, known, files.kinds, voice)
    taken.open.update(files.nameless)
    return taken


def completed(voice: Voice, taken: Taken, kinds: Iterable[str]) -> list[dict[str, Any]]:
    """The event that ends a snapshot: what the source holds open, of the kinds that it told.

    None, where the same was said of the same moment before.
    """
    kinds = set(kinds)
    as_at = voice.as_at.isoformat().replace("+00:00", "Z")
    data: dict[str, Any] = {
        "date": str(london_day(voice.as_at)),
        "as_at": as_at,
        "open": {name: taken.open[kind] for kind, name in COUNTED.items() if kind in kinds},
    }
    if "people" in kinds:
        data["people"] = taken.open["people"]
    if taken.ended.said and taken.ended.said[-1].data == data:
        return []
    told = event(voice, "", Saying("snapshot.completed", data), taken.ended)
    told["id"] = f"snapshot {as_at} {told['id'].rsplit('#', 1)[-1]}"
    return [told]


def _count(taken: Taken, mine: PersonRows, known: Held, kinds: Iterable[str], voice: Voice) -> None:
    day = london_day(voice.as_at)
    for kind in kinds:
        shape = BY_KIND[kind]
        rows = mine.rows.get(kind, {}).values()
        taken.open[kind] += sum(is_open(row, day) for row in rows)
        taken.open[kind] += sum(unclear == kind for unclear, _ in mine.unclear)
        begun = begun_of(known, shape)
        taken.held[kind] += sum(not has_ended(known, shape, id_, day) for id_ in begun)


def _everybody(
    people: Iterable[tuple[str, PersonRows]], held_subjects: Sequence[str]
) -> Iterator[tuple[str, PersonRows]]:
    """Those in the files, then those who are held and stand in none."""
    seen = set()
    for subject, rows in people:
        seen.add(subject)
        yield subject, rows
    for subject in held_subjects:
        if subject not in seen:
            yield subject, PersonRows()
