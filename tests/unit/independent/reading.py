"""A young person's colours, read from the rule book one day at a time.

Every rule is asked on every day; there are no breakpoints. Days are remembered only for speed.
Verdicts are for the default policy: the clock starts on the decision, every number is as the rules
have it, every source may do everything.

Readings chosen
---------------
Where the text can be read in more than one way, this is the way it is read here.

Settling and reading of values (section 1)
 1. Content hash: SHA-256 of one JSON object {data, subject, type}, sorted keys, separators "," and
    ":", letters outside ASCII as they are, UTF-8, of `data` as sent. `sequence` null is 0.
 2. "Later than every other content's last" is by (`time`, `sequence`) and strict: on a tie the
    content counts since it was last sent.
 3. Retraction is applied after revision: what the settled content of a retraction names is
    retracted, and nothing that only another content of it named. Its subject plays no part.
 4. Where the latest merge of a subject is ignored as a circle, an earlier one of that subject does
    not come back. A merge into itself is a circle.
 5. Correction works after merges, by young person, event name and id, whatever the source. A
    corrected event replaces the first whole even when it is then ignored (a second end before the
    start leaves the spell open; the first end does not come back).
 6. Dropped around a value: space, tab, CR, LF. Words lose inner spaces, hyphens, underscores; codes
    lose capitals only. Dates are YYYY-MM-DD alone. A reason of closing is died when the word is.
 7. A value left out counts as absent, not as null. In a rating each of the four is read by itself;
    one that cannot be read is lacking, and the rating refused.
 8. A `date` of person.updated that is null or not readable is absent: the London day of its `time`.
 9. A concern that cannot be read makes an oversight review lower nothing; a review of kind
    accommodation_suitability counts in UA8 whatever its concern says.
Persons, births and spells (section 2)
10. Fields of the person go by the fold; date_of_birth by the latest, where a latest null makes the
    birth unknown. Implausible: 25 on the earliest start of the four kinds together (an absence is
    a missing spell here), or 40 on either of the other two days.
11. Spell fields other than the judgement: the start is the base and every change goes over it.
12. "The one before it" (continues) is the period before in the fold. A period ends by its own end
    when nothing had cut it; cut earlier, its later care.ended cuts no placement.
13. "Started before it": before the day of the cut; what starts on that day stands.
14. A temporary placement becomes main on the day of the first change, while current, that gives
    another code, even where a later one of that day gives T1 again; once main it stays so. If the
    next placement starts on that day it is cut, and does not become main.
15. "Cut only by later ones of its kind, all of them ended by D": each later one (for placements:
    each later main one) begun by D has an end of its own event by D. "Silent while a temporary
    placement runs" is said of UP10: the placement that may be current is asked all the same.
16. pre_proceedings.ended with outcome care_proceedings: only issued_on matters, its `date` never;
    an issued_on before the start is an end before a start, and is ignored.
17. Closings: any kind of spell reopens, absences too, on or before D; any eligibility but null is
    given, `none` too. Each closing is asked by itself.
18. Judgement: the start takes its own place in the fold among the changes and reviews of its day.
    judged_on is the day for which the event counts.
19. Action: its date is the earliest date among all its action.agreed, whichever was sent first; the
    first due is of the one sent first (the latest order of the rest gives concern and the like). A
    move's day is its date (or the London day of the `time` of a later agreed) or the action's date
    if later; moves go by that day, then order. Another due is one other than that which counts
    then. A move to a later day that did not count is still one that "came before".
20. An action cancelled and later completed still "was completed" for UA8; "due within 28 days after
    D" includes D itself and day 28; late is said of open actions only.
Whom each concern applies to (section 3)
21. Left care: a period's last day is the day before its end, or its start where it has no day. A
    period not ended by D is not passed over. A cut period that is asked because later ones are
    passed over has no end but its care.ended or the 18th birthday.
22. Left care without a date of birth: any end is "at 16 or over or at unknown age"; but to be
    kept out (E2 ...) an eligible one needs 16 or over told by the eligibility of that day.
23. R5 and short breaks together: UP11 alone. A case without placement, dwelling or UA11 is none
    even where UA12 or a rating would speak.
24. "Left care and under 18" (missing): an unknown age is under 18. The spell current is a missing
    one, not an absence.
Rules
25. "A Z code" in UP1 and UP3 is any code that begins with Z. UP4, UP5, UP9: any country.
26. "The end of the last placement" (UP10): the latest day on which any placement begun by D was
    over, temporary or main, by its end or by a cut.
27. UA6, UA7 when unsuitable; UA4, UA5 by the code alone. Of a dwelling that may be current every UA
    rule on a dwelling is asked, and it is a ground besides left care (not `none` without UA11).
28. PE "the previous care period ended": the first back that the next does not continue.
29. PE4: "the first day of review" is the day of the first looked_after review since care began.
30. VI3 and VI4 "the last visit": of the kind that counts on D, at whatever time before. VI3 is
    asked of those not looked after too. VI5 "where care was before it": looked after on the day
    before.
31. PW1 "first day with an eligibility of section 3": ever, not of an unbroken run.
32. MI2: an interview that names another spell is none of this one's, as is one dated after D. The
    last missing spell is the last in the fold; an absence is no missing spell.
Everywhere (section 8)
33. A rating lower by two steps takes one step. Where any rule that is never lowered speaks, nothing
    is lowered. Of several in force only the last in the fold counts. Under E1 red may be lowered.
34. E1 speaks when the worst colour of the rules is amber.
35. A day of none breaks a run. On a day of none, since and not_green_since are null.
36. since_basis: "current that day" is the day of the start itself. A rule comes to give its colour
    by counting from a start on the very day on which its count from it is first reached; UA13
    counts from a start when the start's own event judged, or a change dated before it.
37. A young person who is only merged, retracted or visited is there, and no concern applies.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from . import rules_missing, rules_placement, rules_planning, rules_unsuitable, rules_visits
from .answers import WORSE, Answers, RuleResult, Rules, no_statutory
from .facts import Diary, Facts
from .questions import Question, questions_of
from .record import Record
from .resolution import Event, settle
from .since_basis import basis_of
from .values import COLOURS

ONE_DAY = timedelta(days=1)
NEEDED_TO_RATE = ("rag", "rationale", "authorised_by", "expires")


@dataclass(frozen=True)
class Verdict:
    """What is shown of one concern on one day."""

    rag: str
    rule_rag: str
    statutory: str | None
    rules: tuple[str, ...]


@dataclass(frozen=True)
class ConcernRules:
    """One concern: its rules in the order of the table, what they say where it applies, its law."""

    answers: Callable[[Facts], Answers | None]
    rules: Rules
    statutory: Callable[[Facts, Answers], str | None] = no_statutory


RULES_OF_CONCERNS = {
    "unsuitable_accommodation": ConcernRules(
        rules_unsuitable.answers, rules_unsuitable.RULES, rules_unsuitable.statutory
    ),
    "unregulated_placement": ConcernRules(
        rules_placement.answers, rules_placement.RULES, rules_placement.statutory
    ),
    "pre_proceedings": ConcernRules(rules_planning.pre_proceedings, rules_planning.PRE_PROCEEDINGS),
    "permanence": ConcernRules(rules_planning.permanence, rules_planning.PERMANENCE),
    "visits": ConcernRules(rules_visits.visits, rules_visits.VISITS),
    "pathway_plan": ConcernRules(rules_visits.pathway_plan, rules_visits.PATHWAY_PLAN),
    "missing": ConcernRules(rules_missing.missing, rules_missing.MISSING),
}
CONCERNS = tuple(RULES_OF_CONCERNS)


def rating_in_force(f: Facts, concern: str) -> str | None:
    """The rag of the rating in force.

    "In force from its date through `expires`, never beyond n = 28; of several in force the last
    in the fold. Without rag, rationale, authorised_by and expires the rating is refused."
    """
    in_force: str | None = None
    for review in f.record.reviews:
        rating = review.data.get("rating")
        if review.data.get("concern") != concern or rating is None:
            continue
        if any(rating[name] is None for name in NEEDED_TO_RATE):
            continue
        if review.day <= f.day <= rating["expires"] and f.n(review.day) <= 28:
            in_force = rating["rag"]
    return in_force


def rate(rule_rag: str, rating: str | None, *, never_lowered: bool) -> str:
    """It may raise to anything, lower by one step only, and lower nothing never lowered."""
    if rating is None or rating == rule_rag:
        return rule_rag
    if WORSE[rating] > WORSE[rule_rag]:
        return rating
    return rule_rag if never_lowered else COLOURS[WORSE[rule_rag] - 1]


def given_answers(f: Facts, concern: str) -> Answers | None:
    """What the rules say, E1 included; nothing where the concern does not apply."""
    given = None if f.gone else RULES_OF_CONCERNS[concern].answers(f)
    if given is not None and worst_of(given) == "amber" and f.late_action(concern):
        # When the rules say amber and an open action for the concern is late, E1 says red.
        return [*given, ("E1", RuleResult("red"))]
    return given


def worst_of(given: Answers) -> str:
    """The colour is the worst that any rule of the concern gives; where no rule speaks, green."""
    return max((one.colour for _, one in given), key=WORSE.__getitem__, default="green")


def judge(f: Facts, concern: str) -> Verdict | None:
    """One concern on one day, or nothing where it does not apply."""
    given = given_answers(f, concern)
    if given is None:
        return None
    worst = worst_of(given)
    # The sort is stable: worst colour first, then in the order of the tables.
    ranked = sorted(given, key=lambda one: -WORSE[one[1].colour])
    never_lowered = any(answer.never_lowered for _, answer in given)
    return Verdict(
        rag=rate(worst, rating_in_force(f, concern), never_lowered=never_lowered),
        rule_rag=worst,
        statutory=RULES_OF_CONCERNS[concern].statutory(f, given),
        rules=tuple(rule_id for rule_id, _ in ranked),
    )


class Life:
    """One young person after settling, to be asked about any day."""

    def __init__(self, person: str, events: list[Event]) -> None:
        """Keep the record and remember the days that were asked about."""
        self.person = person
        self.events = events
        self.record = Record(person, events)
        self.diary = Diary(self.record)
        self._verdicts: dict[tuple[str, date], Verdict | None] = {}

    def verdict(self, concern: str, day: date) -> Verdict | None:
        """The verdict of one day; nothing where the concern does not apply."""
        key = (concern, day)
        if key not in self._verdicts:
            self._verdicts[key] = judge(self.diary.on(day), concern)
        return self._verdicts[key]

    def days(self, concern: str, first: date, last: date) -> list[Verdict | None]:
        """Each day by itself, from the first through the last."""
        count = (last - first).days + 1
        return [self.verdict(concern, first + ONE_DAY * number) for number in range(count)]

    def since(self, concern: str, day: date) -> date:
        """`since`: the first day of the unbroken run of the present rag."""
        rag = rag_of(self.verdict(concern, day))
        first = day
        while first > self.diary.first and rag_of(self.verdict(concern, first - ONE_DAY)) == rag:
            first -= ONE_DAY
        return first

    def questions(self, day: date) -> list[Question]:
        """What is asked of the sources on a day (only some of what the text calls a question)."""
        return questions_of(self.diary.on(day))

    def lookup(self, concern: str, day: date, first: date, last: date) -> dict[str, Any]:
        """What is shown of a day, with the runs found by scanning from `first` through `last`."""
        days = self.days(concern, first, last)
        here = (day - first).days
        rags = [rag_of(one) for one in days]
        concerning = [one is not None and one.rule_rag != "green" for one in days]
        today = days[here]
        start = here
        while start > 0 and rags[start - 1] == rags[here]:
            start -= 1
        not_green: date | None = None
        if concerning[here]:
            begun = here
            while begun > 0 and concerning[begun - 1]:
                begun -= 1
            not_green = first + ONE_DAY * begun
        change: date | None = None
        for later in range(here + 1, len(days)):
            if rags[later] != rags[here]:
                change = first + ONE_DAY * later
                break
        return {
            "rag": rags[here],
            "rule_rag": today.rule_rag if today else "none",
            "statutory": today.statutory if today else None,
            "since": first + ONE_DAY * start if today else None,
            "not_green_since": not_green,
            "next_change": change,
            "rules": list(today.rules) if today else [],
        }


def first_day(life: Life) -> date:
    """A day before every effective date of the young person: no concern applies on it."""
    days = [one.day for one in life.events]
    days += [one.ends for one in life.record.spells if one.ends is not None]
    return min(days) - ONE_DAY


def last_day(life: Life) -> date:
    """The last effective date of the young person's events."""
    return max(one.day for one in life.events)


def rag_of(verdict: Verdict | None) -> str:
    """The rag, `none` where the concern does not apply."""
    return verdict.rag if verdict else "none"


def since_basis(life: Life, concern: str, day: date) -> str:
    """`since_basis` of the present run: exact or at_least."""
    first = life.since(concern, day)
    f = life.diary.on(first)
    given = given_answers(f, concern) or []
    return basis_of(f, concern, rag_of(life.verdict(concern, day)), given)


def read_all(events: list[dict[str, Any]]) -> dict[str, Life]:
    """Settle the events and give each surviving young person a life."""
    return {person: Life(person, theirs) for person, theirs in settle(events).items()}
