"""Endpoints that let in some accounts only, by what these are and by the path."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.endpoint import Endpoint

if TYPE_CHECKING:
    from tests.curl import Options


@dataclass(frozen=True)
class GuardedEndpoint(Endpoint):
    """An endpoint that asks for more than a token.

    Attributes:
        entrance: the fixture with a call that it lets in.
    """

    entrance: str = ""

    def call(self, request: pytest.FixtureRequest) -> "Options":
        let_in: Options = request.getfixturevalue(self.entrance)
        return {**let_in, "path": {**self.path, **let_in["path"]}}
