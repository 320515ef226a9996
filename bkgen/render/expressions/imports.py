"""What the code of expressions has to import: told by the names in it."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from bkgen.model.tables import Table

_PLACES = {
    "decimal": "Decimal",
    "uuid": "UUID",
    "datetime": "UTC date datetime time timedelta",
    "pydantic": "MISSING",
    "slugify": "slugify",
    "sqlalchemy": "BigInteger Boolean Date DateTime Double Numeric String Uuid and_ case cast exists false func "
    "literal not_ or_ select true type_coerce",
    "sqlalchemy.orm": "aliased",
    "app.expressions": "Reckoned Scaled as_number average decimal_average digits exact quotient ratio read_integer "
    "read_number remainder strpos unless_none utc_date utc_day",
    "app.links": "absolute_url",
    "app.models.metadata": "UtcDateTime",
}
IMPORTS = {name: f"from {module} import {name}" for module, names in _PLACES.items() for name in names.split()}
IMPORTS["operator"] = "import operator"
HELPERS = frozenset(_PLACES["app.expressions"].split())
"""What `app/expressions.py` of a generated backend has, each definition only where it is used."""

BUILTINS = frozenset({"all", "any", "bool", "float", "format", "int", "len", "max", "min", "sorted", "str", "sum"})
RESERVED = BUILTINS | set(IMPORTS)
"""Names that no variable of an expression may take."""


def used_names(codes: list[str]) -> set[str]:
    """The names of variables, functions and modules in expressions."""
    return {node.id for code in codes for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}


def imports_of(codes: list[str], tables: Mapping[str, Table]) -> frozenset[str]:
    """The lines that import what expressions use."""
    if not codes:
        return frozenset()
    names = used_names(codes)
    models = names & {table.class_name for table in tables.values()}
    lines = {IMPORTS[name] for name in names & IMPORTS.keys() - models}
    return frozenset(lines | {f"from app.models import {name}" for name in models})
