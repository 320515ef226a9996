"""How tests make rows that refer to others: the keyword arguments of the methods that make them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bkgen.model.relations import Relation
from bkgen.model.service import Service
from bkgen.model.tables import Table
from bkgen.render.literals import literal
from bkgen.render.naming import row_word

Arguments = dict[str, str]
"""attribute -> code."""


def refers(table: Table, pairs: Iterable[tuple[str, str]], row: str) -> Arguments:
    """What a row of `table` has so that columns of it are those of `row`, a variable."""
    return {table.column(here).attribute: f"{row}[{literal(there)}]" for here, there in pairs}


def belongs(table: Table, relation: Relation, row: str) -> Arguments:
    """What a row of `table`, or one of links, has that a relation leads to from `row`, a variable."""
    return refers(table, ((there, here) for here, there in relation.pairs), row)


def shares(relation: Relation, row: str, service: Service) -> Arguments:
    """What the row at the far end of links has of `row`: the columns by which a row of links refers to both."""
    assert relation.through is not None
    both = {there: here for here, there in relation.pairs}
    pairs = ((far, both[link]) for link, far in relation.through.pairs if link in both)
    return refers(service.table(relation.target), pairs, row)


def links(relation: Relation, row: str, far: str, service: Service) -> str:
    """The call that makes the row of links between two rows."""
    assert relation.through is not None
    link = service.table(relation.through.table)
    return made(link, belongs(link, relation, row) | refers(link, relation.through.pairs, far))


def made(table: Table, arguments: Mapping[str, str]) -> str:
    """The call that makes a row."""
    return f"rows.{row_word(table)}({keywords(arguments)})"


def keywords(arguments: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={code}" for name, code in arguments.items())
