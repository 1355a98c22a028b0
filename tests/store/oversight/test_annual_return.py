"""The annual return in the store: what it counts is what the list of the same day says."""

from datetime import timedelta

from schemas.collection_year import year_of
from schemas.status import Concern
from services.oversight.annual_return import preview_care_leavers
from services.oversight.cases import view_of
from services.store import annual_return
from services.store.annual_return import Wanted
from services.store.database import Database
from services.store.timelines import periods_on
from tests.store.oversight.council import restrict_some, store_council
from tests.store.oversight.readers import READERS
from tests.unit.assessment.made_council import TODAY

DAYS = [TODAY - timedelta(days=200), TODAY, TODAY + timedelta(days=60)]


async def test_the_digit_is_what_the_list_says_on_the_day_that_the_row_is_about(
    database: Database,
) -> None:
    """The list calls a home unsuitable exactly where the return has a 2, and suitable for a 1."""
    await store_council(database)
    met = 0
    async with database.reading() as connection:
        for day in DAYS:
            view = view_of(READERS[0].scope, TODAY, day)
            found = await annual_return.care_leavers(connection, view, Wanted(year_of(day)))
            for entry in found:
                about = min(entry.about or day, day)
                if entry.accommodation in ("", "0"):
                    continue
                said = {
                    period.statutory
                    for person, period in await periods_on(connection, about)
                    if person == entry.person and period.concern is Concern.UNSUITABLE_ACCOMMODATION
                }
                digit = entry.accommodation[1:]
                if said & {"suitable", "unsuitable"}:
                    met += 1
                    assert said == {"unsuitable" if digit == "2" else "suitable"}, entry
    assert met


async def test_every_count_is_that_of_the_rows_it_opens_for_every_reader(
    database: Database,
) -> None:
    await store_council(database)
    await restrict_some(database)
    async with database.reading() as connection:
        for reader in READERS:
            for day in DAYS:
                view, year = view_of(reader.scope, TODAY, day), year_of(day)
                preview = await preview_care_leavers(connection, view, year)
                whole = await annual_return.care_leavers(connection, view, Wanted(year))
                assert sum(band.total for band in preview.bands) == len(whole)
                assert sum(preview.beside.values()) == len(whole)
                for count in preview.flaws:
                    rows = await annual_return.care_leavers(
                        connection, view, Wanted(year, rule=count.rule, field=count.field)
                    )
                    assert len(rows) == count.number
                of_care = await annual_return.episodes(connection, view, Wanted(year))
                for fault in await annual_return.flaw_counts(connection, view, "episodes", year):
                    failing = Wanted(year, rule=fault.rule, field=fault.field)
                    assert await annual_return.count_episodes(connection, view, failing) == (
                        fault.number
                    )
                going_on = [it for it in of_care if it.ended is None]
                by_code = await annual_return.open_by_placement(connection, view, Wanted(year))
                assert sum(number for _, number in by_code) == len(going_on)
