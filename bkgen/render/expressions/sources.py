"""Rows in the subqueries of an expression: which models stand for them, and what binds them to the rows outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from bkgen.model.expressions import Expression
from bkgen.model.tables import Column, Table
from bkgen.render.expressions.code import Code
from bkgen.render.expressions.context import Context
from bkgen.render.expressions.imports import RESERVED, used_names
from bkgen.resolve import names


@dataclass
class Rows:
    """The rows of a table in a subquery.

    Attributes:
        known: columns that need no join, for something in the subquery has to equal them.
        join: brings the table itself in, the first time that another column is asked for.
    """

    table: Table
    model: str
    known: Mapping[str, Code]
    join: Callable[[], None]
    _is_joined: bool = False

    def column(self, column: Column) -> Code:
        if column.name in self.known and not self._is_joined:
            return self.known[column.name]
        if not self._is_joined:
            self._is_joined = True
            self.join()
        return Code(f"{self.model}.{column.attribute}")


@dataclass(frozen=True)
class Item:
    """What `map` makes of each row: an expression, with what its variables stand for."""

    expression: Expression
    bound: Mapping[str, Rows | Item]


class Models:
    """The models in a statement: a table that is there already is brought in once more under an alias."""

    def __init__(self, context: Context) -> None:
        self._context = context
        classes = set(context.models.values())
        statement = {table.name for table in context.tables.values() if table.class_name in classes}
        self._tables = [{*context.joined, *statement}]
        self._models = [set(context.models.values())]
        self.aliases: dict[str, str] = {}

    def bring(self, table: Table) -> str:
        """The name of a model of the table that nothing around the subquery uses, nor anything else in it."""
        is_free = not any(table.name in tables for tables in self._tables)
        self._tables[-1].add(table.name)
        name = table.class_name if is_free else self._alias(table)
        self._models[-1].add(name)
        return name

    def _alias(self, table: Table) -> str:
        taken = RESERVED | self._context.taken | set(self.aliases) | set(self._context.models.values())
        alias = names.unique(names.parameter(table.singular), taken)
        self.aliases[alias] = f"aliased({table.class_name})"
        return alias

    @contextmanager
    def subquery(self) -> Iterator[None]:
        """What is brought in inside is gone behind it."""
        self._tables.append(set())
        self._models.append(set())
        yield
        self._tables.pop()
        self._models.pop()

    def correlated(self, codes: list[Code]) -> list[str]:
        """The models around the innermost subquery that its code has to name as such.

        SQLAlchemy finds those of the statement directly around a subquery by itself, but none further out.
        """
        used = used_names([code.text for code in codes])
        found = [sorted(models & used) for models in self._models[:-1]]
        return [model for models in found for model in models] if any(found[:-1]) else []
