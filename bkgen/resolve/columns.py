"""Columns of tables: types, defaults, who writes them and who sees them."""

from __future__ import annotations

from dataclasses import replace

from bkgen.diagnostics import Diagnostics
from bkgen.model.tables import Column, Default
from bkgen.model.types import Kind, Type
from bkgen.resolve import names, texts
from bkgen.resolve.arrays import array_type, refuse_limits
from bkgen.resolve.constraints import constrained, refuse_default, written_type
from bkgen.resolve.declared_references import column_reference
from bkgen.resolve.defaults import read_default
from bkgen.resolve.files import check_limits
from bkgen.resolve.nodes import flag, span_of, text
from bkgen.resolve.types import Written
from bkgen.resolve.words import listed
from bkgen.source import Entry, List, Map, Span

_SECRET = listed("password passwd passwordhash passworddigest hashedpassword encryptedpassword passwordsalt pwdhash")
_CREATED = listed("created createdat createdon createddate creationdate insertedat datecreated")
_UPDATED = listed(
    "updated updatedat updatedon updateddate modified modifiedat modifiedon lastmodified dateupdated "
    "lastupdate lastupdated"
)
_INSTANTS = (Kind.DATETIME, Kind.DATE)


def resolve_column(node: Map, table: str, diagnostics: Diagnostics, known: Type | None = None) -> Column | None:
    """One column, or None where it has no usable name; its type is `known` already where that is no key of it.

    One without a usable type is of type `any`, which no other column is.

    A column is required unless it says `"nullable": true` or its type ends in `?` (decision 0002). Whether it is
    a key by `primaryKey`, and what follows from that, `with_key` adds.
    """
    name = text(node, "name") or ""
    if not texts.check_sql_name("column", name, span_of(node, "name"), diagnostics):
        return None
    written = Written(known) if known is not None else _written(node, name, diagnostics)
    type_ = written.type
    default, generated = _default(node, name, written, type_, diagnostics)
    if type_.kind is Kind.FILE:
        check_limits(node, table, diagnostics)
    folded = names.fold(name)
    private = flag(node, "private")
    updated = folded in _UPDATED and type_.kind in _INSTANTS
    stamp = updated or (folded in _CREATED and type_.kind in _INSTANTS)
    if stamp and default in (None, Default.NOW):
        default, generated = Default.NOW, True
    return Column(
        name=name,
        attribute=names.attribute(name),
        type=type_,
        nullable=bool(flag(node, "nullable")) or written.optional,
        primary=bool(flag(node, "primary")),
        unique=bool(flag(node, "unique")),
        index=bool(flag(node, "index")),
        default=default,
        reference=column_reference(node, name, diagnostics),
        generated=generated,
        updated=updated and default is Default.NOW,
        private=folded in _SECRET if private is None else private,
        read_only=bool(flag(node, "readOnly")),
        added=None,
        span=node.span,
        description=texts.free_text(node, "description", diagnostics),
        empty_is_null=_empty_is_null(node, name, written, diagnostics),
        transitions=_transitions(node),
        was=text(node, "was") or "",
    )


def plain_column(name: str, type_: Type, span: Span, private: bool = False, added: str | None = None) -> Column:
    """A column that bkgen adds."""
    return Column(
        name=name,
        attribute=names.attribute(name),
        type=type_,
        nullable=False,
        primary=False,
        unique=False,
        index=False,
        default=None,
        reference=None,
        generated=False,
        updated=False,
        private=private,
        read_only=False,
        added=added,
        span=span,
    )


def with_key(column: Column, made: bool) -> Column:
    """A column of the primary key; `made` where it is all of it, and refers to nothing.

    A UUID or integer is generated then.
    """
    column = replace(column, primary=True)
    if not made or column.default is not None:
        return column
    if column.type.kind is Kind.UUID:
        return replace(column, default=Default.UUID, generated=True)
    if column.type.kind is Kind.INTEGER:
        return replace(column, default=Default.AUTOINCREMENT, generated=True)
    return column


def is_password(column: Column) -> bool:
    """Whether the column holds the hash of a password."""
    return column.private and names.fold(column.name) in _SECRET - {"passwordsalt"}


def _written(node: Map, name: str, diagnostics: Diagnostics) -> Written:
    type_node = node.get("type")
    refuse_default(type_node, "write it beside `type`, as a key of the column", diagnostics)
    written = written_type(type_node, diagnostics) if type_node is not None else None
    if written is None or type_node is None:
        return Written(Type(Kind.ANY))
    if written.array:
        for item in type_node if isinstance(type_node, List) else ():
            refuse_default(item, "remove it: items of arrays are what is sent", diagnostics)
        return replace(written, type=array_type(node, name, written, diagnostics), array=False)
    refuse_limits(node, name, diagnostics)
    values = node.get("enum")
    if values is None:
        return replace(written, type=Type(Kind.JSON)) if written.type.kind in (Kind.ANY, Kind.OBJECT) else written
    return replace(written, type=constrained(written.type, [Entry("enum", values.span, values)], diagnostics))


def _transitions(node: Map) -> tuple[str, ...]:
    """What the transitions of its states are called."""
    written = node.get("states")
    items = written.items if isinstance(written, List) else ()
    return tuple(text(item, "name") or "" for item in items if isinstance(item, Map))


def _empty_is_null(node: Map, name: str, written: Written, diagnostics: Diagnostics) -> bool:
    """Whether an empty text is stored as null; adds `BK313` where the column holds no text, or no null."""
    if not flag(node, "emptyIsNull"):
        return False
    textual = written.type.kind in (Kind.STRING, Kind.EMAIL, Kind.URL) and not written.type.enum
    if not textual or not (flag(node, "nullable") or written.optional):
        message = f"column `{name}` cannot hold null in place of an empty text"
        fix = 'add "nullable": true' if textual else "remove `emptyIsNull`: it is for columns of text"
        diagnostics.add("BK313", span_of(node, "emptyIsNull"), message, fix)
    return True


def _default(
    node: Map, name: str, written: Written, type_: Type, diagnostics: Diagnostics
) -> tuple[Default | str | int | float | bool | None, bool]:
    """The default, and whether it makes the column generated, as a counter or a UUID does."""
    value = node.get("default")
    if value is None:
        return (Default.AUTOINCREMENT, True) if written.serial else (None, False)
    if type_.kind is Kind.ANY:
        return None, False
    default = read_default(name, type_, value, diagnostics)
    return default, default in (Default.UUID, Default.AUTOINCREMENT)
