"""Statements that give tables, columns and their rules new names."""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.migrate.compare import Difference, TableChange
from bkgen.model.schema import shortened
from bkgen.render.literals import literal
from bkgen.render.mongodb_steps import in_mongodb, mongodb_step
from bkgen.render.sql_names import quoted
from bkgen.render.stored_columns import check_condition
from bkgen.render.stored_tables import create_index, foreign_key, named


def renames(difference: Difference) -> Iterator[str]:
    """New names of all that stays; what goes keeps its old name until then."""
    for change in difference.kept:
        if change.was != change.name:
            yield f"op.rename_table({literal(change.was)}, {literal(change.name)})"
            if change.after.fields:
                yield from in_mongodb([mongodb_step("rename", change.was, change.name)])
        for new, old in change.columns_were.items():
            yield rename_column(change.name, old, new)
    for change in difference.kept:
        yield from _rules(change, difference)


def rename_column(table: str, old: str, new: str) -> str:
    """The statement that gives a column another name; all databases have the same one."""
    statement = f"ALTER TABLE {quoted(table)} RENAME COLUMN {quoted(old)} TO {quoted(new)}"
    return f"op.execute({literal(statement)})"


def _rules(change: TableChange, difference: Difference) -> Iterator[str]:
    """Rules are called after tables and columns: PostgreSQL renames them, SQLite makes the table anew."""
    renamed: list[tuple[str, str]] = []
    drops: list[str] = []
    makes: list[str] = []
    keys: list[str] = []

    def rename(kind: str, columns: tuple[str, ...], type_: str, code: str) -> None:
        old, new = change.old_name(kind, columns), change.new_name(kind, columns)
        if old != new:
            renamed.append((old, new))
            name = f"op.f({literal(old)})" if kind == "ck" else named(old)
            drops.append(f'batch.drop_constraint({name}, type_="{type_}")')
            makes.append(f"batch.{code}")

    key = literal(list(change.before.key))
    old, new = change.old_name("pk", ()), change.new_name("pk", ())
    if old != new:
        renamed.append((old, new))
        keys = [
            f'batch.drop_constraint({named(old)}, type_="primary")',
            f"batch.create_primary_key({named(new)}, {key})",
        ]
    gone = change.gone_rules
    for rule in change.before.unique:
        if rule not in gone:
            name = named(change.new_name("uq", rule))
            rename("uq", rule, "unique", f"create_unique_constraint({name}, {literal(list(rule))})")
    changed = {old.name for old, _ in change.checked} | change.replaced | {column.name for column in change.dropped}
    for column in change.before.columns:
        if column.check and column.name not in changed:
            code = f"create_check_constraint({literal(column.name)}, {check_condition(column)})"
            rename("ck", (column.name,), "check", code)
    dropped = [one for one in difference.gone_references(change) if not difference.is_first(change, one)]
    for reference in change.before.references:
        if reference not in dropped:
            code = f"create_foreign_key({foreign_key(change.name, reference)})"
            rename("fk", reference.columns, "foreignkey", code)
    stay = [index for index in change.before.indexes if index not in change.gone_indexes]
    indexes = [index for index in stay if change.old_index(index) != change.new_index(index)]
    table = quoted(change.name)
    on_postgresql = [
        f"ALTER TABLE {table} RENAME CONSTRAINT {quoted(shortened(old))} TO {quoted(shortened(new))}"
        for old, new in renamed
    ]
    if on_postgresql:
        yield 'if op.get_context().dialect.name == "postgresql":'
        yield from (f"    op.execute({literal(statement)})" for statement in on_postgresql)
        yield "else:  # SQLite makes the table anew, and MariaDB calls all keys PRIMARY"
        yield f"    with op.batch_alter_table({literal(change.name)}) as batch:"
        if keys:
            yield '        if op.get_context().dialect.name == "sqlite":'
            yield from (f"            {line}" for line in keys)
        yield from (f"        {line}" for line in (*makes, *drops))
    for index in indexes:
        yield create_index(change.before, index)
        yield f"op.drop_index({named(change.old_index(index))}, {literal(change.name)})"
