"""Expressions: text to typed trees, in the subset of CEL that decision 0017 describes."""

from bkgen.resolve.expressions.resolving import as_condition, as_value, resolve_expression
from bkgen.resolve.expressions.scope import Scope

__all__ = ["Scope", "as_condition", "as_value", "resolve_expression"]
