"""A policy that is said of another row keeps its own variables apart from those around."""

from __future__ import annotations

from bkgen.model.expressions import ColumnOf, Expression, Name, Quantified, Row
from bkgen.resolve.expressions.parts import walk
from bkgen.resolve.guards import about
from tests.expressions import at_start, expression


def variables(found: Expression) -> list[tuple[str, str]]:
    """(variable, column) of all columns of variables in an expression."""
    parts = walk(found)
    return [(part.row.name, part.column) for part in parts if isinstance(part, ColumnOf) and isinstance(part.row, Name)]


def test_a_variable_that_is_called_like_the_other_row_gets_another_name() -> None:
    rule = expression("row.comments.exists(c, c.author_id == row.author_id)")
    found = about(rule, Name("c", Row("articles"), at_start()))
    assert isinstance(found, Quantified)
    assert found.variable != "c"
    assert variables(found) == [(found.variable, "author_id"), ("c", "author_id")]


def test_other_variables_stay_as_they_are() -> None:
    rule = expression("row.comments.exists(c, c.author_id == row.author_id)")
    found = about(rule, Name("article", Row("articles"), at_start()))
    assert variables(found) == [("c", "author_id"), ("article", "author_id")]
