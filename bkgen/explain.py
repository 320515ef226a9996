"""What bkgen made of the documents, and why: the text of `bkgen explain`."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator

from bkgen.amounts import count, duration
from bkgen.explain_accounts import told_accounts
from bkgen.explain_roles import told_auth, told_scopes
from bkgen.explain_steps import refused, told_steps
from bkgen.model.endpoints import (
    FREE_OPERATIONS,
    PASSWORD_OPERATIONS,
    Access,
    Cause,
    Condition,
    Endpoint,
    Filter,
    Mentioned,
    Operation,
    Paging,
    Parent,
    PathParameter,
    QueryParameter,
    Response,
    Search,
    Sort,
)
from bkgen.model.policies import Deed, Derived
from bkgen.model.service import Service
from bkgen.model.shapes import (
    Array,
    Children,
    ColumnValue,
    Computed,
    Constant,
    Content,
    FactValue,
    Field,
    Given,
    Links,
    Nested,
    Object,
    Shape,
    SortKey,
    StepRow,
    StepValue,
    groups_in,
)
from bkgen.model.tables import Column, Default, Table, in_words
from bkgen.model.types import ArrayForm, Kind, ObjectForm, Type
from bkgen.report import visible
from bkgen.resolve.allowed_deeds import AllowedDeeds, allowed_deeds
from bkgen.resolve.caches import asked_columns, tables_read
from bkgen.resolve.indexes import Way, uses_of_ways
from bkgen.resolve.tidied import kept_as

_OF_FORMS = {
    Cause.TOO_LARGE: "a file, or the form, is over the limit",
    Cause.UNSUPPORTED_MEDIA_TYPE: "the body is no form by its content type",
    Cause.MALFORMED: "the body is no valid form, or one of too many parts",
}
_CAUSES = {
    Cause.TOO_LARGE: "the body is over the limit",
    Cause.RATE_LIMITED: "the rate limit is used up",
    Cause.UNAUTHENTICATED: "no access token, or one that is not valid",
    Cause.BAD_CREDENTIALS: "a wrong name or password",
    Cause.CODE_NEEDED: "the account has a second factor, and there is no code of it",
    Cause.BAD_CODE: "a code of the second factor that is wrong, or was used",
    Cause.BAD_REFRESH_TOKEN: "a refresh token that is unknown, expired, used or revoked",
    Cause.BAD_MAILED_TOKEN: "a token that no mail brought, or one that has expired or was used",
    Cause.BAD_GRANT: "no request for tokens, or a wrong name or password",
    Cause.BAD_CLIENT: "no API key that is valid",
    Cause.BAD_STATE: "a way back from a provider that did not begin in this browser, or took too long",
    Cause.UNVERIFIED: "the address of the account is not verified",
    Cause.UNSUPPORTED_MEDIA_TYPE: "the body is not JSON by its content type",
    Cause.MALFORMED: "the body is no valid JSON",
    Cause.KEY_MISSING: "no Idempotency-Key",
    Cause.VERSION_MISSING: "no If-Match, which says what version of the row is meant",
    Cause.CHANGED: "the row has another version than If-Match names",
    Cause.KEY_REUSED: "the Idempotency-Key was sent with another request",
    Cause.WRONG_SCOPE: "an API key without the scope",
    Cause.WRONG_ROLE: "an account that is not let in",
    Cause.FORBIDDEN: "a policy of the table does not allow it",
    Cause.SECOND_FACTOR_ON: "the account has a second factor already",
    Cause.TAKEN: "another row has what must be unique",
    Cause.TAKEN_BELOW: "another row has what must be unique of a row that is written with it",
    Cause.BAD_REFERENCE: "what is sent refers to no row",
    Cause.REFERRED_TO: "other rows refer to this one",
    Cause.UNAVAILABLE: "the database does not answer",
    Cause.INTERNAL: "a mistake in the backend",
    Cause.SUCCESS: "all is well",
}
_DEFAULTS = {
    Default.UUID: "made by bkgen: a new UUID",
    Default.NOW: "made by bkgen: the time of insertion",
    Default.AUTOINCREMENT: "made by the database: a counter",
}

_WIDTH = 110
_GLUE = "\N{NO-BREAK SPACE}"
_INDENT = "  "
_LEGEND = "A status behind a + is one that the contract leaves out; the OpenAPI document has it."


def explain(service: Service) -> str:
    """Everything that was told or added: the declared endpoints, those of health, the tables, errors and accounts."""
    endpoints = sorted(service.endpoints, key=lambda endpoint: not endpoint.declared)
    uses = uses_of_ways(service)
    parts = [
        _title(service),
        *(_endpoint(endpoint, service) for endpoint in endpoints),
        *(_table(table, uses[table.name]) for table in service.tables),
        *_policies(service),
        *_states(service),
        _errors(service),
        _accounts(service),
        _accepted(service),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _title(service: Service) -> str:
    declared = sum(endpoint.declared for endpoint in service.endpoints)
    counts = f"{count(declared, 'endpoint')} and {count(len(service.tables), 'table')}"
    return "\n".join([f"{visible(service.name)} {service.version}: {counts}", _LEGEND])


def _endpoint(endpoint: Endpoint, service: Service) -> str:
    on = f" on `{endpoint.table}`" if endpoint.table and endpoint.operation not in FREE_OPERATIONS else ""
    told = [("does", f"{endpoint.operation}{on}"), ("because", endpoint.rule)]
    if endpoint.declared:
        told.append(("from", str(endpoint.span)))
    told += _takes(endpoint, service)
    told += ((f"step {number}", text) for number, text in enumerate(told_steps(endpoint.steps), 1))
    told += [_status(response, endpoint) for response in endpoint.responses]
    return "\n".join([f"{endpoint.method} {endpoint.path}", *_listed(told)])


def _takes(endpoint: Endpoint, service: Service) -> Iterator[tuple[str, str]]:
    for parameter in endpoint.path_parameters:
        yield "path", f"{{{parameter.name}}} is `{parameter.table}.{parameter.column}`: {_type(parameter.type)}"
    for query in endpoint.query:
        yield "query", f"{query.name}: {_values(query)}; {_meaning(query)}"
    if endpoint.request is not None:
        yield "form" if endpoint.files else "body", _shape(endpoint.request)
    if endpoint.where is not None:
        yield "where", endpoint.where.text
    if (groups := groups_in(endpoint.success.body)) is not None and groups.grouping is not None:
        of = f" where {groups.grouping.where.text}" if groups.grouping.where is not None else ""
        yield "groups", f"rows of `{groups.grouping.table}`{of}, by {', '.join(groups.grouping.keys)}"
        yield "sort", _sort(endpoint.sort or groups.sort)
    elif endpoint.sort:
        yield "sort", _sort(endpoint.sort)
    if endpoint.access is not Access.ANYONE:
        yield "auth", told_auth(endpoint)
    if endpoint.response(Cause.WRONG_SCOPE) is not None:
        yield "scope", told_scopes(endpoint)
    if endpoint.idempotency is not None:
        words = "has to have" if endpoint.idempotency.required else "can have"
        yield "key", f"a request {words} an Idempotency-Key: sent again with the same one, it acts once"
    if endpoint.cache is not None:
        yield "cache", _cached(endpoint, service)
    if endpoint.replica:
        yield "replica", "rows may come from the replica that DATABASE_REPLICA_URL names, which is a little behind"
    if endpoint.rate_limit is not None:
        limit = endpoint.rate_limit
        whom = "API key" if limit.per_key else "user" if limit.per_user else "client address"
        yield "limit", f"{count(limit.requests, 'request')} in {duration(limit.seconds)}, for each {whom}"


def _cached(endpoint: Endpoint, service: Service) -> str:
    """For how long answers are kept, for whom, and what ends them."""
    assert endpoint.cache is not None
    tables = [f"`{table}`" for table in tables_read(endpoint, service)]
    words = f"answers are kept for {duration(endpoint.cache.seconds)}, until a row changes of {_or(tables)}"
    own = [f"`{column}`" for column in asked_columns(endpoint, service)]
    if own:
        words += f"; one for each {' and '.join(own)} of who asks"
    return words + ("; what depends on `now` may be as late" if endpoint.cache.late else "")


def _or(names: list[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _sort(keys: Iterable[SortKey]) -> str:
    return ", ".join(f"{key.column}, descending" if key.descending else key.column for key in keys)


def _values(query: QueryParameter) -> str:
    """The type of a query parameter, and what is taken where it is absent."""
    words = f"any of {_type(query.type)}" if query.many else _type(query.type)
    if query.required:
        return f"{words}, must be there"
    default = ", ".join(query.default) if isinstance(query.default, tuple) else query.default
    return words if default is None else f"{words}, {default} where absent"


def _meaning(query: QueryParameter) -> str:
    match query.use:
        case Filter(column=column):
            return f"rows with {'one of these as' if query.many else 'this'} `{column}`"
        case Condition(where=where):
            return f"rows where {where.text}"
        case Search(columns=columns):
            return f"rows with all of its words in {', '.join(f'`{column}`' for column in columns)}"
        case Sort():
            return "the order, with commas between"
        case Mentioned():
            return "for the conditions"
        case Paging():
            return "which page"


def _status(response: Response, endpoint: Endpoint) -> tuple[str, str]:
    added = "" if response.declared or not endpoint.declared else "+"
    if response.status < 400:
        text = _shape(response.body) if response.body is not None else "no body"
    else:
        text = "; ".join(dict.fromkeys(_cause(cause, response.status, endpoint) for cause in response.causes))
        if response.literal is not None:
            text += f"; exactly {_json(response.literal)}"
    return f"{added}{response.status}", text


def _cause(cause: Cause, status: int, endpoint: Endpoint) -> str:
    match cause:
        case Cause.BAD_CREDENTIALS if endpoint.operation in PASSWORD_OPERATIONS:
            return "the present password is wrong"
        case Cause.BAD_CREDENTIALS if endpoint.operation is Operation.OAUTH2_CALLBACK:
            return "the provider does not say who it is"
        case Cause.UNVERIFIED if endpoint.operation is Operation.OAUTH2_CALLBACK:
            return "the provider has not verified the address"
        case Cause.TAKEN if endpoint.operation is Operation.OAUTH2_CALLBACK:
            return "an account has the address, and has never shown that it is its own"
        case Cause.TOO_LARGE | Cause.UNSUPPORTED_MEDIA_TYPE | Cause.MALFORMED if endpoint.files:
            return _OF_FORMS[cause]
        case Cause.BAD_PATH:
            return _bad_path(endpoint.path_parameters)
        case Cause.NOT_FOUND:
            return _not_found(endpoint.key, endpoint.parents)
        case Cause.REFUSED:
            return refused(endpoint.steps, status) if endpoint.handler is None else "the code of the handler says so"
        case Cause.INVALID:
            parts = {"body": endpoint.body, "query": endpoint.query, "Idempotency-Key": endpoint.idempotency}
            return f"the {' or '.join(name for name, part in parts.items() if part)} is not as the contract says"
        case _:
            return _CAUSES[cause]


def _bad_path(parameters: Iterable[PathParameter]) -> str:
    able = [f"{{{parameter.name}}} is no {parameter.type.kind}" for parameter in parameters if _can_be_bad(parameter)]
    return " or ".join(able)


def _can_be_bad(parameter: PathParameter) -> bool:
    return parameter.type.kind not in (Kind.STRING, Kind.EMAIL, Kind.URL)


def _not_found(key: Iterable[PathParameter], parents: Iterable[Parent]) -> str:
    tables = [parent.table for parent in parents] + [parameter.table for parameter in key][:1]
    return "no such row of " + " or ".join(f"`{table}`" for table in dict.fromkeys(tables))


def _shape(shape: Shape) -> str:
    """A body on one line: `{title: string, tags?: json}`, `[{id: uuid}]`."""
    match shape:
        case Object(fields=fields):
            return "{" + ", ".join(_field(field) for field in fields) + "}"
        case Array(items=items):
            return f"[{_shape(items)}]"
        case ColumnValue(type=type_) | FactValue(type=type_) | Given(type=type_):
            return _type(type_)
        case Content(table=table, column=column, type=type_):
            return f"the file in `{table}.{column}`: {_type(type_)}"
        case Constant(value=value):
            return _json(value)
        case StepRow(row=row):
            return _shape(row)
        case Computed(type=type_, column=column) if column:
            return f"{_type(type_)} (if it is shown)"
        case Computed(formula=formula) | StepValue(formula=formula):
            return f"= {formula}"
        case Nested(relation=relation, row=row):
            return f"[{_shape(row)}]" if relation.many else _shape(row)
        case Links(type=type_, relation=relation, column=column, adds=adds):
            made = ", made where they are not there" if adds else ", which are there"
            return f"[{_type(type_)}] (writes the `{relation.name}` with these as `{column}`{made})"
        case Children(relation=relation, row=row):
            return f"[{_shape(row)}] (writes the `{relation.name}`)"


def _field(field: Field) -> str:
    null = " or null" if field.nullable else ""
    return f"{field.name}{'' if field.required else '?'}: {_shape(field.shape)}{null}"


def _type(type_: Type) -> str:
    """A type with its limits: `string up to 255`, `decimal(10,2)`, `draft | published`."""
    match type_.form:
        case ObjectForm(members=members):
            inner = (f"{one.name}{'' if one.required else '?'}: {_type(one.type)}" for one in members)
            return f"{{{', '.join(inner)}}}"
        case ArrayForm(items=items):
            return f"[{_type(items)}]"
    if type_.enum:
        return " | ".join(visible(value) for value in type_.enum)
    if type_.kind is Kind.DECIMAL and type_.precision is not None:
        return f"decimal({type_.precision},{type_.scale})"
    words = str(type_.kind)
    if type_.kind is Kind.FILE:
        return f"{words} up to {type_.max_bytes} bytes ({', '.join(type_.media_types)})"
    if type_.min_length is not None and type_.max_length is not None:
        words += f" of {type_.min_length} to {type_.max_length}"
    elif type_.max_length is not None:
        words += f" up to {type_.max_length}"
    elif type_.min_length is not None:
        words += f" from {type_.min_length}"
    if kept := kept_as(type_):
        words += f", kept {kept}"
    return words


def _table(table: Table, uses: Iterable[tuple[Way, tuple[str, ...]]]) -> str:
    told = [(column.name, _column(column)) for column in table.columns]
    for reference in table.joint:
        targets = ", ".join(f"{reference.table}.{name}" for name in reference.targets)
        words = f"{', '.join(reference.columns)} to {targets} (on delete: {reference.on_delete.lower()})"
        told.append(("refers", words))
    told += [("unique", f"over {column.name}") for column in table.within if column.unique]
    for index in table.indexes:
        if index.unique:
            told.append(("unique", f"over {', '.join(index.columns)}"))
    told += _indexes(table, uses)
    added = f", added because {table.added}" if table.added else ""
    kind = "collection" if table.is_collection else "table"
    return "\n".join([*_wrapped(f"{kind} `{table.name}`{added}", ""), *_listed(told)])


def _indexes(table: Table, ways: Iterable[tuple[Way, tuple[str, ...]]]) -> Iterator[tuple[str, str]]:
    """The indexes of a table, and what each serves: the endpoints that find rows by it, and references."""
    rules = set(table.unique_rules)
    for way, uses in ways:
        if way.columns in rules and not uses:
            continue
        refers = [one for one in table.references if set(one.columns) == set(way.columns[: len(one.columns)])]
        served = [*uses, *(f"deletions of `{one.table}`" for one in refers if not way.where)]
        where = f" where {' and '.join(map(in_words, way.where))}" if way.where else ""
        key = "the key " if way.columns == table.unique_rules[0] else "a unique rule " if way.columns in rules else ""
        unused = "for statements of bkgen's own" if table.added else "declared, and no endpoint needs it"
        words = f"for {', '.join(served)}" if served else unused
        yield "index", f"{key}over {', '.join(way.columns)}{where}: {words}"


def _policies(service: Service) -> Iterator[str]:
    """Who may do what with the rows of each table that says so."""
    access = {one.table: one for one in allowed_deeds(service)}
    for name, policies in service.policies.items():
        told = [(str(deed), condition.text) for deed, condition in policies.allowed.items()]
        told += [(str(deed), "nobody") for deed in Deed if deed not in policies.allowed]
        told += [(f"see {column}", condition.text) for column, condition in policies.visible.items()]
        told += [(f"write {column}", condition.text) for column, condition in policies.writable.items()]
        told += [("set", ", ".join(policies.presets))] if policies.presets else []
        told += [("set", f"{one.column} = {one.text}{_again(one)}") for one in policies.derived]
        yield "\n".join([f"who may do what with rows of `{name}`", *_listed(told), "", *_grid(access[name])])


def _grid(access: AllowedDeeds) -> Iterator[str]:
    """Deeds by kinds of callers."""
    rows = [("", *access.kinds), *((done, *cells) for done, cells in access.cells)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        cells = (visible(cell).ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"{_INDENT}{'  '.join(cells)}".rstrip()


def _states(service: Service) -> Iterator[str]:
    """How the states of each table change, by whom, and what is set with it."""
    for name, transitions in service.transitions.items():
        told = []
        for one in transitions:
            words = f"`{one.column}` from {' or '.join(map(visible, one.sources))} to {visible(one.target)}"
            words += f", if {one.by.text}" if one.by is not None else ", by anyone"
            words += f"; sets {', '.join(column for column, _ in one.values)}" if one.values else ""
            told.append((one.name, words))
        yield "\n".join([f"how states of `{name}` change", *_listed(told)])


def _again(derived: Derived) -> str:
    return f"; again where `{derived.sources[0]}` changes" if derived.on_update else ""


def _column(column: Column) -> str:
    words = [_type(column.type) + (" or null" if column.nullable else "")]
    if column.primary:
        words.append("primary key")
    if column.unique:
        words.append("unique")
    if column.reference is not None:
        reference = column.reference
        words.append(f"refers to {reference.table}.{reference.column} (on delete: {reference.on_delete.lower()})")
    if isinstance(column.default, Default):
        words.append(_DEFAULTS[column.default])
    elif column.default is not None:
        words.append(f"default {_json(column.default)}")
    if column.empty_is_null:
        words.append("null where a client sends an empty text")
    if column.updated:
        words.append("set on every change")
    if column.version:
        words.append("raised by one on every change; ETag tells it, and If-Match has to name it")
    if column.private:
        words.append("private: never leaves the server")
    if column.added:
        words.append(f"added because {column.added}")
    return ", ".join(words)


def _errors(service: Service) -> str:
    told = [("body", _json(service.errors.body)), ("because", service.errors.reason)]
    told += [("text", f"{cause}: {_json(text)}") for cause, text in service.errors.messages.items()]
    told += [("field", f"{cause}: {_json(text)}") for cause, text in service.errors.fields.items()]
    told += [("row", f"of `{table}`: {_json(word)}") for table, word in service.errors.resources.items()]
    return "\n".join(["errors that the contract gives no exact text for", *_listed(told)])


def _accounts(service: Service) -> str:
    told = told_accounts(service)
    return "\n".join(["accounts", *_listed(told)]) if told else ""


def _accepted(service: Service) -> str:
    """What is insecure, and why that is accepted."""
    told = [
        (risk.code, f"{risk.message} ({risk.span}); accepted at {risk.said}: {visible(risk.reason)}")
        for risk in service.accepted
    ]
    return "\n".join(["accepted risks", *_listed(told)]) if told else ""


def _listed(told: list[tuple[str, str]]) -> Iterator[str]:
    """Two columns, the second one wrapped."""
    width = max([7, *(len(label) for label, _ in told if len(label) <= 24)])
    for label, text in told:
        yield from _wrapped(text, f"{_INDENT}{label:<{width}}  ")


def _wrapped(text: str, label: str) -> list[str]:
    wrapper = textwrap.TextWrapper(_WIDTH, break_long_words=False, break_on_hyphens=False)
    wrapper.initial_indent = label
    wrapper.subsequent_indent = " " * min(len(label), 28) if label else _INDENT
    # A key stays on the line of its value, or of the beginning of it.
    return [line.replace(_GLUE, " ") for line in wrapper.wrap(text.replace(": ", f":{_GLUE}"))]


def _json(value: object) -> str:
    return visible(json.dumps(value, ensure_ascii=False))
