"""Tables as the database and the generated models have them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from bkgen.model.types import Type
from bkgen.source import Span


class OnDelete(StrEnum):
    """What happens to a row when the row that it refers to is deleted."""

    RESTRICT = "RESTRICT"
    CASCADE = "CASCADE"
    SET_NULL = "SET NULL"
    SET_DEFAULT = "SET DEFAULT"
    NO_ACTION = "NO ACTION"


class Default(StrEnum):
    """Defaults that are computed when a row is inserted."""

    UUID = "uuid"
    NOW = "now"
    AUTOINCREMENT = "autoincrement"


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key. A row that has null in one of its columns refers to nothing.

    Attributes:
        columns: its own columns, by their names in the document.
        table, targets: what they refer to, column by column; a table alone stands for its key.
        name, inverse: what the document calls the way to the row referred to, and the way back; empty where it
            leaves that to bkgen.
        says_on_delete: whether the document has a rule for deletions; bkgen has one for each reference that it adds.
    """

    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]
    on_delete: OnDelete
    span: Span
    name: str = ""
    inverse: str = ""
    says_on_delete: bool = True

    @property
    def column(self) -> str:
        """What the one column of a reference of one column refers to."""
        (target,) = self.targets
        return target

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(own column, column that it refers to)."""
        return tuple(zip(self.columns, self.targets, strict=True))


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        name: in the database, exactly as in the document.
        attribute: of the Python model: an identifier, unique in its table, no keyword and no name SQLAlchemy needs.
        default: a computed default, a constant (str, int, Decimal, bool), or None for no default.
        reference: that of this column alone; those of several columns are the table's.
        generated: the database or the backend gives the value (keys, creation times); clients never write it.
        updated: set to the present time on every update (`updated_at`).
        version: counts the changes of the row, which begins with 1; no table has two.
        private: never leaves the server.
        read_only: clients never write it.
        empty_is_null: whether an empty text that a client sends is stored as null.
        transitions: the names of the ways in which its value changes; empty for a column that is no state.
        veiled: a policy says to whom its value is shown: it may be null for all others.
        was: the name that it had before, as the document says; empty where it says nothing.
        added: why bkgen added the column though the document lacks it; None for a declared one.
        description: what the document says it holds; free text of one or several lines, empty where it says nothing.
        path: where it stands in the document of its row, of a collection; empty for a column of the database.
    """

    name: str
    attribute: str
    type: Type
    nullable: bool
    primary: bool
    unique: bool
    index: bool
    default: Default | str | int | float | bool | None
    reference: Reference | None
    generated: bool
    updated: bool
    private: bool
    read_only: bool
    added: str | None
    span: Span
    description: str = ""
    empty_is_null: bool = False
    transitions: tuple[str, ...] = ()
    veiled: bool = False
    was: str = ""
    version: bool = False
    path: tuple[str, ...] = ()

    @property
    def writable(self) -> bool:
        """Whether a client may send it."""
        return not (self.generated or self.private or self.read_only or self.transitions)

    @property
    def required(self) -> bool:
        """Whether an insert must give it."""
        return not self.nullable and self.default is None and not self.generated


class ColumnTest(StrEnum):
    """What a condition on one column says that holds for every request."""

    NULL = "is null"
    NOT_NULL = "is not null"
    EQUAL = "="
    TRUE = "true"  # a boolean, by itself
    FALSE = "false"  # its opposite
    IS_TRUE = "is true"
    IS_FALSE = "is false"


@dataclass(frozen=True, slots=True)
class Kept:
    """A condition on one column that is the same for every request; `value` is what it equals."""

    column: str
    test: ColumnTest
    value: str | int | None = None


def in_words(kept: Kept) -> str:
    """`deleted_at is null`, `status = "open"`, `done`, `not done`."""
    match kept.test:
        case ColumnTest.EQUAL:
            return f"{kept.column} = {json.dumps(kept.value, ensure_ascii=False)}"
        case ColumnTest.TRUE:
            return kept.column
        case ColumnTest.FALSE:
            return f"not {kept.column}"
        case _:
            return f"{kept.column} {kept.test}"


