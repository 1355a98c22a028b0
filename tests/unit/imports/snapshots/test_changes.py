"""What comes of a row that is new, says something else, or is gone."""

from pathlib import Path
from typing import Any

import pytest

from schemas.envelope import read_event
from schemas.policy import Policy
from schemas.status import Concern
from services.assessment.resolution import receive
from services.assessment.statuses import assess_events, on_day
from services.imports.snapshots.load import TooMuchVanishedError
from services.imports.snapshots.treatment import Changed, RowTreatment, Vanished
from services.sources.records import open_counts
from tests.story import UA, UP, Story, day
from tests.unit.imports.snapshots.current_rows import known
from tests.unit.imports.snapshots.extract import Extract, Rows, at

CORRECT = RowTreatment(changed={"placements": Changed.CORRECT, "accommodation": Changed.CORRECT})


def placement(id_: str = "1", **cells: str) -> Rows:
    return {"placements": [placed(id_, **cells)]}


def placed(id_: str = "1", **cells: str) -> dict[str, str]:
    return {
        "person": "p1", "placement_id": id_, "start": "2026-01-10", "end": "", "code": "U6",
    } | cells  # fmt: skip


def person(**cells: str) -> Rows:
    return {"people": [{"person": "p1"} | cells]}


def care(**cells: str) -> Rows:
    return {"care": [{"person": "p1", "care_id": "1", "start": "2026-01-10", "end": ""} | cells]}


def lives(**cells: str) -> Rows:
    always = {"person": "p1", "accommodation_id": "1", "start": "2026-01-10", "code": "U"}
    return {"accommodation": [always | {"suitable": "yes", "unsuitable_reason": ""} | cells]}


def period(**cells: str) -> Rows:
    return {"pre_proceedings": [{"person": "p1", "period_id": "1", "start": "2026-01-10"} | cells]}


def action(**cells: str) -> Rows:
    always = {"person": "p1", "action_id": "1", "date": "2026-01-10", "concern": "permanence"}
    more = {"what": "ask", "owner": "w1", "due": "2026-04-01", "kind": "panel"}
    return {"actions": [always | more | cells]}


