"""The pages as they run: a real broker, a tracker, a store, a web server; the day is told."""

import html
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import orjson
from faststream.nats import NatsBroker
from httpx2 import AsyncClient, Response
from starlette.applications import Starlette

from events.broker import connected_broker, jetstream_of
from events.channel import BY_COMMAND
from events.embedded import EmbeddedBroker
from events.publish import NotStoredError, OutgoingMessage, publish, to_message
from events.stream import stream_state
from schemas.case_reference import as_segment
from schemas.events.catalogue import type_of
from schemas.policy import Policy
from schemas.recipients import Recipient, Recipients, Staff
from services.access.roles import Role
from services.assessment.derivation import Rules
from services.bootstrap.lag import lag_of
from services.bootstrap.runtime import Runtime
from services.bootstrap.tracking import start_tracking
from services.digests.links import Links
from services.digests.send import MailContext
from services.settings import Settings
from services.store.database import Database
from services.web.app import make_app
from services.web.assembly import assemble
from services.web.probes import make_probe_app
from services.web.server import served
from services.web.state import AppState, DemoUser
from tests.store.digests.council import Outbox
from tests.store.new_store import new_store
from tests.waiting import drained, until

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
SOURCE = "/test/cms"

RECIPIENTS = Recipients(
    recipient=(
        Recipient(id="director", name="the Director", role="chief_officer",
                  address="director@council.example"),
        Recipient(id="lead", name="the Lead Member", role="lead_member",
                  address="lead@council.example"),
        Recipient(id="head", name="the Head of Service", role="head_of_service",
                  address="head@council.example", scope="services", services=("leaving",)),
        Recipient(id="manager", name="the team manager", role="team_manager",
                  address="manager@council.example", scope="teams", teams=("north",)),
    ),
    staff=(
        Staff(id="w1", sign_in="adviser@council.example", name="Adviser One"),
        Staff(id="w2", sign_in="other@council.example", name="Adviser Two"),
        Staff(id="m1", sign_in="manager@council.example", name="Manager One", teams=("north",)),
        Staff(id="h1", sign_in="head@council.example", name="Head One", services=("leaving",)),
        Staff(id="iro1", sign_in="officer@council.example", name="Officer One"),
        Staff(id="d1", sign_in="director@council.example", name="Director One"),
    ),
)  # fmt: skip

ADVISER = ("w1", Role.PERSONAL_ADVISER)
OTHER_ADVISER = ("w2", Role.PERSONAL_ADVISER)
MANAGER = ("m1", Role.TEAM_MANAGER)
HEAD = ("h1", Role.HEAD_OF_SERVICE)
DIRECTOR = ("d1", Role.CHIEF_OFFICER)
LEAD_MEMBER = ("recipient:lead", Role.LEAD_MEMBER)
ANALYST = ("analyst", Role.ANALYST)
ADMINISTRATOR = ("administrator", Role.ADMINISTRATOR)
OFFICER = ("iro1", Role.REVIEWING_OFFICER)
EVERYBODY = (
    ADVISER, OTHER_ADVISER, MANAGER, HEAD, DIRECTOR, LEAD_MEMBER, ANALYST, ADMINISTRATOR, OFFICER,
)  # fmt: skip


def event(name: str, subject: str, on: date, **data: Any) -> dict[str, Any]:
    """An event recorded on the morning after its date."""
    return {
        "specversion": "1.0", "id": uuid4().hex, "source": SOURCE, "type": type_of(name),
        "subject": subject, "time": f"{on.isoformat()}T18:00:00Z",
        "datacontenttype": "application/json", "data": {"date": on.isoformat(), **data},
    }  # fmt: skip


def care_leaver(
    person: str, *, worker: str = "w1", team: str | None = "north", service: str = "leaving",
    code: str = "S", suitable: bool | None = False, weeks: int = 10, born: str = "2006-05-01",
) -> list[dict[str, Any]]:  # fmt: skip
    """A care leaver in accommodation that is unsuitable unless said otherwise."""
    since = TODAY - timedelta(weeks=weeks)
    team_field: dict[str, Any] = {"team": team} if team else {}
    return [
        event("person.updated", person, since, date_of_birth=born, eligibility="former_relevant",
              in_touch="yes", personal_adviser=worker, service=service, **team_field),
        event("accommodation.started", person, since, accommodation_id="a1", code=code,
              suitable=suitable),
    ]  # fmt: skip


def in_unregistered_placement(person: str, *, worker: str = "w1") -> list[dict[str, Any]]:
    """A looked-after child of fourteen in an unregistered placement: unlawful."""
    since = TODAY - timedelta(days=3)
    return [
        event("person.updated", person, since, date_of_birth="2012-03-01", team="north",
              service="leaving", personal_adviser=worker, eligibility="none",
              reviewing_officer="iro1"),
        event("care.started", person, since, care_id="c1", legal_status="C2"),
        event("placement.started", person, since, placement_id="p1", code="Z12",
              registration="unregistered"),
    ]  # fmt: skip


_TOKEN = re.compile(r'name="form" value="([0-9a-f]+)"')


