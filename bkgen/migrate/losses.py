"""What a change of the schema would lose, or cannot carry out with rows in the tables."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bkgen.migrate.compare import Difference, TableChange
from bkgen.migrate.conversions import Effect
from bkgen.migrate.fields import narrowed
from bkgen.model.schema import StoredColumn


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that has to be allowed, or said.

    Attributes:
        table, column: by the names that the documents have for them; an empty column is the whole table.
        stored_table, stored_column: by the names that the database has so far; a new column has none.
        message, fix: of the finding; the message goes on with the number of rows.
        rows: which rows are concerned, an SQL condition of which `{0}` is the column; empty for all.
        allowed: whether an allowance is enough; else the documents have to say something else.
    """

    code: str
    table: str
    column: str
    stored_table: str
    stored_column: str
    message: str
    fix: str
    rows: str = ""
    allowed: bool = True

    @property
    def name(self) -> str:
        """What `--allow-loss` calls it."""
        return f"{self.table}.{self.column}" if self.column else self.table

    def is_in(self, allowed: Collection[str]) -> bool:
        return self.allowed and not {self.name, self.table}.isdisjoint(allowed)


def losses(difference: Difference) -> Iterator[Loss]:
    """All that is lost on the way, whether it is allowed or not."""
    for table in difference.dropped:
        yield Loss(
            "BK723",
            table.name,
            "",
            table.name,
            "",
            f"table `{table.name}` is no longer in the documents: it would be dropped with its rows",
            f'if it is called otherwise now, add "was": "{table.name}" to the new one; '
            f"to drop it: --allow-loss {_option(table.name)}",
        )
    targets = {
        (reference.table, column)
        for schema in (difference.before, difference.after)
        for table in schema.tables
        for reference in table.references
        for column in reference.targets
    }
    for change in difference.kept:
        yield from _of_columns(change, targets)
        yield from _of_fields(change)


def _of_columns(change: TableChange, targets: Collection[tuple[str, str]]) -> Iterator[Loss]:
    for column in change.dropped:
        fix = f'if it is called otherwise now, add "was": "{column.name}" to the new one; to drop it: '
        message = f"column `{column.name}` of `{change.name}` is no longer in the documents: its values would be lost"
        yield _loss("BK724", change, column.name, message, fix, rows="{0} IS NOT NULL")
    for column in change.added:
        if column.counts and change.before.columns:
            message = f"column `{column.name}` counts up, and the rows of `{change.name}` that are there have no number"
            fix = f'make it a plain column or "default": "uuid", or begin a new table instead of `{change.name}`'
            yield _loss("BK731", change, column.name, message, fix, stored=False, allowed=False)
        elif not column.nullable and not has_value(column):
            message = f"column `{column.name}` of `{change.name}` is required, and rows that are there have no value"
            fix = 'give it a "default", or make it nullable; where there are no rows: '
            yield _loss("BK725", change, column.name, message, fix, stored=False)
        elif not column.nullable and change.is_alike(column):
            message = (
                f"column `{column.name}` of `{change.name}` is unique, and all rows that are there get its default"
            )
            fix = 'make it nullable, or give it "default": "uuid"; where there is one row at most: '
            yield _loss("BK725", change, column.name, message, fix, stored=False)
    for old, new in change.pairs:
        yield from _of_rules(change, old, new, targets)


def _of_fields(change: TableChange) -> Iterator[Loss]:
    """What documents that are there have, and may have no more, or lack."""
    before = {field.path: field for field in change.before.fields}
    for field in change.gone_fields:
        if "[]" in field.path:
            message = f"the items of `{change.name}` have `{field.path}` no more, and no migration reaches into arrays"
            yield _loss("BK762", change, field.path, message, "rewrite them first; then: ")
            continue
        message = f"field `{field.path}` of `{change.name}` is no longer in its schema: its values would be lost"
        yield _loss("BK761", change, field.path, message, "leave it in the schema; to drop it: ")
    for field in change.needed_fields:
        if field.default is None:
            message = f"field `{field.path}` of `{change.name}` is required, and documents that are there may lack it"
            yield _loss("BK760", change, field.path, message, "leave it optional; where each has it: ")
    for field in change.after.fields:
        if (old := before.get(field.path)) is not None and (how := narrowed(old, field)):
            message = f"field `{field.path}` of `{change.name}` takes less: {how}"
            yield _loss("BK762", change, field.path, message, "leave it as wide as it was; where each document fits: ")


