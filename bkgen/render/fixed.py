"""Statements that are the same for every request but for values, and so are built once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bkgen.model.endpoints import Endpoint, Operation, Sort

_OF_PAGES = frozenset({"limit", "offset"})
_EQUAL = re.compile(r"(?P<column>[\w.]+) == (?P<value>\w+)")


@dataclass(frozen=True, slots=True)
class FixedStatement:
    """A statement of a module.

    Attributes:
        constant: what it is called.
        conditions: which rows, with parameters for the values of the path.
        given: the attributes of the path, which are its parameters.
    """

    constant: str
    conditions: tuple[str, ...]
    given: tuple[str, ...]


def fixed_statement(endpoint: Endpoint, conditions: Sequence[str]) -> FixedStatement | None:
    """The statement of a query; None where its conditions are more than equality with values of the path.

    Of a list it is without what filters add where they are given, of an insert without the values.
    """
    constant = f"{endpoint.name.upper()}_STATEMENT"
    if endpoint.operation is Operation.CREATE:
        return FixedStatement(constant, (), ())
    sorted_by_client = any(isinstance(query.use, Sort) for query in endpoint.query)
    attributes = {parameter.attribute for parameter in endpoint.path_parameters}
    if sorted_by_client or attributes & _OF_PAGES or endpoint.operation not in (Operation.READ, Operation.LIST):
        return None
    matches = [_EQUAL.fullmatch(condition) for condition in conditions]
    found = [(match["column"], match["value"]) for match in matches if match and match["value"] in attributes]
    if len(found) < len(conditions):
        return None
    return FixedStatement(
        constant=constant,
        conditions=tuple(f'{column} == bindparam("{value}")' for column, value in found),
        given=tuple(value for _, value in found),
    )
