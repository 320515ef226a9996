"""What an endpoint does, and on which rows: told by `operation`, or by its method and path."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.endpoints import (
    ACCOUNT_OPERATIONS,
    SECOND_FACTOR_OPERATIONS,
    Handler,
    Link,
    Operation,
    Parent,
    PathParameter,
)
from bkgen.model.tables import Table
from bkgen.resolve import names
from bkgen.resolve.paths import Segment
from bkgen.source import Map, Span

IDENTITIES = "oauth2_identities"
"""The table of what providers call people."""


@dataclass(frozen=True, slots=True)
class Route:
    """An endpoint whose operation is known.

    Attributes:
        segments: of its path.
        pattern: of its path, with all parameters alike.
        table: what it works on; None for health, and for operations on accounts until these are known.
        key, parents, link, handler: as in `Endpoint`.
        rule: which rule told the operation, and why.
        file: the column of the row whose file is the answer; empty where that is JSON.
    """

    node: Map
    method: str
    path: str
    segments: tuple[Segment, ...]
    operation: Operation
    table: Table | None
    rule: str
    span: Span
    key: tuple[PathParameter, ...] = ()
    parents: tuple[Parent, ...] = ()
    link: Link | None = None
    parameters: tuple[PathParameter, ...] = ()
    handler: Handler | None = None
    file: str = ""

    @property
    def package(self) -> str:
        """The folder under `app/` whose router has the endpoint."""
        if self.operation in ACCOUNT_OPERATIONS:
            return "auth"
        if self.table is None and self.handler is not None:
            return names.module(self.handler.module)
        return self.table.package if self.table else "health"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


SIGNED_IN_OPERATIONS = frozenset(
    {
        Operation.ME,
        Operation.UPDATE_ME,
        Operation.DELETE_ME,
        Operation.LOGOUT,
        Operation.LOGOUT_EVERYWHERE,
        Operation.CHANGE_PASSWORD,
        Operation.CHANGE_EMAIL,
    }
    | SECOND_FACTOR_OPERATIONS
)
"""Operations that make no sense without knowing who asks."""

ITEM_OPERATIONS = {
    "GET": Operation.READ,
    "PUT": Operation.REPLACE,
    "PATCH": Operation.UPDATE,
    "DELETE": Operation.DELETE,
}
COLLECTION_OPERATIONS = {"GET": Operation.LIST, "POST": Operation.CREATE, "DELETE": Operation.CLEAR}
METHODS: dict[Operation, tuple[str, ...]] = {
    Operation.LIST: ("GET",),
    Operation.READ: ("GET",),
    Operation.CREATE: ("POST", "PUT"),
    Operation.REPLACE: ("PUT", "POST"),
    Operation.UPDATE: ("PATCH", "PUT", "POST"),
    Operation.DELETE: ("DELETE", "POST"),
    Operation.CLEAR: ("DELETE", "POST"),
    Operation.REGISTER: ("POST", "PUT"),
    Operation.LOGIN: ("POST",),
    Operation.TOKEN: ("POST",),
    Operation.REFRESH: ("POST",),
    Operation.LOGOUT: ("POST", "DELETE"),
    Operation.LOGOUT_EVERYWHERE: ("POST", "DELETE"),
    Operation.ME: ("GET",),
    Operation.UPDATE_ME: ("PATCH", "PUT", "POST"),
    Operation.DELETE_ME: ("DELETE", "POST"),
    Operation.CHANGE_PASSWORD: ("POST", "PUT", "PATCH"),
    Operation.REQUEST_VERIFICATION: ("POST",),
    Operation.VERIFY_EMAIL: ("POST",),
    Operation.REQUEST_PASSWORD_RESET: ("POST",),
    Operation.RESET_PASSWORD: ("POST",),
    Operation.CHANGE_EMAIL: ("POST", "PUT", "PATCH"),
    Operation.BEGIN_SECOND_FACTOR: ("POST",),
    Operation.CONFIRM_SECOND_FACTOR: ("POST",),
    Operation.DISABLE_SECOND_FACTOR: ("POST",),
    Operation.OAUTH2_LOGIN: ("GET",),
    Operation.OAUTH2_CALLBACK: ("GET",),
    Operation.PUBLIC_KEYS: ("GET",),
    Operation.LIVE: ("GET",),
    Operation.READY: ("GET",),
    Operation.TRANSITION: ("POST", "PUT", "PATCH"),
}
"""The methods by which each operation can be called."""
