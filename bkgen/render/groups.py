"""View of the statement that puts rows into groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bkgen.model.endpoints import Endpoint
from bkgen.model.expressions import ColumnOf, Expression, Related
from bkgen.model.service import Service
from bkgen.model.shapes import Computed, Object, SortKey, groups_in
from bkgen.model.tables import Table
from bkgen.model.types import Kind
from bkgen.render.building import named
from bkgen.render.columns import both
from bkgen.render.expressions import Context, group_value
from bkgen.render.expressions.imports import RESERVED, imports_of
from bkgen.resolve import names
from bkgen.resolve.expressions.grouped import ROWS, ways
from bkgen.resolve.expressions.kinds import kind_of
from bkgen.resolve.expressions.parts import walk
from bkgen.resolve.expressions.presence import Path
from bkgen.resolve.vocabulary import ROW


@dataclass(frozen=True, slots=True)
class Joined:
    """The rows that expressions about a row reach over relations to one row each, joined to the statement.

    Attributes:
        models: the model that stands for each of them, by the way to it.
        joins: `.join(...)` of each.
        aliases: (name, code) of the models that have one.
        tables: those that stand in the statement under their own names.
    """

    models: Mapping[Path, str]
    joins: tuple[str, ...]
    aliases: Mapping[str, str]
    tables: frozenset[str]


@dataclass(frozen=True, slots=True)
class GroupView:
    """What groups are selected by.

    Attributes:
        variables: (name, code) of what is named more than once.
        columns: arguments of `select`; `keys` of `group_by`; `order` of `order_by`.
        imports: lines that they need.
    """

    variables: tuple[tuple[str, str], ...]
    columns: str
    keys: str
    order: str
    imports: frozenset[str]


def said_of_groups(endpoint: Endpoint, shape: Object) -> list[Expression]:
    """Every expression of a list of groups that speaks of its rows, but for policies."""
    found = [field.shape.expression for field in shape.fields if isinstance(field.shape, Computed)]
    conditions = [shape.grouping.where if shape.grouping else None, endpoint.where]
    conditions += [query.condition for query in endpoint.query]
    return found + [one.expression for one in conditions if one is not None]


def joined_rows(endpoint: Endpoint, table: Table, service: Service, taken: frozenset[str]) -> Joined | None:
    """What a list of groups joins to its rows; None for a list of rows."""
    shape = groups_in(endpoint.success.body)
    if shape is None:
        return None
    found: dict[Path, Related] = {}
    for expression in said_of_groups(endpoint, shape):
        found |= ways(expression, ROW)
    # A subquery of a policy on a table that the statement has, too, would be about the rows of the statement.
    apart = {name for one in (endpoint.visible,) if one is not None for name in _reached(one.expression)}
    present = {table.name, *([endpoint.link.table] if endpoint.link else [])}
    models: dict[Path, str] = {(ROW,): table.class_name, (ROWS,): table.class_name}
    joins: list[str] = []
    aliases: dict[str, str] = {}
    outer: set[Path] = set()
    for path, related in sorted(found.items(), key=lambda pair: len(pair[0])):
        target = service.table(related.relation.target)
        model = target.class_name
        if target.name in present | apart:
            model = names.unique(names.parameter(path[-1]), RESERVED | taken | set(aliases))
            aliases[model] = f"aliased({target.class_name})"
        else:
            present.add(target.name)
        models[path] = model
        before, source = path[:-1], service.table(related.relation.table)
        pairs = both(
            [
                f"{models[before]}.{source.column(here).attribute} == {model}.{target.column(there).attribute}"
                for here, there in related.relation.pairs
            ]
        )
        if related.relation.optional or before in outer:
            outer.add(path)
        joins.append(f".{'outerjoin' if path in outer else 'join'}({model}, {pairs})")
    return Joined(models, tuple(joins), aliases, frozenset(present))


def _reached(expression: Expression) -> set[str]:
    """The tables that an expression reaches over relations."""
    relations = [part.relation for part in walk(expression) if isinstance(part, Related)]
    return {one.target for one in relations} | {one.through.table for one in relations if one.through is not None}


def group_view(endpoint: Endpoint, context: Context) -> GroupView | None:
    """None for a list of rows."""
    shape = groups_in(endpoint.success.body)
    if shape is None or shape.grouping is None:
        return None
    keys, sort = shape.grouping.keys, endpoint.sort or shape.sort
    again = {*keys, *(key.column for key in sort)}
    taken = RESERVED | context.taken | set(context.models.values())
    variables: dict[str, str] = {}
    definitions: dict[str, str] = {}
    codes: dict[str, str] = {}
    columns, imports = [], set[str]()
    for field in shape.fields:
        assert isinstance(field.shape, Computed)
        rendered = group_value(field.shape.expression, replace(context, taken=context.taken | set(definitions)))
        imports |= rendered.imports
        definitions |= dict(rendered.definitions)
        code = rendered.code
        if field.name in again:
            code = names.unique(names.parameter(field.name), taken | set(variables))
            variables[code] = rendered.code
        codes[field.name] = code
        columns.append(named(code, field.name))
    order = [_order(key, shape, codes[key.column]) for key in sort]
    return GroupView(
        (*definitions.items(), *variables.items()),
        ", ".join(columns),
        ", ".join(codes[name] for name in keys),
        ", ".join(order),
        frozenset(imports) | imports_of(order, context.tables),
    )


def _order(key: SortKey, shape: Object, code: str) -> str:
    """An argument of `order_by`. NULL counts as the greatest value, which is what PostgreSQL does by itself."""
    field = next(field for field in shape.fields if field.name == key.column)
    assert isinstance(field.shape, Computed)
    if isinstance(field.shape.expression, ColumnOf) and kind_of(field.shape.expression.gives) is Kind.DECIMAL:
        code = f"as_number({code})"
    nulls = (".nulls_first()" if key.descending else ".nulls_last()") if field.nullable else ""
    return f"{code}{'.desc()' if key.descending else ''}{nulls}"
