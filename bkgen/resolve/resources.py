"""Rows that a path names: a table, its parents, and the columns that parameters select by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bkgen.diagnostics import Diagnostics, did_you_mean
from bkgen.model.endpoints import Link, Parent, PathParameter
from bkgen.model.tables import Column, Table
from bkgen.resolve.lookup import Tables, find_column, is_unique
from bkgen.resolve.names import fold, parameter, unique
from bkgen.resolve.paths import Segment
from bkgen.resolve.veils import seen_by_all
from bkgen.source import Span


@dataclass(frozen=True, slots=True)
class Step:
    """A table on the path with the parameters behind it."""

    table: Table
    word: str
    parameters: tuple[str, ...]


@dataclass(slots=True)
class Resource:
    """What a path selects: rows of `table`, all of them or, with a `key`, one."""

    table: Table
    key: list[PathParameter] = field(default_factory=list)
    parents: list[Parent] = field(default_factory=list)
    link: Link | None = None
    parameters: list[PathParameter] = field(default_factory=list)


def steps(segments: tuple[Segment, ...], tables: Tables, named: Table | None = None) -> list[Step] | None:
    """The tables on a path; None where it has a word or parameter that belongs to none.

    Words before the first table are a prefix (`api`, `v1`), and so is a table that is neither last nor followed by a
    parameter. Behind `orders`, `items` may be `order_items`. `named` is what the last word stands for, whatever it is;
    or the path as a whole, where it has no word.
    """
    last_word = max((position for position, segment in enumerate(segments) if not segment.parameter), default=-1)
    found = [Step(named, named.name, ())] if named is not None and last_word < 0 else []
    for position, segment in enumerate(segments):
        table = None if segment.parameter else tables.find(segment.text)
        if table is None and found and not segment.parameter:
            table = tables.find(f"{found[-1].table.singular}_{segment.text}")
        if named is not None and position == last_word:
            table = named
        last = position + 1 == len(segments)
        if table is not None and (last or segments[position + 1].parameter):
            found.append(Step(table, segment.text, ()))
        elif segment.parameter and found:
            found[-1] = Step(found[-1].table, found[-1].word, (*found[-1].parameters, segment.text))
        elif found or segment.parameter:
            return None
    return found or None


class ResourceReader:
    """Binds the parameters of one path to columns, and each table on it to the one before."""

    def __init__(self, span: Span, path: str, tables: Tables, diagnostics: Diagnostics) -> None:
        self._span = span
        self._path = path
        self._tables = tables
        self._diagnostics = diagnostics
        self._attributes: set[str] = set()

    def read(self, found: list[Step], writes_link: bool) -> Resource | None:
        """The resource at the end of the path; None where something on it does not fit, which is reported.

        `writes_link`: behind the row of another table, joined by a link table alone, the path means links (adding and
        removing them) instead of the linked rows.
        """
        resource = Resource(found[0].table)
        for index, step in enumerate(found):
            resource.table = step.table
            last = index + 1 == len(found)
            if index and self._foreign_keys(found[index - 1], step) == [] and last:
                return self._through_link(resource, found[index - 1], step, writes_link)
            if index and not self._connect(resource, found[index - 1], step):
                return None
            above = resource.parents[-1].child_column if index else None
            key = self._bind(step, found[index + 1] if not last else None, above)
            if key is None:
                return None
            resource.parameters += key
            if last:
                resource.key = key
        return resource

    def _connect(self, resource: Resource, before: Step, step: Step) -> bool:
        """Adds `before` as a parent; `step` refers to it by exactly one column."""
        columns = self._foreign_keys(before, step)
        if len(columns) != 1:
            self._unrelated(before, step, columns)
            return False
        self._add_parent(resource, before, columns[0])
        return True

    def _add_parent(self, resource: Resource, before: Step, child: Column) -> None:
        assert child.reference is not None
        own = [found for found in resource.parameters if found.table == before.table.name][-len(before.parameters) :]
        resource.parents.append(
            Parent(
                table=before.table.name,
                parameters=tuple(found.attribute for found in own),
                columns=tuple(found.column for found in own),
                child_column=child.name,
                child_target=child.reference.column,
            )
        )

    def _foreign_keys(self, before: Step, step: Step) -> list[Column]:
        """The columns of `step` that can mean `before`: of several, the one that the parameter is called like."""
        columns = _referring(step.table, before.table)
        named = [column for column in columns if fold(column.name) in {fold(name) for name in before.parameters}]
        return named if len(named) == 1 else columns

    def _through_link(self, resource: Resource, before: Step, step: Step, writes_link: bool) -> Resource | None:
        links = [link for link in self._tables if _referring(link, before.table) and _referring(link, step.table)]
        columns = [_referring(link, target) for link in links for target in (before.table, step.table)]
        if len(links) != 1 or any(len(found) != 1 for found in columns) or before.table == step.table:
            self._unrelated(before, step, [])
            return None
        link, to_parent, to_child = links[0], columns[0][0], columns[1][0]
        if step.parameters and not writes_link:
            fix = f"read it by a path of its own: `/{step.word}/{{{step.parameters[0]}}}`"
            self._diagnostics.add(
                "BK408", self._span, "one linked row cannot be read through its link in this version", fix
            )
            return None
        if writes_link:
            return self._link_rows(resource, before, step, link, to_parent, to_child)
        self._add_parent(resource, before, to_parent)
        assert to_child.reference is not None
        resource.link = Link(link.name, to_parent.name, to_child.name, to_child.reference.column)
        return resource

    def _link_rows(
        self, resource: Resource, before: Step, step: Step, link: Table, to_parent: Column, to_child: Column
    ) -> Resource | None:
        """The link table's own rows: POST on `/posts/{id}/tags`, DELETE on `/posts/{id}/tags/{tag_id}`."""
        resource.table = link
        if not step.parameters:
            self._add_parent(resource, before, to_parent)
            return resource
        parent = resource.parameters[-1]
        child = self._column(step.table, step.parameters[0], alone=True)
        assert to_parent.reference is not None
        assert to_child.reference is not None
        by_keys = (parent.column, child and child.name) == (to_parent.reference.column, to_child.reference.column)
        if not by_keys or len(before.parameters) + len(step.parameters) != 2:
            self._unbound(step, step.parameters[-1])
            return None
        if not is_unique(link, (to_parent.name, to_child.name)):
            self._diagnostics.add(
                "BK408",
                self._span,
                f"`{link.name}` can hold the same link twice, so `{self._path}` does not name one of its rows",
                f'add "unique": [["{to_parent.name}", "{to_child.name}"]] to table `{link.name}`',
            )
            return None
        if resource.parents:
            self._add_parent(resource, before, to_parent)
        first = replace(resource.parameters.pop(), table=link.name, column=to_parent.name)
        key = [first, self._parameter(step.parameters[0], link, to_child)]
        resource.parameters += key
        order = [column.name for column in link.primary_key]
        resource.key = sorted(key, key=lambda found: order.index(found.column) if found.column in order else 0)
        return resource

    def _bind(self, step: Step, after: Step | None, above: str | None) -> list[PathParameter] | None:
        """The parameters behind a table, in the order of its key; None, with `BK407`, where they select no one row.

        `above` is the column that refers to the row before it on the path: it may be a part of the key.
        """
        if not step.parameters:
            return []
        table = step.table
        alone = len(step.parameters) == 1
        columns = [
            self._column(table, name, alone, above) or self._referred(table, name, after) for name in step.parameters
        ]
        for name, column in zip(step.parameters, columns, strict=True):
            if column is None:
                self._unbound(step, name)
                return None
        found = [column for column in columns if column is not None]
        if len(set(found)) < len(found) or not _tell(found, table, above):
            if table.primary_key:
                self._unbound(step, step.parameters[-1])
            return None
        bound = [self._parameter(name, table, column) for name, column in zip(step.parameters, found, strict=True)]
        order = [column.name for column in table.primary_key]
        return sorted(bound, key=lambda one: order.index(one.column) if one.column in order else len(order))

    def _column(self, table: Table, name: str, alone: bool, above: str | None = None) -> Column | None:
        """The column that a parameter selects by: called like it, or the key where it is called like a row."""
        key = table.primary_key[0] if len(table.primary_key) == 1 else None
        one = fold(table.singular)
        exact = find_column(table, name)
        if exact is not None and (not alone or _tell([exact], table, above)):
            return exact
        for column in table.columns:
            if fold(name) == one + fold(column.name) and is_unique(table, [column.name]):
                return column
        spoken = {one, "id", "pk", "key", one + "id", f"{one.split('_')[-1]}id"}
        return key if key is not None and fold(name) in spoken else None

    def _referred(self, table: Table, name: str, after: Step | None) -> Column | None:
        """The column that a parameter selects by where it is called like a reference of the next table on the path."""
        for column in _referring(after.table, table) if after is not None else ():
            if column.reference is not None and fold(column.name) == fold(name):
                return find_column(table, column.reference.column)
        return None

    def _parameter(self, name: str, table: Table, column: Column) -> PathParameter:
        attribute = unique(parameter(name), self._attributes)
        self._attributes.add(attribute)
        fix = "name the row by its key"
        seen_by_all(column, table, self._span, "a path by which it finds rows", fix, self._diagnostics)
        return PathParameter(name, attribute, table.name, column.name, column.type)

    def _unbound(self, step: Step, name: str) -> None:
        table = step.table
        choices = [column.name for column in table.columns if is_unique(table, [column.name])]
        listed = ", ".join(f"`{{{choice}}}`" for choice in choices)
        if len(table.primary_key) > 1:
            key = "/".join(f"{{{column.name}}}" for column in table.primary_key)
            fix = f"a row of `{table.name}` is named by `{key}`"
        else:
            fix = did_you_mean(name, choices) or f"a row of `{table.name}` is named by {listed}"
        self._diagnostics.add("BK407", self._span, f"`{{{name}}}` does not select one row of `{table.name}`", fix)

    def _unrelated(self, before: Step, step: Step, columns: list[Column]) -> None:
        one, other = step.table.name, before.table.name
        if columns:
            listed = " and ".join(f"`{column.name}`" for column in columns)
            message = f"`{one}` refers to `{other}` by {listed}, and the path does not say by which"
            fix = f"call the parameter like the column: `/{before.word}/{{{columns[0].name}}}/{step.word}`"
        elif backwards := _referring(before.table, step.table):
            message = f"`{other}` refers to `{one}` by `{backwards[0].name}`, so its rows belong to those of `{one}`, "
            message += "not the other way round"
            row = "/".join([step.word, *(f"{{{column.name}}}" for column in step.table.primary_key)])
            fix = f"read the row of `{one}` by a path of its own, `/{row}`; `/{row}/{before.word}` lists its `{other}`"
        else:
            message = f"`{one}` has no reference to `{other}`, so no row of `{one}` belongs to one of `{other}`"
            key = before.table.primary_key[0].name if before.table.primary_key else "id"
            fix = (
                f'add a column with "references": {{"table": "{other}", "column": "{key}"}} to `{one}`, '
                "or a table that refers to both"
            )
        self._diagnostics.add("BK408", self._span, message, fix)


def _tell(columns: Sequence[Column], table: Table, above: str | None) -> bool:
    """Whether the columns tell one row from all others, or from those that belong to the same row above."""
    names = {column.name for column in columns}
    return is_unique(table, names) or (above is not None and is_unique(table, {*names, above}))


def _referring(table: Table, target: Table) -> list[Column]:
    return [
        column for column in table.columns if column.reference is not None and column.reference.table == target.name
    ]
