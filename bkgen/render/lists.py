"""Views of what only lists have: the conditions of query parameters, orders that clients choose, and cursors."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bkgen.model import expressions
from bkgen.model.endpoints import Condition, Endpoint, Filter, QueryParameter, Search, Sort
from bkgen.model.shapes import Fact
from bkgen.model.tables import Column, Table
from bkgen.model.types import Kind, Type
from bkgen.render.annotations import repeated
from bkgen.render.columns import column_code
from bkgen.render.expressions import Context, sql_conditions
from bkgen.render.literals import literal
from bkgen.render.naming import snake
from bkgen.render.ordering import ordering, sorted_column
from bkgen.resolve.list_order import last_keys, sort_of


@dataclass(frozen=True, slots=True)
class FilterView:
    """Conditions that hold where a query parameter is given.

    Attributes:
        given: the test that it is.
        conditions: of SQLAlchemy; an expression that gives a list of them where `spread`.
    """

    given: str
    conditions: tuple[str, ...]
    spread: bool = False


@dataclass
class Conditions:
    """What has to hold of the rows: always, or where a parameter is given.

    Attributes:
        definitions: name -> code of what the conditions use; `imports`: lines that they need.
    """

    always: list[str] = field(default_factory=list)
    filters: list[FilterView] = field(default_factory=list)
    definitions: dict[str, str] = field(default_factory=dict)
    imports: set[str] = field(default_factory=set)

    def add(self, where: expressions.Condition, context: Context) -> tuple[str, ...]:
        """The code of a condition, all of which has to hold."""
        around = replace(context, taken=context.taken | set(self.definitions))
        rendered = sql_conditions(where.expression, around)
        self.definitions |= dict(rendered.definitions)
        self.imports |= rendered.imports
        return rendered.conditions


def parameter_conditions(endpoint: Endpoint, table: Table, context: Context, found: Conditions) -> None:
    """Adds what the query parameters of a list say of its rows."""
    for query in endpoint.query:
        match query.use:
            case Filter(column=name):
                column = column_code(table, name)
                code = f"{column}.in_({query.attribute})" if query.many else f"{column} == {query.attribute}"
                _add(query, (code,), found)
            case Condition(where=where):
                _add(query, found.add(where, context), found)
            case Search(columns=columns):
                searched = ", ".join(column_code(table, name) for name in columns)
                words = f"containing_words({query.attribute}, {searched})"
                if query.optional:
                    found.filters.append(FilterView(_given(query), (words,), spread=True))
                else:
                    found.always.append(f"*{words}")


def _add(query: QueryParameter, conditions: tuple[str, ...], found: Conditions) -> None:
    if query.optional:
        found.filters.append(FilterView(_given(query), conditions))
    else:
        found.always += conditions


def _given(query: QueryParameter) -> str:
    return query.attribute if query.many else f"{query.attribute} is not None"


@dataclass(frozen=True, slots=True)
class KeysView:
    """The columns that a list with a cursor can be ordered by: (name, `SortKey(...)`)."""

    constant: str
    keys: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CursorView:
    """How a list begins behind a row.

    Attributes:
        order: the arguments of `ListOrder`.
        behind: the arguments of its method `behind`.
    """

    keys: KeysView
    order: str
    behind: str


def cursor_view(endpoint: Endpoint, table: Table) -> CursorView | None:
    """None where the pages of the endpoint are numbered."""
    cursor = next((query for query in endpoint.query if query.fact is Fact.CURSOR), None)
    if cursor is None:
        return None
    sort = sort_of(endpoint)
    keys = dict(sort.use.keys) if sort is not None and isinstance(sort.use, Sort) else {}
    names = {column: name for name, column in keys.items()}
    last = []
    for key in last_keys(endpoint, table):
        name = names.setdefault(key.column, key.column)
        keys[name] = key.column
        last.append(literal(f"-{name}" if key.descending else name))
    constant = f"{snake(endpoint.name).upper()}_KEYS"
    chosen = [f"*{sort.attribute}"] if sort is not None else []
    return CursorView(
        keys=KeysView(
            constant, tuple((literal(name), _key(table.column(column), table)) for name, column in keys.items())
        ),
        order=", ".join([constant, *chosen, *last]),
        behind=f"{cursor.attribute}, {literal(cursor.name)}",
    )


def _key(column: Column, table: Table) -> str:
    annotation = repeated(_stored(column.type))
    return f"SortKey({sorted_column(table, column.name)}, {annotation}{' | None' if column.nullable else ''})"


def _stored(type_: Type) -> Type:
    """The type of what a column has, whatever clients may write to it."""
    numeric = type_.kind is Kind.INTEGER
    return Type(
        type_.kind,
        minimum=-(2 ** ((type_.bits or 32) - 1)) if numeric else None,
        maximum=2 ** ((type_.bits or 32) - 1) - 1 if numeric else None,
        enum=type_.enum,
        timezone=type_.timezone,
    )


def order_code(endpoint: Endpoint, table: Table) -> list[str]:
    """Arguments of `order_by` for a list whose pages are numbered."""
    keys = last_keys(endpoint, table)
    sort = sort_of(endpoint)
    if sort is None or not isinstance(sort.use, Sort):
        return ordering(table, keys)
    columns = ", ".join(f"{literal(name)}: {sorted_column(table, column)}" for name, column in sort.use.keys.items())
    return [f"*sorted_by({sort.attribute}, {{{columns}}})", *ordering(table, keys)]
