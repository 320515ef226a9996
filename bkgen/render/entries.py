"""View of `app/auth/entry.py`: the dependencies that let in who meets a condition on the account and the path."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bkgen.model.endpoints import Endpoint, Entry, PathParameter
from bkgen.model.expressions import MemberOf, Not
from bkgen.model.service import Service
from bkgen.render.annotations import constrained
from bkgen.render.columns import python_type
from bkgen.render.errors import resource
from bkgen.render.expressions import Context, python_condition, sql_conditions
from bkgen.render.literals import literal
from bkgen.render.variables import ACCOUNT, VARIABLES
from bkgen.resolve.expressions.kinds import BOOLEAN
from bkgen.resolve.expressions.parts import in_database, walk
from bkgen.resolve.names import parameter, snake, unique
from bkgen.resolve.vocabulary import PATH

_LONGEST = 60
_TAKEN = frozenset({ACCOUNT, "connection", "database", "signed_in", "resource"})


@dataclass(frozen=True, slots=True)
class EntryView:
    """A dependency.

    Attributes:
        name: of its function; `query` that of the function that asks the database, empty where it need not be asked.
        docstring: what it gives.
        path: the parameters of the path that it takes; `arguments` as that function takes them, `values` as it is
            given them.
        definitions: (name, code) of what the condition uses.
        condition: the code of it; in Python, of that it does not hold.
    """

    name: str
    query: str
    docstring: str
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
    found: list[EntryView] = []
    imports: set[str] = set()
    names = entry_names(service)
    for endpoint in service.endpoints:
        if endpoint.entry is None or any(names[endpoint.name] == one.name for one in found):
            continue
        view, lines = _entry(names[endpoint.name], endpoint, service)
        found.append(view)
        imports |= lines
    return EntriesView(tuple(found), tuple(sorted(imports)))


def entry_names(service: Service) -> dict[str, str]:
    """endpoint -> the function that lets people in; one for all that ask the same of the same parameters."""
    found: dict[str, str] = {}
    alike: dict[object, str] = {}
    sharing: dict[object, list[Endpoint]] = {}
    for endpoint in service.endpoints:
        if endpoint.entry is not None:
            sharing.setdefault(_same(endpoint), []).append(endpoint)
    for same, endpoints in sharing.items():
        alike[same] = unique(_name(endpoints, service), alike.values())
        found |= {endpoint.name: alike[same] for endpoint in endpoints}
    return found


def _same(endpoint: Endpoint) -> object:
    """What two endpoints have in common that ask the same."""
    assert endpoint.entry is not None
    return endpoint.entry.condition.text, tuple(asked_of_path(endpoint))


def _name(endpoints: list[Endpoint], service: Service) -> str:
    first = endpoints[0]
    assert first.entry is not None
    if first.entry.place:
        words = [*" or ".join(first.entry.roles).split(), "of", service.table(first.entry.place).singular]
        word = snake("_".join(words))
        return parameter(word if len(word) <= _LONGEST else "entitled")
    return parameter(f"may_enter_{first.package}" if len(endpoints) > 1 else f"may_{first.name}")


def asked_of_path(endpoint: Endpoint) -> Iterable[PathParameter]:
    """The parameters of the path that the condition speaks of."""
    assert endpoint.entry is not None
    used = {part.member.attribute for part in walk(endpoint.entry.condition.expression) if isinstance(part, MemberOf)}
    return [one for one in endpoint.path_parameters if one.attribute in used]


def _entry(name: str, endpoint: Endpoint, service: Service) -> tuple[EntryView, frozenset[str]]:
    entry = endpoint.entry
    assert entry is not None
    asked = list(asked_of_path(endpoint))
    context = Context(service.by_name, {**VARIABLES, PATH: ""}, taken=_TAKEN | {one.attribute for one in asked})
    asks_database = in_database(entry.condition.expression, frozenset())
    expression = entry.condition.expression
    if asks_database:
        rendered = sql_conditions(expression, context)
    else:
        rendered = python_condition(Not(expression, BOOLEAN, expression.span), context)
    view = EntryView(
        name=name,
        query=_query(name, entry) if asks_database else "",
        docstring=(
            f"The account that is signed in, if it is {entry.condition.text}."
            if entry.place
            else f"The account that is signed in, if `{entry.condition.text}`."
        ),
        path=tuple(path_parameter(one, service) for one in asked),
        arguments=tuple(f"{one.attribute}: {python_type(one.type)}" for one in asked),
        values=tuple(one.attribute for one in asked),
        definitions=rendered.definitions,
        condition=rendered.code,
    )
    return view, rendered.imports


def _query(name: str, entry: Entry) -> str:
    """The function that asks the database for what a dependency is called by."""
    return f"is_{name}" if entry.place else f"is_allowed_to_{name.removeprefix('may_')}"


def path_parameter(parameter: PathParameter, service: Service) -> str:
    """A parameter of the path as functions of the router take it."""
    title = [f"title={literal(resource(parameter.table, service))}"] if service.errors.names_rows else []
    return f"{parameter.attribute}: {constrained(parameter.type, 'Path', title)}"
