"""`url('/todos/{id}')`: the absolute URL of what another endpoint answers with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bkgen.model.expressions import ColumnOf, Link, Row, Value
from bkgen.model.types import Kind, Type
from bkgen.resolve.expressions.kinds import TEXTS, described, is_nullable, kind_of
from bkgen.resolve.expressions.mistakes import MistakeError
from bkgen.resolve.expressions.scope import Scope
from bkgen.resolve.expressions.syntax import Constant, Identifier, Invocation, Selection
from bkgen.resolve.paths import pattern_of

if TYPE_CHECKING:
    from bkgen.resolve.expressions.typing import Typing

URL = "url"
_EXAMPLE = "such as `url('/todos/{id}')`"
_IN_PATHS = TEXTS | {Kind.UUID, Kind.INTEGER, Kind.DATE}
_ROW = "row"


def link(typing: Typing, syntax: Invocation, scope: Scope) -> Link:
    """The typed tree of `url(...)`, whose text is the path of a GET endpoint with columns of `row` as parameters."""
    if scope.paths is None:
        message = f"`{URL}` is for the fields of an answer: only an answer knows what its request came to"
        raise MistakeError("BK802", syntax.at, message, "write it as a computed field of a view or a response")
    path = syntax.arguments[0] if len(syntax.arguments) == 1 and syntax.target is None else None
    if not isinstance(path, Constant) or not isinstance(path.value, str):
        raise MistakeError("BK805", syntax.place, f"`{URL}` takes a path, written in quotes", _EXAMPLE)
    if pattern_of(path.value) not in scope.paths:
        message = f"no GET endpoint has the path `{path.value[:80]}`"
        choices = tuple(scope.paths.values())
        fix = None if choices else "declare one: a URL has to lead somewhere"
        raise MistakeError("BK809", path.place, message, fix, word=path.value, choices=choices)
    written = path.value.removeprefix("/").split("/")
    parts = tuple(_column(typing, part[1:-1], path, scope) if part.startswith("{") else part for part in written)
    nullable = any(is_nullable(part.gives) for part in parts if not isinstance(part, str))
    return Link(parts, Value(Type(Kind.URL), nullable), typing.span(syntax.place))


def _column(typing: Typing, name: str, path: Constant, scope: Scope) -> ColumnOf:
    """The column of `row` that fills a parameter."""
    row = scope.names[_ROW]
    assert isinstance(row, Row)
    columns = {column.name: column for column in scope.tables[row.table].public}
    if name not in columns:
        message = f"`{{{name[:60]}}}` is no column of `{row.table}`"
        fix = None if columns else f"`{row.table}` has no column that may be shown"
        raise MistakeError("BK809", path.place, message, fix, word=name, choices=tuple(columns))
    if columns[name].veiled:
        message = f"`{name}` is not shown to everyone, and a URL with it would tell of it"
        raise MistakeError("BK425", path.place, message, "use a path with the key of the row")
    found = typing.of(Selection(Identifier(_ROW, path.place), name, path.place, path.place), scope)
    if not isinstance(found, ColumnOf) or kind_of(found.gives) not in _IN_PATHS:
        message = f"`{name}` is {described(found.gives)}, which no path holds"
        raise MistakeError("BK809", path.place, message, "use a text, a whole number, a date or a UUID")
    return found