@dataclass(frozen=True, slots=True)
class Index:
    """An index over several columns, or of some rows, or a unique rule.

    Attributes:
        where: what holds of the rows that are in it; empty for all rows.
    """

    columns: tuple[str, ...]
    unique: bool
    span: Span
    where: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        name: in the database, exactly as in the document.
        class_name: of the Python model, singular (`User` for `users`).
        module: file name of the model without `.py`, singular snake case (`user`).
        package: folder under `app/` that holds the table's endpoints, plural snake case (`users`).
        singular, plural: words for messages, docstrings and names (`user`, `users`; `order_item`, `order_items`).
        indexes: indexes and unique rules over several columns, and those of some rows; others over one are on columns.
        joint: the references of several columns together; those of one are on columns.
        added: why bkgen added the table though no document has it; None for a declared one.
        description: what the document says its rows are; free text, empty where it says nothing.
        was: the name that it had before, as the document says; empty where it says nothing.
        within: of a collection: the single values within its fields, by the names of their paths (`address.city`).
    """

    name: str
    class_name: str
    module: str
    package: str
    singular: str
    plural: str
    columns: tuple[Column, ...]
    indexes: tuple[Index, ...]
    added: str | None
    span: Span
    description: str = ""
    joint: tuple[Reference, ...] = ()
    was: str = ""
    within: tuple[Column, ...] = ()

    @property
    def is_collection(self) -> bool:
        """Whether its rows are documents, whose fields stand in one column."""
        return any(column.path for column in self.columns)

    @property
    def every(self) -> tuple[Column, ...]:
        """The columns, and behind them what is within fields of documents."""
        return (*self.columns, *self.within)

    @property
    def stored(self) -> tuple[Column, ...]:
        """The columns that the database has."""
        return tuple(column for column in self.columns if not column.path)

    @property
    def indexes_of_fields(self) -> tuple[Index, ...]:
        """All indexes and unique rules over values in documents, of one value or several."""
        fields = [column for column in self.every if column.path]
        unique = (Index((column.name,), True, column.span) for column in fields if column.unique)
        plain = (Index((column.name,), False, column.span) for column in fields if column.index)
        return (*unique, *plain, *(index for index in self.indexes if self.finds_in_documents(index)))

    def inside(self, names: Collection[str]) -> frozenset[str]:
        """The columns, and the values within those of them that are fields of documents."""
        return frozenset(names) | {column.name for column in self.within if column.path[0] in names}

    def finds_in_documents(self, index: Index) -> bool:
        """Whether an index is over values in documents, maybe among others."""
        return any(self.column(name).path for name in index.columns)

    @property
    def references(self) -> tuple[Reference, ...]:
        """All references: of one column, and of several."""
        alone = (column.reference for column in self.columns if column.reference is not None)
        return (*alone, *self.joint)

    @property
    def referring(self) -> frozenset[str]:
        """The columns that refer to a row, alone or together with others."""
        return frozenset(name for reference in self.references for name in reference.columns)

    def reference_by(self, pairs: Iterable[tuple[str, str]], table: str) -> Reference | None:
        """The reference that pairs these columns with those of another table."""
        wanted = set(pairs)
        return next((one for one in self.references if one.table == table and set(one.pairs) == wanted), None)

    def is_optional(self, reference: Reference) -> bool:
        """Whether a row may refer to nothing by one of the table's references."""
        return any(self.column(name).nullable for name in reference.columns)

    @property
    def primary_key(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.primary)

    @property
    def version(self) -> Column | None:
        """The column that counts the changes of a row; None where none does."""
        return next((column for column in self.columns if column.version), None)

    @property
    def unique_rules(self) -> tuple[tuple[str, ...], ...]:
        """The columns whose values, taken together, no two rows share: the primary key first."""
        alone = ((column.name,) for column in self.every if column.unique)
        declared = (index.columns for index in self.indexes if index.unique)
        return (tuple(column.name for column in self.primary_key), *alone, *declared)

    @property
    def narrowest_rules(self) -> tuple[tuple[str, ...], ...]:
        """The unique rules that refuse something of their own: none has all columns of another one, or of the key."""
        found: list[tuple[str, ...]] = []
        for rule in sorted(self.unique_rules, key=len):
            if not any(set(other) <= set(rule) for other in found if other):
                found.append(rule)
        return tuple(rule for rule in dict.fromkeys(self.unique_rules) if rule in found)

    @property
    def public(self) -> tuple[Column, ...]:
        """The columns that a client may see."""
        return tuple(column for column in self.columns if not column.private)

    def column(self, name: str) -> Column:
        return next(column for column in self.every if column.name == name)
