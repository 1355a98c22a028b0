"""The ways in: which subjects belong to which, and what a message says of its sender."""

import pytest

from events.channel import (
    BY_COMMAND,
    FROM_PAGES,
    MAY_HEADER,
    Channel,
    channel_of,
    permissions_in,
    received,
    user_of,
)
from schemas.permissions import ALL_PERMISSIONS, is_reserved


@pytest.mark.parametrize(
    ("subject", "channel", "user"),
    [
        ("sightline.events.care.started", Channel.PUBLISHERS, ""),
        ("sightline.events.unknown", Channel.PUBLISHERS, ""),
        ("sightline.events.cms.care.started", Channel.PUBLISHERS, "cms"),
        ("sightline.received.care.started", Channel.RECEIVED, ""),
        ("sightline.pages.review.completed", Channel.PAGES, ""),
        ("sightline.pagesx.review.completed", None, ""),
        ("", None, ""),
    ],
)
def test_a_subject_says_by_which_way_an_event_came(
    subject: str, channel: Channel | None, user: str
) -> None:
    assert channel_of(subject) is channel
    assert user_of(subject) == user


def test_what_a_sender_may_do_travels_with_the_message() -> None:
    assert permissions_in(BY_COMMAND.headers) == ALL_PERMISSIONS
    assert permissions_in(received(["rate", "close"]).headers) == {"rate", "close"}
    assert received([]).headers == FROM_PAGES.headers == {}
    assert permissions_in({MAY_HEADER: "rate,fly,RATE, close"}) == {"rate"}


@pytest.mark.parametrize(
    "source",
    [
        "/sightline/pages", "/Sightline/Pages", "/sightline/pages/", "sightline/pages",
        "//sightline//pages", "/sightline/pages/2", "/sightline%2Fpages", "/sightline/pages ",
        "/sightline/p\u00e1ges", "/sightline\u200b/pages", "/\uff53ightline/pages", "urn:sightline",
    ],
)  # fmt: skip
def test_whatever_would_be_taken_for_the_pages_is_reserved(source: str) -> None:
    assert is_reserved(source) is (source != "urn:sightline")