def data_of(events: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(event["data"] for event in events if event["type"] == f"sightline.{name}.v1")


@pytest.fixture
def extract() -> Extract:
    return Extract()


# Rows that are new


def test_a_row_that_is_new_starts(extract: Extract) -> None:
    seen = extract.snapshot("2026-03-01", placement(provider="pr4", urn=""))
    assert seen.names == ["placement.started"]
    assert seen.events[0] | {"id": ""} == {
        "specversion": "1.0", "id": "", "source": "/council/extract", "subject": "p1",
        "type": "sightline.placement.started.v1", "time": "2026-03-01T02:00:00Z",
        "datacontenttype": "application/json",
        "data": {"placement_id": "1", "date": "2026-01-10", "code": "U6", "provider": "PR4"},
    }  # fmt: skip


def test_a_start_that_is_not_told_is_the_day_of_the_snapshot_by_this_date(
    extract: Extract,
) -> None:
    seen = extract.snapshot("2026-03-01", placement(start=""))
    begun = data_of(seen.events, "placement.started")
    assert (begun["date"], begun["date_basis"]) == ("2026-03-01", "by_this_date")
    assert extract.compare("2026-03-09", placement(start="")).events == []


def test_the_day_is_that_of_london(extract: Extract) -> None:
    seen = extract.compare("2026-06-01T23:30", placement(start=""))
    assert data_of(seen.events, "placement.started")["date"] == "2026-06-02"


def test_by_this_date_becomes_exact_once_the_start_is_told(extract: Extract) -> None:
    extract.snapshot("2026-03-01", lives(start="", suitable="no"))
    assessed = assess_events(extract.events(), Policy())["p1"]
    now = on_day(assessed, Concern.UNSUITABLE_ACCOMMODATION, day("2026-03-02"))
    assert now
    assert (now.since.isoformat(), now.since_basis) == ("2026-03-01", "at_least")
    extract.snapshot("2026-03-05", lives(start="2026-02-11", suitable="no"))
    assessed = assess_events(extract.events(), Policy())["p1"]
    now = on_day(assessed, Concern.UNSUITABLE_ACCOMMODATION, day("2026-03-05"))
    assert now
    assert (now.since.isoformat(), now.since_basis) == ("2026-02-11", "exact")


def test_by_this_date_becomes_exact_also_where_it_was_that_very_day(extract: Extract) -> None:
    extract.snapshot("2026-03-01", placement(start=""))
    extract.snapshot("2026-03-05", placement(start="2026-03-01"))
    assert [spell.by_this_date for spell in extract.facts().main_placements] == [False]


def test_an_exact_start_is_not_lost_where_a_later_snapshot_does_not_tell_it(
    extract: Extract,
) -> None:
    extract.snapshot("2026-03-01", placement())
    assert extract.snapshot("2026-03-02", placement(start="")).events == []


def test_what_ended_before_anybody_told_its_start_has_ended(extract: Extract) -> None:
    extract.snapshot("2026-03-01", placement(start="", end="2026-02-11"))
    assert extract.facts().questions == []
    assert known(extract.facts(), "placements", day("2026-03-01"))["1"]["until"] == "2026-02-11"


def test_what_has_ended_comes_with_its_end(extract: Extract) -> None:
    rows = care(end="2026-02-01", end_reason="e4a", legal_status="C2")
    seen = extract.snapshot("2026-03-01", rows)
    assert seen.names == ["care.started", "care.ended"]
    assert seen.events[1]["data"] == {"care_id": "1", "date": "2026-02-01", "reason": "E4A"}


# Rows that say something else


def test_a_row_that_changed_is_a_change_from_that_day_on(extract: Extract) -> None:
    extract.snapshot("2026-03-01", placement(registration="unknown"))
    seen = extract.snapshot("2026-03-09", placement(registration="registered"))
    assert seen.names == ["placement.changed"]
    assert seen.events[0]["data"] == {
        "placement_id": "1", "date": "2026-03-09", "registration": "registered",
    }  # fmt: skip


def test_the_source_may_say_on_which_day_it_changed(extract: Extract) -> None:
    extract.snapshot("2026-03-01", placement(registration="unknown"))
    seen = extract.snapshot(
        "2026-03-09", placement(registration="registered", changed_on="2026-03-04")
    )
    assert data_of(seen.events, "placement.changed")["date"] == "2026-03-04"
    assert known(extract.facts(), "placements", day("2026-03-03"))["1"]["registration"] == "unknown"


def test_a_change_from_an_earlier_day_than_was_thought_counts(extract: Extract) -> None:
    """A change that a snapshot saw late, corrected since to what it was, and when."""
    extract.snapshot("2026-03-01", placement(code="U6"))
    extract.snapshot("2026-03-10", placement(code="K2"))
    extract.snapshot("2026-03-20", placement(code="Z12", changed_on="2026-03-04"))
    assert known(extract.facts(), "placements", day("2026-03-20"))["1"]["code"] == "Z12"


def test_a_change_on_the_day_of_the_start_is_a_correction(extract: Extract) -> None:
    extract.snapshot("2026-03-01T02:00", placement(start="2026-03-01"))
    seen = extract.snapshot("2026-03-01T20:00", placement(start="2026-03-01", code="K2"))
    assert seen.names == ["placement.started"]


def test_the_caller_may_have_a_correction_instead(extract: Extract) -> None:
    extract.treatment = CORRECT
    extract.snapshot("2026-03-01", placement())
    seen = extract.snapshot("2026-03-09", placement(code="K2"))
    assert seen.names == ["placement.started"]
    assert known(extract.facts(), "placements", day("2026-01-10"))["1"]["code"] == "K2"


def test_a_correction_takes_back_what_was_a_change_before(extract: Extract) -> None:
    extract.snapshot("2026-03-01", placement())
    extract.snapshot("2026-03-02", placement(code="K2"))
    extract.treatment = CORRECT
    seen = extract.snapshot("2026-03-09", placement(code="Z12"))
    assert sorted(seen.names) == ["event.retracted", "placement.started"]
    assert known(extract.facts(), "placements", day("2026-03-02"))["1"]["code"] == "Z12"


def test_a_correction_leaves_alone_what_the_rows_have_no_column_for(extract: Extract) -> None:
    extract.treatment = CORRECT
    extract.send_live(
        "placement.started", "2026-01-10", on="2026-01-10", placement_id="1", code="U6"
    )
    extract.send_live(
        "placement.changed", "2026-02-01", on="2026-02-01", placement_id="1",
        registration="unregistered",
    )  # fmt: skip
    extract.snapshot("2026-03-09", placement(code="K2"))
    now = known(extract.facts(), "placements", day("2026-03-09"))["1"]
    assert (now["code"], now["registration"]) == ("K2", "unregistered")


def test_there_and_back_within_one_day_is_as_before(extract: Extract) -> None:
    for hour, code in enumerate(("U6", "K2", "U6", "K2", "U6"), start=8):
        extract.snapshot(f"2026-03-01T{hour:02}:00", placement(code=code))
        now = known(extract.facts(), "placements", day("2026-03-01"))
        assert now["1"]["code"] == code


def test_an_empty_cell_clears_and_a_missing_column_does_not(extract: Extract) -> None:
    extract.snapshot("2026-03-01", placement(registration="applied", provider="PR1"))
    seen = extract.snapshot("2026-03-02", placement(registration=""))
    assert seen.events[0]["data"] == {
        "placement_id": "1", "date": "2026-03-02", "registration": None,
    }  # fmt: skip


def test_what_an_action_is_about_can_change(extract: Extract) -> None:
    """action.changed has no concern: it would be kept and ignored."""
    extract.snapshot("2026-03-01", action())
    extract.snapshot("2026-03-02", action(concern="unsuitable_accommodation"))
    assert [str(one.concern) for one in extract.facts().actions] == ["unsuitable_accommodation"]


def test_the_kind_of_an_action_can_be_cleared(extract: Extract) -> None:
    extract.snapshot("2026-03-01", action())
    extract.snapshot("2026-03-02", action(kind=""))
    assert known(extract.facts(), "actions", day("2026-03-02"))["1"]["kind"] == "other"


def test_reviews_and_plans_are_corrected(extract: Extract) -> None:
    def rows(plan: str, kind: str) -> Rows:
        return {
            "plans": [{"person": "p1", "plan_id": "1", "date": "2026-01-10", "plan": plan}],
            "reviews": [{"person": "p1", "review_id": "1", "date": "2026-01-10", "kind": kind}],
        }

    extract.snapshot("2026-03-01", rows("adoption", "looked_after"))
    seen = extract.snapshot("2026-03-02", rows("relatives", "pathway_plan"))
    assert sorted(seen.names) == ["permanence.agreed", "review.completed"]
    assert [seen.events[n]["data"]["date"] for n in (0, 1)] == ["2026-01-10"] * 2


def test_numbers_that_a_live_feed_sends_as_ids_are_the_same_ids(extract: Extract) -> None:
    """Row keys are often numbers; as ids they are text."""
    extract.send_live("placement.started", "2026-01-10", on="2026-01-10", placement_id=1, code="U6")
    extract.send_live("placement.changed", "2026-02-01", on="2026-02-01", placement_id=1, code="K2")
    assert extract.compare("2026-03-01", placement(code="K2")).events == []
    extract.snapshot("2026-03-02", placement(code="U6"))
    assert known(extract.facts(), "placements", day("2026-03-02"))["1"]["code"] == "U6"


def test_a_change_whose_start_was_never_told_is_set_right_with_it(extract: Extract) -> None:
    extract.send_live(
        "placement.changed", "2026-02-01", on="2026-02-01", placement_id="1", code="K2"
    )
    extract.snapshot("2026-03-01", placement(code="U6"))
    assert known(extract.facts(), "placements", day("2026-03-01"))["1"]["code"] == "U6"
    assert extract.compare("2026-03-02", placement(code="U6")).events == []


def test_changes_dated_before_their_start_hold_in_the_order_in_which_they_were_told(
    extract: Extract,
) -> None:
    """They count as dated on the start (docs/rules.md, section 2)."""
    for time, on, code in (("02-15", "02-15", "K2"), ("02-16", "02-01", "Z12")):
        extract.send_live(
            "placement.changed", f"2026-{time}", on=f"2026-{on}", placement_id="1", code=code
        )
    extract.send_live(
        "placement.started", "2026-02-20", on="2026-02-20", placement_id="1", code="U6"
    )
    extract.snapshot("2026-03-01", placement(start="2026-02-20", code="K2"))
    assert known(extract.facts(), "placements", day("2026-03-01"))["1"]["code"] == "K2"


def test_a_date_of_birth_is_the_one_that_was_told_last(extract: Extract) -> None:
    """A correction holds for all days, whatever the update's date (docs/rules.md, section 2)."""
    extract.send_live("person.updated", "2026-02-01", on="2026-02-01", date_of_birth="2009-05-01")
    extract.send_live("person.updated", "2026-02-02", on="2026-01-01", date_of_birth="2009-06-01")
    extract.snapshot("2026-03-01", person(date_of_birth="2009-05-01"))
    assert extract.facts().born == day("2009-05-01")


def test_an_extension_of_pre_proceedings_comes_with_its_row(extract: Extract) -> None:
    rows = period(extended_on="2026-03-01", extended_until="2026-05-01", authorised_by="h1")
    extract.snapshot("2026-03-02", rows)
    assert extract.compare("2026-03-03", rows).events == []
    rows = period(extended_on="2026-03-01", extended_until="2026-06-01", authorised_by="h1")
    extract.snapshot("2026-03-04", rows)
    (extension,) = extract.facts().extensions["1"]
    assert extension.until == day("2026-06-01").toordinal()


def test_an_extension_that_the_row_tells_no_more_is_taken_back(extract: Extract) -> None:
    """One entered in error would keep a red amber."""
    extension = {"extended_on": "2026-03-01", "extended_until": "2026-05-01", "authorised_by": "h1"}
    extract.snapshot("2026-03-02", period(**extension))
    extract.snapshot("2026-03-03", period(**dict.fromkeys(extension, "")))
    assert extract.facts().extensions == {}


# Ends


def test_an_end_that_the_row_tells_no_more_is_taken_back(extract: Extract) -> None:
    extract.snapshot("2026-03-01", placement(end="2026-02-20"))
    seen = extract.snapshot("2026-03-02", placement())
    assert seen.names == ["event.retracted"]
    assert known(extract.facts(), "placements", day("2026-03-02"))["1"]["until"] is None
    extract.snapshot("2026-03-03", placement(end="2026-02-20"))
    assert known(extract.facts(), "placements", day("2026-03-02"))["1"]["until"] == "2026-02-20"


def test_an_end_that_cannot_be_read_takes_nothing_back(extract: Extract) -> None:
    extract.snapshot("2026-03-01", placement(end="2026-02-20"))
    seen = extract.compare("2026-03-02", placement(end="31/02/2026"))
    assert seen.faults == [(2, "end", "field left out")]
    assert seen.events == []


def test_why_it_ended_is_kept_where_the_rows_have_no_column_for_it(extract: Extract) -> None:
    """Without it a young person who was adopted is a care leaver without an address."""
    extract.send_live("care.started", "2026-01-10", on="2026-01-10", care_id="1")
    extract.send_live("care.ended", "2026-02-20", on="2026-02-20", care_id="1", reason="E12")
    extract.snapshot("2026-03-01", care(end="2026-02-21"))
    ended = [event for event in extract.events() if event.name == "care.ended"][-1]
    assert (str(ended.content["date"]), ended.content.get("reason")) == ("2026-02-21", "E12")


def test_a_case_that_was_closed_in_error_is_open_again(extract: Extract) -> None:
    """Nobody vanishes from sight because a record is closed."""
    rows = person(eligibility="relevant", closed_on="2026-02-20", closed_reason="died")
    extract.snapshot("2026-03-01", rows)
    assert extract.facts().died_on == day("2026-02-20").toordinal()
    extract.snapshot("2026-03-02", person(eligibility="relevant", closed_on="", closed_reason=""))
    assert extract.facts().died_on > day("2026-03-02").toordinal()


def test_the_day_on_which_a_case_was_closed_can_be_corrected(extract: Extract) -> None:
    extract.snapshot("2026-03-01", person(closed_on="2026-02-20", closed_reason="died"))
    extract.snapshot("2026-03-02", person(closed_on="2026-02-27", closed_reason="died"))
    assert extract.facts().died_on == day("2026-02-27").toordinal()


# Rows that are gone


def test_a_row_that_is_gone_ends_on_the_day_of_the_snapshot(extract: Extract) -> None:
    extract.snapshot("2026-03-01", placement() | person())
    seen = extract.snapshot("2026-03-09", {"placements": []} | person())
    assert seen.names == ["placement.ended"]
    assert (seen.result.vanished, seen.events[0]["data"]["date"]) == (
        {"placements": 1},
        "2026-03-09",
    )
    assert extract.compare("2026-03-20", {"placements": []} | person()).events == []


def test_one_that_had_ended_may_leave_the_extract(extract: Extract) -> None:
    extract.snapshot("2026-03-01", placement(end="2026-02-20"))
    seen = extract.snapshot("2026-03-02", {"placements": []})
    assert (seen.events, seen.result.vanished) == ([], {})


def test_one_that_was_to_end_later_and_is_gone_now_has_ended_now(extract: Extract) -> None:
    extract.snapshot("2026-03-01", placement(end="2026-06-30") | person())
    seen = extract.snapshot("2026-03-09", {"placements": []} | person())
    assert known(extract.facts(), "placements", day("2026-03-09"))["1"]["until"] == "2026-03-09"
    assert (
        seen.result.open_at_source["placements"]
        == open_counts(extract.holdings()["p1"], day("2026-03-09"))["placement"]
    )


def test_one_that_never_began_and_is_gone_cuts_nothing(extract: Extract) -> None:
    """A move that was planned and given up: the young person stays where they are."""
    here, planned = placed("1"), placed("2", start="2026-04-01")
    extract.snapshot("2026-03-01", {"placements": [here, planned]} | care())
    extract.snapshot("2026-03-09", {"placements": [here]} | care())
    assessed = assess_events(extract.events(), Policy())["p1"]
    then = on_day(assessed, UP, day("2026-04-02"))
    assert then
    assert [reason.rule for reason in then.reasons] == []


def test_the_caller_may_have_it_retracted_instead(extract: Extract) -> None:
    extract.treatment = RowTreatment(vanished={"placements": Vanished.RETRACT})
    extract.snapshot("2026-03-01", placement())
    extract.snapshot("2026-03-02", placement(code="K2"))
    seen = extract.snapshot("2026-03-09", {"placements": []})
    assert seen.names == ["event.retracted"] * 2
    assert extract.facts().main_placements == []
    extract.snapshot("2026-03-10", placement())
    assert len(extract.facts().main_placements) == 1


def test_or_kept(extract: Extract) -> None:
    extract.treatment = RowTreatment(vanished={"placements": Vanished.KEEP})
    extract.snapshot("2026-03-01", placement())
    seen = extract.snapshot("2026-03-09", {"placements": []})
    assert (seen.events, seen.result.vanished) == ([], {})


def test_people_who_vanish_stay_in_sight(extract: Extract) -> None:
    extract.snapshot("2026-03-01", person(eligibility="former_relevant"))
    assert extract.snapshot("2026-03-09", {"people": []}).events == []
    assessed = assess_events(extract.events(), Policy())["p1"]
    now = on_day(assessed, UA, day("2026-03-09"))
    assert now
    assert [reason.rule for reason in now.reasons] == ["UA11"]


def test_people_who_vanish_and_come_back_are_in_sight_again(extract: Extract) -> None:
    extract.treatment = RowTreatment(vanished={"people": Vanished.END})
    extract.snapshot("2026-03-01", person(eligibility="former_relevant"))
    assert extract.snapshot("2026-03-02", {"people": []}).names == ["person.closed"]
    extract.snapshot("2026-03-03", person(eligibility="former_relevant"))
    assert extract.facts().closings == []
    assert open_counts(extract.holdings()["p1"], day("2026-03-03"))["people"] == 1


def test_somebody_whose_row_cannot_be_used_is_not_gone(extract: Extract) -> None:
    extract.treatment = RowTreatment(vanished={"people": Vanished.END})
    extract.snapshot("2026-03-01", person(team="north"))
    seen = extract.compare("2026-03-02", person(team="north", since="lately"))
    assert seen.faults[0][1:] == ("since", "row left out")
    assert seen.names == []


def test_a_date_that_a_live_feed_got_wrong_stops_no_snapshot(extract: Extract) -> None:
    extract.treatment = RowTreatment(vanished={"people": Vanished.END})
    extract.send_live("person.updated", "2026-02-01", on="20/11/2026", team="north")
    assert extract.compare("2026-03-02", {"people": []}).names == ["person.closed"]


def test_an_action_that_is_gone_is_cancelled_and_one_that_was_done_is_not(
    extract: Extract,
) -> None:
    other = action(action_id="2", completed_on="2026-02-01")["actions"]
    extract.snapshot("2026-03-01", {"actions": [*action()["actions"], *other]} | person())
    seen = extract.snapshot("2026-03-02", {"actions": []} | person())
    assert seen.names == ["action.cancelled"]
    assert seen.events[0]["data"]["action_id"] == "1"


def test_an_end_for_want_of_a_row_raises_no_question_about_its_words(extract: Extract) -> None:
    extract.snapshot("2026-03-01", care() | person())
    seen = extract.snapshot("2026-03-02", {"care": []} | person())
    ended = read_event(seen.events[0])
    assert getattr(ended, "doubts", None) == ()


def test_what_another_system_said_is_not_touched(extract: Extract) -> None:
    other = Story().placed("2026-01-10", "U6", id="1")
    extract.log += [event | {"source": "/council/another"} for event in other.raw]
    assert extract.compare("2026-03-02", {"placements": []}).events == []


def gone(extract: Extract, rows: Rows, **files: list[dict[str, str]]) -> list[str]:
    """What a snapshot with these files makes of rows that the one before it had."""
    extract.snapshot("2026-03-01", rows)
    return extract.snapshot("2026-03-02", files).names


def test_of_whom_no_row_is_left_stays_as_they_were_also_without_a_file_of_people(
    extract: Extract,
) -> None:
    rows = care() | lives(suitable="no", unsuitable_reason="homeless")
    assert gone(extract, rows, care=[], accommodation=[]) == []
    assert open_counts(extract.holdings()["p1"], day("2026-03-02"))["accommodation"] == 1


def test_they_count_as_gone_where_an_extract_broke_off(extract: Extract) -> None:
    extract.snapshot("2026-03-01", many(50))
    lost = extract.compare("2026-03-02", many(39)).result
    assert (lost.vanished, lost.kept, lost.absent) == ({"placements": 11}, {"placements": 11}, 11)


def test_unless_the_caller_says_that_they_left(extract: Extract) -> None:
    extract.treatment = RowTreatment(vanished={"people": Vanished.END})
    assert gone(extract, placement(), placements=[]) == ["placement.ended"]


def test_or_what_becomes_of_a_kind(extract: Extract) -> None:
    extract.treatment = RowTreatment(vanished={"placements": Vanished.END})
    assert gone(extract, care() | placement(), care=[], placements=[]) == ["placement.ended"]


@pytest.mark.parametrize(
    ("rows", "ends", "ended"),
    [
        (care(), ("end",), "care.ended"),
        (period(end=""), ("end",), "pre_proceedings.ended"),
        (
            {"missing": [{"person": "p1", "missing_id": "1", "start": "2026-02-10", "end": ""}]},
            ("end",),
            "missing.ended",
        ),
        (action(cancelled_on=""), ("cancelled_on",), "action.cancelled"),
    ],
    ids=["care", "pre-proceedings", "missing", "action"],
)
def test_what_would_leave_sight_stays_open_where_the_file_would_have_told_its_end(
    extract: Extract, rows: Rows, ends: tuple[str, ...], ended: str
) -> None:
    """A gap in the extract; where the file holds what is current only, it has ended."""
    ((kind, (row,)),) = rows.items()
    others = {kind: [{**row, "person": "p2"}]} | person()
    extract.snapshot("2026-03-01", rows | person())
    seen = extract.compare("2026-03-02", others)
    assert ended not in seen.names
    assert seen.result.kept == {kind: 1}
    current = {name: value for name, value in row.items() if name not in ends}
    seen = extract.compare("2026-03-02", {kind: [{**current, "person": "p2"}]} | person())
    assert ended in seen.names


@pytest.mark.parametrize("id_", ["p1\x00", "1" * 201, ""])
def test_a_row_whose_id_cannot_be_read_may_be_any_of_its_kind(extract: Extract, id_: str) -> None:
    rows = person() | placement()
    assert gone(extract, rows, **person(), **placement(id_)) == []


# What the rows do not speak of


def test_what_was_said_of_a_field_without_a_column_stays_when_a_start_comes(
    extract: Extract,
) -> None:
    extract.send_live(
        "accommodation.changed", "2026-02-20", date="2026-02-20", accommodation_id="1",
        suitable=False,
    )  # fmt: skip
    lived = {"person": "p1", "accommodation_id": "1", "start": "2026-01-10", "code": "U"}
    extract.snapshot("2026-03-01", {"accommodation": [lived]})
    assert known(extract.facts(), "accommodation", day("2026-03-01"))["1"]["suitable"] is False


def test_a_correction_leaves_other_fields_and_what_is_to_come(extract: Extract) -> None:
    extract.send_live(
        "accommodation.started", "2026-02-20", date="2026-03-01", accommodation_id="1", code="U",
    )  # fmt: skip
    extract.send_live(
        "accommodation.changed", "2026-02-21", date="2026-03-08", accommodation_id="1", code="S",
    )  # fmt: skip
    extract.snapshot("2026-03-01", lives(start="2026-03-01", code="V"))
    facts = extract.facts()
    assert known(facts, "accommodation", day("2026-03-07"))["1"]["code"] == "V"
    assert known(facts, "accommodation", day("2026-03-08"))["1"]["code"] == "S"


def test_a_corrected_field_rewrites_no_other(extract: Extract) -> None:
    extract.treatment = CORRECT
    extract.snapshot("2026-03-01", placement(code="K2", registration="registered"))
    extract.send_live(
        "placement.changed", "2026-03-05", date="2026-03-05", placement_id="1",
        registration="unregistered",
    )  # fmt: skip
    extract.snapshot("2026-03-09", placement(code="K1", registration="unregistered"))
    facts = extract.facts()
    before, after = (known(facts, "placements", day(f"2026-03-0{n}"))["1"] for n in (4, 5))
    assert (before["code"], before["registration"]) == ("K1", "registered")
    assert (after["code"], after["registration"]) == ("K1", "unregistered")


@pytest.mark.parametrize("cell", [{"kind": ""}, {"concern": "visits"}])
def test_no_correction_of_an_action_takes_back_that_it_was_moved(
    extract: Extract, cell: dict[str, str]
) -> None:
    extract.snapshot("2026-03-01", action())
    extract.snapshot("2026-03-20", action(due="2026-05-01"))
    extract.snapshot("2026-04-20", action(due="2026-06-01"))
    extract.snapshot("2026-04-21", action(due="2026-06-01", **cell))
    (moved,) = extract.facts().actions
    assert [move.counts for move in moved.moves] == [True, False]


def test_an_action_that_was_moved_twice_in_a_day_was_moved_twice(extract: Extract) -> None:
    extract.snapshot("2026-03-01", action())
    extract.snapshot("2026-03-20T02:00", action(due="2026-05-01"))
    extract.snapshot("2026-03-20T14:00", action(due="2026-06-01"))
    assert extract.compare("2026-03-20T15:00", action(due="2026-06-01")).names == []
    (moved,) = extract.facts().actions
    assert len(moved.moves) == 2


def test_a_new_value_rewrites_nothing_where_its_row_names_the_same_day_for_ever(
    extract: Extract,
) -> None:
    extract.snapshot("2026-03-01", person(since="2026-01-10", eligibility="relevant", team="a"))
    changed = person(since="2026-01-10", eligibility="former_relevant", team="a")
    extract.snapshot("2026-03-09", changed)
    assert extract.compare("2026-03-10", changed).names == []
    for on, wanted in (("2026-03-08", "relevant"), ("2026-03-09", "former_relevant")):
        assert known(extract.facts(), "people", day(on))[""]["eligibility"] == wanted


def test_a_birth_date_that_was_corrected_is_not_sent_again_with_its_day(extract: Extract) -> None:
    extract.snapshot("2026-03-01", person(since="2026-01-10", date_of_birth="2008-01-01"))
    extract.snapshot("2026-03-02", person(since="2026-01-10", date_of_birth="2009-01-01"))
    told = person(since="2026-01-10", date_of_birth="2009-01-01", team="a")
    extract.snapshot("2026-03-03", told)
    assert extract.compare("2026-03-04", told).names == []
    assert known(extract.facts(), "people", day("2026-03-03"))[""]["date_of_birth"] == "2009-01-01"


# Gaps that look like corrections


def missing_rows(*rows: tuple[str, str, str]) -> Rows:
    return {
        "missing": [
            {"person": "p1", "missing_id": id_, "start": start, "end": end}
            for id_, start, end in rows
        ]
    } | person()


def test_a_gap_takes_back_no_open_missing_episode_beside_one_that_has_ended(
    extract: Extract,
) -> None:
    extract.snapshot(
        "2026-11-07", missing_rows(("m1", "2026-11-01", "2026-11-06"), ("m2", "2026-11-05", ""))
    )
    seen = extract.snapshot("2026-11-08", missing_rows(("m1", "2026-11-01", "2026-11-06")))
    assert (seen.names, seen.result.kept) == ([], {"missing": 1})


@pytest.mark.parametrize("told_in_row", [True, False])
def test_what_cuts_none_takes_nothing_back(extract: Extract, told_in_row: bool) -> None:
    """An absence, also where the file does not say that it is one."""
    extract.send_live(
        "missing.started", "2026-11-01", date="2026-11-01", missing_id="m1", kind="absent"
    )
    extract.send_live("missing.started", "2026-11-05", date="2026-11-05", missing_id="m2")
    absent = {"person": "p1", "missing_id": "m1", "start": "2026-11-01", "end": ""}
    rows = {"missing": [absent | ({"kind": "absent"} if told_in_row else {})]} | person()
    seen = extract.snapshot("2026-11-07", rows)
    assert "event.retracted" not in seen.names


def test_a_row_that_breaks_off_takes_no_end_back(extract: Extract, tmp_path: Path) -> None:
    care = "person,care_id,start\np1,1,2026-01-10\n"
    headings = "person,placement_id,start,code,end\n"
    whole = headings + "p1,1,2026-01-10,U6,2026-02-20\n"
    extract.files("2026-03-01", tmp_path, placements_csv=whole, care_csv=care)
    short = headings + "p1,1,2026-01-10,U6\n"
    seen = extract.files("2026-03-02", tmp_path, placements_csv=short, care_csv=care)
    assert seen.names == []


def test_a_correction_of_a_start_keeps_what_other_fields_came_to(extract: Extract) -> None:
    def row(start: str, code: str, **cells: str) -> Rows:
        return {
            "placements": [
                {"person": "p1", "placement_id": "1", "start": start, "code": code, **cells}
            ]
        }

    extract.snapshot("2026-01-10", row("2026-01-05", "K2", registration="unknown"))
    extract.snapshot("2026-01-20", row("2026-01-05", "K1", registration="registered"))
    extract.snapshot("2026-01-25", row("2026-01-05", "K1", registration="unregistered"))
    extract.snapshot("2026-02-01", row("2026-02-01", "K2"))
    held = known(extract.facts(), "placements", day("2026-02-02"))["1"]
    assert (held["code"], held["registration"]) == ("K2", "unregistered")


def test_an_authorisation_holds_for_the_move_that_it_was_given_for(extract: Extract) -> None:
    extract.snapshot("2026-03-01", action())
    extract.send_live(
        "action.changed", "2026-03-20T01:00", date="2026-03-20", action_id="1", due="2026-05-01",
        authorised_by="hos1",
    )  # fmt: skip
    extract.snapshot("2026-03-20T02:00", action(due="2026-07-01"))
    (moved,) = extract.facts().actions
    assert [(str(move.authorised_by), move.counts) for move in moved.moves] == [
        ("hos1", True), ("None", False),
    ]  # fmt: skip


def test_a_day_s_two_moves_stay_two_whatever_is_cleared_later(extract: Extract) -> None:
    extract.snapshot("2026-03-01", action())
    extract.snapshot("2026-03-20T02:00", action(due="2026-05-01", kind="legal"))
    extract.snapshot("2026-03-20T14:00", action(due="2026-06-01", kind="legal"))
    extract.snapshot("2026-03-21", action(due="2026-06-01", kind=""))
    (moved,) = extract.facts().actions
    assert [move.counts for move in moved.moves] == [True, False]


def test_a_start_that_a_live_feed_sent_with_a_time_stops_no_snapshot(extract: Extract) -> None:
    extract.send_live(
        "placement.started", "2026-02-01", date="2026-01-10T00:00:00Z", placement_id="1", code="K2"
    )
    extract.snapshot("2026-03-01", placement(start=""))
    assert known(extract.facts(), "placements", day("2026-03-01"))["1"]["from"] == "2026-01-10"


def test_somebody_who_was_closed_and_has_left_is_not_missed_and_their_spells_end(
    extract: Extract,
) -> None:
    review = {
        "reviews": [{"person": "p1", "review_id": "1", "date": "2026-02-01", "kind": "other"}]
    }
    extract.snapshot("2026-03-01", person(closed_on="2026-02-28", closed_reason="moved") | lives())
    empty: Rows = {"people": [], "accommodation": [], "reviews": []}
    seen = extract.snapshot("2026-03-02", empty)
    assert (seen.names, seen.result.absent) == (["accommodation.ended"], 0)
    extract.snapshot("2026-03-03", person() | lives() | review)
    seen = extract.snapshot("2026-03-04", person() | lives() | {"reviews": []})
    assert seen.result.vanished == {}


def test_an_extension_keeps_what_the_row_has_no_column_for_and_stays_one(extract: Extract) -> None:
    extract.snapshot("2026-03-01", period())
    extract.send_live(
        "pre_proceedings.extended", "2026-03-01T12:00", date="2026-02-20", period_id="1",
        until="2026-05-01", authorised_by="h1",
    )  # fmt: skip
    extended = {"extended_on": "2026-02-21", "extended_until": "2026-04-01"}
    extract.snapshot("2026-03-02", period(**extended))
    (extension,) = extract.facts().extensions["1"]
    assert extension.until == day("2026-04-01").toordinal()
    extract.snapshot("2026-03-03", period(extended_on="2026-02-21", extended_until=""))
    assert extract.facts().extensions == {}


def test_a_file_of_rows_with_none_in_it_ends_nothing_that_is_watched(
    extract: Extract, tmp_path: Path
) -> None:
    people = "person,team\np1,north\n"
    rows = '{"person": "p1", "missing_id": "1", "start": "2026-02-10"}\n'
    extract.files("2026-03-01", tmp_path, people_csv=people, missing_jsonl=rows)
    seen = extract.files("2026-03-02", tmp_path, people_csv=people, missing_jsonl="")
    assert (seen.names, seen.result.kept) == ([], {"missing": 1})


# Too much at once


def many(number: int) -> Rows:
    return {"placements": [placed(str(n)) | {"person": f"p{n}"} for n in range(number)]}


def test_more_than_the_limit_gone_is_refused(extract: Extract) -> None:
    extract.snapshot("2026-03-01", many(50))
    extract.compare("2026-03-02", many(40)).result.check(20)
    with pytest.raises(TooMuchVanishedError, match="11 of 50 placements"):
        extract.compare("2026-03-02", many(39)).result.check(20)
    extract.compare("2026-03-02", many(0)).result.check(100)


def test_a_few_may_always_be_gone(extract: Extract) -> None:
    extract.snapshot("2026-03-01", many(6))
    extract.compare("2026-03-02", many(1)).result.check(0)
    with pytest.raises(TooMuchVanishedError):
        extract.compare("2026-03-02", many(0)).result.check(0)


def test_the_limit_is_of_what_is_open_however_often_it_was_corrected(extract: Extract) -> None:
    extract.snapshot("2026-03-01", many(50))
    moved = {"placements": [row | {"start": "2026-01-11"} for row in many(50)["placements"]]}
    extract.snapshot("2026-03-02", moved)
    with pytest.raises(TooMuchVanishedError, match="11 of 50 placements"):
        extract.compare("2026-03-03", many(39)).result.check(20)


# People


def test_fields_of_a_person_hold_from_the_day_on_which_they_differ(extract: Extract) -> None:
    extract.snapshot("2026-03-01", person(team="north", personal_adviser="w1"))
    seen = extract.snapshot("2026-03-09", person(team="south", personal_adviser="w1"))
    assert [event["data"] for event in seen.events] == [{"date": "2026-03-09", "team": "south"}]


def test_since_when_a_person_is_whose_is_told_by_the_row(extract: Extract) -> None:
    seen = extract.snapshot("2026-03-01", person(team="north", since="2026-02-01"))
    assert seen.events[0]["data"] == {"date": "2026-02-01", "team": "north"}


def test_a_team_that_a_row_tells_since_earlier_than_we_knew_another_counts(
    extract: Extract,
) -> None:
    extract.snapshot("2026-03-01", person(team="north"))
    extract.snapshot("2026-03-09", person(team="south", since="2026-02-01"))
    assert known(extract.facts(), "people", day("2026-03-09"))[""]["team"] == "south"


def test_a_team_that_is_to_change_later_is_no_news_every_night(extract: Extract) -> None:
    extract.snapshot("2026-03-01", person(team="north"))
    extract.send_live("person.updated", "2026-03-02", on="2026-06-01", team="south")
    assert extract.snapshot("2026-03-03", person(team="north")).events == []
    assert extract.snapshot("2026-03-04", person(team="north")).events == []
    assert known(extract.facts(), "people", day("2026-06-01"))[""]["team"] == "south"


# The end of a snapshot


def test_it_ends_with_what_the_source_holds_of_the_kinds_that_it_told(extract: Extract) -> None:
    rows = {
        "people": [{"person": "p1"}, {"person": "p2", "closed_on": "2026-02-01"}],
        "placements": [placed("1"), placed("2", end="2026-02-01"), placed("3", end="2026-03-02")],
        "reviews": [],
    }
    extract.snapshot("2026-03-01", rows)
    end = extract.events()[-1]
    assert (end.name, end.subject) == ("snapshot.completed", "")
    assert end.content == {
        "date": "2026-03-01", "as_at": "2026-03-01T02:00:00Z", "open": {"placement": 2},
        "people": 1,
    }  # fmt: skip


def test_the_same_again_ends_with_the_same_event(extract: Extract) -> None:
    extract.snapshot("2026-03-01", placement())
    extract.snapshot("2026-03-01", placement())
    assert len(extract.log) == 2
    assert len(receive(extract.events(), Policy())) == 2


def test_what_is_held_is_counted_once_however_often_it_was_corrected(extract: Extract) -> None:
    extract.snapshot("2026-03-01", placement())
    extract.snapshot("2026-03-02", placement(start="2026-01-11"))
    extract.snapshot("2026-03-03", placement(start="2026-01-12"))
    assert (
        open_counts(extract.holdings(at("2026-03-03"))["p1"], day("2026-03-03"))["placement"] == 1
    )


def test_a_start_that_moves_past_two_changes_keeps_what_its_row_says(extract: Extract) -> None:
    """Both count from the new start then, and the one sent last wins, not the one dated last."""
    extract.send_live("care.started", "2026-01-10", date="2026-01-10", care_id="1")
    for told, on, status in (
        ("2026-03-01", "2026-02-20", "C2"),
        ("2026-03-02", "2026-02-10", "V3"),
    ):
        extract.send_live("care.changed", told, date=on, care_id="1", legal_status=status)
    extract.snapshot("2026-04-01", care(start="2026-03-10", legal_status="C2"))
    held = known(extract.facts(), "care", day("2026-04-01"))["1"]
    assert (held["from"], held["legal_status"]) == ("2026-03-10", "C2")


def test_an_absence_takes_back_no_missing_episode(extract: Extract) -> None:
    extract.send_live("missing.started", "2026-11-05", date="2026-11-05", missing_id="m2")
    extract.send_live("missing.ended", "2026-11-06", date="2026-11-06", missing_id="m2")
    absent = {"person": "p1", "missing_id": "m1", "start": "2026-11-01", "kind": "absent"}
    seen = extract.snapshot("2026-11-07", {"missing": [absent | {"end": ""}]})
    assert seen.names == ["missing.started"]


def test_an_absence_that_is_gone_stood_in_no_ones_way_and_ends(extract: Extract) -> None:
    extract.send_live(
        "missing.started", "2026-11-05", date="2026-11-05", missing_id="m1", kind="absent"
    )
    missing = {"person": "p1", "missing_id": "m2", "start": "2026-11-01", "kind": "missing"}
    seen = extract.snapshot("2026-11-07", {"missing": [missing]})
    assert sorted(seen.names) == ["missing.ended", "missing.started"]
