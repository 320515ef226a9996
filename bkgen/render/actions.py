"""Views of the functions of `queries.py` that do what an action lists, each in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bkgen.model.actions import Assign, Assignments, Delete, Each, Insert, Load, Require, Step, Update
from bkgen.model.endpoints import Endpoint
from bkgen.model.expressions import ColumnOf, Expression, Name, Not, Related, Row, Value
from bkgen.model.policies import Deed
from bkgen.model.service import Service
from bkgen.model.shapes import Constant, Object, Shape, SortKey, StepRow, StepValue
from bkgen.model.tables import Column, Table
from bkgen.model.types import Kind, Type
from bkgen.render.action_columns import columns_used, parts, rows_shown
from bkgen.render.action_failures import decorators
from bkgen.render.action_locks import Writes, locked_before
from bkgen.render.action_policies import deed_of_step, is_asked_of_row
from bkgen.render.action_refusals import Raised, Reason, raised, raised_by
from bkgen.render.answers import annotation, answers_module, row_answer, schema
from bkgen.render.arguments import parameters_of
from bkgen.render.building import columns_code
from bkgen.render.columns import both, column_code, now
from bkgen.render.expressions import Context, Rendered, python_condition, python_value, sql_conditions, sql_value
from bkgen.render.expressions.code import argument
from bkgen.render.expressions.imports import IMPORTS, imports_of
from bkgen.render.homes import Homes
from bkgen.render.literals import docstring, literal
from bkgen.render.ordering import ordering
from bkgen.render.policies import rule_call, unless_allowed, write_call
from bkgen.render.variables import ACCOUNT
from bkgen.resolve import names
from bkgen.resolve.expressions.kinds import NOW, is_nullable
from bkgen.resolve.expressions.parts import in_database
from bkgen.resolve.vocabulary import ACTOR, BODY, PATH, QUERY, ROW
from bkgen.resolve.words import plural

UPSERT = "from sqlalchemy.dialects.postgresql import insert as upsert"
_BOOLEAN = Value(Type(Kind.BOOLEAN))


@dataclass(frozen=True, slots=True)
class ActionView:
    """A function of `queries.py`.

    Attributes:
        parameters: `name: type`, behind the connection.
        returns: its return annotation.
        lines: of its body, indented among themselves.
        imports: lines that they need.
        decorators: what tells the failures of the database that it can lead to.
    """

    name: str
    docstring: str
    parameters: tuple[str, ...]
    returns: str
    lines: tuple[str, ...]
    imports: frozenset[str]
    decorators: tuple[str, ...]


def action_view(endpoint: Endpoint, service: Service, homes: Homes) -> ActionView:
    writer = _Writer(endpoint, service, homes)
    writer.write()
    return ActionView(
        name=endpoint.name,
        docstring=docstring(action_docstring(endpoint)),
        parameters=tuple(parameters_of(endpoint, service, homes)),
        returns=annotation(endpoint.success.body, endpoint.package, homes),
        lines=tuple(writer.lines),
        imports=frozenset(writer.imports),
        decorators=tuple(decorators(endpoint, service)),
    )


def action_docstring(endpoint: Endpoint) -> str:
    return f"{endpoint.summary.rstrip('.')}."


class _Writer:
    """Writes the body of one function.

    Attributes:
        lines: of code, so far.
        imports: lines that they need.
    """

    def __init__(self, endpoint: Endpoint, service: Service, homes: Homes) -> None:
        self._endpoint, self._service, self._homes = endpoint, service, homes
        self.lines: list[str] = []
        self.imports: set[str] = set()
        self._depth = 0
        self._variables = {ACTOR: ACCOUNT, NOW: NOW, PATH: "", QUERY: "", BODY: BODY}
        self._mappings: frozenset[str] = frozenset()
        attributes = [one.attribute for one in endpoint.path_parameters] + [one.attribute for one in endpoint.query]
        self._taken = {NOW, *attributes}
        self._used = columns_used(endpoint)
        self._shown = rows_shown(endpoint.success.body)
        self._read: dict[str, str] = {}  # name of a step -> the variable that has its row as the answer shows it

    def write(self) -> None:
        if any(isinstance(part, Name) and part.name == NOW for part in parts(self._endpoint)):
            self._line(f"{NOW} = utc_now()")
        locks = locked_before(self._endpoint.steps)
        for step in self._endpoint.steps:
            if id(step) in locks:
                self._lock(locks[id(step)])
            self._step(step)
        self._read_shown()
        if self._endpoint.success.body is not None:
            self._line(f"return {self._answer(self._endpoint.success.body)}")

    # Steps

    def _step(self, step: Step) -> None:
        match step:
            case Load():
                self._load(step)
            case Require():
                self._require(step)
            case Insert():
                self._insert(step)
            case Update():
                table = self._service.table(step.table)
                values = self._assigned(step.values, table)
                self._write_guarded(step, f"update({table.class_name})", f".values({values})")
            case Delete():
                table = self._service.table(step.table)
                self._write_guarded(step, f"delete({table.class_name})", "")
            case Each():
                self._each(step)
            case Assign(name=name, value=value):
                code = self._value(value)
                self._line(f"{self._bind(name)} = {code}")

    def _lock(self, steps: Writes) -> None:
        """Locks the rows of steps in the order of their keys, if these can be different ones."""
        table = self._service.table(steps[0].table)
        codes = [[code for part in step.which.same for code in self._conditions(part, table)] for step in steps]
        rows = list(dict.fromkeys(one[0] if len(one) == 1 else f"and_({', '.join(one)})" for one in codes))
        if len(rows) < 2:
            return
        needed = ["or_", *(["and_"] if any(len(one) > 1 for one in codes) else [])]
        self.imports |= {f"from sqlalchemy import {name}" for name in needed}
        keys = ", ".join(column_code(table, key.name) for key in table.primary_key)
        self._line("# In one order: requests that write the same rows wait in turn. SQLite has no such locks.")
        statement = f"select({keys}).where(or_({', '.join(rows)})).order_by({keys}).with_for_update()"
        self._line(f"connection.execute({statement})")

    def _load(self, step: Load) -> None:
        table = self._service.table(step.table)
        failed = raised_by(step, self._endpoint, self._service)
        columns = self._columns(step.name, table) or [column_code(table, table.primary_key[0].name)]
        self._row(f"select({', '.join(columns)}){self._where(step, table)}", step, failed, table)

    def _write_guarded(self, step: Update | Delete, start: str, end: str) -> None:
        """A write whose preconditions are part of it; what it was that did not hold is asked afterwards."""
        table = self._service.table(step.table)
        failed = raised_by(step, self._endpoint, self._service)
        statement = f"{start}{self._where(step, table)}{end}"
        if columns := self._returned(step, table):
            self._row(f"{statement}.returning({', '.join(columns)})", step, failed, table)
        elif failed.nothing:
            self._line(f"connection.execute({statement})")
        else:
            self._line(f"written = connection.execute({statement})")
            self._line("if written.rowcount == 0:")
            with self._indented():
                self._tell_apart(step, failed, table)

    def _row(self, statement: str, step: Load | Update | Delete, failed: Raised, table: Table) -> None:
        """Binds the one row that a statement gives."""
        variable = self._variable_of(step, table)
        if failed.not_found is not None:
            is_used = step.terms.again or self._is_used(step.name, table)
            self._line(f"{f'{variable} = ' if is_used else ''}fetch_one(connection, {statement}, {failed.not_found})")
        elif failed.nothing:
            self._line(f"{variable} = read_row(connection, {statement})")
        else:
            self._line(f"{variable} = find_row(connection, {statement})")
            self._line(f"if {variable} is None:")
            with self._indented():
                self._tell_apart(step, failed, table)
        if step.terms.again:
            self._ask_again(step, variable, table)

    def _variable_of(self, step: Load | Insert | Update | Delete, table: Table) -> str:
        return self._bind(step.name, row=True) if step.name else self._free(table.singular)

    def _tell_apart(self, step: Load | Update | Delete, failed: Raised, table: Table) -> None:
        """Raises what is to be said of the row that a step did not find."""
        self.imports |= failed.imports
        *asked, (_, rest) = failed.reasons
        same = [code for part in step.which.same for code in self._conditions(part, table)]
        terms = step.terms
        for reasons, error in asked:
            conditions = list(same)
            if Reason.MISSING in reasons and terms.visible is not None:
                conditions.append(rule_call(table, Deed.READ, terms.visible))
            if Reason.FORBIDDEN in reasons:
                conditions += self._restrictions(step, table)
            self._line(f"if {self._finds_none(conditions, table)}:")
            with self._indented():
                self._line(f"raise {error}")
        self._line(f"raise {rest}")

    def _ask_again(self, step: Insert | Update | Delete | Load, variable: str, table: Table) -> None:
        """Raises where the row that was written is none that the policies allow."""
        conditions = self._same_row(variable, table)
        if step.terms.allowed is not None:
            conditions.append(rule_call(table, deed_of_step(step), step.terms.allowed))
        if isinstance(step, Insert):
            conditions += [write_call(table, column, rule, self._service) for column, rule in step.terms.writable]
        is_skipped = isinstance(step, Insert) and step.on_conflict is not None and not step.on_conflict.values
        there = f"{variable} is not None and " if is_skipped else ""
        self._line(f"if {there}{self._finds_none(conditions, table)}:")
        with self._indented():
            self._line(f"raise {raised_by(step, self._endpoint, self._service).forbidden}")

    def _finds_none(self, conditions: Iterable[str], table: Table) -> str:
        key = column_code(table, table.primary_key[0].name)
        return f"connection.scalar(select({key}).where({', '.join(conditions)})) is None"

    def _same_row(self, variable: str, table: Table) -> list[str]:
        """What is true of the row whose key a variable has."""
        keys = ((column_code(table, key.name), f"{variable}[{literal(key.attribute)}]") for key in table.primary_key)
        return [f"{column} == {value}" for column, value in keys]

    def _restrictions(self, step: Load | Update | Delete, table: Table) -> list[str]:
        """What policies and transitions say of the rows with which a step may do what it does."""
        terms = step.terms
        found = [rule_call(table, deed_of_step(step), terms.allowed)] if terms.allowed is not None else []
        found += [write_call(table, column, rule, self._service) for column, rule in terms.writable]
        return found + (list(self._conditions(terms.by.expression, table)) if terms.by is not None else [])

    def _require(self, step: Require) -> None:
        condition = step.condition.expression
        if in_database(condition, frozenset()):
            self._line(f"if not connection.scalar(select({self._sql(condition)})):")
        else:
            denied = Not(condition, _BOOLEAN, condition.span)
            self._line(f"if {self._rendered(python_condition(denied, self._context())).code}:")
        with self._indented():
            self._line(f"raise {raised(step.status, self._endpoint)}")

    def _insert(self, step: Insert) -> None:
        table = self._service.table(step.table)
        verb = "insert"
        end = f".values({self._assigned(step.values, table)})"
        if (conflict := step.on_conflict) is not None:
            verb = "upsert"
            self.imports.add(UPSERT)
            elements = ", ".join(column_code(table, name) for name in conflict.columns)
            if conflict.values:
                changed = {name: self._stored(name, value, table) for name, value in conflict.values}
                changed |= {c.name: f"{now(c.type)}()" for c in table.columns if c.updated and c.name not in changed}
                changed |= {c.name: f"{column_code(table, c.name)} + 1" for c in table.columns if c.version}
                inner = ", ".join(f"{literal(table.column(n).attribute)}: {code}" for n, code in changed.items())
                end += f".on_conflict_do_update(index_elements=[{elements}], set_={{{inner}}})"
            else:
                end += f".on_conflict_do_nothing(index_elements=[{elements}])"
        self._check_first(step)
        statement = f"{verb}({table.class_name}){end}"
        if columns := self._returned(step, table):
            variable = self._variable_of(step, table)
            skips = conflict is not None and not conflict.values
            returning = f"{statement}.returning({', '.join(columns)})"
            self._line(f"{variable} = {'find' if skips else 'read'}_row(connection, {returning})")
        else:
            self._line(f"connection.execute({statement})")
        if is_asked_of_row(step):
            self._ask_again(step, variable, table)

    def _check_first(self, step: Insert) -> None:
        """Raises where the policy on new rows forbids them all to who asks."""
        allowed = step.terms.allowed
        if allowed is None or is_asked_of_row(step):
            return
        if in_database(allowed.expression, frozenset()):
            denied = unless_allowed(self._service.table(step.table), Deed.CREATE, allowed)
        else:
            denies = Not(allowed.expression, _BOOLEAN, allowed.expression.span)
            denied = self._rendered(python_condition(denies, self._context())).code
        self._line(f"if {denied}:")
        with self._indented():
            self._line(f"raise {raised_by(step, self._endpoint, self._service).forbidden}")

    def _each(self, step: Each) -> None:
        is_rows = isinstance(step.source, Related)
        source = self._related(step) if isinstance(step.source, Related) else self._value(step.source)
        if is_rows:
            rows = self._free(plural(step.name))
            self._line(f"{rows} = {source}")
            source = rows
        before = dict(self._variables), self._mappings
        variable = self._bind(step.name, row=is_rows)
        if step.order and not is_rows:
            keys = [self._value(key) for key in step.order]
            keys = [
                f"str({code})" if is_nullable(key.gives) else code for code, key in zip(keys, step.order, strict=True)
            ]
            key = keys[0] if len(keys) == 1 else f"({', '.join(keys)})"
            source = f"sorted({source}{'' if key == variable else f', key=lambda {variable}: {key}'})"
        self._line(f"for {variable} in {source}:")
        with self._indented():
            for inner in step.steps:
                self._step(inner)
        self._variables, self._mappings = before

    def _related(self, step: Each) -> str:
        """The rows that a relation leads to, in the order of the rows that the steps write."""
        related = step.source
        assert isinstance(related, Related)
        relation, target = related.relation, self._service.table(related.relation.target)
        columns = self._columns(step.name, target) or [column_code(target, target.primary_key[0].name)]
        statement = f"select({', '.join(columns)})"
        holder = target
        if relation.through is not None:
            holder = self._service.table(relation.through.table)
            ends = relation.through.pairs
            joined = both([f"{column_code(holder, far)} == {column_code(target, there)}" for far, there in ends])
            statement += f".join({holder.class_name}, {joined})"
        row = related.row
        assert isinstance(row, Name)
        assert isinstance(row.gives, Row)
        own = self._service.table(row.gives.table)
        pairs = [
            (column_code(holder, there), self._known(row.name, own.column(here))) for here, there in relation.pairs
        ]
        same = [f"{column} == {value}" for column, value in pairs]
        order = [self._sql(key, target, step.name) for key in step.order]
        settled = {*order, *(column for column, _ in pairs)}
        order += [code for code in self._ordering(target, ()) if code not in settled]
        same += [rule_call(target, Deed.READ, step.terms.visible)] if step.terms.visible is not None else []
        statement += f".where({', '.join(same)})" + (f".order_by({', '.join(order)})" if order else "")
        return f"connection.execute({statement}).mappings().all()"

    def _known(self, name: str, column: Column) -> str:
        """The value of a column of a row that has been read, or of the account that asks."""
        variable = self._variables[name]
        is_mapping = name in self._mappings
        return f"{variable}[{literal(column.attribute)}]" if is_mapping else f"{variable}.{column.attribute}"

    # The answer

    def _returned(self, step: Insert | Update | Delete, table: Table) -> list[str]:
        """What a statement gives back: the columns that are used, or all that the answer shows if no step follows."""
        shown = self._shown.get(step.name) if step.name else None
        last = step is self._endpoint.steps[-1]
        if is_asked_of_row(step):
            keys = [column_code(table, key.name) for key in table.primary_key]
            return list(dict.fromkeys([*keys, *self._columns(step.name, table)]))
        if shown is not None and last and not self._homes.builds(shown) and (step.name, table.name) not in self._used:
            self._read[step.name] = step.name
            return [columns_code(shown)]
        return self._columns(step.name, table)

    def _read_shown(self) -> None:
        """Reads the rows that the answer shows as they are now, but those that the last statement gave."""
        for name, row in self._shown.items():
            table = self._service.table(row.table or "")
            variable = self._variables[name]
            if name in self._read:
                self._read[name] = variable
                continue
            prefix = answers_module(row, self._endpoint.package, self._homes) if self._homes.builds(row) else ""
            same = ", ".join(self._same_row(variable, table))
            self._read[name] = self._free(f"{variable}_row")
            statement = f"select({columns_code(row, prefix)}).where({same})"
            self._line(f"{self._read[name]} = read_row(connection, {statement})")

    def _answer(self, shape: Shape) -> str:
        match shape:
            case StepRow(name=name, row=row):
                return row_answer(row, self._endpoint.package, self._homes, self._read[name])
            case StepValue(expression=expression):
                return self._value(expression)
            case Object(fields=fields):
                inner = ", ".join(f"{field.attribute}={argument(self._answer(field.shape))}" for field in fields)
                return f"{schema(shape, self._endpoint.package, self._homes)}({inner})"
            case Constant(value=value):
                return literal(value)
            case _:
                raise ValueError("no part of the answer of an action")

    # Expressions

    def _value(self, expression: Expression) -> str:
        """A value in Python; one that depends on rows which no step has read is asked for."""
        if in_database(expression, frozenset()):
            return f"connection.execute(select({self._sql(expression)})).scalar_one()"
        return self._rendered(python_value(expression, self._context())).code

    def _sql(self, expression: Expression, table: Table | None = None, row: str = ROW) -> str:
        """A value inside a statement on rows of `table`, which the expression calls `row`."""
        return self._rendered(sql_value(expression, self._context(table, row))).code

    def _conditions(self, expression: Expression, table: Table) -> tuple[str, ...]:
        return self._rendered(sql_conditions(expression, self._context(table))).conditions

    def _where(self, step: Load | Update | Delete, table: Table) -> str:
        """The rows of a step: as it says, and as policies and transitions do."""
        conditions = list(self._conditions(step.which.condition.expression, table))
        if step.terms.visible is not None and not step.terms.covered:
            conditions.append(rule_call(table, Deed.READ, step.terms.visible))
        where = f".where({', '.join([*conditions, *self._restrictions(step, table)])})"
        if not step.which.first:
            return where
        key = column_code(table, table.primary_key[0].name)
        order = ", ".join(self._ordering(table, step.which.first))
        taken = ".limit(1).with_for_update(skip_locked=True).scalar_subquery()"
        return f".where({key} == select({key}){where}.order_by({order}){taken})"

    def _ordering(self, table: Table, sort: Iterable[SortKey]) -> list[str]:
        codes = ordering(table, sort)
        self.imports |= imports_of(codes, self._service.by_name)
        return codes

    def _assigned(self, values: Assignments, table: Table) -> str:
        found = [(table.column(name), self._stored(name, value, table)) for name, value in values]
        return ", ".join(f"{column.attribute}={argument(code)}" for column, code in found)

    def _stored(self, name: str, value: Expression, table: Table) -> str:
        """What a column is set to; a decimal that the database reckons has the digits of the column."""
        code, type_ = self._sql(value, table), table.column(name).type
        is_reckoned = in_database(value, frozenset({ROW})) and not isinstance(value, ColumnOf)
        if type_.kind is not Kind.DECIMAL or type_.scale is None or not is_reckoned:
            return code
        self.imports.add(IMPORTS["digits"])
        return f"digits({code}, {type_.scale})"

    def _context(self, table: Table | None = None, row: str = ROW) -> Context:
        return Context(
            self._service.by_name,
            self._variables,
            mappings=self._mappings,
            models={(row,): table.class_name} if table is not None else {},
            joined=frozenset({table.name} if table is not None else ()),
            taken=frozenset(self._taken),
        )

    def _rendered(self, rendered: Rendered) -> Rendered:
        """The code, behind the lines that it needs."""
        for name, code in rendered.definitions:
            self._line(f"{name} = {code}")
        self.imports |= rendered.imports
        return rendered

    # Names and lines

    def _columns(self, name: str, table: Table) -> list[str]:
        """The columns that are used of the row of a step, and its key where the answer shows it."""
        used = self._used.get((name, table.name), [])
        key = [column.name for column in table.primary_key] if name in self._shown else []
        return [column_code(table, column) for column in dict.fromkeys([*key, *used])]

    def _is_used(self, name: str, table: Table) -> bool:
        return bool(self._used.get((name, table.name))) or name in self._shown

    def _bind(self, name: str, row: bool = False) -> str:
        """The variable that stands for a name of the action from now on."""
        variable = self._variables[name] = self._free(name)
        if row:
            self._mappings |= {name}
        return variable

    def _free(self, wanted: str) -> str:
        variable = names.unique(names.parameter(wanted), self._taken)
        self._taken.add(variable)
        return variable

    def _line(self, code: str) -> None:
        self.lines.append("    " * self._depth + code)

    @contextmanager
    def _indented(self) -> Iterator[None]:
        self._depth += 1
        yield
        self._depth -= 1
