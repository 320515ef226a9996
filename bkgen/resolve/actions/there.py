"""Which rows of steps are there for sure, whatever the request says."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from enum import StrEnum

from bkgen.model.actions import Terms, Which
from bkgen.model.expressions import ColumnOf, Name, Row
from bkgen.model.tables import Table
from bkgen.resolve.actions.terms import unless_implied
from bkgen.resolve.actions.which import key_of
from bkgen.resolve.asker import Asker
from bkgen.resolve.guards import always_of_itself
from bkgen.resolve.lookup import Tables
from bkgen.resolve.vocabulary import ACTOR


class Sure(StrEnum):
    """Why the row of a step is there for sure."""

    WRITTEN = "an earlier step of the same transaction has written this row, so it is there"
    REFERRED_TO = "a row that an earlier step has written refers to this one, so it is there"
    OWN = "this is the account that asks, so it is there"


def surely_there(
    which: Which, table: Table, terms: Terms, held: Collection[str], asker: Asker, tables: Tables
) -> Sure | None:
    """Why the one row is there for who asks; None where it may not be.

    `held` are the names of rows that the transaction has written, and so keeps from others.
    """
    columns = {column: value for column, value in map(key_of, which.same) if isinstance(value, ColumnOf)}
    owners = {value.row.name: value.row.gives for value in columns.values() if isinstance(value.row, Name)}
    if not columns or len(columns) < len(which.same) or len(owners) != 1:
        return None
    ((owner, gives),) = owners.items()
    if not isinstance(gives, Row):
        return None
    is_same = gives.table == table.name and all(value.column == there for there, value in columns.items())
    if is_same and owner == ACTOR and asker.signed_in:
        return Sure.OWN if terms.visible is None or always_of_itself(terms.visible, table) else None
    if owner not in held:
        return None
    if is_same:
        return Sure.WRITTEN
    other = tables[gives.table]
    reference = other.reference_by(((value.column, there) for there, value in columns.items()), table.name)
    leads = reference is not None and not other.is_optional(reference) and terms.visible is None
    return Sure.REFERRED_TO if leads else None


def sure_terms(terms: Terms, sure: Sure | None, table: Table) -> Terms:
    """The terms without what is sure: that the row is there, and what follows from that and from each other.

    A row that the transaction has written is there whether it may be read or not, so nothing follows from its being so.
    """
    if sure is Sure.WRITTEN:
        return unless_implied(replace(terms, visible=None))
    terms = unless_implied(terms)
    if sure is None:
        return terms
    allowed = terms.allowed
    if sure is Sure.OWN and not terms.again and allowed is not None and always_of_itself(allowed, table):
        terms = replace(terms, allowed=None)
    return replace(terms, visible=None)
