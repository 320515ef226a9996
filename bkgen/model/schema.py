"""The tables as a database has them: what migrations lead from and to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bkgen.model.tables import Kept

LONGEST_NAME = 63
"""Characters of a name in PostgreSQL."""


@dataclass(frozen=True, slots=True)
class StoredField:
    """A field of the documents of a collection, or what is within one: `address.city`, `lines[].sku`; or an array.

    Attributes:
        required: whether it is always there; of an item, that it is a value.
        default: what new documents have that say nothing; None for nothing.
        rules: (name, value) of what its values have to keep to.
    """

    path: str
    type: str
    required: bool
    default: str | int | float | bool | None = None
    rules: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class StoredColumn:
    """A column.

    Attributes:
        type: in words of SQL: `varchar(255)`, `decimal(8,2)`, `timestamptz`.
        enum: the values that a check allows; empty where it allows any.
        default: what the backend gives to rows that say nothing: a constant as JSON has it, `now`, `uuid`, or None.
        server_default: what the database itself gives, because deleting another row sets it.
        counts: whether its values count up.
        computed: whether `default` is `now` or `uuid`, and no text.
        bounds: what a check says of a number: `>= 0`; empty where it says nothing.
        form: of an array, what it is (`path` is empty) and what its items are (`[]`); empty for all else.
        served: whether the database gives `default`, too, to the rows of a backend that does not know the column.
    """

    name: str
    type: str
    nullable: bool
    enum: tuple[str, ...] = ()
    default: str | int | float | bool | None = None
    server_default: str | None = None
    counts: bool = False
    computed: bool = False
    served: bool = False
    form: tuple[StoredField, ...] = ()
    bounds: tuple[str, ...] = ()

    @property
    def check(self) -> tuple[str, ...]:
        """All that its check says; empty where it has none."""
        is_decimal = self.type.startswith("decimal")
        return self.enum or (*self.bounds, *(["decimal"] if self.bounds and is_decimal else []))


@dataclass(frozen=True, slots=True)
class StoredReference:
    """A foreign key: its columns, the table it leads to, the columns there, and what deletions do (`CASCADE`)."""

    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]
    on_delete: str

    @property
    def ends(self) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
        """What it puts together, whatever deletions do."""
        return self.columns, self.table, self.targets


@dataclass(frozen=True, slots=True)
class StoredIndex:
    """An index: its columns, and what holds of the rows that are in it; nothing for all rows.

    Attributes:
        unique: whether no two rows have the same values; of one over values in documents alone.
        fields: (path, type) of those of `columns` that are values in documents: `address.city`.
    """

    columns: tuple[str, ...]
    where: tuple[Kept, ...] = ()
    unique: bool = False
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def used(self) -> tuple[str, ...]:
        """All columns that it depends on."""
        fields = [path for path, _ in self.fields]
        return (*(name for name in self.columns if name not in fields), *(kept.column for kept in self.where))

    @property
    def kind(self) -> str:
        """How its name begins."""
        return "uq" if self.unique else "ix"


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table; `unique` are the columns of each rule, `fields` those of its documents."""

    name: str
    columns: tuple[StoredColumn, ...]
    key: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[StoredIndex, ...] = ()
    references: tuple[StoredReference, ...] = ()
    fields: tuple[StoredField, ...] = ()

    def column(self, name: str) -> StoredColumn:
        return next(column for column in self.columns if column.name == name)

    @property
    def column_names(self) -> frozenset[str]:
        return frozenset(column.name for column in self.columns)

    @property
    def referring(self) -> frozenset[str]:
        """The columns that refer to a row, alone or together with others."""
        return frozenset(name for reference in self.references for name in reference.columns)


@dataclass(frozen=True, slots=True)
class Schema:
    """All tables, each after those that it refers to; of a circle, after all but one."""

    tables: tuple[StoredTable, ...]

    def table(self, name: str) -> StoredTable | None:
        return next((table for table in self.tables if table.name == name), None)

    def refers_ahead(self, table: StoredTable, reference: StoredReference) -> bool:
        """Whether a reference leads to a table that comes later: one of each circle does."""
        names = [one.name for one in self.tables]
        return names.index(table.name) < names.index(reference.table)

    def referring_to(self, name: str) -> Iterator[tuple[StoredTable, StoredReference]]:
        """The references that lead to a table."""
        for table in self.tables:
            for reference in table.references:
                if reference.table == name:
                    yield table, reference


@dataclass(frozen=True, slots=True)
class Renames:
    """What the documents say that something was called before (`was`).

    Attributes:
        tables: present name -> the name it had.
        columns: (present name of the table, present name of the column) -> the name it had.
    """

    tables: dict[str, str]
    columns: dict[tuple[str, str], str]


def constraint_name(kind: str, table: str, columns: tuple[str, ...]) -> str:
    """The name of a constraint or index in the database, as the models' naming convention has it."""
    named = "_".join(columns).replace(".", "_")  # of paths into documents: no column has a point in its name
    return f"{kind}_{table}" if kind == "pk" else f"{kind}_{table}_{named}"


def index_name(table: str, columns: tuple[str, ...], where: tuple[Kept, ...], kind: str = "ix") -> str:
    """The name of an index in the database: of one of all rows, as the models' naming convention has it."""
    name = constraint_name(kind, table, columns)
    if not where:
        return name
    said = "_".join(kept.column for kept in where)
    told = repr([(kept.column, kept.test.value, kept.value) for kept in where])
    return shortened(f"{name}_where_{said}_{hashlib.sha256(told.encode()).hexdigest()[:8]}")


def shortened(name: str) -> str:
    """A constraint's name in PostgreSQL, as SQLAlchemy makes it short."""
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[: LONGEST_NAME - 8]}_{hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()[-4:]}"
