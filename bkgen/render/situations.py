"""Situations for tests of actions: rows, path and body with which all steps go on, or one of them does not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from bkgen.model.actions import Delete, Each, Insert, Load, Require, Step, Update, every, takes_first
from bkgen.model.endpoints import Endpoint
from bkgen.model.expressions import (
    Aggregate,
    Aggregated,
    Binary,
    ColumnOf,
    Expression,
    ListOf,
    Literal,
    MemberOf,
    Name,
    Not,
    Operator,
    Related,
    Value,
)
from bkgen.model.service import Service
from bkgen.model.tables import Column, Table
from bkgen.render import samples
from bkgen.render.action_rules import FREE, RowStep, Rule, names_in, roots_of
from bkgen.render.columns import from_json
from bkgen.render.expressions.imports import used_names
from bkgen.render.literals import literal
from bkgen.render.made import Made, UnbuildableError
from bkgen.render.naming import USED_IN_TESTS, row_word
from bkgen.render.scenes import Scene, scene_of
from bkgen.render.sent import SentRequest
from bkgen.render.step_leads import Lead, leads
from bkgen.render.test_lines import used_lines
from bkgen.render.test_values import as_json
from bkgen.resolve import names
from bkgen.resolve.actions.which import key_of
from bkgen.resolve.expressions.kinds import NOW
from bkgen.resolve.expressions.parts import walk
from bkgen.resolve.guards import about
from bkgen.resolve.implied import columns_in
from bkgen.resolve.vocabulary import ACTOR, BODY, ROW

Wanted = tuple[Expression, bool]
"""A condition, and whether it holds."""
Parents = Mapping[tuple[tuple[str, ...], ...], str]
"""What rows are called, by the columns that lead to them."""

CLEARED = "rows.database.clear()"
"""The line before all others of a situation that no row of another test may be in."""

_PLENTY = 1000
_MIRRORED = {Operator.LESS: Operator.GREATER, Operator.LESS_EQUAL: Operator.GREATER_EQUAL}
_MIRRORED |= {there: here for here, there in _MIRRORED.items()}


@dataclass(frozen=True)
class _Asked:
    """What has to hold of a row: by the steps on it, by rules, and besides."""

    parts: list[Wanted]
    rules: list[tuple[Rule, Expression]]
    also: list[Wanted]

    def of(self, way: Expression) -> _Asked:
        """The same of the row that a way leads to."""
        return _Asked(
            [(about(part, way), holds) for part, holds in self.parts],
            [(rule, about(condition, way)) for rule, condition in self.rules],
            [(about(condition, way), holds) for condition, holds in self.also],
        )

    def before(self, other: _Asked) -> _Asked:
        """Both, this first."""
        return _Asked([*self.parts, *other.parts], [*self.rules, *other.rules], [*self.also, *other.also])

    @property
    def conditions(self) -> list[Expression]:
        parts = [part for part, _ in (*self.parts, *self.also)]
        return [*parts, *(condition for _, condition in self.rules)]


class Situation:
    """What there is when the request comes.

    Attributes:
        rows: in the order in which they are made.
        request: what is sent.
        caller: the columns of the account that asks; None where none does.
        items: the rows that loops over relations go through, by what the steps call them.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        service: Service,
        denied: Expression | Rule | None = None,
        rules: Sequence[Rule] = (),
        also: Sequence[Expression] = (),
        asks: Sequence[Expression] = (),
        account: Mapping[str, str] | None = None,
    ) -> None:
        """Builds what all steps go on with, but for the condition `denied`, which does not hold.

        Args:
            rules: what has to hold beside what the steps say.
            also: what else holds of the row of the first step that has rules.
            asks: what else holds of who asks.
            account: the columns of who asks that say so; None for any that may call the endpoint.

        Raises:
            UnbuildableError: that takes more than is known here.
        """
        self._service, self._denied = service, denied
        self._endpoint, self._rules, self._also = endpoint, rules, list(also)
        fields = endpoint.body.fields if endpoint.body is not None else ()
        self._optional = {field.name for field in fields if not field.required}
        self._roots = roots_of(endpoint)
        self._leads = [one for one in leads(endpoint, self._roots, service) if self._are_ruled(one)]
        self._asked_above: dict[int, tuple[Made, _Asked]] = {}  # by id of the step with the row below
        self._made: dict[int, Made] = {}  # by id of the step whose row it is
        self._staged_first: list[str] = []  # lines before somebody signs in
        self._asked = False
        self._of_actor = [*(_conditions_on_actor(endpoint) if rules or also or asks else []), *asks]
        self._account = dict(account or {})
        self.rows: list[Made] = []
        self.request = SentRequest(endpoint, service)
        self.caller: dict[str, str] | None = None
        if endpoint.authenticated:
            self.caller = _caller(endpoint, service) | dict(account or {})
        self._alike: tuple[MemberOf, MemberOf] | None = None  # parts of the request that shall be equal
        self.items: dict[str, Made] = {}
        self._known: dict[str, Made] = {}  # by what later steps call them
        self._wanted: dict[tuple[str, str], Related] = {}  # rows of relations that there have to be
        for step in endpoint.steps:
            self._step(step)
        self.request.complete(endpoint)
        for related in self._wanted.values():
            self.rows.append(self._below(related))
        if self._alike is not None:
            self.request.be_alike(*self._alike)

    def lines(self, call: str, others: Iterable[Made] = (), after: Sequence[str] = (), given: str = "") -> list[str]:
        """What makes the rows and `others`, then sends the request by `call`; last the lines `after` it.

        `given` is the variable with the columns of who asks that the situation was made for.
        """
        found = [CLEARED] if takes_first(self._endpoint.steps) else []
        found += self._staged_first
        if self.caller is not None:
            account = self._service.accounts
            assert account is not None
            known = [f"**{given}"] if given else []
            needed = {name: value for name, value in self.caller.items() if not given or name not in self._account}
            columns = ", ".join([*known, *(f"{name}={value}" for name, value in needed.items())])
            of_row = f"rows.{row_word(self._service.table(account.table))}({columns})" if columns else ""
            found.append(f"caller = rows.sign_in({of_row})")
        for made in (*self.rows, *others):
            found += [*made.before, f"{made.variable} = {made.code}", *made.after]
        found = [line for line in used_lines(found, [call, *after]) if line != "caller.row"]
        found += [call, *after]
        return [*self.request.assignments(found), *found]

    def row_of(self, step: Step) -> Made | None:
        """The row that a step works on, where the test makes it."""
        return self._made.get(id(step))

    def leave_out(self, step: Load | Update | Delete) -> bool:
        """Does not make the row of a step, nor what belongs to that; False where something else needs it."""
        made = self.row_of(step)
        gone = {made.variable} if made is not None and not made.alias else set()
        for other in self.rows:
            if used_names(list(other.values.values())) & gone:
                gone.add(other.variable)
        self.rows = [made for made in self.rows if made.variable not in gone]
        return bool(gone) and self.request.do_without(gone, self._endpoint)

    def _step(self, step: Step) -> None:
        match step:
            case Require(condition=condition):
                self._require(condition.expression)
            case Insert(values=values):
                self._insert(step, dict(values))
            case Update(which=which, refusal=refusal) | Delete(which=which, refusal=refusal) if not which.one:
                if refusal.missing is not None:  # several rows, of which there has to be one
                    raise UnbuildableError
            case Load(which=which) | Update(which=which) | Delete(which=which):
                self._row(step, [*which.same, *which.others])
            case Each():
                self._each(step)

    def _row(self, step: Load | Update | Delete, parts: list[Expression]) -> None:
        """Makes the one row that a step works on; what an earlier step makes is there by then."""
        if any(self._is_later(side) for part in parts if isinstance(part, Binary) for side in (part.left, part.right)):
            return
        root = self._roots.get(id(step), step)
        if root is not step and (known := self._made.get(id(root))) is not None:
            self._work_on_again(step, root, known)
            return
        table = self._service.table(step.table)
        wanted = row_word(table) if step.name in USED_IN_TESTS else step.name or row_word(table)
        made = Made(names.unique(wanted, self._taken), table)
        lead = next((one for one in self._leads if one.above is step), None)
        if lead is not None:
            asked = self._asked_of(step)
            self._asked_above[id(lead.below)] = made, asked
            made.staged = True
            settled = [part for part, _ in asked.parts]
        else:
            settled = [*self._stage(step, made), *self._be_referred_to(step, made)]
        for part in parts:
            if part not in settled:
                self._hold(part, made)
        if made.alias:
            self._say_of_caller(made)
        self._add(made)
        self._made[id(step)] = made
        if step.name:
            self._known[step.name] = made

    def _be_referred_to(self, step: Load | Update | Delete, made: Made) -> Sequence[Expression]:
        """Has the row be what one that is there refers to, where the step finds it so; gives what this has settled.

        The row that refers makes one of its own otherwise, and there is no second one of the same key.
        """
        keys = [(*key_of(part), part) for part in step.which.same]
        for name, row in self._known.items():
            for reference in row.table.references if row in self.rows else ():
                ways = {
                    there: (here, part)
                    for there, value, part in keys
                    for here, target in reference.pairs
                    if target == there and _is_column(value, name, here)
                }
                if reference.table != made.table.name or ways.keys() != set(reference.targets):
                    continue
                attributes = [(row.table.column(here).attribute, there) for there, (here, _) in ways.items()]
                given = {row.values[attribute] for attribute, _ in attributes if attribute in row.values}
                if given == {f"caller.row[{literal(there)}]" for _, there in attributes}:
                    made.alias = "caller.row"
                elif row.alias or (given and (row.staged or len(given) == len(attributes))):
                    raise UnbuildableError  # that row is made already
                else:
                    for attribute, there in attributes:
                        if (value := row.values.get(attribute)) is not None:
                            made.values[made.table.column(there).attribute] = value
                        row.values[attribute] = f"{made.variable}[{literal(there)}]"
                return [part for _, part in ways.values()]
        return []

    def _add(self, made: Made) -> None:
        """Makes a row before those that have its columns."""
        needed = used_names([*made.before, made.code, *made.after])
        places = [
            place for place, row in enumerate(self.rows) if made.variable in used_names(list(row.values.values()))
        ]
        place = min(places, default=len(self.rows))
        if any(row.variable in needed for row in self.rows[place:]):
            raise UnbuildableError
        self.rows.insert(place, made)

    def _work_on_again(self, step: Load | Update | Delete, root: Step, made: Made) -> None:
        """Has the row that an earlier step works on be as this one needs it, but for what was written since."""
        written: set[str] = set()
        for one in every(self._endpoint.steps):
            if one is step:
                break
            if isinstance(one, Update) and self._roots.get(id(one)) is root:
                written |= {column for column, _ in one.values}
        staged = self._conditions_on(root)
        for part in step.which.others:
            if part not in staged and written.isdisjoint(columns_in(part)):
                self._hold(part, made)
        self._made[id(step)] = made
        if step.name:
            self._known[step.name] = made

    @property
    def _taken(self) -> set[str]:
        lines = [line for row in self.rows for line in (*row.before, *row.after)]
        used = {row.variable for row in self.rows} | {line.partition(" = ")[0] for line in lines}
        return used | set(self.request.fresh) | USED_IN_TESTS

    def _conditions_on(self, root: Step) -> list[Expression]:
        """What the steps on one row say of it that speaks of nothing but the row and who asks."""
        if not self._also and not any(rule.root is root for rule in self._rules):
            return []
        steps = [one for one in every(self._endpoint.steps) if self._roots.get(id(one)) is root]
        parts = [
            part
            for one in steps
            if isinstance(one, Load | Update | Delete)
            for part in (*(one.which.same if one is root else ()), *one.which.others)
        ]
        return [part for part in parts if names_in(part) <= FREE]

    def _are_ruled(self, lead: Lead) -> bool:
        """Whether rules are about both rows of a lead."""
        return {id(lead.above), id(lead.below)} <= {id(rule.root) for rule in self._rules}

    def _asked_of(self, step: RowStep) -> _Asked:
        """What has to hold of the row of a step, by what steps and rules say."""
        parts = [(part, part is not self._denied) for part in self._conditions_on(step)]
        rules = [(rule, rule.expression) for rule in self._rules if rule.root is step]
        found = _Asked(parts, rules, [(condition, True) for condition in self._also])
        self._also = []
        return found

    def _stage(self, step: RowStep, made: Made) -> list[Expression]:
        """Has the rules hold of a row, but the one that is denied; gives the conditions that this has settled."""
        asked = self._asked_of(step)
        settled = [part for part, _ in asked.parts]
        lead = next((one for one in self._leads if one.below is step), None)
        parents: Parents = {}
        if lead is not None:
            above, asked_above = self._asked_above[id(step)]
            asked = asked_above.of(lead.way).before(asked)
            settled += lead.parts
            parents = {(lead.reference.columns,): above.variable}
        if not asked.rules and not asked.also:
            return []
        scene = self._found(asked, made, parents)
        self._place(scene, made, asked.conditions)
        if lead is not None:
            _part(made, above, dict(scene.above).get(above.variable, ()))
        made.staged = True
        return settled

    def _found(self, asked: _Asked, made: Made, parents: Parents) -> Scene:
        """The scene in which all holds but what is denied; what comes after that need not hold then."""
        others = [*self._of_those_who_ask(), *asked.also]
        wanted = [*asked.parts, *((condition, rule is not self._denied) for rule, condition in asked.rules)]
        scene = self._scene(wanted + others, made, parents)
        denied = next((place for place, (rule, _) in enumerate(asked.rules) if rule is self._denied), None)
        if scene is None and denied is not None:
            first = [(condition, rule is not self._denied) for rule, condition in asked.rules[: denied + 1]]
            scene = self._scene(first + others, made, parents)
        if scene is None:
            raise UnbuildableError
        return scene

    def _scene(
        self,
        wanted: list[Wanted],
        made: Made,
        parents: Parents = MappingProxyType({}),
    ) -> Scene | None:
        signed_in = True if self.caller is not None else None
        return scene_of(wanted, made.table, made.variable, self._service, signed_in=signed_in, parents=parents)

    def _of_those_who_ask(self) -> list[Wanted]:
        return [(condition, condition is not self._denied) for condition in self._of_actor]

    def _place(self, scene: Scene, made: Made, conditions: list[Expression]) -> None:
        """Puts a scene into the situation."""
        clashing = {line.partition(" = ")[0] for line in (*scene.first, *scene.before, *scene.after) if " = " in line}
        known = {"caller", *(name for name, _ in scene.above)}
        new = {name: names.unique(name, self._taken | {made.variable}) for name in clashing & self._taken - known}

        def renamed(code: str) -> str:
            return re.sub(r"\w+", lambda word: new.get(word[0], word[0]), code)

        if scene.signed_in:
            self.caller = {} if self.caller is None else self.caller
            for attribute, code in scene.account:
                if self.caller.setdefault(attribute, renamed(code)) != renamed(code):
                    raise UnbuildableError
        self._staged_first += map(renamed, scene.first)
        made.before, made.after = tuple(map(renamed, scene.before)), tuple(map(renamed, scene.after))
        made.values |= {attribute: renamed(code) for attribute, code in scene.arguments}
        made.alias = "caller.row" if scene.row.endswith(" = caller.row") else ""
        self._send(scene, conditions)

    def _send(self, scene: Scene, conditions: list[Expression]) -> None:
        """Has the body be as a scene needs it."""
        given = {attribute: code for record, attribute, code in scene.given if record == BODY}
        if len(given) < len(scene.given):
            raise UnbuildableError
        for part in (part for condition in conditions for part in walk(condition)):
            if isinstance(part, MemberOf) and isinstance(part.gives, Value):
                name, attribute, type_ = self.request.field(part), part.member.attribute, part.gives.type
                if attribute not in given:
                    if name in self._optional:
                        self.request.body.pop(name, None)
                else:
                    code = given[attribute]
                    self.request.body[name] = as_json(type_, code) if type_ is not None else code

    def _is_later(self, expression: Expression) -> bool:
        """Whether it is a column of a row that an earlier step makes, or has changed before the test can know it."""
        owner = expression.row if isinstance(expression, ColumnOf) else None
        return isinstance(owner, Name) and owner.name not in (ROW, ACTOR) and owner.name not in self._known

    def _hold(self, part: Expression, made: Made) -> None:
        """Has the condition hold of the row, or not, if it is the one that is denied."""
        match part:
            case ColumnOf(column=name) | Not(operand=ColumnOf(column=name)):
                column = made.table.column(name)
                made.values[column.attribute] = str(isinstance(part, ColumnOf) != (part is self._denied))
                return
            case Binary(operator=Operator.IN, left=ColumnOf() as own, right=ListOf(items=items)) if _is_own(own):
                column = made.table.column(own.column)
                among = [item.value for item in items if isinstance(item, Literal)]
                value = self._other(column, among) if part is self._denied else _python(column, among[0])
                made.values[column.attribute] = value
                return
            case Binary(operator=operator, left=left, right=right):
                if not _is_own(left):
                    left, right, operator = right, left, _MIRRORED.get(operator, operator)
                if isinstance(left, ColumnOf) and _is_own(left):
                    self._compare(made, made.table.column(left.column), operator, right, part is self._denied)
                    return
        raise UnbuildableError

    def _compare(self, made: Made, column: Column, operator: Operator, other: Expression, denied: bool) -> None:
        match operator, other:
            case (Operator.EQUAL | Operator.NOT_EQUAL), Literal(value=value) if value is not None:
                is_equal = (operator is Operator.EQUAL) != denied
                made.values[column.attribute] = _python(column, value) if is_equal else self._other(column, [value])
            case Operator.EQUAL, _ if denied and is_caller(other):
                self.caller = self.caller or {}  # the row is that of another account
            case Operator.EQUAL, _ if is_caller(other) and is_account(made.table, column.name, other, self._service):
                self.caller = self.caller or {}
                made.alias = "caller.row"
            case Operator.EQUAL, _ if not denied:
                self._bind(other, made, column)
            case Operator.GREATER_EQUAL, ColumnOf(row=Name(name=name), column=there) if (
                not denied
                and (row := self._known.get(name)) is not None
                and row not in self.rows
                and row.table.column(there).type.kind is column.type.kind
            ):
                self._be_just_enough(made, column, row, row.table.column(there))
            case (Operator.GREATER | Operator.GREATER_EQUAL), (Literal() | MemberOf() | ColumnOf()):
                value = str(0 if denied else _PLENTY)
                low, high = samples.bounds(column.type)
                if not low <= Decimal(value) <= high:
                    raise UnbuildableError
                made.values[column.attribute] = from_json(column.type, value)
            case _:
                raise UnbuildableError

    def _be_just_enough(self, made: Made, column: Column, row: Made, needed: Column) -> None:
        """Has `row`, which is made later, need all that there is in the column."""
        (low, high), (least, most) = samples.bounds(column.type), samples.bounds(needed.type)
        value = min(Decimal(_PLENTY), high, most)
        if value < max(low, least):
            raise UnbuildableError
        made.values[column.attribute] = from_json(column.type, str(value))
        row.values[needed.attribute] = f"{made.variable}[{literal(column.name)}]"

    def _bind(self, other: Expression, made: Made, column: Column) -> None:
        """Has a part of the request or of another row be what the row has in `column`, or the other way round."""
        value = f"{made.variable}[{literal(column.name)}]"
        match other:
            case MemberOf():
                if (given := self.request.bind(other, column.type, value)) is not None:
                    made.values[column.attribute] = given
            case ColumnOf() if is_caller(other):
                assert isinstance(other, ColumnOf)
                self.caller = self.caller or {}
                made.values[column.attribute] = f"caller.row[{literal(other.column)}]"
            case ColumnOf(row=Name(name=name), column=there) if (row := self._known.get(name)) is not None:
                if row in self.rows:
                    if made.staged and row.staged:  # what the rules ask of both is not asked of them together
                        raise UnbuildableError
                    made.values[column.attribute] = f"{row.variable}[{literal(there)}]"
                else:
                    row.values[row.table.column(there).attribute] = value
            case _:
                raise UnbuildableError

    def _say_of_caller(self, made: Made) -> None:
        """Has the account that asks be as a step needs the row, which is that account."""
        if any("[" in value for value in made.values.values()):  # rows that are made when somebody has signed in
            raise UnbuildableError
        self.caller = {**(self.caller or {}), **made.values}
        made.values = {}

    def _require(self, condition: Expression) -> None:
        if condition in self._of_actor:
            self._ask_as(condition)
            return
        denied = condition is self._denied
        match condition:
            case Binary(operator=Operator.EQUAL, left=ColumnOf() as own, right=Literal(value=value)) if is_caller(own):
                assert self._service.accounts is not None
                column = self._service.table(self._service.accounts.table).column(own.column)
                chosen = self._other(column, [value]) if denied else _python(column, value)
                self.caller = {**(self.caller or {}), column.attribute: chosen}
            case Binary(operator=Operator.GREATER, left=Aggregated() as counted, right=Literal(value=0)):
                self._count(counted, denied)
            case Binary(operator=Operator.NOT_EQUAL, left=MemberOf() as left, right=MemberOf() as right):
                if denied:  # else, two parts of a request are of two rows
                    self._alike = left, right
            case _:
                raise UnbuildableError

    def _ask_as(self, condition: Expression) -> None:
        """Has who asks be as conditions on the account alone need it, where no row has settled that."""
        if self._asked:
            return
        self._asked = True
        accounts = self._service.accounts
        assert accounts is not None
        row = Made("caller", self._service.table(accounts.table))
        if any(rule.root is not None for rule in self._rules):
            return
        scene = self._scene(self._of_those_who_ask(), row)
        if scene is None:
            raise UnbuildableError
        self._place(scene, row, [])

    def _count(self, counted: Aggregated, denied: bool) -> None:
        match counted:
            case Aggregated(aggregate=Aggregate.SIZE, source=MemberOf(record=Name(name=name)) as array) if name == BODY:
                if denied:
                    self.request.body[self.request.field(array)] = []
            case Aggregated(aggregate=Aggregate.SIZE, source=Related(row=Name(name=name), relation=relation) as rows):
                if not denied:
                    self._wanted[name, relation.name] = rows
            case _:
                raise UnbuildableError

    def _insert(self, step: Insert, values: dict[str, Expression]) -> None:
        """Makes the rows that the inserted one refers to by what the request says; keeps the policy on new rows."""
        for rule in self._rules:
            if rule.step is step and rule.root is None:
                if not names_in(rule.expression) <= FREE - {ROW} | {BODY}:
                    raise UnbuildableError
                made = Made("made", self._service.table(step.table))
                wanted = [(rule.expression, rule is not self._denied), *self._of_those_who_ask()]
                scene = self._scene(wanted, made)
                if scene is None:
                    raise UnbuildableError
                self._place(scene, made, [rule.expression])
        table = self._service.table(step.table)
        for reference in sorted(table.references, key=lambda one: len(one.columns), reverse=True):
            given = [value for name in reference.columns if (value := values.get(name)) is not None]
            sent = [value for value in given if isinstance(value, MemberOf)]
            if len(given) < len(reference.columns) or all(self.request.is_bound(value) for value in sent):
                continue
            target = self._service.table(reference.table)
            taken = {row.variable for row in self.rows}
            made = Made(names.unique(row_word(target), taken), target)
            self.rows.append(made)
            for value, there in zip(given, reference.targets, strict=True):
                if isinstance(value, Literal):
                    made.values[target.column(there).attribute] = _python(target.column(there), value.value)
                else:
                    self._bind(value, made, target.column(there))

    def _each(self, step: Each) -> None:
        match step.source:
            case MemberOf(record=Name(name=name)) as array if name == BODY:
                items = self.request.body.get(self.request.field(array))
                if not isinstance(items, list) and not all(_goes_on(inner) for inner in step.steps):
                    raise UnbuildableError
                for item in items if isinstance(items, list) else ():
                    self.request.parts[step.name] = item
                    for inner in step.steps:
                        self._step(inner)
            case Related(row=Name(name=name), relation=relation) as related:
                if name not in self._known or self._counts(self._denied, related):
                    return
                self._wanted.pop((name, relation.name), None)
                row = self._below(related)
                self._known[step.name] = self.items[step.name] = row
                for inner in step.steps:
                    self._step(inner)
                self.rows.append(row)
            case _:
                raise UnbuildableError
        self._known.pop(step.name, None)

    def _counts(self, condition: Expression | Rule | None, related: Related) -> bool:
        """Whether the condition that shall not hold asks for rows of this relation."""
        match condition:
            case Binary(left=Aggregated(source=Related(relation=relation))):
                return relation == related.relation
            case _:
                return False

    def _below(self, related: Related) -> Made:
        """A row that belongs to one that is there."""
        owner = self._known.get(related.row.name) if isinstance(related.row, Name) else None
        if owner is None or related.relation.through is not None:
            raise UnbuildableError
        target = self._service.table(related.relation.target)
        values = {
            target.column(there).attribute: f"{owner.variable}[{literal(here)}]"
            for here, there in related.relation.pairs
        }
        taken = {row.variable for row in self.rows}
        return Made(names.unique(row_word(target), taken), target, values)

    def _other(self, column: Column, values: Sequence[object]) -> str:
        """A value that is none of these."""
        if column.type.enum:
            others = [word for word in column.type.enum if word not in values]
            if others:
                return literal(others[0])
        match values:
            case [bool() as value]:
                return str(not value)
            case [int() as value]:
                return str(value + 1)
        raise UnbuildableError


