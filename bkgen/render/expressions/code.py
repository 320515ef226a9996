"""Python source text that knows how tightly it binds, so that parentheses stand only where they are needed."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How tightly Python's operators bind: the higher, the tighter."""

    CHOICE = 1
    OR = 2
    AND = 3
    NOT = 4
    COMPARE = 5
    ADD = 6
    MULTIPLY = 7
    SIGN = 8
    ATOM = 9


@dataclass(frozen=True, slots=True)
class Code:
    """Source text of an expression whose outermost operator is of `level`."""

    text: str
    level: Level = Level.ATOM

    def at(self, level: Level) -> str:
        """The text as an operand that binds at least as tightly as `level`."""
        return self.text if self.level >= level else f"({self.text})"


def infix(left: Code, operator: str, right: Code, level: Level) -> Code:
    """Two operands; rows of equal operators lean to the left, and comparisons do not chain."""
    leaning = level if level is not Level.COMPARE else Level.ADD
    return Code(f"{left.at(leaning)} {operator} {right.at(Level(level + 1))}", level)


def joined(operator: str, parts: Iterable[Code], level: Level) -> Code:
    """All parts with `and` or `or` between them; what has an `and` stands in parentheses between the latter."""
    found = list(parts)
    if len(found) == 1:
        return found[0]
    inner = Level.NOT if level is Level.OR else level
    return Code(f" {operator} ".join(part.at(level if part.level is level else inner) for part in found), level)


def call(function: str, *arguments: Code | str) -> Code:
    """A call; a choice between commas is in parentheses, as in `argument`."""
    least = Level.OR if len(arguments) > 1 else Level.CHOICE
    inner = ", ".join(one if isinstance(one, str) else one.at(least) for one in arguments)
    return Code(f"{function}({inner})")


def method(of: Code, name: str, *arguments: Code | str) -> Code:
    return call(f"{of.at(Level.ATOM)}.{name}", *arguments)


def argument(code: str) -> str:
    """What stands between commas: a choice in parentheses, since formatters differ in how they break a bare one."""
    return f"({code})" if isinstance(ast.parse(code, mode="eval").body, ast.IfExp) else code


def negated(code: Code) -> Code:
    return Code(f"not {code.at(Level.NOT)}", Level.NOT)


def choice(yes: Code, condition: Code, no: Code) -> Code:
    """`yes if condition else no`."""
    return Code(f"{yes.at(Level.OR)} if {condition.at(Level.OR)} else {no.at(Level.CHOICE)}", Level.CHOICE)
