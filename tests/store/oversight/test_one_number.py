"""One number has one value: every figure of the store is that of the lines counted one by one."""

from collections import Counter
from datetime import date, timedelta
from random import Random

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.digest import Digest
from schemas.recipients import Recipient
from schemas.status import Concern, Rag
from services.assessment.escalation import STEPS
from services.digests.compose import compose
from services.digests.gather import gather
from services.digests.links import Links
from services.digests.report import make_report
from services.digests.week import week_of
from services.oversight.cases import cases_listed, horizon, view_of
from services.oversight.summary import baseline_figures, summarise, trend
from services.oversight.tracked import counted, tracked_concerns
from services.oversight.work_due import pending, work_due
from services.store import case_counts, case_figures
from services.store.case_filter import Filter
from services.store.cases import count_cases, list_cases
from services.store.database import Database
from services.store.scope import EVERYTHING, Scope
from services.store.view import View
from tests.share import by_turn, share_of
from tests.store.oversight.council import NOW, restrict_some, store_council
from tests.store.oversight.line_count import Figures, Stored, owners, stored
from tests.store.oversight.readers import READERS
from tests.unit.assessment.made_council import POLICY, TODAY

DAYS = [TODAY + timedelta(days=n) for n in (0, -37, 23)]
ASKED: dict[str, Filter] = {
    **{rag.value: Filter(rag=rag) for rag in (Rag.RED, Rag.AMBER, Rag.GREEN)},
    "unlawful": Filter(unlawful=True),
    "rated down": Filter(rated_down=True),
    "red without action": Filter(rag=Rag.RED, no_action=True),
    "red without owner": Filter(rag=Rag.RED, unowned=True),
    "without owner": Filter(unowned=True),
    "late action": Filter(late=True),
    "review due": Filter(review=True),
    **{f"awaits {step}": Filter(awaits=step) for step in STEPS},
}


async def by_list(connection: AsyncConnection, view: View) -> Figures:
    """Every measure as the list and its number have it."""
    found: Figures = Counter()
    for measure, wanted in ASKED.items():
        listed = await list_cases(connection, view, wanted)
        assert await count_cases(connection, view, wanted) == len(listed), measure
        keys = [(item.person, item.concern) for item in listed]
        assert len(set(keys)) == len(keys), measure
        found.update((item.concern.value, measure) for item in listed)
    return found


async def by_counts(connection: AsyncConnection, view: View) -> Figures:
    found = await case_counts.counts(connection, view)
    return Counter(
        {
            (concern.value, measure): number
            for (concern, measure), number in found.items()
            if not measure.startswith("baseline")
        }
    )


async def by_summary(connection: AsyncConnection, view: View) -> Figures:
    """The measures that the overview and the digests show."""
    figures = await summarise(
        connection, view, await tracked_concerns(connection, POLICY), None, None
    )
    found: Figures = Counter()
    for item in figures:
        if item.tracked:
            named = {
                **{rag.value: item.now[rag] for rag in Rag}, "unlawful": item.unlawful,
                "rated down": item.rated_down, "red without action": item.no_action,
                "late action": item.late,
            }  # fmt: skip
            found.update({(item.concern.value, name): number for name, number in named.items()})
    return +found


async def digest_of(connection: AsyncConnection, recipient: Recipient, day: date) -> Digest:
    week = week_of(day, POLICY.digest)
    report = await make_report(connection, POLICY, week, NOW, [])
    material = await gather(connection, POLICY, report)
    return await compose(connection, material, recipient, Links("https://s.example"), (), NOW)


async def test_store_list_summary_and_digest_count_alike(database: Database) -> None:
    await store_council(database)
    await restrict_some(database)
    whole = await stored(database)
    async with database.reading() as connection:
        tracked = counted(await tracked_concerns(connection, POLICY))
        assert len(tracked) < len(Concern)
        for place, reader in enumerate(READERS):
            for day in by_turn(DAYS, place):
                here = f"{reader.name}, {day}"
                view = view_of(reader.scope, TODAY, day, tracked)
                expected = whole.figures(reader.scope, TODAY, day, tracked)
                assert await by_list(connection, view) == expected, here
                assert await by_counts(connection, view) == expected, here
                shown = await by_summary(connection, view)
                assert shown == Counter({k: n for k, n in expected.items() if k in shown}), here
                total = sum(n for (_, measure), n in expected.items() if measure == "red")
                points = await trend(connection, view)
                assert sum(points[-1].red.values()) == total, here
                for point in points[place % 5 :: 5]:
                    then = whole.figures(reader.scope, TODAY, point.on, tracked)
                    reds = {c.value: n for c, n in point.red.items() if n}
                    assert reds == {c: n for (c, m), n in then.items() if m == "red"}, here
                owners = await case_figures.by_owner(connection, view)
                colours: Figures = Counter()
                for _, _, concern, rag, number in owners:
                    colours[concern.value, rag.value] += number
                assert colours == Counter({k: n for k, n in expected.items() if k in colours}), here
                assert await count_cases(connection, view, Filter()) == colours.total(), here
                if reader.recipient:
                    digest = await digest_of(connection, reader.recipient, day)
                    theirs = whole.figures(reader.scope, day, day, tracked)
                    await the_digest_counts(
                        connection, digest, theirs, view_of(reader.scope, day, day, tracked)
                    )


