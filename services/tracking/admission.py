"""Admission: whether an event came in by the way that its source must take, and with what leave.

What comes in by the wrong way is refused: nobody speaks in the name of another.
"""

import re
from typing import NamedTuple

from events.channel import Channel, channel_of, permissions_in, user_of
from events.wire import Message, read_message
from schemas.envelope import Event, Refusal
from schemas.faults import Fault, fault
from schemas.permissions import ALL_PERMISSIONS, PAGES_SOURCE, SourcePermission, is_reserved
from schemas.policy import Policy
from services.assessment.rights import permissions


class Admitted(NamedTuple):
    """An event that came in as it should, with what its sender had leave for."""

    event: Event
    granted: frozenset[SourcePermission]


def admit(message: Message, policy: Policy) -> Admitted | Refusal:
    """The event of a message, or why it is refused: it cannot be read, or its way was wrong."""
    item = read_message(message)
    if isinstance(item, Refusal):
        return item
    channel = channel_of(message.subject)
    wrong = _wrong_way(item.source, channel, message.subject, policy) or _wrong_reference(
        item.subject, policy
    )
    if wrong is not None:
        return Refusal((wrong,), item.id, item.source, item.name, item.subject)
    if channel is Channel.PUBLISHERS:
        return Admitted(item, frozenset())
    if channel is Channel.RECEIVED:
        return Admitted(item, permissions_in(message.headers))
    return Admitted(item, ALL_PERMISSIONS)


def _wrong_reference(reference: str, policy: Policy) -> Fault | None:
    """Why a case reference is none of this council's; None where it may be one."""
    form = policy.case_reference
    if not form or not reference or re.fullmatch(form, reference):
        return None
    return fault("subject", reference, f"here it must match {form}, as the policy says")


def _wrong_way(source: str, channel: Channel | None, subject: str, policy: Policy) -> Fault | None:
    """Why a source may not speak by the way by which it did; None where it may."""
    if channel is Channel.PAGES:
        if source != PAGES_SOURCE:
            return fault("source", source, f"from the pages it must be {PAGES_SOURCE}")
        return None
    if is_reserved(source):
        cure = "a system has a source of its own; this one is for what people write on the pages"
        return fault("source", source, cure)
    return _wrong_user(source, subject, policy) if channel is Channel.PUBLISHERS else None


def _wrong_user(source: str, subject: str, policy: Policy) -> Fault | None:
    """Why a user of the broker does not speak for a source; None where it does."""
    user, own = user_of(subject), permissions(policy, source).broker_user
    if user == own:
        return None
    if own:
        cure = f"on the broker it must come beneath {Channel.PUBLISHERS}.{own}"
    else:
        cure = f"the broker's user {user} does not speak for it: the policy names its sources"
    return fault("source", source, cure)
