"""One young person's facts out of the events that count (docs/rules.md, section 2)."""

from collections import defaultdict

from schemas.events.permanence import PermanenceAgreed
from schemas.events.person import STAFF, PersonClosed, PersonUpdated
from schemas.events.pre_proceedings import PreProceedingsExtended
from schemas.events.review import ReviewCompleted
from schemas.status import Question
from services.assessment.actions import closing_day, fold_actions
from services.assessment.birth import doubt_birth
from services.assessment.care import cut_by_care, write_runs
from services.assessment.dwellings import fold_dwellings, judge
from services.assessment.facts import Extension, Facts, InTouch, PermanencePlan
from services.assessment.iro_escalations import fold_iro_escalations
from services.assessment.leaving_care import care_end
from services.assessment.placements import fold_placements
from services.assessment.resolution import Fact, Resolved
from services.assessment.spells import (
    cut_by_next,
    end_of_pre_proceedings,
    fold_spells,
    latest_by_id,
    latest_of_each_source,
)
from services.assessment.temporal import FOREVER, Temporal

ByName = dict[str, list[Fact]]


def fold(settled: Resolved) -> Facts:
    """Fold the events of one young person into their facts."""
    by_name: ByName = defaultdict(list)
    for fact in settled.facts:
        by_name[fact.name].append(fact)
    facts = Facts(settled.person, questions=list(settled.questions))
    facts.first_day = min((fact.day for fact in settled.facts), default=FOREVER)
    _fold_person(by_name["person.updated"], facts)
    _fold_closings(by_name["person.closed"], facts)
    reviews = latest_by_id(by_name["review.completed"], "review_id").values()
    facts.reviews = sorted(reviews, key=lambda fact: fact.fold)
    for fact in facts.reviews:
        facts.reviews_of.setdefault(getattr(fact.data, "kind", ""), []).append(fact)
    _fold_spells(by_name, facts)
    _fold_extensions(by_name["pre_proceedings.extended"], facts)
    _fold_ratings(facts)
    _fold_plans(by_name, facts)
    facts.visits = _each_once(by_name["visit.completed"], "visit_id")
    for kind in ("looked_after", "care_leaver"):
        visits = (it for it in facts.visits if getattr(it.data, "kind", None) in (None, kind))
        facts.last_visit[kind] = Temporal(None, ((visit.day, visit) for visit in visits))
    facts.interviews = sorted(by_name["return_interview.completed"], key=lambda fact: fact.fold)
    facts.actions = fold_actions(by_name, facts.questions)
    _fold_oversight(by_name, facts)
    for fact in settled.facts:
        if fact.event.doubts:
            _ask_about_doubts(fact, facts.questions)
    return facts


def _fold_person(updates: list[Fact], facts: Facts) -> None:
    """A field holds from the event's date; birth and initials are corrections, for all days."""
    for fact in updates:
        if fact.data.carries("date_of_birth") and isinstance(fact.data, PersonUpdated):
            facts.born = fact.data.date_of_birth
    in_order = sorted(updates, key=lambda fact: fact.fold)
    facts.eligibility = _temporal_of(in_order, "eligibility")
    facts.eligibility_given = [
        fact for fact in in_order if getattr(fact.data, "eligibility", None) is not None
    ]
    facts.education = _temporal_of(in_order, "full_time_education")
    facts.activity = _temporal_of(in_order, "activity")
    _fold_staff(in_order, facts)
    facts.in_touch = _in_touch(in_order)


def _fold_staff(updates: list[Fact], facts: Facts) -> None:
    """Whose case it is, as those say who may assign; each other source is asked about once."""
    permitted = [fact for fact in updates if fact.rights.permit("assign")]
    facts.staff = {name: _temporal_of(permitted, name) for name in STAFF}
    others = {
        fact.event.source: fact
        for fact in updates
        if "assign" in fact.data.needs() and not fact.rights.permit("assign")
    }
    facts.questions += [
        fact.ask(
            next(name for name in STAFF if fact.data.carries(name)),
            f"{fact.event.source} says whose case it is, which it is not permitted to do; it "
            "changes nothing.",
            "a source that may assign says so, or the policy or its token lets this one",
        )
        for fact in others.values()
    ]


def _temporal_of(updates: list[Fact], field: str) -> Temporal[str | None]:
    return Temporal(
        None,
        [(fact.day, getattr(fact.data, field)) for fact in updates if fact.data.carries(field)],
    )


def _in_touch(updates: list[Fact]) -> Temporal[InTouch]:
    """Answers by day, each with the first day of its unbroken run."""
    last_of_day: dict[int, Fact] = {}
    for fact in updates:
        if fact.data.carries("in_touch"):
            last_of_day[fact.day] = fact
    steps: list[tuple[int, InTouch]] = []
    for day, fact in last_of_day.items():
        answer = getattr(fact.data, "in_touch")  # noqa: B009
        run = steps[-1][1].since if steps and steps[-1][1].answer == answer else day
        steps.append((day, InTouch(answer, run, fact)))
    return Temporal(InTouch(), steps)


