"""What snapshots promise, whatever a source's rows do from one to the next."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from schemas.envelope import Event, read_event
from schemas.policy import Policy
from schemas.reading import tidy
from services.assessment.resolution import counted, receive
from services.imports.snapshots.layout import TABLES
from services.imports.snapshots.treatment import Changed, RowTreatment, Vanished
from services.sources.records import open_counts
from tests.share import share_of
from tests.unit.imports.snapshots.current_rows import (
    BEGINS,
    CHANGING,
    ENDS,
    IDS,
    KINDS,
    SPELLS,
    TimedSnapshot,
    a_row,
    cells,
    expected,
    known,
    snapshot_sequences,
)
from tests.unit.imports.snapshots.extract import SOURCE, ComparedSnapshot, Extract, at
from tests.unit.independent.lives import random_life

BEGUN = datetime(2026, 3, 1, 2)  # noqa: DTZ001 (as an Extract is told it)
_OF_TIME = ("from", "due")
QUICK = (Phase.generate, Phase.shrink)
"""What fails is said without explaining it, which takes minutes."""

WAYS = st.builds(
    RowTreatment,
    vanished=st.sampled_from(Vanished).map(lambda way: dict.fromkeys(KINDS, way)),
    changed=st.sampled_from(Changed).map(lambda way: dict.fromkeys(KINDS, way)),
)
promise = settings(max_examples=share_of(35), phases=QUICK)


def moments(drawn: Sequence[TimedSnapshot]) -> list[str]:
    now, found = BEGUN, []
    for one in drawn:
        now += timedelta(hours=one.hours)
        found.append(now.isoformat())
    return found


def later(moment: str, **by: int) -> str:
    return (datetime.fromisoformat(moment) + timedelta(**by)).isoformat()


def agrees(extract: Extract, kind: str, rows: Sequence[Any], moment: str) -> None:
    """What is held says what the rows say, and of rows that vanished what the ways say."""
    day = at(moment).date()
    facts = known(extract.facts(), kind, day)
    stand = set()
    for row in rows:
        id_ = "" if kind == "people" else row[IDS[kind]]
        stand.add(id_)
        wanted, fields = expected(kind, row), facts.get(id_, {})
        if kind == "actions":  # an action that was begun later, or is due later, was not on time
            wanted = {name: value for name, value in wanted.items() if name not in _OF_TIME}
        assert {name: fields.get(name) for name in wanted} == wanted
    gone = {id_: item for id_, item in facts.items() if id_ not in stand}
    way = extract.treatment.of_vanished(kind)
    if way is Vanished.RETRACT:
        assert [id_ for id_, item in gone.items() if not item.get("until")] == []
    elif way is Vanished.END and ENDS.get(kind, ("end",)):
        late = [i for i, it in gone.items() if (it["until"] or "9") > max(str(day), it["from"])]
        assert late == []


def says_what_they_say(treatment: RowTreatment, kind: str, drawn: Sequence[TimedSnapshot]) -> None:
    """Take snapshots in turn; after each all agrees, and the same again is nothing.

    Nor is anything said again under the id of what was retracted, since that could never count.
    """
    extract = Extract(treatment)
    for moment, one in zip(moments(drawn), drawn, strict=True):
        rows = cells(one.rows)
        extract.snapshot(moment, rows)
        agrees(extract, kind, one.rows[kind], moment)
        for again in (moment, later(moment, minutes=1), later(moment, days=2)):
            assert extract.compare(again, rows).names == []
    gone: set[str] = set()
    for event in extract.events():
        assert event.id not in gone
        if event.name == "event.retracted":
            gone.add(event.content["id"])


@pytest.mark.parametrize("kind", KINDS)
@promise
@given(data=st.data(), treatment=WAYS)
def test_what_is_held_says_what_the_last_snapshot_says(
    kind: str, data: st.DataObject, treatment: RowTreatment
) -> None:
    says_what_they_say(treatment, kind, data.draw(snapshot_sequences(kind)))


@pytest.mark.parametrize("kind", SPELLS)
@promise
@given(data=st.data(), treatment=WAYS)
def test_also_where_starts_are_not_always_told(
    kind: str, data: st.DataObject, treatment: RowTreatment
) -> None:
    start = st.sampled_from((None, "2026-01-10", "2026-01-31"))
    says_what_they_say(
        treatment, kind, data.draw(snapshot_sequences(kind, start=start, end=st.none()))
    )


@pytest.mark.parametrize("kind", SPELLS)
@promise
@given(data=st.data(), treatment=WAYS)
def test_also_where_an_end_is_told_and_its_start_is_not(
    kind: str, data: st.DataObject, treatment: RowTreatment
) -> None:
    start = st.sampled_from((None, "2026-01-10"))
    says_what_they_say(treatment, kind, data.draw(snapshot_sequences(kind, start=start)))


@pytest.mark.parametrize("kind", CHANGING)
@promise
@given(data=st.data(), treatment=WAYS)
def test_also_where_the_day_of_a_change_is_told(
    kind: str, data: st.DataObject, treatment: RowTreatment
) -> None:
    on = st.sampled_from((None, "2026-02-25", "2026-02-27"))
    says_what_they_say(treatment, kind, data.draw(snapshot_sequences(kind, changed_on=on)))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "people"])
@promise
@given(data=st.data(), treatment=WAYS)
def test_also_where_a_start_is_planned(
    kind: str, data: st.DataObject, treatment: RowTreatment
) -> None:
    starts = st.sampled_from(("2026-01-10", "2026-03-20", "2026-04-20"))
    never = dict.fromkeys(ENDS.get(kind, ("end",)), st.none())
    says_what_they_say(
        treatment,
        kind,
        data.draw(snapshot_sequences(kind, **{BEGINS.get(kind, "start"): starts}, **never)),
    )


@pytest.mark.parametrize("kind", [kind for kind in KINDS if ENDS.get(kind, ("end",))])
@promise
@given(data=st.data(), treatment=WAYS)
def test_also_where_an_end_is_planned(
    kind: str, data: st.DataObject, treatment: RowTreatment
) -> None:
    ends = st.sampled_from((None, "2026-02-20", "2026-03-20", "2026-04-20"))
    planned = dict.fromkeys(ENDS.get(kind, ("end",)), ends)
    says_what_they_say(treatment, kind, data.draw(snapshot_sequences(kind, **planned)))


@promise
@given(data=st.data())
def test_also_where_people_are_closed_and_opened_again(data: st.DataObject) -> None:
    on = st.sampled_from((None, "2026-02-15", "2026-02-16"))
    says_what_they_say(
        RowTreatment(), "people", data.draw(snapshot_sequences("people", closed_on=on))
    )


@promise
@given(data=st.data())
def test_also_where_people_say_since_when(data: st.DataObject) -> None:
    since = st.sampled_from((None, "2026-01-10", "2026-01-31", "2026-02-15"))
    says_what_they_say(
        RowTreatment(), "people", data.draw(snapshot_sequences("people", since=since))
    )


@promise
@given(data=st.data(), treatment=WAYS)
def test_a_kind_without_a_file_is_left_alone(data: st.DataObject, treatment: RowTreatment) -> None:
    some = ("placements", "accommodation", "actions", "people")
    every = [data.draw(snapshot_sequences(kind, 3)) for kind in some]
    extract = Extract(treatment)
    for turn in range(max(map(len, every))):
        moment = later(BEGUN.isoformat(), days=turn)
        files = {
            k: v for drawn in every[turn : turn + 1] for one in drawn for k, v in one.rows.items()
        }
        before = {kind: known(extract.facts(), kind, at(moment).date()) for kind in some}
        extract.snapshot(moment, cells(files))
        for kind in set(some) - set(files):
            assert known(extract.facts(), kind, at(moment).date()) == before[kind]


@pytest.mark.parametrize("kind", SPELLS)
@promise
@given(data=st.data(), way=st.sampled_from((Vanished.END, Vanished.RETRACT)))
def test_what_is_open_there_is_open_here(kind: str, data: st.DataObject, way: Vanished) -> None:
    """So that a difference is told only where something is missing."""
    start = st.sampled_from((None, "2026-01-10", "2026-03-05", "2026-04-20"))
    end = st.sampled_from((None, "2026-04-20"))
    extract = Extract(RowTreatment(vanished={kind: way}))
    drawn = data.draw(snapshot_sequences(kind, start=start, end=end))
    for moment, one in zip(moments(drawn), drawn, strict=True):
        extract.snapshot(moment, cells(one.rows))
        holdings = extract.holdings().get("p1", {})
        ended = extract.events()[-1].content["open"]
        counted_as = TABLES[kind].record_kind.counted_as
        assert ended == {counted_as: open_counts(holdings, at(moment).date())[counted_as]}


def cut_short(before: Extract, seen: ComparedSnapshot, cut: int) -> Extract:
    """The same source after a run that broke off."""
    broken = Extract(before.treatment)
    broken.log = [*before.log, *seen.events[:cut]]
    return broken


def in_turn(data: st.DataObject, kind: str, hours: Sequence[int]) -> list[TimedSnapshot]:
    """A row that is there, then is and says something else, then is again, or is gone."""
    row = a_row(kind, "1")
    drawn = [data.draw(row), data.draw(row), data.draw(st.one_of(row, st.none()))]
    more = data.draw(st.lists(a_row(kind, "2"), max_size=1)) if kind != "people" else []
    return [
        TimedSnapshot(data.draw(st.sampled_from(hours)), {kind: [*([one] if one else []), *more]})
        for one in drawn
    ]


@pytest.mark.parametrize("kind", KINDS)
@promise
@given(data=st.data(), treatment=WAYS)
def test_a_run_that_broke_off_and_is_repeated_says_the_same_events(
    kind: str, data: st.DataObject, treatment: RowTreatment
) -> None:
    drawn = in_turn(data, kind, (24,))
    extract = Extract(treatment)
    for moment, one in zip(moments(drawn)[:-1], drawn[:-1], strict=True):
        extract.snapshot(moment, cells(one.rows))
    moment, rows = moments(drawn)[-1], cells(drawn[-1].rows)
    whole = extract.compare(moment, rows)
    for cut in range(1, len(whole.events)):
        rest = cut_short(extract, whole, cut).compare(moment, rows)
        assert [*whole.events[:cut], *rest.events] == whole.events


@pytest.mark.parametrize("kind", KINDS)
@promise
@given(data=st.data(), treatment=WAYS)
def test_a_run_that_broke_off_and_is_repeated_comes_to_the_same(
    kind: str, data: st.DataObject, treatment: RowTreatment
) -> None:
    """Also within one day, where fewer events may say it."""
    drawn = in_turn(data, kind, (1, 24))
    extract = Extract(treatment)
    for moment, one in zip(moments(drawn)[:-1], drawn[:-1], strict=True):
        extract.snapshot(moment, cells(one.rows))
    moment, rows = moments(drawn)[-1], cells(drawn[-1].rows)
    whole = extract.compare(moment, rows)
    after = cut_short(extract, whole, len(whole.events))
    on = at(moment).date()
    for cut in range(1, len(whole.events)):
        broken = cut_short(extract, whole, cut)
        broken.snapshot(moment, rows)
        assert known(broken.facts(), kind, on) == known(after.facts(), kind, on)
        assert broken.facts().questions == after.facts().questions
        assert broken.compare(moment, rows).events == []


@pytest.mark.parametrize("kind", KINDS)
@promise
@given(data=st.data(), treatment=WAYS)
def test_an_id_has_one_content(kind: str, data: st.DataObject, treatment: RowTreatment) -> None:
    """Also where some snapshots are older than those that were taken before."""
    drawn = data.draw(snapshot_sequences(kind, 6))
    extract = Extract(treatment)
    for moment in (*moments(drawn), *data.draw(st.permutations(moments(drawn)))):
        one = data.draw(st.sampled_from(drawn))
        extract.snapshot(moment, cells(one.rows))
    contents: dict[str, str] = {}
    for event in extract.events():
        assert contents.setdefault(event.id, event.digest) == event.digest


def live(kind: str, id_: str) -> list[tuple[str, dict[str, Any]]]:
    """What a source might say itself of the same rows."""
    table = TABLES[kind]
    if kind == "people":
        return [("person.updated", {"on": "2026-03-20", "team": "live"})]
    key = {table.id: id_}
    events = [(ending.name, {"on": "2026-03-20", **key}) for ending in table.endings]
    if table.record_kind.changes:
        events.append(
            (table.record_kind.changes, {"on": "2026-03-20", **key, "code": "Z1", "owner": "live"})
        )
    return events


@pytest.mark.parametrize("kind", KINDS)
@promise
@given(data=st.data(), treatment=WAYS)
def test_what_the_source_said_later_than_a_snapshot_is_not_undone_by_it(
    kind: str, data: st.DataObject, treatment: RowTreatment
) -> None:
    first, second = (
        TimedSnapshot(0, data.draw(snapshot_sequences(kind, 1))[0].rows) for _ in range(2)
    )
    extract = Extract(treatment)
    extract.snapshot("2026-03-01", cells(first.rows))
    alone = extract.compare("2026-03-20T09:00", cells(second.rows))
    for name, fields in live(kind, "1"):
        extract.send_live(
            name, data.draw(st.sampled_from(("2026-03-20T10:00", "2026-03-21"))), **fields
        )
    mine = {event.id for event in extract.events() if event.id.startswith("live")}
    seen = extract.snapshot("2026-03-20T09:00", cells(second.rows))
    assert seen.events == alone.events
    facts = counted(receive(extract.events(), Policy()), Policy())
    assert {fact.event.id for fact in facts} >= mine
    on = at("2026-03-22").date()
    for id_, item in known(extract.facts(), kind, on).items():
        if kind == "people":
            assert item["team"] == "live"
        elif id_ == "1" and "until" in item and item["from"] <= "2026-03-20":
            assert item["until"] == "2026-03-20"


LATER_FIELDS = {
    "care": {"legal_status": "C2"},
    "placements": {"code": "K2", "registration": "applied"},
    "accommodation": {"code": "U"},  # a review of the source may judge it otherwise
    "pre_proceedings": {"family_id": "f1"},
    "plans": {"plan": "adoption"},
    "actions": {"concern": "permanence", "what": "ask", "owner": "w1", "due": "2040-04-01"},
}


@settings(max_examples=share_of(60), phases=(Phase.generate,))
@given(seed=st.integers(0, 299), changed=st.sampled_from(Changed))
def test_whatever_a_source_said_before_its_snapshot_holds(seed: int, changed: Changed) -> None:
    """Changes before their starts or without any, ends before them, corrections, retractions."""
    extract = Extract(RowTreatment(changed=dict.fromkeys(KINDS, changed)))
    for event in random_life(seed):
        mine = event | {"source": SOURCE, "subject": "p1"}
        if isinstance(read_event(mine), Event) and "merged" not in mine["type"]:
            extract.log.append(mine)
    rows: dict[str, Any] = {"people": [{"team": "north", "eligibility": "relevant"}]}
    for kind, fields in LATER_FIELDS.items():
        key = IDS[kind]
        ids = {str(tidy(event.content[key])) for event in extract.events() if key in event.content}
        start = {BEGINS.get(kind, "start"): "2025-06-01"}
        rows[kind] = [{key: id_} | start | fields for id_ in sorted(ids)]
    extract.snapshot("2040-03-01", cells(rows))
    for kind, of_kind in rows.items():
        agrees(extract, kind, of_kind, "2040-03-01")
    assert extract.compare("2040-03-02", cells(rows)).names == []


EVERY_CELL: dict[str, dict[str, tuple[str | None, ...]]] = {
    "people": {
        "full_time_education": (None, "higher"), "personal_adviser": (None, "w1"),
        "initials": (None, "A.B."), "since": (None, "2026-01-01"),
        "closed_on": (None, "2026-02-01"), "closed_reason": (None, "moved_away"),
    },
    "care": {"end_reason": (None, "E4A", "x1"), "start": (None, "2026-01-01")},
    "placements": {
        "urn": (None, "SC123456"), "registration_applied_on": (None, "2026-01-01"),
        "approved_by": (None, "d1"), "country": (None, "Wales"), "end_reason": (None, "moved on"),
    },
    "accommodation": {"move_on_plan": (None, "yes"), "urn": (None, "1234567")},
    "pre_proceedings": {
        "outcome": (None, "step_down", "care proceedings"), "issued_on": (None, "2026-02-20"),
        "extended_on": (None, "2026-02-01"), "extended_until": ("2026-04-01",),
        "authorised_by": (None, "h1"), "reason": (None, "a late assessment"),
    },
    "plans": {"withdrawn_reason": (None, "the match fell through")},
    "reviews": {
        "outcome": (None, "go on"), "concern": (None, "permanence"), "judged_by": (None, "w1"),
        "suitable": (None, "no"), "unsuitable_reason": (None, "unsafe"),
    },
    "actions": {"cancelled_reason": (None, "no longer needed")},
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@promise
@given(data=st.data(), treatment=WAYS)
def test_what_comes_of_rows_without_a_fault_is_taken_without_a_doubt(
    kind: str, data: st.DataObject, treatment: RowTreatment
) -> None:
    more = {name: st.sampled_from(values) for name, values in EVERY_CELL[kind].items()}
    drawn = data.draw(snapshot_sequences(kind, 4, **more))
    extract = Extract(treatment)
    for moment, one in zip(moments(drawn), drawn, strict=True):
        assert extract.snapshot(moment, cells(one.rows)).faults == []
    for event in extract.events():
        assert (event.name, event.doubts) == (event.name, ())


@pytest.mark.parametrize("kind", KINDS)
@promise
@given(data=st.data())
def test_whatever_stands_in_a_cell_every_event_is_taken(kind: str, data: st.DataObject) -> None:
    """A cell may hold anything; what cannot be used is said, and what is sent can be read."""
    anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
    sane = data.draw(a_row(kind, "1"))
    some = st.sets(st.sampled_from(sorted(TABLES[kind].cells)), min_size=1)
    wild = {name: data.draw(anything) for name in data.draw(some)}
    row = cells({kind: [sane]})[kind][0] | wild
    row = {name: str(value).strip() for name, value in row.items()} | {"person": "p1"}
    extract = Extract()
    seen = extract.compare("2026-03-01", {kind: [row]})
    for raw in seen.events:
        event = read_event(raw)
        assert isinstance(event, Event), event
        assert not event.doubts or seen.faults