async def the_digest_counts(
    connection: AsyncConnection, digest: Digest, expected: Figures, view: View
) -> None:
    here = f"{digest.recipient.id}, {view.day}"
    found: Figures = Counter()
    for item in digest.concerns:
        named = {"red": item.red, "amber": item.amber, "green": item.green,
                 "unlawful": item.unlawful, "rated down": item.rated_down}  # fmt: skip
        found.update({(item.concern.value, name): number for name, number in named.items()})
    assert +found == Counter({k: n for k, n in expected.items() if k[1] in {
        "red", "amber", "green", "unlawful", "rated down"}}), here  # fmt: skip
    reds = sum(n for (_, measure), n in expected.items() if measure == "red")
    assert digest.newly_red_count == len(digest.newly_red) == reds, here
    unowned = sum(n for (_, measure), n in expected.items() if measure == "red without owner")
    assert len(digest.unowned) == unowned, here
    turning = await cases_listed(connection, view, horizon(POLICY, view.day), "turning")
    assert len(digest.turning) == len(turning), here
    roles = (digest.recipient.role,)
    due = await work_due(connection, view, roles, oversees=True, first=5)
    for what, measure in ((due.late, "late action"), (due.reviews, "review due"),
                          (due.no_action, "red without action")):  # fmt: skip
        assert what is not None
        assert what.total == sum(n for (_, name), n in expected.items() if name == measure), here
    if due.acknowledge:
        role = digest.recipient.role
        waiting = sum(n for (_, name), n in expected.items() if name == f"awaits {role}")
        assert due.acknowledge.total == waiting, here
        assert digest.needs_you_count >= waiting, here


async def test_counts_summed_up_are_the_lines_counted_for_each_owner_and_day(
    database: Database,
) -> None:
    await store_council(database)
    await restrict_some(database)
    whole = await stored(database)
    chance = Random(5)
    days = [date(2015, 1, 1), date(2040, 1, 1)]
    days += (TODAY + timedelta(days=chance.randint(-900, 700)) for _ in range(share_of(16)))
    for month in (10, 11, 12):
        days += (date(2026, month, day) for day in by_turn((1, 2, 28, 30), month))
    async with database.reading() as connection:
        for day in days:
            everybody = whole.on(EVERYTHING, day, day)
            for scope, owner in owners(whole):
                view = View(scope, day, day, tuple(Concern))
                rows = [row for row in everybody if owner(row)]
                expected = Stored(rows, []).figures(EVERYTHING, day, day)
                assert await by_counts(connection, view) == expected, (day, scope)

        for place, reader in enumerate(READERS):
            for day in by_turn(DAYS, place):
                await other_figures(connection, whole, reader.scope, day)


async def other_figures(
    connection: AsyncConnection, whole: Stored, scope: Scope, day: date
) -> None:
    """What became of a baseline's reds, what turns red, families, and what is pending."""
    here = f"{scope}, {day}"
    view = view_of(scope, TODAY, day)
    assert POLICY.baseline is not None
    baseline = POLICY.baseline
    now = {(row.person, row.concern): row.rag for row in whole.on(scope, TODAY, day, applies=False)}
    then = [row for row in whole.on(scope, TODAY, baseline) if row.rag == "red"]
    became: Figures = Counter((row.concern, now[row.person, row.concern]) for row in then)
    figures = baseline_figures(await case_counts.counts(connection, view), baseline)
    assert became == +Counter(
        {
            (concern.value, rag.value): item.now[rag]
            for concern, item in figures.items()
            for rag in Rag
        }
    ), here
    unowned = Counter(row.concern for row in then if row.team is None)
    assert unowned == +Counter({c.value: item.unowned_then for c, item in figures.items()}), here

    last = day + timedelta(days=POLICY.digest.horizon_days)
    theirs = whole.theirs(scope, TODAY)
    red = {
        (row.person, row.concern, row.start + timedelta(days=n))
        for row in whole.cases
        if row.rag == "red" and row.person in theirs
        for n in range(min((row.until - row.start).days, 20000))
        if day <= row.start + timedelta(days=n) <= last
    }
    turning = {
        key
        for key in red
        if key[2] > day and (key[0], key[1], key[2] - timedelta(days=1)) not in red
    }
    listed = await cases_listed(connection, view, horizon(POLICY, day), "turning")
    assert {(item.person, item.concern, item.start) for item in listed} == turning, here
    assert len(listed) == len(turning), here

    for concern in Concern:
        families = {
            row.family_id or ("alone", row.person)
            for row in whole.on(scope, TODAY, day)
            if (row.concern, row.rag) == (concern, "red")
        }
        assert await case_figures.count_families(connection, view, concern) == len(families), here
    due_now: Figures = Counter()
    for row in whole.on(scope, TODAY, day):
        found = {
            "Red without an action": row.rag == "red" and not row.actions,
            "Action late": any(date.fromisoformat(item[4]) < day for item in row.actions),
            "Review overdue": row.review_due is not None and row.review_due < day,
        }
        due_now.update((row.team or "none", what) for what, is_so in found.items() if is_so)
    for team, kinds in (await pending(connection, view)).items():
        for what in ("Red without an action", "Action late", "Review overdue"):
            assert kinds[what] == due_now.pop((team, what), 0), (here, team, what)
    assert not due_now, here
