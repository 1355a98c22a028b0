"""The episodes of care of the annual return: a row for each run of days on which nothing changes.

Source: DfE, guide to the SSDA903 collection, Episodes; docs/rules.md, section 7e. What the return
asks for and is not held: CIN, REASON_PLACE_CHANGE, HOME_POST, PL_POST.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from services.assessment.annual_return.entries import EpisodeEntry
from services.assessment.annual_return.episode_checks import Episode, checks
from services.assessment.calendar import birthday
from services.assessment.day import Day
from services.assessment.death import day_of_death
from services.assessment.facts import Facts, Spell
from services.assessment.leaving_care import care_end
from services.assessment.rulebook import Rulebook
from services.assessment.temporal import FOREVER, as_date

STARTS, GOES_ON = "S", "X1"
"""RNE where care starts, and REC where another episode begins on the same day."""
_DIED = "E2"


@dataclass(frozen=True, slots=True)
class _Held:
    """What is held on a run of days in care."""

    start: int
    until: int
    care: Spell
    legal_status: str
    placement: Spell | None
    code: str
    provider: str
    urn: str
    country: str
    deprived_of_liberty: bool

    def is_like(self, other: "_Held") -> bool:
        """Whether both belong to one episode."""
        return (
            self.until == other.start
            and self.legal_status == other.legal_status
            and self.placement is other.placement
            and (self.code, self.provider, self.urn) == (other.code, other.provider, other.urn)
        )


def episodes(facts: Facts, rulebook: Rulebook) -> list[EpisodeEntry]:
    """Every episode of a child in their order, by the days on which it would be sent so."""
    held = list(_joined(_held(facts, rulebook)))
    found = [_episode(facts, held, place) for place in range(len(held))]
    return [
        entry
        for place, episode in enumerate(found, 1)
        for entry in _entries(facts.person, place, episode, found[: place - 1])
    ]


def _entries(
    person: str, place: int, it: Episode, before: Sequence[Episode]
) -> Iterator[EpisodeEntry]:
    """An episode by the days on which it would be sent so: it ends, or begins to fail something."""
    flaws = [(max(day, it.start), flaw) for day, flaw in checks(it, before)]
    turns = sorted({it.start, it.until, FOREVER, *(day for day, _ in flaws)})
    began = as_date(it.start)
    for start, until in pairwise(turns):
        first = as_date(start)
        if began is None or first is None:
            return
        has_ended = start >= it.until
        yield EpisodeEntry(
            person=person,
            place=place,
            start=first,
            until=as_date(until),
            began=began,
            ended=as_date(it.until) if has_ended else None,
            reason=it.reason,
            legal_status=it.legal_status,
            placement=it.code,
            provider=it.provider,
            urn=it.urn,
            ceased=it.ceased if has_ended else "",
            flaws=tuple(flaw for day, flaw in flaws if day <= start),
        )


def _held(facts: Facts, rulebook: Rulebook) -> Iterator[_Held]:
    """What is held of the days in care, run by run: to the 18th birthday."""
    if not facts.care:
        return
    day = facts.care[0].start
    while day < FOREVER:
        on = Day(day, facts, rulebook)
        care = on.looked_after
        if care is not None and not on.died:
            placement = on.temporary_placement or on.placement
            content: Any = placement.content.on(on) if placement else {}
            legal_status = on.legal_status or ""
            yield _Held(
                start=day,
                until=on.until,  # once everything was asked of the day
                care=care,
                legal_status=legal_status,
                placement=placement,
                code=content.get("code") or "",
                provider=content.get("provider") or "",
                urn=(content.get("urn") or "").strip().upper(),
                country=(content.get("country") or "").strip(),
                deprived_of_liberty=content.get("deprivation_of_liberty") is True,
            )
        day = on.until


def _joined(runs: Iterator[_Held]) -> Iterator[_Held]:
    """Runs of one episode drawn together; whether liberty was deprived as on any of its days."""
    last: _Held | None = None
    for run in runs:
        if last is not None and last.is_like(run):
            last = _Held(
                last.start, run.until, run.care, last.legal_status, last.placement, last.code,
                last.provider, last.urn, last.country,
                last.deprived_of_liberty or run.deprived_of_liberty,
            )  # fmt: skip
            continue
        if last is not None:
            yield last
        last = run
    if last is not None:
        yield last


def _episode(facts: Facts, held: Sequence[_Held], place: int) -> Episode:
    """An episode with why it began and ended, as those beside it tell it."""
    here = held[place]
    before = held[place - 1] if place and held[place - 1].until == here.start else None
    after = held[place + 1] if place + 1 < len(held) else None
    goes_on = after is not None and after.start == here.until
    ceased = ""
    if goes_on:
        ceased = GOES_ON
    elif here.until < FOREVER:
        ceased = _reason_ceased(facts, here)
    return Episode(
        start=here.start,
        until=here.until,
        reason=_reason(before, here),
        legal_status=here.legal_status,
        code=here.code,
        provider=here.provider,
        urn=here.urn,
        ceased=ceased,
        country=here.country,
        deprived_of_liberty=here.deprived_of_liberty,
        is_exact=not _begun_by_then(here),
        is_placed=here.placement is not None,
        born=facts.born.toordinal() if facts.born else None,
        birthdays=tuple(birthday(facts.born, years) for years in range(19)) if facts.born else (),
    )


def _reason(before: _Held | None, here: _Held) -> str:
    """RNE: care starts, or legal status, placement or only its details changed, or both.

    Empty where care is only known to have begun by then: it may have gone on from before.
    """
    if before is None:
        return "" if here.care.by_this_date else STARTS
    status = before.legal_status != here.legal_status
    if before.placement is not here.placement:
        return "B" if status else "P"
    details = (before.code, before.provider, before.urn) != (here.code, here.provider, here.urn)
    if details:
        return "U" if status else "T"
    return "L"


def _reason_ceased(facts: Facts, here: _Held) -> str:
    """REC as its source gave it; E2 where the child died; empty where it is not held."""
    if day_of_death(facts) == here.until:
        return _DIED
    ended = care_end(here.care, facts)
    return (ended.reason or "") if ended.day == here.until else ""


def _begun_by_then(here: _Held) -> bool:
    """Whether the day on which it began is only known to have been then or before."""
    return any(
        spell is not None and spell.by_this_date and spell.start == here.start
        for spell in (here.care, here.placement)
    )
