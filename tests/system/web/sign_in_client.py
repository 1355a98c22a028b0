"""A visitor who signs in through the identity provider, step by step as a browser would."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from httpx2 import AsyncClient, Response

from tests.system.web.identity_provider import IdentityProvider
from tests.system.web.running_app import RunningApp


@dataclass
class Visitor:
    """One browser, with its cookies."""

    client: AsyncClient
    oidc_app: RunningApp
    idp: IdentityProvider

    async def get(self, path: str) -> Response:
        return await self.client.get(path)

    def session(self) -> list[str]:
        """The secrets of the session cookies that the browser holds."""
        name = self.oidc_app.state.cookie
        return [cookie.value or "" for cookie in self.client.cookies.jar if cookie.name == name]

    async def choose_account(self, name: str, begin: str = "/sign-in/begin") -> str:
        """Go to the provider and choose an account; returns where it sends the browser back to."""
        begun = await self.get(begin)
        assert begun.status_code == 303, (begun.status_code, begun.text[:200])
        there = f"{begun.headers['location']}&{urlencode({'login_hint': name})}"
        async with AsyncClient() as elsewhere:
            answer = await elsewhere.get(there)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    async def sign_in(self, name: str, begin: str = "/sign-in/begin") -> Response:
        return await self.get(await self.choose_account(name, begin))


async def new_visitor(oidc_app: RunningApp, idp: IdentityProvider) -> Visitor:
    """Somebody with a browser that was never here."""
    return Visitor((await oidc_app.browser()).client, oidc_app, idp)


def state_of(callback: str) -> str:
    return parse_qs(urlsplit(callback).query)["state"][0]
