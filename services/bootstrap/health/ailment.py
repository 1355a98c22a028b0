"""What can be wrong with a Sightline that runs, and what is examined for it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from faststream.nats import NatsBroker

from schemas.policy import Policy
from schemas.recipients import Recipients
from services.settings import Settings
from services.store.database import Database

IS_A_TRACKER_RUNNING = "Is a tracker running (sightline serve)? If it is, wait; else start it."
"""What to do where something waits."""


class Part(StrEnum):
    """What can be wrong: the label of the metric `sightline_wrong`, and of an alert."""

    DISK = "disk"
    PERMISSIONS = "permissions"
    DATABASE = "database"
    CLOCK = "clock"
    DERIVING = "deriving"
    SET_ASIDE = "set_aside"
    REFUSED = "refused"
    ERASED = "erased"
    BROKER = "broker"
    CONSUMER = "consumer"
    LAG = "lag"
    LOSSES = "losses"
    FEEDS = "feeds"
    MAIL = "mail"
    RECIPIENTS = "recipients"
    RESTRICTED = "restricted"
    BACKUPS = "backups"


class Ailment(NamedTuple):
    """Something that is wrong, and what to do."""

    part: Part
    what: str
    cure: str


@dataclass(frozen=True, slots=True)
class Patient:
    """What is examined: the parts, and the settings that they run by.

    `broker` is None where none could be reached, which whoever tried says.
    """

    settings: Settings
    policy: Policy
    recipients: Recipients
    database: Database
    broker: NatsBroker | None
