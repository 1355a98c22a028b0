"""Unregulated or unregistered placement (section 5 of the rules), each rule by its sentence."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from .resolution import day_of
from .rules_unsuitable import REGISTERED_BY_LAW, Rule, RuleResult

if TYPE_CHECKING:
    from .facts import Facts

CONCERN = "unregulated_placement"
UNDER_16_BY_LAW = date(2021, 9, 9)
OTHER = frozenset({"H5", "K3", "P2", "Z1", "Z11", "Z12", "Z13", "Z14"})
HOMES = frozenset({"K1", "K2", "R3", "S1"})
SHORT_BREAKS = frozenset({"V3", "V4"})
PLACEMENT_CODES = frozenset(
    {"A3", "A4", "A5", "A6", "H5", "K1", "K2", "K3", "P1", "P2", "P3", "R1", "R2", "R3", "R5"}
    | {"S1", "T0", "T1", "T2", "T3", "T4", "U1", "U2", "U3", "U4", "U5", "U6"}
    | {"Z1", "Z11", "Z12", "Z13", "Z14"}
)


def applies(f: Facts) -> bool:
    """Under 18 or age unknown; and either looked after, or a main placement is current.

    "When the main placement is R5 (custody), or the current care period's legal status is V3 or
    V4 (short breaks): only where UP11 speaks."
    """
    if not f.age.under_18 or not (f.looked_after or f.main is not None):
        return False
    if f.code == "R5" or f.status in SHORT_BREAKS:
        return up11(f) is not None
    return True


def up1(f: Facts) -> RuleResult | None:
    """England; unregistered with any code, or applied with K1, K2, R3, S1 or a Z code.

    "(H5, K3, P2: only on or after 2023-10-28, law) ... red, unlawful, never lowered (age unknown:
    red, null, may be lowered)."
    """
    if f.main is None or not f.england:
        return None
    unregistered = f.registration == "unregistered" and (
        f.code not in ("H5", "K3", "P2") or f.day >= REGISTERED_BY_LAW
    )
    applied = f.registration == "applied" and (f.code in HOMES or f.code.startswith("Z"))
    if not unregistered and not applied:
        return None
    return RuleResult("red") if f.age.unknown else RuleResult("red", "unlawful", never_lowered=True)


def up2(f: Facts) -> RuleResult | None:
    """Age known, under 16; other arrangements or P3; not exempt; on or after 2021-09-09.

    "Any country: red, unlawful, never lowered."
    """
    caught = (f.code in OTHER or f.code == "P3") and f.registration != "exempt"
    if caught and f.age.child and f.day >= UNDER_16_BY_LAW:
        return RuleResult("red", "unlawful", never_lowered=True)
    return None


def up3(f: Facts) -> RuleResult | None:
    """16-17: other arrangements, England, D on or after 2023-10-28.

    "registered or exempt: green, lawful. applied with registration_applied_on before 2023-10-28:
    amber, lawful. applied later, or no date given: red, unlawful, never lowered. unknown: a Z
    code: red, null; else amber, red when n > 28 from the later of the placement's start and
    2023-10-28, null."
    """
    if f.main is None or not f.age.teen or f.code not in OTHER or not f.england:
        return None
    if f.day < REGISTERED_BY_LAW:
        return None
    if f.registration in ("registered", "exempt"):
        return RuleResult("green", "lawful")
    if f.registration == "applied":
        applied_on = day_of(f.main.value("registration_applied_on", f.day))
        if applied_on is not None and applied_on < REGISTERED_BY_LAW:
            return RuleResult("amber", "lawful")
        return RuleResult("red", "unlawful", never_lowered=True)
    if f.registration == "unknown":
        late = f.n(max(f.main.start, REGISTERED_BY_LAW)) > 28
        return RuleResult("red" if f.code.startswith("Z") or late else "amber")
    return None


def up4(f: Facts) -> RuleResult | None:
    """Other arrangements, neither registered nor exempt, before the law.

    "Under 16 or age unknown and D before 2021-09-09, or 16-17 and D before 2023-10-28: amber when
    approved_by is recorded, else red; lawful."
    """
    if f.main is None or f.code not in OTHER or f.registration in ("registered", "exempt"):
        return None
    young = (f.age.child or f.age.unknown) and f.day < UNDER_16_BY_LAW
    teen = f.age.teen and f.day < REGISTERED_BY_LAW
    if not young and not teen:
        return None
    return RuleResult("amber" if f.main.value("approved_by", f.day) else "red", "lawful")


def up5(f: Facts) -> RuleResult | None:
    """Age unknown; other arrangements or P3, not exempt, D on or after 2021-09-09: red, null."""
    caught = (f.code in OTHER or f.code == "P3") and f.registration != "exempt"
    return RuleResult("red") if caught and f.age.unknown and f.day >= UNDER_16_BY_LAW else None


def up6(f: Facts) -> RuleResult | None:
    """Country not England; other arrangements, or unregistered or applied: amber, null."""
    if f.main is None or f.england:
        return None
    if f.code in OTHER or f.registration in ("unregistered", "applied"):
        return RuleResult("amber")
    return None


def up8(f: Facts) -> RuleResult | None:
    """England; K1, K2, R3 or S1; unknown: amber, red when n > 28 from the placement's start."""
    if f.main is None or not f.england or f.code not in HOMES or f.registration != "unknown":
        return None
    return RuleResult("red" if f.n(f.main.start) > 28 else "amber")


def up9(f: Facts) -> RuleResult | None:
    """P3, 16-17, neither registered nor exempt: amber, null."""
    if f.code == "P3" and f.age.teen and f.registration not in ("registered", "exempt"):
        return RuleResult("amber")
    return None


def up10(f: Facts) -> RuleResult | None:
    """Looked after, no main or temporary placement current: amber.

    "Red when n > 3 from the later of the care period's start and the end of the last placement."
    """
    if not f.looked_after or f.care is None or f.main is not None or f.temporary is not None:
        return None
    if f.silenced():
        return None
    since = f.care.start
    for placement in f.record.placements:
        if placement.start <= f.day and placement.ends is not None:
            since = max(since, placement.ends)
    return RuleResult("red" if f.n(since) > 3 else "amber")


def up11(f: Facts) -> RuleResult | None:
    """Looked after; an accommodation spell is current with code S, V or W: red; never lowered."""
    if f.looked_after and f.home_code in ("S", "V", "W"):
        return RuleResult("red", never_lowered=True)
    return None


def up12(f: Facts) -> RuleResult | None:
    """Looked after, no main placement current, n > 28 from the temporary's start: amber."""
    if not f.looked_after or f.main is not None or f.temporary is None:
        return None
    return RuleResult("amber") if f.n(f.temporary.start) > 28 else None


def up13(f: Facts) -> RuleResult | None:
    """A code outside the national lists of every year: amber, null."""
    return RuleResult("amber") if f.main is not None and f.code not in PLACEMENT_CODES else None


def statutory(_f: Facts, results: list[RuleResult]) -> str | None:
    """Say "unlawful" if any rule says so, else "lawful" if any says so, else null."""
    words = {one.statutory for one in results}
    return next((word for word in ("unlawful", "lawful") if word in words), None)


RULES: list[tuple[str, Rule]] = [
    ("UP1", up1),
    ("UP2", up2),
    ("UP3", up3),
    ("UP4", up4),
    ("UP5", up5),
    ("UP6", up6),
    # UP7 gives no colour: a question.
    ("UP8", up8),
    ("UP9", up9),
    ("UP10", up10),
    ("UP11", up11),
    ("UP12", up12),
    ("UP13", up13),
]
