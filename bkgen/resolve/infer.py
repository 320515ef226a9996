"""Finds the operation of an endpoint: named by the contract, or told by its method, path and body."""

from __future__ import annotations

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import ACCOUNT_OPERATIONS, HEALTH_OPERATIONS, OAUTH2_OPERATIONS, Operation, PathParameter
from bkgen.model.tables import Table
from bkgen.model.types import Kind, Type
from bkgen.resolve.actions.routes import action_route
from bkgen.resolve.actions.transitions import is_transition, transition_route
from bkgen.resolve.envelopes import fields_in
from bkgen.resolve.grants import takes_grant
from bkgen.resolve.handlers import handler_route
from bkgen.resolve.known_paths import known_operation, own_account_operation, provider_operation
from bkgen.resolve.lookup import Tables, find_column
from bkgen.resolve.mail_paths import mail_operation
from bkgen.resolve.names import fold
from bkgen.resolve.nodes import child, is_array, span_of, text
from bkgen.resolve.paths import Segment, parse_path
from bkgen.resolve.resources import Resource, ResourceReader, Step, steps
from bkgen.resolve.routes import COLLECTION_OPERATIONS, IDENTITIES, ITEM_OPERATIONS, METHODS, Route
from bkgen.resolve.second_factor import second_factor_operation
from bkgen.source import Map

_WITH_KEY = frozenset(ITEM_OPERATIONS.values())
# Words of a path that stand for the account that is signed in.
_CALLER = frozenset({"me", "my", "mine", "own", "self"})


def route_of(node: Map, tables: Tables, accounts: Table | None, diagnostics: Diagnostics) -> Route | None:
    """The endpoint with its operation; None where it cannot be told, which is reported.

    `accounts` is the table that would hold accounts.
    """
    method, path = text(node, "method") or "", text(node, "path") or ""
    segments = parse_path(path, span_of(node, "path"), diagnostics)
    if segments is None:
        return None
    if "handler" in node:
        return handler_route(node, method, path, segments, tables, diagnostics)
    if "do" in node:
        return action_route(node, method, path, segments, tables, diagnostics)
    if "operation" not in node and is_transition(method, segments, tables):
        return transition_route(node, method, path, segments, tables, diagnostics)
    return _Inference(node, method, path, segments, tables, accounts, diagnostics).route()


