"""What rules say: a colour, what the law calls it, and what it was counted from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from .facts import Facts
from .spells import Spell

WORSE = {"green": 0, "amber": 1, "red": 2}


@dataclass(frozen=True)
class RuleResult:
    """What one rule says on one day.

    `turned` is the first day on which counting from the start of any of the `counted` spells gives
    this colour; they are empty where the rule gives it without counting from a start.
    """

    colour: str
    statutory: str | None = None
    never_lowered: bool = False
    counted: tuple[Spell, ...] = ()
    turned: date | None = None


Rule = Callable[[Facts], RuleResult | None]
Rules = list[tuple[str, Rule]]
Answers = list[tuple[str, RuleResult]]


def asked(f: Facts, rules: Rules) -> Answers:
    """The rules that speak on that day, in the order of the table."""
    answers: Answers = []
    for rule_id, rule in rules:
        answer = rule(f)
        if answer is not None:
            answers.append((rule_id, answer))
    return answers


def care_spells_from(f: Facts, began: date) -> tuple[Spell, ...]:
    """The care periods that start on the day care began."""
    return tuple(one for one in f.record.care if one.start == began)


def there_since_spells(f: Facts) -> tuple[Spell, ...]:
    """The main placement, and the care with which care began, that start *there since*."""
    since = f.there_since
    spells = care_spells_from(f, since) if since == f.care_began else ()
    if f.main_now is not None and f.main_now.start == since:
        spells = (*spells, f.main_now)
    return spells


def no_statutory(_f: Facts, _answers: Answers) -> str | None:
    """The concern says nothing of the law."""
    return None
