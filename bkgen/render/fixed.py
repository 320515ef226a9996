"""Statements that are the same for every request but for values, and so are built once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bkgen.model.endpoints import Endpoint, Operation, Sort
from bkgen.model.tables import Table
from bkgen.resolve.names import unique

_OF_PAGES = frozenset({"limit", "offset"})
_EQUAL = re.compile(r"(?P<column>[\w.]+) == (?P<value>\w+)")


@dataclass(frozen=True, slots=True)
class FixedStatement:
    """A statement of a module.

    Attributes:
        constant: what it is called.
        conditions: which rows, with parameters for the values of the path.
        given: these and what the path says of them, as entries of a dictionary.
    """

    constant: str
    conditions: tuple[str, ...]
    given: tuple[str, ...]


def fixed_statement(endpoint: Endpoint, conditions: Sequence[str], table: Table) -> FixedStatement | None:
    """The statement of a query; None where its conditions are more than equality with values of the path.

    Of a list it is without what filters add where they are given, of an insert or update without the values.
    """
    constant = f"{endpoint.name.upper()}_STATEMENT"
    if endpoint.operation is Operation.CREATE:
        return FixedStatement(constant, (), ())
    sorted_by_client = any(isinstance(query.use, Sort) for query in endpoint.query)
    attributes = {parameter.attribute for parameter in endpoint.path_parameters}
    if sorted_by_client or attributes & _OF_PAGES or endpoint.operation is Operation.CLEAR:
        return None
    matches = [_EQUAL.fullmatch(condition) for condition in conditions]
    found = [(match["column"], match["value"]) for match in matches if match and match["value"] in attributes]
    if len(found) < len(conditions):
        return None
    parameters = {value: value for _, value in found}
    if endpoint.operation in (Operation.UPDATE, Operation.REPLACE):  # where columns have the parameters of their names
        parameters = {value: unique(f"path_{value}", [one.attribute for one in table.columns]) for value in parameters}
    return FixedStatement(
        constant=constant,
        conditions=tuple(f'{column} == bindparam("{parameters[value]}")' for column, value in found),
        given=tuple(f'"{parameter}": {value}' for value, parameter in parameters.items()),
    )
