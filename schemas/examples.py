"""One example of every event, for those who publish: each is accepted as it stands."""

from collections.abc import Mapping
from typing import Any

from schemas.envelope import JSON_CONTENT
from schemas.events.catalogue import WITHOUT_SUBJECT, type_of

_SOURCE = "/devon/eclipse"
_SUBJECT = "4471"
_TIME = "2026-11-20T09:30:00Z"

DATA: Mapping[str, Mapping[str, Any]] = {
    "person.updated": {
        "date": "2026-11-20",
        "date_of_birth": "2008-06-14",
        "eligibility": "relevant",
        "in_touch": "yes",
        "full_time_education": "further",
        "personal_adviser": "pa-17",
        "team": "leaving-care-north",
        "service": "care-leavers",
    },
    "person.merged": {"into": "4470"},
    "person.closed": {"date": "2026-11-20", "reason": "moved_away"},
    "care.started": {"care_id": "c-901", "date": "2023-02-03", "legal_status": "C1"},
    "care.changed": {"care_id": "c-901", "date": "2023-07-11", "legal_status": "C2"},
    "care.ended": {"care_id": "c-901", "date": "2026-06-14", "reason": "E5"},
    "placement.started": {
        "placement_id": "p-3301",
        "date": "2026-03-02",
        "code": "K3",
        "provider": "PR4",
        "urn": "2788123",
        "registration": "registered",
    },
    "placement.changed": {"placement_id": "p-3301", "date": "2026-05-01", "urn": "2790044"},
    "placement.ended": {"placement_id": "p-3301", "date": "2026-06-14", "reason": "CARPL"},
    "accommodation.started": {
        "accommodation_id": "a-77",
        "date": "2026-11-18",
        "code": "W",
        "suitable": False,
        "unsuitable_reason": "bed_and_breakfast",
        "expected_end": "2026-11-25",
        "move_on_plan": True,
    },
    "accommodation.changed": {
        "accommodation_id": "a-77",
        "date": "2026-11-20",
        "expected_end": "2026-12-02",
    },
    "accommodation.ended": {"accommodation_id": "a-77", "date": "2026-12-02"},
    "pre_proceedings.started": {
        "period_id": "pp-12",
        "date": "2026-09-01",
        "letter_sent_on": "2026-09-04",
        "first_meeting_on": "2026-09-11",
        "family_id": "f-8",
    },
    "pre_proceedings.changed": {
        "period_id": "pp-12",
        "date": "2026-09-15",
        "first_meeting_on": "2026-09-15",
    },
    "pre_proceedings.extended": {
        "period_id": "pp-12",
        "date": "2026-11-20",
        "until": "2026-12-18",
        "authorised_by": "hos-2",
        "reason": "assessment of a grandparent",
    },
    "pre_proceedings.ended": {
        "period_id": "pp-12",
        "date": "2026-12-10",
        "outcome": "care_proceedings",
        "issued_on": "2026-12-15",
    },
    "permanence.agreed": {
        "plan_id": "plan-5",
        "date": "2026-05-20",
        "plan": "long_term_fostering",
        "parallel_plan": "relatives",
    },
    "permanence.withdrawn": {
        "plan_id": "plan-5",
        "date": "2026-10-02",
        "reason": "the carers gave notice",
    },
    "review.completed": {
        "review_id": "r-610",
        "date": "2026-11-19",
        "kind": "accommodation_suitability",
        "suitable": False,
        "unsuitable_reason": "bed_and_breakfast",
        "judged_by": "pa-17",
        "next_due": "2026-12-03",
        "concern": "unsuitable_accommodation",
    },
    "action.agreed": {
        "action_id": "act-41",
        "date": "2026-11-19",
        "concern": "unsuitable_accommodation",
        "what": "find supported lodgings near college",
        "owner": "pa-17",
        "due": "2026-11-27",
        "kind": "find_accommodation",
    },
    "action.changed": {"action_id": "act-41", "date": "2026-11-20", "due": "2026-12-01"},
    "action.completed": {"action_id": "act-41", "date": "2026-12-01"},
    "action.cancelled": {
        "action_id": "act-41",
        "date": "2026-12-01",
        "reason": "moved to relatives instead",
    },
    "escalation.raised": {
        "escalation_id": "e-3",
        "date": "2026-11-12",
        "stage": "informal",
        "reason": "no plan for permanence",
        "raised_by": "iro-4",
    },
    "escalation.resolved": {
        "escalation_id": "e-3",
        "date": "2026-11-19",
        "outcome": "a plan was agreed",
    },
    "visit.completed": {"date": "2026-11-18", "kind": "care_leaver", "seen_alone": True},
    "oversight.acknowledged": {
        "acknowledgement_id": "ack-9",
        "date": "2026-11-20",
        "concern": "unsuitable_accommodation",
        "acknowledged_by": "hos-2",
        "role": "head_of_service",
    },
    "oversight.explained": {
        "explanation_id": "x-2",
        "date": "2026-11-20",
        "concern": "unsuitable_accommodation",
        "why": "no_accommodation_available",
        "explained_by": "pa-17",
    },
    "snapshot.completed": {
        "as_at": "2026-11-20T02:00:00Z",
        "open": {"care": 812, "placement": 815, "accommodation": 431, "pre_proceedings": 58},
        "people": 1310,
    },
    "event.retracted": {"id": "placement/p-3301#9f2c"},
}
"""Event name to the data of its example."""


def example(name: str) -> dict[str, Any]:
    """A whole event of a name, in structured mode."""
    whole: dict[str, Any] = {
        "specversion": "1.0",
        "id": f"{name}/4471#1",
        "source": _SOURCE,
        "subject": _SUBJECT,
        "type": type_of(name),
        "time": _TIME,
        "datacontenttype": JSON_CONTENT,
        "data": dict(DATA[name]),
    }
    if name in WITHOUT_SUBJECT:
        del whole["subject"]
    return whole
