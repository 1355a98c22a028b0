"""What would make a case better, and what will make it worse: asked of the rules themselves.

What could be done about a concern is declared with its rules; here each is taken as done today, and
the whole line is assessed again. So nothing can be promised that the rules would not give.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

from schemas.envelope import Event, read_event
from schemas.events.catalogue import type_of
from schemas.status import Concern, Period, Rag
from schemas.structured import structured_event
from services.assessment.day import Day
from services.assessment.derivation import Rules
from services.assessment.escalation import Step
from services.assessment.facts import Facts
from services.assessment.fold import fold
from services.assessment.lasting import holds_on
from services.assessment.received import EPOCH, Received
from services.assessment.resolution import receive, resolve
from services.assessment.rules import CONCERNS
from services.assessment.rules.remedy import Remedy
from services.assessment.stretch import Stretch
from services.assessment.timeline import walk

_SOURCE = "/sightline/what-if"
_LAST = datetime(9999, 12, 31, tzinfo=UTC)
_MOST_EVENTS = 400
"""Of more events nothing is tried: whoever opens the case would wait for it."""
_TOGETHER = 2
"""How many remedies are tried together: more would be a plan, and is for people to make."""


@dataclass(frozen=True, slots=True)
class Worse:
    """The first day on which a case turns worse if nothing happens, and why."""

    on: date
    rag: Rag
    why: str


@dataclass(frozen=True, slots=True)
class Climbs:
    """The day on which a red climbs to the next senior manager if nothing happens."""

    on: date
    step: Step


@dataclass(frozen=True, slots=True)
class Outlook:
    """What lies ahead of a case.

    `better` gives for each better colour the ways to it, each of one or two things to do; none of
    `Rag.NONE`, which no one does.
    """

    better: Mapping[Rag, tuple[tuple[str, ...], ...]]
    worse: Worse | None
    climbs: Climbs | None


def outlook(
    concern: Concern,
    day: date,
    facts: Facts,
    received: Sequence[Received],
    line: Sequence[Period],
    stretches: Sequence[Stretch],
    rules: Rules,
) -> Outlook:
    """What would make a case better on a day, and what will make it worse.

    Args:
        concern: of which concern.
        day: the day on which it would be done.
        facts: what is known of the young person.
        received: every event that bears on them.
        line: the concern's colours.
        stretches: the concern's case line.
        rules: the policy and its rule book.
    """
    now = next((period for period in line if period.covers(day)), None)
    if now is None or now.rag in (Rag.NONE, Rag.GREEN):
        return Outlook({}, _worse(line, day, now), None)
    trial = _Trial(concern, day, facts, received, rules)
    return Outlook(trial.better(now.rag), _worse(line, day, now), _climbs(stretches, day))


class _Trial:
    """Tries what could be done about one case."""

    def __init__(
        self,
        concern: Concern,
        day: date,
        facts: Facts,
        received: Sequence[Received],
        rules: Rules,
    ) -> None:
        self.concern, self.day, self.facts, self.rules = concern, day, facts, rules
        self.received = received
        told = (moment[0] for item in received for moment in item.counted_moments)
        self.moment = min(max(told, default=EPOCH), _LAST)

    def better(self, rag: Rag) -> dict[Rag, tuple[tuple[str, ...], ...]]:
        """The ways to each better colour: what does it alone, and else what does it together."""
        if len(self.received) > _MOST_EVENTS or self._colour_after([]) is not rag:
            return {}
        on = Day(self.day.toordinal(), self.facts, self.rules.rulebook)
        tried = [
            (remedy, self._colour_after([remedy])) for remedy in CONCERNS[self.concern].remedies(on)
        ]
        ways: dict[Rag, list[tuple[str, ...]]] = {Rag.AMBER: [], Rag.GREEN: []}
        for remedy, then in tried:
            if then in ways and then.severity < rag.severity:
                ways[then].append((remedy.words,))
        together = [(remedy, then) for remedy, then in tried if not remedy.alone]
        for pair in combinations(together, _TOGETHER):
            some = [remedy for remedy, _ in pair]
            best = min(then.severity for _, then in pair)
            if best <= Rag.GREEN.severity:
                continue
            then = self._colour_after(some)
            if then in ways and then.severity < min(best, rag.severity):
                ways[then].append(tuple(remedy.words for remedy in some))
        return {colour: tuple(found) for colour, found in ways.items() if found}

    def _colour_after(self, remedies: Iterable[Remedy]) -> Rag:
        """The colour of the day once some remedies are done."""
        person = self.facts.person
        events = [*self._events(remedies)]
        received = [*self.received, *receive(events, self.rules.policy)]
        settled = resolve(received, self.rules.policy)[person]
        runs, _ = walk(fold(settled), self.rules.rulebook, self.concern)
        number = self.day.toordinal()
        return next((run.verdict.rag for run in runs if run.start <= number < run.end), Rag.NONE)

    def _events(self, remedies: Iterable[Remedy]) -> Iterable[Event]:
        for number, (name, data) in enumerate(
            (event for remedy in remedies for event in remedy.events), 1
        ):
            read = read_event(
                structured_event(
                    type_of(name),
                    data,
                    id=f"what-if-{number}",
                    source=_SOURCE,
                    time=self.moment + timedelta(seconds=1),
                    subject=self.facts.person,
                    sequence=number,
                )
            )
            if isinstance(read, Event):
                yield read


def _worse(line: Sequence[Period], day: date, now: Period | None) -> Worse | None:
    """The first later period of a worse colour."""
    severity = now.rag.severity if now else 0
    for period in line:
        if period.start > day and period.rag.severity > severity and severity:
            return Worse(period.start, period.rag, period.worst_reason)
    return None


def _climbs(stretches: Sequence[Stretch], day: date) -> Climbs | None:
    """The first later stretch that has climbed further, within the red that runs."""
    here = next((item for item in stretches if holds_on(item, day)), None)
    if here is None or here.red_since is None:
        return None
    for stretch in stretches:
        further = stretch.step is not None and stretch.step != here.step
        if stretch.start > day and stretch.red_since == here.red_since and further:
            return Climbs(stretch.start, stretch.step) if stretch.step else None
    return None
