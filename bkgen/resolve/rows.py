"""What responses and views show of a row: its columns, constants, and the rows that belong to it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bkgen.model.expressions import ColumnOf, Name, Value, Values
from bkgen.model.relations import Relation
from bkgen.model.shapes import ColumnValue, Computed, Constant, Field, Nested, Object, Shape
from bkgen.model.tables import Column, Table
from bkgen.model.types import Kind
from bkgen.resolve import literals, names, texts
from bkgen.resolve.arrays import as_value, says_array
from bkgen.resolve.constraints import check_unambiguous, is_definition, written_type
from bkgen.resolve.expressions import resolve_expression, split
from bkgen.resolve.fields import column_field, distinct, row_object, says_more, seen_column
from bkgen.resolve.fitting import response_type
from bkgen.resolve.groups import group_object, is_grouped
from bkgen.resolve.guards import guarded, of_itself
from bkgen.resolve.lookup import find_column
from bkgen.resolve.names import fold
from bkgen.resolve.nodes import span_of, text
from bkgen.resolve.policies import visible
from bkgen.resolve.references import describe
from bkgen.resolve.scope import Scope
from bkgen.resolve.types import Written, parse_type
from bkgen.resolve.views import sort_keys
from bkgen.resolve.vocabulary import ROW, asks_who, of_answer
from bkgen.source import Entry, List, Map, Node, Scalar


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads what is shown of the rows of one table.

    Attributes:
        package: whose schemas declare the objects that have no name of their own.
        within: the names of the views around, outermost first.
        own: whether the row is the account that asks.
    """

    table: Table
    package: str
    scope: Scope
    within: tuple[str, ...] = ()
    own: bool = False

    def read(self, node: Node, word: str, name: str) -> Object | None:
        """A row as `word` (`object`, a view or a table) or as an object with fields, which is then called `name`."""
        if isinstance(node, Map):
            return self.object(node, name)
        if word.rstrip("?") == "object":
            return row_object(self.table, node.span, self.scope, own=self.own)
        return self.named(node, word)

    def object(self, node: Map, name: str) -> Object | None:
        """The object whose fields are those of `node`; None where nothing is left of them, which is reported."""
        fields = [field for entry in node if (field := self._field(entry, name))]
        fields = list(distinct(fields, self.scope.diagnostics))
        return Object(name, self.package, tuple(fields), self.table.name, node.span) if fields else None

    def named(self, node: Node, word: str) -> Object | None:
        """The view or the whole row that `word` names; None where it names rows of another table, which is reported."""
        word = word.rstrip("?")
        if (view := self.scope.views.find(word)) is not None:
            return self._view(node, view)
        table = self.scope.tables.find(word)
        if table is None:
            choices = [*self.scope.views, *(table.name for table in self.scope.tables)]
            fix = self.scope.diagnostics.nearest(node.span, word, choices) or 'write "object" for the whole row'
            self.scope.diagnostics.add("BK501", node.span, f"`{word[:60]}` is no view and no table", fix)
            return None
        if table.name != self.table.name:
            self._another(node, f"`{word}` is a row of `{table.name}`")
            return None
        return row_object(table, node.span, self.scope, own=self.own)

    def relations(self, key: str) -> list[Relation]:
        """The relations that a field called `key` can show: by their name, or those to the table called so."""
        if any(column.name == key for column in self.table.columns):
            return []
        found = self.scope.relations.candidates(self.table.name, key)
        target = self.scope.tables.find(key)
        if found or target is None or target.name == self.table.name:
            return found
        return self.scope.relations.to(self.table.name, target.name)

    def nested(self, node: Node, key: str, relations: list[Relation], owner: str) -> Nested | None:
        """The row or rows that the one relation of `relations` leads to, as `node` describes them."""
        relation, *others = relations
        if others:
            self._unclear(node, key, relations)
            return None
        inner = replace(self, table=self.scope.tables[relation.target], own=False)
        item, many = _item(node)
        if many != relation.many:
            self._one_or_many(node, key, relation)
            return None
        name = names.class_name(f"{owner}_{key}")
        word = item.value if isinstance(item, Scalar) and isinstance(item.value, str) else ""
        if (isinstance(item, Map) and is_definition(item)) or not (word or isinstance(item, Map)):
            fix = f'write ["object"], [{{...}}] or a view of `{relation.target}`' if many else 'write "object" or {...}'
            self.scope.diagnostics.add("BK511", node.span, f"`{key}` shows rows of `{relation.target}`", fix)
            return None
        row = inner.read(item, word, name)
        hidden = visible(relation.target, self.scope)
        shown = Nested(relation, row, node.span, hidden) if row is not None else None
        if self.own and asks_who(shown):
            message = f"what `{key}` shows depends on who asks, and so it cannot stand in one's own account"
            fix = "give these rows an endpoint of their own"
            self.scope.diagnostics.add("BK515", node.span, message, fix)
            return None
        return shown

    def value(self, node: Node, key: str, owner: str) -> Shape | None:
        """What a field called `key` is filled with."""
        match node:
            case Scalar(value=str(word)) if word.startswith("="):
                return self._computed(node, word[1:])
            case Scalar(value=str(word)) if (exact := literals.quoted(word)) is not None:
                return literals.constant(exact, node.span, self.scope.diagnostics)
            case Scalar(value=value) if not isinstance(value, str):
                return Constant(value)
        if isinstance(node, Map) and not check_unambiguous(node, self.scope.diagnostics):
            return None
        own = find_column(self.table, key)
        if says_array(node, own):
            said = written_type(node, self.scope.diagnostics)
            return self._leaf(node, as_value(said), key) if said is not None else None
        if says_more(node, own, self.scope.diagnostics):
            return None
        if relations := self.relations(key):
            return self.nested(node, key, relations, owner)
        written = self._written(node, key)
        if isinstance(written, Constant):
            return written
        return self._leaf(node, written, key) if written is not None else None

    def items(self, node: Node, formula: str) -> ColumnValue | None:
        """What stands in the array of a list that shows one column of its rows: `= row.name`."""
        match self._computed(node, formula):
            case None:
                return None
            case Computed(expression=ColumnOf(row=Name(name=name), column=column)) if name == ROW:
                shown = self.table.column(column)
                if not shown.nullable:
                    return ColumnValue(self.table.name, shown.name, shown.type)
        message = "an item of a list is a row, or a column of it that is never null"
        fix = f'write "= row.{self.table.primary_key[0].name}", or an object with the field'
        self.scope.diagnostics.add("BK526", node.span, message, fix)
        return None

    def _field(self, entry: Entry, owner: str) -> Field | None:
        if not texts.check_field_name(entry.key, entry.key_span, self.scope.diagnostics):
            return None
        shape = self.value(entry.value, entry.key, owner)
        match shape:
            case None:
                return None
            case ColumnValue(column=name, type=type_):
                return column_field(self.table, self.table.column(name), type_, entry.key_span, name=entry.key)
            case Nested(relation=relation):
                hidden = visible(relation.target, self.scope) is not None
                nullable = (relation.optional or hidden) and not relation.many
            case Computed(expression=expression):
                nullable = isinstance(expression.gives, Value) and expression.gives.nullable
            case _:
                nullable = isinstance(shape, Constant) and shape.value is None
        return Field(entry.key, names.attribute(entry.key), shape, True, nullable, entry.key_span)

    def _computed(self, node: Node, formula: str) -> Computed | None:
        """The value of an expression on the row."""
        diagnostics = self.scope.diagnostics
        found = resolve_expression(formula, node.span, of_answer(self.table, self.scope), diagnostics)
        if found is None:
            return None
        value = found.gives.item if isinstance(found.gives, Values) else found.gives
        if not isinstance(value, Value) or value.type is None or (value.nullable and value is not found.gives):
            message = "a computed field is one value, or an array of values that are not null"
            fix = "choose a column of the rows: `.map(x, x.column)`; whole rows are shown by the name of their relation"
            diagnostics.add("BK526", node.span, message, fix)
            return None
        seen = guarded(found, self.scope)
        if split(seen, frozenset({ROW})) is None:
            advice: str | None = None
            if split(found, frozenset({ROW})) is not None:
                advice = "policies of what it speaks of ask for other rows: show it in a view of its own rows"
            diagnostics.add("BK526", node.span, "the database cannot answer this, and neither can Python alone", advice)
            return None
        many = isinstance(found.gives, Values)
        return Computed(of_itself(seen) if self.own else seen, formula.strip(), value.type, many, node.span)

    def _written(self, node: Node, key: str) -> Written | Constant | None:
        """The type or the text that a leaf is; None where it is neither, which is reported."""
        if isinstance(node, Scalar) and isinstance(node.value, str) and parse_type(node.value) is None:
            word, bare = node.value, node.value.rstrip("?").removesuffix("[]")
            if self.scope.views.find(bare) or self.scope.tables.find(bare):
                self.unrelated(node, key, bare)
                return None
            if literals.is_sentence(word):
                return literals.constant(word, node.span, self.scope.diagnostics)
            literals.report_unknown(word, node.span, self.scope)
            return None
        if (isinstance(node, Map) and not is_definition(node)) or (isinstance(node, List) and _rows_of(node)):
            self.unrelated(node, key, key)
            return None
        return written_type(node, self.scope.diagnostics)

    def _leaf(self, node: Node, written: Written, key: str) -> Shape | None:
        column = find_column(self.table, key)
        if column is not None:
            return self.column(node, column, written, key)
        if written.type.kind is Kind.OBJECT and (self.scope.tables.find(key) or written.array):
            self.unrelated(node, key, key)
            return None
        message = f"nothing can fill `{key}`: it is no column of `{self.table.name}`"
        known = [column.name for column in self.table.public]
        known += self.scope.relations.of(self.table.name)
        fix = self.scope.diagnostics.nearest(node.span, key, known) or "remove it, or add a column for it"
        self.scope.diagnostics.add("BK510", node.span, message, fix)
        return None

    def column(self, node: Node, column: Column, written: Written, key: str) -> Shape | None:
        """The value of a column, which the response calls `key`."""
        diagnostics, where = self.scope.diagnostics, f"column `{self.table.name}.{column.name}`"
        if column.private:
            diagnostics.add("BK514", node.span, f"{where} is private and never leaves the server", "remove the field")
            return None
        type_ = response_type(column.type, written.type)
        if type_ is None or (written.array and column.type.kind is not Kind.JSON):
            said = f"an array of {describe(written.type)}" if written.array else describe(written.type)
            message = f"`{key}` is {said}, but {where} is {describe(column.type)}"
            diagnostics.add("BK507", node.span, message, "make both the same")
            return None
        return seen_column(self.table, column, type_, node.span, self.scope, own=self.own)

    def unrelated(self, node: Node, key: str, word: str) -> None:
        """Reports a field that shows rows which no relation leads to."""
        view = self.scope.views.find(word)
        target = self.scope.tables.find(word if view is None else text(self.scope.views[view], "from") or "")
        known = self.scope.relations.of(self.table.name)
        if target is not None and (ways := [name for name, one in known.items() if one.target == target.name]):
            fix = f"call the field like the relation: {' or '.join(f'`{way}`' for way in ways)}"
        elif known:
            fix = f"its relations are {', '.join(f'`{name}`' for name in known)}"
        else:
            fix = f"`{self.table.name}` has no relations: add a column with `references`"
        message = f"`{key}` is no relation of `{self.table.name}`, so nothing tells which rows belong here"
        self.scope.diagnostics.add("BK515", node.span, message, fix)

    def _view(self, node: Node, name: str) -> Object | None:
        definition = self.scope.views[name]
        table = self.scope.tables.find(text(definition, "from") or "")
        if table is None:
            return None  # told where the view stands
        if table.name != self.table.name:
            self._another(node, f"the view `{name}` is of `{table.name}`")
            return None
        if is_grouped(definition):
            message = f'the view `{name}` shows groups of rows, which only a `list` can answer with: ["{name}"]'
            fix = f"give it a list of its own, or a view of `{table.name}` without `groupBy` here"
            self.scope.diagnostics.add("BK551", node.span, message, fix)
            return None
        if name in self.within:
            way = " → ".join((*self.within[self.within.index(name) :], name))
            message = f"the view `{name}` is within itself without end: {way}"
            self.scope.diagnostics.add("BK524", node.span, message, "use another view at one of these places")
            return None
        return view_object(name, self.scope, self.within, own=self.own)

    def _another(self, node: Node, what: str) -> None:
        message = f"{what}, and here stands a row of `{self.table.name}`"
        self.scope.diagnostics.add("BK522", node.span, message, f"use a view of `{self.table.name}`")

    def _unclear(self, node: Node, key: str, relations: list[Relation]) -> None:
        ways = " or ".join(f"{_column(one)} ({one.span})" for one in relations)
        message = f"`{key}` can lead to `{relations[0].target}` by {ways}"
        names = list(dict.fromkeys(one.name for one in relations))
        if len(names) > 1:
            fix = f"call the field {' or '.join(f'`{name}`' for name in names)}"
        else:
            fix = 'give each reference names of its own: "as" for the way to the row, "inverse" for the way back'
        self.scope.diagnostics.add("BK523", node.span, message, fix)

    def _one_or_many(self, node: Node, key: str, relation: Relation) -> None:
        if relation.many:
            message = f"`{key}` leads to any number of rows of `{relation.target}`"
            self.scope.diagnostics.add("BK525", node.span, message, 'write an array: ["object"]')
        else:
            message = f"`{key}` leads to one row of `{relation.target}`"
            self.scope.diagnostics.add("BK525", node.span, message, 'write "object", without an array')


