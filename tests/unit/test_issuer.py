"""An issuer of tokens that hangs keeps nobody waiting whose key is known, but for the one who asks it."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from bkgen.assets import folder

KEY = ec.generate_private_key(ec.SECP256R1())
AUDIENCE = "api"
SECONDS = 5.0  # that a test waits for what should come at once, and the server for the end of a test


class Server(ThreadingHTTPServer):
    """Tells the public key of an issuer, unless it hangs."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.keys: list[Any] = [{**ECAlgorithm.to_jwk(KEY.public_key(), True), "kid": "1"}]
        self.goes_on, self.asked = Event(), Event()
        self.goes_on.set()
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.set()
        self.server.goes_on.wait(SECONDS)
        configuration = {"issuer": self.server.url, "jwks_uri": f"{self.server.url}/keys"}
        found: Any = {"keys": self.server.keys} if self.path == "/keys" else configuration
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(found).encode())

    def log_message(self, format: str, *args: Any) -> None:
        """What fails tells enough."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as found:
        Thread(target=found.serve_forever, daemon=True).start()
        yield found
        found.goes_on.set()
        found.shutdown()


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The shared file, to which whatever it knows is old at once."""
    spec = importlib.util.spec_from_file_location("issuer", folder("templates") / "static" / "app" / "issuer.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    monkeypatch.setattr(found, "KEEP_SECONDS", 0.0)
    return found


def token(server: Server, kid: str = "1") -> str:
    claims = {"iss": server.url, "aud": AUDIENCE, "sub": "somebody", "exp": int(time.time()) + 60}
    return jwt.encode(claims, KEY, "ES256", {"kid": kid})


def test_one_request_asks_and_the_others_go_on(server: Server, module: Any) -> None:
    async def run() -> None:
        async with httpx.AsyncClient() as http:
            issuer = module.Issuer(http, server.url)
            await issuer.claims(token(server), AUDIENCE, ["sub"])
            server.goes_on.clear()
            server.asked.clear()
            first = asyncio.create_task(issuer.claims(token(server), AUDIENCE, ["sub"]))
            assert await asyncio.to_thread(server.asked.wait, SECONDS)
            for _ in range(5):
                claims = await asyncio.wait_for(issuer.claims(token(server), AUDIENCE, ["sub"]), SECONDS / 5)
                assert claims["sub"] == "somebody"
            assert not first.done()
            server.goes_on.set()
            assert (await first)["sub"] == "somebody"

    asyncio.run(run())


def test_an_issuer_that_tells_no_keys_takes_none_away(server: Server, module: Any) -> None:
    async def run() -> None:
        async with httpx.AsyncClient() as http:
            issuer = module.Issuer(http, server.url)
            await issuer.claims(token(server), AUDIENCE, ["sub"])
            server.keys = []
            assert (await issuer.claims(token(server), AUDIENCE, ["sub"]))["sub"] == "somebody"
            with pytest.raises(module.Unreachable, match="has no keys"):
                await issuer.claims(token(server, "2"), AUDIENCE, ["sub"])

    asyncio.run(run())


UNUSABLE = [
    "no key",
    {"kid": "1"},
    {"kid": "1", "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
    {"kid": "1", "kty": "RSA", "n": "", "e": ""},
    {"kid": "1", "kty": "OKP", "crv": "X25519", "x": "A" * 43},
    {"kid": "1", "kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43, "alg": "none"},
    {"kid": "1", "kty": "oct", "k": "AAAA"},
]


@pytest.mark.parametrize("key", UNUSABLE)
def test_a_key_that_is_none_stands_in_no_ones_way(server: Server, module: Any, key: object) -> None:
    async def run() -> None:
        async with httpx.AsyncClient() as http:
            good = server.keys
            server.keys = [key, *good]
            issuer = module.Issuer(http, server.url)
            assert (await issuer.claims(token(server), AUDIENCE, ["sub"]))["sub"] == "somebody"
            server.keys = [key]
            with pytest.raises(module.Unreachable, match="has no keys that can be used"):
                await module.Issuer(http, server.url).claims(token(server), AUDIENCE, ["sub"])

    asyncio.run(run())


def test_a_key_of_another_type_is_not_taken_for_its_name(server: Server, module: Any) -> None:
    async def run() -> None:
        rsa_key = rsa.generate_private_key(65537, 2048)
        async with httpx.AsyncClient() as http:
            server.keys = [{**RSAAlgorithm.to_jwk(rsa_key.public_key(), True), "kid": "1"}, *server.keys]
            issuer = module.Issuer(http, server.url)
            assert (await issuer.claims(token(server), AUDIENCE, ["sub"]))["sub"] == "somebody"

    asyncio.run(run())
