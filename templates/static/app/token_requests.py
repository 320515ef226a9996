"""Requests for tokens (RFC 6749): forms instead of JSON, and failures as the RFC tells them."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from fastapi import HTTPException, Request
from fastapi.responses import JSONResponse

from app.errors.openapi import Responses

MEDIA_TYPE = "application/x-www-form-urlencoded"
MOST_FIELDS = 20
MOST_CHARACTERS = 1024  # of a field


class GrantError(HTTPException):
    """A failure that the RFC has a code for."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(400, description)
        self.code = code


async def answer_grant_error(_: Request, error: GrantError) -> JSONResponse:
    content = {"error": error.code, "error_description": error.detail}
    return JSONResponse(content, error.status_code, error.headers)


class ClientError(GrantError):
    """Whoever asks is no client that is known, or does not prove that it is."""

    def __init__(self) -> None:
        super().__init__("invalid_client", "The client is not known, or its secret is wrong")
        self.status_code = 401
        self.headers = {"WWW-Authenticate": 'Basic realm="clients"'}


async def read_form(request: Request, *grants: str) -> Mapping[str, str]:
    """The fields of a form that asks by one of `grants`.

    Raises:
        GrantError: the body is not such a form.
    """
    media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type != MEDIA_TYPE:
        raise GrantError("invalid_request", f"The body must be of the type {MEDIA_TYPE}")
    try:
        text = (await request.body()).decode()
        fields = parse_qsl(text, True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise GrantError("invalid_request", "The body is no form") from None
    sent = {name: value for name, value in fields if value}  # empty ones count as absent (3.2)
    if len(sent) < sum(1 for _, value in fields if value):
        raise GrantError("invalid_request", "A field is there twice")
    if _field(sent, "grant_type") not in grants:
        raise GrantError("unsupported_grant_type", f"The grant type must be {' or '.join(grants)}")
    return sent


def _field(sent: Mapping[str, str], name: str) -> str:
    """
    Raises:
        GrantError: there is none, or it cannot be.
    """
    if name not in sent:
        raise GrantError("invalid_request", f"{name} is required")
    if len(sent[name]) > MOST_CHARACTERS or "\0" in sent[name]:
        raise GrantError("invalid_request", f"{name} is not valid")
    return sent[name]


@dataclass(frozen=True)
class PasswordGrant:
    """A request for tokens, by a name and its password (4.3)."""

    username: str
    password: str

    @classmethod
    def of(cls, form: Mapping[str, str]) -> "PasswordGrant":
        """
        Raises:
            GrantError: there is no name, or no password.
        """
        return cls(_field(form, "username"), _field(form, "password"))


@dataclass(frozen=True)
class ClientCredentials:
    """What a program proves by that it is a client: by HTTP Basic, or in the form (2.3.1)."""

    client_id: str
    client_secret: str

    @classmethod
    def of(cls, request: Request, form: Mapping[str, str]) -> "ClientCredentials":
        """
        Raises:
            ClientError: there are none.
            GrantError: they are there in both ways.
        """
        scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic":
            if "client_id" not in form or "client_secret" not in form:
                raise ClientError
            return cls(form["client_id"], form["client_secret"])
        try:
            user, _, secret = b64decode(sent.strip(), validate=True).decode().partition(":")
        except ValueError:
            raise ClientError from None
        found = cls(unquote_plus(user), unquote_plus(secret))
        if "client_secret" in form or form.get("client_id", found.client_id) != found.client_id:
            raise GrantError("invalid_request", "The client says in two ways who it is")
        return found


# What the OpenAPI document says of such requests and of their failures.
PASSWORD_FORM: dict[str, Any] = {
    "type": "object",
    "required": ["grant_type", "username", "password"],
    "properties": {
        "grant_type": {"const": "password"},
        "username": {"type": "string", "minLength": 1, "maxLength": MOST_CHARACTERS},
        "password": {
            "type": "string",
            "format": "password",
            "minLength": 1,
            "maxLength": MOST_CHARACTERS,
        },
        "scope": {"type": "string", "description": "It is not read."},
    },
}
CLIENT_FORM: dict[str, Any] = {
    "type": "object",
    "required": ["grant_type"],
    "description": "An API key and its id: in the form, or by HTTP Basic.",
    "properties": {
        "grant_type": {"const": "client_credentials"},
        "client_id": {"type": "string", "format": "uuid"},
        "client_secret": {"type": "string", "format": "password"},
        "scope": {"type": "string", "description": "Scopes with spaces between."},
    },
}


def form_of(*schemas: Mapping[str, Any]) -> dict[str, Any]:
    """A request body that is a form as one of `schemas` says."""
    schema = schemas[0] if len(schemas) == 1 else {"oneOf": list(schemas)}
    return {"requestBody": {"required": True, "content": {MEDIA_TYPE: {"schema": schema}}}}


def grant_errors(*codes: str) -> Responses:
    """The failures with one of `codes`, of which one is about who asks."""
    found: Responses = {400: _grant_error([code for code in codes if code != "invalid_client"])}
    if "invalid_client" in codes:
        found[401] = _grant_error(["invalid_client"])
    return found


def _grant_error(codes: list[str]) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": ["error", "error_description"],
        "properties": {"error": {"enum": codes}, "error_description": {"type": "string"}},
    }
    return {"content": {"application/json": {"schema": schema}}}
