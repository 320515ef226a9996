"""The password grant of OAuth2 (RFC 6749, 4.3): credentials in a form, and failures as the RFC tells them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from fastapi import HTTPException, Request
from fastapi.responses import JSONResponse

from app.errors.openapi import Responses

MEDIA_TYPE = "application/x-www-form-urlencoded"
MOST_FIELDS = 20
MOST_CHARACTERS = 1024  # of a name or password


class GrantError(HTTPException):
    """A failure that the RFC has a code for."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(400, description)
        self.code = code


async def answer_grant_error(_: Request, error: GrantError) -> JSONResponse:
    return JSONResponse({"error": error.code, "error_description": error.detail}, error.status_code)


@dataclass(frozen=True)
class PasswordGrant:
    """A request for tokens, by a name and its password."""

    username: str
    password: str

    @classmethod
    async def read(cls, request: Request) -> "PasswordGrant":
        """
        Raises:
            GrantError: the body is not such a request.
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
        if _field(sent, "grant_type") != "password":
            raise GrantError("unsupported_grant_type", "The one grant type is password")
        return cls(_field(sent, "username"), _field(sent, "password"))


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


# What the OpenAPI document says of such a request and of its failures.
FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            MEDIA_TYPE: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type", "username", "password"],
                    "properties": {
                        "grant_type": {"const": "password"},
                        "username": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": MOST_CHARACTERS,
                        },
                        "password": {
                            "type": "string",
                            "format": "password",
                            "minLength": 1,
                            "maxLength": MOST_CHARACTERS,
                        },
                        "scope": {"type": "string", "description": "It is not read."},
                    },
                }
            }
        },
    }
}
GRANT_ERRORS: Responses = {
    400: {
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["error", "error_description"],
                    "properties": {
                        "error": {
                            "enum": ["invalid_request", "invalid_grant", "unsupported_grant_type"]
                        },
                        "error_description": {"type": "string"},
                    },
                },
                "example": {
                    "error": "invalid_grant",
                    "error_description": "Invalid credentials",
                },
            }
        }
    }
}
