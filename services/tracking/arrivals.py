"""An event as it is to be stored: with its young person, and whom or what else it reaches."""

from schemas.envelope import Event
from schemas.events.feed import EventRetracted
from schemas.events.person import PersonMerged
from schemas.permissions import ALL_PERMISSIONS, SourcePermission
from schemas.policy import Policy
from services.assessment.resolution import person_of, survivor_named
from services.store.event_log import Arrival


def arrival_of(
    event: Event, policy: Policy, granted: frozenset[SourcePermission] = ALL_PERMISSIONS
) -> Arrival:
    """The event with its young person: its subject, within the namespace of its source.

    A merge reaches its survivor, a retraction the id that it takes back. `granted` is what its
    sender had leave for.
    """
    person = person_of(policy, event.source, event.subject) if event.subject else ""
    reaches = None
    if isinstance(event.data, PersonMerged):
        reaches = survivor_named(policy, event.source, event.data.into)
    elif isinstance(event.data, EventRetracted):
        reaches = event.data.id
    return Arrival(event, person, reaches, granted & event.data.needs())
