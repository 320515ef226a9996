"""Small changes of Python code, each of which should make some test fail."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}
_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "+",
    ast.Div: "*",
    ast.BitAnd: "|",
    ast.BitOr: "&",
}
# Keyword arguments and keys with words for people, which no client depends on, or for tools that look at the code.
_WORDS = frozenset({"summary", "description", "response_description", "title", "frozen"})
# Definitions that are there for type checkers.
_TYPES = frozenset({"TypeVar", "ParamSpec"})
# What type checkers and `import *` read, and nothing else, and settings of SQLAlchemy that only speed depends on.
_UNREAD = frozenset({"__all__", "cache_ok", "inherit_cache"})
# Methods that say which rows, in which order and how many.
_NARROWING = frozenset({"where", "order_by", "limit", "offset", "desc", "nulls_first", "nulls_last"})


@dataclass(frozen=True, order=True)
class Mutant:
    """A change of one file: the characters from `start` to `end` become `text`."""

    line: int
    start: int
    end: int
    text: str
    operator: str

    def applied(self, source: str) -> str:
        return source[: self.start] + self.text + source[self.end :]


def mutants(source: str) -> list[Mutant]:
    """Every change that can be made, in the order of the text; all of them are still Python."""
    found = sorted(set(_Finder(source).all()))
    return [mutant for mutant in found if _is_python(mutant.applied(source))]


def _is_python(text: str) -> bool:
    try:
        compile(text, "mutant", "exec")
    except SyntaxError:
        return False
    return True


class _Finder:
    def __init__(self, source: str) -> None:
        self._source = source
        self._lines = [0]
        for line in source.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    def all(self) -> Iterator[Mutant]:
        for node in self._executed(ast.parse(self._source)):
            yield from self._of(node)

    def _executed(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes that do something when the program runs: neither annotations nor documentation."""
        yield node
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in _WORDS:
                    continue
                for part in (key, value):
                    yield from self._executed(part) if part is not None else ()
            return
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "type_params"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not _is_for_people(child):
                    yield from self._executed(child)

    def _of(self, node: ast.AST) -> Iterator[Mutant]:
        match node:
            case ast.Compare(left=left, ops=[operator], comparators=[right]) if type(operator) in _COMPARISONS:
                yield self._between(left, right, _COMPARISONS[type(operator)], "comparison")
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _ARITHMETIC:
                yield self._between(left, right, _ARITHMETIC[type(operator)], "arithmetic")
            case ast.BoolOp(op=operator, values=[first, second, *_]):
                yield self._between(first, second, "and" if isinstance(operator, ast.Or) else "or", "logic")
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield self._instead(node, self._text(operand), "negation dropped")
            case ast.IfExp(body=body, orelse=orelse):
                yield self._instead(node, self._text(orelse), "choice: always the other")
                yield self._instead(node, self._text(body), "choice: always the one")
            case ast.Constant(value=bool() as value):
                yield self._instead(node, str(not value), "boolean")
            case ast.Constant(value=int() as value):
                yield self._instead(node, str(value + 1), "number")
            case ast.Constant(value=str() as value) if value:
                yield self._instead(node, repr(f"{value}x"), "text")
            case ast.Raise():
                yield self._instead(node, "pass", "raise dropped")
            case ast.Expr(value=ast.Call()):
                yield self._instead(node, "pass", "call dropped")
            case ast.Call(func=ast.Attribute(value=receiver, attr=name), args=arguments) if name in _NARROWING:
                if len(arguments) < 2:
                    yield self._instead(node, self._text(receiver), f"{name} dropped")
                for argument in arguments if len(arguments) > 1 else ():
                    others = ", ".join(self._text(other) for other in arguments if other is not argument)
                    yield self._instead(node, f"{self._text(receiver)}.{name}({others})", f"part of {name} dropped")
            case ast.Call(func=ast.Attribute(attr="values"), keywords=[_, _, *_]):
                for keyword in node.keywords:
                    start, end = self._start(keyword), self._end(keyword)
                    end += len(self._source[end:]) - len(self._source[end:].lstrip(" ,\n"))
                    yield Mutant(keyword.lineno, start, end, "", "value not written")

    def _between(self, left: ast.expr, right: ast.expr, operator: str, what: str) -> Mutant:
        """An operator replaced; parentheses around the operands stay."""
        start, end = self._end(left), self._start(right)
        gap = self._source[start:end]
        inner = gap.strip("() \n")
        at = start + gap.index(inner)
        return Mutant(left.lineno, at, at + len(inner), operator, what)

    def _instead(self, node: ast.stmt | ast.expr, text: str, what: str) -> Mutant:
        return Mutant(node.lineno, self._start(node), self._end(node), text, what)

    def _text(self, node: ast.expr) -> str:
        return f"({self._source[self._start(node) : self._end(node)]})"

    def _start(self, node: ast.stmt | ast.expr | ast.keyword) -> int:
        return self._offset(node.lineno, node.col_offset)

    def _end(self, node: ast.stmt | ast.expr | ast.keyword) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._offset(node.end_lineno, node.end_col_offset)

    def _offset(self, line: int, column: int) -> int:
        """Of a place that `ast` counts in bytes of UTF-8."""
        start = self._lines[line - 1]
        text = self._source[start : self._lines[line]]
        return start + len(text.encode()[:column].decode())


def _is_for_people(node: ast.AST) -> bool:
    """Whether it is a docstring, the words of documentation, or nothing that the result depends on."""
    match node:
        case ast.keyword(arg=name):
            return name in _WORDS
        case ast.Assign(value=ast.Call(func=ast.Name(id=name))):
            return name in _TYPES
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name in _UNREAD
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
