"""People sign in to a generated backend at a real provider: `oidc-provider`, which is certified for OpenID Connect."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, build_opener

import pytest
from certified_provider import installed, provider
from generated import Backend
from served import answer, free_port, served

from bkgen.pipeline import compile_documents
from bkgen.render import render

SECRET = "a secret: of development"
EXAMPLE = Path(__file__).parents[2] / "examples" / "accounts"
CALLBACK = "/auth/company/callback"


@pytest.fixture(scope="module")
def library() -> Path:
    return installed()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Backend:
    service, diagnostics = compile_documents([EXAMPLE])
    assert service is not None, diagnostics
    return Backend(tmp_path_factory.mktemp("oauth2") / "backend", render(service))


@pytest.fixture(scope="module")
def accounts(library: Path, made: Backend, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a backend at which people sign in by the provider."""
    port, public_port = free_port(), free_port()
    public, log = f"http://127.0.0.1:{public_port}", tmp_path_factory.mktemp("logs")
    with provider(library, EXAMPLE / "provider.mjs", port, log / "provider.log", public + CALLBACK) as issuer:
        settings = {
            "OAUTH2_COMPANY_ISSUER": issuer,
            "OAUTH2_COMPANY_CLIENT_ID": "accounts",
            "OAUTH2_COMPANY_CLIENT_SECRET": SECRET,
            "PUBLIC_URL": public,
            "FRONTEND_URL": public,
            "MAIL_LOG": "true",
            "SECOND_FACTOR_KEYS": "no secret either and long enough for this test",
        }
        with served(made.folder, log / "backend.log", **settings) as url:
            yield url


class Staying(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Nothing is followed: the test looks at each step."""


class Browser:
    """What a browser does at the provider: it keeps cookies, follows redirects, and fills in forms as `person`."""

    def __init__(self, person: str) -> None:
        self._person = person
        self._opener = build_opener(Staying, HTTPCookieProcessor(CookieJar()))

    def approve(self, url: str, back: str) -> dict[str, str]:
        """Sign in and agree, from `url` until the provider sends the browser `back`; with what, is given."""
        form: dict[str, str] | None = None
        for _ in range(12):
            status, location, page = self._ask(url, form)
            if status in (302, 303):
                url, form = urljoin(url, location), None
                if urlsplit(url).path == back:
                    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
            else:
                assert status == 200, page
                action = re.search(r'<form[^>]* action="([^"]+)"', page)
                assert action is not None, page
                form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
                form |= {"login": self._person, "password": "any"} if 'name="login"' in page else {}
                url = urljoin(url, html.unescape(action[1]))
        raise AssertionError("the provider leads nowhere")

    def _ask(self, url: str, form: dict[str, str] | None) -> tuple[int, str, str]:
        try:
            with self._opener.open(url, urlencode(form).encode() if form is not None else None, timeout=30) as reply:
                return reply.status, "", reply.read().decode()
        except HTTPError as error:
            return error.code, error.headers.get("Location", ""), error.read().decode()


def leave(accounts: str) -> tuple[str, str]:
    """Where the backend sends a browser, and the cookie that this keeps."""
    opener = build_opener(Staying)
    with pytest.raises(HTTPError) as sent:
        opener.open(f"{accounts}/auth/company/login", timeout=30)
    assert sent.value.code == 302
    return sent.value.headers["Location"], sent.value.headers["Set-Cookie"].partition(";")[0]


def sign_in(accounts: str, person: str) -> tuple[int, str, dict[str, str], str]:
    """What signing in as `person` ends with: status and text, and what the browser came back with."""
    location, cookie = leave(accounts)
    query = Browser(person).approve(location, CALLBACK)
    status, _, text = answer(f"{accounts}{CALLBACK}?{urlencode(query)}", Cookie=cookie)
    return status, text, query, cookie


def token_in(text: str) -> str:
    token: str = json.loads(text)["token"]
    return token


def test_somebody_signs_in_and_comes_again(accounts: str) -> None:
    tokens = []
    for _ in range(2):
        status, text, query, _ = sign_in(accounts, "ann")
        assert status == 200, text
        assert set(query) == {"code", "state", "iss"}
        tokens.append(token_in(text))
    for token in tokens:
        status, _, text = answer(f"{accounts}/me", Authorization=f"Bearer {token}")
        assert status == 200, text
        user = json.loads(text)["user"]
        assert (user["email"], user["name"]) == ("ann@example.com", "ann")
        assert user["verified_at"] is not None


def test_a_code_works_once_and_in_one_browser(accounts: str) -> None:
    location, _ = leave(accounts)
    _, other = leave(accounts)
    query = Browser("bob").approve(location, CALLBACK)
    assert answer(f"{accounts}{CALLBACK}?{urlencode(query)}", Cookie=other)[0] == 400
    assert answer(f"{accounts}{CALLBACK}?{urlencode(query)}")[0] == 400
    status, _, query, cookie = sign_in(accounts, "bob")
    assert status == 200
    assert answer(f"{accounts}{CALLBACK}?{urlencode(query)}", Cookie=cookie)[0] == 401


def test_the_provider_sees_who_began(accounts: str) -> None:
    """A code that was given for the challenge of another browser is refused by the provider itself."""
    (location, _), (other, cookie) = leave(accounts), leave(accounts)
    stolen = Browser("eve").approve(location, CALLBACK)
    state = parse_qs(urlsplit(other).query)["state"][0]
    query = {**stolen, "state": state}
    assert answer(f"{accounts}{CALLBACK}?{urlencode(query)}", Cookie=cookie)[0] == 401


def test_an_address_that_is_not_verified_opens_nothing(accounts: str) -> None:
    status, text, _, _ = sign_in(accounts, "unverified-ann")
    assert status == 403, text
