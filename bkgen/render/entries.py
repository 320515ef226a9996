"""View of `app/auth/entry.py`: the dependencies that let in who meets a condition on the account and the path."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bkgen.model.endpoints import Endpoint, Entry, PathParameter
from bkgen.model.expressions import Binary, Expression, MemberOf, Name, Not, Operator, Quantified, Value, Values
from bkgen.model.service import Service
from bkgen.render.annotations import constrained
from bkgen.render.columns import python_type
from bkgen.render.errors import resource
from bkgen.render.expressions import Context, python_condition, sql_conditions
from bkgen.render.literals import literal
from bkgen.render.variables import ACCOUNT, VARIABLES
from bkgen.resolve.expressions.kinds import BOOLEAN, STRING
from bkgen.resolve.expressions.parts import in_database, walk
from bkgen.resolve.names import parameter, unique
from bkgen.resolve.vocabulary import PATH

_ROLES = "roles"
_TAKEN = frozenset({ACCOUNT, "connection", "database", "signed_in", _ROLES})


@dataclass(frozen=True, slots=True)
class EntryView:
    """A dependency, or a function that gives one for some roles.

    Attributes:
        name: of the function; `query` that of the function that asks the database, empty where it need not be asked.
        docstring: of the first, `asks` of the second.
        takes_roles: whether it gives a dependency for some roles.
        path: the parameters of the path that it takes; `arguments` as the second function takes them, `values` as it is
            given them.
        definitions: (name, code) of what the condition uses.
        condition: the code of it; in Python, of that it does not hold.
    """

    name: str
    query: str
    docstring: str
    asks: str
    takes_roles: bool
    path: tuple[str, ...]
    arguments: tuple[str, ...]
    values: tuple[str, ...]
    definitions: tuple[tuple[str, str], ...]
    condition: str


@dataclass(frozen=True, slots=True)
class EntriesView:
    """All of them, and the lines that import what they use."""

    entries: tuple[EntryView, ...]
    imports: tuple[str, ...]


def entries_view(service: Service) -> EntriesView:
    found: dict[str, EntryView] = {}
    imports: set[str] = set()
    names = entry_names(service)
    for endpoint in service.endpoints:
        if endpoint.entry is not None and (name := names[endpoint.name]) not in found:
            found[name], lines = _entry(name, endpoint, endpoint.entry, service)
            imports |= lines
    return EntriesView(tuple(found.values()), tuple(sorted(imports)))


def entry_names(service: Service) -> dict[str, str]:
    """endpoint -> the function that lets people in; one for all that ask the same of the same parameters."""
    sharing: dict[object, list[Endpoint]] = {}
    for endpoint in service.endpoints:
        if (entry := endpoint.entry) is not None:
            same = (entry.place or entry.condition.text, tuple(asked_of_path(endpoint)))
            sharing.setdefault(same, []).append(endpoint)
    names: list[str] = []
    found: dict[str, str] = {}
    for endpoints in sharing.values():
        names.append(unique(_name(endpoints, names, service), names))
        found |= {endpoint.name: names[-1] for endpoint in endpoints}
    return found


def entry_dependency(endpoint: Endpoint, service: Service) -> str:
    """What `Depends` takes: `may_read_user`, `requires_in_organisation("owner")`."""
    assert endpoint.entry is not None
    name = entry_names(service)[endpoint.name]
    return f"{name}({', '.join(map(literal, endpoint.entry.roles))})" if endpoint.entry.place else name


def asked_of_path(endpoint: Endpoint) -> list[PathParameter]:
    """The parameters of the path that the condition speaks of."""
    assert endpoint.entry is not None
    used = {part.member.attribute for part in walk(endpoint.entry.condition.expression) if isinstance(part, MemberOf)}
    return [one for one in endpoint.path_parameters if one.attribute in used]


def path_parameter(parameter: PathParameter, service: Service) -> str:
    """A parameter of the path as functions of the router take it."""
    title = [f"title={literal(resource(parameter.table, service))}"] if service.errors.names_rows else []
    return f"{parameter.attribute}: {constrained(parameter.type, 'Path', title)}"


def _name(endpoints: list[Endpoint], taken: list[str], service: Service) -> str:
    first = endpoints[0]
    assert first.entry is not None
    if not first.entry.place:
        return parameter(f"may_enter_{first.package}" if len(endpoints) > 1 else f"may_{first.name}")
    name = f"requires_in_{service.table(first.entry.place).singular}"
    if name in taken:
        name += f"_by_{'_and_'.join(one.attribute.strip('_') for one in asked_of_path(first))}"
    return parameter(name)


def _entry(name: str, endpoint: Endpoint, entry: Entry, service: Service) -> tuple[EntryView, frozenset[str]]:
    asked = asked_of_path(endpoint)
    variables = {**VARIABLES, PATH: "", _ROLES: _ROLES}
    context = Context(service.by_name, variables, taken=_TAKEN | {one.attribute for one in asked})
    expression = _of_roles(entry.condition.expression) if entry.place else entry.condition.expression
    asks_database = in_database(expression, frozenset())
    if asks_database:
        rendered = sql_conditions(expression, context)
    else:
        rendered = python_condition(Not(expression, BOOLEAN, expression.span), context)
    if entry.place:
        within = f"the {service.table(entry.place).singular.replace('_', ' ')} that the path names"
        docstring = f"A dependency: the account that is signed in, if it has one of `roles` in {within}."
        query = f"has_role_in_{name.removeprefix('requires_in_')}"
        asks = f"Whether the account has one of `roles` in {within}."
    else:
        docstring = f"The account that is signed in, if `{entry.condition.text}`."
        query, asks = f"is_allowed_to_{name.removeprefix('may_')}", f"Whether `{entry.condition.text}`."
    view = EntryView(
        name=name,
        query=query if asks_database else "",
        docstring=docstring,
        asks=asks,
        takes_roles=bool(entry.place),
        path=tuple(path_parameter(one, service) for one in asked),
        arguments=tuple(f"{one.attribute}: {python_type(one.type)}" for one in asked),
        values=tuple(one.attribute for one in asked),
        definitions=rendered.definitions,
        condition=rendered.code,
    )
    return view, rendered.imports


def _of_roles(expression: Expression) -> Expression:
    """The condition that asks for some roles, with any in place of these."""
    assert isinstance(expression, Quantified)
    assert isinstance(expression.condition, Binary)
    asked = expression.condition.right
    assert isinstance(asked, Binary)
    roles = Name(_ROLES, Values(Value(STRING)), asked.span)
    any_of_them = replace(asked, operator=Operator.IN, right=roles)
    return replace(expression, condition=replace(expression.condition, right=any_of_them))
