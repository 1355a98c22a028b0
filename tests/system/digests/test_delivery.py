"""How digests leave: once per recipient and week, whatever fails; on a real SMTP server."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_LINES
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from schemas.recipients import Recipient
from services.digests.mail import Mailbox, SmtpServer, build_message, message_id
from services.digests.send import make_week, send_due
from services.oversight.cases import view_of
from services.store import reported_cases
from services.store.database import Database
from services.store.reported_cases import ReportedFilter
from services.store.scope import EVERYTHING
from tests.store.digests.council import DIRECTOR, EVERYBODY, Council, parts
from tests.story import Story


class Answers:
    """An SMTP server's behaviour: what it answers to whom, and what it took."""

    def __init__(self) -> None:
        self.refuse: dict[str, str] = {}
        self.data = "250 OK"
        self.hang = False
        self.taken: list[tuple[str, bytes]] = []

    async def handle_RCPT(  # noqa: N802 (the name that aiosmtpd calls)
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        del server, session, options
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        del server, session
        if self.hang:
            await asyncio.sleep(3600)
        if self.data.startswith("250"):
            self.taken += [(address, envelope.content) for address in envelope.rcpt_tos]
        return self.data


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
async def smtp(answers: Answers) -> AsyncIterator[SmtpServer]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(answers, loop=loop), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield SmtpServer(f"smtp://127.0.0.1:{port}")
    server.close()


@pytest.fixture
async def council(database: Database) -> Council:
    told = Council(database)
    she = Story("p1", born="2007-05-01", eligibility="former_relevant").lives("2026-10-01", "S")
    await told.receive(she.raw)
    told.now = told.week().due_at
    return told


def through(council: Council, transport: Any) -> Council:
    object.__setattr__(council.mail_context, "transport", transport)
    return council


async def test_each_recipient_is_sent_one_mail_over_smtp(
    council: Council, smtp: SmtpServer, answers: Answers
) -> None:
    await through(council, smtp).send_weekly_digests()
    await council.send_weekly_digests()
    assert sorted(address for address, _ in answers.taken) == sorted(r.address for r in EVERYBODY)
    content = answers.taken[0][1].decode()
    for header in (
        "Message-ID: <2026-w47.",
        "Auto-Submitted: auto-generated",
        "multipart/alternative",
    ):
        assert header in content
    assert {item.state for item in (await council.deliveries()).values()} == {"sent"}


async def test_one_bad_address_delays_nobody_and_is_not_tried_for_ever(
    council: Council, smtp: SmtpServer, answers: Answers
) -> None:
    answers.refuse[DIRECTOR.address] = "550 no such person"
    await through(council, smtp).send_weekly_digests()
    assert len(answers.taken) == len(EVERYBODY) - 1
    told = (await council.deliveries())["director"]
    assert (told.state, told.error) == ("failed", "the address was refused (550)")
    assert "1 digest could not be delivered" in " ".join((await council.digest()).unknown)


async def test_a_server_that_asks_to_wait_is_tried_again_later_and_later(
    council: Council, smtp: SmtpServer, answers: Answers
) -> None:
    answers.data = "451 try later"
    await through(council, smtp).send_weekly_digests()
    first = (await council.deliveries())["director"]
    assert (first.state, first.attempts) == ("due", 1)
    assert first.next_attempt_at == council.now + timedelta(minutes=1)
    await send_due(council.mail_context)
    assert (await council.deliveries())["director"].attempts == 1
    council.now += timedelta(minutes=1)
    await send_due(council.mail_context)
    second = (await council.deliveries())["director"]
    assert second.next_attempt_at == council.now + timedelta(minutes=2)
    answers.data = "250 OK"
    council.now += timedelta(minutes=2)
    await send_due(council.mail_context)
    assert len(answers.taken) == len(EVERYBODY)


async def test_a_server_that_is_not_there_is_a_passing_failure(council: Council) -> None:
    await through(council, SmtpServer("smtp://127.0.0.1:9")).send_weekly_digests()
    assert {item.state for item in (await council.deliveries()).values()} == {"due"}


async def test_a_server_that_hangs_is_given_up_for_now(
    council: Council, smtp: SmtpServer, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.digests.mail._TIMEOUT", 0.3)
    answers.hang = True
    await through(council, smtp).send_weekly_digests()
    assert {item.state for item in (await council.deliveries()).values()} == {"due"}


async def test_tls_is_required_of_a_server_that_is_not_on_loopback(
    monkeypatch: pytest.MonkeyPatch, smtp: SmtpServer, answers: Answers, council: Council
) -> None:
    monkeypatch.setattr("services.digests.mail._is_loopback", lambda _: False)
    await through(council, smtp).send_weekly_digests()
    assert answers.taken == []
    assert {item.state for item in (await council.deliveries()).values()} == {"due"}


def test_a_mail_url_says_what_it_must_be() -> None:
    with pytest.raises(ValueError, match=r"smtp://host:port"):
        SmtpServer("mail.example:25")
    server = SmtpServer("smtps://user:p%40ss@mail.example", verify=ssl.create_default_context())
    assert (server.port, server.username, server.password) == (465, "user", "p@ss")


async def test_two_schedulers_send_one_digest(council: Council) -> None:
    other = Council(council.database)
    other.now = council.now
    for told in (council, other):
        object.__setattr__(told.mail_context, "transport", council.outbox)
    made = await asyncio.gather(
        *(make_week(told.mail_context, council.week()) for told in (council, other, council, other))
    )
    assert sum(made) == 1
    await asyncio.gather(
        *(send_due(told.mail_context) for told in (council, other, council, other))
    )
    assert sorted(council.outbox.addresses) == sorted(r.address for r in EVERYBODY)


async def test_the_work_of_a_winner_that_dies_is_taken_over_with_the_same_message_id(
    council: Council,
) -> None:
    """It died after the mail server took the mail, and before it could say so."""

    class DiedError(Exception):
        pass

    class DyingOutbox:
        async def send(self, message: Any, address: str) -> None:
            await council.outbox.send(message, address)
            raise DiedError

    first = council.outbox
    through(council, DyingOutbox())
    await make_week(council.mail_context, council.week())
    with pytest.raises(DiedError):
        await send_due(council.mail_context)
    through(council, first)
    council.now += timedelta(minutes=4)
    await send_due(council.mail_context)
    assert len(first.sent) == len(EVERYBODY), "the claims still hold"
    council.now += timedelta(minutes=2)
    await send_due(council.mail_context)
    assert len(first.sent) == 2 * len(EVERYBODY), "all went side by side, and none could say so"
    ids = [message["Message-ID"] for message in first.sent]
    assert len(set(ids)) == len(EVERYBODY)


async def test_the_message_id_follows_from_week_and_recipient() -> None:
    one = message_id("2026-W47", "director", "sightline@council.example")
    assert one == message_id("2026-W47", "director", "Sightline <sightline@council.example>")
    assert one != message_id("2026-W48", "director", "sightline@council.example")
    assert one.endswith("@council.example>")


async def test_a_digest_is_kept_as_sent(council: Council) -> None:
    await council.send_weekly_digests()
    kept = (await council.deliveries())["director"]
    assert kept.message is not None
    assert parts(council.mail_to(DIRECTOR))[1].encode() in kept.message.replace(b"=\r\n", b"") or (
        kept.message == council.mail_to(DIRECTOR).as_bytes()
    )


async def test_without_a_mail_server_mail_is_kept_in_a_folder(
    council: Council, tmp_path: Path
) -> None:
    await through(council, Mailbox(tmp_path / "mailbox")).send_weekly_digests()
    assert len(list((tmp_path / "mailbox").glob("*.eml"))) == len(EVERYBODY)


async def test_a_mail_whose_long_id_was_folded_is_kept_under_the_same_name(tmp_path: Path) -> None:
    id_ = message_id("2026-W47-notice-1121T203149Z", "director", "sightline@council.example")
    sent = build_message(
        sender="sightline@council.example", address=DIRECTOR.address, subject="A notice",
        html="<p>One.</p>", text="One.", id_=id_, at=datetime(2026, 11, 21, 20, 31, tzinfo=UTC),
    )  # fmt: skip
    folded = message_from_bytes(sent.as_bytes(), policy=SMTP_LINES)
    assert isinstance(folded, EmailMessage)
    for message in (sent, folded):
        await Mailbox(tmp_path / "mailbox").send(message, DIRECTOR.address)
    assert [path.name for path in (tmp_path / "mailbox").glob("*")] == [
        f"{id_[1:].split('@')[0]}.eml"
    ]


async def test_a_report_is_made_once_and_stays(council: Council) -> None:
    assert await make_week(council.mail_context, council.week())
    await council.receive(
        Story("p2", born="2007-05-01", eligibility="former_relevant").lives("2026-10-01", "S").raw
    )
    assert not await make_week(council.mail_context, council.week())
    async with council.database.reading() as connection:
        reported = await reported_cases.reported_cases(
            connection, council.week().name, view_of(EVERYTHING, council.week().day),
            ReportedFilter(), limit=100, offset=0,
        )  # fmt: skip
    assert {item.person for item, _ in reported} == {"p1"}


async def test_nobody_is_told_of_another_recipients_address(council: Council) -> None:
    await council.send_weekly_digests()
    for message in council.outbox.sent:
        others = [r.address for r in EVERYBODY if r.address != message["To"]]
        assert not any(address in message.as_string() for address in others)


def test_a_recipient_says_what_is_wrong_with_it() -> None:
    with pytest.raises(ValueError, match="it must list teams"):
        Recipient(id="x", name="X", role="team_manager", address="x@y.example", scope="teams")
    with pytest.raises(ValueError, match="no case reference"):
        Recipient(id="x", name="X", role="lead_member", address="x@y.example", detail="cases")
