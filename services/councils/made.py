"""The files of a new council: with passwords that nobody has seen, and addresses that are free."""

import secrets
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from services.councils.folder import (
    OWNER,
    SETTINGS,
    Council,
    check_name,
    councils_in,
    read_variables,
    shared,
)
from services.settings import SettingsError

_FIRST_PAGES, _FIRST_PROBES = 8001, 9501
"""Ports of the first council's pages and probes; each further council has the next."""

_POLICY = 'council = "{title}"\n'
_RECIPIENTS = "# Who is sent a digest, who works here, who runs it: see README.md.\n"


def make_council(folder: Path, name: str, *, base_url: str, postgres: str, nats: str) -> Council:
    """Make the files of a new council; nothing of them is overwritten.

    Args:
        folder: the folder of councils, made where there is none.
        name: the council's.
        base_url: the address of its pages.
        postgres: the database servers: `host` or `host:port`, with commas between them.
        nats: the broker's servers alike.

    Raises:
        SettingsError: it cannot be its name, or there is one of that name or address already.
    """
    check_name(name)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    own = folder / name
    if own.exists():
        raise SettingsError(f"{own} is there already; nothing was changed.")
    taken = {port for one in councils_in(folder) for port in _ports(one)}
    pages = next(port for port in count(_FIRST_PAGES) if port not in taken)
    probes = next(port for port in count(_FIRST_PROBES) if port not in taken)
    user, database = name.replace("-", "_"), name.replace("-", "_")
    at = f"{postgres}/{database}"
    broker = secrets.token_urlsafe(24)
    servers = ",".join(f"nats://{name}:{broker}@{server}" for server in nats.split(","))
    own.mkdir(mode=0o700)
    _write(
        own / SETTINGS,
        f"SIGHTLINE_BASE_URL={base_url}\n"
        f"SIGHTLINE_DATABASE_URL=postgresql://{user}:{secrets.token_urlsafe(24)}@{at}\n"
        f"SIGHTLINE_NATS_URL={servers}\n"
        f"SIGHTLINE_COUNCIL_PUBLISHERS=cms:{secrets.token_urlsafe(24)}\n"
        f"SIGHTLINE_PAGES_PORT={pages}\n"
        f"SIGHTLINE_PROBES_PORT={probes}\n",
    )
    _write(
        own / OWNER,
        f"SIGHTLINE_DATABASE_URL=postgresql://{user}_owner:{secrets.token_urlsafe(24)}@{at}\n",
    )
    _write(own / "policy.toml", _POLICY.format(title=name.replace("-", " ").title()))
    _write(own / "recipients.toml", _RECIPIENTS)
    council = Council(name, own)
    if why := next((why for one, why in shared(councils_in(folder)) if one == council), ""):
        raise SettingsError(f"{why} Change {own / SETTINGS} before it is served.")
    return council


def _ports(council: Council) -> Iterator[int]:
    told = read_variables(council.folder / SETTINGS)
    for name in ("SIGHTLINE_PAGES_PORT", "SIGHTLINE_PROBES_PORT"):
        if told.get(name, "").isdecimal():
            yield int(told[name])


def _write(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, "utf-8")
