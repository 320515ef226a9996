"""Rows that tests of actions make."""

from __future__ import annotations

from dataclasses import dataclass, field

from bkgen.model.tables import Table
from bkgen.render.naming import row_word


class UnbuildableError(Exception):
    """A condition is beyond what situations are built for; its text is what that is."""


@dataclass
class Made:
    """A row that a test makes.

    Attributes:
        values: the keyword arguments of the method that makes it, as expressions.
        before, after: lines around it.
        alias: the expression that it is, where nothing has to be made.
        staged: whether rules hold of it, or one of them does not.
    """

    variable: str
    table: Table
    values: dict[str, str] = field(default_factory=dict)
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    alias: str = ""
    staged: bool = False

    @property
    def code(self) -> str:
        """The call that makes it."""
        if self.alias:
            return self.alias
        arguments = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return f"rows.{row_word(self.table)}({arguments})"
