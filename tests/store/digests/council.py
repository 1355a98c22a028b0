"""A small council for digest tests: a store, an office, and Mondays that pass as told."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from schemas.digest import Digest
from schemas.policy import Policy
from schemas.recipients import Recipient, Recipients
from services.assessment.derivation import Rules
from services.digests.links import Links
from services.digests.mail import MailError
from services.digests.send import MailContext, make_week, preview, send_due
from services.digests.week import Week, week_of
from services.store import mail_queue
from services.store.database import Database
from services.store.mail_queue import Delivery
from services.tracking.handler import Tracker
from tests.store.tracking.tracker_harness import track_with

MONDAY = date(2026, 11, 16)

DIRECTOR = Recipient(
    id="director", name="the Director", role="chief_officer", address="director@council.example"
)
LEAD_MEMBER = Recipient(
    id="lead", name="the Lead Member", role="lead_member", address="lead@council.example"
)
HEAD = Recipient(
    id="head", name="the Head of Service", role="head_of_service", address="head@council.example",
    scope="services", services=("leaving",),
)  # fmt: skip
MANAGER = Recipient(
    id="manager", name="the team manager", role="team_manager", address="manager@council.example",
    scope="teams", teams=("north",),
)  # fmt: skip
ADVISER = Recipient(
    id="adviser", name="the adviser", role="personal_adviser", address="adviser@council.example",
    scope="workers", workers=("w1",),
)  # fmt: skip
EVERYBODY = (DIRECTOR, LEAD_MEMBER, HEAD, MANAGER, ADVISER)


class Outbox:
    """A transport that remembers, and fails as told for some addresses."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.failing: dict[str, MailError] = {}

    async def send(self, message: EmailMessage, address: str) -> None:
        if address in self.failing:
            raise self.failing[address]
        self.sent.append(message)

    @property
    def addresses(self) -> list[str]:
        return [str(message["To"]) for message in self.sent]


class Council:
    """What a council would do, week by week."""

    def __init__(
        self,
        database: Database,
        policy: Policy | None = None,
        recipients: Sequence[Recipient] = EVERYBODY,
        case_url: str = "",
    ) -> None:
        self.database = database
        self.policy = policy or Policy(council="Test Council")
        self.now = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
        self.outbox = Outbox()
        self.tracker = Tracker(database, Rules.of(self.policy), lambda: self.now)
        self.mail_context = MailContext(
            database, self.policy, Recipients(recipient=tuple(recipients)), self.outbox,
            Links("https://sightline.example", case_url), "sightline@council.example",
            lambda: self.now,
        )  # fmt: skip

    async def receive(self, events: Sequence[dict[str, Any]], on: date | None = None) -> None:
        if on is not None:
            self.now = datetime(on.year, on.month, on.day, 18, 0, tzinfo=UTC)
        await track_with(self.tracker, events)

    def week(self, weeks_ago: int = 0) -> Week:
        return week_of(MONDAY - timedelta(days=7 * weeks_ago), self.policy.digest)

    async def send_weekly_digests(self, weeks_ago: int = 0) -> None:
        """Monday comes: the digests are made and sent."""
        week = self.week(weeks_ago)
        self.now = week.due_at
        await make_week(self.mail_context, week)
        await send_due(self.mail_context)

    async def digest(self, recipient: Recipient = DIRECTOR, weeks_ago: int = 0) -> Digest:
        week = self.week(weeks_ago)
        self.now = max(self.now, week.due_at)
        return await preview(self.mail_context, week, recipient)

    async def deliveries(self) -> dict[str, Delivery]:
        async with self.database.reading() as connection:
            return {
                item.recipient: item for item in await mail_queue.deliveries(connection, whole=True)
            }

    def mail_to(self, recipient: Recipient) -> EmailMessage:
        return next(m for m in reversed(self.outbox.sent) if m["To"] == recipient.address)


def parts(message: EmailMessage) -> tuple[str, str]:
    """The HTML and the text of a mail, as a mail program reads them."""
    read = message_from_bytes(message.as_bytes(), EmailMessage, policy=SMTP)
    html, text = read.get_body(("html",)), read.get_body(("plain",))
    assert isinstance(html, EmailMessage)
    assert isinstance(text, EmailMessage)
    return html.get_content(), text.get_content()
