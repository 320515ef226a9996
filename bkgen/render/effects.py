"""What an action that ends well leaves in the database and answers, as far as a test can tell beforehand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from bkgen.model.actions import Assign, Assignments, Delete, Each, Insert, Load, Step, Update, Which
from bkgen.model.endpoints import Endpoint
from bkgen.model.expressions import (
    Aggregate,
    Aggregated,
    Binary,
    ColumnOf,
    Expression,
    Has,
    Mapped,
    MemberOf,
    Name,
    Quantified,
    Related,
    Value,
)
from bkgen.model.relations import Relation
from bkgen.model.service import Service
from bkgen.model.shapes import ColumnValue, Computed, Field, Object, Shape, StepRow, StepValue
from bkgen.model.tables import Default, Table
from bkgen.model.types import Kind, Type
from bkgen.render.columns import from_json
from bkgen.render.expressions import Context, python_value
from bkgen.render.literals import literal
from bkgen.render.made import Made
from bkgen.render.situations import Situation
from bkgen.render.test_values import as_json, field_shape, is_crowded
from bkgen.resolve.actions.which import key_of
from bkgen.resolve.expressions.kinds import NOW
from bkgen.resolve.expressions.parts import rebuilt
from bkgen.resolve.vocabulary import ACTOR, ROW

_ATOMS = (ast.Name, ast.Constant, ast.Subscript, ast.Attribute, ast.Call)
# What is reckoned in them has digits that only the database tells.
_INEXACT = frozenset({Kind.DECIMAL, Kind.NUMBER})
_RECKONED = frozenset({Kind.INTEGER, Kind.BOOLEAN, Kind.DECIMAL})
_COMPARABLE = frozenset(Kind) - {Kind.JSON, Kind.OBJECT, Kind.ANY, Kind.FILE}


class UnknownError(Exception):
    """A test cannot tell a value beforehand."""


@dataclass(eq=False)
class Entry:
    """A row, as it is at some moment of the action.

    Attributes:
        made: the row as the test makes it; None for one that the action makes.
        values: column -> the code of what it has now; None for what cannot be told. Others are as they were.
        links: column -> the row, and its column, that it was set to.
        timed: the columns that have the time of the action now.
    """

    table: Table
    made: Made | None = None
    values: dict[str, str | None] = field(default_factory=dict)
    links: dict[str, tuple[Entry, str]] = field(default_factory=dict)
    timed: set[str] = field(default_factory=set)
    deleted: bool = False

    @property
    def variable(self) -> str:
        """What the test calls the row as it was before; empty for one that the action makes."""
        return self.made.variable if self.made is not None else ""

    def column(self, name: str) -> str:
        if name in self.values:
            if (code := self.values[name]) is None:
                raise UnknownError
            return code
        if not self.variable:
            raise UnknownError
        return f"{self.variable}[{literal(name)}]"


class Effects:
    """Follows the steps of an action through the situation that a test makes.

    Attributes:
        others: rows that the test makes beside, which the action has to leave alone: variable -> row.
        assigned: the rows that steps give values, each as it is then.
    """

    def __init__(self, endpoint: Endpoint, service: Service, situation: Situation) -> None:
        self._endpoint, self._service, self._situation = endpoint, service, situation
        self._entries = {made.variable: Entry(made.table, made) for made in situation.rows}
        self._made: list[Entry] = []
        self._named: dict[str, Entry | str] = {}  # what later steps call rows and values
        self._written: list[Entry] = []
        self.others: dict[str, Made] = {}
        self.assigned: list[tuple[Insert | Update, Entry]] = []
        for step in endpoint.steps:
            self._step(step)
        for item in situation.items.values():
            self._add_below(item)

    def checks(self) -> list[str]:
        """Assertions on the database, in the order of the steps."""
        found = [line for entry in self._written for line in (self._check(entry), *self._later(entry)) if line]
        for variable, made in self.others.items():
            found.append(f"assert database.is_unchanged({made.table.class_name}, {variable})")
        return found

    def answer(self, body: Shape, nullable: bool = False) -> str:
        """What `assert_shape` compares the answer with: values where they can be told, types elsewhere."""
        match body:
            case Object(fields=fields):
                inner = (f"{literal(one.name)}: {self.answer(one.shape, one.nullable)}" for one in fields)
                return f"{{{', '.join(inner)}}}"
            case StepRow(name=name, row=row) if isinstance(entry := self._named.get(name), Entry):
                inner = (f"{literal(one.name)}: {self._shown(entry, one)}" for one in row.fields)
                return f"{{{', '.join(inner)}}}"
            case StepValue(expression=expression, type=type_) if (code := self._known(expression)) is not None:
                return self._in_json(type_, code) or field_shape(body, nullable)
            case _:
                return field_shape(body, nullable)

    def _check(self, entry: Entry) -> str:
        """The assertion that a row is as it has to be; empty where nothing can be told."""
        table = entry.table
        if entry.variable:
            key = {column.name: f"{entry.variable}[{literal(column.name)}]" for column in table.primary_key}
        else:
            key = {}
        if entry.deleted:
            return f"assert not database.has({table.class_name}, {self._arguments(table, key)})" if key else ""
        known = key | {
            name: code
            for name, code in entry.values.items()
            if code is not None and table.column(name).type.kind in _COMPARABLE
        }
        if len(known) == len(key):
            return ""
        return f"assert database.has({table.class_name}, {self._arguments(table, known)})"

    def _later(self, entry: Entry) -> Iterator[str]:
        """The assertions that the times of a row are others than before."""
        table = entry.table
        key = {column.name: f"{entry.variable}[{literal(column.name)}]" for column in table.primary_key}
        for name in sorted(entry.timed) if entry.variable and not entry.deleted else ():
            before = key | {name: f"{entry.variable}[{literal(name)}]"}
            yield f"assert not database.has({table.class_name}, {self._arguments(table, before)})"

    def _arguments(self, table: Table, values: dict[str, str]) -> str:
        return ", ".join(f"{table.column(name).attribute}={code}" for name, code in values.items())

    # Steps

    def _step(self, step: Step) -> None:
        match step:
            case Load(name=name):
                self._name(name, self._entry_of(step, step.which, step.table))
            case Insert():
                self._insert(step)
            case Update(which=which, values=values):
                self._write(step, which, values)
            case Delete(which=which):
                self._write(step, which, None)
            case Each():
                self._each(step)
            case Assign(name=name, value=value):
                if (code := self._known(value)) is not None:
                    self._named[name] = code
            case _:
                pass

    def _insert(self, step: Insert) -> None:
        table = self._service.table(step.table)
        entry = Entry(table)
        entry.values = {
            column.name: from_json(column.type, literal(column.default))
            for column in table.columns
            if isinstance(column.default, str | int) and not isinstance(column.default, Default)
        }
        entry.values |= {name: self._known(value) for name, value in step.values}
        for name, value in step.values:
            if isinstance(value, ColumnOf) and isinstance(value.row, Name):
                owner = self._named.get(value.row.name)
                if isinstance(owner, Entry):
                    entry.links[name] = (owner, value.column)
        self._name(step.name, entry)
        self._made.append(entry)
        self.assigned.append((step, entry))
        is_there = any(other.table is table for other in self._entries.values())
        if not (is_there and step.on_conflict is not None and step.on_conflict.values):
            self._written.append(entry)

    def _write(self, step: Update | Delete, which: Which, values: Assignments | None) -> None:
        table = self._service.table(step.table)
        if which.one:
            entry = self._entry_of(step, which, step.table)
            found = [entry] if entry is not None else []
            self._name(step.name, entry)
        else:
            found = [entry for entry in self._all() if entry.table is table and self._is_like(entry, which)]
        for entry in found:
            if values is None:
                entry.deleted = True
            else:
                new = {name: self._known(value, entry) for name, value in values}
                entry.values.update(new)
                times = {name for name, value in values if isinstance(value, Name) and value.name == NOW}
                entry.timed = (entry.timed - set(new)) | times
            if isinstance(step, Update):
                self.assigned.append((step, replace(entry, values=dict(entry.values))))
            if entry not in self._written:
                self._written.append(entry)
            if entry.made is not None and not which.first:
                self._spare(entry.made, which)

    def _each(self, step: Each) -> None:
        if isinstance(step.source, Related) and (made := self._situation.items.get(step.name)) is not None:
            self._name(step.name, self._entries[made.variable])
        for inner in step.steps:
            self._step(inner)

    def _spare(self, made: Made, which: Which) -> None:
        """Has the test make rows that are like the written one, but for a part of what names that."""
        table = made.table
        alone = {name for rule in table.unique_rules if len(rule) == 1 for name in rule}
        columns = [key_of(part)[0] for part in which.same]
        if len(columns) < 2:
            own = {*alone, *columns, *(() if columns else table.referring)}
            self._add_other(f"other_{made.variable}", made, own, {})
            return
        for name in columns:
            word = table.column(name).attribute.removesuffix("_id")
            kept = {other: f"{made.variable}[{literal(other)}]" for other in columns if other not in (name, *alone)}
            self._add_other(f"{made.variable}_of_another_{word}", made, {*alone, *columns}, kept)

    def _add_other(self, variable: str, made: Made, own: set[str], kept: Mapping[str, str]) -> None:
        """A row like `made`, without what it has in its `own` columns, and with what is `kept`."""
        table = made.table
        if is_crowded(table) or variable in self.others:
            return
        changed = own.difference(kept)
        for reference in table.joint * len(table.joint):  # each may share columns with the others
            if not changed.isdisjoint(reference.columns):
                changed.update(reference.columns)
        attributes = {table.column(name).attribute for name in changed}
        values = {name: value for name, value in made.values.items() if name not in attributes}
        values |= {table.column(name).attribute: code for name, code in kept.items()}
        self.others[variable] = Made(variable, table, values)

    def _add_below(self, item: Made) -> None:
        """A row like one that a loop goes through, below rows that the action has to leave alone."""
        ways = {made.variable: f"other_{made.variable}" for made in self._situation.rows}
        there = {variable: other for variable, other in ways.items() if other in self.others}

        def elsewhere(code: str) -> str:
            return re.sub(r"\w+", lambda word: there.get(word[0], word[0]), code)

        values = {attribute: elsewhere(code) for attribute, code in item.values.items()}
        variable = f"other_{item.variable}"
        if values != item.values and not is_crowded(item.table) and variable not in self.others:
            self.others[variable] = Made(variable, item.table, values)

    def _entry_of(self, step: Load | Update | Delete, which: Which, table: str) -> Entry | None:
        """The row that a step works on: one that the test makes, or that an earlier step has made."""
        if (made := self._situation.row_of(step)) is not None:
            return self._entries[made.variable]
        for part in which.same:
            _, value = key_of(part)
            if isinstance(value, ColumnOf) and isinstance(value.row, Name):
                entry = self._named.get(value.row.name)
                if isinstance(entry, Entry) and entry.table.name == table:
                    return entry
        return None

    def _name(self, name: str, entry: Entry | None) -> None:
        if name and entry is not None:
            self._named[name] = entry

    def _all(self) -> Iterator[Entry]:
        yield from self._entries.values()
        yield from self._made

    def _is_like(self, entry: Entry, which: Which) -> bool:
        """Whether the row is for sure one of those of which a condition holds: equal code is equal values."""
        if (made := entry.made) is None:
            return False
        for part in (*which.same, *which.others):
            match part:
                case Binary(left=ColumnOf(row=Name(name=name), column=column), right=value) if name == ROW:
                    if made.values.get(made.table.column(column).attribute) != self._known(value):
                        return False
                case _:
                    return False
        return True

    # Values

    def _known(self, expression: Expression, row: Entry | None = None) -> str | None:
        """The code of a value; None where it cannot be told. `row` is what the expression calls so."""
        try:
            return self._code(expression, {ROW: row} if row is not None else {})
        except UnknownError:
            return None

    def _code(self, expression: Expression, rows: dict[str, Entry]) -> str:
        codes: dict[str, str] = {}

        def put(code: str, type_: Type | None) -> Name:
            """The code as a name that stands for it."""
            name = f"value_{len(codes)}"
            codes[name] = code
            return Name(name, Value(type_, nullable=code == "None"), expression.span)

        def of(part: Expression) -> Expression:
            match part:
                case ColumnOf(row=Name(name=name), column=column, gives=gives):
                    return put(self._column(name, column, rows), gives.type)
                case ColumnOf(row=Related(row=Name(name=name), relation=relation), column=column, gives=gives):
                    return put(self._referred(name, relation, rows).column(column), gives.type)
                case MemberOf(gives=Value(type=type_)) if (value := self._situation.request.value(part)) is not None:
                    return put(value, type_)
                case Name(name=name, gives=Value(type=type_)) if isinstance(code := self._named.get(name), str):
                    return put(code, type_)
                case Aggregated():
                    return put(self._aggregated(part, rows), part.gives.type)
                case Name() | Related() | Quantified() | MemberOf() | Has():
                    raise UnknownError
            return rebuilt(part, of)

        known = of(expression)
        if isinstance(known, Name):
            return codes[known.name]
        atoms = {name: code if _is_atom(code) else f"({code})" for name, code in codes.items()}
        rendered = python_value(known, Context(self._service.by_name, atoms))
        if any("app." in line or "slugify" in line for line in rendered.imports):
            raise UnknownError
        return rendered.code

    def _column(self, name: str, column: str, rows: dict[str, Entry]) -> str:
        if name == ACTOR:
            return f"caller.row[{literal(column)}]"
        entry = rows.get(name) or self._named.get(name)
        if not isinstance(entry, Entry):
            raise UnknownError
        return entry.column(column)

    def _referred(self, name: str, relation: Relation, rows: dict[str, Entry]) -> Entry:
        """The row that another one refers to: one that the test makes, whose key stands there."""
        for entry in self._all() if not relation.many and relation.through is None else ():
            key = [f"{entry.variable}[{literal(there)}]" for _, there in relation.pairs]
            here = [self._column(name, column, rows) for column, _ in relation.pairs]
            if entry.variable and entry.table.name == relation.target and key == here:
                return entry
        raise UnknownError

    def _aggregated(self, whole: Aggregated, rows: dict[str, Entry]) -> str:
        """One value of all items that are sent, or of all rows that belong to a row: the test knows them all."""
        variable, item, source = "", None, whole.source
        if whole.aggregate is Aggregate.SIZE and isinstance(source, MemberOf):
            if (items := self._situation.request.items(source)) is None:
                raise UnknownError
            return str(items)
        if isinstance(source, Mapped):
            variable, item, source = source.variable, source.item, source.source
        if not isinstance(source, Related) or not isinstance(source.row, Name) or source.relation.through is not None:
            raise UnknownError
        owner = rows.get(source.row.name) or self._named.get(source.row.name)
        if not isinstance(owner, Entry):
            raise UnknownError
        found = [entry for entry in self._all() if self._belongs(entry, owner, source.relation)]
        if whole.aggregate is Aggregate.SIZE:
            return str(len(found))
        if whole.aggregate is not Aggregate.SUM or item is None:
            raise UnknownError
        return " + ".join(self._code(item, rows | {variable: entry}) for entry in found) or "0"

    def _belongs(self, entry: Entry, owner: Entry, relation: Relation) -> bool:
        if entry.table.name != relation.target or entry.deleted:
            return False
        for here, there in relation.pairs:
            code = entry.made.values.get(entry.table.column(there).attribute) if entry.made is not None else None
            is_made_so = bool(owner.variable) and code == f"{owner.variable}[{literal(here)}]"
            if not is_made_so and entry.links.get(there) != (owner, here):
                return False
        return True

    # The answer

    def _shown(self, entry: Entry, shown: Field) -> str:
        """A field of a row."""
        if isinstance(shown.shape, Computed):
            return self._reckoned(entry, shown, shown.shape)
        if not isinstance(shown.shape, ColumnValue):
            return field_shape(shown.shape, shown.nullable)
        column = entry.table.column(shown.shape.column)
        if column.name in entry.timed:
            return field_shape(shown.shape, nullable=False)
        try:
            code: str | None = entry.column(column.name)
        except UnknownError:
            code = None
        if code is not None and (
            column.updated or column.version or (column.nullable and as_json(column.type, code) != code)
        ):
            code = None  # the time of the change, or perhaps null, which no text is made of
        found = self._in_json(column.type, code) if code is not None else None
        return found or field_shape(shown.shape, shown.nullable)

    def _reckoned(self, entry: Entry, shown: Field, computed: Computed) -> str:
        """A field that is reckoned of the row and what belongs to it."""
        code = self._known(computed.expression, entry) if computed.type.kind in _RECKONED else None
        is_decimal = computed.type.kind is Kind.DECIMAL
        if code is None or code == "None" or (is_decimal and shown.nullable):
            return field_shape(computed, shown.nullable)
        return f"Decimal({code})" if is_decimal else code

    def _in_json(self, type_: Type, code: str) -> str | None:
        """The code of the value as JSON has it; None where only the database tells its digits."""
        if code == "None":
            return code
        is_column = isinstance(ast.parse(code, mode="eval").body, ast.Subscript)
        if type_.kind not in _COMPARABLE or (type_.kind in _INEXACT and not is_column):
            return None
        return as_json(type_, code)


def _is_atom(code: str) -> bool:
    """Whether the code can stand beside any operator without parentheses."""
    return isinstance(ast.parse(code, mode="eval").body, _ATOMS)