def _part(made: Made, above: Made, values: Iterable[tuple[str, str]]) -> None:
    """Has the row above, which a scene has made before the other, be made in its own place."""
    lines = [line for line in made.before if line.startswith(f"{above.variable} = ")]
    given = dict(values)
    if len(lines) != 1 or any(above.values.get(name, code) != code for name, code in given.items()):
        raise UnbuildableError
    place = made.before.index(lines[0])
    above.before, made.before = made.before[:place], made.before[place + 1 :]
    above.alias = "caller.row" if lines[0].endswith(" = caller.row") else ""
    above.values |= given


def _goes_on(step: Step) -> bool:
    """Whether a step can be done whatever rows there are."""
    return isinstance(step, Update | Delete) and not step.which.one and step.refusal.missing is None


def _conditions_on_actor(endpoint: Endpoint) -> list[Expression]:
    """What the steps ask of who asks alone."""
    asked = (step.condition.expression for step in endpoint.steps if isinstance(step, Require))
    return [condition for condition in asked if names_in(condition) <= {ACTOR, NOW} and ACTOR in names_in(condition)]


def _python(column: Column, value: object) -> str:
    if isinstance(value, Decimal):
        value = str(value)
    return from_json(column.type, literal(value))


def _is_own(expression: Expression) -> bool:
    return isinstance(expression, ColumnOf) and isinstance(expression.row, Name) and expression.row.name == ROW


def _is_column(expression: Expression, row: str, column: str) -> bool:
    """Whether it is this column of the row of this name."""
    match expression:
        case ColumnOf(row=Name(name=name), column=own):
            return (name, own) == (row, column)
        case _:
            return False


def is_caller(expression: Expression) -> bool:
    """Whether it is a column of the account that asks."""
    return isinstance(expression, ColumnOf) and isinstance(expression.row, Name) and expression.row.name == ACTOR


def is_account(table: Table, column: str, value: Expression, service: Service) -> bool:
    """Whether the row that has `value` in `column` is the account that asks."""
    accounts = service.accounts
    if accounts is None or table.name != accounts.table or not table.column(column).primary:
        return False
    return isinstance(value, ColumnOf) and is_caller(value) and value.column == column


def _caller(endpoint: Endpoint, service: Service) -> dict[str, str]:
    """The columns of an account that may call the endpoint."""
    accounts = service.accounts
    if not endpoint.roles or accounts is None or accounts.role is None:
        return {}
    column = service.table(accounts.table).column(accounts.role)
    return {column.attribute: literal(endpoint.roles[0])}
