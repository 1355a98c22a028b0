"""Signing in through a real OpenID Connect provider: who gets in, as whom, and who does not."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from httpx2 import Response
from sqlalchemy import func, select

from services.access.roles import Role
from services.store.tables import sessions
from tests.system.web.identity_provider import Account, IdentityProvider
from tests.system.web.running_app import RunningApp, text_of
from tests.system.web.sign_in_client import Visitor, new_visitor

ROLES = {
    "adviser@council.example": ("w1", "personal_adviser", "Adviser One"),
    "manager@council.example": ("m1", "team_manager", "Manager One"),
    "head@council.example": ("h1", "head_of_service", "Head One"),
    "director@council.example": ("director", "chief_officer", "Director"),
    "lead@council.example": ("lead", "lead_member", "the Lead Member"),
    "analyst@council.example": ("sub-analyst", "analyst", "sub-analyst"),
    "admin@council.example": ("sub-admin", "administrator", "sub-admin"),
}


async def signed_in_as(oidc_app: RunningApp) -> list[tuple[str, list[str]]]:
    """Who has a session: their staff id and their roles."""
    async with oidc_app.runtime.database.reading() as connection:
        rows = await connection.execute(select(sessions.c.person, sessions.c.roles))
        return [(row.person, row.roles) for row in rows]


async def assert_nobody(oidc_app: RunningApp, visitor: Visitor, answer: Response) -> None:
    assert await signed_in_as(oidc_app) == []
    assert oidc_app.state.cookie not in visitor.client.cookies
    assert "You are not signed in" in text_of(answer)


def account(idp: IdentityProvider, name: str, *roles: str, **claims: Any) -> str:
    idp.accounts[name] = Account(f"sub-{name.split('@', maxsplit=1)[0]}", name, roles, claims)
    return name


async def test_each_role_signs_in_as_who_they_are(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    oidc_app.state.sign_in_limit.burst = 1000
    for name, (id_, role, called) in ROLES.items():
        account(idp, name, role)
        visitor = await new_visitor(oidc_app, idp)
        answer = await visitor.sign_in(name)
        own = {"administrator": "/feeds", "analyst": "/quality"}.get(role, "/")
        assert (answer.status_code, answer.headers["location"]) == (303, own), text_of(answer)
        page = await visitor.get("/")
        assert page.status_code == 200
        assert f"{called}, {Role(role).words}" in text_of(page) or id_ == "director"
        assert (await signed_in_as(oidc_app))[-1][1] == [role]


async def test_the_page_that_was_wanted_comes_after_sign_in(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    visitor = await new_visitor(oidc_app, idp)
    away = await visitor.get("/cases?colour=red")
    page = await visitor.get(away.headers["location"])
    begin = page.text.split('href="/sign-in/begin')[1].split('"')[0].replace("&amp;", "&")
    name = account(idp, "adviser@council.example", "personal_adviser")
    answer = await visitor.sign_in(name, f"/sign-in/begin{begin}")
    assert answer.headers["location"] == "/cases?colour=red"


async def test_roles_come_from_the_claim_alone_and_unknown_ones_count_for_nothing(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    name = account(idp, "director@council.example", "wizard", "analyst", "Chief_Officer",
                   groups=["chief_officer"], role="chief_officer",
                   wids=["chief_officer"])  # fmt: skip
    await (await new_visitor(oidc_app, idp)).sign_in(name)
    assert [roles for _, roles in await signed_in_as(oidc_app)] == [["analyst"]]


async def test_somebody_of_several_roles_has_each_and_speaks_in_the_first(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    name = account(idp, "manager@council.example", "administrator", "team_manager")
    visitor = await new_visitor(oidc_app, idp)
    await visitor.sign_in(name)
    assert "Manager One, team manager, administrator" in text_of(await visitor.get("/"))


async def test_the_directory_is_matched_whatever_the_case_of_the_letters(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    name = account(idp, "ADVISER@Council.Example", "personal_adviser")
    await (await new_visitor(oidc_app, idp)).sign_in(name)
    assert await signed_in_as(oidc_app) == [("w1", ["personal_adviser"])]


async def test_somebody_whom_the_directory_does_not_know_sees_no_case(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    name = account(idp, "stranger@council.example", "team_manager")
    visitor = await new_visitor(oidc_app, idp)
    await visitor.sign_in(name)
    assert "No case, team or service is recorded as yours" in text_of(await visitor.get("/"))


@pytest.mark.parametrize("settings", [{"oidc_staff_claim": "employee"}])
async def test_a_staff_id_comes_from_the_claim_that_is_set_for_it(
    oidc_app: RunningApp, idp: IdentityProvider, settings: Mapping[str, Any]
) -> None:
    assert settings["oidc_staff_claim"] == "employee"
    oidc_app.state.sign_in_limit.burst = 1000
    for name, claims, id_ in (
        ("new@council.example", {"employee": "w77"}, "w77"),
        ("none@council.example", {}, "subject:sub-none"),
        ("other@council.example", {"employee": "w1"}, "w2"),  # the directory's word comes first
    ):
        account(idp, name, "personal_adviser", **claims)
        await (await new_visitor(oidc_app, idp)).sign_in(name)
        assert (await signed_in_as(oidc_app))[-1][0] == id_


async def test_a_staff_claim_that_is_not_set_is_not_believed(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    name = account(idp, "new@council.example", "personal_adviser", employee="w1", staff_id="w1")
    await (await new_visitor(oidc_app, idp)).sign_in(name)
    assert (await signed_in_as(oidc_app))[-1][0] == "subject:sub-new"


async def test_whoever_has_no_role_is_told_so_and_has_no_session(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    overage = {"hasgroups": True, "_claim_names": {"groups": "src1"}}
    for name in (
        account(idp, "none@council.example"),
        account(idp, "wizard@council.example", "wizard", "Chief Officer", ""),
        account(idp, "over@council.example", **overage),
        account(idp, "text@council.example", roles="chief_officer"),
        account(idp, "dict@council.example", roles={"chief_officer": True}),
    ):
        visitor = await new_visitor(oidc_app, idp)
        answer = await visitor.sign_in(name)
        assert answer.status_code == 403, name
        assert "You have no role in Sightline yet" in text_of(answer), name
        assert "assign you one of its app roles" in text_of(answer), name
        await assert_nobody(oidc_app, visitor, answer)


async def test_a_token_for_several_is_believed_only_if_it_was_made_for_us(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    both = ["sightline", "another-client"]
    for claims, status in (
        ({"aud": both}, 403),
        ({"aud": both, "azp": "another-client"}, 403),
        ({"aud": both, "azp": "sightline"}, 303),
    ):
        name = account(idp, "analyst@council.example", "analyst", **claims)
        answer = await (await new_visitor(oidc_app, idp)).sign_in(name)
        assert answer.status_code == status, claims


async def test_a_session_is_another_one_after_sign_in(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    name = account(idp, "adviser@council.example", "personal_adviser")
    visitor = await new_visitor(oidc_app, idp)
    visitor.client.cookies.set(oidc_app.state.cookie, "fixed-by-somebody", domain="127.0.0.1")
    await visitor.sign_in(name)
    first = visitor.session()
    assert "fixed-by-somebody" not in first
    again = await visitor.sign_in(name)
    assert again.status_code == 303
    second = visitor.session()
    assert not set(first) & set(second)
    assert len(await signed_in_as(oidc_app)) == 1
    old = await oidc_app.browser()
    old.client.cookies.set(oidc_app.state.cookie, first[0])
    assert (await old.get("/")).status_code == 303


async def test_what_is_sent_to_the_provider_holds_no_secret_and_all_that_protects(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    visitor = await new_visitor(oidc_app, idp)
    begun = await visitor.get("/sign-in/begin?onward=/cases/SECRET")
    split = urlsplit(begun.headers["location"])
    parameters = {name: values[0] for name, values in parse_qs(split.query).items()}
    assert f"{split.scheme}://{split.netloc}" == idp.base
    assert parameters["redirect_uri"] == f"{oidc_app.base}/sign-in/return"
    assert (parameters["response_type"], parameters["code_challenge_method"]) == ("code", "S256")
    assert "openid" in parameters["scope"].split()
    assert min(len(parameters[name]) for name in ("state", "nonce", "code_challenge")) >= 32
    assert idp.client_secret not in begun.headers["location"]
    assert "SECRET" not in begun.headers["location"]
    (bound,) = begun.headers.get_list("set-cookie")
    for wanted in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=600"):
        assert wanted in bound


async def test_nothing_of_a_sign_in_can_be_read_off_the_store(
    oidc_app: RunningApp, idp: IdentityProvider
) -> None:
    name = account(idp, "adviser@council.example", "personal_adviser")
    visitor = await new_visitor(oidc_app, idp)
    await visitor.sign_in(name)
    async with oidc_app.runtime.database.reading() as connection:
        digest = (await connection.execute(select(sessions.c.digest))).scalar_one()
        assert (await connection.execute(select(func.count()).select_from(sessions))).scalar() == 1
    assert digest not in visitor.session()