def _fold_closings(closings: list[Fact], facts: Facts) -> None:
    for fact in sorted(closings, key=lambda f: f.fold):
        reason = fact.data.reason if isinstance(fact.data, PersonClosed) else None
        if (reason or "").strip().lower() == "died":
            facts.died_on = min(facts.died_on, fact.day)
        else:
            facts.closings.append(fact)


def _fold_spells(by_name: ByName, facts: Facts) -> None:
    questions = facts.questions
    facts.care = fold_spells(by_name, "care", "care_id", questions)
    cut_by_next(facts.care)
    fold_placements(by_name, facts)
    facts.dwellings = fold_dwellings(by_name, questions)
    cut_by_next(facts.dwellings)
    facts.pre_proceedings = fold_spells(
        by_name, "pre_proceedings", "period_id", questions, end_of_pre_proceedings
    )
    cut_by_next(facts.pre_proceedings)
    for spell in fold_spells(by_name, "missing", "missing_id", questions):
        is_absent = getattr(spell.began.data, "kind", None) == "absent"
        (facts.absent if is_absent else facts.missing).append(spell)
    cut_by_next(facts.missing)
    doubt_birth(by_name["person.updated"], facts)
    cut_by_care(facts)
    judge(facts.dwellings, by_name, facts.reviews)
    write_runs(facts)
    facts.care_ends = [care_end(care, facts) for care in facts.care]


def _each_once(facts: list[Fact], id_field: str) -> list[Fact]:
    """In the order of the fold; of several with one id the latest, each without an id as it is."""
    without_id = [fact for fact in facts if getattr(fact.data, id_field) is None]
    with_id = [fact for fact in facts if getattr(fact.data, id_field) is not None]
    counted = latest_by_id(with_id, id_field).values()
    return sorted((*counted, *without_id), key=lambda fact: fact.fold)


def _fold_extensions(extensions: list[Fact], facts: Facts) -> None:
    """Every extension of a period counts; one that nobody authorised is asked about."""
    for fact in sorted(extensions, key=lambda f: f.fold):
        data = fact.data
        if not isinstance(data, PreProceedingsExtended):
            continue
        if (data.authorised_by or "").strip():
            extension = Extension(fact, fact.day, data.until.toordinal())
            facts.extensions.setdefault(data.period_id, []).append(extension)
        else:
            facts.questions.append(
                fact.ask(
                    "authorised_by",
                    "An extension was sent that nobody is said to have authorised.",
                    "the source says who authorised it",
                )
            )


def _fold_ratings(facts: Facts) -> None:
    """A rating needs a concern, a colour, a rationale, an authoriser and an end."""
    for fact in facts.reviews:
        data = fact.data
        if not isinstance(data, ReviewCompleted) or data.rating is None:
            continue
        if data.concern is None:
            facts.questions.append(
                fact.ask(
                    "concern",
                    "A rating was sent without its concern; it was left out and the review counts.",
                    "the source names the concern that was rated",
                )
            )
        elif not fact.rights.permit("rate", fact.concern):
            facts.questions.append(
                fact.ask(
                    "rating",
                    f"{fact.event.source} sent a rating, which it is not permitted to do; the "
                    "review counts without it.",
                    "somebody who may rate does so, or the policy or its token lets this source",
                )
            )
        else:
            facts.ratings.append(fact)


def _fold_plans(by_name: ByName, facts: Facts) -> None:
    withdrawals = latest_by_id(by_name["permanence.withdrawn"], "plan_id")
    agreed = latest_by_id(by_name["permanence.agreed"], "plan_id")
    for id_, fact in sorted(agreed.items(), key=lambda item: item[1].fold):
        withdrawal = withdrawals.get(id_)
        day = closing_day(withdrawal, fact.day, facts.questions)
        withdrawal = withdrawal if day < FOREVER else None
        if isinstance(fact.data, PermanenceAgreed):
            facts.plans.append(PermanencePlan(fact, fact.day, day, withdrawal))


def _fold_oversight(by_name: ByName, facts: Facts) -> None:
    """What reviewing officers escalated, and what people said about a red: none of it colours."""
    facts.iro_escalations = fold_iro_escalations(by_name, facts.questions)
    facts.acknowledgements = latest_of_each_source(
        by_name["oversight.acknowledged"], "acknowledgement_id"
    )
    facts.explanations = latest_of_each_source(by_name["oversight.explained"], "explanation_id")


def _ask_about_doubts(fact: Fact, questions: list[Question]) -> None:
    """What was wrong in an optional field, or is in no national list."""
    questions.extend(
        fact.ask(doubt.field, doubt.sentence, f"the source corrects {doubt.field}")
        for doubt in fact.event.doubts
        if doubt.field not in fact.data.asked_by_rules
    )
