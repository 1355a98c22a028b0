"""The dataset night by night: what changed becomes events, what did not is nothing."""

from datetime import date
from pathlib import Path

import pytest

from tests.unit.imports.ssd.nightly_import import NightlyImports, names_of

FIRST, SECOND, THIRD = date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20)


def leaver(**cells: str) -> dict[str, str]:
    return {
        "clea_table_id": "c1",
        "clea_person_id": "1",
        "clea_care_leaver_eligibility": "Former Relevant",
        "clea_care_leaver_in_touch": "YES",
        "clea_care_leaver_accommodation": "U",
        "clea_care_leaver_accom_suitable": "1",
        "clea_care_leaver_personal_advisor": "pa1",
        "clea_care_leaver_allocated_team": "LC1",
    } | {f"clea_{name}": value for name, value in cells.items()}


def person(id_: str = "1", born: str = "2006-03-04T00:00:00") -> dict[str, str]:
    return {"pers_person_id": id_, "pers_forename": "SSD_PH", "pers_dob": born}


def in_care(**cells: str) -> dict[str, list[dict[str, str]]]:
    placement = {
        "clap_cla_placement_id": "p1",
        "clap_cla_placement_start_date": "2026-01-05",
        "clap_cla_placement_end_date": "",
        "clap_cla_placement_type": "K2",
        "clap_cla_placement_urn": "1234567",
        "clap_cla_id": "la1",
    } | {f"clap_cla_placement_{name}": value for name, value in cells.items()}
    return {
        "ssd_person": [person("2", "2012-05-06")],
        "ssd_cla_episodes": [
            {
                "clae_cla_episode_id": "e1",
                "clae_person_id": "2",
                "clae_cla_episode_start_date": "2026-01-05",
                "clae_cla_episode_start_reason": "S",
                "clae_cla_episode_ceased_date": "",
                "clae_cla_episode_ceased_reason": "",
                "clae_cla_id": "la1",
            }
        ],
        "ssd_cla_placement": [placement],
    }


@pytest.fixture
def nights(tmp_path: Path) -> NightlyImports:
    return NightlyImports(tmp_path)


async def test_the_same_extract_the_next_night_is_nothing(nights: NightlyImports) -> None:
    tables = {"ssd_person": [person()], "ssd_care_leavers": [leaver()]}
    assert names_of(await nights.import_night(FIRST, tables)) == [
        "accommodation.started",
        "person.updated",
    ]
    assert await nights.import_night(SECOND, tables) == []


async def test_another_letter_is_another_dwelling_and_a_letter_that_comes_back_is_a_third(
    nights: NightlyImports,
) -> None:
    letters = {FIRST: "U", SECOND: "W", THIRD: "U"}
    for night, letter in letters.items():
        row = leaver(care_leaver_accommodation=letter, care_leaver_accom_suitable="1")
        await nights.import_night(night, {"ssd_person": [person()], "ssd_care_leavers": [row]})
    ids = {
        event.content["accommodation_id"] for event in nights.heard if "accommodation" in event.name
    }
    assert len(ids) == 3
    colours = [nights.status("1", "unsuitable_accommodation", night) for night in letters]
    assert [status and status["rag"] for status in colours] == ["green", "green", "green"]


async def test_an_unsuitable_dwelling_is_red_from_the_night_it_is_told(
    nights: NightlyImports,
) -> None:
    for night, suitable in ((FIRST, "1"), (SECOND, "2")):
        row = leaver(care_leaver_accom_suitable=suitable)
        events = await nights.import_night(
            night, {"ssd_person": [person()], "ssd_care_leavers": [row]}
        )
    assert names_of(events) == ["accommodation.changed"]
    status = nights.status("1", "unsuitable_accommodation", SECOND)
    assert status
    assert (status["rag"], status["since"]) == ("red", str(SECOND))


async def test_an_accommodation_that_is_blank_now_has_ended_and_nothing_is_recorded(
    nights: NightlyImports,
) -> None:
    await nights.import_night(FIRST, {"ssd_person": [person()], "ssd_care_leavers": [leaver()]})
    blank = leaver(care_leaver_accommodation="", care_leaver_accom_suitable="")
    events = await nights.import_night(
        SECOND, {"ssd_person": [person()], "ssd_care_leavers": [blank]}
    )
    assert names_of(events) == ["accommodation.ended"]
    status = nights.status("1", "unsuitable_accommodation", SECOND)
    assert status
    assert status["reasons"][0]["rule"] == "UA11"