def _of_rules(
    change: TableChange, old: StoredColumn, new: StoredColumn, targets: Collection[tuple[str, str]]
) -> Iterator[Loss]:
    name = f"`{change.name}.{new.name}`"
    if old.counts != new.counts:
        message = f"{name} {'counts up' if new.counts else 'counted up'}, and {'did not' if new.counts else 'no more'}"
        fix = "leave it as it was: that a column counts cannot be changed"
        yield _loss("BK731", change, new.name, message, fix, allowed=False)
    if old.nullable and not new.nullable and not has_value(new):
        message = f"{name} becomes required, and rows may have null there"
        fix = 'give it a "default" for them, or leave it nullable; where there are none: '
        yield _loss("BK726", change, new.name, message, fix, rows="{0} IS NULL")
    way = next((way for before, after, way in change.retyped if after is new), None)
    is_key = new.name in change.before.key or new.name in change.after.key
    names_rows = is_key or (change.name, new.name) in targets
    if way is not None and names_rows and (way.effect is Effect.ANEW or way.moves or family(old) != family(new)):
        message = f"{name} is {'a key' if is_key else 'referred to'}, and becomes {new.type} from {old.type}"
        fix = "leave its type as it was: what refers to it would refer to nothing"
        yield _loss("BK731", change, new.name, message, fix, allowed=False)
    elif way is not None and way.effect is Effect.ANEW:
        message = (
            f"{name} becomes {new.type} from {old.type}, and there is no way between them: its values would be lost"
        )
        fix = "give the new column another name and keep both; to lose the values: "
        yield _loss("BK728", change, new.name, message, fix, rows="{0} IS NOT NULL")
        if not new.nullable and not has_value(new):
            message = f"{name} is made anew, is required, and the rows that are there have no value"
            yield _loss("BK725", change, new.name, message, 'give it a "default", or make it nullable', allowed=False)
    elif way is not None and way.effect is Effect.FEWER:
        done = "longer values would be cut" if way.cut else "values that do not fit would stop the migration"
        done = f"numbers would be rounded, and {done}" if way.rounds else done
        message = f"{name} becomes {new.type} from {old.type}: {done}"
        yield _loss(
            "BK727",
            change,
            new.name,
            message,
            "leave it as wide as it was; to change it all the same: ",
            rows=way.misfits,
        )
    gone = [value for value in old.enum if value not in new.enum]
    if new.enum and (gone or not old.enum):
        listed = " or ".join(f"`{value}`" for value in gone or new.enum)
        limit, others = ("no longer be", "that") if gone else ("only be", "others")
        message = f"{name} may {limit} {listed}, and rows may have {others}"
        instead = "to give such rows its default" if has_value(new) else "to make it null there"
        fix = f"leave the values; {instead if has_value(new) or new.nullable else 'where no row has them'}: "
        values = ", ".join(_quoted(value) for value in new.enum)
        yield _loss("BK729", change, new.name, message, fix, rows=f"{{0}} NOT IN ({values})")
    if old.type == new.type and (how := _less(old, new)):
        message = f"{name} takes less: {how}"
        fix = "leave it as wide as it was; where each row fits: "
        yield _loss("BK762", change, new.name, message, fix, rows="{0} IS NOT NULL")


def _less(old: StoredColumn, new: StoredColumn) -> str:
    """What an array may have held that it may hold no more; empty where each one stays valid."""
    before = {part.path: part for part in old.form}
    if new.form and not before:
        return "it was any JSON, and may only be an array"
    found = ((part, narrowed(before[part.path], part)) for part in new.form)
    return next((f"of its items, {how}" if part.path else how for part, how in found if how), "")


def has_value(column: StoredColumn) -> bool:
    """Whether there is something for rows that have no value: the default of the column."""
    return column.default is not None


def _loss(
    code: str,
    change: TableChange,
    column: str,
    message: str,
    fix: str,
    *,
    rows: str = "",
    stored: bool = True,
    allowed: bool = True,
) -> Loss:
    option = f"--allow-loss {_option(f'{change.name}.{column}')}" if allowed else ""
    stored_column = change.old_column(column) if stored else ""
    return Loss(code, change.name, column, change.was, stored_column, message, fix + option, rows, allowed)


def _option(name: str) -> str:
    return f"'{name}'" if " " in name or "[" in name else name


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''").replace("{", "{{").replace("}", "}}") + "'"


_FAMILIES = {"smallint": "integer", "bigint": "integer", "varchar": "text"}


def family(column: StoredColumn) -> str:
    """What a type has in common with those that a reference can lead to from it."""
    name = column.type.partition("(")[0]
    return _FAMILIES.get(name, name)
