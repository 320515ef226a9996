"""Fields of a request body that write rows of other tables, in the transaction of the row that the endpoint writes.

`"tags": ["string"]` links the row with those of the tags; `"items": [{"quantity": "integer"}]` makes rows below it.
"""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.endpoints import Access, Operation
from bkgen.model.policies import Deed
from bkgen.model.relations import Relation
from bkgen.model.shapes import ColumnValue, Links, Object
from bkgen.model.tables import Column, Table
from bkgen.model.types import Kind, Type
from bkgen.resolve.asker import Asker
from bkgen.resolve.column_rules import WRITABLE
from bkgen.resolve.constraints import is_definition, written_type
from bkgen.resolve.envelopes import says_what_it_writes
from bkgen.resolve.fitting import request_type
from bkgen.resolve.lookup import find_column
from bkgen.resolve.nodes import flag, text
from bkgen.resolve.policies import allowed, visible, writing
from bkgen.resolve.references import describe
from bkgen.resolve.rows_below import of_row_and_owner
from bkgen.resolve.scope import Scope
from bkgen.resolve.types import parse_type
from bkgen.resolve.veils import seen_by_all
from bkgen.source import Entry, List, Map, Node, Scalar, Span

MOST_ITEMS = 100
"""Of one field: each can be a row."""

NESTING = frozenset({Operation.CREATE, Operation.REPLACE, Operation.UPDATE})
"""The operations whose bodies may write more than one row."""

_KEYS = ("type", "writes", "required")
_KEY_KINDS = frozenset({Kind.INTEGER, Kind.UUID})


@dataclass(frozen=True, slots=True)
class Written:
    """A field that writes rows of another table, as the document has it.

    Attributes:
        items: what stands in its array.
        relation: what it calls the relation to those rows.
        column: the column of them that the items are; empty where it leaves that to bkgen.
        optional: whether it says that the field may be absent.
        span: where the relation is named.
    """

    items: Node
    relation: str
    column: str
    optional: bool
    span: Span


def is_nested(entry: Entry, table: Table, scope: Scope) -> bool:
    """Whether a field is meant to write rows of another table."""
    relations = scope.relations.candidates(table.name, entry.key)
    return says_what_it_writes(entry.value) or (bool(relations) and _items(entry.value) is not None)


def nested_write(entry: Entry, scope: Scope) -> Written | None:
    """What such a field says; None where it cannot be, which is reported."""
    node, items = entry.value, _items(entry.value)
    if isinstance(node, Map) and says_what_it_writes(node):
        return _said(node, scope)
    assert items is not None
    return Written(items, entry.key, "", flag(node, "required") is False if isinstance(node, Map) else False, node.span)


def _said(node: Map, scope: Scope) -> Written | None:
    """A field that says what it `writes`."""
    named, items = node.entry("writes"), _items(node.get("type"))
    assert named is not None
    for entry in node:
        if entry.key not in _KEYS:
            message = f"`{entry.key}` has no meaning beside `writes`"
            fix = (
                scope.diagnostics.nearest(entry.key_span, entry.key, _KEYS) or "what the column says holds of each item"
            )
            scope.diagnostics.add("BK527", entry.key_span, message, fix)
            return None
    if items is None:
        message = "what `writes` rows of another table is an array"
        fix = 'write ["string"] for a column of theirs, or [{"name": "string"}] for several'
        scope.diagnostics.add("BK527", node.span, message, fix)
        return None
    relation, _, column = (text(node, "writes") or "").partition(".")
    return Written(items, relation, column, flag(node, "required") is False, named.value.span)


def _items(node: Node | None) -> Node | None:
    """What stands in the array that a field is; None where it is none."""
    match node:
        case List(items=(item,)):
            return item
        case Scalar(value=str(word)) if (found := parse_type(word)) is not None and found.array:
            return Scalar(word.replace("[]", ""), node.span)
        case Map() if is_definition(node):
            return _items(node.get("type"))
        case _:
            return None


