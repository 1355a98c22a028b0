"""Sign-ins that must not succeed: whatever is wrong, there is no session and a clear sentence."""

from dataclasses import fields
from datetime import timedelta

import pytest
from httpx2 import Response
from sqlalchemy import func, select
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from services.store.tables import sessions, sign_ins
from tests.system.web.identity_provider import Account, Faults, IdentityProvider
from tests.system.web.running_app import NOW, RunningApp, text_of
from tests.system.web.sign_in_client import Visitor, new_visitor, state_of

NAME = "adviser@council.example"
VERIFIED = "could not be verified"
SAYS = {
    "wrong_issuer": VERIFIED,
    "wrong_audience": VERIFIED,
    "wrong_nonce": VERIFIED,
    "expired": VERIFIED,
    "not_yet": VERIFIED,
    "unsigned": VERIFIED,
    "other_key": VERIFIED,
    "no_id_token": VERIFIED,
    "token_error": "did not confirm your sign-in",
    "token_down": "did not confirm your sign-in",
    "access_denied": "did not let you sign in",
    "wrong_iss_parameter": "came from another identity provider",
}
OTHERWISE = {
    "discovery_down", "wrong_state", "clock_offset", "no_refresh", "refresh_revoked",
}  # fmt: skip
"""Told by tests of their own."""


@pytest.fixture(autouse=True)
def known(idp: IdentityProvider, oidc_app: RunningApp) -> None:
    idp.accounts[NAME] = Account("sub-adviser", NAME, ("personal_adviser",))
    oidc_app.state.sign_in_limit.burst = 1000


async def counted(oidc_app: RunningApp) -> tuple[int, int]:
    """How many sessions there are, and sign-ins under way."""
    async with oidc_app.runtime.database.reading() as connection:
        counts = [
            int((await connection.execute(select(func.count()).select_from(table))).scalar_one())
            for table in (sessions, sign_ins)
        ]
    return counts[0], counts[1]


async def assert_refused(
    oidc_app: RunningApp, visitor: Visitor, answer: Response, why: str
) -> None:
    assert "You are not signed in" in text_of(answer), why
    assert why in text_of(answer), text_of(answer)
    assert visitor.session() == [], why
    assert (await counted(oidc_app))[0] == 0, why
    assert (await visitor.get("/")).headers["location"].startswith("/sign-in"), why


def test_every_fault_of_the_provider_is_told_of_here() -> None:
    assert {field.name for field in fields(Faults)} == set(SAYS) | OTHERWISE


