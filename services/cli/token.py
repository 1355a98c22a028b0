"""`sightline token make`, `list` and `revoke`: tokens with which machines read or publish."""

from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Annotated, get_args

import typer
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.permissions import ALL_PERMISSIONS, SourcePermission, is_reserved
from schemas.status import Concern
from services.access.audit import Act
from services.cli.console import MISUSED, Json, err, fail, print_json, print_plain, print_table
from services.cli.store import ask, change, record
from services.clock import now_utc
from services.store import tokens
from services.store.tokens import Token

app = typer.Typer(no_args_is_help=True, help="Tokens that machines read or publish with.")

_LONGEST = 400
_USUAL_DAYS = 365
_MOST_DAYS = 3650
_PERMISSIONS = get_args(SourcePermission)

_Source = Annotated[
    str | None, typer.Option("--source", help="The CloudEvents source that it publishes for.")
]
_Name = Annotated[str, typer.Argument(help="What the token is for, such as power-bi.")]
_May = Annotated[
    list[str] | None,
    typer.Option(
        "--may",
        help=f"With --source: what it may do beyond telling facts: {', '.join(_PERMISSIONS)}, or "
        "all. Give it once for each.",
    ),
]
_ConcernOption = Annotated[
    list[Concern] | None,
    typer.Option("--concern", help="With --may: only for this concern. Give it once for each."),
]
_Subjects = Annotated[
    str, typer.Option("--subjects", help="With --source: how its case references all begin.")
]
_Services = Annotated[
    list[str] | None,
    typer.Option("--service", help="Without --source: only cases of this service. Once for each."),
]
_Teams = Annotated[
    list[str] | None,
    typer.Option("--team", help="Without --source: only cases of this team. Once for each."),
]
_Days = Annotated[
    int, typer.Option("--days", min=1, max=_MOST_DAYS, help="After how many days it expires.")
]


@app.command()
def make(
    name: _Name,
    source: _Source = None,
    may: _May = None,
    concern: _ConcernOption = None,
    subjects: _Subjects = "",
    service: _Services = None,
    team: _Teams = None,
    days: _Days = _USUAL_DAYS,
) -> None:
    """Make a token that reads statuses, of all or of some services and teams.

    With --source, make one that publishes for that source. It is shown this once.
    """
    if source is not None and not _is_source(source):
        fail(
            f"--source is {source!r}; it must be a URI reference of 1 to 400 characters that names "
            "the system, such as /devon/eclipse. Without --source the token reads every status."
        )
    if source is not None and is_reserved(source):
        fail(f"{source} is Sightline's own; a system that publishes has its own source.")
    if source is None and (may or concern or subjects):
        fail(
            "--may, --concern and --subjects go with --source: a token that reads does none.",
            MISUSED,
        )
    if source is not None and (service or team):
        fail("--service and --team are for a token that reads; --source makes one that publishes.")
    now, secret = now_utc(), f"sightline_{token_urlsafe(32)}"
    token = Token(
        name,
        source,
        now,
        may=_permissions(may or []),
        concerns=tuple(concern or ()),
        subjects=subjects,
        expires_at=now + timedelta(days=days),
        services=tuple(service or ()),
        teams=tuple(team or ()),
    )

    async def work(connection: AsyncConnection) -> None:
        await tokens.add_token(connection, token, secret)
        await record(connection, Act.MADE_TOKEN, detail=f"{name}: {_may_do(token)}")

    try:
        change(work)
    except IntegrityError:
        fail(f"There is, or was, a token named {name}; choose another name.")
    print_plain(secret)
    err.print(f"It holds until {token.expires_at:%-d %B %Y}, and may {_may_do(token)}.")


def _permissions(words: list[str]) -> tuple[SourcePermission, ...]:
    """What `--may` names."""
    unknown = [word for word in words if word != "all" and word not in ALL_PERMISSIONS]
    if unknown:
        fail(
            f"--may is {unknown[0]!r}; it must be one of {', '.join(_PERMISSIONS)}, or all.",
            MISUSED,
        )
    return tuple(item for item in _PERMISSIONS if "all" in words or item in words)


def _is_source(source: str) -> bool:
    return 0 < len(source) <= _LONGEST and source.isprintable() and source == source.strip()


def _may_do(token: Token) -> str:
    """What a token may do, in words."""
    if token.source is None:
        of = [*(f"service {it}" for it in token.services), *(f"team {it}" for it in token.teams)]
        return f"read statuses of {', '.join(of)}" if of else "read statuses"
    about = f", of cases {token.subjects}..." if token.subjects else ""
    more = f", {', '.join(token.may)}" if token.may else " alone"
    limit = f" for {', '.join(item.heading for item in token.concerns)}" if token.concerns else ""
    return f"publish for {token.source}{about}: tell facts{more}{limit}"


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List tokens by name; the tokens themselves are not kept."""
    found = ask(tokens.all_tokens)
    if as_json:
        print_json(
            {
                "name": item.name,
                "source": item.source,
                "may": list(item.may),
                "concerns": [concern.value for concern in item.concerns],
                "subjects": item.subjects,
                "services": list(item.services),
                "teams": list(item.teams),
                "made_at": item.made_at.isoformat(),
                "expires_at": item.expires_at and item.expires_at.isoformat(),
                "used_at": item.used_at and item.used_at.isoformat(),
                "revoked_at": item.revoked_at and item.revoked_at.isoformat(),
            }
            for item in found
        )
        return
    print_table(
        "Tokens",
        ("Name", "May", "Made", "Holds until", "Last used"),
        (
            (
                item.name,
                _may_do(item),
                _day(item.made_at),
                f"revoked {_day(item.revoked_at)}" if item.revoked_at else _day(item.expires_at),
                _day(item.used_at),
            )
            for item in found
        ),
    )


@app.command()
def revoke(name: _Name) -> None:
    """Revoke a token for good."""

    async def work(connection: AsyncConnection) -> bool:
        now = now_utc()
        revoked = await tokens.revoke_token(connection, name, now)
        if revoked:
            await record(connection, Act.REVOKED_TOKEN, detail=name)
        return revoked

    if not change(work):
        fail(f"There is no token named {name} that holds; sightline token list shows them.")
    print_plain(f"The token {name} is worth nothing from now on.")