class NestedWrites:
    """Reads such fields for an operation on `table`."""

    def __init__(self, table: Table, operation: Operation, access: Access, scope: Scope) -> None:
        self._table, self._scope, self._access = table, scope, access
        self._replaces = operation is not Operation.CREATE

    def relation(self, written: Written, items: str) -> Relation | None:
        """The relation that is meant, which leads to any number of rows; else None, which is reported.

        `items` says what is wrong if it does not: `{}` are rows below, anything else values of rows that are linked.
        """
        candidates = self._scope.relations.candidates(self._table.name, written.relation)
        known = self._scope.relations.of(self._table.name)
        if len(candidates) != 1:
            message = f"`{written.relation}` is no relation of `{self._table.name}`"
            fix = self._scope.diagnostics.nearest(written.span, written.relation, known)
            if candidates:
                message = f"`{self._table.name}` has {len(candidates)} relations that would be `{written.relation}`"
                fix = 'give one of them a name: "inverse" at the column that refers to it'
            self._refuse(written, message, fix)
            return None
        (relation,) = candidates
        if not relation.many:
            self._refuse(written, f"`{relation.name}` is one row, and an array is any number of them", None)
            return None
        if (items == "{}") != (relation.through is None):
            link = relation.through is not None
            message = f"rows of `{relation.target}` are {'linked by' if link else 'below this one: each is an object,'}"
            message += " a column of theirs" if link else " no single value"
            fix = f'write "{relation.name}": ["string"]' if link else f'write "{relation.name}": [{{...}}]'
            self._refuse(written, message, fix)
            return None
        return relation

    def links(self, entry: Entry, written: Written) -> Links | None:
        """What a field links the row with; None where it cannot, which is reported."""
        said = written_type(written.items, self._scope.diagnostics)
        relation = self.relation(written, "") if said is not None else None
        if said is None or relation is None or relation.through is None:
            return None
        target, link = self._scope.tables[relation.target], self._scope.tables[relation.through.table]
        if len(relation.pairs) + len(relation.through.pairs) > 2:
            message = f"rows of `{link.name}` refer by several columns together, and an item is one value"
            self._refuse(written, message, "give these rows endpoints of their own")
            return None
        column = self._column(written, target, said.type)
        if column is None or not self._allows(written, link):
            return None
        type_ = request_type(column.type, said.type)
        if type_ is None:
            where = f"column `{target.name}.{column.name}`"
            message = f"an item of `{entry.key}` is {describe(said.type)}, but {where} is {describe(column.type)}"
            self._refuse(written, message, f'write ["{column.type.kind}"]')
            return None
        presets = self._scope.policies[link.name].presets if link.name in self._scope.policies else {}
        ends = {there for _, there in relation.pairs} | {here for here, _ in relation.through.pairs} | set(presets)
        lacking = [one.name for one in link.columns if one.required and one.name not in ends]
        if lacking:
            message = f"a row of `{link.name}` needs a value for `{lacking[0]}`, and the field brings none"
            self._refuse(written, message, "give the column a default, or give these rows an endpoint of their own")
            return None
        adds = self._adds(target, column)
        return Links(
            relation,
            column.name,
            type_,
            adds,
            *of_row_and_owner(presets, relation),
            visible(target.name, self._scope),
            MOST_ITEMS,
            entry.key_span,
        )

    def allows_children(self, written: Written, child: Table, row: Object) -> bool:
        """Whether rows of a table may be made of what is sent, and replaced, below the row; else it is reported."""
        sent = [field.shape.column for field in row.fields if isinstance(field.shape, ColumnValue)]
        if asked := self._asked_to_write(child, sent):
            message = (
                f"`{child.name}.{asked[0]}` is written here, and its policy `{WRITABLE}` does not allow that to all"
            )
            fix = "leave it out, or give these rows endpoints of their own, where the policy is asked of each"
            self._refuse(written, message, fix)
            return False
        return self._allows(written, child)

    def _asked_to_write(self, table: Table, columns: list[str]) -> list[str]:
        """The columns that not everyone who gets here may write."""
        asker = Asker(self._access is Access.SIGNED_IN)
        rules = writing(table.name, columns, self._scope)
        return [column for column, rule in rules.items() if not asker.satisfies(rule.expression)]

    def _column(self, written: Written, target: Table, said: Type) -> Column | None:
        """The column whose values the items are; None where none can be, which is reported."""
        if written.column:
            column = find_column(target, written.column)
            if column is None or column.private:
                message = f"`{written.column}` is no column of `{target.name}`"
                fix = self._scope.diagnostics.nearest(written.span, written.column, (one.name for one in target.public))
                self._refuse(written, message, fix)
                return None
            if not _names_a_row(column, target):
                message = f"several rows of `{target.name}` can have the same `{column.name}`"
                self._refuse(written, message, 'name a column that is "unique", or the key')
                return None
            fix = "name the key"
            if not seen_by_all(column, target, written.span, "a link by its value", fix, self._scope.diagnostics):
                return None
            return column
        keys = said.kind in _KEY_KINDS
        fitting = [
            one
            for one in target.public
            if not one.veiled
            and _names_a_row(one, target)
            and one.primary == keys
            and request_type(one.type, said) is not None
        ]
        if len(fitting) == 1:
            return fitting[0]
        several = ", ".join(f"`{target.name}.{one.name}`" for one in fitting)
        message = f"the items can be {several}" if several else f"no unique column of `{target.name}` holds such items"
        name = (fitting or target.public)[0].name
        fix = f'say which: {{"type": ["{said.kind}"], "writes": "{written.relation}.{name}"}}'
        self._refuse(written, message, fix)
        return None

    def _adds(self, target: Table, column: Column) -> bool:
        """Whether a value that no row has makes one: where nothing else is needed, and anyone may make it."""
        enough = not any(one.required for one in target.columns if one is not column)
        rules = self._scope.policies.get(target.name)
        free = rules is None or (not rules.given and self._holds(target, Deed.CREATE))
        asked = self._asked_to_write(target, [column.name])
        return column.writable and enough and free and not asked

    def _allows(self, written: Written, table: Table) -> bool:
        rules = self._scope.policies.get(table.name)
        if rules is not None and rules.derived:
            message = (
                f"rows of `{table.name}` are written here, and its `set` makes `{rules.derived[0].column}` of each"
            )
            self._refuse(written, message, "give these rows endpoints of their own")
            return False
        kept = self._asked_to_write(table, [column.name for column in table.columns]) if self._replaces else []
        if kept:
            message = f"rows of `{table.name}` are replaced here, and `{kept[0]}` of them with its default: "
            message += f"its policy `{WRITABLE}` does not allow that to all"
            fix = "give these rows endpoints of their own, where what is not sent stays as it is"
            self._refuse(written, message, fix)
            return False
        deeds = (Deed.CREATE, Deed.DELETE) if self._replaces else (Deed.CREATE,)
        for deed in deeds:
            if not self._holds(table, deed):
                message = f"rows of `{table.name}` are written here, and its policy `{deed}` does not allow that to all"
                fix = "give these rows endpoints of their own, where the policy is asked of each"
                self._refuse(written, message, fix)
                return False
        return True

    def _holds(self, table: Table, deed: Deed) -> bool:
        """Whether a policy allows a deed to everyone who gets here."""
        rules = self._scope.policies.get(table.name)
        if rules is None:
            return True
        condition = allowed(table.name, deed, self._scope)
        if condition is None:
            return deed in rules.allowed
        return Asker(self._access is Access.SIGNED_IN).satisfies(condition.expression)

    def _refuse(self, written: Written, message: str, fix: str | None) -> None:
        self._scope.diagnostics.add("BK527", written.span, message, fix)


def _names_a_row(column: Column, table: Table) -> bool:
    """Whether no two rows have the same value, and every row has one."""
    alone = column.primary and len(table.primary_key) == 1
    unique = column.unique or (column.name,) in table.unique_rules
    return alone or (unique and not column.nullable)


def is_rows(written: Written) -> bool:
    """Whether the items of a field are objects: rows below the one that is written."""
    return isinstance(written.items, Map) and not is_definition(written.items)
