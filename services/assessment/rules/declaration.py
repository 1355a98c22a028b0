"""How a concern is declared: once, at the foot of its file of rules."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from schemas.status import Concern, Period, Rag, Statutory
from services.assessment.calendar import birthday
from services.assessment.day import Day, Finding
from services.assessment.facts import Facts, Spell
from services.assessment.resolution import Fact
from services.assessment.rules.remedy import Remedy
from services.assessment.stretch import Arrangement
from services.assessment.temporal import Temporal

Mark = Literal["circle", "square", "diamond", "triangle", "cross", "star", "bar"]
"""The shape that marks a concern's line in a chart, so that it is not told by colour alone."""


@dataclass(frozen=True, slots=True)
class Pending:
    """Key activity that is pending where one of some rules gave a colour.

    With `undetermined`, only where it is not settled what the law calls it.
    """

    what: str
    rules: tuple[str, ...]
    undetermined: bool = False


@dataclass(frozen=True, slots=True)
class Declaration:
    """Everything that is particular to one concern.

    Attributes:
        concern: which one.
        may_apply: whether it can apply on any day to somebody with these facts.
        assess: what its rules say of a day; None where it does not apply.
        begins_with: the spells with whose start a run of its colour may begin.
        review_due: the day (ordinal) by which a review of a case of this colour is due on a day,
            None where none is; docs/rules.md, section 8. Asked only where the concern applies.
        reviewed_on: the day (ordinal) of the last review, by a day, of what makes it a case then;
            None where none was held.
        ended: why it stopped being red on a day, given the last red period and the one after,
            in a few words; asked only where the concern still applies.
        no_longer: why it applies no more, in a few words.
        age_limit: the birthday (in years) on which it stops to apply.
        categories: for each rule, its reason in words that may stand in an e-mail.
        arrangement: where the young person is on a day, if it is where they are visited more often.
        particular: for some rules a reason that says more, out of the facts of one; empty where it
            does not.
        mark: the shape of its marks in a chart.
        dashes: the dashes of its line in a chart, as SVG writes them.
        remedies: what could be done about a case on a day.
        statutory: what law or the national return calls it on a day, given the findings; nothing
            where they are silent on it.
        tracked_from: whether somebody's facts show that a source sends what it is about: it is
            counted once that is so of anybody; None: always.
        follows: the concern whose line its rules read, so that it is written first.
        pending: key activity that is pending where some of its rules speak.
        counts_families: whether children of one family are counted as one beside the children.
    """

    concern: Concern
    may_apply: Callable[[Facts], bool]
    assess: Callable[[Day], list[Finding] | None]
    begins_with: Callable[[Facts], Iterable[Spell]]
    review_due: Callable[[Day, Rag], int | None]
    reviewed_on: Callable[[Day], int | None]
    ended: Callable[[Period, Day, Period], str]
    no_longer: str
    age_limit: int
    categories: Mapping[str, str]
    mark: Mark
    dashes: str
    remedies: Callable[[Day], Iterable[Remedy]] = lambda _: ()
    arrangement: Callable[[Day], Arrangement | None] = lambda _: None
    particular: Mapping[str, Callable[[Mapping[str, Any]], str]] = field(default_factory=dict)
    statutory: Callable[[Day, list[Finding]], Statutory | None] = lambda _on, _findings: None
    tracked_from: Callable[[Facts], bool] | None = None
    follows: Concern | None = None
    pending: tuple[Pending, ...] = ()
    counts_families: bool = False

    def outcome(self, before: Period, on: Day, after: Period) -> str:
        """Why a red ended on a day, in a few words; `after` is the period that follows it."""
        if after.rag is Rag.NONE:
            if on.died:
                return "Closed"
            born = on.facts.born
            if born is not None and birthday(born, self.age_limit) == on.day:
                return "Aged out"
            return self.no_longer
        if after.rule_rag is Rag.RED:
            return "Rated down: the rules still say red"
        return self.ended(before, on, after)


def last_reviewed(on: Day, concern: Concern, kind: str | None, since: int) -> int | None:
    """The day of the last review of a kind, or of the concern by name, from `since` on."""
    kinds = {"oversight": concern, "risk_assessment": concern}
    return on.last_review(kinds if kind is None else {**kinds, kind: None}, since)


def review_promised(on: Day, concern: Concern, kind: str | None) -> int | None:
    """The day on which the next review was promised: by the last that names the concern.

    A review of the concern's own `kind` counts too. None where the last promised none.
    """
    promised = on.facts.promised.get((concern, kind))
    if promised is None:
        promised = Temporal(None, _promised(on.facts.reviews, concern, kind))
        on.facts.promised[concern, kind] = promised
    return promised.on(on)


def _promised(
    reviews: Iterable[Fact], concern: Concern, kind: str | None
) -> Iterator[tuple[int, int | None]]:
    """From the day of each review that counts, the day (ordinal) of the next."""
    for fact in reviews:
        about = getattr(fact.data, "about", None)
        if about == concern or (kind is not None and getattr(fact.data, "kind", None) == kind):
            due: date | None = getattr(fact.data, "next_due", None)
            yield fact.day, due.toordinal() if due else None


def earliest(*days: int | None) -> int | None:
    """The earliest of some days, of those that there are."""
    return min((day for day in days if day is not None), default=None)
