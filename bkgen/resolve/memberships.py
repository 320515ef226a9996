"""The table in whose rows the roles of accounts stand."""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.diagnostics import Diagnostics, did_you_mean
from bkgen.model.roles import Memberships
from bkgen.model.tables import Column, Reference, Table
from bkgen.resolve.declared_roles import DeclaredMemberships, Named
from bkgen.resolve.lookup import Tables, find_column
from bkgen.source import Span

ROLE = "role"
"""What the column of the role is called where nothing else is said."""


def resolve_memberships(
    declared: DeclaredMemberships, accounts: Table, tables: Tables, diagnostics: Diagnostics
) -> tuple[Memberships, Column, Table] | None:
    """The memberships, the column with the roles, and its table; None where they cannot be, which adds `BK633`."""
    word, span = declared.table
    table = tables.find(word)
    if table is None:
        diagnostics.add("BK633", span, f"no table is called `{word}`", tables.nearest(word, span, diagnostics))
        return None
    account = _account(table, declared, accounts, diagnostics)
    role = _column(table, declared.role or (ROLE, span), diagnostics)
    if account is None or role is None:
        return None
    if not role.type.enum or role.nullable:
        message = f"column `{table.name}.{role.name}` has the roles of accounts, so it says which there are"
        diagnostics.add("BK633", role.span, message, 'write "type": "admin | member", never null')
        return None
    if declared.within is None:
        return Memberships(table.name, account, role.name), role, table
    reference = _reference(table, declared.within, diagnostics)
    if reference is None:
        return None
    (within,) = reference.columns
    return Memberships(table.name, account, role.name, within, reference.table), role, table


def _account(table: Table, declared: DeclaredMemberships, accounts: Table, diagnostics: Diagnostics) -> str | None:
    """The column that says whose a membership is."""
    key = accounts.primary_key[0].name
    if declared.account is not None:
        found = _reference(table, declared.account, diagnostics)
        if found is None or (found.table, found.targets) == (accounts.name, (key,)):
            return found.columns[0] if found is not None else None
        _not_of_accounts(declared.account[1], f"`{declared.account[0]}`", accounts, key, diagnostics)
        return None
    candidates = [one for one in _single(table) if (one.table, one.targets) == (accounts.name, (key,))]
    if len(candidates) == 1:
        return candidates[0].columns[0]
    if candidates:
        named = " or ".join(f'"{one.columns[0]}"' for one in candidates)
        message = f"several columns of `{table.name}` refer to `{accounts.name}`"
        diagnostics.add("BK633", declared.span, message, f'say whose the role is: "account": {named}')
    else:
        _not_of_accounts(declared.table[1], f"table `{table.name}`", accounts, key, diagnostics)
    return None


def _not_of_accounts(span: Span, what: str, accounts: Table, key: str, diagnostics: Diagnostics) -> None:
    fix = f'add a column with "references": {{"table": "{accounts.name}"}}'
    diagnostics.add("BK633", span, f"{what} does not refer to an account, by `{accounts.name}.{key}`", fix)


def _column(table: Table, named: Named, diagnostics: Diagnostics) -> Column | None:
    word, span = named
    found = find_column(table, word)
    if found is None:
        fix = did_you_mean(word, (column.name for column in table.columns))
        diagnostics.add("BK633", span, f"`{word}` is no column of `{table.name}`", fix)
    return found


def _reference(table: Table, named: Named, diagnostics: Diagnostics) -> Reference | None:
    column = _column(table, named, diagnostics)
    if column is None:
        return None
    found = next((one for one in _single(table) if one.columns == (column.name,)), None)
    if found is None or column.nullable:
        message = f"`{table.name}.{column.name}` does not always refer to a row"
        diagnostics.add("BK633", named[1], message, 'give the column "references", and let it never be null')
        return None
    return found


def _single(table: Table) -> Iterator[Reference]:
    return (one for one in table.references if len(one.columns) == 1)
