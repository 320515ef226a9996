"""Views of the generated tests of lists of groups: rows are put into groups in Python, too, and compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from bkgen.model.endpoints import Endpoint
from bkgen.model.expressions import (
    Aggregate,
    Aggregated,
    Binary,
    Call,
    ColumnOf,
    Expression,
    Literal,
    Name,
    Operator,
    Related,
    Value,
)
from bkgen.model.service import Service
from bkgen.model.shapes import Computed, Fact, Field, SortKey, groups_in
from bkgen.model.tables import Column
from bkgen.model.types import Kind
from bkgen.render.expressions import Context, python_condition, python_value
from bkgen.render.expressions.imports import HELPERS, used_names
from bkgen.render.groups import said_of_groups
from bkgen.render.let_in import entry_there
from bkgen.render.list_tests import three_values
from bkgen.render.literals import literal
from bkgen.render.naming import row_word
from bkgen.render.path_rows import PathRows, path_rows, said_of
from bkgen.render.roles import may_by_role
from bkgen.render.routes import python_path
from bkgen.render.rule_tests import path_of
from bkgen.render.scenes import Scene, scene_of
from bkgen.render.test_values import as_json, shape
from bkgen.render.test_views import fact_at, groups_at
from bkgen.resolve import names
from bkgen.resolve.expressions.grouped import OverRows, over_rows, ways
from bkgen.resolve.expressions.kinds import BOOLEAN, is_nullable, kind_of
from bkgen.resolve.expressions.parts import rebuilt, walk
from bkgen.resolve.expressions.presence import Path
from bkgen.resolve.expressions.presence import path_of as way_of
from bkgen.resolve.vocabulary import ROW

_VALUES: dict[Kind, tuple[str | int | Decimal, ...]] = {
    Kind.STRING: ("a", "b"),
    Kind.INTEGER: (1, 2),
    Kind.DECIMAL: (Decimal(1), Decimal(2)),
    Kind.NUMBER: (Decimal(1), Decimal(2)),
    Kind.DATE: ("2026-01-01", "2026-01-02"),
    Kind.DATETIME: ("2026-01-01T12:00:00Z", "2026-01-02T12:00:00Z"),
    Kind.BOOLEAN: (True, False),
}
"""Values by which two groups are told apart."""


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row that another one refers to: `variable` is what `find(...)` gives for the arguments `code`."""

    variable: str
    code: str


@dataclass(frozen=True, slots=True)
class GroupTests:
    """The test of a list of groups; all are Python expressions unless said otherwise.

    Attributes:
        lines: make the rows of two groups, which are then in `made`; none where no situation was found for them.
        hidden: lines that make rows which are in no group.
        row: the variable of each row; `found` those that it leads to; `each` all of these.
        key: what tells the groups apart; `fields` what is shown of a group, by name.
        order: arguments of `sort`, the last one first.
        sent: what a group is in the answer.
        all: whether that is all that the answer has of it.
        two: whether there are two groups.
    """

    name: str
    call: str
    status: int
    shape: str
    at: str
    total: str
    limit: str
    offset: str
    path: str
    lines: tuple[str, ...]
    hidden: tuple[str, ...]
    token: bool
    row: str
    found: tuple[FoundRow, ...]
    each: str
    key: str
    fields: tuple[tuple[str, str], ...]
    order: tuple[str, ...]
    sent: tuple[tuple[str, str], ...]
    all: bool
    two: bool


def group_tests(endpoint: Endpoint, service: Service) -> GroupTests:
    return _Writer(endpoint, service).view()


