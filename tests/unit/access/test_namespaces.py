"""Ids of staff, of recipients and of strangers live apart: nobody becomes another by a name."""

from schemas.policy import Policy
from schemas.recipients import Recipient, Recipients, Staff
from services.access.directory import Directory, Identity
from services.access.roles import Role

DIRECTOR = Recipient(
    id="director", name="the Director", role="chief_officer", address="director@council.example"
)


def directory(*staff: Staff) -> Directory:
    return Directory(Recipients(recipient=(DIRECTOR,), staff=staff), Policy())


def test_a_member_of_staff_with_a_recipients_id_has_not_their_digests() -> None:
    namesake = Staff(id="director", sign_in="other@council.example")
    one = directory(namesake)
    id_ = one.id_of(Identity("other@council.example", "sub-1"))
    assert id_ == "director"
    assert one.user(id_, (Role.PERSONAL_ADVISER,)).digests == ()


def test_a_staff_id_that_the_provider_claims_is_no_recipient() -> None:
    one = directory()
    assert one.id_of(Identity("x@council.example", "sub-1", "director")) == "director"
    assert one.user("director", (Role.TEAM_MANAGER,)).digests == ()
    forged = one.id_of(Identity("x@council.example", "sub-1", "recipient:director"))
    assert forged == "subject:sub-1"


def test_a_stranger_whose_subject_is_a_staff_id_is_a_stranger() -> None:
    one = directory(Staff(id="w1", sign_in="w1@council.example"))
    id_ = one.id_of(Identity("stranger@council.example", "w1"))
    assert id_ == "subject:w1"
    assert one.display_name(id_) == "w1"


def test_a_recipient_is_known_by_their_address_or_their_sign_in_name() -> None:
    known = DIRECTOR.model_copy(update={"sign_in": "0b7c-oid"})
    one = Directory(Recipients(recipient=(known,)), Policy())
    for name in ("0b7c-OID", "Director@council.example"):
        id_ = one.id_of(Identity(name, "sub-1"))
        assert id_ == "recipient:director"
        assert one.user(id_, (Role.CHIEF_OFFICER,)).digests == ("director",)
    assert one.display_name("recipient:director") == "the Director (director)"
    assert one.id_of(Identity("", "sub-2")) == "subject:sub-2"