async def test_a_placement_without_its_person_is_found_through_the_period_of_care(
    nights: NightlyImports,
) -> None:
    await nights.import_night(FIRST, in_care())
    status = nights.status("2", "unregulated_placement", FIRST)
    assert status
    assert status["rag"] == "green"


async def test_a_urn_that_is_taken_away_is_a_change_from_that_night(nights: NightlyImports) -> None:
    await nights.import_night(FIRST, in_care())
    events = await nights.import_night(SECOND, in_care(urn=""))
    assert names_of(events) == ["placement.changed"]
    colours = [nights.status("2", "unregulated_placement", night) for night in (FIRST, SECOND)]
    assert [status and status["rag"] for status in colours] == ["green", "red"]


@pytest.mark.parametrize(
    ("plans", "plan"),
    [
        ('{"REMAINSUP": "", "RETURN1M": "", "LTFOST18": "", "ADOPTION": ""}', None),
        ('{"LTFOST18": "Y", "ADOPTION": "N"}', "long_term_fostering"),
        ('{"ltfost18": "1", "adoption": "1"}', "adoption"),
        ("", None),
        ("SSD_PH", None),
    ],
)
async def test_a_plan_is_agreed_where_one_of_the_ten_keys_is_set(
    nights: NightlyImports, plans: str, plan: str | None
) -> None:
    row = {
        "lacp_table_id": "cp1",
        "lacp_person_id": "2",
        "lacp_cla_care_plan_start_date": "2026-02-01",
        "lacp_cla_care_plan_json": plans,
    }
    events = await nights.import_night(FIRST, in_care() | {"ssd_cla_care_plan": [row]})
    agreed = [event["data"] for event in events if "permanence.agreed" in event["type"]]
    assert [event["plan"] for event in agreed] == ([plan] if plan else [])


async def test_a_plan_whose_keys_are_all_blank_now_is_withdrawn(nights: NightlyImports) -> None:
    for night, plans in ((FIRST, '{"ADOPTION": "Y"}'), (SECOND, '{"ADOPTION": ""}')):
        row = {
            "lacp_table_id": "cp1",
            "lacp_person_id": "2",
            "lacp_cla_care_plan_start_date": "2026-02-01",
            "lacp_cla_care_plan_json": plans,
        }
        await nights.import_night(night, in_care() | {"ssd_cla_care_plan": [row]})
    status = nights.status("2", "permanence", SECOND)
    assert status
    assert "PE3" in [reason["rule"] for reason in status["reasons"]]


async def test_a_pre_proceedings_row_that_only_holds_a_place_is_nothing(
    nights: NightlyImports,
) -> None:
    row = {
        "prep_table_id": "SSD_PH",
        "prep_person_id": "2",
        "prep_pre_pro_decision_date": "1900-01-01",
    }
    await nights.import_night(FIRST, in_care() | {"ssd_pre_proceedings": [row]})
    assert nights.status("2", "pre_proceedings", FIRST) is None


async def test_pre_proceedings_are_counted_from_the_decision_and_end_with_a_step_down(
    nights: NightlyImports,
) -> None:
    row = {
        "prep_table_id": "pp1",
        "prep_person_id": "2",
        "prep_plo_family_id": "f1",
        "prep_pre_pro_decision_date": "2026-08-01",
        "prep_pre_pro_outcome": "",
        "prep_agree_stepdown_issue_date": "",
    }
    await nights.import_night(FIRST, in_care() | {"ssd_pre_proceedings": [row]})
    status = nights.status("2", "pre_proceedings", FIRST)
    assert status
    assert status["rag"] == "red"
    row |= {
        "prep_pre_pro_outcome": "Decision to step down",
        "prep_agree_stepdown_issue_date": "18/11/2026",
    }
    await nights.import_night(SECOND, in_care() | {"ssd_pre_proceedings": [row]})
    assert nights.status("2", "pre_proceedings", SECOND) is None


async def test_whoever_is_in_no_table_that_matters_is_none_of_our_business(
    nights: NightlyImports,
) -> None:
    events = await nights.import_night(
        FIRST, in_care() | {"ssd_person": [person("2"), person("99")]}
    )
    assert {event["subject"] for event in events} == {"2"}


