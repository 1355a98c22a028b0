"""The national checks of an episode that what is held can answer, by their number.

Source: the sector's open validator of the SSDA903 return, rules for 2025/26 and 2026/27; each
sentence is our own. Where its code and its message differ, the message holds: an open episode is
checked as one that ended is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from schemas.codes import LEGAL_STATUSES, PLACEMENTS, PROVIDERS, REASONS_CEASED, meaning
from services.assessment.annual_return.entries import Flaw
from services.assessment.care import SHORT_BREAKS
from services.assessment.temporal import FOREVER

Found = Iterator[tuple[int, Flaw]]
"""Flaws, each with the day from which it holds: the start of the episode at the earliest."""


@dataclass(frozen=True, slots=True)
class Episode:
    """An episode as the checks read it. Days are ordinals.

    Attributes:
        start, until: the first day, and the day on which it ended.
        reason, legal_status, code, provider, urn, ceased: as the return writes them.
        country: where the placement is; empty for England.
        deprived_of_liberty: whether liberty was deprived on any of its days.
        is_exact: whether the day on which it began is known.
        is_placed: whether a placement is held at all.
        born: the date of birth; None where that is not known.
        birthdays: the day on which the child becomes so many years old, from 0 to 18.
    """

    start: int
    until: int
    reason: str
    legal_status: str
    code: str
    provider: str
    urn: str
    ceased: str
    country: str
    deprived_of_liberty: bool
    is_exact: bool
    is_placed: bool
    born: int | None
    birthdays: tuple[int, ...]

    @property
    def is_temporary(self) -> bool:
        """Whether it is a temporary move (T0 to T4)."""
        return self.code in _TEMPORARY

    @property
    def in_england(self) -> bool:
        """Whether the placement is in England."""
        return self.country.lower() in ("", "england", "eng")


_TEMPORARY = frozenset({"T0", "T1", "T2", "T3", "T4"})
_LISTED = frozenset({"Z1", "Z11", "Z12", "Z13", "Z14"})
_NO_URN = _TEMPORARY | _LISTED | {"P1", "P3", "R1", "R2", "R5"}
_NEVER_OF: dict[str, frozenset[str]] = {
    "PR1": frozenset({"P1", "R2", "R5"}),
    "PR2": frozenset({"P1", "R2", "R5"}),
    "PR3": frozenset({"A3", "A4", "A5", "A6", "K1", "K2", "P1", "U1", "U2", "U3", "U4", "U5",
                      "U6"}),
    "PR4": frozenset({"P1"}),
    "PR5": frozenset({"P1"}),
}  # fmt: skip
"""Providers that cannot go with a placement."""
_CHECK_OF_PROVIDER = {"PR1": "527", "PR2": "528", "PR3": "529", "PR4": "530", "PR5": "531"}
_YOUNGEST = {"K3": (16, "371"), "R5": (10, "372"), "S1": (4, "373"), "P3": (14, "374")}
_LONGEST = {"T1": (42, "375"), "T3": (21, "376"), "T4": (7, "379")}
_STATUS_LASTS = {"L1": (3, "361"), "L2": (21, "362"), "L3": (7, "363"), "J2": (21, "364")}
_REMAND = frozenset({"J1", "J2", "J3"})
_REMAND_FROM = 10
_ADOPTED = frozenset({"E11", "E12"})
_PLACED_FOR_ADOPTION = frozenset({"A3", "A4", "A5", "A6"})
_FOSTERED = frozenset({"U1", "U2", "U3", "U4", "U5", "U6"})
_GUARDIAN_WAS_CARER = frozenset({"E45", "E46"})
_WITH_DEPRIVATION = frozenset({"K2", "Z12", "Z13"})
_NEVER_WITH_DEPRIVATION = frozenset({"K1", "P1", "R5", "K3"})
_DEPRIVATION_FROM = date(2026, 4, 1).toordinal()
"""The collection asks for deprivation of liberty from 2026/27 on."""
_LONGEST_BREAK = 17


def checks(episode: Episode, before: Sequence[Episode]) -> Found:
    """What is missing in an episode, and what would fail; `before` are those before it."""
    yield from _dates(episode)
    yield from _legal_status(episode, before)
    yield from _placement(episode)
    if episode.code in PLACEMENTS:
        yield from _provider(episode)
        yield from _urn(episode)
        yield from _age_and_length(episode)
    yield from _together(episode)
    yield from _ceased(episode)
    yield from _deprivation(episode)


def _dates(it: Episode) -> Found:
    if not it.is_exact:
        text = "The day on which it began is only known to be this one or earlier."
        yield it.start, Flaw("missing", "DECOM", text)
    if it.born is None:
        yield it.start, Flaw("missing", "DOB", "The date of birth is not recorded.")


def _legal_status(it: Episode, before: Sequence[Episode]) -> Found:
    if not it.legal_status:
        yield it.start, Flaw("missing", "LS", "The legal status is not recorded.")
        return
    if it.legal_status not in LEGAL_STATUSES:
        text = f"{it.legal_status} is no legal status of the list, such as C2 or V2."
        yield it.start, Flaw("144", "LS", text)
    if it.legal_status in _REMAND and it.birthdays and it.start < it.birthdays[_REMAND_FROM]:
        text = f"{it.legal_status}: nobody under {_REMAND_FROM} is remanded."
        yield it.start, Flaw("358", "LS", text)
    days, check = _STATUS_LASTS.get(it.legal_status, (0, ""))
    if check:
        since = it.start
        for earlier in reversed(before):
            if earlier.until != since or earlier.legal_status != it.legal_status:
                break
            since = earlier.start
        if it.until > since + days:
            words = meaning(LEGAL_STATUSES, it.legal_status)
            yield since + days + 1, Flaw(check, "LS", f"{words}: it lasts {days} days at the most.")


def _placement(it: Episode) -> Found:
    if not it.is_placed:
        yield it.start, Flaw("missing", "PLACE", "No placement is recorded.")
        return
    if not it.code:
        yield it.start, Flaw("missing", "PLACE", "The code of the placement is not recorded.")
        return
    known = PLACEMENTS.get(it.code)
    if known is None:
        text = f"{it.code} is no placement of the list, such as K2 or U6."
        yield it.start, Flaw("146", "PLACE", text)
    elif known.last_day is not None and it.until > known.last_day.toordinal() + 1:
        text = f"{it.code} is no placement of the list any more."
        yield known.last_day.toordinal() + 1, Flaw("146", "PLACE", text)


def _provider(it: Episode) -> Found:
    has_none = it.is_temporary or it.code in _LISTED
    if not it.provider:
        if not has_none:
            yield it.start, Flaw("526", "PLACE_PROVIDER", "Who provides it is not recorded.")
        return
    if it.provider not in PROVIDERS:
        text = f"{it.provider} is no provider of the list, PR0 to PR5."
        yield it.start, Flaw("178", "PLACE_PROVIDER", text)
        return
    if has_none:
        text = f"{it.code} has no provider; this one has {it.provider}."
        yield it.start, Flaw("213", "PLACE_PROVIDER", text)
    elif it.provider == "PR0" and it.code != "P1":
        text = f"PR0 goes with P1 alone, not with {it.code}."
        yield it.start, Flaw("550", "PLACE_PROVIDER", text)
    elif it.code in _NEVER_OF.get(it.provider, ()):
        text = f"{it.provider} cannot go with {it.code}."
        yield it.start, Flaw(_CHECK_OF_PROVIDER[it.provider], "PLACE_PROVIDER", text)


def _urn(it: Episode) -> Found:
    is_break = it.legal_status in SHORT_BREAKS
    if it.urn and is_break:
        yield it.start, Flaw("214", "URN", "A short break has no URN.")
    elif it.urn and it.urn != "XXXXXXX" and it.code in _NO_URN:
        yield it.start, Flaw("222", "URN", f"{it.code} has no URN; this one has {it.urn}.")
    elif not it.urn and not is_break and it.code not in _NO_URN and it.in_england:
        text = f"{it.code} needs the URN of its provider, or XXXXXXX where another inspects it."
        yield it.start, Flaw("218", "URN", text)


def _age_and_length(it: Episode) -> Found:
    years, check = _YOUNGEST.get(it.code, (0, ""))
    if check and it.birthdays and it.start < it.birthdays[years]:
        yield it.start, Flaw(check, "PLACE", f"{it.code} is for {years} and over.")
    days, check = _LONGEST.get(it.code, (0, ""))
    if check and it.until > it.start + days:
        text = f"{it.code} is for {days} days at the most."
        yield it.start + days + 1, Flaw(check, "PLACE", text)
    if it.is_temporary and it.reason == "S":
        yield it.start, Flaw("380", "PLACE", "Care cannot start with a temporary move.")


def _together(it: Episode) -> Found:
    if it.code == "P1" and it.legal_status == "V2":
        text = "Somebody placed with their parents is not accommodated under section 20."
        yield it.start, Flaw("378", "LS", text)
    if it.code in ("A5", "A6") and it.legal_status and it.legal_status != "E1":
        yield it.start, Flaw("408", "LS", f"{it.code} needs a placement order (E1).")
    if it.legal_status in SHORT_BREAKS:
        if it.is_temporary:
            yield it.start, Flaw("382", "PLACE", f"A short break is no {it.code}.")
        if it.code in ("U1", "U4"):
            yield it.start, Flaw("384", "PLACE", f"A short break is no {it.code}.")
        if it.legal_status == "V3" and it.until > it.start + _LONGEST_BREAK:
            text = f"A short break lasts {_LONGEST_BREAK} days at the most."
            yield it.start + _LONGEST_BREAK + 1, Flaw("365", "LS", text)


def _ceased(it: Episode) -> Found:
    if it.until == FOREVER:
        return
    if not it.ceased:
        yield it.until, Flaw("148", "REC", "Why care ended is not recorded.")
        return
    if it.ceased not in REASONS_CEASED:
        text = f"{it.ceased} is no reason of the list, such as E4A or E8."
        yield it.until, Flaw("149", "REC", text)
    if it.ceased == "X1":
        return
    if it.is_temporary:
        yield it.until, Flaw("381", "REC", "Care cannot end in a temporary move.")
    if it.ceased in _ADOPTED and it.code not in _PLACED_FOR_ADOPTION:
        yield it.until, Flaw("390", "REC", "Adopted, but never placed for adoption.")
    if it.ceased in _GUARDIAN_WAS_CARER and it.code not in _FOSTERED:
        text = f"{it.ceased}: the guardian was the foster carer, but the placement is {it.code}."
        yield it.until, Flaw("516", "REC", text)


def _deprivation(it: Episode) -> Found:
    if not it.deprived_of_liberty or it.until <= _DEPRIVATION_FROM:
        return
    start = max(it.start, _DEPRIVATION_FROM)
    if it.code in _NEVER_WITH_DEPRIVATION:
        yield (
            start,
            Flaw("710", "PLACE", f"Nobody in {it.code} is deprived of liberty by an order."),
        )
    elif it.code and it.code not in _WITH_DEPRIVATION:
        text = f"An order for deprivation of liberty is not expected in {it.code}."
        yield start, Flaw("709", "PLACE", text)
