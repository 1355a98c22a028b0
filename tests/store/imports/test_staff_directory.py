"""The staff directory as it is kept: who is in the extract, and who has left."""

from datetime import date

from services.store import staff
from services.store.database import Database
from services.store.staff import StaffMember
from tests.unit.access.test_staff_directory import TODAY, member


async def test_who_is_no_more_in_the_extract_has_left_until_they_are_back(
    database: Database,
) -> None:
    async def keep(day: date, *members: StaffMember) -> int:
        async with database.writing() as connection:
            return await staff.keep(connection, "/ssd", members, day)

    async def left(day: date) -> set[str]:
        async with database.reading() as connection:
            return await staff.left(connection, day)

    assert await keep(TODAY, member("a"), member("b")) == 0
    assert await left(TODAY) == set()
    assert await keep(TODAY, member("b")) == 1
    assert await left(TODAY) == {"a"}
    assert await keep(TODAY, member("b")) == 0
    assert await keep(TODAY, member("a"), member("b")) == 0
    assert await left(TODAY) == set()
