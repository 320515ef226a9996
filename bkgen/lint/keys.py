"""Keys that are missing, of references, links and names that can be there twice, and unique rules that say nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bkgen.lint.declared import declared_columns, declared_tables, single_references, words_of
from bkgen.model.service import Service
from bkgen.model.tables import Column, Default, Table
from bkgen.model.types import Kind
from bkgen.resolve import names
from bkgen.resolve.risks.risk import Risk
from bkgen.resolve.words import listed

_NAMES = listed("slug sku isbn ean upc gtin iban barcode username handle vin hostname subdomain")
"""What people name one thing by."""

_NUMBERED = listed("invoice order serial ticket license account passport customer member tracking")
"""Before `number`: likewise."""


def undeclared_references(service: Service) -> Iterator[Risk]:
    """`BK950` of columns that are called like the key of a table, as `author_user_id` is."""
    by_words = {names.words(table.singular): table for table in declared_tables(service)}
    for table, column in declared_columns(service):
        words = words_of(column)
        if len(words) < 2 or words[-1] != "id" or column.name in table.referring:
            continue
        target = _called(words[:-1], by_words)
        if target is None or target is table or not _holds_keys(column, target):
            continue
        message = f"`{column.name}` is called like a reference to `{target.name}`, and is none"
        fix = f'add "references": "{target.name}.{target.primary_key[0].name}"'
        yield Risk("BK950", column.span, message, fix, (table.span, target.span))


def links_without_key(service: Service) -> Iterator[Risk]:
    """`BK951` of tables that have nothing but references beside a key of their own."""
    for table in declared_tables(service):
        refers = [reference.columns[0] for reference in single_references(table)]
        others = [one for one in table.columns if one.name not in refers and not _is_made(one)]
        required = all(not table.column(name).nullable for name in refers)
        covered = any(set(rule) <= set(refers) for rule in table.unique_rules)
        if len(refers) >= 2 and required and not others and not table.joint and not covered:
            listed_names = ", ".join(f'"{name}"' for name in refers)
            values = " and ".join(f"`{name}`" for name in refers)
            message = f"two rows of `{table.name}` can have the same {values}"
            fix = f'write "primaryKey": [{listed_names}] in place of `{table.primary_key[0].name}`, or make them unique'
            yield Risk("BK951", table.span, message, fix)


def implied_rules(service: Service) -> Iterator[Risk]:
    """`BK971` of unique rules that refuse nothing of their own, and that no reference leads to."""
    needed = {(one.table, frozenset(one.targets)) for table in service.tables for one in table.references}
    for table in declared_tables(service):
        narrowest = table.narrowest_rules
        for index in table.indexes:
            columns = index.columns
            if not index.unique or columns in narrowest or (table.name, frozenset(columns)) in needed:
                continue
            narrower = next(rule for rule in narrowest if set(rule) <= set(columns))
            message = f"no two rows of `{table.name}` share {_together(narrower)}: none share {_together(columns)}"
            chosen = narrower != table.unique_rules[0] and set(narrower) != set(columns)
            fix = f"remove it; or that of {_together(narrower)}, if rows may share that" if chosen else "remove it"
            yield Risk("BK971", index.span, message, fix, (table.span,))


def names_without_key(service: Service) -> Iterator[Risk]:
    """`BK952` of columns that name one thing, and are in no unique rule."""
    for table, column in declared_columns(service):
        if not _is_name(column) or any(column.name in rule for rule in table.unique_rules):
            continue
        targets = (service.table(reference.table) for reference in table.references)
        if any(one.name == column.name for target in targets for one in target.columns):
            continue  # the row referred to has it, and its unique rule
        message = f"two rows of `{table.name}` can have the same `{column.name}`"
        fix = 'add "unique": true, or a unique rule with what it is unique within'
        yield Risk("BK952", column.span, message, fix, (table.span,))


def _together(columns: Iterable[str]) -> str:
    return " and ".join(f"`{name}`" for name in columns)


def _called(words: tuple[str, ...], by_words: Mapping[tuple[str, ...], Table]) -> Table | None:
    """The table that the last of the words name, as many as do."""
    return next((by_words[words[at:]] for at in range(len(words)) if words[at:] in by_words), None)


def _holds_keys(column: Column, target: Table) -> bool:
    key = target.primary_key
    return len(key) == 1 and key[0].type.kind is column.type.kind


def _is_made(column: Column) -> bool:
    """Whether it is a key or a time that the backend gives, which says nothing of the link."""
    return column.generated and (column.primary or column.default is Default.NOW)


def _is_name(column: Column) -> bool:
    if column.type.kind not in (Kind.STRING, Kind.INTEGER) or column.type.enum or column.reference is not None:
        return False
    *before, last = names.words(column.name)[-2:] or ("",)
    return last in _NAMES or (last == "number" and bool(before) and before[0] in _NUMBERED)
