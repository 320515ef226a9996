"""Views of the generated tests of fields that are reckoned: rows of which they are told to be one thing or another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bkgen.model.endpoints import Endpoint
from bkgen.model.expressions import Binary, Expression, Literal, Operator, Value
from bkgen.model.service import Service
from bkgen.model.shapes import Computed, Object
from bkgen.model.tables import Table
from bkgen.model.types import Kind, Type
from bkgen.render.literals import literal
from bkgen.render.naming import row_word
from bkgen.render.scenes import Scene, scene_of
from bkgen.resolve.expressions.kinds import BOOLEAN, is_nullable
from bkgen.resolve.vocabulary import ACTOR, mentions

_VALUES: dict[Kind, tuple[bool | int, ...]] = {Kind.BOOLEAN: (True, False), Kind.INTEGER: (0, 1, 2)}
"""What is looked for of each kind, as far as there are such rows."""


@dataclass(frozen=True, slots=True)
class ComputedTest:
    """A field that is reckoned.

    Attributes:
        field: its name, as a literal; `name` as part of a name.
        rows: (lines that make a row, what the field is then, as a literal).
    """

    name: str
    field: str
    rows: tuple[tuple[tuple[str, ...], str], ...]


def computed_tests(endpoint: Endpoint, found: Object | None, table: Table, service: Service) -> Iterator[ComputedTest]:
    """Those of the fields of an answer that depend on the row and what belongs to it, where it has no row above it."""
    if found is None or endpoint.parents or endpoint.link is not None or endpoint.where or endpoint.visible:
        return
    for field in found.fields:
        if not isinstance(field.shape, Computed) or field.shape.many or field.shape.column:
            continue
        expression = field.shape.expression
        if is_nullable(expression.gives) or mentions(expression, ACTOR):
            continue
        rows = []
        for value in _VALUES.get(field.shape.type.kind, ()):
            scene = _scene(_is(expression, value, field.shape.type), value is not False, table, service)
            if scene is not None:
                rows.append((scene.lines, literal(value)))
        if len(rows) > 1:
            yield ComputedTest(field.attribute.strip("_"), literal(field.name), tuple(rows))


def _is(expression: Expression, value: bool | int, type_: Type) -> Expression:
    """The condition that an expression gives a value; for a truth value it is the expression itself."""
    if isinstance(value, bool):
        return expression
    return Binary(Operator.EQUAL, expression, Literal(value, Value(type_), expression.span), BOOLEAN, expression.span)


def _scene(condition: Expression, holds: bool, table: Table, service: Service) -> Scene | None:
    """A row of which a condition holds, or does not."""
    scene = scene_of([(condition, holds)], table, row_word(table), service, signed_in=False)
    return None if scene is None or scene.given else scene
