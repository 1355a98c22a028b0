"""The ways in for events, as subjects of the broker, and what each of them vouches for.

Publishers may publish beneath `sightline.events` alone, where a source says its own name. What came
in by HTTP or by a command was checked there, and travels beneath `sightline.received` with what its
sender may do; what people write on the pages, beneath `sightline.pages`. On these two only
Sightline itself may publish (`deploy/nats.conf`).
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from schemas.permissions import ALL_PERMISSIONS, SourcePermission

MAY_HEADER = "Sightline-May"
"""The header that says what the sender of a received event may do, in words with commas between."""


class Channel(StrEnum):
    """The first two tokens of the subject that an event arrives on."""

    PUBLISHERS = "sightline.events"
    RECEIVED = "sightline.received"
    PAGES = "sightline.pages"


SUBJECTS = tuple(f"{channel}.>" for channel in Channel)
"""What the stream of events listens to."""

_TOKENS_WITH_USER = 5
"""Of sightline.events.cms.placement.started, where `cms` is a user of the broker."""


class Origin(NamedTuple):
    """By which way an event comes in, and what its sender may do beyond telling facts."""

    channel: Channel
    may: frozenset[SourcePermission] = frozenset()

    @property
    def headers(self) -> Mapping[str, str]:
        """What a message says of it besides its subject."""
        return {MAY_HEADER: ",".join(sorted(self.may))} if self.may else {}


FROM_PAGES = Origin(Channel.PAGES)
BY_COMMAND = Origin(Channel.RECEIVED, ALL_PERMISSIONS)
"""Whoever runs a command on the machine could change the policy as well."""


def received(may: Iterable[SourcePermission]) -> Origin:
    """What came in by HTTP, with a token that may do this."""
    return Origin(Channel.RECEIVED, frozenset(may))


def channel_of(subject: str) -> Channel | None:
    """The channel that a subject belongs to; None for a message that came on no subject."""
    return next((item for item in Channel if subject.startswith(f"{item}.")), None)


def user_of(subject: str) -> str:
    """The user of the broker that a publisher's subject names; empty where it names none."""
    tokens = subject.split(".")
    return tokens[2] if len(tokens) >= _TOKENS_WITH_USER else ""


@lru_cache(maxsize=1024)
def _permissions(words: str) -> frozenset[SourcePermission]:
    said = words.split(",")
    return frozenset(word for word in ALL_PERMISSIONS if word in said)


def permissions_in(headers: Mapping[str, str]) -> frozenset[SourcePermission]:
    """What the headers of a received message say that its sender may do."""
    return _permissions(headers.get(MAY_HEADER, ""))
