"""The oldest entries of the audit log go into a file that is chained on to what stays."""

from datetime import timedelta

import orjson
import pytest
from sqlalchemy import make_url, text

from services.store import application_rights, audit_archive, audit_log
from services.store.audit_archive import NotTheOwnerError, verify_lines
from services.store.audit_log import Entry
from services.store.database import Database
from tests.store.database.test_audit_chain import NOW, faults, unguarded, written

ARCHIVED = Entry(NOW, "account root", "", "archived the audit log")
ROLE = "sightline_app_of_an_archive"


async def archived(database: Database, seconds: float) -> list[bytes]:
    """Archive what is older than so many seconds after the first entry; the lines of the file."""
    async with database.reading() as connection:
        last = await audit_archive.last_before(connection, NOW + timedelta(seconds=seconds))
        assert last is not None
        lines = [line async for line in audit_archive.lines(connection, last[0])]
    async with database.writing() as connection:
        assert await audit_archive.take_out(connection, *last, ARCHIVED) == len(lines)
    return lines


async def test_the_file_and_what_stays_are_as_they_were_written(database: Database) -> None:
    await written(database, 4)  # two a second
    before = await numbers(database)
    first = await archived(database, 1.5)
    assert [orjson.loads(line)["number"] for line in first] == [1, 2, 3, 4]
    assert await numbers(database) == [*before[4:], 9]
    assert await faults(database) == []
    second = await archived(database, 2.5)
    assert await numbers(database) == [7, 8, 9, 10]
    assert await faults(database) == []
    found = verify_lines(first, {3: "x"})
    assert (found.count, found.begins, found.seen) == (4, 1, {3})
    assert found.faults == ["Entry 3 has another link than an earlier check printed."]
    number, _, link = found.last.partition(":")
    after = verify_lines(second, {}, (int(number), link))
    assert (after.count, after.faults) == (2, [])
    async with database.reading() as connection:
        archived_to = await audit_log.archived_to(connection)
    assert after.last == f"{archived_to[0]}:{archived_to[1]}"


async def numbers(database: Database) -> list[int]:
    async with database.reading() as connection:
        rows = await connection.execute(text("SELECT number FROM audit ORDER BY number"))
        return list(rows.scalars())


async def test_a_line_that_was_changed_or_taken_out_of_a_file_is_found(database: Database) -> None:
    await written(database, 3)
    lines = await archived(database, 5)
    assert verify_lines(lines, {}).faults == []
    changed = lines[2].replace(b'"w1"', b'"w2"')
    assert verify_lines([*lines[:2], changed, *lines[3:]], {}).faults
    assert "Entries 3 to 3 are gone." in verify_lines([*lines[:2], *lines[3:]], {}).faults
    assert verify_lines([*lines[:2], b"no entry", *lines[2:]], {}).faults == ["Line 3 is no entry."]
    assert verify_lines(lines[2:], {}, (1, "x")).faults


async def test_a_file_whose_first_entries_are_gone_is_not_taken_as_whole(
    database: Database,
) -> None:
    await written(database, 4)
    first, second = await archived(database, 1.5), await archived(database, 2.5)
    assert "Entries 1 to 2 are gone." in verify_lines(first[2:], {}).faults
    assert "Entries 1 to 4 are gone." in verify_lines(second, {}).faults
    before = orjson.loads(first[-1])
    assert verify_lines(second, {}, (before["number"], before["link"])).faults == []


async def test_who_reads_the_log_learns_that_earlier_entries_are_in_an_archive(
    database: Database,
) -> None:
    await written(database, 4)
    async with database.reading() as connection:
        assert await audit_log.kept_since(connection) is None
    await archived(database, 1.5)
    async with database.reading() as connection:
        since = await audit_log.kept_since(connection)
    assert since is not None
    assert since > NOW + timedelta(seconds=1.5)


async def test_after_an_archive_the_log_is_still_guarded_and_checked(database: Database) -> None:
    await written(database, 4)
    await archived(database, 1.5)
    with pytest.raises(Exception, match="only be appended to"):
        async with database.writing() as connection:
            await connection.execute(text("DELETE FROM audit WHERE number = 6"))
    async with database.writing() as connection:
        await unguarded(connection, "DELETE FROM audit WHERE number < 7")
    assert any("gone" in fault or "not as it was" in fault for fault in await faults(database))
    assert any("in an archive" in fault for fault in await faults(database, n3="abc"))


async def test_an_entry_with_another_link_takes_nothing_out(database: Database) -> None:
    await written(database, 2)
    with pytest.raises(ValueError, match="another link"):
        async with database.writing() as connection:
            await audit_archive.take_out(connection, 2, "0" * 64, ARCHIVED)
    assert await numbers(database) == [1, 2, 3, 4]


async def test_the_application_takes_nothing_out(postgres_url: str) -> None:
    owner = Database(postgres_url)
    await written(owner, 2)
    async with owner.writing() as connection:
        known = text("SELECT 1 FROM pg_roles WHERE rolname = :name")
        if not await connection.scalar(known, {"name": ROLE}):
            await connection.execute(text(f"CREATE ROLE {ROLE} LOGIN"))
        await connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {ROLE}"))
        await application_rights.give(connection, ROLE)
    url = make_url(postgres_url).set(username=ROLE)
    application = Database(url.render_as_string(hide_password=False))
    with pytest.raises(NotTheOwnerError):
        await archived(application, 5)
    assert await numbers(owner) == [1, 2, 3, 4]
    assert await faults(owner) == []
    await application.close()
    await owner.close()
