"""How one schema differs from the next, table by table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from bkgen.migrate.conversions import Conversion, Effect, conversion, way_back
from bkgen.migrate.fields import is_within
from bkgen.model.schema import (
    Renames,
    Schema,
    StoredColumn,
    StoredField,
    StoredIndex,
    StoredReference,
    StoredTable,
    constraint_name,
    index_name,
)

Rule = tuple[str, ...]


@dataclass(frozen=True)
class TableChange:
    """A table that stays, maybe by another name.

    Attributes:
        was: the name it had.
        before: as it was, but for names: its own, its columns' and those of tables that it refers to are the new ones.
        after: as it is to be.
        columns_were: present name -> the name that a renamed column had.
        back: as in `Difference`.
    """

    was: str
    before: StoredTable
    after: StoredTable
    columns_were: dict[str, str]
    back: bool = False

    @property
    def name(self) -> str:
        return self.after.name

    def old_column(self, name: str) -> str:
        """The name that a column had."""
        return self.columns_were.get(name, name)

    @cached_property
    def added(self) -> list[StoredColumn]:
        return [column for column in self.after.columns if column.name not in self.before.column_names]

    @cached_property
    def dropped(self) -> list[StoredColumn]:
        return [column for column in self.before.columns if column.name not in self.after.column_names]

    @cached_property
    def pairs(self) -> list[tuple[StoredColumn, StoredColumn]]:
        """Each column that stays, as it was and as it is to be."""
        kept = [column for column in self.after.columns if column.name in self.before.column_names]
        return [(self.before.column(column.name), column) for column in kept]

    @cached_property
    def retyped(self) -> list[tuple[StoredColumn, StoredColumn, Conversion]]:
        """Columns that get another type, and how their values come to it."""
        convert = way_back if self.back else conversion
        found = [(old, new, convert(old.type, new.type)) for old, new in self.pairs if old.type != new.type]
        # Values to choose from fit into the type that has them: others become one of them, or are refused.
        found = [
            (old, new, replace(way, effect=Effect.ALL, cut="", misfits="") if new.enum and way.cut else way)
            for old, new, way in found
        ]
        return [one for one in found if one[2].effect is not Effect.SAME]

    @cached_property
    def replaced(self) -> frozenset[str]:
        """Columns that are made anew, because the database has no way from the old type to the new one."""
        return frozenset(new.name for _, new, way in self.retyped if way.effect is Effect.ANEW or way.moves)

    @property
    def narrowed(self) -> list[tuple[StoredColumn, StoredColumn]]:
        """Columns in which rows may have what is no value to choose from any more."""
        found = [(old, new) for old, new in self.checked if new.enum and new.name not in self.replaced]
        return [(old, new) for old, new in found if not old.enum or not set(old.enum) <= set(new.enum)]

    @cached_property
    def early(self) -> frozenset[str]:
        """Columns that get their type before rows get values that the old one may have no room for."""
        ones = {new.name: old for old, new in self.narrowed if not self.back}
        found = ((ones[new.name], new) for _, new, _ in self.retyped if new.name in ones)
        return frozenset(new.name for old, new in found if not conversion(old.type, new.type).cut)

    @property
    def changed(self) -> list[tuple[StoredColumn, StoredColumn]]:
        """Columns of which the database has to change something: all but the values that they allow."""
        retyped = {new.name for _, new, _ in self.retyped}
        return [(old, new) for old, new in self.pairs if new.name in retyped or _rules(old) != _rules(new)]

    @property
    def checked(self) -> list[tuple[StoredColumn, StoredColumn]]:
        """Columns that get another check: other values to choose from, or other bounds."""
        return [(old, new) for old, new in self.pairs if old.check != new.check]

    @cached_property
    def gone_fields(self) -> list[StoredField]:
        """The fields that documents have no more, but for what is within one of them."""
        kept = {field.path for field in self.after.fields}
        gone = [field for field in self.before.fields if field.path not in kept]
        return [field for field in gone if not is_within(field.path, [one.path for one in gone])]

    @cached_property
    def needed_fields(self) -> list[StoredField]:
        """The fields that documents have to have from now on, but for what is within such a one, or a new one."""
        before = {field.path: field for field in self.before.fields}
        new = [field.path for field in self.after.fields if field.path not in before]
        needed = [
            one for one in self.after.fields if one.required and not getattr(before.get(one.path), "required", False)
        ]
        outer = [*new, *(one.path for one in needed)]
        return [field for field in needed if not is_within(field.path, outer)] if self.before.fields else []

    @property
    def given_fields(self) -> list[StoredField]:
        """The fields that documents get their default in, where they have none."""
        return [field for field in self.needed_fields if field.default is not None]

    @property
    def key_changes(self) -> bool:
        return self.before.key != self.after.key

    @property
    def gone_rules(self) -> list[Rule]:
        """The unique rules that are dropped; those of columns that are made anew are, too."""
        return self._only(self.before.unique, self.after.unique)

    @property
    def new_rules(self) -> list[Rule]:
        """The unique rules that are made."""
        return self._only(self.after.unique, self.before.unique)

    @property
    def gone_indexes(self) -> list[StoredIndex]:
        """The indexes that are dropped; those of columns that are made anew are, too."""
        return self._other(self.before.indexes, self.after.indexes)

    @property
    def new_indexes(self) -> list[StoredIndex]:
        """The indexes that are made."""
        return self._other(self.after.indexes, self.before.indexes)

    def is_given(self, column: StoredColumn) -> bool:
        """Whether rows that are there get the default of a new column; values that are gone may have been distinct."""
        distinct = any(column.name in rule for rule in (self.after.key, *self.after.unique))
        return column.default is not None and (not self.back or not distinct or column.default == "uuid")

    def is_alike(self, column: StoredColumn) -> bool:
        """Whether the default of a new column would break a rule that no two rows are alike in it."""
        same = {one.name for one in self.added if one.default not in (None, "uuid")}
        return any(column.name in rule and same.issuperset(rule) for rule in (self.after.key, *self.after.unique))

    def _only(self, ones: Iterable[Rule], others: Iterable[Rule]) -> list[Rule]:
        kept = {other for other in others if self.replaced.isdisjoint(other)}
        return [one for one in ones if one not in kept]

    def _other(self, ones: Iterable[StoredIndex], others: Iterable[StoredIndex]) -> list[StoredIndex]:
        kept = {other for other in others if self.replaced.isdisjoint(other.used)}
        # SQLite copies a table whose name, columns or rules change, and forgets indexes over values in documents.
        kept = {other for other in kept if not (other.fields and self._is_copied)}
        return [one for one in ones if one not in kept]

    @property
    def _is_copied(self) -> bool:
        old, new = self.before, self.after
        before, after = ((one.columns, one.key, one.unique, one.references) for one in (old, new))
        return self.was != self.name or before != after

    def old_index(self, index: StoredIndex) -> str:
        """The name that an index has in the database, before anything is renamed."""
        was = renamed_index(index, self.columns_were)
        return index_name(self.was, was.columns, was.where, was.kind)

    def new_index(self, index: StoredIndex) -> str:
        return index_name(self.name, index.columns, index.where, index.kind)

    def old_name(self, kind: str, columns: Rule) -> str:
        """The name that a constraint has in the database, before anything is renamed."""
        return constraint_name(kind, self.was, tuple(map(self.old_column, columns)))

    def new_name(self, kind: str, columns: Rule) -> str:
        return constraint_name(kind, self.name, columns)


@dataclass(frozen=True)
class Difference:
    """What leads from one schema to another one.

    Attributes:
        before: as it was, but for names, which are the new ones.
        created, dropped: tables.
        kept: tables that stay, changed or not, in the order of `after`.
        rebuilt: references that stay, but have to be dropped while what they lead to changes.
        back: whether it takes an earlier difference back: values that are gone are null then, and nothing is cut.
    """

    before: Schema
    after: Schema
    created: tuple[StoredTable, ...]
    dropped: tuple[StoredTable, ...]
    kept: tuple[TableChange, ...]
    rebuilt: frozenset[tuple[str, StoredReference]]
    back: bool = False

    def change(self, table: str) -> TableChange | None:
        return next((one for one in self.kept if one.name == table), None)

    def gone_references(self, change: TableChange) -> list[StoredReference]:
        return self._references(change, change.before, change.after)

    def new_references(self, change: TableChange) -> list[StoredReference]:
        return self._references(change, change.after, change.before)

    def _references(self, change: TableChange, one: StoredTable, other: StoredTable) -> list[StoredReference]:
        kept = set(other.references)
        return [
            reference
            for reference in one.references
            if reference not in kept
            or (change.name, reference) in self.rebuilt
            or not change.replaced.isdisjoint(reference.columns)
        ]

    def is_orphaned(self, reference: StoredReference) -> bool:
        """Whether the table that a reference leads to stays, and changes in what the reference needs."""
        target = self.change(reference.table)
        return target is not None and _unsettles(target, reference)

    def is_first(self, change: TableChange, reference: StoredReference) -> bool:
        """Whether a reference has to be dropped before the table that it leads to changes."""
        target = self.change(reference.table)
        return target is not None and target is not change and _unsettles(target, reference)


def difference(before: Schema, after: Schema, renames: Renames, *, back: bool = False) -> Difference:
    """What leads from `before` to `after`; a rename that was done earlier is none any more."""
    tables = {
        new: old
        for new, old in renames.tables.items()
        if before.table(new) is None and before.table(old) is not None and after.table(old) is None
    }
    columns: dict[str, dict[str, str]] = {}
    said = {**_spelled_otherwise(before, after, tables, renames), **renames.columns}
    for (table, new), old in said.items():
        was, now = before.table(tables.get(table, table)), after.table(table)
        if was is None or now is None or {new, old} & was.column_names != {old} or old in now.column_names:
            continue
        columns.setdefault(table, {})[new] = old
    middle = _renamed(before, tables, columns)
    kept = tuple(
        TableChange(tables.get(one.name, one.name), present, one, columns.get(one.name, {}), back)
        for one in after.tables
        if (present := middle.table(one.name)) is not None
    )
    rebuilt = frozenset(
        (table.name, reference)
        for change in kept
        for table, reference in middle.referring_to(change.name)
        if (now := after.table(table.name)) is not None and reference in now.references and _loses(change, reference)
    )
    created = tuple(table for table in after.tables if middle.table(table.name) is None)
    dropped = tuple(table for table in middle.tables if after.table(table.name) is None)
    return Difference(middle, after, created, dropped, kept, rebuilt, back)


def _spelled_otherwise(
    before: Schema, after: Schema, tables: Mapping[str, str], renames: Renames
) -> dict[tuple[str, str], str]:
    """Columns whose names are the same but for case, which are two names for PostgreSQL and one for SQLite."""
    found: dict[tuple[str, str], str] = {}
    for now in after.tables:
        was = before.table(tables.get(now.name, now.name))
        said = {old for (table, _), old in renames.columns.items() if table == now.name}
        gone = was.column_names - now.column_names - said if was is not None else ()
        names = {name.casefold(): name for name in gone}
        found |= {
            (now.name, column.name): names[column.name.casefold()]
            for column in now.columns
            if column.name.casefold() in names
        }
    return found


def inverse(change: Difference) -> Renames:
    """The renames that lead back."""
    tables = {one.was: one.name for one in change.kept if one.was != one.name}
    columns = {(one.was, old): new for one in change.kept for new, old in one.columns_were.items()}
    return Renames(tables, columns)


def _loses(target: TableChange, reference: StoredReference) -> bool:
    """Whether the rule goes that makes the columns unique to which a reference leads."""
    gone = [*target.gone_rules, *([target.before.key] if target.key_changes else [])]
    return any(set(rule) == set(reference.targets) for rule in gone)


def _unsettles(target: TableChange, reference: StoredReference) -> bool:
    """Whether what a reference leads to changes so that the reference cannot be there, in MariaDB at least."""
    return _loses(target, reference) or any(new.name in reference.targets for _, new, _ in target.retyped)


def _rules(column: StoredColumn) -> tuple[bool, str | None, bool]:
    return column.nullable, column.server_default, column.served


def renamed_index(index: StoredIndex, names: Mapping[str, str]) -> StoredIndex:
    """The index with other names of columns."""
    where = tuple(replace(kept, column=names.get(kept.column, kept.column)) for kept in index.where)
    return replace(index, columns=tuple(names.get(name, name) for name in index.columns), where=where)


def _renamed(schema: Schema, tables: dict[str, str], columns: dict[str, dict[str, str]]) -> Schema:
    """The schema with new names for what is renamed."""
    new_tables = {old: new for new, old in tables.items()}
    new_columns = {table: {old: new for new, old in found.items()} for table, found in columns.items()}

    def named(table: str, rule: Rule) -> Rule:
        known = new_columns.get(new_tables.get(table, table), {})
        return tuple(known.get(name, name) for name in rule)

    def renamed(table: StoredTable) -> StoredTable:
        name = table.name
        references = tuple(
            replace(
                one,
                columns=named(name, one.columns),
                table=new_tables.get(one.table, one.table),
                targets=named(one.table, one.targets),
            )
            for one in table.references
        )
        return StoredTable(
            new_tables.get(name, name),
            tuple(replace(column, name=named(name, (column.name,))[0]) for column in table.columns),
            named(name, table.key),
            tuple(named(name, rule) for rule in table.unique),
            tuple(renamed_index(one, new_columns.get(new_tables.get(name, name), {})) for one in table.indexes),
            references,
            table.fields,
        )

    return Schema(tuple(map(renamed, schema.tables)))
