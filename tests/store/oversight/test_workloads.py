"""What each worker has: every number is that of the list that it opens, for every reader."""

from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Concern, Rag
from services.oversight.cases import view_of
from services.oversight.supervision import supervision_sheet
from services.store.case_filter import Filter
from services.store.cases import count_cases, list_cases
from services.store.database import Database
from services.store.view import View
from services.store.workloads import workloads
from tests.share import by_turn
from tests.store.oversight.council import restrict_some, store_council
from tests.store.oversight.readers import READERS
from tests.unit.assessment.made_council import TODAY

DAYS = [TODAY - timedelta(days=30), TODAY, TODAY + timedelta(days=40)]


async def test_every_number_is_that_of_the_list_it_opens(database: Database) -> None:
    await store_council(database)
    await restrict_some(database)
    async with database.reading() as connection:
        for place, reader in enumerate(READERS):
            for day in by_turn(DAYS, place):
                await the_numbers_are_those_of_the_lists(
                    connection, view_of(reader.scope, TODAY, day)
                )


async def the_numbers_are_those_of_the_lists(connection: AsyncConnection, view: View) -> None:
    """Of every worker each number is how long the list is that it opens; none is left out."""
    seen: set[tuple[str, Concern]] = set()
    for item in await workloads(connection, view):
        worker = item.worker
        listed = await list_cases(connection, view, Filter(worker=worker))
        seen |= {(case.person, case.concern) for case in listed}
        assert item.people == len({case.person for case in listed})
        assert set(item.teams) == {case.team or "none" for case in listed}
        for number, wanted in (
            (item.red, Filter(worker=worker, rag=Rag.RED)),
            (item.amber, Filter(worker=worker, rag=Rag.AMBER)),
            (item.never, Filter(worker=worker, never_reviewed=True)),
            (item.overdue, Filter(worker=worker, overdue=True)),
            (item.visits, Filter(Concern.VISITS, worker=worker, overdue=True)),
            (item.plans, Filter(Concern.PATHWAY_PLAN, worker=worker, overdue=True)),
            (item.late, Filter(worker=worker, late=True)),
        ):
            assert number == await count_cases(connection, view, wanted), (view, wanted)
    everything = await list_cases(connection, view, Filter())
    assert seen == {(case.person, case.concern) for case in everything}


async def test_a_sheet_has_each_young_person_once_the_most_urgent_first(
    database: Database,
) -> None:
    await store_council(database)
    async with database.reading() as connection:
        view = view_of(READERS[0].scope, TODAY)
        sheet = await supervision_sheet(connection, view, "w2")
        listed = await list_cases(connection, view, Filter(worker="w2"))
    assert len(sheet) == len({case.person for case in listed})
    assert [item.cases[0].person for item in sheet] == list(
        dict.fromkeys(case.person for case in listed)
    )
    for item in sheet:
        dues = [case.review_due or date.max for case in item.cases]
        assert (item.next_review or date.max) == min(dues)
