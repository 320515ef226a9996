"""Expressions as they are written: the tree that the parser makes, before anything is known about names and types."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bkgen.model.expressions import Operator

Place = tuple[int, int]
"""From an offset in the text up to but not including another one."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal; numbers with a fraction or an exponent are kept as they are written."""

    value: str | int | Decimal | bool | None
    place: Place


@dataclass(frozen=True, slots=True)
class Identifier:
    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Selection:
    """`operand.name`; `at` is the place of the name."""

    operand: Syntax
    name: str
    at: Place
    place: Place


@dataclass(frozen=True, slots=True)
class Invocation:
    """`name(arguments)`, or `target.name(arguments)`; `at` is the place of the name."""

    target: Syntax | None
    name: str
    arguments: tuple[Syntax, ...]
    at: Place
    place: Place


@dataclass(frozen=True, slots=True)
class Prefixed:
    """`!operand` or `-operand`."""

    operator: str
    operand: Syntax
    place: Place


@dataclass(frozen=True, slots=True)
class Infix:
    """`left operator right`; `at` is the place of the operator."""

    operator: Operator
    left: Syntax
    right: Syntax
    at: Place
    place: Place


@dataclass(frozen=True, slots=True)
class Choice:
    """`condition ? yes : no`."""

    condition: Syntax
    yes: Syntax
    no: Syntax
    place: Place


@dataclass(frozen=True, slots=True)
class Listing:
    """`[item, item]`."""

    items: tuple[Syntax, ...]
    place: Place


Syntax = Constant | Identifier | Selection | Invocation | Prefixed | Infix | Choice | Listing
