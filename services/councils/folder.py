"""The folder of councils: what each is set by, and that no two share what must be apart.

`<folder>/settings.env` is common to all; `<folder>/<council>/` has a council's own `settings.env`,
`owner.env` (the owner of its tables), `policy.toml`, `recipients.toml` and `measures/`.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from dotenv import dotenv_values
from sqlalchemy.exc import ArgumentError

from services.logs import COUNCIL
from services.settings import SettingsError
from services.store.council_databases import servers_of

COUNCILS = "SIGHTLINE_COUNCILS"
"""The variable that says where the councils are."""

SETTINGS, OWNER = "settings.env", "owner.env"
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
"""A council's name is part of database names, broker subjects and addresses."""

MOST_CHARACTERS = 40
_PREFIX = "SIGHTLINE_"
_DATABASE, _BROKER = "SIGHTLINE_DATABASE_URL", "SIGHTLINE_NATS_URL"
_OWN_FILES = {
    "SIGHTLINE_POLICY": "policy.toml",
    "SIGHTLINE_RECIPIENTS": "recipients.toml",
    "SIGHTLINE_MEASURES": "measures",
}
_OWN = {_DATABASE, _BROKER, "SIGHTLINE_DATA_DIR", *_OWN_FILES} - {"SIGHTLINE_MEASURES"}
_NEVER_COMMON = _OWN | {f"{name}_FILE" for name in _OWN} | {COUNCIL}
"""What no two councils have alike. The national figures of measures may be one folder for all."""


@dataclass(frozen=True, slots=True)
class Council:
    """A council, and the folder of its own files."""

    name: str
    folder: Path

    @property
    def settings(self) -> dict[str, str]:
        """Its settings: its own before those common to all; none of the machine's.

        Raises:
            SettingsError: a file cannot be read, it has no database or broker account, or what must
                be its own is said for all.
        """
        own = read_variables(self.folder / SETTINGS)
        for needed in (_DATABASE, _BROKER):
            if not own.get(needed):
                raise SettingsError(
                    f"{self.folder / SETTINGS} has no {needed}; each council has one of its own."
                )
        common = self.folder.parent / SETTINGS
        of_all = read_variables(common) if common.exists() else {}
        for name in sorted(_NEVER_COMMON & of_all.keys()):
            raise SettingsError(
                f"{common} says {name} for all councils; it must be in a council's own {SETTINGS}."
            )
        files = {
            name: str(self.folder / file)
            for name, file in _OWN_FILES.items()
            if (self.folder / file).exists()
        }
        return (
            {"SIGHTLINE_DATA_DIR": str(self.folder / "data"), COUNCIL: self.name}
            | of_all
            | files
            | own
        )

    @property
    def application_url(self) -> str:
        """The database, for the processes that serve it.

        Raises:
            SettingsError: its settings cannot be read.
        """
        return self.settings[_DATABASE]

    @property
    def owner_url(self) -> str:
        """The database, for the owner of its tables.

        Raises:
            SettingsError: it is not said.
        """
        url = read_variables(self.folder / OWNER).get(_DATABASE)
        if not url:
            raise SettingsError(f"{self.folder / OWNER} has no {_DATABASE}.")
        return url

    def environment(self, machine: Mapping[str, str]) -> dict[str, str]:
        """The environment of a process of this council, on a machine with an environment.

        Raises:
            SettingsError: its settings cannot be read.
        """
        others = {name: value for name, value in machine.items() if not name.startswith(_PREFIX)}
        return others | self.settings


def read_variables(path: Path) -> dict[str, str]:
    """The variables of a file, without those that have no value.

    Raises:
        SettingsError: it cannot be read.
    """
    try:
        with path.open(encoding="utf-8") as stream:
            found = dotenv_values(stream=stream, interpolate=False)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read.") from error
    return {name: value for name, value in found.items() if value}


def councils_in(folder: Path) -> list[Council]:
    """The councils of a folder, by name.

    Raises:
        SettingsError: there is no such folder, or one in it is no name of a council.
    """
    if not folder.is_dir():
        raise SettingsError(
            f"{folder} is no folder of councils; make one with sightline council new."
        )
    found = []
    for inner in sorted(folder.iterdir()):
        try:
            is_council = (inner / SETTINGS).exists()
        except OSError:  # somebody else's, such as lost+found
            continue
        if is_council:
            check_name(inner.name)
            found.append(Council(inner.name, inner))
    return found


def council_in(folder: Path, name: str) -> Council:
    """One council by its name.

    Raises:
        SettingsError: there is none of that name.
    """
    known = {council.name: council for council in councils_in(folder)}
    if name not in known:
        raise SettingsError(f"{folder} has no council {name}; it has {', '.join(known) or 'none'}.")
    return known[name]


def check_name(name: str) -> None:
    """Make sure that something can be a council's name.

    Raises:
        SettingsError: it cannot.
    """
    # The owner of a council's tables is called by its name and `_owner`.
    if len(name) > MOST_CHARACTERS or not NAME.fullmatch(name) or name.endswith("-owner"):
        raise SettingsError(
            f"{name} cannot be a council's name: use a-z, 0-9 and - between them, at most "
            f"{MOST_CHARACTERS} characters, such as north-devon."
        )


def shared(councils: list[Council]) -> Iterator[tuple[Council, str]]:
    """Councils that must not be served, each with why: it would see another's cases.

    The first of two that share a database or broker account is served, the other is not.
    """
    seen: dict[tuple[str, ...], str] = {}
    for council in councils:
        try:
            settings = council.settings
            servers = servers_of(settings[_DATABASE])
        except (SettingsError, ArgumentError) as error:
            yield council, str(error)
            continue
        except ValueError:  # which quotes what may be a password
            yield council, f"{_DATABASE} of {council.name} cannot be read as an address."
            continue
        user, _ = broker_user(settings)
        marks = (
            *(("database", server) for server in sorted(servers)),
            ("broker account", user),
            ("address", settings.get("SIGHTLINE_BASE_URL", council.name)),
        )
        taken = next((mark for mark in marks if mark in seen), None)
        if taken is not None:
            yield council, f"{council.name} has the same {taken[0]} as {seen[taken]}."
            continue
        seen |= dict.fromkeys(marks, council.name)


def broker_user(settings: Mapping[str, str]) -> tuple[str, str]:
    """The user and password by which a council's processes reach its broker account."""
    server = urlsplit(settings[_BROKER].split(",", 1)[0])
    return unquote(server.username or ""), unquote(server.password or "")


def become(council: Council) -> None:
    """Let this process be of a council: its settings, and nothing of the machine's or of a .env.

    Raises:
        SettingsError: its settings cannot be read.
    """
    environment = council.environment(os.environ)
    os.environ.clear()
    os.environ.update(environment)
