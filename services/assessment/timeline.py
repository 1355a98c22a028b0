"""The whole line of a young person's colours, past and future, written down at once.

`assess` asks the rules about one day and learns until when the answer holds; the next day it asks
about is that one. So it needs no clock, misses no boundary, and walks a life in a few steps.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from schemas.status import Concern, Override, Period, Question, Rag, Reason, Statutory
from services.assessment.day import Day, Finding
from services.assessment.facts import Facts
from services.assessment.questions import about_the_record, running_on
from services.assessment.rulebook import Rulebook
from services.assessment.rules import CONCERNS
from services.assessment.rules.everywhere import e1_late_action, rated, worst
from services.assessment.runs import joined
from services.assessment.temporal import FOREVER, as_date


@dataclass(frozen=True, slots=True)
class Assessment:
    """One young person's periods by concern, and the questions that were met on the way.

    The periods of a concern begin with the first known day, neither overlap nor leave a gap, and
    the last has no end. Before the first, nothing is known and nothing applies.
    """

    person: str
    periods: dict[Concern, tuple[Period, ...]]
    questions: tuple[Question, ...]


class Verdict(NamedTuple):
    """What the rules and people's ratings make of one concern on a day."""

    rag: Rag
    rule_rag: Rag
    statutory: Statutory | None
    override: Override | None
    findings: tuple[Finding, ...]


class Run(NamedTuple):
    """A run of days (ordinals; `end` is not in it) with one verdict."""

    start: int
    end: int
    verdict: Verdict


_NOT_APPLYING = Verdict(Rag.NONE, Rag.NONE, None, None, ())


def assess(facts: Facts, rulebook: Rulebook) -> Assessment:
    """Write down the whole line of one young person."""
    periods: dict[Concern, tuple[Period, ...]] = {}
    questions = [*facts.questions, *about_the_record(facts)]
    for concern in CONCERNS:
        runs, asked = walk(facts, rulebook, concern)
        periods[concern] = _periods(concern, runs, facts, rulebook)
        questions += asked
    return Assessment(facts.person, periods, _sorted(questions))


def walk(facts: Facts, rulebook: Rulebook, concern: Concern) -> tuple[list[Run], list[Question]]:
    """Runs of days with one verdict, from the first known day on."""
    followed = CONCERNS[concern].follows
    if followed and facts.unlawful is None:
        walk(facts, rulebook, followed)
    runs, questions = _walk(facts, rulebook, concern)
    if concern in _FOLLOWED:
        facts.unlawful = joined(
            (run.start, run.end) for run in runs if run.verdict.statutory == "unlawful"
        )
    return runs, questions


_FOLLOWED = {declaration.follows for declaration in CONCERNS.values()}


def _walk(facts: Facts, rulebook: Rulebook, concern: Concern) -> tuple[list[Run], list[Question]]:
    if not CONCERNS[concern].may_apply(facts):
        return [Run(facts.first_day, FOREVER, _NOT_APPLYING)], []
    runs: list[Run] = []
    asked: list[tuple[int, int, Question]] = []
    start = facts.first_day
    while start < FOREVER:
        on = Day(start, facts, rulebook)
        verdict = _verdict(on, concern)
        end = on.until
        asked += [(start, end, question) for question in on.questions]
        if runs and runs[-1].verdict == verdict:
            runs[-1] = runs[-1]._replace(end=end)
        else:
            runs.append(Run(start, end, verdict))
        start = end
    return runs, running_on(asked)


def _verdict(on: Day, concern: Concern) -> Verdict:
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
    if len(findings) > 1:
        findings.sort(key=_worst_first)
    return Verdict(shown, rag, statutory, override, tuple(findings))


def _worst_first(finding: Finding) -> tuple[int, str, int]:
    letters = finding.rule.rstrip("0123456789")
    # E1 comes after the concern's own rules, as it stands after them in the rule book.
    return (
        -finding.rag.severity,
        "~" if letters == "E" else letters,
        int(finding.rule[len(letters) :]),
    )


def _periods(
    concern: Concern, runs: list[Run], facts: Facts, rulebook: Rulebook
) -> tuple[Period, ...]:
    """Runs as periods, each with the run of its colour around it."""
    begun_by = {
        spell.start
        for spell in CONCERNS[concern].begins_with(facts)
        if spell.by_this_date and spell.start < spell.end
    }
    next_changes: list[int] = []
    following = FOREVER
    for number in reversed(range(len(runs))):
        here = runs[number]
        if number + 1 < len(runs) and runs[number + 1].verdict.rag is not here.verdict.rag:
            following = here.end
        next_changes.append(following)
    next_changes.reverse()
    periods: list[Period] = []
    since, not_green, at_least = 0, FOREVER, False
    previous = _NOT_APPLYING
    for run, next_change in zip(runs, next_changes, strict=True):
        verdict = run.verdict
        if verdict.rag is not previous.rag or not periods:
            since = run.start
            at_least = since in begun_by or any(
                finding.turned_on == since and finding.rag is verdict.rag
                for finding in verdict.findings
            )
        previous = verdict
        if verdict.rule_rag not in (Rag.AMBER, Rag.RED):
            not_green = FOREVER
        elif not_green == FOREVER:
            not_green = run.start
        begun = as_date(run.start)
        first = as_date(since)
        if begun is None or first is None:
            break
        periods.append(
            Period(
                concern=concern,
                start=begun,
                end=as_date(run.end),
                rag=verdict.rag,
                rule_rag=verdict.rule_rag,
                statutory=verdict.statutory,
                override=verdict.override,
                reasons=tuple(_reason(finding, rulebook) for finding in verdict.findings),
                since=first,
                since_basis="at_least" if at_least else "exact",
                not_green_since=as_date(not_green),
                next_change=as_date(next_change),
            )
        )
    return tuple(periods)


def _reason(finding: Finding, rulebook: Rulebook) -> Reason:
    source = rulebook.sources[finding.rule].title
    return Reason(finding.rule, finding.rag, finding.text, source, finding.facts)


def _place_of_question(asked: Question) -> tuple[object, ...]:
    end = asked.end or date.max
    return asked.start, asked.field, asked.source, asked.event, asked.text, end, asked.settle


def _sorted(questions: Iterable[Question]) -> tuple[Question, ...]:
    """In one order, whatever order the events came in, and each once."""
    return tuple(sorted(set(questions), key=_place_of_question))
