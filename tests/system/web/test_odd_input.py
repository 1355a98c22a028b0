"""What nobody would type breaks nothing: it is answered as what is not there, or as a fault."""

import random
import re
import string
from pathlib import Path

from faststream.nats import NatsBroker

from schemas.status import Concern
from services.store.database import Database
from services.web.forms.several import chosen_field
from tests.system.web.running_app import (
    ADMINISTRATOR,
    ADVISER,
    DIRECTOR,
    MANAGER,
    TODAY,
    Browser,
    RunningApp,
    care_leaver,
    event,
    running_app,
    text_of,
)


async def broken(browser: Browser, *paths: str) -> list[tuple[str, int]]:
    """The addresses that broke a page."""
    answers = [(path, (await browser.get(path)).status_code) for path in paths]
    return [(path[:60], status) for path, status in answers if status >= 500]


async def test_a_year_of_twenty_digits_is_a_fault_beside_its_field(served: RunningApp) -> None:
    await served.receive(care_leaver("L1", code="U"))
    adviser = await served.browser(ADVISER)
    for year in ("99999999999999999999", "10000", "0", "-2026", "2" * 4300):
        answer = await adviser.fill(
            "/cases/L1/judgement", suitable="yes", outcome="Seen at home; it is safe.",
            date__day="20", date__month="11", date__year=year,
        )  # fmt: skip
        assert answer.status_code == 422, year[:25]
        assert "must be a real date" in text_of(answer)
        assert "Seen at home; it is safe." in answer.text


async def test_days_and_numbers_out_of_all_bounds_break_no_page(served: RunningApp) -> None:
    await served.receive(care_leaver("L1", code="U"))
    huge = "9" * 30
    assert await broken(
        await served.browser(ADVISER), "/cases/L1?as_at=0001-01-01", "/cases/L1?as_at=9999-12-31",
        "/cases/L1?known_at=0001-01-01", "/cases/L1?known_at=9999-12-31", f"/cases?page={huge}",
        f"/cases?weeks={huge}", "/cases?weeks=%C2%B2", f"/questions?page={huge}",
        "/api/cases/L1?as_of=0001-01-01", "/api/cases/L1?as_of=9999-12-31",
    ) == []  # fmt: skip
    assert await broken(
        await served.browser(DIRECTOR), f"/audit?page={huge}", "/audit?page=999999",
        "/digests/preview?recipient=director&day=9999-12-31",
        "/digests/preview/message?recipient=director&day=0001-01-01",
    ) == []  # fmt: skip
    assert await broken(await served.browser(ADMINISTRATOR), f"/refused/{huge}") == []


async def test_text_that_looks_like_a_mark_of_ours_is_shown_as_it_was_written(
    served: RunningApp,
) -> None:
    marks = "the-token-of-this-form-stands-here what-is-fresh-in-this-page-stands-here"
    agreed = event("action.agreed", "L1", TODAY, action_id="x", owner="w1", what=marks,
                   concern="unsuitable_accommodation", due="2026-12-01")  # fmt: skip
    await served.receive(care_leaver("L1", code="U"), agreed)
    adviser = await served.browser(ADVISER)
    for path in ("/cases/L1", f"/cases?case={marks.replace(' ', '+')}"):
        page = await adviser.get(path)
        assert page.status_code == 200
        assert marks in page.text, path
        form, rest = page.text.split("Sign out</button>", 1)
        assert "stands-here" not in form
        assert not re.search(r"[0-9a-f]{64}", rest), "a form's token stands in the text"


async def test_postgresql_s_limits_are_nobody_s_error_page(
    postgres_url: str, broker: NatsBroker, tmp_path: Path
) -> None:
    store = Database(postgres_url)
    # A text that cannot be packed: an index of PostgreSQL takes 2,704 bytes and no more.
    letters = random.Random(1).choices(string.ascii_letters + string.digits, k=8000)
    endless = "".join(letters)
    async with running_app(store, broker, tmp_path) as one:
        await one.receive(care_leaver("L1", code="U"))
        adviser = await one.browser(ADVISER)
        assert (await adviser.get("/cases/L1")).status_code == 200
        assert await broken(
            adviser, "/cases/%00", "/cases/L1%00", "/cases/%00/judgement", f"/cases/{endless}",
            f"/cases/{endless}/judgement", f"/api/cases/{endless}", "/api/cases/%00",
            "/cases?case=%00", "/cases/L1?digest=%00", "/?digest=%00", "/questions?team=%00",
        ) == []  # fmt: skip
        assert await broken(
            await one.browser(DIRECTOR), "/audit?who=%00", "/audit?case=%00", "/digests/%00/x",
            f"/audit?case={endless}",
        ) == []  # fmt: skip
        assert await broken(await one.browser(ADMINISTRATOR), f"/refused/{'9' * 30}") == []
        manager = await one.browser(MANAGER)
        for person in ("L1\x00", "\x00", endless):
            field = chosen_field(person, Concern.UNSUITABLE_ACCOMMODATION)
            answer = await manager.client.post(
                "/acknowledgements",
                data={"form": await manager.token("/acknowledgements"), field: "yes"},
                headers={"Origin": str(manager.base)},
            )
            assert answer.status_code < 500, person[:9]
    await store.close()
