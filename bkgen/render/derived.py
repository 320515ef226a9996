"""Values that follow from what a request brings, in the functions that write rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bkgen.model.endpoints import Endpoint, Operation
from bkgen.model.policies import Derived
from bkgen.model.service import Service
from bkgen.render.columns import column_code
from bkgen.render.expressions import Context, Rendered, python_value
from bkgen.render.literals import literal
from bkgen.render.variables import VARIABLES
from bkgen.resolve.vocabulary import ROW


@dataclass(frozen=True, slots=True)
class DistinctView:
    """A column that gets a text which no other row has.

    Attributes:
        arguments: of `write_distinct`, behind the statement.
        source: of a change, the column that it follows from.
        sent: what a change has for that; `optional`: whether it may be absent.
    """

    arguments: str
    source: str
    sent: str
    optional: bool


def distinct_view(endpoint: Endpoint, service: Service) -> DistinctView | None:
    """What is distinct of the row that an endpoint writes; None for nothing."""
    one = next((one for one in endpoint.derived if one.distinct), None)
    if one is None:
        return None
    table = service.table(endpoint.table or "")
    column, source = table.column(one.column), table.column(one.sources[0]) if one.sources else None
    arguments = [column_code(table, one.column), _code(one, service)]
    if column.type.max_length is not None:
        arguments.append(str(column.type.max_length))
    if words := _reserved(table.name, one.column, service):
        arguments.append(f"reserved={{{', '.join(map(literal, words))}}}")
    return DistinctView(
        arguments=", ".join(arguments),
        source=column_code(table, source.name) if source else "",
        sent=f"body.{source.attribute}" if source else "",
        optional=endpoint.operation is Operation.UPDATE,
    )


def derived_values(endpoint: Endpoint, service: Service) -> dict[str, str]:
    """attribute -> code of those that are written with the row; of a PATCH, `derived_changes` has them."""
    if endpoint.operation is Operation.UPDATE:
        return {}
    table = service.table(endpoint.table or "")
    return {table.column(one.column).attribute: _code(one, service) for one in endpoint.derived if not one.distinct}


def derived_changes(endpoint: Endpoint, service: Service) -> Iterator[str]:
    """The lines that add to `changes` what follows from them."""
    table = service.table(endpoint.table or "")
    for one in endpoint.derived:
        if endpoint.operation is Operation.UPDATE and not one.distinct:
            yield f"if body.{table.column(one.sources[0]).attribute} is not MISSING:"
            yield f"    changes[{literal(table.column(one.column).attribute)}] = {_code(one, service)}"


def imports(endpoint: Endpoint, service: Service) -> frozenset[str]:
    """The lines that the code of the values needs."""
    return frozenset[str]().union(*(_rendered(one, service).imports for one in endpoint.derived))


def _code(one: Derived, service: Service) -> str:
    return _rendered(one, service).code


def _rendered(one: Derived, service: Service) -> Rendered:
    return python_value(one.value, Context(service.by_name, {**VARIABLES, ROW: "body"}))


def _reserved(table: str, column: str, service: Service) -> list[str]:
    """The words that stand in paths where a value of the column does: such a row could not be reached."""
    found = set()
    for endpoint in service.endpoints:
        parts = endpoint.path.split("/")
        for parameter in endpoint.path_parameters:
            if (parameter.table, parameter.column) != (table, column):
                continue
            place = parts.index(f"{{{parameter.name}}}")
            others = (other.path.split("/") for other in service.endpoints)
            found |= {other[place] for other in others if len(other) > place and other[:place] == parts[:place]}
    return sorted(word for word in found if word and not word.startswith("{"))
