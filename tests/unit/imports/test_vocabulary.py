"""Words and codes as councils write them in Annex A, read to the codes of the national lists."""

import pytest

from services.imports.tabular import vocabulary


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("a) U1: Foster placement - relatives - long term", "U1"),
        ("K2 - Children's Homes", "K2"),
        ("K3", "K3"),
        ("Supported accommodation", "K3"),
        ("Z1: Other placements", "Z1"),
        ("Secure unit", "K1"),
        ("Semi-independent", "H5"),
        ("Residential accommodation not Reg Children's Home", "H5"),
        ("Temporary accommodation whilst normal foster carer is on holiday", "T3"),
        ("Z103 - TEMPORARY STAY IN HOTEL", "Z1"),
        ("Homes and hostels subject to Children's Homes Regulations", "K2"),
        ("R5 - Independent living, eg. in flat or lodgings without formal support", "P2"),
        ("R5: Young Offender Institution", "R5"),
        ("Living independently", "P2"),
        ("Young Offender Institution (YOI) or Secure Training Centre (STC)", "R5"),
        ("somewhere else", "somewhere else"),
    ],
)
def test_a_placement_is_told_by_its_code_or_by_words(cell: str, code: str) -> None:
    assert vocabulary.placement(cell) == code


@pytest.mark.parametrize(
    ("cell", "letter"),
    [
        ("m) Bed and breakfast", "W"),
        ("(S) No fixed abode/homeless", "S"),
        ("U - Independent living", "U"),
        ("U1", "U"),
        ("No fixed abode / homeless [S]", "S"),
        ("Homeless", "S"),
        ("In custody", "X"),
        ("Staying Put, provided by LA", "Z"),
        ("n) In custody", "X"),
        ("With parent(s) or relative(s)", "B"),
        ("With former foster carer(s)", "Z"),
        ("B & B", "W"),
        ("U - homeless", "S"),
        ("Whereabouts Unknown", "R"),
        ("Staying Put, arranged through agency", "Z"),
        ("Not Recorded", ""),
        ("", ""),
        ("0", ""),
    ],
)
def test_accommodation_is_told_by_its_letter_or_by_words(cell: str, letter: str) -> None:
    assert vocabulary.accommodation(cell) == letter


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("a) Suitable", "yes"),
        ("1 - Accommodation is considered suitable", "yes"),
        ("b) Unsuitable", "no"),
        ("2", "no"),
        ("Not suitable", "no"),
        ("Accommodation is considered unsuitable", "no"),
        ("0 - Unsuitable", "no"),
        ("c) Not in touch or not recorded", ""),
        ("Not Recorded", ""),
        ("-", ""),
        ("Yet to be assessed", ""),
        ("Not known", ""),
        ("", ""),
    ],
)
def test_whether_it_is_suitable(cell: str, answer: str) -> None:
    assert vocabulary.suitable(cell) == answer


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("a) Yes", "yes"),
        ("01 - Yes, resident in the UK", "yes"),
        ("b) No", "no"),
        ("d) Refu", "refused"),
        ("10 - Young person no longer requires services", "not_required"),
        ("c) Died", "died"),
        ("f) Rhom", "returned_home"),
        ("Not Recorded", ""),
    ],
)
def test_whether_the_council_is_in_touch(cell: str, answer: str) -> None:
    assert vocabulary.in_touch(cell) == answer


@pytest.mark.parametrize(
    ("cell", "plan"),
    [
        ("a) Return to family", "return_home"),
        ("CAO", "special_guardianship"),
        ("Concurrent Planning", "other"),
        ("No plan yet - family finding", ""),
        ("Not agreed", ""),
        ("", ""),
    ],
)
def test_what_the_plan_aims_at(cell: str, plan: str) -> None:
    assert vocabulary.plan(cell) == plan


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("S20 Short Breaks 75+ Nights", "V2"),
        ("V4 - Accommodation under a series of short term breaks", "V4"),
        ("Interim Care Order", "C1"),
        ("C2  [Full Care Order]", "C2"),
        ("Special Guardianship Order", ""),
    ],
)
def test_legal_status(cell: str, code: str) -> None:
    assert vocabulary.legal_status(cell) == code


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("Died", "E2"),
        ("Adopted", "E11"),
        ("Care taken over by another LA in the UK", "E3"),
        ("E15: Age assessed over 18 & E5, E6", "E15"),
        ("Age assessed over 18 & E5, E6 do not apply", "E15"),
    ],
)
def test_why_care_ended(cell: str, code: str) -> None:
    assert vocabulary.reason_ceased(cell) == code


@pytest.mark.parametrize("cell", ["5 No, residence not known", "2 No, resident in the UK", "b) No"])
def test_no_with_more_words_is_out_of_touch(cell: str) -> None:
    assert vocabulary.in_touch(cell) == "no"


def test_full_time_and_not_higher_is_further() -> None:
    assert vocabulary.education("full time not higher") == "further"
    assert vocabulary.education("F1 - full time in higher education") == "higher"