async def test_a_young_person_who_is_gone_from_the_extract_stays_in_sight(
    nights: NightlyImports,
) -> None:
    row = leaver(care_leaver_accommodation="S", care_leaver_accom_suitable="2")
    other = leaver(table_id="c9", person_id="9")
    tables = {"ssd_person": [person(), person("9")], "ssd_care_leavers": [row, other]}
    await nights.import_night(FIRST, tables)
    await nights.import_night(SECOND, {"ssd_person": [person("9")], "ssd_care_leavers": [other]})
    status = nights.status("1", "unsuitable_accommodation", SECOND)
    assert status
    assert (status["rag"], status["since"]) == ("red", str(FIRST))


async def test_the_worker_is_whoever_is_involved_now_and_cover_is_counted(
    nights: NightlyImports,
) -> None:
    def involved(id_: str, worker: str, start: str, end: str, reason: str) -> dict[str, str]:
        return {
            "invo_involvements_id": id_,
            "invo_person_id": "1",
            "invo_professional_id": worker,
            "invo_professional_role_id": "Personal Advisor",
            "invo_professional_team": "LC1",
            "invo_involvement_start_date": start,
            "invo_involvement_end_date": end,
            "invo_worker_change_reason": reason,
        }

    usual = involved("i1", "pa7", "2025-01-01", "", "FCONTA")
    cover = involved("i2", "pa8", "2026-11-01", "2026-11-19", "ABSENC")
    tables = {
        "ssd_person": [person()],
        "ssd_care_leavers": [leaver()],
        "ssd_involvements": [usual, cover],
    }
    first = await nights.import_night(FIRST, tables)
    assert nights.dataset.findings.covered == 1
    second = await nights.import_night(SECOND, tables)
    advisers = [
        event["data"]["personal_adviser"]
        for event in (*first, *second)
        if "personal_adviser" in event["data"]
    ]
    assert advisers == ["pa8", "pa7"]


async def test_no_name_is_in_any_event(nights: NightlyImports) -> None:
    named = person() | {"pers_forename": "Morwenna", "pers_surname": "Penhaligon"}
    events = await nights.import_night(
        FIRST, {"ssd_person": [named], "ssd_care_leavers": [leaver()]}
    )
    assert "Morwenna" not in str(events)
    assert "Penhaligon" not in str(events)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Homeless", "S"),
        ("No fixed abode / homeless", "S"),
        ("Bed and breakfast", "W"),
        ("Emergency accommodation", "V"),
        ("In custody", "X"),
        ("With parents or relatives", "B"),
        ("Semi-independent, transitional accommodation", "D"),
        ("U1", "U"),
        ("Residence not known", "R"),
    ],
)
async def test_accommodation_may_be_told_in_words(
    nights: NightlyImports, words: str, code: str
) -> None:
    row = leaver(care_leaver_accommodation=words, care_leaver_accom_suitable="")
    events = await nights.import_night(FIRST, {"ssd_person": [person()], "ssd_care_leavers": [row]})
    begun = [e["data"] for e in events if "accommodation.started" in e["type"]]
    assert [data["code"] for data in begun] == [code]


async def test_words_of_suitability_are_understood(nights: NightlyImports) -> None:
    row = leaver(care_leaver_accom_suitable="Accommodation considered unsuitable")
    await nights.import_night(FIRST, {"ssd_person": [person()], "ssd_care_leavers": [row]})
    status = nights.status("1", "unsuitable_accommodation", FIRST)
    assert status
    assert status["rag"] == "red"


async def test_a_row_key_that_is_made_anew_each_night_begins_no_new_dwelling(
    nights: NightlyImports,
) -> None:
    for night, key in ((FIRST, "8f1c"), (SECOND, "02ab")):
        row = leaver(table_id=key)
        events = await nights.import_night(
            night, {"ssd_person": [person()], "ssd_care_leavers": [row]}
        )
    assert events == []


async def test_of_several_records_the_latest_contact_counts(nights: NightlyImports) -> None:
    old = leaver(table_id="c5", care_leaver_latest_contact="2024-01-01")
    new = leaver(
        table_id="c1", care_leaver_accommodation="S", care_leaver_accom_suitable="2",
        care_leaver_latest_contact="2026-11-10",
    )  # fmt: skip
    await nights.import_night(FIRST, {"ssd_person": [person()], "ssd_care_leavers": [new, old]})
    status = nights.status("1", "unsuitable_accommodation", FIRST)
    assert status
    assert status["rag"] == "red"
    assert nights.faults.total == 0