class _Writer:
    def __init__(self, endpoint: Endpoint, service: Service) -> None:
        self.endpoint, self.service = endpoint, service
        self.table = service.table(endpoint.table or "")
        found = groups_in(endpoint.success.body)
        assert found is not None
        assert found.grouping is not None
        self.shape, self.grouping = found, found.grouping
        self.rows: PathRows = path_rows(endpoint, service)
        said = said_of_groups(endpoint, self.shape)[: len(self.shape.fields)]
        self.reached: dict[Path, Related] = {}
        for expression in said:
            self.reached |= ways(expression, ROW)
        self.variables: dict[Path, str] = {(ROW,): self.rows.own_word}
        taken = {self.rows.own_word, "rows", "curl", "made", "groups", "group", "key", "reply", "page", "caller"}
        for path in sorted(self.reached, key=len):
            self.variables[path] = names.unique(names.parameter(f"its_{'_'.join(path[1:])}"), taken)
            taken.add(self.variables[path])

    def view(self) -> GroupTests:
        endpoint, body = self.endpoint, self.endpoint.success.body
        assert body is not None
        scenes = self._scenes()
        lines = list(self._lines(scenes))
        shown = [(field, self._code(field)) for field in self.shape.fields]
        told = [(field, code) for field, code in shown if code is not None]
        keys = [code for field, code in told if field.name in self.grouping.keys]
        sort = endpoint.sort or self.shape.sort
        known = {field.name for field, _ in told}
        if any(key.column not in known for key in sort) or self._has_others(scenes):
            lines = []
        return GroupTests(
            name=endpoint.name,
            call=literal(f"{endpoint.method} {python_path(endpoint)}"),
            status=endpoint.success.status,
            shape=shape(body),
            at=groups_at(body),
            total=fact_at(body, Fact.TOTAL),
            limit=next((literal(q.name) for q in endpoint.query if q.fact is Fact.LIMIT), ""),
            offset=next((literal(q.name) for q in endpoint.query if q.fact is Fact.OFFSET), ""),
            path=path_of(endpoint, self.rows),
            lines=tuple(lines),
            hidden=tuple(self._hidden(scenes)) if lines else (),
            token=bool(scenes) and scenes[0].signed_in,
            row=self.rows.own_word,
            found=tuple(self._found()),
            each=", ".join(self.variables.values()),
            key=", ".join(keys) + ("," if len(keys) == 1 else ""),
            fields=tuple((literal(field.name), self._of_group(field, code, keys)) for field, code in told),
            order=tuple(self._order(key) for key in reversed(sort)),
            sent=tuple((literal(field.name), self._sent(field)) for field, _ in told),
            all=len(told) == len(shown),
            two=len(scenes) > 1,
        )

    # What is expected

    def _found(self) -> Iterator[FoundRow]:
        for path, related in sorted(self.reached.items(), key=lambda pair: len(pair[0])):
            target, before = self.service.table(related.relation.target), self.variables[path[:-1]]
            where = ", ".join(
                f"{target.column(there).attribute}={before}[{literal(here)}]" for here, there in related.relation.pairs
            )
            code = f"find(rows, {target.class_name}, {where})"
            outer = self.reached.get(path[:-1])
            if outer is not None and is_nullable(outer.gives):
                code = f"{code} if {before} is not None else None"
            yield FoundRow(self.variables[path], code)

    def _code(self, field: Field) -> str | None:
        """What Python makes of the rows of a group, or for a key of a row; None where these tests do not know."""
        assert isinstance(field.shape, Computed)
        expression = field.shape.expression
        parts: dict[str, str] = {}
        able = True

        def without(part: Expression) -> Expression:
            nonlocal able
            over = over_rows(part, ROW) if isinstance(part, Aggregated) else None
            if over is None:
                return rebuilt(part, without)
            code = self._aggregate(part, over)
            inside = part is not expression
            able = able and code is not None and not (inside and "default=None" in code)
            name = f"value{len(parts)}"
            parts[name] = code or "None"
            return Name(name, part.gives, part.span)

        whole = without(expression)
        if not able or not self._is_plain(whole):
            return None
        context = self._context()
        code = python_value(self._named(whole), replace(context, variables={**context.variables, **parts})).code
        return None if used_names([code]) & HELPERS else code

    def _aggregate(self, whole: Expression, over: OverRows) -> str | None:
        """The aggregate over the rows in `group`, each with those that it leads to."""
        parts = [self._named(part) for part in (*over.conditions, *([over.item] if over.item else []))]
        if not all(self._is_plain(part) for part in parts):
            return None
        context = self._context()
        chosen = "".join(f" if {python_condition(self._named(one), context).code}" for one in over.conditions)
        loop = f"for {', '.join(self.variables.values())}{',' if len(self.variables) == 1 else ''} in group{chosen}"
        if over.item is None:
            return f"sum(1 {loop})" if over.conditions else "len(group)"
        values = f"[{python_value(self._named(over.item), context).code} {loop}]"
        if is_nullable(over.item.gives):
            values = f"[value for value in {values} if value is not None]"
        is_decimal = kind_of(over.item.gives) is Kind.DECIMAL
        match over.aggregate:
            case Aggregate.SUM:
                return f"sum({values}, Decimal())" if is_decimal else f"sum({values})"
            case Aggregate.MIN | Aggregate.MAX as aggregate:
                surely = not over.conditions and not is_nullable(over.item.gives)
                return f"{aggregate.value}({values}{'' if surely else ', default=None'})"
            case _:
                return None

    def _is_plain(self, expression: Expression) -> bool:
        """Whether a test of the backend can reckon it without the code of that."""
        for part in walk(expression):
            if isinstance(part, Related) and way_of(part) not in self.variables:
                return False
            is_division = isinstance(part, Binary) and part.operator in (Operator.DIVIDE, Operator.REMAINDER)
            if is_division or (
                isinstance(part, Name)
                and part.name not in (ROW, *self.variables.values())
                and not part.name.startswith("value")
            ):
                return False
        return True

    def _named(self, expression: Expression) -> Expression:
        """The expression over variables in place of the rows that it reaches."""
        path = way_of(expression) if isinstance(expression, Related | Name) else None
        if path is not None and path in self.variables:
            return Name(self.variables[path], expression.gives, expression.span)
        return rebuilt(expression, self._named)

    def _context(self) -> Context:
        words = frozenset(self.variables.values())
        return Context(self.service.by_name, {word: word for word in words}, mappings=words)

    def _of_group(self, field: Field, code: str, keys: list[str]) -> str:
        return f"key[{keys.index(code)}]" if field.name in self.grouping.keys else code

    def _order(self, key: SortKey) -> str:
        """The arguments of `sort` that put groups in the order of a field; None counts as the greatest value."""
        value = f"group[{literal(key.column)}]"
        is_nullable = next(field.nullable for field in self.shape.fields if field.name == key.column)
        order = f"({value} is None, {value})" if is_nullable else value
        return f"key=lambda group: {order}{', reverse=True' if key.descending else ''}"

    def _sent(self, field: Field) -> str:
        """The value of a field as JSON has it."""
        assert isinstance(field.shape, Computed)
        value = f"group[{literal(field.name)}]"
        type_ = field.shape.type
        if kind_of(field.shape.expression.gives) is Kind.DECIMAL and type_.kind is Kind.NUMBER:
            code = f"float({value})"
        else:
            code = as_json(type_, value)
        return f"{code} if {value} is not None else None" if field.nullable and code != value else code

    # The rows

    def _conditions(self) -> list[tuple[Expression, bool]]:
        seen = [one for one in (self.grouping.where, self.endpoint.where, self.endpoint.visible) if one is not None]
        found = [(said_of(self.rows.own, one.expression), True) for one in seen]
        found += [
            (said_of(row.way, rule.expression), True)
            for row in self.rows.above
            if (rule := row.parent.visible) is not None
        ]
        role = may_by_role(self.endpoint, self.service)
        entry = entry_there(self.endpoint, self.rows, self.service)
        return [*found, *((one, True) for one in (role, entry) if one is not None)]

    def _scene(self, conditions: Iterable[tuple[Expression, bool]]) -> Scene | None:
        scene = scene_of(
            conditions,
            self.rows.table,
            self.rows.word,
            self.service,
            signed_in=True if self.endpoint.authenticated else None,
            parents=self.rows.words,
        )
        return None if scene is None or scene.given else scene

    def _scenes(self) -> list[Scene]:
        """A situation for each of two groups; one where they cannot be told apart, none where there is none."""
        for key in self.grouping.keys:
            for one, other in self._values(key):
                pair = [self._scene([*self._conditions(), (value, True)]) for value in (one, other)]
                found = [scene for scene in pair if scene is not None]
                if len(found) == 2 and self._before(found[1], found[0]) is not None:
                    return found
        alone = self._scene(self._conditions())
        return [alone] if alone is not None else []

    def _values(self, key: str) -> Iterator[tuple[Expression, Expression]]:
        """Conditions on a key, two of which cannot hold of the same row."""
        field = next((field for field in self.shape.fields if field.name == key), None)
        found = field.shape.expression if field is not None and isinstance(field.shape, Computed) else None
        place = found.arguments[0] if isinstance(found, Call) else found
        if not isinstance(place, ColumnOf) or place.gives.type is None:
            return
        type_ = place.gives.type
        values = type_.enum or _VALUES.get(type_.kind, ())
        for one, other in combinations(values, 2):
            yield self._equal(place, one), self._equal(place, other)

    def _equal(self, place: ColumnOf, value: str | int | Decimal) -> Expression:
        assert place.gives.type is not None
        constant = Literal(value, Value(place.gives.type), place.span)
        return said_of(self.rows.own, Binary(Operator.EQUAL, place, constant, BOOLEAN, place.span))

    def _lines(self, scenes: list[Scene]) -> Iterator[str]:
        """The lines that make the rows, each of which is added to `made`."""
        if not scenes:
            return
        yield from scenes[0].first
        if scenes[0].signed_in:
            yield scenes[0].caller
        number = 0
        for scene in scenes:
            yield from scene.before if scene is scenes[0] else self._before(scene, scenes[0]) or ()
            for _ in range(2 if self._repeats(scene) else 1):
                yield self._row(scene, number)
                number += 1
                yield from scene.after
                yield f"made.append({self.rows.own_word})"

    def _has_others(self, scenes: list[Scene]) -> bool:
        """Whether a situation has more rows of the table than those that are known to be listed."""
        accounts = self.service.accounts
        is_account = accounts is not None and accounts.table == self.table.name
        own = self.table.name == self.rows.table.name
        lines = [line for scene in scenes for line in (*scene.first, *scene.before, *scene.after)]
        made = f"rows.{row_word(self.table)}("
        return any(scene.signed_in and is_account for scene in scenes) or (own and any(made in line for line in lines))

    def _before(self, scene: Scene, first: Scene) -> list[str] | None:
        """What a situation needs beside `first`, with the same caller and rows above; None where that cannot be."""
        if scene.caller != first.caller or scene.first != first.first:
            return None
        above = {row.word for row in self.rows.above}
        shared = [line for line in scene.before if line.partition(" = ")[0] in above]
        return [line for line in scene.before if line not in shared] if set(shared) <= set(first.before) else None

    def _row(self, scene: Scene, number: int) -> str:
        """The line that makes a row, with numbers that tell the sums apart."""
        if self.rows.table.name != self.table.name:
            return scene.row
        given = {attribute for attribute, _ in scene.arguments}
        added = [
            f"{column.attribute}={values[number % 3]}"
            for column in self._measured()
            if column.attribute not in given and (values := three_values(column, self.rows.table))
        ]
        if not added:
            return scene.row
        return f"{scene.row[:-1]}{'' if scene.row.endswith('()') else ', '}{', '.join(added)})"

    def _measured(self) -> list[Column]:
        """The numbers of the rows that aggregates speak of."""
        over = [
            part
            for field in self.shape.fields
            if isinstance(field.shape, Computed)
            for whole in walk(field.shape.expression)
            if isinstance(whole, Aggregated) and (one := over_rows(whole, ROW)) is not None and one.item is not None
            for part in walk(one.item)
        ]
        found = {part.column for part in over if isinstance(part, ColumnOf) and way_of(part.row) == (ROW,)}
        columns = [self.table.column(name) for name in sorted(found)]
        return [one for one in columns if one.type.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.NUMBER)]

    def _repeats(self, scene: Scene) -> bool:
        """Whether the same row can be there twice."""
        given = {attribute for attribute, _ in scene.arguments}
        rules = self.rows.table.unique_rules
        return not any({self.rows.table.column(name).attribute for name in rule} <= given for rule in rules)

    def _hidden(self, scenes: list[Scene]) -> Iterator[str]:
        """Lines that make rows which are in no group, each by one condition that does not hold."""
        conditions = self._conditions()
        count = sum(one is not None for one in (self.grouping.where, self.endpoint.where, self.endpoint.visible))
        for place in range(count):
            wanted = [(one, holds if number != place else False) for number, (one, holds) in enumerate(conditions)]
            scene = self._scene(wanted)
            before = self._before(scene, scenes[0]) if scene is not None else None
            if scene is not None and before is not None:
                yield from (*before, scene.row, *scene.after)
