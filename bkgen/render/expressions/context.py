"""What surrounds the code of an expression, and what the code needs of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bkgen.model.tables import Column, Table


@dataclass(frozen=True, slots=True)
class Context:
    """What the code of an expression stands in.

    Attributes:
        tables: all tables, by name.
        variables: the Python code of every variable that Python has (`actor`: `caller`, `now`: `utc_now()`); empty for
            a record whose members are variables by themselves, as the parameters of a query are.
        mappings: those of them that are rows as the driver gives them, whose columns are keys: `row["slug"]`.
        models: the models, or aliases of them, of rows in the statement, by the way that leads there:
            `("row",)`: `Article`; with a join also `("row", "author")`: `User`.
        joined: names of the tables in the statement.
        taken: names that the code around has given to other things.
    """

    tables: Mapping[str, Table]
    variables: Mapping[str, str] = field(default_factory=dict)
    mappings: frozenset[str] = frozenset()
    models: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    joined: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()

    @property
    def rows(self) -> frozenset[str]:
        """The variables that only the database has."""
        return frozenset(path[0] for path in self.models)

    def column(self, table: str, name: str) -> Column:
        return self.tables[table].column(name)


@dataclass(frozen=True, slots=True)
class Rendered:
    """The code of an expression.

    Attributes:
        code: one expression.
        conditions: of a condition in SQL, the arguments of `where(...)`, all of which hold; else the code alone.
        definitions: (name, code) of what the code uses, to be assigned before the statement.
        imports: the lines that import what the code uses.
    """

    code: str
    conditions: tuple[str, ...]
    definitions: tuple[tuple[str, str], ...]
    imports: frozenset[str]