async def test_two_records_that_nothing_tells_apart_are_asked_about(nights: NightlyImports) -> None:
    good, bad = leaver(table_id="c1"), leaver(table_id="c2", care_leaver_accom_suitable="2")
    await nights.import_night(FIRST, {"ssd_person": [person()], "ssd_care_leavers": [bad, good]})
    status = nights.status("1", "unsuitable_accommodation", FIRST)
    assert status
    assert status["rag"] == "red"
    assert nights.faults.total == 1


async def test_a_death_that_is_taken_back_brings_the_young_person_back(
    nights: NightlyImports,
) -> None:
    row = leaver(care_leaver_accommodation="S", care_leaver_accom_suitable="2")
    for night, died in ((FIRST, ""), (SECOND, "2026-11-18"), (THIRD, "")):
        dead = person() | {"pers_death_date": died}
        await nights.import_night(night, {"ssd_person": [dead], "ssd_care_leavers": [row]})
    status = nights.status("1", "unsuitable_accommodation", THIRD)
    assert status
    assert status["rag"] == "red"


async def test_a_child_who_is_missing_from_the_extract_stays_red_and_unlawful(
    nights: NightlyImports,
) -> None:
    await nights.import_night(FIRST, in_care(type="Z12", urn="") | {"ssd_care_leavers": [leaver()]})
    both = {"ssd_person": [person()], "ssd_care_leavers": [leaver()]}
    empty = in_care() | {"ssd_cla_episodes": [], "ssd_cla_placement": []}
    await nights.import_night(SECOND, empty | both)
    status = nights.status("2", "unregulated_placement", SECOND)
    assert status
    assert (status["rag"], status["statutory"]) == ("red", "unlawful")


async def test_a_column_that_is_missing_clears_nothing(nights: NightlyImports) -> None:
    row = leaver(care_leaver_accom_suitable="2")
    await nights.import_night(FIRST, {"ssd_person": [person()], "ssd_care_leavers": [row]})
    less = {
        name: value
        for name, value in row.items()
        if name not in ("clea_care_leaver_accom_suitable", "clea_care_leaver_eligibility")
    }
    assert (
        await nights.import_night(SECOND, {"ssd_person": [person()], "ssd_care_leavers": [less]})
        == []
    )


async def test_a_table_without_a_column_that_it_must_have_is_left_alone(
    nights: NightlyImports,
) -> None:
    await nights.import_night(FIRST, in_care(end_date=""))
    less = {k: v for k, v in in_care()["ssd_cla_placement"][0].items() if "end_date" not in k}
    events = await nights.import_night(SECOND, in_care(end_date="") | {"ssd_cla_placement": [less]})
    assert events == []
    assert any("clap_cla_placement_end_date" in note for note in nights.dataset.tables.notes)


async def test_a_plan_that_cannot_be_read_leaves_the_plan_that_is_held(
    nights: NightlyImports,
) -> None:
    for night, plans in ((FIRST, '{"ADOPTION": "Y"}'), (SECOND, '{"ADOPTION": "Y", "OTHER')):
        row = {
            "lacp_table_id": "cp1",
            "lacp_person_id": "2",
            "lacp_cla_care_plan_start_date": "2026-02-01",
            "lacp_cla_care_plan_json": plans,
        }
        events = await nights.import_night(night, in_care() | {"ssd_cla_care_plan": [row]})
    assert events == []
    assert nights.faults.total > 0


async def test_a_reviewing_officer_is_nobodys_social_worker_and_a_name_is_never_told(
    nights: NightlyImports,
) -> None:
    def involved(worker: str, role: str) -> dict[str, str]:
        return {
            "invo_involvements_id": worker,
            "invo_person_id": "1",
            "invo_professional_id": worker,
            "invo_professional_role_id": role,
            "invo_professional_team": "T",
            "invo_involvement_start_date": "2026-01-01",
        }

    rows = [involved("sw1", "Social Worker"), involved("iro1", "Independent Reviewing Officer")]
    row = leaver(care_leaver_personal_advisor="Morwenna Penhaligon")
    tables = {
        "ssd_person": [person()], "ssd_care_leavers": [row], "ssd_involvements": rows,
    }  # fmt: skip
    events = await nights.import_night(FIRST, tables)
    assert "Penhaligon" not in str(events)
    people = [e["data"] for e in events if "person.updated" in e["type"]]
    assert people[0]["social_worker"] == "sw1"
    assert people[0]["reviewing_officer"] == "iro1"


