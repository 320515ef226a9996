"""Issuers of access tokens, which servers under test are told to believe."""

import json
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

AUDIENCE = "https://api.example.com"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


class FakeIssuer:
    """An issuer at a path of the server below."""

    def __init__(self, name: str) -> None:
        self.url = f"{URL}/{name}"
        self.asked = 0  # how often for its keys
        self.fails = False
        self.rotate()
        ISSUERS[name] = self

    def rotate(self) -> None:
        """Sign by another key from now on."""
        self.key, self.key_id = new_key(), uuid4().hex

    def token(self, subject: str, **headers: str) -> str:
        """An access token of whom the issuer calls `subject`."""
        now = int(time.time())
        claims = {"iss": self.url, "aud": AUDIENCE, "sub": subject, "iat": now, "exp": now + 3600}
        return jwt.encode(claims, self.key, "RS256", {"kid": self.key_id, **headers})

    @property
    def configuration(self) -> Mapping[str, Any]:
        return {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}

    @property
    def keys(self) -> Mapping[str, Any]:
        public = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": self.key_id, "use": "sig", "alg": "RS256"}]}


class Handler(BaseHTTPRequestHandler):
    """Answers for the issuers in `ISSUERS`, by the first part of the path."""

    def do_GET(self) -> None:
        _, name, place = self.path.split("/", 2)
        issuer = ISSUERS[name]
        issuer.asked += place == "keys"
        found = issuer.keys if place == "keys" else issuer.configuration
        self.send_response(500 if issuer.fails else 200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(found).encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Tests that fail tell enough."""


SERVER = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
SERVER.daemon_threads = True
Thread(target=SERVER.serve_forever, daemon=True).start()
URL = f"http://127.0.0.1:{SERVER.server_port}"
ISSUERS: dict[str, FakeIssuer] = {}