def view_object(name: str, scope: Scope, within: tuple[str, ...] = (), *, own: bool = False) -> Object | None:
    """The object that a view describes; None where its table is unknown or its fields are all wrong."""
    node = scope.views[name]
    fields, table = node.get("fields"), scope.tables.find(text(node, "from") or "")
    if table is None or not isinstance(fields, Map):
        return None
    found = RowReader(table, table.package, scope, (*within, name), own).object(fields, names.class_name(name))
    return replace(found, view=True, sort=sort_keys(node, table, scope.diagnostics)) if found is not None else None


def check_views(scope: Scope) -> None:
    """Reports what is wrong with views, used or not."""
    for name in scope.views:
        node = scope.views[name]
        word = text(node, "from") or ""
        if scope.tables.find(word) is None:
            span = span_of(node, "from")
            fix = scope.tables.nearest(word, span, scope.diagnostics) or "name a table"
            scope.diagnostics.add("BK522", span, f"the view `{name}` is of `{word}`, which is no table", fix)
        if not is_grouped(node):
            view_object(name, scope)
            if "where" in node:
                message = f"the view `{name}` shows rows one by one, wherever they stand"
                fix = "say which rows with the `where` of an endpoint, or add `groupBy`"
                scope.diagnostics.add("BK553", span_of(node, "where"), message, fix)
        elif (table := scope.tables.find(word)) is not None:
            group_object(name, table, scope)


def _item(node: Node) -> tuple[Node, bool]:
    """What a field says of one row, and whether it is an array of such."""
    match node:
        case List(items=(item,)):
            return item, True
        case Scalar(value=str(word)) if word.rstrip("?").endswith("[]"):
            return Scalar(word.rstrip("?").removesuffix("[]"), node.span), True
    return node, False


def _rows_of(node: List) -> bool:
    """Whether an array shows rows, and no values."""
    match node:
        case List(items=(Scalar(value=str(word)),)):
            return fold(word) == "object" or parse_type(word) is None
        case List(items=(Map() as item,)):
            return not is_definition(item)
    return False


def _column(relation: Relation) -> str:
    owner, columns = relation.table, [here for here, _ in relation.pairs]
    if relation.many or relation.optional:
        owner = relation.through.table if relation.through else relation.target
        columns = [there for _, there in relation.pairs]
    return f"`{owner}.{', '.join(columns)}`"
