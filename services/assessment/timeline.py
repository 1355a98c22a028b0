"""The whole line of a young person's colours, past and future, written down at once.

`assess` asks the rules about one day and learns until when the answer holds; the next day it asks
about is that one. So it needs no clock, misses no boundary, and walks a life in a few steps.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from schemas.status import Concern, Override, Period, Question, Rag, Reason, Statutory
from services.assessment.day import Day, Finding
from services.assessment.facts import Facts, Spell
from services.assessment.questions import about_the_record, running_on
from services.assessment.rulebook import Rulebook
from services.assessment.rules import accommodation, permanence, placement, pre_proceedings
from services.assessment.rules.everywhere import e1_late_action, rated, worst
from services.assessment.temporal import FOREVER, as_date

CONCERNS = {
    rules.CONCERN: rules for rules in (accommodation, placement, pre_proceedings, permanence)
}


@dataclass(frozen=True, slots=True)
class Assessment:
    """One young person's periods by concern, and the questions that were met on the way.

    The periods of a concern begin with the first known day, neither overlap nor leave a gap, and
    the last has no end. Before the first, nothing is known and nothing applies.
    """

    person: str
    periods: dict[Concern, tuple[Period, ...]]
    questions: tuple[Question, ...]


class _Verdict(NamedTuple):
    rag: Rag
    rule_rag: Rag
    statutory: Statutory | None
    override: Override | None
    findings: tuple[Finding, ...]


class _Stretch(NamedTuple):
    start: int
    end: int
    verdict: _Verdict


_NOT_APPLYING = _Verdict(Rag.NONE, Rag.NONE, None, None, ())


def assess(facts: Facts, rulebook: Rulebook) -> Assessment:
    """Write down the whole line of one young person."""
    periods: dict[Concern, tuple[Period, ...]] = {}
    questions = [*facts.questions, *about_the_record(facts)]
    for concern in Concern:
        stretches, asked = _walk(facts, rulebook, concern)
        periods[concern] = _periods(concern, stretches, facts, rulebook)
        questions += asked
    return Assessment(facts.person, periods, _sorted(questions))


def _walk(
    facts: Facts, rulebook: Rulebook, concern: Concern
) -> tuple[list[_Stretch], list[Question]]:
    """Stretches of days with one verdict, from the first known day on."""
    if _never_applies(facts, concern):
        return [_Stretch(facts.first_day, FOREVER, _NOT_APPLYING)], []
    stretches: list[_Stretch] = []
    asked: list[tuple[int, int, Question]] = []
    start = facts.first_day
    while start < FOREVER:
        on = Day(start, facts, rulebook)
        verdict = _verdict(on, concern)
        end = on.until
        asked += [(start, end, question) for question in on.questions]
        if stretches and stretches[-1].verdict == verdict:
            stretches[-1] = stretches[-1]._replace(end=end)
        else:
            stretches.append(_Stretch(start, end, verdict))
        start = end
    return stretches, running_on(asked)


def _never_applies(facts: Facts, concern: Concern) -> bool:
    """Whether a concern cannot apply on any day, for want of what it is about."""
    if concern is Concern.PRE_PROCEEDINGS:
        return not facts.pre_proceedings
    if concern is Concern.PERMANENCE:
        return not facts.care
    if concern is Concern.UNREGULATED_PLACEMENT:
        return not (facts.care or facts.main_placements)
    return False


def _verdict(on: Day, concern: Concern) -> _Verdict:
    """What the rules and people's ratings make of one concern on one day."""
    rules = CONCERNS[concern]
    findings = rules.assess(on)
    if findings is None:
        return _NOT_APPLYING
    rag = worst(findings)
    late = e1_late_action(on, concern, rag)
    if late:
        findings.append(late)
        rag = Rag.RED
    statutory = rules.statutory(on, findings)
    shown, override = rated(on, concern, rag, findings)
    findings.sort(key=_worst_first)
    return _Verdict(shown, rag, statutory, override, tuple(findings))


def _worst_first(finding: Finding) -> tuple[int, str, int]:
    letters = finding.rule.rstrip("0123456789")
    # E1 comes after the concern's own rules, as it stands after them in the rule book.
    return (
        -finding.rag.severity,
        "~" if letters == "E" else letters,
        int(finding.rule[len(letters) :]),
    )


def _periods(
    concern: Concern, stretches: list[_Stretch], facts: Facts, rulebook: Rulebook
) -> tuple[Period, ...]:
    """Stretches as periods, each with the run of its colour around it.

    A run is at least so long where it begins with a spell known only to have begun by then.
    """
    begun_by = {spell.start for spell in _spells_of(concern, facts) if spell.by_this_date}
    next_changes: list[int] = []
    following = FOREVER
    for number in reversed(range(len(stretches))):
        here = stretches[number]
        if (
            number + 1 < len(stretches)
            and stretches[number + 1].verdict.rag is not here.verdict.rag
        ):
            following = here.end
        next_changes.append(following)
    next_changes.reverse()
    periods: list[Period] = []
    since, not_green, previous = 0, FOREVER, Rag.NONE
    for stretch, next_change in zip(stretches, next_changes, strict=True):
        verdict = stretch.verdict
        if verdict.rag is not previous or not periods:
            since = stretch.start
        previous = verdict.rag
        if verdict.rule_rag not in (Rag.AMBER, Rag.RED):
            not_green = FOREVER
        elif not_green == FOREVER:
            not_green = stretch.start
        begun = as_date(stretch.start)
        run = as_date(since)
        if begun is None or run is None:
            break
        periods.append(
            Period(
                concern=concern,
                start=begun,
                end=as_date(stretch.end),
                rag=verdict.rag,
                rule_rag=verdict.rule_rag,
                statutory=verdict.statutory,
                override=verdict.override,
                reasons=tuple(_reason(finding, rulebook) for finding in verdict.findings),
                since=run,
                since_basis="at_least" if since in begun_by else "exact",
                not_green_since=as_date(not_green),
                next_change=as_date(next_change),
            )
        )
    return tuple(periods)


def _reason(finding: Finding, rulebook: Rulebook) -> Reason:
    source = rulebook.sources[finding.rule].title
    return Reason(finding.rule, finding.rag, finding.text, source, finding.facts)


def _spells_of(concern: Concern, facts: Facts) -> Iterable[Spell]:
    """The spells with which a run of this concern's colour can begin."""
    if concern is Concern.UNSUITABLE_ACCOMMODATION:
        return (*facts.dwellings, *facts.care)
    if concern is Concern.UNREGULATED_PLACEMENT:
        return (*facts.main_placements, *facts.temporary_placements, *facts.care, *facts.dwellings)
    return facts.pre_proceedings if concern is Concern.PRE_PROCEEDINGS else facts.care


def _sorted(questions: Iterable[Question]) -> tuple[Question, ...]:
    """In one order, whatever order the events came in, and each once."""
    return tuple(
        sorted(set(questions), key=lambda q: (q.start, q.field, q.source, q.event, q.text))
    )
