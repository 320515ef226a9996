"""Who may do what with the rows of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bkgen.model.expressions import Condition, Expression


class Deed(StrEnum):
    """What can be done with a row."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Derived:
    """The value of a column that follows from others of its row.

    Attributes:
        column: the one that gets it.
        text, value: the expression on `row` that gives it, as the document has it and as it is read.
        distinct: whether a value that another row has gets an ending.
        on_update: whether a change of the column that it speaks of gives it again.
        sources: the columns of the row that it speaks of.
    """

    column: str
    text: str
    value: Expression
    distinct: bool
    on_update: bool
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policies:
    """The rules of one table.

    Attributes:
        allowed: of each deed, which rows it may be done with, and by whom; what is missing here nobody may do.
        presets: column -> the value that a new row gets, whatever a client sends.
        texts: the same, as the document has it.
        derived: the same of values that follow from what is sent.
        visible: column -> of which rows, and to whom, its value is shown; a column that is missing here is as its row.
        writable: column -> in which rows, and by whom, it may be written; likewise.
    """

    allowed: Mapping[Deed, Condition]
    presets: Mapping[str, Expression]
    texts: Mapping[str, str] = field(default_factory=dict)
    derived: tuple[Derived, ...] = ()
    visible: Mapping[str, Condition] = field(default_factory=dict)
    writable: Mapping[str, Condition] = field(default_factory=dict)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All that they say of rows and of single columns."""
        return (*self.allowed.values(), *self.visible.values(), *self.writable.values())

    @property
    def given(self) -> frozenset[str]:
        """The columns that no client writes."""
        return frozenset(self.presets) | {one.column for one in self.derived}
