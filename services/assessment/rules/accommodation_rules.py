"""What UA1 to UA7 say of where somebody lives; which rules are asked (docs/rules.md, section 4)."""

from collections.abc import Callable

from schemas.status import Rag
from services.assessment.calendar import working_days_on
from services.assessment.day import Finding, counted_from, in_words
from services.assessment.rules.accommodation_judgement_rules import (
    ua9_not_yet_judged,
    ua10_emergency_for_an_adult,
    ua13_judged_long_ago,
    ua14_code_not_known,
)
from services.assessment.rules.dwelling_on_day import (
    ABROAD,
    CUSTODY,
    EMERGENCY_OR_BED_AND_BREAKFAST,
    STUDENT_HOMES,
    SUPPORTED_ACCOMMODATION,
    WHEREABOUTS_UNKNOWN,
    Home,
)

Rule = Callable[[Home], Finding | None]


def ua1_homeless(home: Home) -> Finding | None:
    """UA1: no fixed abode, or homeless, is red and never lowered."""
    if not home.homeless:
        return None
    return home.find(
        "UA1", Rag.RED, f"Homeless since {in_words(home.dwelling.start)}.", never_lowered=True
    )


def ua2_under_18_in_bed_and_breakfast(home: Home) -> Finding | None:
    """UA2: under 18 in bed and breakfast or emergency accommodation is red, never lowered."""
    on = home.on
    if home.code not in EMERGENCY_OR_BED_AND_BREAKFAST or not on.under_18:
        return None
    allowed = on.limit("UA2.working_days")
    holidays = on.rulebook.bank_holidays
    passed = on.reached(working_days_on(home.dwelling.start, allowed, holidays) + 1)
    text = f"Under 18 in {home.what} since {in_words(home.dwelling.start)}"
    if not on.age_known:
        text = f"Age not known, in {home.what} since {in_words(home.dwelling.start)}"
    text += f"; {allowed} working days have passed." if passed else "."
    return home.find("UA2", Rag.RED, text, never_lowered=True)


def ua3_supported_accommodation(home: Home) -> Finding | None:
    """UA3: at 16 or 17, supported accommodation must be registered since 28 October 2023.

    The council may place no eligible or relevant young person in one that is not.
    """
    on = home.on
    law_day = on.limit("UA3.law_day")
    if home.code not in SUPPORTED_ACCOMMODATION or not on.reached(law_day):
        return None
    if on.age_known and not on.is_16_or_17:
        return None
    registration = on.registration(home.dwelling)
    if registration == "unregistered":
        age = "at 16 or 17" if on.age_known else "age not known"
        text = f"Unregistered supported accommodation ({home.what}), {age}."
        if on.age_known and on.eligibility in ("relevant", "eligible"):
            return home.find(
                "UA3", Rag.RED, text, "unlawful", never_lowered=True, registration=registration
            )
        return home.find("UA3", Rag.RED, text, registration=registration)
    if registration not in ("applied", "unknown"):
        return None
    start = max(home.dwelling.start, law_day)
    days = on.limit("UA3.days")
    state = "applied for" if registration == "applied" else "not known"
    if on.more_than(days, start):
        text = f"Registration of {home.what} has been {state} for more than {days} days."
        turned_on = counted_from(home.dwelling, start, start + days + 1)
        return home.find("UA3", Rag.RED, text, turned_on=turned_on, registration=registration)
    text = f"Registration of {home.what} is {state}; it turns red after {in_words(start + days)}."
    return home.find("UA3", Rag.AMBER, text, registration=registration)


def ua4_custody(home: Home) -> Finding | None:
    """UA4: custody is amber, planning the release; red when that is near and nothing is planned."""
    on = home.on
    if home.code != CUSTODY:
        return None
    release = on.value(home.dwelling, "expected_end")
    if release is None:
        on.ask(
            home.dwelling.began,
            "expected_end",
            "When custody is expected to end is not recorded.",
            "the source sends expected_end",
        )
        return home.find("UA4", Rag.AMBER, "In custody; the expected release is not recorded.")
    end = release.toordinal()
    if on.reached(end + 1):
        text = f"The expected release of {in_words(end)} has passed."
        return home.find("UA4", Rag.RED, text, expected_end=end)
    plan_by = end - on.limit("UA4.days")
    if on.value(home.dwelling, "move_on_plan") is not True and on.reached(plan_by):
        text = f"Release is expected on {in_words(end)} and no move-on plan is recorded."
        return home.find("UA4", Rag.RED, text, expected_end=end)
    return home.find(
        "UA4", Rag.AMBER, f"In custody; release is expected on {in_words(end)}.", expected_end=end
    )


def ua5_whereabouts_unknown(home: Home) -> Finding | None:
    """UA5: whereabouts unknown is red; amber where contact is refused or not required."""
    if home.code != WHEREABOUTS_UNKNOWN:
        return None
    contact = home.on.in_touch
    since = in_words(home.dwelling.start)
    if contact in ("refused", "not_required"):
        state = "refuses contact" if contact == "refused" else "does not need contact"
        text = f"Whereabouts not known since {since}; the young person {state}."
        return home.find("UA5", Rag.AMBER, text, in_touch=contact)
    return home.find("UA5", Rag.RED, f"Whereabouts not known since {since}.", in_touch=contact)


def ua6_abroad(home: Home) -> Finding | None:
    """UA6: unsuitable accommodation abroad is amber."""
    if home.code not in ABROAD or not home.unsuitable:
        return None
    return home.find("UA6", Rag.AMBER, f"Judged unsuitable, and {home.what}.")


def ua7_student(home: Home) -> Finding | None:
    """UA7: a student in a shared house is living as students do: counted unsuitable, green."""
    on = home.on
    if home.code not in STUDENT_HOMES or not home.unsuitable or home.homeless:
        return None
    if on.facts.education.on(on) != "higher":
        return None
    reason = home.judgement.unsuitable_reason
    if reason == "shared_house":
        text = "A student in a shared house: counted unsuitable nationally, usual for a student."
        return home.find("UA7", Rag.GREEN, text, unsuitable_reason=reason)
    if reason is None:
        on.ask(
            home.judgement.fact or home.dwelling.began,
            "unsuitable_reason",
            "A student's home was judged unsuitable and no reason was given.",
            "the personal adviser gives the reason",
        )
        return home.find(
            "UA7", Rag.AMBER, "A student's home was judged unsuitable, without a reason."
        )
    return None


ALWAYS: tuple[Rule, ...] = (
    ua1_homeless,
    ua2_under_18_in_bed_and_breakfast,
    ua3_supported_accommodation,
    ua9_not_yet_judged,
    ua10_emergency_for_an_adult,
    ua13_judged_long_ago,
    ua14_code_not_known,
)
INSTEAD_OF_UA8: tuple[Rule, ...] = (
    ua4_custody,
    ua5_whereabouts_unknown,
    ua6_abroad,
    ua7_student,
)
