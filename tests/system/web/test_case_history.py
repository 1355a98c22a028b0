"""One timeline of a case: what happened, what colour it made, who was told and who looked."""

import re
from datetime import timedelta

from services.access.audit import Act
from services.access.roles import Role
from services.bootstrap.lag import lag_of
from services.digests.send import send_due
from services.digests.unlawful_notice import notify
from services.store import audit_archive
from services.store.audit_log import Entry
from tests.system.web.running_app import (
    ADVISER,
    DIRECTOR,
    LEAD_MEMBER,
    OTHER_ADVISER,
    TODAY,
    RunningApp,
    care_leaver,
    event,
    in_unregistered_placement,
    text_of,
)

PAGE = "/cases/L1/history"


async def titles(served: RunningApp, path: str, who: tuple[str, Role] = DIRECTOR) -> list[str]:
    browser = await served.browser(who)
    page = await browser.get(path)
    assert page.status_code == 200
    return re.findall(r"sl-history__title\">([^<]+)<", page.text)


async def test_everything_stands_in_one_line_the_newest_first(served: RunningApp) -> None:
    await served.receive(
        care_leaver("L1", code="U", suitable=True),
        event("accommodation.changed", "L1", TODAY - timedelta(days=9), accommodation_id="a1",
              suitable=False, unsuitable_reason="unsafe"),
        event("visit.completed", "L1", TODAY - timedelta(days=3), kind="care_leaver"),
    )  # fmt: skip
    found = await titles(served, PAGE)
    assert "Visit completed" in found
    assert "Accommodation changed" in found
    assert found.index("Visit completed") < found.index("Accommodation changed")
    red = next(title for title in found if title.startswith("Unsuitable accommodation: red"))
    assert red == "Unsuitable accommodation: red (was green)"
    assert found.index(red) < found.index("Accommodation changed")  # of one day the colour last
    text = text_of(await (await served.browser(DIRECTOR)).get(PAGE))
    assert "Saw a case" in text
    assert "known here on 20 November 2026" in text


async def test_kinds_are_chosen_and_what_does_not_count_says_so(served: RunningApp) -> None:
    raw = care_leaver("L1", code="U", suitable=True)
    await served.receive(raw)
    await served.receive(event("event.retracted", "L1", TODAY, id=raw[1]["id"]))
    only = await titles(served, f"{PAGE}?event=yes")
    assert not any("green" in title or title == "Saw a case" for title in only)
    text = text_of(await (await served.browser(DIRECTOR)).get(f"{PAGE}?event=yes"))
    assert "Does not count: taken back, or sent again otherwise" in text
    colours = await titles(served, f"{PAGE}?colour=yes")
    assert all(":" in title for title in colours)


async def test_it_is_had_up_to_another_day(served: RunningApp) -> None:
    await served.receive(
        care_leaver("L1", code="U", suitable=True),
        event("visit.completed", "L1", TODAY - timedelta(days=3), kind="care_leaver"),
    )
    assert "Visit completed" in await titles(served, f"{PAGE}?as_at=2026-11-17")
    assert "Visit completed" not in await titles(served, f"{PAGE}?as_at=2026-11-16")
    director = await served.browser(DIRECTOR)
    assert "/history?as_at=2026-11-16" in (await director.get("/cases/L1?as_at=2026-11-16")).text
    assert "no real date" in text_of(await director.get(f"{PAGE}?as_at=x"))


async def test_who_was_sent_a_notice_stands_there(served: RunningApp) -> None:
    await served.receive(in_unregistered_placement("L1"))
    context, database = served.state.mail_context, served.runtime.database
    assert await notify(context, lambda: lag_of(served.broker, database)) > 0
    await send_due(context)
    told = await titles(served, f"{PAGE}?told=yes")
    assert "Notice on the same day: unregulated or unregistered placement" in told