@dataclass
class Browser:
    """One signed-in person's client, which sends forms as a browser would."""

    client: AsyncClient
    base: str

    async def get(self, path: str, **more: Any) -> Response:
        return await self.client.get(path, **more)

    async def token(self, path: str) -> str:
        """The token of the form on a page; the last, since the first is that of signing out."""
        page = await self.get(path)
        assert page.status_code == 200, (path, page.status_code)
        return str(_TOKEN.findall(page.text)[-1])

    async def send(self, path: str, token: str, **answers: Any) -> Response:
        """Send a form with a token that was read before."""
        fields = {name.replace("__", "-"): value for name, value in answers.items()}
        return await self.client.post(
            path, data={"form": token, **fields}, headers={"Origin": self.base}
        )

    async def fill(self, path: str, **answers: Any) -> Response:
        """Open a form and send it; fields with a hyphen are written with two underscores."""
        page = await self.get(path)
        assert page.status_code == 200, (path, page.status_code, page.text[:300])
        hidden = dict(
            re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page.text)
        )
        hidden.pop("form", None)
        token = _TOKEN.findall(page.text)[-1]
        return await self.send(path, token, **{**hidden, **answers})


@dataclass
class RunningApp:
    """A council's Sightline, served."""

    runtime: Runtime
    state: AppState
    app: Starlette
    outbox: Outbox
    base: str
    now: datetime = NOW
    clients: list[AsyncClient] = field(default_factory=list)
    probes: str = ""
    """Where the probes and metrics are answered."""
    refuses_after: int | None = None
    """After how many more events the broker is full; None is never."""

    async def receive(self, *events: dict[str, Any] | Sequence[dict[str, Any]]) -> None:
        """Events come through the broker and are worked through."""
        flat = [e for item in events for e in (item if isinstance(item, list) else [item])]
        async for _ in publish(
            self.broker, [to_message(orjson.dumps(e), BY_COMMAND) for e in flat]
        ):
            pass
        await self.worked_through()

    async def worked_through(self) -> None:
        """Wait until everything that is on the broker is derived."""
        await until(self._all_acknowledged)  # a consumer counts what was just stored a little later
        await drained(self.broker, database=self.runtime.database)

    async def _all_acknowledged(self) -> bool:
        state = await stream_state(jetstream_of(self.broker))
        return state.done >= state.last

    @property
    def broker(self) -> NatsBroker:
        return self.runtime.broker

    async def browser(self, person: tuple[str, Role] | None = None, *more: Role) -> Browser:
        """A browser, signed in as somebody."""
        cookies = {}
        if person is not None:
            secret = await self.state.sessions.begin(person[0], (person[1], *more))
            cookies = {self.state.cookie: secret}
        # A document takes seconds to typeset, on a busy machine many.
        client = AsyncClient(
            base_url=self.base, cookies=cookies, follow_redirects=False, timeout=120
        )
        self.clients.append(client)
        return Browser(client, self.base)


@asynccontextmanager
async def running_app(
    database: Database,
    broker: NatsBroker,
    tmp_path: Path,
    policy: Policy | None = None,
    recipients: Recipients = RECIPIENTS,
    demo_users: Sequence[DemoUser] = (),
    *,
    tracking: bool = True,
    port: int = 0,
    **settings: Any,
) -> AsyncIterator[RunningApp]:
    """Everything that runs for the pages of one council."""
    rules = Rules.of(policy or Policy(council="Test Council"))
    configured = Settings(
        data_dir=tmp_path, case_url="https://cms.example/person/{person}", **settings
    )
    runtime = Runtime(configured, rules, database, broker)
    outbox = Outbox()
    made: list[RunningApp] = []

    def clock() -> datetime:
        return made[0].now if made else NOW

    office = MailContext(
        database, rules.policy, recipients, outbox, Links(configured.base_url, configured.case_url),
        "sightline@council.example", clock,
    )  # fmt: skip

    async def send(messages: Sequence[OutgoingMessage]) -> None:
        if made[0].refuses_after is not None:
            if made[0].refuses_after == 0:
                raise NotStoredError("The stream is full.")
            made[0].refuses_after -= 1
        async for _ in publish(broker, messages):
            pass

    state = assemble(
        configured,
        rules,
        office,
        send,
        lambda: lag_of(broker, runtime.database),
        clock,
        "the pages' own",
        demo_users,
    )
    app = make_app(state)
    if tracking:
        deriving = start_tracking(runtime, clock)
        await broker.start()
    else:
        deriving = None
    async with (
        served(app, "127.0.0.1", port) as here,
        served(make_probe_app(app), "127.0.0.1", 0) as probes,
    ):
        one = RunningApp(runtime, state, app, outbox, f"http://127.0.0.1:{here}")
        one.probes = f"http://127.0.0.1:{probes}"
        made.append(one)
        try:
            yield one
        finally:
            for client in one.clients:
                await client.aclose()
            if deriving is not None:
                deriving.cancel()


@asynccontextmanager
async def start_app(folder: Path, policy: Policy | None = None) -> AsyncIterator[RunningApp]:
    """A council's Sightline with a store and a broker of its own, for the tests of one file."""
    store = new_store(folder / "store.sqlite")
    async with (
        EmbeddedBroker(folder / "nats") as server,
        connected_broker(server.url) as broker,
        running_app(store, broker, folder, policy) as one,
    ):
        yield one
    await store.close()


def text_of(response: Response) -> str:
    """What a page says, as text."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", response.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text))).strip()


def case_path(person: str) -> str:
    return f"/cases/{quote(as_segment(person), safe='!~')}"
