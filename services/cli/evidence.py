"""`sightline evidence`: what an inspection asks for, in one file; is it as it was made?"""

from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qsl

import typer
from rich.progress import Progress
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import london_day, plain_day
from services.access.audit import Act, account
from services.access.directory import Directory
from services.assessment.derivation import Rules
from services.bootstrap.database import open_database
from services.cli.console import WRONG, day_option, fail, print_plain, progress, run
from services.cli.private_files import write_privately
from services.cli.store import record
from services.clock import now_utc
from services.evidence.cohort import evidence_of_all
from services.evidence.list_then import people_listed_then
from services.evidence.pack import PackMaker, faults_of_pack, write_pack
from services.evidence.render import readable
from services.oversight.cases import cases_listed, view_of
from services.settings import Settings, load_policy, load_recipients, load_settings
from services.store import audit_log, derived
from services.store.audit_log import Wanted
from services.store.scope import EVERYTHING
from services.web.pages.case_list_query import CaseListQuery, read_query, selected

app = typer.Typer(no_args_is_help=True, help="Evidence of oversight, for an inspection.")

_First = Annotated[str, typer.Option("--from", help="The first day, such as 2026-09-01.")]
_Last = Annotated[str, typer.Option("--to", help="The last day.")]
_Out = Annotated[Path, typer.Option("--out", help="The file to write: a zip.")]
_Cases = Annotated[list[str] | None, typer.Option("--case", help="A case reference; any number.")]
_Cohort = Annotated[
    str, typer.Option("--cohort", help="The filter of a list, such as 'colour=red&team=north'.")
]
_AsKnown = Annotated[
    bool,
    typer.Option("--as-known", help="The cohort of its day (as_at) as it was known that evening."),
]
_All = Annotated[bool, typer.Option("--all", help="The whole council.")]
_Pseudonyms = Annotated[
    bool, typer.Option("--pseudonyms", help="A pseudonym in place of each reference.")
]
_File = Annotated[Path, typer.Argument(help="The file that was made.")]


@app.command()
def make(
    first: _First,
    last: _Last,
    out: _Out,
    cases: _Cases = None,
    cohort: _Cohort = "",
    whole: _All = False,
    as_known: _AsKnown = False,
    pseudonyms: _Pseudonyms = False,
) -> None:
    """Write the evidence of some cases, of a list, or of everybody, between two days."""
    span = day_option(first), day_option(last)
    if span[0] > span[1]:
        fail(f"--from is {span[0]}; it must not be after --to, {span[1]}.")
    if span[1] > london_day(now_utc()):
        fail(
            f"--to is {span[1]}; it must be today or earlier: what is to come was known to nobody."
        )
    if sum((bool(cases), bool(cohort), whole)) != 1:
        fail("Say whose evidence it is: --case, --cohort or --all, one of them.")
    asked = _asked(cohort) if cohort else None
    then = asked.day.day if asked and as_known else None
    if as_known and then is None:
        fail("--as-known needs a --cohort with its day, such as 'colour=red&as_at=2026-11-02'.")
    if then and then > london_day(now_utc()):
        fail(
            "--as-known needs a day that is today or earlier: what is to come was known to nobody."
        )
    if out.exists():
        fail(f"{out} exists; name a file that does not.")
    settings = load_settings()
    content, digest, made, left_out = run(
        _make(settings, span, cases or [], asked, then, pseudonyms=pseudonyms)
    )
    if not made:
        fail("Nothing is known of them.")
    write_privately(out, content)
    print_plain(f"The evidence of {made:,} cases is in {out}. SHA-256 of its manifest: {digest}")
    for person in left_out:
        print_plain(f"{person} has too many events to be worked through, and is not in it.")


@app.command()
def verify(file: _File) -> None:
    """Say whether evidence is as it was made, and whether this store's audit log says it was."""
    try:
        digest, faults = faults_of_pack(file.read_bytes())
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}.")
    except ValueError as error:
        fail(f"{file}: {error}.")
    for fault in faults:
        print_plain(fault)
    if faults:
        raise typer.Exit(WRONG)
    print_plain(f"Every file is as the manifest has it. SHA-256 of the manifest: {digest}")
    is_recorded, since = run(_is_recorded(load_settings(), digest))
    if is_recorded:
        print_plain("The audit log of this store says that it was made here.")
        return
    if since is None:
        print_plain(
            "The audit log of this store does not know it: it was made elsewhere, or changed."
        )
    else:
        print_plain(
            f"The audit log of this store does not know it. Entries before {plain_day(since)} are "
            f"in an archive: look for {digest} there. If it is not, it was made elsewhere, or "
            "changed."
        )
    raise typer.Exit(WRONG)


