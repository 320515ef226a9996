"""Rows that a path names: a table, its parents, and the columns that parameters select by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bkgen.diagnostics import Diagnostics, did_you_mean
from bkgen.model.endpoints import Link, Parent, PathParameter
from bkgen.model.tables import Column, Reference, Table
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
            above = resource.parents[-1].child_columns if index else ()
            key = self._bind(step, found[index + 1] if not last else None, above)
            if key is None:
                return None
            resource.parameters += key
            if last:
                resource.key = key
        return resource

    def _connect(self, resource: Resource, before: Step, step: Step) -> bool:
        """Adds `before` as a parent; `step` refers to it in exactly one way."""
        references = self._foreign_keys(before, step)
        if len(references) != 1:
            self._unrelated(before, step, references)
            return False
        self._add_parent(resource, before, references[0])
        return True

    def _add_parent(self, resource: Resource, before: Step, reference: Reference) -> None:
        own = [found for found in resource.parameters if found.table == before.table.name][-len(before.parameters) :]
        resource.parents.append(
            Parent(
                table=before.table.name,
                parameters=tuple(found.attribute for found in own),
                columns=tuple(found.column for found in own),
                pairs=reference.pairs,
            )
        )

    def _foreign_keys(self, before: Step, step: Step) -> list[Reference]:
        """The references of `step` that can mean `before`: of several, the one that the parameters are called like."""
        references = _referring(step.table, before.table)
        words = {fold(name) for name in before.parameters}
        alike = [len(words.intersection(map(fold, reference.columns))) for reference in references]
        named = [one for one, count in zip(references, alike, strict=True) if count and count == max(alike)]
        return named if len(named) == 1 else references

    def _through_link(self, resource: Resource, before: Step, step: Step, writes_link: bool) -> Resource | None:
        links = [link for link in self._tables if _referring(link, before.table) and _referring(link, step.table)]
        ways = [_referring(link, target) for link in links for target in (before.table, step.table)]
        if len(links) != 1 or any(len(found) != 1 for found in ways) or before.table == step.table:
            self._unrelated(before, step, [])
            return None
        link, to_parent, to_child = links[0], ways[0][0], ways[1][0]
        if step.parameters and not writes_link:
            row = "/".join([step.word, *(f"{{{name}}}" for name in step.parameters)])
            fix = f"read it by a path of its own: `/{row}`"
            self._diagnostics.add(
                "BK408", self._span, "one linked row cannot be read through its link in this version", fix
            )
            return None
        if writes_link:
            return self._link_rows(resource, before, step, link, to_parent, to_child)
        self._add_parent(resource, before, to_parent)
        resource.link = Link(link.name, to_child.pairs)
        return resource

    def _link_rows(
        self, resource: Resource, before: Step, step: Step, link: Table, to_parent: Reference, to_child: Reference
    ) -> Resource | None:
        """The link table's own rows: POST on `/posts/{id}/tags`, DELETE on `/posts/{id}/tags/{tag_id}`."""
        resource.table = link
        if not step.parameters:
            self._add_parent(resource, before, to_parent)
            return resource
        above = resource.parameters[-len(before.parameters) :]
        near, far = ({there: link.column(here) for here, there in way.pairs} for way in (to_parent, to_child))
        alone, shared = len(step.parameters) == 1, tuple(there for there, own in far.items() if own in near.values())
        children = [self._column(step.table, name, alone, shared) for name in step.parameters]
        bound = [near.get(one.column) for one in above] + [far.get(one.name) if one else None for one in children]
        columns = [column for column in bound if column is not None]
        known = {column.name for column in columns} | set(to_parent.columns if resource.parents else ())
        both = tuple(dict.fromkeys((*to_parent.columns, *to_child.columns)))
        if None in bound or len(set(columns)) < len(columns) or not known.issuperset(both):
            self._unbound(step, step.parameters[-1])
            return None
        if not is_unique(link, both):
            rule = ", ".join(f'"{name}"' for name in both)
            self._diagnostics.add(
                "BK408",
                self._span,
                f"`{link.name}` can hold the same link twice, so `{self._path}` does not name one of its rows",
                f'add "unique": [[{rule}]] to table `{link.name}`',
            )
            return None
        if resource.parents:
            self._add_parent(resource, before, to_parent)
        del resource.parameters[-len(above) :]
        key = [replace(one, table=link.name, column=own.name) for one, own in zip(above, columns, strict=False)]
        key += [
            self._parameter(name, link, own) for name, own in zip(step.parameters, columns[len(above) :], strict=True)
        ]
        resource.parameters += key
        order = [column.name for column in link.primary_key]
        resource.key = sorted(key, key=lambda found: order.index(found.column) if found.column in order else 0)
        return resource

    def _bind(self, step: Step, after: Step | None, above: tuple[str, ...]) -> list[PathParameter] | None:
        """The parameters behind a table, in the order of its key; None, with `BK407`, where they select no one row.

        `above` are the columns that refer to the row before it on the path: they may be parts of the key.
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

    def _column(self, table: Table, name: str, alone: bool, above: tuple[str, ...]) -> Column | None:
        """The column that a parameter selects by: called like it, or the key where it is called like a row."""
        key = table.primary_key[0] if len(table.primary_key) == 1 else None
        one = fold(table.singular)
        exact = find_column(table, name)
        if exact is not None and (not alone or _tell([exact], table, above)):
            return exact
        for column in table.columns:
            if fold(name) == one + fold(column.name) and (not alone or _tell([column], table, above)):
                return column
        spoken = {one, "id", "pk", "key", one + "id", f"{one.split('_')[-1]}id"}
        return key if key is not None and fold(name) in spoken else None

    def _referred(self, table: Table, name: str, after: Step | None) -> Column | None:
        """The column that a parameter selects by where it is called like a reference of the next table on the path."""
        for reference in _referring(after.table, table) if after is not None else ():
            for here, there in reference.pairs:
                if fold(here) == fold(name):
                    return find_column(table, there)
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

    def _unrelated(self, before: Step, step: Step, references: list[Reference]) -> None:
        one, other = step.table.name, before.table.name
        if references:
            listed = " and ".join(f"`{', '.join(reference.columns)}`" for reference in references)
            message = f"`{one}` refers to `{other}` by {listed}, and the path does not say by which"
            row = "/".join([before.word, *(f"{{{name}}}" for name in references[0].columns)])
            fix = f"call the parameter like the column: `/{row}/{step.word}`"
        elif backwards := _referring(before.table, step.table):
            by = ", ".join(backwards[0].columns)
            message = f"`{other}` refers to `{one}` by `{by}`, so its rows belong to those of `{one}`, "
            message += "not the other way round"
            row = "/".join([step.word, *(f"{{{column.name}}}" for column in step.table.primary_key)])
            fix = f"read the row of `{one}` by a path of its own, `/{row}`; `/{row}/{before.word}` lists its `{other}`"
        else:
            message = f"`{one}` has no reference to `{other}`, so no row of `{one}` belongs to one of `{other}`"
            key = [column.name for column in before.table.primary_key] or ["id"]
            fix = f'add a column with "references": {{"table": "{other}", "column": "{key[0]}"}} to `{one}`'
            if len(key) > 1:
                listed = ", ".join(f'"{name}"' for name in key)
                fix = f'add the columns and "references": [{{"columns": [{listed}], "table": "{other}"}}] to `{one}`'
            fix += ", or a table that refers to both"
        self._diagnostics.add("BK408", self._span, message, fix)


def _tell(columns: Sequence[Column], table: Table, above: tuple[str, ...]) -> bool:
    """Whether the columns tell one row from all others, or from those that belong to the same row above."""
    names = {column.name for column in columns}
    return is_unique(table, {*names, *above})


def _referring(table: Table, target: Table) -> list[Reference]:
    return [reference for reference in table.references if reference.table == target.name]
