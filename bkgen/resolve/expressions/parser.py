"""Reads expressions: a subset of the grammar of CEL, by operator precedence."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bkgen.load.limits import MAX_INTEGER
from bkgen.model.expressions import Operator
from bkgen.resolve.expressions.mistakes import MistakeError
from bkgen.resolve.expressions.syntax import (
    Choice,
    Constant,
    Identifier,
    Infix,
    Invocation,
    Listing,
    Place,
    Prefixed,
    Selection,
    Syntax,
)
from bkgen.resolve.expressions.tokens import Token, tokens

MOST_CHARACTERS = 4000
MOST_DEPTH = 50

_LEVELS = ("||", "&&", "== != < <= > >= in", "+ -", "* / %")
PRECEDENCE = {Operator(word): level for level, words in enumerate(_LEVELS) for word in words.split()}
"""How tightly the operators bind: the higher, the tighter."""

_WORDS = {"true": True, "false": False, "null": None}


def parse(text: str) -> Syntax:
    """The tree of an expression. Raises `MistakeError` where it is none, or has no end of parts or of depth."""
    if len(text) > MOST_CHARACTERS:
        message = f"the expression is longer than {MOST_CHARACTERS:,} characters"
        raise MistakeError("BK803", (0, len(text)), message, "split it: a field of a view can be used by another")
    if not text.strip():
        raise MistakeError("BK801", (0, len(text)), "the expression is empty", "write an expression, such as `true`")
    return _Parser(tokens(text)).whole()


class _Parser:
    def __init__(self, words: Sequence[Token]) -> None:
        self._words = words
        self._at = 0
        self._depth = 0

    def whole(self) -> Syntax:
        found = self._expression()
        if self._next.kind != "end":
            raise self._unexpected("an operator")
        return found

    @property
    def _next(self) -> Token:
        return self._words[self._at]

    def _take(self) -> Token:
        self._at += 1
        return self._words[self._at - 1]

    def _is(self, symbol: str) -> bool:
        return self._next.kind == "symbol" and self._next.text == symbol

    def _skip(self, symbol: str) -> Token:
        if not self._is(symbol):
            raise self._unexpected(f"`{symbol}`")
        return self._take()

    def _unexpected(self, wanted: str) -> MistakeError:
        found = self._next
        if found.kind == "symbol" and found.text == "{":
            return MistakeError("BK802", found.place, "maps and messages are not part of the language", None)
        return MistakeError("BK801", found.place, f"{wanted} is missing before {found.shown}", None)

    def _deeper(self, place: Place) -> None:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            message = f"the expression is nested more than {MOST_DEPTH} levels deep"
            raise MistakeError("BK803", place, message, "write it with fewer parts")

    def _expression(self) -> Syntax:
        depth = self._depth
        self._deeper(self._next.place)
        condition = self._infix(0)
        if not self._is("?"):
            self._depth = depth
            return condition
        self._take()
        yes = self._expression()
        self._skip(":")
        no = self._expression()
        self._depth = depth
        return Choice(condition, yes, no, (condition.place[0], no.place[1]))

    def _infix(self, level: int) -> Syntax:
        """Operators that bind at least as tightly as `level`; a row of equal ones leans to the left."""
        depth = self._depth
        left = self._prefixed()
        while (operator := self._operator()) is not None and PRECEDENCE[operator] >= level:
            at = self._take().place
            self._deeper(at)
            right = self._infix(PRECEDENCE[operator] + 1)
            left = Infix(operator, left, right, at, (left.place[0], right.place[1]))
        self._depth = depth
        return left

    def _operator(self) -> Operator | None:
        word = self._next
        is_operator = word.text in list(Operator) and (word.kind == "symbol" or word.text == "in")
        return Operator(word.text) if is_operator and word.kind != "string" else None

    def _prefixed(self) -> Syntax:
        if not (self._is("!") or self._is("-")):
            return self._postfixed()
        sign = self._take()
        depth = self._depth
        self._deeper(sign.place)
        operand = self._prefixed()
        self._depth = depth
        return Prefixed(sign.text, operand, (sign.start, operand.place[1]))

    def _postfixed(self) -> Syntax:
        depth = self._depth
        found = self._primary()
        while self._is(".") or self._is("["):
            dot = self._take()
            self._deeper(dot.place)
            if dot.text == "[":
                fix = "use `exists`, `filter`, `min` or `max`"
                raise MistakeError("BK802", dot.place, "indexes are not part of the language", fix)
            name = self._take()
            if name.kind != "name":
                self._at -= 1
                raise self._unexpected("a name")
            if self._is("("):
                arguments, end = self._arguments(")")
                found = Invocation(found, name.text, arguments, name.place, (found.place[0], end))
            else:
                found = Selection(found, name.text, name.place, (found.place[0], name.end))
        self._depth = depth
        return found

    def _arguments(self, closing: str) -> tuple[tuple[Syntax, ...], int]:
        """What stands between a bracket, which comes next, and `closing`; and where that ends."""
        self._take()
        found: list[Syntax] = []
        while not self._is(closing):
            if found:
                self._skip(",")
            found.append(self._expression())
        return tuple(found), self._take().end

    def _primary(self) -> Syntax:
        word = self._next
        match word.kind:
            case "string":
                return Constant(word.text, self._take().place)
            case "number":
                return _number(self._take())
            case "name" if word.text in _WORDS:
                return Constant(_WORDS[self._take().text], word.place)
            case "name" if word.text != "in":
                self._take()
                if self._is("("):
                    arguments, end = self._arguments(")")
                    return Invocation(None, word.text, arguments, word.place, (word.start, end))
                return Identifier(word.text, word.place)
        if self._is("("):
            self._take()
            inner = self._expression()
            self._skip(")")
            return inner
        if self._is("["):
            items, end = self._arguments("]")
            return Listing(items, (word.start, end))
        raise self._unexpected("a value")


def _number(word: Token) -> Constant:
    if not word.text.isdigit():
        value = Decimal(word.text)
        if abs(value.adjusted()) > 300:
            raise MistakeError("BK801", word.place, "this number is out of range", None)
        return Constant(value, word.place)
    if len(word.text) > 19 or int(word.text) > MAX_INTEGER:
        raise MistakeError("BK801", word.place, "this integer does not fit into 64 bits", None)
    return Constant(int(word.text), word.place)
