"""`sightline policy compare`: who would change colour under another policy, and when."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from schemas.days import london_day
from schemas.status import Concern, Rag
from services.access.audit import Act
from services.assessment.derivation import Rules
from services.bootstrap.database import open_database
from services.cli.console import Json, print_json, print_plain, print_table, progress, run
from services.cli.store import record
from services.clock import now_utc
from services.oversight.policy_comparison import Comparison, compare
from services.settings import Settings, load_policy, load_settings
from services.store.policy_comparisons import PolicyChange

_First = Annotated[Path, typer.Argument(help="The policy that is in force.")]
_Second = Annotated[Path, typer.Argument(help="The policy that it is held against.")]


def compare_policies(first: _First, second: _Second, as_json: Json = False) -> None:
    """Assess everybody under two policies: the past year, today, and the next quarter."""
    before, after = Rules.of(load_policy(first)), Rules.of(load_policy(second))
    today = london_day(now_utc())
    found = run(_compared(load_settings(), before, after, today))
    if as_json:
        print_json(_documents(found, today))
        return
    reds = found.reds[max(day for day in found.reds if day <= today)]
    print_plain(
        f"{found.people:,} young people, {found.first} to {found.last}. Red now: {reds[0]:,} under "
        f"the first, {reds[1]:,} under the second."
    )
    print_table(
        f"What differs today, {today}",
        ("Case", "Concern", "From", "Was", "Becomes", "Rule", "Why", "Team"),
        [
            (it.person, it.concern.heading, str(it.start), it.was, it.becomes, it.rule, it.why,
             it.team or "no team")
            for it in found.on(today)
        ],
    )  # fmt: skip
    print_table(
        "Reds today, by team",
        ("Team", "More or fewer"),
        [(team or "no team", f"{n:+,}") for team, n in found.by_team(today).items()],
    )
    print_table(
        "Reds week by week",
        ("Day", "First", "Second", "Difference"),
        [(str(day), f"{a:,}", f"{b:,}", f"{b - a:+,}") for day, (a, b) in found.reds.items()],
    )


async def _compared(settings: Settings, before: Rules, after: Rules, today: date) -> Comparison:
    async with open_database(settings) as database:
        async with database.writing() as connection:
            await record(connection, Act.READ_BY_COMMAND, detail="two policies compared")
        with progress() as bar:
            task = bar.add_task("Young people", total=None)

            async def advance(done: int, total: int) -> None:
                bar.update(task, completed=done, total=total)

            async with database.reading() as connection:
                return await compare(connection, before, after, today, advance)


def _documents(found: Comparison, today: date) -> Iterator[dict[str, Any]]:
    for concern in Concern:
        here = [change for change in found.on(today) if change.concern is concern]
        yield {
            "kind": "today",
            "concern": concern,
            "red_more": sum(change.becomes is Rag.RED for change in here),
            "red_fewer": sum(change.was is Rag.RED for change in here),
            "changed": len(here),
        }
    for team, number in found.by_team(today).items():
        yield {"kind": "team", "team": team or None, "reds": number}
    for day, (one, other) in found.reds.items():
        yield {"kind": "week", "day": day, "first": one, "second": other}
    for change in found.changes:
        yield {"kind": "change", **_fields(change)}


def _fields(change: PolicyChange) -> dict[str, Any]:
    return {name: getattr(change, name) for name in PolicyChange.__slots__}
