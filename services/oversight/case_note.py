"""Case notes: what was entered on a page, worded as a note for the case management system."""

from datetime import date

from schemas.days import plain_day
from schemas.envelope import Event
from schemas.events.action import ActionAgreed, ActionCancelled, ActionChanged, ActionCompleted
from schemas.events.base import EventData
from schemas.events.oversight import (
    EscalationChanged,
    EscalationRaised,
    EscalationResolved,
    OversightAcknowledged,
    OversightExplained,
)
from schemas.events.pre_proceedings import PreProceedingsExtended
from schemas.events.review import ReviewCompleted
from schemas.status import Concern
from services.oversight.wording import ACTION_KINDS

STILL_RED: dict[str, str] = {
    "no_accommodation_available": "No suitable accommodation is available",
    "young_person_declines": "The young person declines what is offered",
    "waiting_for_panel": "Waiting for a panel",
    "legal_process": "Waiting for a legal process",
    "provider_registering": "The provider is registering",
    "safety_plan_in_place": "A safety plan is in place meanwhile",
    "record_is_wrong": "The record is wrong and is being corrected",
    "other": "Another reason",
}
"""Codes of why a red is still red, with the words that the page and the note show."""


def case_note(event: Event) -> str:
    """The note of one event: a heading and plain sentences, one a line."""
    on = getattr(event.data, "date", None)
    lines = [f"Sightline, {plain_day(on)}" if isinstance(on, date) else "Sightline"]
    return "\n".join([*lines, *_sentences(event.data)])


def _sentences(data: EventData) -> list[str]:
    match data:
        case ReviewCompleted():
            return _review(data)
        case ActionAgreed():
            kind = ACTION_KINDS[data.kind or "other"]
            return [
                f"Action agreed for {_concern(data.concern)}: {data.what}",
                f"Kind: {kind}. Owner: {data.owner}. Due: {plain_day(data.due)}.",
            ]
        case ActionChanged():
            return [f"Action {data.action_id} changed.", *_changes(data)]
        case ActionCompleted():
            return [f"Action {data.action_id} was completed."]
        case ActionCancelled():
            return [f"Action {data.action_id} was cancelled. Reason: {data.reason or 'not given'}"]
        case OversightExplained():
            why = STILL_RED[data.why]
            lines = [f"Why {_concern(data.concern)} is still red: {why}."]
            return lines + ([data.text] if data.text else [])
        case OversightAcknowledged():
            role = data.role.replace("_", " ")
            lines = [f"The {role} ({data.acknowledged_by}) acknowledged {_concern(data.concern)}."]
            return lines + ([data.note] if data.note else [])
        case PreProceedingsExtended():
            until = plain_day(data.until)
            return [
                f"Pre-proceedings extended until {until}, authorised by {data.authorised_by}.",
                f"Reason: {data.reason or 'not given'}",
            ]
        case EscalationRaised() | EscalationChanged() | EscalationResolved():
            return _escalation(data)
        case _:
            return []


def _review(data: ReviewCompleted) -> list[str]:
    lines = []
    if data.kind == "accommodation_suitability":
        judged = {True: "suitable", False: "unsuitable", None: "not judged"}[data.suitable]
        why = f" ({data.unsuitable_reason.replace('_', ' ')})" if data.unsuitable_reason else ""
        lines.append(f"Accommodation judged {judged}{why} by {data.judged_by or 'a worker'}.")
    elif data.rating:
        lines.append(
            f"{_concern(data.concern).capitalize()} rated {data.rating.rag} until "
            f"{plain_day(data.rating.expires)}, authorised by {data.rating.authorised_by}."
        )
        lines.append(f"Why: {data.rating.rationale}")
    else:
        lines.append(f"Review of {_concern(data.concern)}.")
    if data.outcome:
        lines.append(data.outcome)
    if data.next_due:
        lines.append(f"Next review due: {plain_day(data.next_due)}.")
    return lines


def _escalation(data: EscalationRaised | EscalationChanged | EscalationResolved) -> list[str]:
    match data:
        case EscalationRaised():
            raised = f"The reviewing officer raised an escalation, {data.stage}."
            return [raised, f"Reason: {data.reason or 'not given'}"]
        case EscalationChanged():
            level = f" at level {data.level}" if data.level else ""
            return [f"The reviewing officer's escalation is now {data.stage}{level}."]
        case EscalationResolved():
            return ["The reviewing officer's escalation is resolved.", data.outcome or ""]


def _changes(data: ActionChanged) -> list[str]:
    lines = []
    if data.due:
        lines.append(f"Due: {plain_day(data.due)}.")
    if data.owner:
        lines.append(f"Owner: {data.owner}.")
    if data.what:
        lines.append(f"What: {data.what}")
    if data.authorised_by:
        lines.append(f"Authorised by: {data.authorised_by}.")
    if data.reason:
        lines.append(f"Why: {data.reason}")
    return lines


def _concern(name: str | None) -> str:
    return Concern(name).heading.lower() if name else "the case"
