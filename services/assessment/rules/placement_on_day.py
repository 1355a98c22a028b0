"""A placement on a day, as the rules of unregistered placements read it."""

from typing import Any

from schemas.codes import PLACEMENTS, meaning
from schemas.status import Rag, Statutory
from services.assessment.day import Day, Finding, evidence
from services.assessment.facts import Spell

ENGLAND = frozenset({"", "england", "eng"})


class Setting:
    """A placement on a day: its code (empty where it was cleared), registration and country."""

    __slots__ = ("applied_on", "approved_by", "code", "england", "on", "registration", "spell")

    def __init__(self, on: Day, spell: Spell) -> None:
        content = spell.content.on(on)
        self.on = on
        self.spell = spell
        self.code: str = content.get("code") or ""
        self.registration = on.registration(spell)
        self.england = (content.get("country") or "").strip().lower() in ENGLAND
        applied_on = content.get("registration_applied_on")
        self.applied_on: int | None = applied_on.toordinal() if applied_on else None
        self.approved_by = (content.get("approved_by") or "").strip()

    @property
    def what(self) -> str:
        """The type of placement, in words."""
        return meaning(PLACEMENTS, self.code)

    @property
    def accepted(self) -> bool:
        """Registered, or inspected by another regulator."""
        return self.registration in ("registered", "exempt")

    def find(
        self,
        rule: str,
        rag: Rag,
        text: str,
        statutory: Statutory | None = None,
        *,
        never_lowered: bool = False,
        turned_on: int | None = None,
        **facts: Any,
    ) -> Finding:
        """A finding about this placement, with the event that began it.

        `turned_on` is as a finding has it.
        """
        because = evidence(
            code=self.code,
            registration=self.registration,
            since=self.spell.start,
            **facts,
            began=self.spell.began,
        )
        return Finding(rule, rag, text, because, statutory, never_lowered, turned_on)
