"""What becomes of rows that refer to a deleted one, where nobody said."""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.lint.declared import declared_tables, referred
from bkgen.model.endpoints import Endpoint, Operation
from bkgen.model.policies import Deed
from bkgen.model.service import Service
from bkgen.resolve.risks.deeds import ways
from bkgen.resolve.risks.risk import Risk, called


def references_without_rule(service: Service) -> Iterator[Risk]:
    """`BK959` of references to rows that an endpoint deletes; of all, where the documents have no endpoint."""
    deleting = _deleting(service)
    only_tables = not any(endpoint.declared for endpoint in service.endpoints)
    for table in declared_tables(service):
        for reference in table.references:
            target = referred(reference, service)
            if target is None or reference.says_on_delete or not (only_tables or target.name in deleting):
                continue
            way = f"{called(deleting[target.name])} deletes" if target.name in deleting else "somebody deletes"
            message = f"nothing says what becomes of rows of `{table.name}` when {way} the row of `{target.name}`"
            optional = table.is_optional(reference)
            choices = '"RESTRICT", "CASCADE" or "SET NULL"' if optional else '"RESTRICT" or "CASCADE"'
            fix = f'add "onDelete": {choices}'
            yield Risk("BK959", reference.span, message, fix, (table.span, target.span), ",".join(reference.columns))


def _deleting(service: Service) -> dict[str, Endpoint]:
    """An endpoint that deletes rows of it, for each table that has one."""
    found = {table: endpoints[0] for (table, deed), endpoints in ways(service).items() if deed is Deed.DELETE}
    own = (one for one in service.endpoints if one.operation is Operation.DELETE_ME and one.table is not None)
    return found | {one.table: one for one in own if one.table is not None}
