"""All that follows from one young person's events: facts, colours, assignments, the case line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas.policy import Policy
from schemas.status import Concern
from services.assessment.action_line import ActionStretch, action_lines
from services.assessment.annual_return.rows import AnnualReturn, annual_return
from services.assessment.assignment import Assignment, assignments
from services.assessment.case_line import case_lines
from services.assessment.duties import Duty, duties
from services.assessment.facts import Facts
from services.assessment.fold import fold
from services.assessment.iro_escalation_line import IroEscalationStretch, iro_escalation_lines
from services.assessment.knowledge import Knowledge
from services.assessment.resolution import Resolved
from services.assessment.reviews_held import ReviewHeld, reviews_held
from services.assessment.rulebook import Rulebook, rulebook_for
from services.assessment.rules import CONCERNS
from services.assessment.stretch import Stretch
from services.assessment.timeline import Assessment, assess


@dataclass(frozen=True, slots=True)
class Rules:
    """A policy with the rule book that follows from it, made once."""

    policy: Policy
    rulebook: Rulebook

    @classmethod
    def of(cls, policy: Policy) -> "Rules":
        """The rules that a policy makes.

        Raises:
            ValueError: the policy loosens the law, or names a parameter that is not there.
        """
        return cls(policy, rulebook_for(policy))


@dataclass(frozen=True, slots=True)
class Derivation:
    """What is derived of one young person. The same events always derive alike."""

    facts: Facts
    assessment: Assessment
    cases: Mapping[Concern, Sequence[Stretch]]
    assignments: Sequence[Assignment]
    actions: Sequence[ActionStretch]
    iro_escalations: Sequence[IroEscalationStretch]
    duties: Sequence[Duty]
    annual_return: AnnualReturn
    reviews_held: Sequence[ReviewHeld]

    @property
    def person(self) -> str:
        """Whose it is."""
        return self.facts.person

    @property
    def heard_of(self) -> set[str]:
        """The concerns that are counted from now on, since what they are about was sent."""
        return {
            concern.value
            for concern, declaration in CONCERNS.items()
            if declaration.tracked_from is not None and declaration.tracked_from(self.facts)
        }


def derive(
    resolved: Resolved, rules: Rules, knowledge: Knowledge, gone: Mapping[str, int]
) -> Derivation:
    """Derive everything of one young person.

    Args:
        resolved: the events that count.
        rules: the policy and its rule book.
        knowledge: what was stored here when.
        gone: staff who have left, with the day (ordinal) from which they are gone.
    """
    facts = fold(resolved)
    assessment = assess(facts, rules.rulebook)

    def first_known_red(concern: Concern, start: int, end: int) -> int | None:
        return knowledge.first_known_red(facts.person, concern, start, end)

    lines = case_lines(facts, assessment, rules.rulebook, rules.policy, first_known_red, gone)
    whose, actions = tuple(assignments(facts)), action_lines(facts)
    escalated = iro_escalation_lines(
        facts.person,
        facts.iro_escalations,
        rules.rulebook,
        rules.policy.reviewing_officers.levels,
    )
    owed = duties(facts, rules.rulebook)
    held = reviews_held(facts)
    returned = annual_return(facts, rules.rulebook)
    return Derivation(facts, assessment, lines, whose, actions, escalated, owed, returned, held)
