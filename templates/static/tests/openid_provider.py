"""A provider of OpenID Connect: it signs in whom a test says, and lies as a test says."""

import json
import secrets
import time
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from app.openid import RoundTrip

CLIENT_ID, CLIENT_SECRET = "client of the tests", "secret: of the tests"
PUBLIC_URL = "http://127.0.0.1"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@dataclass
class Lie:
    """What is wrong about an answer to a code; nothing where nothing is said."""

    algorithm: str = "RS256"
    key: Any = None  # that signs instead of the provider's own
    status: int = 200
    body: str | None = None
    seconds: float = 0
    userinfo: Mapping[str, Any] = field(default_factory=dict)  # what only this tells


@dataclass
class Grant:
    """What a code is good for."""

    query: Mapping[str, str]
    claims: Mapping[str, Any]
    lie: Lie


class FakeProvider:
    """A provider at a path of the server below."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.grants: dict[str, Grant] = {}
        self.told: dict[str, Mapping[str, Any]] = {}
        self.rotate()

    def rotate(self) -> None:
        """Sign by another key from now on."""
        self.key, self.key_id = new_key(), uuid4().hex

    def approve(self, location: str, lie: Lie | None = None, **claims: Any) -> dict[str, str]:
        """What a browser at `location` brings back once somebody has signed in, of whom `claims` are said."""
        query = {name: value[0] for name, value in parse_qs(urlsplit(location).query).items()}
        now = int(time.time())
        known = {
            "iss": self.issuer,
            "aud": query["client_id"],
            "sub": uuid4().hex,
            "iat": now,
            "exp": now + 60,
            "nonce": query["nonce"],
            "email": f"{uuid4().hex}@example.com",
            "email_verified": True,
            "name": "Somebody",
        }
        told = {name: value for name, value in (known | claims).items() if value is not None}
        code = secrets.token_urlsafe()
        self.grants[code] = Grant(query, told, lie or Lie())
        return {"code": code, "state": query["state"], "iss": self.issuer}

    @property
    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "authorization_response_iss_parameter_supported": True,
        }

    @property
    def keys(self) -> dict[str, Any]:
        public = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": self.key_id, "use": "sig", "alg": "RS256"}]}

    def exchange(self, form: Mapping[str, str], authorization: str) -> tuple[int, str]:
        """The status and the body of the answer to a code, which works once, for who has begun."""
        name, _, secret = b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        if (unquote_plus(name), unquote_plus(secret)) != (CLIENT_ID, CLIENT_SECRET):
            return 401, json.dumps({"error": "invalid_client"})
        grant = self.grants.pop(form["code"], None)
        challenge = RoundTrip("", "", form["code_verifier"]).challenge
        if (
            grant is None
            or grant.query["code_challenge"] != challenge
            or grant.query["redirect_uri"] != form["redirect_uri"]
        ):
            return 400, json.dumps({"error": "invalid_grant"})
        time.sleep(grant.lie.seconds)
        if grant.lie.body is not None:
            return grant.lie.status, grant.lie.body
        access_token = secrets.token_urlsafe()
        self.told[access_token] = {"sub": grant.claims.get("sub"), **grant.lie.userinfo}
        token = jwt.encode(
            dict(grant.claims),
            self.key if grant.lie.key is None else grant.lie.key,
            grant.lie.algorithm,
            {"kid": self.key_id},
        )
        tokens = {"access_token": access_token, "token_type": "Bearer", "id_token": token}
        return grant.lie.status, json.dumps(tokens)


class Handler(BaseHTTPRequestHandler):
    """Answers for the providers in `PROVIDERS`, by the first part of the path."""

    def do_GET(self) -> None:
        _, name, place = self.path.split("/", 2)
        if name in BROKEN:
            self.answer(*BROKEN[name])
            return
        provider = PROVIDERS[name]
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        found = {
            ".well-known/openid-configuration": provider.configuration,
            "keys": provider.keys,
            "userinfo": provider.told.get(token),
        }
        self.answer(200, json.dumps(found[place]))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: value[0] for name, value in parse_qs(body).items()}
        provider = PROVIDERS[self.path.split("/")[1]]
        self.answer(*provider.exchange(form, self.headers["Authorization"]))

    def answer(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Tests that fail tell enough."""


SERVER = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
SERVER.daemon_threads = True
Thread(target=SERVER.serve_forever, daemon=True).start()
URL = f"http://127.0.0.1:{SERVER.server_port}"
PROVIDERS: dict[str, FakeProvider] = {}

# Configurations that nobody should follow, by what is wrong about them.
UNSAFE = {
    **FakeProvider(f"{URL}/unsafe").configuration,
    "token_endpoint": "http://id.example.com/token",
}
BROKEN = {
    "failing": (500, "{}"),
    "moved": (302, "{}"),
    "garbled": (200, "<html>"),
    "listing": (200, "[]"),
    "foreign": (200, json.dumps(FakeProvider("https://attacker.example").configuration)),
    "unsafe": (200, json.dumps(UNSAFE)),
    "endless": (200, " " * 2_000_000),
}


def settings_of(*names: str) -> dict[str, str]:
    """The settings of a server whose providers are at this one."""
    settings = {"PUBLIC_URL": PUBLIC_URL}
    for name in names:
        PROVIDERS[name] = FakeProvider(f"{URL}/{name}")
        prefix = f"OAUTH2_{name.upper()}"
        settings[f"{prefix}_ISSUER"] = PROVIDERS[name].issuer
        settings[f"{prefix}_CLIENT_ID"] = CLIENT_ID
        settings[f"{prefix}_CLIENT_SECRET"] = CLIENT_SECRET
    return settings