async def test_whatever_the_provider_does_wrong_nobody_is_signed_in_and_the_state_is_spent(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    oidc_app.state.failure_limit.burst = 1000
    wrong = []
    for fault, why in SAYS.items():
        visitor = await new_visitor(oidc_app, idp)
        idp.faults = Faults(**{fault: True})
        callback = await visitor.choose_account(NAME)
        answer = await visitor.get(callback)
        if answer.status_code not in (403, 503):
            wrong.append((fault, answer.status_code))
            continue
        await assert_refused(oidc_app, visitor, answer, why)
        assert await counted(oidc_app) == (0, 0), fault
        idp.faults = Faults()
        assert (await visitor.get(callback)).status_code == 400, fault
    assert wrong == []


async def test_an_answer_with_another_state_is_worth_nothing(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    idp.faults = Faults(wrong_state=True)
    visitor = await new_visitor(oidc_app, idp)
    answer = await visitor.sign_in(NAME)
    assert answer.status_code == 400
    await assert_refused(oidc_app, visitor, answer, "That sign-in had expired")


async def test_an_answer_without_its_issuer_is_refused_since_the_provider_always_names_it(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    visitor = await new_visitor(oidc_app, idp)
    callback = await visitor.choose_account(NAME)
    answer = await visitor.get(callback.split("&iss=")[0])
    await assert_refused(oidc_app, visitor, answer, "another identity provider")


async def test_a_clock_that_differs_a_little_is_forgiven_and_no_more(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    for offset, status in ((-3700, 403), (120, 403), (-30, 303), (30, 303)):
        idp.faults = Faults(clock_offset=offset)
        answer = await (await new_visitor(oidc_app, idp)).sign_in(NAME)
        assert answer.status_code == status, offset


async def test_while_the_provider_does_not_answer_nobody_can_begin(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    idp.faults = Faults(discovery_down=True)
    visitor = await new_visitor(oidc_app, idp)
    answer = await visitor.get("/sign-in/begin")
    assert answer.status_code == 503
    assert "The identity provider does not answer. Try again later." in text_of(answer)
    assert await counted(oidc_app) == (0, 0)
    idp.faults = Faults()
    assert (await visitor.sign_in(NAME)).status_code == 303


async def test_an_answer_is_good_for_one_sign_in(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    visitor = await new_visitor(oidc_app, idp)
    callback = await visitor.choose_account(NAME)
    bound = dict(visitor.client.cookies)
    assert (await visitor.get(callback)).status_code == 303
    thief = await new_visitor(oidc_app, idp)
    thief.client.cookies.update(bound)
    again = await thief.get(callback)
    assert again.status_code == 400
    assert thief.session() == []
    assert (await counted(oidc_app))[0] == 1


async def test_an_answer_counts_in_the_browser_alone_that_was_sent(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    visitor, other = await new_visitor(oidc_app, idp), await new_visitor(oidc_app, idp)
    callback = await visitor.choose_account(NAME)
    for _ in range(2):  # without a cookie, and with that of a sign-in of its own
        answer = await other.get(callback)
        assert answer.status_code == 400
        await assert_refused(oidc_app, other, answer, "That sign-in had expired")
        await other.choose_account(NAME)
    assert (await visitor.get(callback)).status_code == 303


async def test_an_empty_or_invented_answer_is_no_sign_in(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    visitor = await new_visitor(oidc_app, idp)
    callback = await visitor.choose_account(NAME)
    state = state_of(callback)
    for query in ("", "?state=", "?code=x", "?state=invented&code=x", f"?state={state}x&code=y",
                  "?error=access_denied", "?state=%00", "?state=%C3%A9"):  # fmt: skip
        answer = await visitor.get(f"/sign-in/return{query}")
        assert answer.status_code == 400, query
        assert visitor.session() == []
    answer = await visitor.get(f"/sign-in/return?state={state}&code=invented&iss={idp.issuer}")
    await assert_refused(oidc_app, visitor, answer, "did not confirm your sign-in")


async def test_a_sign_in_that_takes_too_long_has_expired(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    visitor = await new_visitor(oidc_app, idp)
    callback = await visitor.choose_account(NAME)
    oidc_app.now = NOW + timedelta(seconds=601)
    answer = await visitor.get(callback)
    assert answer.status_code == 400
    await assert_refused(oidc_app, visitor, answer, "That sign-in had expired")
    oidc_app.now = NOW
    assert (await visitor.get(callback)).status_code == 400


async def test_too_many_sign_ins_from_one_place_are_put_off(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    visitor = await new_visitor(oidc_app, idp)
    statuses = [(await visitor.get("/sign-in/return?state=x&code=y")).status_code]
    while statuses[-1] != 429 and len(statuses) < 60:
        statuses.append((await visitor.get("/sign-in/return?state=x&code=y")).status_code)
    assert statuses[-1] == 429
    assert len(statuses) > 20
    assert "Wait a minute and try again" in text_of(await visitor.get("/sign-in/return"))
    idp.accounts["director@council.example"] = Account(
        "sub-director", "director@council.example", ("chief_officer",)
    )
    answer = await visitor.sign_in("director@council.example")
    assert answer.status_code == 303, "who signs in rightly is kept from nothing"
    oidc_app.state.sign_in_limit.burst = oidc_app.state.sign_in_limit.each_minute = 3
    begun = [(await visitor.get("/sign-in/begin")).status_code for _ in range(4)]
    assert begun[-1] == 429
    assert (await visitor.get("/sign-in")).status_code in (200, 303)


async def test_one_account_that_has_no_role_keeps_no_other_from_being_told_so(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    """All of a council come from one address."""
    oidc_app.state.failure_limit.burst = 2
    for name in ("one@council.example", "other@council.example"):
        idp.accounts[name] = Account(f"sub-{name}", name)
    first, other = await new_visitor(oidc_app, idp), await new_visitor(oidc_app, idp)
    answers = [await first.sign_in("one@council.example") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [403, 403, 429]
    assert (await other.sign_in("other@council.example")).status_code == 403


async def test_what_the_provider_says_is_never_a_page_of_ours(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    visitor = await new_visitor(oidc_app, idp)
    state = state_of(await visitor.choose_account(NAME))
    answer = await visitor.get(
        f"/sign-in/return?state={state}&error=x&error_description=<script>alert(1)</script>"
    )
    assert answer.status_code == 403
    assert "alert(1)" not in answer.text


def answering(idp: IdentityProvider, path: str, document: object) -> ASGIApp:
    """The provider as it is, but for one address that answers something else."""
    usual = idp.served

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        odd = scope["path"].endswith(path)
        await (JSONResponse(document) if odd else usual)(scope, receive, send)

    return answer


async def test_keys_that_are_none_are_a_sentence_and_no_session(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    usual, broken = idp.served, []
    for keys in ([], None, "x", [{"kty": "x"}], [{"kty": "RSA", "n": "!", "e": "AQAB"}], [5]):
        idp.served = answering(idp, "/keys", {"keys": keys})
        visitor = await new_visitor(oidc_app, idp)
        answer = await visitor.sign_in(NAME)
        if answer.status_code not in (403, 503):
            broken.append((keys, answer.status_code))
        assert visitor.session() == []
        idp.served = usual
    assert broken == []


async def test_a_provider_that_describes_itself_by_halves_is_asked_again(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    half = {"issuer": idp.issuer}
    usual, idp.served = idp.served, answering(idp, "openid-configuration", half)
    visitor = await new_visitor(oidc_app, idp)
    answer = await visitor.get("/sign-in/begin")
    assert answer.status_code == 503
    assert "You are not signed in" in text_of(answer)
    idp.served = usual
    assert (await visitor.sign_in(NAME)).status_code == 303
