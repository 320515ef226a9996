"""The steps of an action, each checked against what is there when its turn comes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from bkgen.model.actions import (
    Assign,
    Assignments,
    Delete,
    Each,
    Insert,
    Load,
    OnConflict,
    Require,
    Step,
    Terms,
    Update,
    Which,
)
from bkgen.model.expressions import (
    Condition,
    Expression,
    Gives,
    MemberOf,
    Name,
    Records,
    Related,
    Row,
    Rows,
    Value,
    Values,
)
from bkgen.model.tables import Table
from bkgen.resolve import expressions
from bkgen.resolve.actions.inserts import check_conflict, meant_rule, with_presets
from bkgen.resolve.actions.made import MadeRows
from bkgen.resolve.actions.moves import check_new_state, from_states, transition_of, with_values_of
from bkgen.resolve.actions.order import locking_order
from bkgen.resolve.actions.refusals import refusal_of, refusal_of_insert, status_of
from bkgen.resolve.actions.terms import (
    asked_again,
    asked_for,
    of_made_row,
    terms_of,
    to_write,
    unless_sure,
)
from bkgen.resolve.actions.there import Sure, sure_terms, surely_there
from bkgen.resolve.actions.which import which_rows
from bkgen.resolve.asker import Asker
from bkgen.resolve.expressions import as_condition, as_value, is_queryable, resolve_expression
from bkgen.resolve.expressions.kinds import NOW, described
from bkgen.resolve.expressions.parts import conjuncts
from bkgen.resolve.files import refuse_value
from bkgen.resolve.guards import guarded
from bkgen.resolve.lookup import find_column
from bkgen.resolve.nodes import child, span_of, text
from bkgen.resolve.scope import Scope
from bkgen.resolve.states import written_value
from bkgen.resolve.views import sort_keys
from bkgen.resolve.vocabulary import ACTOR, PATH, QUERY, ROW, hidden, words_of
from bkgen.source import Entry, List, Map, Node, Span

VERBS = ("load", "require", "insert", "update", "delete", "each", "set")
_KEYS = {
    "load": ("where", "as", "else", "policies"),
    "require": ("else",),
    "insert": ("values", "onConflict", "as", "else", "policies"),
    "update": ("where", "first", "set", "transition", "as", "else", "policies"),
    "delete": ("where", "first", "as", "else", "policies"),
    "each": ("as", "do", "policies"),
    "set": (),
}
_REQUEST = frozenset({ROW, ACTOR, PATH, QUERY, "body", "header", NOW})
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class StepReader:
    """Reads the steps of one action.

    Attributes:
        names: what expressions can speak of, which grows with every step that has a name.
        rows: of the steps whose row is still there at the end.
    """

    def __init__(self, known: dict[str, Gives], scope: Scope, asker: Asker) -> None:
        self.names, self.rows, self.asker = known, dict[str, Table](), asker
        self._held: set[str] = set()  # names of rows that the transaction has written, and so keeps from others
        self._made = MadeRows()
        self._scope, self._diagnostics = scope, scope.diagnostics

    @property
    def vocabulary(self) -> expressions.Scope:
        return replace(words_of(self.names, self._scope), hidden=hidden(self._scope))

    @property
    def observed(self) -> expressions.Scope:
        """The vocabulary of what clients can see something of: of names, and of the answer."""
        return replace(self.vocabulary, veils=True)

    def read(self, node: Node | None) -> tuple[Step, ...]:
        """The steps that can be told; what is wrong with the others is reported."""
        found: list[Step] = []
        for item in node if isinstance(node, List) else ():
            if isinstance(item, Map) and (verb := self._verb(item)) is not None:
                found += self._step(verb, item)
        return tuple(found)

    def _verb(self, node: Map) -> str | None:
        """The one verb of a step; `set` is one where no other is."""
        verbs = [entry for entry in node if entry.key in VERBS]
        others = [entry for entry in verbs if entry.key != "set"] or verbs
        if len(others) != 1:
            message = "a step does one thing" if others else "this step does nothing"
            fix = f"write a step for each of {' and '.join(f'`{entry.key}`' for entry in others)}"
            listed = ", ".join(f"`{verb}`" for verb in VERBS)
            span = others[1].key_span if others else node.span
            self._diagnostics.add("BK440", span, message, fix if others else f"it takes one of {listed}")
            return None
        verb = others[0].key
        for entry in node:
            if entry.key != verb and entry.key not in _KEYS[verb]:
                takes = ", ".join(f"`{key}`" for key in _KEYS[verb])
                fix = f"it takes {takes}" if takes else "remove it"
                self._diagnostics.add("BK440", entry.key_span, f"`{verb}` has no use for `{entry.key}`", fix)
        return verb

    def _step(self, verb: str, node: Map) -> Iterable[Step]:
        match verb:
            case "require":
                step: Step | None = self._require(node)
            case "each":
                step = self._each(node)
            case "set":
                return self._assign(node)
            case _:
                table = self._table(node, verb)
                if table is not None and table.is_collection and verb in ("insert", "update"):
                    message = f"a step cannot {verb} documents: `{table.name}` is a collection"
                    fix = "let an endpoint of its own do that, or keep what the step writes in a table"
                    self._diagnostics.add("BK754", node.span, message, fix)
                    return []
                step = self._on_table(verb, node, table) if table is not None else None
        return [step] if step is not None else []

    def _on_table(self, verb: str, node: Map, table: Table) -> Step | None:
        match verb:
            case "insert":
                return self._insert(node, table)
            case "update":
                return self._update(node, table)
            case "load":
                return self._load(node, table)
            case _:
                return self._delete(node, table)

    # Verbs

    def _load(self, node: Map, table: Table) -> Load | None:
        which = self._which(node, table, "load")
        if which is None:
            return None
        if text(node, "as") is None:
            message = "nothing can speak of the row that this loads"
            self._diagnostics.add("BK440", node.span, message, f'give it a name: "as": "{table.singular}"')
        self._check_one(which, node, table, "`load` reads one row")
        terms = self._terms(node, "load", table)
        sure = surely_there(which, table, terms, self._held, self.asker, self._scope.tables)
        terms = sure_terms(terms, sure, table)
        refusal = refusal_of(node, which, sure, "load", False, self._diagnostics)
        name = self._name(node, Row(table.name), table)
        return Load(table.name, which, refusal, name, node.span, terms)

    def _require(self, node: Map) -> Require | None:
        condition = self._condition(node, "require", rows=frozenset())
        status = status_of(node.get("else"), 409, self._diagnostics)
        return Require(condition, status, node.span) if condition is not None else None

    def _insert(self, node: Map, table: Table) -> Insert:
        terms = self._terms(node, "insert", table)
        own = self._values(node, "values", table, rows=frozenset())
        values = with_presets(node, own, table, terms, self._scope)
        conflict = self._on_conflict(node, table, values)
        check_new_state(values, conflict.values if conflict else (), table, self._diagnostics)
        if conflict is not None:
            check_conflict(node, own, conflict, table, terms, self._scope)
        terms = replace(terms, allowed=unless_sure(terms.allowed, self.asker, dict(values)))
        terms = to_write(terms, own, table, self.asker, self._scope, new=True)
        refusal = refusal_of_insert(node, bool(terms.restricting), self._diagnostics)
        if conflict is not None and not conflict.values and (entry := node.entry("as")) is not None:
            message = "where the row is there already, this makes none, and there is nothing to give a name to"
            self._diagnostics.add("BK440", entry.key_span, message, 'load it in a step of its own, or "update" it')
            return Insert(table.name, values, conflict, refusal, "", node.span, terms)
        name = self._name(node, Row(table.name), table)
        self._held.add(name)
        if conflict is None:
            self._made.add(name, table.name, values)
        return Insert(table.name, values, conflict, refusal, name, node.span, terms)

    def _update(self, node: Map, table: Table) -> Update | None:
        which = self._which(node, table, "update")
        values = self._values(node, "set", table, rows=frozenset({ROW}))
        if not values and child(node, "set") is None:
            self._diagnostics.add(
                "BK440", node.span, "this update changes nothing", 'add "set": {"column": "expression"}'
            )
        terms = to_write(self._terms(node, "update", table), values, table, self.asker, self._scope)
        transition = transition_of(node, values, table, self._scope)
        if transition is not None:
            transition = asked_for(transition, self.asker)
        if which is None:
            return None
        if transition is not None:
            values = with_values_of(values, transition, span_of(node, "set"), self._diagnostics)
            which = from_states(which, transition, table, self._diagnostics)
        terms = replace(asked_again(terms, values), transition=transition)
        sure = surely_there(which, table, terms, self._held, self.asker, self._scope.tables)
        if sure is Sure.WRITTEN:
            terms = of_made_row(terms, self._made.values_of(which), values, self.asker)
        if terms.again and not which.one:
            message = f"a policy of `{table.name}` speaks of what this writes, and is asked of one row again"
            fix = 'name one row in `where`; or write "policies": false, if this step may write it anyway'
            self._diagnostics.add("BK447", span_of(node, "set"), message, fix)
        terms = sure_terms(terms, sure, table)
        refusal = refusal_of(node, which, sure, "update", bool(terms.restricting), self._diagnostics)
        if "as" in node:
            self._check_one(which, node, table, "only one row can have a name")
        name = self._name(node, Row(table.name), table)
        self._held.add(name)
        step = Update(table.name, which, values, refusal, name, node.span, terms)
        self._made.changed_by([step])
        return step

    def _delete(self, node: Map, table: Table) -> Delete | None:
        which = self._which(node, table, "delete")
        if which is None:
            return None
        terms = self._terms(node, "delete", table)
        sure = surely_there(which, table, terms, self._held, self.asker, self._scope.tables)
        terms = sure_terms(terms, sure, table)
        refusal = refusal_of(node, which, sure, "delete", bool(terms.restricting), self._diagnostics)
        if "as" in node:
            self._check_one(which, node, table, "only one row can have a name")
        name = self._name(node, Row(table.name), None)
        return Delete(table.name, which, refusal, name, node.span, terms)

    def _each(self, node: Map) -> Each | None:
        written = text(node, "each") or ""
        span = span_of(node, "each")
        source = resolve_expression(written, span, self.vocabulary, self._diagnostics)
        item = self._item(source) if source is not None else None
        if source is None:
            return None
        if item is None:
            message = f"this is {described(source.gives)}, and steps go through lists that have an end"
            fix = "name an array of the body (`body.items`), or the rows of a relation of a loaded row (`order.items`)"
            self._diagnostics.add("BK444", span, message, fix)
            return None
        terms = self._each_terms(node, source)
        outside, rows, made, held = dict(self.names), dict(self.rows), self._made, set(self._held)
        self._made = MadeRows()  # a step can come behind those that follow it here
        name = self._name(node, item, None)
        if not name:
            if "as" not in node:
                self._diagnostics.add("BK440", node.span, "nothing can speak of the items", 'add "as": "item"')
            return None
        steps = self.read(node.get("do"))
        self.names, self.rows, self._made, self._held = outside, rows, made, held
        self._made.changed_by(steps)
        if not steps and "do" not in node:
            self._diagnostics.add("BK440", node.span, "nothing is done with the items", 'add "do": [...]')
        return Each(source, written, name, locking_order(steps, name), steps, node.span, terms)

    def _assign(self, node: Map) -> Iterable[Assign]:
        for entry in child(node, "set") or ():
            written = written_value(entry)
            found = resolve_expression(written, entry.value.span, self.observed, self._diagnostics)
            found = guarded(found, self._scope, self.asker) if found is not None else None
            if found is None or not is_queryable(found, frozenset(), self._diagnostics):
                continue
            if not isinstance(found.gives, Value) or found.gives.type is None:
                message = f"this is {described(found.gives)}, and a name stands for one value"
                self._diagnostics.add("BK805", entry.value.span, message, "choose one column, or `size(...)`")
                continue
            if self._is_free(entry.key, entry.key_span):
                self.names[entry.key] = found.gives
                yield Assign(entry.key, found, written, node.span)

    # Parts of steps

    def _table(self, node: Map, verb: str) -> Table | None:
        word = text(node, verb) or ""
        found = self._scope.tables.find(word)
        if found is None:
            span = span_of(node, verb)
            fix = self._scope.tables.nearest(word, span, self._diagnostics)
            self._diagnostics.add("BK405", span, f"table `{word}` does not exist", fix)
        return found

    def _terms(self, node: Map, verb: str, table: Table) -> Terms:
        return terms_of(node, verb, table, self.asker, self._scope)

    def _each_terms(self, node: Map, source: Expression) -> Terms:
        if isinstance(source, Related):
            return self._terms(node, "each", self._scope.tables[source.relation.target])
        if (entry := node.entry("policies")) is not None:
            message = "this goes through no rows, so there are no policies to do without"
            self._diagnostics.add("BK447", entry.key_span, message, "remove `policies`")
        return Terms()

    def _which(self, node: Map, table: Table, verb: str) -> Which | None:
        if "where" not in node:
            key = table.primary_key[0].name
            message = f"this does not say which rows of `{table.name}` to {verb}"
            self._diagnostics.add("BK440", node.span, message, f'add "where": "row.{key} == path.{key}"')
            return None
        before = self.names
        self.names = {**before, ROW: Row(table.name)}
        condition = self._condition(node, "where", rows=frozenset({ROW}))
        self.names = before
        which = which_rows(condition, table) if condition is not None else None
        return which if which is None or "first" not in node else self._first(which, node, table)

    def _first(self, which: Which, node: Map, table: Table) -> Which:
        """The first row of those that nobody else works on."""
        span = span_of(node, "first")
        if which.named:
            message = f"`where` names one row of `{table.name}`, so there is no first one"
            self._diagnostics.add("BK441", span, message, "remove `first`")
        elif len(table.primary_key) > 1:
            message = f"`first` finds a row by a key of one column, and that of `{table.name}` has several"
            self._diagnostics.add("BK441", span, message, "give the table a key of its own, or name the row")
        else:
            keys = sort_keys(node, table, self._diagnostics, "first")
            return replace(which, others=tuple(conjuncts(which.condition.expression)), first=keys)
        return which

    def _condition(self, node: Map, key: str, rows: frozenset[str]) -> Condition | None:
        written = text(node, key) or ""
        found = self._expression(written, span_of(node, key))
        found = as_condition(found, self._diagnostics) if found is not None else None
        if found is None or not is_queryable(found, rows, self._diagnostics):
            return None
        return Condition(written, found)

    def _values(self, node: Map, key: str, table: Table, rows: frozenset[str]) -> Assignments:
        """What is written to columns; `rows` says whether it can depend on the row as it is."""
        before = self.names
        if rows:
            self.names = {**before, ROW: Row(table.name)}
        found = [self._value(entry, table, rows) for entry in child(node, key) or ()]
        self.names = before
        return tuple(one for one in found if one is not None)

    def _value(self, entry: Entry, table: Table, rows: frozenset[str]) -> tuple[str, Expression] | None:
        column = find_column(table, entry.key)
        if column is None:
            choices = [column.name for column in table.columns]
            fix = self._diagnostics.nearest(entry.key_span, entry.key, choices) or f"its columns: {', '.join(choices)}"
            message = f"`{entry.key}` is no column of table `{table.name}`"
            self._diagnostics.add("BK442", entry.key_span, message, fix)
            return None
        if refuse_value(column, table, entry.key_span, self._diagnostics):
            return None
        found = self._expression(written_value(entry), entry.value.span)
        found = as_value(found, column.type, column.nullable, self._diagnostics) if found is not None else None
        if found is None or not is_queryable(found, rows, self._diagnostics):
            return None
        return column.name, found

    def _expression(self, written: str, span: Span) -> Expression | None:
        """What a document says, over no more related rows than may be read, but all columns of those: it is the step's
        own."""
        found = resolve_expression(written, span, self.vocabulary, self._diagnostics)
        return guarded(found, self._scope, self.asker, veils=False) if found is not None else None

    def _on_conflict(self, node: Map, table: Table, values: Assignments) -> OnConflict | None:
        written = node.get("onConflict")
        if written is None:
            return None
        rule = meant_rule(node, values, table, self._scope)
        if rule is None:
            return None
        if not isinstance(written, Map):
            return OnConflict(rule, ())
        return OnConflict(rule, self._values(written, "update", table, rows=frozenset({ROW})))

    def _check_one(self, which: Which, node: Map, table: Table, why: str) -> None:
        if not which.one:
            keys = [column.name for column in table.primary_key]
            fix = f"name it by its key: `{' && '.join(f'row.{key} == ...' for key in keys)}`"
            fix += f'; or take the first: "first": ["{keys[0]}"]' if keys and "load" not in node else ""
            message = f"{why}, and several rows of `{table.name}` can be like this"
            self._diagnostics.add("BK441", span_of(node, "where"), message, fix)

    def _item(self, source: Expression) -> Gives | None:
        """What each item of a bounded list is; None for all other expressions."""
        match source:
            case MemberOf(gives=Records(item=item)):
                return item
            case MemberOf(gives=Values(item=item)):
                return item
            case Related(gives=Rows(table=table), row=Name()):
                return Row(table)
            case _:
                return None

    def _name(self, node: Map, gives: Row | Gives, table: Table | None) -> str:
        """What the step calls its row, which it is from now on; `table`: where that is still there at the end."""
        name = text(node, "as") or ""
        if not name or not self._is_free(name, span_of(node, "as")):
            return ""
        self.names[name] = gives
        if table is not None:
            self.rows[name] = table
        return name

    def _is_free(self, name: str, span: Span) -> bool:
        if not _WORD.fullmatch(name):
            self._diagnostics.add("BK443", span, f"`{name}` is no name", "write a word of letters, digits and `_`")
            return False
        if name in _REQUEST or name in self.names:
            message = f"`{name}` is the name of something else here"
            self._diagnostics.add("BK443", span, message, "choose another one")
            return False
        return True