class _Inference:
    def __init__(
        self,
        node: Map,
        method: str,
        path: str,
        segments: tuple[Segment, ...],
        tables: Tables,
        accounts: Table | None,
        diagnostics: Diagnostics,
    ) -> None:
        self._node, self._method, self._path, self._segments = node, method, path, segments
        self._tables, self._accounts, self._diagnostics = tables, accounts, diagnostics
        self._span = span_of(node, "path")

    def route(self) -> Route | None:
        word = text(self._node, "operation")
        if word is not None:
            return self._declared(word)
        if text(self._node, "table") is not None:
            self._error(
                "BK406", "`table` says nothing without `operation`", 'add "operation", such as "list"', key="table"
            )
            return None
        return self._told_by_path()

    def _declared(self, word: str) -> Route | None:
        operation = Operation(word)
        if self._method not in METHODS[operation]:
            allowed = " or ".join(METHODS[operation])
            self._error("BK406", f"`{operation}` cannot be called by {self._method}", f"use {allowed}", key="method")
            return None
        rule = f'the contract says "operation": "{operation}"'
        if operation in ACCOUNT_OPERATIONS | HEALTH_OPERATIONS:
            return self._plain(operation, rule)
        if operation is Operation.TRANSITION:
            return transition_route(
                self._node, self._method, self._path, self._segments, self._tables, self._diagnostics
            )
        name = text(self._node, "table")
        named = self._tables.find(name) if name is not None else None
        if name is not None and named is None:
            self._error(
                "BK405",
                f"table `{name}` does not exist",
                self._tables.nearest(name, span_of(self._node, "table"), self._diagnostics),
                key="table",
            )
            return None
        return self._on_rows(operation, rule, named)

    def _told_by_path(self) -> Route | None:
        operation = known_operation(self._method, self._segments)
        operation = operation or provider_operation(self._method, self._segments)
        operation = operation or mail_operation(self._method, self._segments, self._node.get("requestBody"))
        operation = operation or second_factor_operation(self._method, self._segments)
        takes_credentials = self._takes_password() or takes_grant(self._node.get("requestBody"))
        if operation is None and takes_credentials and self._last() in ("session", "sessions", "token", "tokens"):
            operation = Operation.LOGIN
        if operation is Operation.LOGIN and takes_grant(self._node.get("requestBody")):
            operation = Operation.TOKEN
        if operation is Operation.LIVE and "503" in (child(self._node, "response") or ()):
            operation = Operation.READY
        if operation is not None and not any(self._segments[-1].text == table.name for table in self._tables):
            rule = f"{self._method} on a path that ends in `{self._segments[-1].text}`"
            return self._plain(operation, rule)
        own = own_account_operation(self._method, self._segments, self._accounts)
        if own is not None and not self._lists_rows():
            rule = f"{self._method} on the one `{self._segments[-1].text}` that is signed in"
            return self._plain(own, rule)
        words = [segment.text for segment in self._segments if not segment.parameter]
        if caller := next((word for word in words if word.lower() in _CALLER), None):
            message = (
                f"{self._method} {self._path} means the rows of whoever is signed in (`{caller}`), and this version "
                "knows rows by the path alone"
            )
            fix = "name the owner in the path, such as `/users/{user_id}/posts`, which is open to everyone signed in"
            if self._method != "GET":
                fix += "; or list what it does, step by step (`do`), with `actor.id` for who is signed in"
            self._error("BK403", message, fix)
            return None
        return self._on_rows(None, "", None)

    def _plain(self, operation: Operation, rule: str) -> Route | None:
        names = [segment.text for segment in self._segments if segment.parameter]
        parameters: tuple[PathParameter, ...] = ()
        if operation in OAUTH2_OPERATIONS:
            if len(names) != 1:
                end = "login" if operation is Operation.OAUTH2_LOGIN else "callback"
                message = f"one parameter of the path says which provider a `{operation}` is about"
                self._error("BK407", message, f"write `/auth/{{provider}}/{end}`")
                return None
            parameters = (PathParameter(names[0], "provider", IDENTITIES, "issuer", Type(Kind.STRING)),)
        elif names:
            self._error("BK407", f"`{{{names[0]}}}` selects nothing in a `{operation}`", "remove it from the path")
            return None
        node, span = self._node, self._node.span
        return Route(node, self._method, self._path, self._segments, operation, None, rule, span, parameters=parameters)

    def _on_rows(self, operation: Operation | None, rule: str, named: Table | None) -> Route | None:
        found, file = self._file(named) if self._method == "GET" else (None, "")
        if found is None:
            found = steps(self._segments, self._tables, named)
        if found is None:
            self._cannot_be_told()
            return None
        reader = ResourceReader(self._span, self._path, self._tables, self._diagnostics)
        resource = reader.read(found, writes_link=self._method != "GET")
        if resource is None:
            return None
        if operation is None:
            operation = (ITEM_OPERATIONS if resource.key else COLLECTION_OPERATIONS).get(self._method)
            rule = self._rule(resource) + (f", and the file in its column `{file}`" if file else "")
        if operation is None:
            self._cannot_be_told(resource)
            return None
        if (operation in _WITH_KEY) != bool(resource.key):
            self._key_misfit(operation, resource)
            return None
        return Route(
            self._node,
            self._method,
            self._path,
            self._segments,
            operation,
            resource.table,
            rule,
            self._node.span,
            tuple(resource.key),
            tuple(resource.parents),
            resource.link,
            tuple(resource.parameters),
            file=file,
        )

    def _file(self, named: Table | None) -> tuple[list[Step] | None, str]:
        """The row whose column of files the last word of the path names, and that column."""
        row, last = self._segments[:-1], self._last()
        found = steps(row, self._tables, named) if row and row[-1].parameter else None
        column = find_column(found[-1].table, last) if found else None
        if column is None or column.type.kind is not Kind.FILE:
            return None, ""
        return found, column.name

    def _rule(self, resource: Resource) -> str:
        what = "one row" if resource.key else "the rows"
        where = "".join(f" of a row of `{parent.table}`" for parent in reversed(resource.parents))
        link = f", by the links in `{resource.link.table}`" if resource.link else ""
        return f"{self._method} on the path of {what} of `{resource.table.name}`{where}{link}"

    def _key_misfit(self, operation: Operation, resource: Resource) -> None:
        table = resource.table
        if operation in _WITH_KEY:
            if table.primary_key:
                key = "/".join(f"{{{column.name}}}" for column in table.primary_key)
                self._error("BK406", f"the path does not say which row to {operation}", f"end the path in `/{key}`")
        else:
            self._error(
                "BK406", f"`{operation}` works on all rows, but the path names one", "remove the last parameter"
            )

    def _cannot_be_told(self, resource: Resource | None = None) -> None:
        message = f"what {self._method} {self._path} does cannot be told"
        if resource is not None:
            known = ITEM_OPERATIONS if resource.key else COLLECTION_OPERATIONS
            fix = "this path takes " + ", ".join(f"{method} ({operation})" for method, operation in known.items())
            if operation := self._possible(bool(resource.key)):
                fix += f'; or say what it does: "operation": "{operation}"'
        else:
            unknown = [one.text for one in self._segments if not one.parameter and not self._table_of(one)]
            nearest = (self._tables.nearest(word, self._span, self._diagnostics) for word in reversed(unknown))
            near = next((found for found in nearest if found), None)
            fix = f"{near} Otherwise, {self._advice()}" if near else self._advice()
            if (file := self._file(None)[1]) and self._method != "GET":
                row = self._path.rpartition("/")[0]
                self._error("BK403", message, f"write `PATCH {row}`: its body takes `{file}`, and takes it away")
                return
            if self._method != "GET" and "`do`" not in fix and '"do"' not in fix:
                fix += "; or list what it does, step by step (`do`)"
        self._error("BK403", message, fix)

    def _advice(self) -> str:
        """What to write where the path has words that belong to no table."""
        tables = [(at, table) for at, segment in enumerate(self._segments) if (table := self._table_of(segment))]
        at, table = tables[-1] if tables else (-1, next(iter(self._tables), None))
        name = table.name if table else "users"
        has_row = table is not None and any(segment.parameter for segment in self._segments[at + 1 :])
        if table is not None and tables and any(segment.parameter for segment in self._segments[: tables[0][0]]):
            return self._advice_below_parent(table, self._segments[at + 1 :])
        if table is not None and tables and has_row:
            return self._advice_below_row(table, self._segments[: at + 2], self._segments[at + 1 :])
        operation = self._possible(self._ends_in_parameter)
        if operation is None:
            key = table.primary_key[0].name if table is not None and table.primary_key else "id"
            return f"end the path in the key of a row: `/{name}/{{{key}}}`"
        return f'say what it does: "operation": "{operation}", "table": "{name}"'

    def _advice_below_row(self, table: Table, row: tuple[Segment, ...], behind: tuple[Segment, ...]) -> str:
        """What to write where words stand behind a table and before or after its key: `/posts/{id}/publish`."""
        if self._method != "GET":
            path = "/" + "/".join(f"{{{part.text}}}" if part.parameter else part.text for part in row)
            key = next(part.text for part in behind if part.parameter)
            column = table.primary_key[0].name if table.primary_key else "id"
            steps = f'"do": [{{"update": "{table.name}", "where": "row.{column} == path.{key}", "set": {{...}}}}]'
            if not row[-1].parameter:
                return f"list what it does, step by step: {steps}"
            return f"list what it does, step by step: {steps}; or write `PATCH {path}`, which changes any column"
        word = self._segments[-1].text if not self._ends_in_parameter else self._segments[-2].text
        below = next(iter(self._tables.referring(table.name)), None)
        if below is None:
            return f"declare a table `{word}` that refers to `{table.name}`"
        operation = self._possible(self._ends_in_parameter)
        return f'say what it does: "operation": "{operation}", "table": "{below[0].name}"'

    def _advice_below_parent(self, table: Table, behind: tuple[Segment, ...]) -> str:
        """What to write where a parameter stands before the first table: `/authors/{id}/posts`."""
        key = [column.name for column in table.primary_key]
        row = [one.text for one in behind if one.parameter] or ([] if self._method in COLLECTION_OPERATIONS else key)
        path = "/".join([table.name, *(f"{{{name}}}" for name in row)])
        method = "PATCH " if row and self._method not in ITEM_OPERATIONS else ""
        reference = next(iter(table.references), None)
        if reference is None:
            return f"begin the path with the table: `{method}/{path}`"
        parent = "/".join([reference.table, *(f"{{{name}}}" for name in reference.columns)])
        whole = f"{method}/{parent}/{path}"
        return f"name the table that `{table.name}` refers to: `{whole}`"

    def _possible(self, on_row: bool) -> Operation | None:
        """The likeliest operation that the method can call."""
        among = (Operation.READ, Operation.UPDATE, Operation.REPLACE, Operation.DELETE)
        known = among if on_row else (Operation.LIST, Operation.CREATE)
        return next((operation for operation in known if self._method in METHODS[operation]), None)

    def _table_of(self, segment: Segment) -> Table | None:
        return None if segment.parameter else self._tables.find(segment.text)

    @property
    def _ends_in_parameter(self) -> bool:
        return bool(self._segments) and self._segments[-1].parameter

    def _takes_password(self) -> bool:
        body = fields_in(self._node.get("requestBody"))
        return self._method == "POST" and body is not None and "password" in body

    def _lists_rows(self) -> bool:
        """Whether the answer is an array, or an object with one."""
        response = child(self._node, "response")
        answers = [entry.value for entry in response or () if entry.key < "400"]
        parts = [entry.value for answer in answers if isinstance(answer, Map) for entry in answer]
        return any(is_array(node) for node in (*answers, *parts))

    def _last(self) -> str:
        return fold(self._segments[-1].text) if self._segments else ""

    def _error(self, code: str, message: str, fix: str | None, key: str = "path") -> None:
        self._diagnostics.add(code, span_of(self._node, key), message, fix)
