"""What the tests that are the same for every endpoint need to know about each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.curl import Options

from app.headers import HEADERS

# What every answer tells browsers, named as the replies of curl have it.
BROWSER_HEADERS = {name.lower(): value for name, value in HEADERS.items()}
# Keys that no row has.
UNKNOWN_UUID = "00000000-0000-4000-8000-000000000000"
UNKNOWN_INTEGER = 2147483647


@dataclass(frozen=True)
class Endpoint:
    """An endpoint of the contract.

    Attributes:
        name: method and path.
        operation: what the OpenAPI document calls it.
        statuses: all that it documents.
        path: values for its path, of which no row has any.
        bad_path: values for its path that no row can have.
        query: values of the query parameters that it cannot be without.
        body: a body that it accepts as valid, where it takes one.
        envelope: the field of the body that has all others within it.
        token: the fixture with an access token, where it needs one; `reads_token`: whether it can do without.
        defaults: what query parameters are where they are left out.
        bad_queries: (name, value) of query parameters that it refuses, or (name, values) of one that is sent twice.
        needs_tables: whether it asks the database whatever its own code does.
        rate_limit: how many requests it lets pass, in how many seconds.
        limited_by_account: whether each account counts by itself, and not each address.
        literals: the bodies of failures that the contract spells out.
        malformed, invalid: the status for a body that is no JSON, and for one that is wrong.
    """

    name: str
    operation: str
    statuses: frozenset[int]
    path: Mapping[str, object] = field(default_factory=dict)
    bad_path: Mapping[str, object] = field(default_factory=dict)
    query: Mapping[str, object] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    envelope: str | None = None
    token: str | None = None
    reads_token: bool = False
    defaults: Mapping[str, object] = field(default_factory=dict)
    bad_queries: tuple[tuple[str, str | list[str]], ...] = ()
    needs_tables: bool = True
    rate_limit: tuple[int, int] | None = None
    limited_by_account: bool = False
    literals: Mapping[int, Any] = field(default_factory=dict)
    malformed: int = 422
    invalid: int = 422

    @property
    def takes_json(self) -> bool:
        """Whether its body is JSON."""
        return self.body is not None

    def call(self, request: pytest.FixtureRequest) -> "Options":
        """What a call needs to get past all that comes before its query and body."""
        if self.token is None:
            return {"path": self.path}
        return {"path": self.path, "token": request.getfixturevalue(self.token)}

    def __str__(self) -> str:
        return self.name