async def test_a_time_of_day_is_no_fault_and_its_day_counts(nights: NightlyImports) -> None:
    await nights.import_night(FIRST, in_care(end_date=""))
    events = await nights.import_night(SECOND, in_care(end_date="2026-10-01 10:30:00"))
    ended = [e["data"] for e in events if "placement.ended" in e["type"]]
    assert [data["date"] for data in ended] == ["2026-10-01"]


def an_episode(id_: str, start: str, ceased: str = "", reason: str = "") -> dict[str, str]:
    return {
        "clae_cla_episode_id": id_,
        "clae_person_id": "2",
        "clae_cla_episode_start_date": start,
        "clae_cla_episode_start_reason": "S",
        "clae_cla_episode_ceased_date": ceased,
        "clae_cla_episode_ceased_reason": reason,
        "clae_cla_id": "la1",
    }


def a_review(id_: str, due: str, held: str = "", cancelled: str = "N") -> dict[str, str]:
    return {
        "clar_cla_review_id": id_,
        "clar_cla_person_id": "2",
        "clar_cla_review_due_date": due,
        "clar_cla_review_date": held,
        "clar_cla_review_cancelled": cancelled,
    }


def a_visit(id_: str, on: str, seen: str) -> dict[str, str]:
    return {
        "clav_cla_visit_id": id_,
        "clav_person_id": "2",
        "clav_cla_visit_date": on,
        "clav_cla_visit_seen": seen,
    }


async def test_each_row_became_events_or_was_held_or_is_left_out_with_why(
    nights: NightlyImports,
) -> None:
    """On a first import nothing was held already, whatever rows are told together."""
    tables = in_care() | {
        "ssd_cla_episodes": [
            an_episode("e1", "2026-01-05", "2026-03-01", "X1"),
            an_episode("e2", "2026-03-01"),
        ],
        "ssd_cla_reviews": [
            a_review("r1", "2026-02-01", "2026-02-01"),
            a_review("r2", "2026-05-01", cancelled="Y"),
            a_review("r3", "2026-12-01"),
        ],
        "ssd_cla_visits": [a_visit("v1", "2026-11-01", "Y"), a_visit("v2", "2026-11-08", "N")],
        "ssd_legal_status": [
            {
                "lega_legal_status_id": "l1",
                "lega_person_id": "2",
                "lega_legal_status": status,
                "lega_legal_status_start_date": start,
                "lega_legal_status_end_date": end,
            }
            for status, start, end in (
                ("V2", "2026-01-05", "2026-03-01"), ("C2", "2026-03-01", ""),
            )
        ],
        "ssd_pre_proceedings": [
            {"prep_table_id": "q1", "prep_person_id": "2", "prep_pre_pro_decision_date": ""}
        ],
        "ssd_cla_care_plan": [
            {
                "lacp_table_id": "k1",
                "lacp_person_id": "2",
                "lacp_cla_care_plan_start_date": "2026-01-20",
                "lacp_cla_care_plan_end_date": "",
                "lacp_cla_care_plan_json": "{}",
            }
        ],
    }  # fmt: skip
    await nights.import_night(FIRST, tables)
    ledger = {
        item["file"].removesuffix(".csv"): (
            item["rows"], item["became_events"], item["same_as_held"], item["left_out"]
        )
        for item in nights.files.ledger.as_objects()
    }  # fmt: skip
    assert ledger == {
        "ssd_person": (1, 1, 0, {}),
        "ssd_cla_placement": (1, 1, 0, {}),
        "ssd_cla_episodes": (2, 2, 0, {}),
        "ssd_cla_reviews": (3, 2, 0, {"a review that was cancelled": 1}),
        "ssd_cla_visits": (2, 1, 0, {"a visit at which the child was not seen": 1}),
        "ssd_legal_status": (
            2, 1, 0, {"a legal status that is not today's, or not of care today": 1},
        ),
        "ssd_pre_proceedings": (1, 0, 0, {"pre-proceedings on which nothing has been decided": 1}),
        "ssd_cla_care_plan": (1, 0, 0, {"a care plan that sets no plan for permanence": 1}),
    }  # fmt: skip
    await nights.import_night(SECOND, tables)
    assert sum(item["became_events"] for item in nights.files.ledger.as_objects()) == 0
    assert sum(item["same_as_held"] for item in nights.files.ledger.as_objects()) == 8
