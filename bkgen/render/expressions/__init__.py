"""Typed expressions as source text: plain Python, and SQLAlchemy Core."""

from bkgen.render.expressions.context import Context, Rendered
from bkgen.render.expressions.groups import group_value
from bkgen.render.expressions.python import python_condition, python_value
from bkgen.render.expressions.sql import sql_conditions, sql_value

__all__ = ["Context", "Rendered", "group_value", "python_condition", "python_value", "sql_conditions", "sql_value"]
