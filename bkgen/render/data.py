"""View of `app/data/rows.py`: what rows are in files, and how their values are made up."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from bkgen.model.policies import Derived
from bkgen.model.service import Service
from bkgen.model.tables import Column, Default, Table
from bkgen.model.types import Kind
from bkgen.render.annotations import constrained
from bkgen.render.columns import default
from bkgen.render.expressions import Context, Rendered, python_value
from bkgen.render.literals import docstring, literal, markdown
from bkgen.render.variables import VARIABLES
from bkgen.resolve.files import content_name
from bkgen.resolve.idempotency import KEYS
from bkgen.resolve.vocabulary import ROW

_SHORT = 50


@dataclass(frozen=True, slots=True)
class RowView:
    """The model of a table's rows.

    Attributes:
        name: of the table, as a literal.
        secret: whether its rows are of use to those alone who have what they were made from.
        fields: (attribute, annotation with its default).
    """

    class_name: str
    docstring: str
    name: str
    secret: bool
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DataView:
    """All models of rows.

    Attributes:
        imports: lines that values which follow from others need.
        example: the name of a table, as a shell takes it; empty where there is none.
        secret: rows of Markdown for the tables that are not seeded.
    """

    tables: tuple[RowView, ...]
    example: str
    secret: tuple[str, ...]
    imports: tuple[str, ...]


def data_view(service: Service) -> DataView:
    secrets = _secret_tables(service)
    tables = [table for table in service.tables if not table.is_collection]
    imports = {line for table in tables for one in _derived(table, service) for line in _code(one, service).imports}
    return DataView(
        tables=tuple(
            RowView(
                class_name=table.class_name,
                docstring=docstring(f"A row of `{table.name}`."),
                name=literal(table.name),
                secret=table.name in secrets,
                fields=tuple((column.attribute, _field(column, table, service)) for column in table.columns),
            )
            for table in tables
        ),
        imports=tuple(sorted(imports)),
        example=next((shlex.quote(one.name) for one in tables if not (one.added or one.name in secrets)), ""),
        secret=tuple(markdown(table.name) for table in tables if table.name in secrets),
    )


def _secret_tables(service: Service) -> set[str]:
    """Those that hold what lets somebody in, or what somebody was answered."""
    found = {KEYS}
    if (accounts := service.accounts) is not None:
        found |= {accounts.sessions} if accounts.sessions else set()
        found |= {accounts.api_keys.table} if accounts.api_keys else set()
        found |= {accounts.second_factor.secrets, accounts.second_factor.recovery} if accounts.second_factor else set()
        found |= {accounts.mails.tokens} if accounts.mails else set()
        found |= {accounts.oauth2.identities} if accounts.oauth2 else set()
    return found


def _field(column: Column, table: Table, service: Service) -> str:
    optional = column.nullable or column.default is Default.AUTOINCREMENT
    annotation = constrained(column.type, "Field", _more_limits(column), optional)
    if marks := list(_marks(column, table, service)):
        inner = annotation[:-1] if annotation.startswith("Annotated[") else f"Annotated[{annotation}"
        annotation = f"{inner}, {', '.join(marks)}]"
    given = _default(column, optional)
    is_short = len(given) <= _SHORT  # formatters disagree on how a long text is assigned
    if column.attribute == column.name and given.startswith("default=") and is_short:
        return f"{annotation} = {given.removeprefix('default=')}"
    alias = f"alias={literal(column.name)}" if column.attribute != column.name else ""
    arguments = ", ".join(filter(None, (given, alias)))
    return f"{annotation} = Field({arguments})" if arguments else annotation


def _default(column: Column, optional: bool) -> str:
    """What a row has that says nothing, as an argument of `Field`; empty where it has to say something."""
    code = default(column)
    if code is None:
        return "default=None" if optional else ""
    return f"default_factory={code}" if isinstance(column.default, Default) else f"default={code}"


def _more_limits(column: Column) -> list[str]:
    """Limits of what is stored, which requests are held to in other ways."""
    type_ = column.type
    scale = [f"decimal_places={type_.scale or 0}"] if type_.precision is not None else []
    steps = type_.multiple_of if type_.kind in (Kind.INTEGER, Kind.DECIMAL) else None
    return scale if steps is None else [*scale, f"multiple_of={literal(steps)}"]


def _marks(column: Column, table: Table, service: Service) -> Iterator[str]:
    """What is said of how values are made up."""
    accounts = service.accounts
    if accounts is not None and (table.name, column.name) == (accounts.table, accounts.password_hash):
        yield "PasswordHash()"
    for derived in _derived(table, service):
        if derived.column == column.name:
            yield f"Follows(lambda row: {_code(derived, service).code}{', distinct=True' if derived.distinct else ''})"
    for file in table.columns:
        if file.type.kind is Kind.FILE and content_name(file.name) == column.name:
            yield f"holds({literal(file.attribute)}, {literal(file.type.media_types[0])})"


def _derived(table: Table, service: Service) -> tuple[Derived, ...]:
    policies = service.policies.get(table.name)
    return policies.derived if policies is not None else ()


def _code(one: Derived, service: Service) -> Rendered:
    return python_value(one.value, Context(service.by_name, {**VARIABLES, ROW: "row"}))
