"""A young person's colours, read from the rule book one day at a time.

Every rule is asked on every day; there are no breakpoints. Days are remembered only for speed.
Verdicts are for the default policy: the clock starts on the decision, every number is as the rules
have it, every source may do everything.

Readings chosen
---------------
Where the text can be read in more than one way, this is the way it is read here.

 1. Content hash: SHA-256 of one JSON object {data, subject, type}, sorted keys, separators "," and
    ":", letters outside ASCII as they are, UTF-8. `sequence` absent or null is 0.
 2. Retraction is applied after revision: what the settled content of a retraction names is
    retracted, and nothing that only another content of it named. Its subject plays no part.
 3. "Of several merges of one subject the latest counts" comes before the circles: where the latest
    is ignored as a circle, an earlier merge of that subject does not come back. A merge into
    itself is a circle.
 4. Correction works after merges, by young person, event name and id, whatever the source: two
    merged subjects (or two sources) that use one id for one kind speak of one spell.
 5. A corrected event replaces the first whole even when it is then ignored (a second end before
    the start leaves the spell open; the first end does not come back).
 6. A `date` of null in person.updated is read as absent: the London day of its (earliest) `time`.
 7. Fields of the person go by the fold (effective date first); date_of_birth goes by the latest,
    and a latest null makes the birth unknown on all days.
 8. Spell fields other than the judgement: the start is the base and every change goes over it,
    changes among themselves in the fold with a date before the start counted as the start.
 9. Judgement: the start takes its own place in the fold among the changes and reviews of its day,
    so a start recorded after a change or review of that same day (or before) has the last word.
10. An action.changed dated before the agreement holds from the agreement on, over what the
    agreement says; changes among themselves by the fold with their own dates. A due of null means
    no due: never late, never due within 28 days.
11. An action cancelled and later completed still "was completed" for UA8; "due within 28 days
    after D" includes D itself and day 28; late is said of open actions only.
12. "A care period that ends by its care.ended": its end is on or before the day a later care period
    starts. Cut earlier, its later care.ended cuts no placement.
13. "The placements that started before it": before that day; one that starts on the day the care
    ends stands. An accommodation spell that starts on the day care starts stands too.
14. A temporary placement is told by the code of its settled start, never by a change.
15. pre_proceedings.ended with outcome care_proceedings: only issued_on matters, its `date` never;
    an issued_on before the start is an end before a start, and is ignored.
16. "A spell starts on or after it" (closing): any kind of spell, on or before D, zero-length too.
    "Gives an eligibility": any value but null, so also `none`, dated after the closing, by D.
    Each closing is asked by itself. Only the exact reason `died` is a death.
17. in_touch "became" returned_home on the first day of the run of days that end with that value;
    "a spell" there, and in "no spell current" of UA11, is an accommodation spell.
18. "Heard of by D" (left care): started on or before D, whenever it was recorded.
19. Left care, care.ended on the 18th birthday itself (or on the start of a period that starts at 18
    or over): the reason of care.ended counts.
20. Left care without a date of birth: any end is "at 16 or over or at unknown age".
21. Where no accommodation spell is current and UA11 is silent the rag is none even where UA12 or a
    rating would speak.
22. Where UP11 opens the concern for R5 or short breaks, all its other rules speak too.
23. "A Z code" in UP1 and UP3 is any code that begins with Z (UP3 only sees those in the list).
24. UP10 "the end of the last placement": the latest day on which any placement started by D was
    over, temporary or main, by its end or by a cut.
25. UP4, UP5 and UP9 hold in any country; UP2 too, as it says. A country is England when blank.
26. "Recorded", "with authorised_by" and the four fields of a rating: neither null nor empty.
    Country aside from capitals; URNs as written ("sc123456" and "xxxxxxx" are neither).
27. PE "the previous care period ended": the period before in the fold, by its end or by a cut.
28. PE4: a next_due that is given counts alone; date + 183 days only without one.
29. A rating that is lower by two steps takes one step. Where any rule that is never lowered speaks,
    nothing is lowered. Of several in force only the last in the fold counts. Under E1 red may be
    lowered. A refused rating is as if absent (an earlier one stays in force).
30. E1 speaks when the worst colour of the rules is amber, also where the concern is kept by UA11.
31. `since` and `next_change` go by rag and `not_green_since` by rule_rag, where a day of none
    breaks a run. On a day of none, since and not_green_since are null; next_change is told.
32. A code that is cleared to null is a code outside the list (UA14, UP13).
33. UA6 and UA7 speak when unsuitable; UA4 and UA5 speak by the code alone, whatever the judgement.
34. The 25th birthday is told by birth only; without it nobody is 25, former_relevant included.
35. A young person who is only merged, retracted or visited is there, and no concern applies.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from . import rules_placement, rules_planning, rules_unsuitable
from .facts import Facts
from .record import Record
from .resolution import Event, day_of, settle
from .rules_unsuitable import Rule, RuleResult

if TYPE_CHECKING:
    from collections.abc import Callable

CONCERNS = (
    "unsuitable_accommodation",
    "unregulated_placement",
    "pre_proceedings",
    "permanence",
)
WORSE = {"green": 0, "amber": 1, "red": 2}
COLOURS = ("green", "amber", "red")
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
    """One concern: whom it applies to, its rules in the order of the table, its legal word."""

    applies: Callable[[Facts], bool]
    rules: list[tuple[str, Rule]]
    statutory: Callable[[Facts, list[RuleResult]], str | None]


RULES_OF_CONCERNS = {
    "unsuitable_accommodation": ConcernRules(
        rules_unsuitable.applies, rules_unsuitable.RULES, rules_unsuitable.statutory
    ),
    "unregulated_placement": ConcernRules(
        rules_placement.applies, rules_placement.RULES, rules_placement.statutory
    ),
    "pre_proceedings": ConcernRules(
        rules_planning.pre_proceedings_applies,
        rules_planning.PRE_PROCEEDINGS,
        rules_planning.statutory,
    ),
    "permanence": ConcernRules(
        rules_planning.permanence_applies, rules_planning.PERMANENCE, rules_planning.statutory
    ),
}


def rating_in_force(f: Facts, concern: str) -> str | None:
    """The rag of the rating in force.

    "In force from its date through `expires`, never beyond n = 28; of several in force the last
    in the fold. Without rag, rationale, authorised_by and expires the rating is refused."
    """
    in_force: str | None = None
    for review in f.record.reviews:
        rating = review.data.get("rating")
        if review.data.get("concern") != concern or not isinstance(rating, dict):
            continue
        if not all(rating.get(name) for name in NEEDED_TO_RATE) or rating["rag"] not in WORSE:
            continue
        expires = day_of(rating["expires"])
        if expires is not None and review.day <= f.day <= expires and f.n(review.day) <= 28:
            in_force = rating["rag"]
    return in_force


def rate(rule_rag: str, rating: str | None, never_lowered: bool) -> str:
    """It may raise to anything, lower by one step only, and lower nothing never lowered."""
    if rating is None or rating == rule_rag:
        return rule_rag
    if WORSE[rating] > WORSE[rule_rag]:
        return rating
    return rule_rag if never_lowered else COLOURS[WORSE[rule_rag] - 1]


def judge(f: Facts, concern: str) -> Verdict | None:
    """One concern on one day, or nothing where it does not apply."""
    concern_rules = RULES_OF_CONCERNS[concern]
    if f.gone() or not concern_rules.applies(f):
        return None
    results: list[tuple[str, RuleResult]] = []
    for rule_id, rule in concern_rules.rules:
        answer = rule(f)
        if answer is not None:
            results.append((rule_id, answer))
    if concern == rules_unsuitable.CONCERN and f.home is None:
        # "Where left care is the only ground and UA11 is silent, `none`."
        spoke = any(rule_id == "UA11" for rule_id, _ in results)
        if not spoke:
            return None
    # "The colour is the worst that any rule of the concern gives; where no rule speaks, green."
    worst = max((answer.colour for _, answer in results), key=WORSE.__getitem__, default="green")
    if worst == "amber" and f.late_action(concern):
        # When the rules say amber and an open action for the concern is late, E1 says red.
        results.append(("E1", RuleResult("red")))
        worst = "red"
    # The sort is stable: worst colour first, then in the order of the tables.
    ranked = sorted(results, key=lambda one: -WORSE[one[1].colour])
    return Verdict(
        rag=rate(
            worst,
            rating_in_force(f, concern),
            any(answer.never_lowered for _, answer in results),
        ),
        rule_rag=worst,
        statutory=concern_rules.statutory(f, [answer for _, answer in results]),
        rules=tuple(rule_id for rule_id, _ in ranked),
    )


class Life:
    """One young person after settling, to be asked about any day."""

    def __init__(self, person: str, events: list[Event]) -> None:
        """Keep the record and remember the days that were asked about."""
        self.person = person
        self.events = events
        self.record = Record(person, events)
        self._facts: dict[date, Facts] = {}
        self._verdicts: dict[tuple[str, date], Verdict | None] = {}

    def verdict(self, concern: str, day: date) -> Verdict | None:
        """The verdict of one day; nothing where the concern does not apply."""
        key = (concern, day)
        if key not in self._verdicts:
            if day not in self._facts:
                self._facts[day] = Facts(self.record, day)
            self._verdicts[key] = judge(self._facts[day], concern)
        return self._verdicts[key]

    def days(self, concern: str, first: date, last: date) -> list[Verdict | None]:
        """Each day by itself, from the first through the last."""
        count = (last - first).days + 1
        return [self.verdict(concern, first + ONE_DAY * number) for number in range(count)]

    def lookup(self, concern: str, day: date, first: date, last: date) -> dict[str, Any]:
        """What is shown of a day, with the runs found by scanning from `first` through `last`."""
        days = self.days(concern, first, last)
        here = (day - first).days
        rags = [one.rag if one else "none" for one in days]
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
    days += [one.ends for one in life.record.periods if one.ends is not None]
    return min(days) - ONE_DAY


def read_all(events: list[dict[str, Any]]) -> dict[str, Life]:
    """Settle the events and give each surviving young person a life."""
    return {person: Life(person, theirs) for person, theirs in settle(events).items()}
