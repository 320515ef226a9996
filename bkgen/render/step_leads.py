"""Which rows of an action refer to the row of an earlier step: what the rules ask of both is asked of them together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bkgen.model.actions import every
from bkgen.model.endpoints import Endpoint
from bkgen.model.expressions import Binary, ColumnOf, Expression, Name, Operator, Related, Row
from bkgen.model.relations import Relation
from bkgen.model.service import Service
from bkgen.model.tables import Reference
from bkgen.render.action_rules import RowStep
from bkgen.resolve.vocabulary import ROW


@dataclass(frozen=True)
class Lead:
    """The row of `below` refers to that of `above`, as `parts` of its condition say; `way` leads from the one to the
    other."""

    above: RowStep
    below: RowStep
    reference: Reference
    parts: tuple[Expression, ...]
    way: Expression


def leads(endpoint: Endpoint, roots: Mapping[int, RowStep], service: Service) -> list[Lead]:
    """No row is in more than one of them."""
    found: list[Lead] = []
    named: dict[str, RowStep] = {}
    for step in every(endpoint.steps):
        if roots.get(id(step)) is not step:
            continue
        for name, above in named.items():
            taken = [one for lead in found for one in (lead.above, lead.below)]
            if above not in taken and step not in taken and (lead := _lead(name, above, step, service)) is not None:
                found.append(lead)
        if step.name:
            named[step.name] = step
    return found


def _lead(name: str, above: RowStep, below: RowStep, service: Service) -> Lead | None:
    for reference in service.table(below.table).references:
        if reference.table != above.table:
            continue
        parts = {
            pair: part
            for part in (*below.which.same, *below.which.others)
            for pair in reference.pairs
            if _equals(part, pair, name)
        }
        if len(parts) == len(reference.pairs):
            row = Name(ROW, Row(below.table), below.span)
            relation = Relation(name, below.table, above.table, reference.pairs, None, False, False, below.span)
            way = Related(row, relation, Row(above.table), below.span)
            return Lead(above, below, reference, tuple(parts.values()), way)
    return None


def _equals(part: Expression, pair: tuple[str, str], name: str) -> bool:
    """Whether a condition is that a column of `row` is that of the row of this name."""
    match part:
        case Binary(
            operator=Operator.EQUAL,
            left=ColumnOf(row=Name(name=one), column=here),
            right=ColumnOf(row=Name(name=other), column=there),
        ):
            return {(one, here), (other, there)} == {(ROW, pair[0]), (name, pair[1])}
        case _:
            return False
