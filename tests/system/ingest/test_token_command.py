"""`sightline token`: one that publishes is made for a source, and told apart in the list."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.cli.token import app
from services.store import sessions
from services.store.database import Database
from tests.system.commands.test_commands import CommandRunner

PUBLISHES = "publish for /devon/eclipse"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data directory, in which commands run."""
    monkeypatch.setenv("SIGHTLINE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def token(*args: str) -> Result:
    """The command in this very process: what it prints and how it ends."""
    return CliRunner().invoke(app, args)


def known(folder: Path, secret: str = "") -> list[tuple[str, str | None]]:
    """Name and source of the token that is this secret; of every token where none is given."""

    async def ask() -> list[tuple[str, str | None]]:
        store = Database(f"sqlite:///{folder / 'sightline.sqlite'}")
        async with store.reading() as connection:
            one = await sessions.token_of(connection, secret)
            found = ([one] if one else []) if secret else await sessions.all_tokens(connection)
        await store.close()
        return [(item.name, item.source) for item in found]

    return asyncio.run(ask())


def test_from_the_outside_a_token_is_made_for_a_source_and_listed(tmp_path: Path) -> None:
    runner = CommandRunner(tmp_path)
    printed = runner.run("token", "make", "x", "--source", "/devon/eclipse").stdout
    assert printed.startswith("sightline_")
    assert len(printed.splitlines()) == 1
    assert known(tmp_path / "data", printed.strip()) == [("x", "/devon/eclipse")]
    (token,) = runner.json("token", "list")
    assert set(token) == {"name", "source", "made_at", "revoked_at"}
    assert (token["name"], token["source"], token["revoked_at"]) == ("x", "/devon/eclipse", None)


def test_the_list_says_what_each_token_may_and_shows_none(here: Path) -> None:
    secrets = [
        token("make", "eclipse", "--source", "/devon/eclipse").stdout.strip(),
        token("make", "power-bi").stdout.strip(),
    ]
    assert known(here, secrets[0]) == [("eclipse", "/devon/eclipse")]
    assert known(here, secrets[1]) == [("power-bi", None)]
    rows = {row.split()[1]: row for row in token("list").stdout.splitlines() if " UTC" in row}
    assert set(rows) == {"eclipse", "power-bi"}
    assert PUBLISHES in rows["eclipse"]
    assert "read statuses" in rows["power-bi"]
    assert not any(secret in row for secret in secrets for row in rows.values())


def test_a_token_that_publishes_is_revoked_by_its_name(here: Path) -> None:
    secret = token("make", "eclipse", "--source", "/devon/eclipse").stdout.strip()
    assert token("revoke", "eclipse").exit_code == 0
    assert known(here, secret) == []
    assert known(here) == [("eclipse", "/devon/eclipse")]
    assert token("make", "eclipse", "--source", "/devon/eclipse").exit_code == 3


def test_no_token_speaks_for_the_pages(here: Path) -> None:
    assert token("make", "other", "--source", "/devon/eclipse").exit_code == 0
    done = token("make", "pages", "--source", "/sightline/pages")
    assert (done.exit_code, done.stdout) == (3, "")
    assert "/sightline/pages" in done.stderr
    assert [name for name, _ in known(here)] == ["other"]


@pytest.mark.parametrize("source", ["", " ", "x" * 401, "/a\nb"])
def test_a_source_that_no_event_can_have_makes_no_token(here: Path, source: str) -> None:
    """An empty one above all: `--source "$SOURCE"` with nothing set would read every case."""
    done = token("make", "odd", "--source", source)
    assert done.exit_code in (2, 3), done.stdout
    assert done.stdout == ""
    assert "source" in done.stderr
    assert not (here / "sightline.sqlite").exists() or known(here) == []
