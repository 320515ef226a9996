"""A generated backend takes the access tokens of a real issuer: `oidc-provider`, certified for OpenID Connect."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote_plus, urlencode

import pytest
from certified_provider import installed, provider
from generated import backend
from served import answer, free_port, served

DOCUMENT = Path(__file__).parent / "documents" / "outside-issuer.json"
AUDIENCE = "https://articles.example"
SECRET = "a secret: of development"


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = Path(__file__).parent / "issuer.mjs"
    with provider(installed(), program, free_port(), tmp_path_factory.mktemp("issuer") / "log") as url:
        yield url


@pytest.fixture(scope="module")
def articles(issuer: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a backend that believes the issuer."""
    folder = tmp_path_factory.mktemp("outside")
    made = backend(folder, json.loads(DOCUMENT.read_text(encoding="utf-8")))
    with served(made.folder, folder / "log", OIDC_ISSUER=issuer, OIDC_AUDIENCE=AUDIENCE) as url:
        yield url


def token(issuer: str, client: str, audience: str = AUDIENCE) -> str:
    """An access token that the issuer gives a program."""
    basic = b64encode(f"{client}:{quote_plus(SECRET)}".encode()).decode()
    form = urlencode({"grant_type": "client_credentials", "resource": audience})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Basic {basic}"}
    status, _, text = answer(f"{issuer}/token", form, **headers)
    assert status == 200, text
    found: str = json.loads(text)["access_token"]
    return found


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_token_of_the_issuer_opens_the_backend_to_its_account_alone(issuer: str, articles: str) -> None:
    robot, other = token(issuer, "robot"), token(issuer, "other-robot")
    status, _, text = answer(f"{articles}/articles", {"title": "By a robot"}, **bearer(robot))
    assert status == 201, text
    assert "By a robot" in answer(f"{articles}/articles", **bearer(robot))[2]
    assert "By a robot" not in answer(f"{articles}/articles", **bearer(other))[2]
    first, again, others = (json.loads(answer(f"{articles}/me", **bearer(one))[2]) for one in (robot, robot, other))
    assert first == again
    assert first["id"] != others["id"]


def test_a_token_for_another_service_opens_nothing(issuer: str, articles: str) -> None:
    elsewhere = token(issuer, "robot", "https://elsewhere.example")
    status, headers, _ = answer(f"{articles}/me", **bearer(elsewhere))
    assert status == 401
    assert headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_that_was_changed_opens_nothing(issuer: str, articles: str) -> None:
    head, claims, signature = token(issuer, "robot").split(".")
    other = token(issuer, "other-robot").split(".")[1]
    assert answer(f"{articles}/me", **bearer(f"{head}.{claims}.{signature}"))[0] == 200
    assert answer(f"{articles}/me", **bearer(f"{head}.{other}.{signature}"))[0] == 401
