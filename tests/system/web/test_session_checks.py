"""Sessions stand as long as the identity provider says so: it is asked again, and it may tell."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.access.sessions import CHECK_EVERY, UNCHECKED_AT_MOST
from services.store.tables import audit, sessions
from tests.system.web.identity_provider import Account, IdentityProvider
from tests.system.web.running_app import NOW, RunningApp, text_of
from tests.system.web.sign_in_client import Visitor, new_visitor

NAME = "director@council.example"
BACK_CHANNEL = "/sign-out/back-channel"


def account(idp: IdentityProvider, *roles: str, **claims: Any) -> Account:
    idp.accounts[NAME] = Account("sub-director", NAME, roles, claims)
    return idp.accounts[NAME]


async def signed_in(oidc_app: RunningApp, idp: IdentityProvider) -> Visitor:
    visitor = await new_visitor(oidc_app, idp)
    assert (await visitor.sign_in(NAME)).status_code == 303
    return visitor


async def is_in(visitor: Visitor) -> bool:
    return (await visitor.get("/")).status_code == 200


def later(oidc_app: RunningApp, by: timedelta) -> None:
    oidc_app.now = NOW + by


async def test_a_role_that_was_taken_away_is_gone_within_a_quarter_of_an_hour(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    account(idp, "chief_officer")
    visitor = await signed_in(oidc_app, idp)
    assert "chief officer" in text_of(await visitor.get("/"))
    account(idp, "lead_member")
    later(oidc_app, CHECK_EVERY - timedelta(seconds=1))
    assert (await visitor.get("/cases")).status_code == 200
    later(oidc_app, CHECK_EVERY)
    assert (await visitor.get("/cases")).status_code == 404
    assert "lead member" in text_of(await visitor.get("/"))


async def test_whoever_has_no_role_any_more_is_signed_out(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    account(idp, "chief_officer")
    visitor = await signed_in(oidc_app, idp)
    account(idp)
    later(oidc_app, CHECK_EVERY)
    assert not await is_in(visitor)
    later(oidc_app, timedelta())
    assert not await is_in(visitor), "the session itself ended"


@pytest.mark.parametrize("fault", ["refresh_revoked", "no_id_token"])
async def test_a_session_that_the_provider_does_not_confirm_ends(
    oidc_app: RunningApp, idp: IdentityProvider, fault: str
) -> None:
    account(idp, "chief_officer")
    visitor = await signed_in(oidc_app, idp)
    setattr(idp.faults, fault, True)
    later(oidc_app, CHECK_EVERY)
    assert not await is_in(visitor)


async def test_the_token_of_somebody_else_confirms_nobody(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    account(idp, "chief_officer")
    visitor = await signed_in(oidc_app, idp)
    account(idp, "chief_officer", sub="sub-somebody-else")
    later(oidc_app, CHECK_EVERY)
    assert not await is_in(visitor)


async def test_a_confirmed_session_goes_on_and_is_checked_over_and_over(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    account(idp, "chief_officer")
    visitor = await signed_in(oidc_app, idp)
    for times in range(1, 6):
        later(oidc_app, CHECK_EVERY * times)
        assert await is_in(visitor)
    assert idp.requests.count("/tenant/oauth2/v2.0/token") == 6


async def test_a_provider_that_does_not_answer_signs_nobody_out_for_an_hour(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    account(idp, "chief_officer")
    visitor = await signed_in(oidc_app, idp)
    idp.faults.token_down = True
    minutes = int(UNCHECKED_AT_MOST.total_seconds()) // 60
    for minute in range(15, minutes, 5):
        later(oidc_app, timedelta(minutes=minute))
        assert await is_in(visitor), minute
    later(oidc_app, UNCHECKED_AT_MOST)
    assert not await is_in(visitor)


@pytest.mark.parametrize("fault", ["other_key", "wrong_issuer", "expired"])
async def test_an_answer_that_cannot_be_verified_confirms_nothing(
    oidc_app: RunningApp, idp: IdentityProvider, fault: str
) -> None:
    """Its keys may be changing just then: it is asked again, for an hour at most."""
    account(idp, "chief_officer")
    visitor = await signed_in(oidc_app, idp)
    account(idp, "chief_officer", "lead_member")
    setattr(idp.faults, fault, True)
    later(oidc_app, CHECK_EVERY)
    assert await is_in(visitor)
    for minute in (30, 45):
        later(oidc_app, timedelta(minutes=minute))
        assert await is_in(visitor)
    later(oidc_app, UNCHECKED_AT_MOST)
    assert not await is_in(visitor)


async def test_a_provider_that_is_back_confirms_as_before(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    account(idp, "chief_officer")
    visitor = await signed_in(oidc_app, idp)
    idp.faults.token_down = True
    later(oidc_app, CHECK_EVERY)
    assert await is_in(visitor)
    idp.faults.token_down = False
    account(idp, "lead_member")
    later(oidc_app, CHECK_EVERY + timedelta(minutes=1))
    assert (await visitor.get("/cases")).status_code == 404


async def test_where_nothing_can_be_asked_again_a_session_lasts_a_quarter_of_an_hour(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    account(idp, "chief_officer")
    idp.faults.no_refresh = True
    visitor = await signed_in(oidc_app, idp)
    later(oidc_app, CHECK_EVERY - timedelta(seconds=1))
    assert await is_in(visitor)
    later(oidc_app, CHECK_EVERY)
    assert not await is_in(visitor)


async def test_the_store_alone_asks_the_provider_nothing(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    account(idp, "chief_officer")
    await signed_in(oidc_app, idp)
    (refresh,) = idp.refreshing
    async with oidc_app.runtime.database.reading() as connection:
        rows = (await connection.execute(select(sessions))).all()
    assert refresh not in repr(rows)


async def ended_by(oidc_app: RunningApp) -> list[str]:
    async with oidc_app.runtime.database.reading() as connection:
        wanted = select(audit.c.detail).where(audit.c.act == "ended sessions")
        return [row.detail for row in await connection.execute(wanted)]


async def test_who_signs_out_at_the_provider_is_signed_out_here(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    director = account(idp, "chief_officer")
    visitors = [await signed_in(oidc_app, idp), await signed_in(oidc_app, idp)]
    told = await visitors[0].client.post(
        BACK_CHANNEL, data={"logout_token": idp.logout_token(director)}
    )
    assert (told.status_code, told.headers["cache-control"]) == (200, "no-store")
    assert [await is_in(visitor) for visitor in visitors] == [False, False]
    assert len(await ended_by(oidc_app)) == 2


async def test_one_session_of_several_is_ended_where_the_provider_names_it(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    account(idp, "chief_officer", sid="first")
    first = await signed_in(oidc_app, idp)
    director = account(idp, "chief_officer", sid="second")
    second = await signed_in(oidc_app, idp)
    token = idp.logout_token(director, sub=None, sid="first")
    assert (await first.client.post(BACK_CHANNEL, data={"logout_token": token})).status_code == 200
    assert not await is_in(first)
    assert await is_in(second)


async def test_a_session_of_which_the_provider_told_no_name_ends_with_any_of_the_person(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    director = account(idp, "chief_officer")
    visitor = await signed_in(oidc_app, idp)
    token = idp.logout_token(director, sid="named-only-now")
    await visitor.client.post(BACK_CHANNEL, data={"logout_token": token})
    assert not await is_in(visitor)


async def test_logout_tokens_in_numbers_are_put_off(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    oidc_app.state.logout_limit.burst = oidc_app.state.logout_limit.each_minute = 2
    visitor = await new_visitor(oidc_app, idp)
    answers = [
        await visitor.client.post(BACK_CHANNEL, data={"logout_token": "x"}) for _ in range(3)
    ]
    assert [answer.status_code for answer in answers] == [400, 400, 429]


@pytest.mark.parametrize(
    "wrong",
    [
        {"other_key": True},
        {"iss": "https://elsewhere.example"},
        {"aud": "another-client"},
        {"exp": 1},
        {"events": {}},
        {"events": None},
        {"nonce": "n"},
        {"sub": None},
        {"jti": None},
    ],
)
async def test_what_is_no_logout_token_of_the_provider_ends_nothing(
    oidc_app: RunningApp, idp: IdentityProvider, wrong: dict[str, Any]
) -> None:
    director = account(idp, "chief_officer")
    visitor = await signed_in(oidc_app, idp)
    token = idp.logout_token(director, **wrong)
    answer = await visitor.client.post(BACK_CHANNEL, data={"logout_token": token})
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_request"
    assert await is_in(visitor)


async def test_an_id_token_signs_nobody_out(oidc_app: RunningApp, idp: IdentityProvider) -> None:
    account(idp, "chief_officer")
    visitor = await signed_in(oidc_app, idp)
    (grant,) = idp.refreshing.values()
    for sent in (idp.id_token(grant), "", "x.y.z"):
        answer = await visitor.client.post(BACK_CHANNEL, data={"logout_token": sent})
        assert answer.status_code == 400
    assert await is_in(visitor)