async def _make(
    settings: Settings,
    span: tuple[date, date],
    references: list[str],
    asked: CaseListQuery | None,
    then: date | None,
    *,
    pseudonyms: bool,
) -> tuple[bytes, str, int, list[str]]:
    """The pack, the hash of its manifest, of how many cases, and who is not in it.

    It is of some cases, of the list that is asked for, as it was known `then` where that is given,
    or of everybody.
    """
    policy = load_policy(settings.policy)
    rules, now = Rules.of(policy), now_utc()
    async with open_database(settings) as database:
        async with database.reading() as connection:
            with progress() as bar:
                if asked and then:
                    people = await _people_then(connection, rules, asked, then, bar)
                else:
                    people = await _people(connection, references, asked, london_day(now))
                task = bar.add_task("Cases", total=len(people))
                found, left_out = await evidence_of_all(
                    connection, EVERYTHING, people, rules, london_day(now), span,
                    lambda: bar.advance(task),
                )  # fmt: skip
            audit = await audit_log.last_link(connection)
        directory = Directory(load_recipients(settings.recipients), policy)
        of = f"cases {', '.join(references)}" if references else "everybody"
        if asked:
            of = "; ".join(item["text"] for item in selected(asked, directory))
            of += ", as it was known that evening" if then else ""
        maker = PackMaker(
            policy.council, account(), now, of, *span, audit, pseudonyms, tuple(left_out)
        )
        read = partial(readable, display_name=directory.display_name)
        content, digest = write_pack(found, maker, read)
        async with database.writing() as connection:
            detail = f"{len(found)} cases, {span[0]} to {span[1]}, manifest {digest}"
            await record(connection, Act.MADE_EVIDENCE, detail=detail)
    return content, digest, len(found), left_out


def _asked(cohort: str) -> CaseListQuery:
    """The list that a cohort names; the command ends where it is not understood."""
    asked = read_query(dict(parse_qsl(cohort)))
    if asked.faults or asked.weeks or not asked.query:
        fail(" ".join(asked.faults) or f"The cohort {cohort!r} is no filter that a command takes.")
    return asked


async def _people(
    connection: AsyncConnection, references: list[str], asked: CaseListQuery | None, today: date
) -> list[str]:
    if references:
        people = [await derived.survivor_of(connection, name) or name for name in references]
        unknown = [name for name in people if not await derived.is_known(connection, name)]
        if unknown:
            fail(f"Nobody is known by the case identifier {', '.join(unknown)}.")
        return list(dict.fromkeys(people))
    if asked is None:
        return await derived.known_people(connection)
    view = view_of(EVERYTHING, today, asked.day.day)
    listed = await cases_listed(connection, view, asked.filter)
    return sorted({case.person for case in listed})


async def _people_then(
    connection: AsyncConnection, rules: Rules, asked: CaseListQuery, then: date, bar: Progress
) -> list[str]:
    """Who stood in a cohort of a day, as it was known at its end."""
    if asked.filter.campaign or asked.filter.not_in_campaign:
        fail("A campaign's cohort was fixed when it began; leave out --as-known.")
    task = bar.add_task("As known then", total=None)
    found = await people_listed_then(
        connection, rules, then, asked.filter, lambda: bar.advance(task)
    )
    bar.remove_task(task)
    return found


async def _is_recorded(settings: Settings, digest: str) -> tuple[bool, date | None]:
    """Whether the audit log says that it was made; and since when the log is here, if not whole."""
    async with open_database(settings) as database, database.reading() as connection:
        found, _ = await audit_log.entries(
            connection, Wanted(act=Act.MADE_EVIDENCE.value), most=100_000
        )
        since = await audit_log.kept_since(connection)
    return any(digest in entry.detail for entry in found), since and london_day(since)
