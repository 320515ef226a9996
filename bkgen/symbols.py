"""Names for the parts of a file, by which the lines of each are found."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Set

_LEAVES = (ast.Name, ast.Constant, ast.expr_context, ast.Import, ast.ImportFrom)

Symbols = dict[str, tuple[int, int]]  # name -> first and last line


def symbols(path: str, text: str, wanted: Iterable[str]) -> Symbols:
    """Those of the `wanted` parts that a file has; raises SyntaxError where it should be Python and is none."""
    return in_python(text, wanted) if path.endswith(".py") else in_text(text)


def in_python(text: str, wanted: Iterable[str]) -> Symbols:
    """Those of the `wanted` parts of a module that it has: each is called after what it is in (`Post.title`).

    Parts are definitions; inside a definition also its parameters, calls that name something, called by their texts
    (`upgrade.posts` is the call of `op.create_table("posts", ...)` there), and the entries of dictionaries, called by
    their keys.

    Raises:
        SyntaxError: the text is no Python.
    """
    module = ast.parse(text)
    names = frozenset(wanted)
    outer = {"", *(name[:place] for name in names for place, character in enumerate(name) if character == ".")}
    found: Symbols = {}
    _collect(module, "", names, outer, found)
    return found


def _collect(node: ast.AST, inside: str, wanted: Set[str], outer: Set[str], found: Symbols) -> None:
    """Add the wanted parts below `node`; `outer` are the names of parts that have wanted ones inside."""
    for name, part in _parts(node):
        path = f"{inside}.{name}" if inside and name else inside or name
        if name and path in wanted and isinstance(part, ast.stmt | ast.expr | ast.arg):
            first = min([part.lineno, *(decorator.lineno for decorator in getattr(part, "decorator_list", ()))])
            found.setdefault(path, (first, part.end_lineno or first))
        if path in outer and not isinstance(part, _LEAVES):
            _collect(part, path, wanted, outer, found)


def _parts(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """The nodes right below one, each with its name: empty where it has none."""
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            yield _text(key), value
        return
    defines = isinstance(node, ast.Module | ast.ClassDef)
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, child
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)) if defines:
                yield name, child
            case ast.arg(arg=name):
                yield name, child
            case ast.Call():
                yield _called(child), child
            case _:
                yield "", child


def _called(call: ast.Call) -> str:
    """What a call names: the text of its `name`, or the texts that it is given, by themselves or else in lists."""
    named = [_text(keyword.value) for keyword in call.keywords if keyword.arg == "name"]
    listed = (item for argument in call.args if isinstance(argument, ast.List) for item in argument.elts)
    return " ".join(filter(None, named or map(_text, call.args))) or " ".join(filter(None, map(_text, listed)))


def _text(node: ast.expr | None) -> str:
    """The text of a literal, or of one that Alembic's `op.f` marks as final."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.Call(func=ast.Attribute(attr="f"), args=[ast.Constant(value=str() as text)]):
            return text
        case _:
            return ""


def in_text(text: str) -> Symbols:
    """The lines of a text by what they say; one inside braces is called after the line that opens them, too.

    A brace that a document brings is escaped, and opens nothing.
    """
    found: Symbols = {}
    opening = ""
    for number, line in enumerate(text.split("\n"), 1):
        words = line.strip()
        found.setdefault(f"{opening}{words}", (number, number))
        if words.endswith(" {"):
            opening = f"{words} "
        elif words == "}":
            opening = ""
    return found
