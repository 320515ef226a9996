"""Expressions: text to typed trees, in the subset of CEL that decision 0017 describes."""

from bkgen.resolve.expressions.queryable import Split, is_queryable, split
from bkgen.resolve.expressions.resolving import as_condition, as_value, resolve_expression
from bkgen.resolve.expressions.scope import Scope

__all__ = ["Scope", "Split", "as_condition", "as_value", "is_queryable", "resolve_expression", "split"]
