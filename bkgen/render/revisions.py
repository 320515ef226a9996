"""The revision that leads from one schema to the next one, statement by statement."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from bkgen.migrate.compare import Difference, Rule, TableChange
from bkgen.migrate.conversions import Conversion, Effect
from bkgen.migrate.losses import has_value
from bkgen.model.schema import (
    LONGEST_NAME,
    StoredColumn,
    StoredField,
    StoredIndex,
    StoredReference,
    StoredTable,
    constraint_name,
)
from bkgen.render.literals import literal
from bkgen.render.mongodb_steps import document_steps, in_mongodb, mongodb_step
from bkgen.render.renames import rename_column, renames
from bkgen.render.sql_names import quoted, sql_text
from bkgen.render.stored_columns import (
    added_column,
    check_condition,
    default_value,
    existing,
    plain_type,
    server_default,
)
from bkgen.render.stored_tables import create_index, create_table, foreign_key, lengths, named

_MARIADB = 'if op.get_context().dialect.name == "mariadb":'
_OVERFLOW = "abs(-9223372036854775807 - 1)"
_SQLITE = 'if op.get_context().dialect.name == "sqlite":'


def statements(change: Difference) -> list[str]:
    """The lines of a function that leads from one schema to another, indented from nothing."""
    lines = [*renames(change), *_apart(change), *_let_go(change)]
    for one in change.kept:
        early = [ref for ref in change.gone_references(one) if change.is_first(one, ref)]
        lines += _batch(one.name, [_drop_reference(one, reference) for reference in early])
    tables = {table.name: table for table in change.created}
    for table in change.after.tables:
        if table.name in tables:
            lines += create_table(table, change.after)
        elif (kept := change.change(table.name)) is not None:
            lines += _TableStatements(kept, change).lines()
    late = [
        (table, ref) for table in change.created for ref in table.references if change.after.refers_ahead(table, ref)
    ]
    lines += _only_with_alter(late)
    for one in change.kept:
        ahead = [ref for ref in change.new_references(one) if change.after.refers_ahead(one.after, ref)]
        lines += _batch(one.name, [f"batch.create_foreign_key({foreign_key(one.name, ref)})" for ref in ahead])
    lines += _together(change)
    lines += _drops(change)
    return lines


def _let_go(change: Difference) -> Iterator[str]:
    """References of tables that are dropped, to rows of which the rule goes that makes them unique."""
    found = [(table, one) for table in change.dropped for one in table.references if change.is_orphaned(one)]
    if found:
        yield "if op.get_context().dialect.supports_alter:"
    for table, reference in found:
        name = named(constraint_name("fk", table.name, reference.columns))
        yield f'    op.drop_constraint({name}, {literal(table.name)}, type_="foreignkey")'


def _apart(change: Difference) -> Iterator[str]:
    """References that MariaDB drops while the types of what they put together change, one after the other."""
    found = _retyped_references(change)
    if found:
        yield _MARIADB
    for one, reference in found:
        name = named(one.new_name("fk", reference.columns))
        yield f'    op.drop_constraint({name}, {literal(one.name)}, type_="foreignkey")'


def _together(change: Difference) -> Iterator[str]:
    found = _retyped_references(change)
    if found:
        yield _MARIADB
    for one, reference in found:
        yield f"    {_create_foreign_key(one.name, reference)}"


def _retyped_references(change: Difference) -> list[tuple[TableChange, StoredReference]]:
    retyped = {(one.name, new.name) for one in change.kept for _, new, _ in one.retyped if new.name not in one.replaced}
    return [
        (one, reference)
        for one in change.kept
        for reference in one.before.references
        if reference not in change.gone_references(one)
        if any((one.name, name) in retyped for name in reference.columns)
        or any((reference.table, name) in retyped for name in reference.targets)
    ]


def _create_foreign_key(table: str, reference: StoredReference) -> str:
    name, *rest = foreign_key(table, reference).split(", ", 1)
    return f"op.create_foreign_key({name}, {literal(table)}, {''.join(rest)})"


def _only_with_alter(late: list[tuple[StoredTable, StoredReference]]) -> Iterator[str]:
    """The references of new tables to later ones, which SQLite takes with the table."""
    if late:
        yield "if op.get_context().dialect.supports_alter:  # else the tables have them already"
    for table, reference in late:
        yield f"    {_create_foreign_key(table.name, reference)}"


def _drops(change: Difference) -> Iterator[str]:
    dropped = {table.name for table in change.dropped}
    circle = [
        (table, reference)
        for table in change.dropped
        for reference in table.references
        if reference.table in dropped and change.before.refers_ahead(table, reference)
    ]
    if circle:
        yield "if op.get_context().dialect.supports_alter:"
    for table, reference in circle:
        name = named(constraint_name("fk", table.name, reference.columns))
        yield f'    op.drop_constraint({name}, {literal(table.name)}, type_="foreignkey")'
    for table in reversed(change.dropped):
        yield f"op.drop_table({literal(table.name)})"
        if table.fields:
            yield from in_mongodb([mongodb_step("drop", table.name)])


def _batch(table: str, lines: list[str]) -> list[str]:
    """Changes of one table that SQLite makes by copying it."""
    if not lines:
        return []
    return [f"with op.batch_alter_table({literal(table)}) as batch:", *(f"    {line}" for line in lines)]


def _drop_reference(change: TableChange, reference: StoredReference) -> str:
    return f'batch.drop_constraint({named(change.new_name("fk", reference.columns))}, type_="foreignkey")'


def _gets_values(old: StoredColumn, new: StoredColumn) -> bool:
    """Whether rows that have null in a column get its default."""
    return old.nullable and not new.nullable and has_value(new)


def _typed(new: StoredColumn, way: Conversion) -> list[str]:
    """The arguments that give a column its type."""
    using = [f"postgresql_using={literal(way.using.format(quoted(new.name)))}"] if way.using else []
    return [f"type_={plain_type(new)}", *using]


@dataclass(frozen=True)
class _TableStatements:
    """What changes one table that stays."""

    change: TableChange
    whole: Difference

    def lines(self) -> list[str]:
        return [
            *self._before_indexes_go(),
            *self._dropped_indexes(),
            *self._added_columns(),
            *self._documents(),
            *_batch(self.change.name, [*self._early_checks(), *self._early_types()]),
            *self._fitted_values(),
            *_batch(self.change.name, [*self._drops(), *self._alterations(), *self._makes()]),
            *self._moved_columns(),
            *self._values_afterwards(),
            *self._sequences(),
            *self._late_requirements(),
            *_batch(self.change.name, self._rules_of_moved()),
            *self._new_indexes(),
            *self._when_indexes_are_there(),
        ]

    def _before_indexes_go(self) -> Iterator[str]:
        """What MariaDB needs: an index for each reference at any time, and none of more of a text than it takes."""
        if self._bare_references() or self._limited():
            yield _MARIADB
        for reference in self._bare_references():
            name = named(self.change.new_name("fk", reference.columns))
            yield f"    op.create_index({name}, {literal(self.change.name)}, {literal(list(reference.columns))})"
        for index in self._limited():
            yield f"    op.drop_index({named(self.change.new_index(index))}, {literal(self.change.name)})"

    def _when_indexes_are_there(self) -> Iterator[str]:
        if self._bare_references() or self._limited():
            yield _MARIADB
        for index in self._limited():
            yield f"    {create_index(self.change.after, index)}"
        for reference in self._bare_references():
            name = named(self.change.new_name("fk", reference.columns))
            yield f"    op.drop_index({name}, {literal(self.change.name)}, if_exists=True)"

    def _bare_references(self) -> list[StoredReference]:
        """Those of which the index goes, be it that of a rule or of the key."""
        indexes = [index.columns for index in (*self.change.gone_indexes, *self._limited())]
        gone = [*indexes, *self.change.gone_rules, *([self.change.before.key] if self.change.key_changes else [])]
        return [
            one
            for one in self.change.before.references
            if any(columns[: len(one.columns)] == one.columns for columns in gone)
        ]

    def _limited(self) -> list[StoredIndex]:
        """The indexes that stay, but have more or less of a text in MariaDB."""
        stay = [index for index in self.change.before.indexes if index not in self.change.gone_indexes]
        return [one for one in stay if lengths(self.change.before, one) != lengths(self.change.after, one)]

    def _dropped_indexes(self) -> Iterator[str]:
        for index in self.change.gone_indexes:
            # SQLite has copied a table that was renamed, and forgotten indexes over values in documents.
            maybe = ", if_exists=True" if index.fields and self.change.was != self.change.name else ""
            yield f"op.drop_index({named(self.change.old_index(index))}, {literal(self.change.name)}{maybe})"

    def _present(self, kind: str, columns: Rule) -> str:
        """The name that a rule has by now: all that stay are renamed already, and those that go are not."""
        return self.change.old_name(kind, columns)

    def _new_indexes(self) -> Iterator[str]:
        for index in self.change.new_indexes:
            yield create_index(self.change.after, index)

    def _added_columns(self) -> Iterator[str]:
        """New columns, with values for the rows that are there."""
        for column in self.change.added:
            yield f"op.add_column({literal(self.change.name)}, {added_column(column)})"
            if not column.nullable and self.change.is_given(column):
                yield self._update(column, default_value(column))

    def _documents(self) -> Iterator[str]:
        """Fields that documents get, and those that go, in the words of each database."""
        changes = [*map(_given, self.change.given_fields)]
        changes += [_taken_out(field.path.split(".")) for field in self.change.gone_fields if "[]" not in field.path]
        yield from in_mongodb(document_steps(self.change))
        if not changes:
            return
        table = quoted(self.change.name)
        for line, kind in (('if op.get_context().dialect.name == "postgresql":', 0), ("else:", 1)):
            yield line
            for *values, where in changes:
                yield f"    op.execute(text({literal(f'UPDATE {table} SET document = {values[kind]}{where}')}))"

    def _fitted_values(self) -> Iterator[str]:
        """Values that would not fit, as they are to be; those of columns that are made anew go by another one."""
        for _, new, way in self.change.retyped:
            if new.name in self.change.replaced:
                yield from self._copied(new, way)
            elif way.cut and not self.whole.back:
                yield self._sql(new.name, way.cut, f" WHERE {way.misfits.format(quoted(new.name))}")
            elif way.misfits:
                yield _SQLITE
                yield "    # It would take what does not fit: an overflow stops it."
                yield f"    {self._sql(new.name, _OVERFLOW, f' WHERE {way.misfits.format(quoted(new.name))}')}"
        for _, new in self.change.narrowed:
            if not self.whole.back and (has_value(new) or new.nullable):
                where = f"column({literal(new.name)}).not_in({literal(list(new.enum))})"
                value = default_value(new) if has_value(new) else "None"
                yield self._update(new, value, where)
        for old, new in self.change.pairs:
            if _gets_values(old, new) and old.type == new.type:
                yield self._update(new, default_value(new), f"column({literal(new.name)}).is_(None)", old)

    def _copied(self, new: StoredColumn, way: Conversion) -> Iterator[str]:
        table, temporary = self.change.name, self._temporary(new)
        yield f"op.add_column({literal(table)}, {added_column(new, temporary)})"
        if way.moves:
            target = f"UPDATE {quoted(table)} SET {quoted(temporary)} = "
            for start, sql in ((_SQLITE, way.sqlite), (f"el{_MARIADB}", way.mariadb), ("else:", way.using)):
                yield start
                yield f"    op.execute({literal(target + sql.format(quoted(new.name)))})"
            if _gets_values(*self._pair(new)):
                where = f"column({literal(temporary)}).is_(None)"
                yield self._update(new, default_value(new), where, name=temporary)
        elif not new.nullable and has_value(new):
            yield self._update(new, default_value(new), name=temporary)

    def _temporary(self, column: StoredColumn) -> str:
        taken = self.change.before.column_names | self.change.after.column_names
        name = f"new_{column.name}"[: LONGEST_NAME // 2]
        while name in taken:
            name += "_"
        return name

    def _update(
        self, column: StoredColumn, value: str, where: str = "", old: StoredColumn | None = None, name: str = ""
    ) -> str:
        name = literal(name or column.name)
        rows = f"table({literal(self.change.name)}, column({name}, {plain_type(old or column)}))"
        condition = f".where({where})" if where else ""
        return f"op.execute(update({rows}){condition}.values({{{name}: {value}}}))"

    def _sql(self, name: str, expression: str, where: str = "") -> str:
        column = quoted(name)
        text = f"UPDATE {quoted(self.change.name)} SET {column} = {expression.format(column)}{where}"
        return f"op.execute({literal(text)})"

    def _drops(self) -> Iterator[str]:
        change = self.change
        for reference in self.whole.gone_references(change):
            if not self.whole.is_first(change, reference):
                name = named(self._present("fk", reference.columns))
                yield f'batch.drop_constraint({name}, type_="foreignkey")'
        for rule in change.gone_rules:
            yield f'batch.drop_constraint({named(self._present("uq", rule))}, type_="unique")'
        early = [pair for pair in self._changed_checks() if self._is_early(*pair)]
        changed = [old for old, new in self._changed_checks() if (old, new) not in early]
        yield from (self._drop_check(old) for old in (*change.dropped, *changed) if old.check)
        if change.key_changes:
            yield f'batch.drop_constraint({named(change.new_name("pk", ()))}, type_="primary")'

    def _early_checks(self) -> list[str]:
        """Drops of checks that do not know the values yet that rows are to get."""
        return [self._drop_check(old) for old, new in self._changed_checks() if self._is_early(old, new)]

    def _early_types(self) -> Iterator[str]:
        for old, new, way in self.change.retyped:
            if new.name in self.change.early:
                yield f"batch.alter_column({', '.join([literal(new.name), *_typed(new, way), existing(old)])})"

    def _is_early(self, old: StoredColumn, new: StoredColumn) -> bool:
        return bool(old.enum) and not self.whole.back and has_value(new) and new.default not in old.enum

    def _drop_check(self, column: StoredColumn) -> str:
        name = f"op.f({literal(self._present('ck', (column.name,)))})"
        return f'batch.drop_constraint({name}, type_="check")'

    def _changed_checks(self) -> list[tuple[StoredColumn, StoredColumn]]:
        checked = self.change.checked
        replaced = [(old, new) for old, new in self.change.pairs if new.name in self.change.replaced]
        return [*checked, *(pair for pair in replaced if pair not in checked)]

    def _alterations(self) -> Iterator[str]:
        change = self.change
        for column in change.added:
            arguments = ["nullable=False"] if self._is_required(column, self.change.is_given(column)) else []
            if column.served:
                arguments.append(f"server_default={server_default(column)}")
            if arguments:
                before = existing(column, nullable=True)
                yield f"batch.alter_column({', '.join([literal(column.name), *arguments, before])})"
        for old, new in change.changed:
            if new.name in change.replaced:
                if self._is_filled(old, new):
                    temporary = literal(self._temporary(new))
                    yield f"batch.alter_column({temporary}, nullable=False, {existing(new, nullable=True)})"
                yield f"batch.drop_column({literal(new.name)})"
            else:
                yield from self._alteration(old, new)
        for column in change.dropped:
            yield f"batch.drop_column({literal(column.name)})"

    def _is_filled(self, old: StoredColumn, new: StoredColumn) -> bool:
        """Whether a column that is made anew has a value in each row, and is to have one."""
        way = next(way for _, after, way in self.change.retyped if after is new)
        return self._is_required(new, has_value(new) or (way.moves and not old.nullable))

    def _is_required(self, column: StoredColumn, filled: bool) -> bool:
        """Whether a new column may not be null; on the way back it may where nothing else is known."""
        return not column.nullable and (filled or not self.whole.back)

    def _alteration(self, old: StoredColumn, new: StoredColumn) -> Iterator[str]:
        way = next((way for _, after, way in self.change.retyped if after is new), None)
        arguments = _typed(new, way) if way is not None and new.name not in self.change.early else []
        if old.nullable != new.nullable and (way is None or not _gets_values(old, new)):
            arguments.append(f"nullable={new.nullable}")
        if (old.server_default, old.served) != (new.server_default, new.served):
            arguments.append(f"server_default={server_default(new)}")
        if arguments:
            is_early = new.name in self.change.early
            before = existing(old, type_=plain_type(new) if is_early else "")
            yield f"batch.alter_column({', '.join([literal(new.name), *arguments, before])})"

    def _makes(self) -> list[str]:
        return [] if self.change.replaced else self._new_rules()

    def _rules_of_moved(self) -> list[str]:
        return self._new_rules() if self.change.replaced else []

    def _new_rules(self) -> list[str]:
        change, lines = self.change, []
        if change.key_changes:
            name = named(change.new_name("pk", ()))
            lines.append(f"batch.create_primary_key({name}, {literal(list(change.after.key))})")
        for column in (*change.added, *(new for _, new in self._changed_checks())):
            if column.check:
                lines.append(f"batch.create_check_constraint({literal(column.name)}, {check_condition(column)})")
        for rule in change.new_rules:
            name = named(change.new_name("uq", rule))
            lines.append(f"batch.create_unique_constraint({name}, {literal(list(rule))})")
        for reference in self.whole.new_references(change):
            if not self.whole.after.refers_ahead(change.after, reference):
                lines.append(f"batch.create_foreign_key({foreign_key(change.name, reference)})")
        return lines

    def _moved_columns(self) -> Iterator[str]:
        for _, new in self.change.changed:
            if new.name in self.change.replaced:
                yield rename_column(self.change.name, self._temporary(new), new.name)

    def _late_requirements(self) -> Iterator[str]:
        """Values for rows that have none, of a type that the column had not before."""
        found = [new for old, new, _ in self.change.retyped if _gets_values(old, new)]
        found = [new for new in found if new.name not in self.change.replaced]
        for new in found:
            yield self._update(new, default_value(new), f"column({literal(new.name)}).is_(None)")
        yield from _batch(
            self.change.name,
            [
                f"batch.alter_column({literal(new.name)}, nullable=False, {existing(new, nullable=True)})"
                for new in found
            ],
        )

    def _pair(self, column: StoredColumn) -> tuple[StoredColumn, StoredColumn]:
        return next((old, new) for old, new in self.change.pairs if new.name == column.name)

    def _values_afterwards(self) -> Iterator[str]:
        retyped = [one for one in self.change.retyped if one[2].effect is not Effect.ANEW and not one[2].moves]
        for start, needs in (
            (_SQLITE, [(new, way.sqlite) for _, new, way in retyped]),
            (_MARIADB, [(new, way.mariadb) for _, new, way in retyped]),
        ):
            found = [self._sql(new.name, need) for new, need in needs if need]
            if found:
                yield start
                yield from (f"    {line}" for line in found)

    def _sequences(self) -> Iterator[str]:
        """What keys count by: sequences of PostgreSQL are as wide as they are, and types of MariaDB say it anew."""
        found = [new for _, new, _ in self.change.retyped if new.counts]
        if not found:
            return
        table = quoted(self.change.name)
        yield 'if op.get_context().dialect.name == "postgresql":'
        for column in found:
            sequence = f"'ALTER SEQUENCE ' || pg_get_serial_sequence('{table}', '{column.name}') || ' AS {column.type}'"
            yield f"    op.execute({literal(f'DO $$ BEGIN EXECUTE {sequence}; END $$')})"
        yield _MARIADB
        for column in found:
            statement = f"ALTER TABLE {table} MODIFY {quoted(column.name)} {column.type} NOT NULL AUTO_INCREMENT"
            yield f"    op.execute({literal(statement)})"


def _given(field: StoredField) -> tuple[str, str, str]:
    """What gives a field its default: PostgreSQL's expression, SQLite's, and the condition on documents."""
    value = sql_text(json.dumps(field.default, ensure_ascii=False))
    return (
        f"document || jsonb_build_object('{field.path}', CAST({value} AS JSONB))",
        f"json_set(document, '$.\"{field.path}\"', json({value}))",
        f" WHERE document ->> '{field.path}' IS NULL",
    )


def _taken_out(steps: list[str]) -> tuple[str, str, str]:
    """What takes a field out of all documents: PostgreSQL's expression, and SQLite's."""
    path = "".join(f'."{step}"' for step in steps)
    return f"document #- ARRAY[{', '.join(map(sql_text, steps))}]", f"json_remove(document, '${path}')", ""
