"""What the function of an endpoint takes."""

from __future__ import annotations

from bkgen.model.endpoints import CRUD, STEP_OPERATIONS, Access, Endpoint, QueryParameter
from bkgen.model.service import Service
from bkgen.model.types import Type
from bkgen.render.answers import schema
from bkgen.render.columns import python_type
from bkgen.render.homes import Homes
from bkgen.render.versions import asks_version
from bkgen.resolve.vocabulary import ACTOR, expressions_of, mentions


def takes_account(endpoint: Endpoint) -> bool:
    """Whether the function of an endpoint needs to know who asks, beyond that someone does."""
    if endpoint.handler is not None:
        return endpoint.access is not Access.ANYONE
    if endpoint.operation in CRUD or endpoint.operation in STEP_OPERATIONS:
        return any(mentions(expression, ACTOR) for expression in expressions_of(endpoint))
    return endpoint.authenticated


def knows_account(endpoint: Endpoint) -> bool:
    """Whether the route has the account that asks: for its query, or for whose the key is."""
    return takes_account(endpoint) or (endpoint.idempotency is not None and endpoint.access is not Access.ANYONE)


def parameters_of(endpoint: Endpoint, service: Service, homes: Homes) -> list[str]:
    """What the function of an endpoint takes behind the connection."""
    who = "Caller" if endpoint.authenticated else "Caller | None"
    parameters = [f"account: {who}"] if takes_account(endpoint) else []
    parameters += [f"{p.attribute}: {_argument_type(p.type)}" for p in endpoint.path_parameters]
    for query in endpoint.query:
        parameters.append(f"{query.attribute}: {_query_type(query)}")
    if endpoint.download is not None:
        parameters.append("held: Held")
    if asks_version(endpoint):
        parameters.append("if_match: IfMatch")
    if endpoint.body is not None:
        parameters.append(f"body: {schema(endpoint.body, endpoint.package, homes)}")
    return parameters


def _argument_type(type_: Type) -> str:
    """The annotation of a value that is looked for; that it is one of an enum, the route has seen to."""
    return "str" if type_.enum else python_type(type_)


def _query_type(query: QueryParameter) -> str:
    if query.many:
        return f"Sequence[{_argument_type(query.type)}]"
    return f"{_argument_type(query.type)}{' | None' if query.optional else ''}"
