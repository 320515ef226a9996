"""The one body of errors: as the service says it, as the contract's own error bodies agree on it, or RFC 9457."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from bkgen.diagnostics import Diagnostics
from bkgen.model.errors import ErrorShape, keyed
from bkgen.model.tables import Table
from bkgen.resolve.declared_errors import check_body, read_fields, read_messages, read_resources
from bkgen.resolve.names import fold
from bkgen.resolve.nodes import child
from bkgen.resolve.routes import IDENTITIES
from bkgen.resolve.types import parse_type
from bkgen.source import Entry, List, Map, Node, Scalar, Span, plain

PROBLEM = {
    "type": "about:blank",
    "title": "{kind}",
    "status": "{status}",
    "detail": "{message}",
    "instance": "{request_id}",
}
_MEANINGS = {
    "message": "message detail details msg description reason errormessage errordescription",
    "status": "status statuscode httpstatus",
    "kind": "code kind type errorcode title name",
    "field": "field param parameter path",
    "request_id": "requestid traceid correlationid instance",
}
_BY_NAME = {word: placeholder for placeholder, words in _MEANINGS.items() for word in words.split()}


def resolve_errors(
    errors: Map, endpoints: Iterable[Map], tables: Iterable[Table], diagnostics: Diagnostics
) -> ErrorShape:
    """The shape of every error whose body no contract fixes, with the words of `service.errors`."""
    return replace(
        _resolve_shape(child(errors, "body"), endpoints, diagnostics),
        messages=read_messages(errors, diagnostics),
        fields=read_fields(errors, diagnostics),
        resources=_of_providers(tables) | read_resources(errors, tables, diagnostics),
    )


def _of_providers(tables: Iterable[Table]) -> dict[str, str]:
    """What rows are called that a path names by their provider."""
    return {IDENTITIES: "provider"} if any(table.name == IDENTITIES for table in tables) else {}


def _resolve_shape(body: Map | None, endpoints: Iterable[Map], diagnostics: Diagnostics) -> ErrorShape:
    if body is not None:
        check_body(body, diagnostics)
        return ErrorShape(plain(body), False, "the service document says so")
    found = [(shape, place) for place, error in _error_bodies(endpoints) if (shape := shape_of(error)) is not None]
    if found and all(shape == found[0][0] for shape, _ in found):
        return ErrorShape(found[0][0], False, f"the contract's own error bodies have it, first at {found[0][1]}")
    reason = "the contract's own error bodies differ" if found else "the contract has no error bodies of its own"
    return ErrorShape(PROBLEM, True, f"{reason}, so errors are problem details as RFC 9457 has them")


def shape_of(error: Map) -> dict[str, Any] | None:
    """The shape that an error body of the contract is an example of; None where it is none."""
    entries = error.entries
    if len(entries) == 1 and isinstance(entries[0].value, Scalar) and isinstance(entries[0].value.value, str):
        return {entries[0].key: "{message}"}
    shape: dict[str, Any] = {}
    for entry in entries:
        if isinstance(entry.value, Map):
            inner = shape_of(entry.value)
            if inner is None:
                return None
            shape[entry.key] = inner
        elif (placeholder := _placeholder(entry, entries)) is not None:
            shape[entry.key] = "{" + placeholder + "}"
        else:
            return None
    return shape if str(shape).count("{message}") == 1 else None


def error_entries(response: Map | None) -> Iterator[Entry]:
    """The statuses from 400 up of an endpoint's `response`."""
    for entry in response or ():
        if entry.key.isdecimal() and int(entry.key) >= 400:
            yield entry


def _error_bodies(endpoints: Iterable[Map]) -> Iterator[tuple[Span, Map]]:
    for endpoint in endpoints:
        response = endpoint.get("response")
        for entry in error_entries(response if isinstance(response, Map) else None):
            if isinstance(entry.value, Map) and entry.value.entries:
                yield entry.value.span, entry.value


def _placeholder(entry: Entry, siblings: tuple[Entry, ...]) -> str | None:
    if not isinstance(entry.value, Scalar):
        return None
    if fold(entry.key) == "error":
        has_message = any(_BY_NAME.get(fold(other.key)) == "message" for other in siblings)
        return "kind" if has_message else "message"
    return _BY_NAME.get(fold(entry.key))


def is_typed(error: Node) -> bool:
    """Whether all leaves of an error body are types (`{"error": "string"}`), so that it fixes no text."""
    match error:
        case Map():
            return all(is_typed(entry.value) for entry in error)
        case List(items=items):
            return bool(items) and all(map(is_typed, items))
        case Scalar(value=str(text)):
            return parse_type(text) is not None
        case _:
            return False


def fits(body: Any, shape: Any) -> bool:
    """Whether an error body has the keys of the service's shape, or any in the place of a placeholder."""
    match body, shape:
        case dict(), dict() if key := keyed(shape):
            return all(fits(value, shape[key]) for value in body.values())
        case dict(), dict():
            return body.keys() == shape.keys() and all(fits(value, shape[key]) for key, value in body.items())
        case list(), list():
            return all(fits(item, one) for item in body for one in shape)
        case _:
            return not isinstance(body, dict | list) and not isinstance(shape, dict | list)