async def test_it_is_as_closed_as_the_case(served: RunningApp) -> None:
    await served.receive(care_leaver("L1"), care_leaver("L2", worker="w2"))
    assert await titles(served, PAGE, ADVISER)
    for who in (OTHER_ADVISER, LEAD_MEMBER):
        assert (await (await served.browser(who)).get(PAGE)).status_code == 404
    await served.receive(event("person.merged", "L1", TODAY, into="L2"))
    moved = await (await served.browser(DIRECTOR)).get(PAGE)
    assert moved.headers["location"] == "/cases/L2/history"


async def test_teams_and_services_are_called_by_their_names(served: RunningApp) -> None:
    await served.receive(care_leaver("L1"))
    directory = served.state.directory
    named = {"team": ({"id": "north", "name": "Leaving care, north"},)}
    directory.renew(type(directory.recipients).model_validate(
        directory.recipients.model_dump() | named
    ))  # fmt: skip
    director = await served.browser(DIRECTOR)
    for path in ("/cases", "/cases/L1", "/work"):
        assert "Leaving care, north (north)" in text_of(await director.get(path)), path
    assert "Team: Leaving care, north (north)" in text_of(await director.get("/cases?team=north"))
    assert "leaving" in text_of(await director.get("/cases/L1"))  # a service without a name


async def test_what_is_wrong_is_listed_in_the_order_of_the_page(served: RunningApp) -> None:
    await served.receive(care_leaver("L1"))
    adviser = await served.browser(ADVISER)
    sent = await adviser.fill(
        "/cases/L1/review/unsuitable_accommodation", date__year="x", next_due__year="x",
        **{"action1-what": "a flat", "action1-due-year": "x"},
    )  # fmt: skip
    summary = re.search(r'govuk-error-summary__list">(.*?)</ul>', sent.text, re.DOTALL)
    assert summary
    linked = re.findall(r'href="#([^"]+)"', summary[1])
    places = [sent.text.index(f'id="{name}"') for name in linked]
    assert len(linked) == 6
    assert places == sorted(places)


async def test_each_point_of_the_chart_opens_what_it_counts(served: RunningApp) -> None:
    await served.receive(care_leaver("L1", weeks=4))
    director = await served.browser(DIRECTOR)
    page = await director.get("/")
    points = re.findall(r'<a href="([^"]+)" tabindex="-1" aria-label="1 red, Unsuit', page.text)
    assert len(points) >= 4
    opened = text_of(await director.get(points[0].replace("&amp;", "&")))
    assert "1 case" in opened
    adviser = await (await served.browser(LEAD_MEMBER)).get("/")
    assert 'tabindex="-1" aria-label="1 red' not in adviser.text


async def test_what_is_of_the_whole_council_says_so_beside_what_is_one_s_own(
    served: RunningApp,
) -> None:
    await served.receive(care_leaver("L1", code="Q9"))
    adviser = text_of(await (await served.browser(ADVISER)).get("/"))
    assert "In the whole council" in adviser
    assert "Of the cases that are yours" in adviser
    assert "In the whole council" not in text_of(await (await served.browser(DIRECTOR)).get("/"))


async def test_where_earlier_entries_of_the_audit_log_are_in_an_archive_pages_say_so(
    served: RunningApp,
) -> None:
    await served.receive(care_leaver("L1", code="U", suitable=True))
    director = await served.browser(DIRECTOR)
    for path in (PAGE, "/audit", "/digests"):
        assert "archive of the audit log" not in text_of(await director.get(path))
    async with served.runtime.database.writing() as connection:
        last = await audit_archive.last_before(connection, served.now + timedelta(seconds=1))
        assert last is not None
        entry = Entry(served.now, "owner", "", Act.ARCHIVED_AUDIT)
        await audit_archive.take_out(connection, *last, entry)
    assert "is in an archive of the audit log" in text_of(await director.get(PAGE))
    assert "is in an archive of the audit log" in text_of(await director.get("/digests"))
    assert "are in an archive" in text_of(await director.get("/audit"))
