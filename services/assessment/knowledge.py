"""What was known here when: on which day what was stored by then first made a case red.

It is the same pure assessment over fewer events, so it can be derived again at any time.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from schemas.days import end_of_day, london_day
from schemas.events.feed import EventRetracted
from schemas.events.person import PersonMerged
from schemas.policy import Policy
from schemas.status import Concern, Rag
from services.assessment.fold import fold
from services.assessment.received import Received
from services.assessment.resolution import resolve, survivor_named, survivors
from services.assessment.rulebook import Rulebook
from services.assessment.timeline import walk


class Knowledge:
    """The events of some young people, with the days (ordinals) on which they were stored."""

    def __init__(self, received: Sequence[Received], policy: Policy, rulebook: Rulebook) -> None:
        self.policy = policy
        self.rulebook = rulebook
        became = survivors(received, policy)
        self._own: dict[str, list[Received]] = defaultdict(list)
        self._names: dict[str, set[str]] = defaultdict(set)
        self._merged_with = _ever_merged(received, policy)
        self._of_event: dict[tuple[str, str], list[Received]] = defaultdict(list)
        self._retracting: dict[tuple[str, str], list[Received]] = defaultdict(list)
        self._bearing: dict[str, tuple[list[Received], list[int]]] = {}
        for item in received:
            survivor = became.get(item.person, item.person)
            self._own[item.person].append(item)
            self._names[survivor] |= {item.person, survivor}
            self._of_event[item.key].append(item)
            if isinstance(item.event.data, EventRetracted):
                self._retracting[item.event.source, item.event.data.id].append(item)

    def _bearing_on(self, person: str) -> list[Received]:
        """Their own events, whatever else was sent under the ids of these, and what retracts them.

        Any of it may name another subject, and may have been stored on another day. So are those of
        whom a merge has ever named with them: it may have counted for a time.
        """
        found: dict[int, Received] = {}
        names = self._merged_with.get(person, {person}) | self._names[person]
        waiting = [item for name in sorted(names) for item in self._own.get(name, ())]
        while waiting:
            item = waiting.pop()
            if id(item) not in found:
                found[id(item)] = item
                waiting += self._of_event[item.key]
                waiting += self._retracting.get(item.key, ())
        return list(found.values())

    def first_known_red(self, person: str, concern: Concern, start: int, end: int) -> int | None:
        """The first day of a run of red by whose end what was stored made it red.

        Args:
            person: whose run it is.
            concern: which concern is red.
            start: the first day of the run, as it is known now.
            end: the day after its last.

        Returns:
            The day (ordinal); None where it was known of only after it had ended. `start` where the
            events are in no store.
        """
        if person not in self._bearing:
            found = self._bearing_on(person)
            self._bearing[person] = found, sorted(_stored_days(found))
        bearing, days = self._bearing[person]
        if not days or days[-1] <= start:
            return start
        for place, stored in enumerate(days):
            following = days[place + 1] if place + 1 < len(days) else end
            if following <= start:
                continue
            first = max(stored, start)
            if first >= end:
                return None
            if place + 1 == len(days):
                return first  # all of it is stored, and all of it says so
            known = self._first_red(person, bearing, concern, stored, first, min(following, end))
            if known is not None:
                return known
        return None

    def _first_red(
        self,
        person: str,
        bearing: Sequence[Received],
        concern: Concern,
        stored: int,
        first: int,
        end: int,
    ) -> int | None:
        """The first red day between two days, by what was stored by the end of a third."""
        names = self._names[person]
        people = resolve(_stored_by(bearing, stored), self.policy)
        found = []
        for name in names & people.keys():
            runs, _ = walk(fold(people[name]), self.rulebook, concern)
            for run in runs:
                day = max(run.start, first)
                if run.verdict.rule_rag is Rag.RED and day < min(run.end, end):
                    found.append(day)
        return min(found, default=None)


def _ever_merged(received: Iterable[Received], policy: Policy) -> dict[str, set[str]]:
    """Everybody whom merges have ever named together, whether or not they count today."""
    groups: dict[str, set[str]] = {}
    for item in received:
        data = item.event.data
        if not isinstance(data, PersonMerged):
            continue
        into = survivor_named(policy, item.event.source, data.into)
        together = groups.get(item.person, {item.person}) | groups.get(into, {into})
        groups |= dict.fromkeys(together, together)
    return groups


def _stored_by(received: Iterable[Received], day: int) -> Iterable[Received]:
    """Events as they were known at the end of a day."""
    moment = end_of_day(date.fromordinal(day))
    for item in received:
        then = item.as_stored_by(moment)
        if then is not None:
            yield then


def _stored_days(received: Iterable[Received]) -> set[int]:
    moments = {stored_at for item in received for _, stored_at in item.sendings}
    return {london_day(moment).toordinal() for moment in moments}
