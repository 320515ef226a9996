"""Tables: their columns, keys, unique rules and indexes, and the names of all that is generated for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from bkgen.diagnostics import Diagnostics
from bkgen.model.tables import Column, Index, Reference, Table
from bkgen.resolve import names, texts
from bkgen.resolve.columns import resolve_column, with_key
from bkgen.resolve.declared_references import report_repeated, table_reference
from bkgen.resolve.files import with_contents
from bkgen.resolve.former_names import check_former_columns, check_former_tables
from bkgen.resolve.nodes import child, flag, span_of, strings, text
from bkgen.resolve.uncompared import check_uses
from bkgen.resolve.versions import with_version
from bkgen.resolve.words import plural, singular
from bkgen.source import List, Map, Node, Scalar, Span


def resolve_tables(nodes: Iterable[Map], diagnostics: Diagnostics) -> list[Table]:
    """All tables that have a usable name; what is wrong with them is in `diagnostics`."""
    return [table for node in nodes if (table := _table(node, diagnostics))]


def distinct_tables(tables: list[Table], diagnostics: Diagnostics) -> list[Table]:
    """The tables and collections, each name once; adds what two of them cannot be called."""
    tables = _without_repeated(tables, diagnostics)
    check_former_tables(tables, diagnostics)
    for kind, name_of in (("class", _class_of), ("module", _module_of), ("package", _package_of)):
        _check_distinct(kind, tables, name_of, diagnostics)
    return tables


def name_table(
    name: str, columns: tuple[Column, ...], indexes: tuple[Index, ...], added: str | None, span: Span
) -> Table:
    """A table with the names of its model, module and package."""
    snake = names.snake(name) or "table"
    one, many = singular(snake), plural(snake)
    return Table(
        name=name,
        class_name=names.class_name(one),
        module=names.module(one),
        package=names.module(many),
        singular=one,
        plural=many,
        columns=columns,
        indexes=indexes,
        added=added,
        span=span,
    )


def added_table(
    name: str, reason: str, needs: str, tables: Iterable[Table], span: Span, diagnostics: Diagnostics
) -> Table:
    """A table that bkgen adds, still without columns; `reason` says why, and `span` where that is asked for.

    Adds `BK324`, which says what `needs` the name, for tables of the documents that have it.
    """
    added = name_table(name, (), (), reason, span)
    for table in tables:
        if added.name == table.name.casefold() or added.class_name == table.class_name:
            diagnostics.add("BK324", table.span, f"{needs}: the name is taken", "rename your table")
    return added


def _table(node: Map, diagnostics: Diagnostics) -> Table | None:
    name = text(node, "name") or ""
    if not texts.check_sql_name("table", name, span_of(node, "name"), diagnostics):
        return None
    columns_node = node.get("columns")
    column_nodes = [item for item in columns_node if isinstance(item, Map)] if isinstance(columns_node, List) else []
    columns = [column for item in column_nodes if (column := resolve_column(item, name, diagnostics))]
    columns = distinct_columns(name, columns, diagnostics)
    complete = len(columns) == len(column_nodes)
    known = {names.fold(text(item, "name") or "") for item in column_nodes}
    key = _columns_of("primaryKey", name, node.get("primaryKey"), columns, known, diagnostics)
    references = list(_references(name, node, columns, known, diagnostics))
    columns = _with_references(name, columns, references, diagnostics)
    joint = tuple(reference for reference in references if len(reference.columns) > 1)
    columns = _with_primary_key(name, node, columns, key, joint, complete, diagnostics)
    indexes = tuple(_indexes(name, node, columns, known, diagnostics))
    columns = with_single_indexes(columns, indexes)
    columns = with_version(node, with_veils(node, columns), diagnostics)
    several: dict[tuple[tuple[str, ...], bool], Index] = {}
    for index in indexes:
        if len(index.columns) > 1:
            several.setdefault((index.columns, index.unique), index)  # what is said twice is one
    table = replace(name_table(name, tuple(columns), tuple(several.values()), None, node.span), joint=joint)
    check_uses(table, diagnostics)
    table = with_contents(table, diagnostics)
    check_former_columns(table, column_nodes, diagnostics)
    description = texts.free_text(node, "description", diagnostics)
    return replace(table, description=description, was=text(node, "was") or "")


def _with_primary_key(
    table: str,
    node: Map,
    columns: list[Column],
    key: tuple[str, ...],
    joint: tuple[Reference, ...],
    complete: bool,
    diagnostics: Diagnostics,
) -> list[Column]:
    own = tuple(column.name for column in columns if column.primary)
    if key and own and set(key) != set(own):
        message = f"`primaryKey` of table `{table}` and its `primary` columns differ"
        diagnostics.add("BK302", span_of(node, "primaryKey"), message, "say it in one place")
    key = key or own
    if not key and complete and columns:
        likely = next((column.name for column in columns if names.fold(column.name) == "id"), None)
        fix = 'add "primary": true to the column that names a row, or a column '
        fix += '{"name": "id", "type": "uuid", "primary": true}'
        fix = f'add "primary": true to column `{likely}`' if likely else fix
        diagnostics.add("BK302", span_of(node, "name"), f"table `{table}` has no primary key", fix)
    refers = {name for reference in joint for name in reference.columns}
    refers |= {column.name for column in columns if column.reference is not None}
    made = len(key) == 1 and refers.isdisjoint(key)
    keyed = [with_key(column, made) if column.name in key else column for column in columns]
    for column in keyed:
        if column.primary and column.nullable:
            diagnostics.add(
                "BK313",
                column.span,
                f"column `{column.name}` is part of the primary key and cannot be nullable",
                "remove `nullable`",
            )
    return keyed


def _indexes(
    table: str, node: Map, columns: list[Column], known: set[str], diagnostics: Diagnostics
) -> Iterable[Index]:
    unique, indexes = node.get("unique"), node.get("indexes")
    for item in unique if isinstance(unique, List) else ():
        if found := _columns_of("unique", table, item, columns, known, diagnostics):
            yield Index(found, True, item.span)
    for item in indexes if isinstance(indexes, List) else ():
        if isinstance(item, Map) and (
            found := _columns_of("indexes", table, item.get("columns"), columns, known, diagnostics)
        ):
            yield Index(found, bool(flag(item, "unique")), item.span)


def _references(
    table: str, node: Map, columns: list[Column], known: set[str], diagnostics: Diagnostics
) -> Iterable[Reference]:
    """The references that the table declares; those of which a column is unknown are left out."""
    declared = node.get("references")
    for item in declared.items if isinstance(declared, List) else ():
        if isinstance(item, Map):
            written = strings(item.get("columns"))
            found = _columns_of("references", table, item.get("columns"), columns, known, diagnostics)
            if found and len(found) == len(written):
                yield table_reference(item, found, diagnostics)


def _with_references(
    table: str, columns: list[Column], references: list[Reference], diagnostics: Diagnostics
) -> list[Column]:
    """The columns with the references of one column. Adds `BK314` where the same columns have two."""
    first = {column.reference.columns: column.reference for column in columns if column.reference is not None}
    for reference in references:
        if first.setdefault(reference.columns, reference) is not reference:
            report_repeated(table, reference, first[reference.columns], diagnostics)
    return [replace(column, reference=first.get((column.name,))) for column in columns]


def with_single_indexes(columns: list[Column], indexes: tuple[Index, ...]) -> list[Column]:
    """The columns with what indexes over one of them say; keys are indexed already."""
    unique = {index.columns[0] for index in indexes if index.unique and len(index.columns) == 1}
    plain = {index.columns[0] for index in indexes if not index.unique and len(index.columns) == 1}
    key = [column.name for column in columns if column.primary]
    found = []
    for column in columns:
        is_unique = (column.unique or column.name in unique) and key != [column.name]
        wanted = column.index or column.name in plain
        covered = is_unique or column.name in key[:1]
        found.append(replace(column, unique=is_unique, index=wanted and not covered))
    return found


def with_veils(node: Map, columns: list[Column]) -> list[Column]:
    """The columns, of which it is known whether a policy says to whom they are shown."""
    policies = child(node, "policies")
    rules = (child(policies, "visible") if policies is not None else None) or ()
    folded = {names.fold(entry.key) for entry in rules if not _holds_always(entry.value)}
    return [replace(column, veiled=names.fold(column.name) in folded) for column in columns]


def _holds_always(node: Node) -> bool:
    return isinstance(node, Scalar) and str(node.value).strip() == "true"


def _columns_of(
    key: str, table: str, node: Node | None, columns: list[Column], known: set[str], diagnostics: Diagnostics
) -> tuple[str, ...]:
    """The names of columns that a rule lists; unknown ones add `BK306`."""
    by_name = {column.name for column in columns}
    found: list[str] = []
    for name, span in strings(node):
        if name in by_name and name not in found:
            found.append(name)
        elif name in found:
            diagnostics.add("BK306", span, f"`{key}` names column `{name}` twice", "name it once")
        elif names.fold(name) not in known or not by_name:
            message = f"`{key}` names `{name}`, which is no column of table `{table}`"
            fix = diagnostics.nearest(span, name, by_name) or "its columns: " + ", ".join(
                f"`{column.name}`" for column in columns
            )
            diagnostics.add("BK306", span, message, fix)
    return tuple(found)


def distinct_columns(table: str, columns: list[Column], diagnostics: Diagnostics) -> list[Column]:
    found: dict[str, Column] = {}
    for column in columns:
        first = found.setdefault(column.attribute, column)
        if first is column:
            continue
        if first.name.casefold() == column.name.casefold():
            diagnostics.add("BK303", column.span, f"table `{table}` already has a column `{first.name}`", "remove one")
        else:
            message = f"columns `{first.name}` and `{column.name}` would both be `{column.attribute}` in Python"
            diagnostics.add("BK305", column.span, message, "rename one of them")
    return list(found.values())


def _without_repeated(tables: list[Table], diagnostics: Diagnostics) -> list[Table]:
    found: dict[str, Table] = {}
    for table in tables:
        first = found.setdefault(table.name.casefold(), table)
        if first is not table:
            place = f"{first.span.file.name}:{first.span.line}"
            diagnostics.add("BK301", table.span, f"table `{table.name}` is already declared at {place}", "remove one")
    return list(found.values())


def _check_distinct(kind: str, tables: list[Table], name_of: Callable[[Table], str], diagnostics: Diagnostics) -> None:
    found: dict[str, Table] = {}
    for table in tables:
        first = found.setdefault(name_of(table).casefold(), table)
        if first is not table:
            message = f"tables `{first.name}` and `{table.name}` would both have the {kind} `{name_of(table)}`"
            diagnostics.add("BK305", table.span, message, "rename one of them")


def _class_of(table: Table) -> str:
    return table.class_name


def _module_of(table: Table) -> str:
    return table.module


def _package_of(table: Table) -> str:
    return table.package
