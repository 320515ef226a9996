"""The files of handlers, which are the developer's: read and compared here, never written, run or imported."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from bkgen.diagnostics import Diagnostics
from bkgen.model.handlers import Signature

FOLDER = "app/handlers"
PACKAGE = f"{FOLDER}/__init__.py"
"""The one file there that is bkgen's; a backend has it if it has handlers."""

TESTS = "tests/handlers"

_CONNECTION = "sqlalchemy.Connection"
_SAME = {f"sqlalchemy.engine.{place}": _CONNECTION for place in ("Connection", "base.Connection")}

ToWrite = Callable[[Signature], tuple[str, ...]]


def check_handlers(signatures: Iterable[Signature], root: Path, to_write: ToWrite, diagnostics: Diagnostics) -> None:
    """Adds `BK710` for each handler that the backend in `root` lacks, and `BK711` for each that has other types."""
    for signature in signatures:
        handler = signature.handler
        path = root / handler.path
        try:
            module = ast.parse(path.read_bytes()) if path.exists() else None
        except (SyntaxError, ValueError, OSError) as error:
            reason = f"line {error.lineno}: {error.msg}" if isinstance(error, SyntaxError) else str(error)
            diagnostics.add("BK711", handler.span, f"`{handler.path}` cannot be read as Python: {reason}", "mend it")
            continue
        function = _function(module, handler.function)
        if module is None or function is None:
            lacks = "there is no file" if module is None else f"no function `{handler.function}` is defined in"
            fix = "write it into the output folder (`run` and `try` take yours by `--handlers`), beginning with:"
            diagnostics.add("BK710", handler.span, f"{lacks} `{handler.path}`", fix, to_write(signature))
        elif wrong := list(_differences(function, module, signature)):
            message = f"`{handler.function}` in `{handler.path}`, line {function.lineno}: {'; '.join(wrong)}"
            diagnostics.add("BK711", handler.span, message, "it has to begin with:", to_write(signature))


Function = ast.FunctionDef | ast.AsyncFunctionDef


def _function(module: ast.Module | None, name: str) -> Function | None:
    """The last definition of a function at the top of a module."""
    found = [one for one in (module.body if module else ()) if isinstance(one, Function) and one.name == name]
    return found[-1] if found else None


def _differences(function: Function, module: ast.Module, signature: Signature) -> Iterator[str]:
    """What is not as the signature has it."""
    if isinstance(function, ast.AsyncFunctionDef):
        yield "it is `async`, and a handler is a plain function"
    if function.decorator_list:
        yield "it has a decorator, which can change what it takes"
    arguments = function.args
    others = [*arguments.posonlyargs, *arguments.kwonlyargs, *filter(None, (arguments.vararg, arguments.kwarg))]
    if others or arguments.defaults:
        yield "it takes plain parameters only: none with a default, `*` or `/`"
    wanted = [name for name, _ in signature.parameters]
    given = [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    if given != wanted:
        yield f"it takes ({', '.join(given)}), not ({', '.join(wanted)})"
    known = _imported(module)
    types = {one.arg: one.annotation for one in arguments.args}
    for name, code in signature.parameters:
        if name in types:
            yield from _other_type(f"`{name}` is", types[name], code, known, signature)
    yield from _other_type("it returns", function.returns, signature.returns, known, signature)


def _other_type(
    what: str, annotation: ast.expr | None, wanted: str, known: dict[str, str], signature: Signature
) -> Iterator[str]:
    expected = _in_full(ast.parse(wanted, mode="eval").body, dict(signature.places))
    found = _in_full(annotation, known) if annotation is not None else "without a type"
    if found != expected:
        yield f"{what} {found}, not {expected}"


def _imported(module: ast.Module) -> dict[str, str]:
    """name -> what a module imports by it, in full."""
    found: dict[str, str] = {}
    for statement in module.body:
        match statement:
            case ast.Import(names=names):
                found |= {one.asname: one.name for one in names if one.asname}
            case ast.ImportFrom(module=str(source), names=names, level=0):
                found |= {one.asname or one.name: f"{source}.{one.name}" for one in names}
    return found


class _InFull(ast.NodeTransformer):
    """Puts what names stand for in their place."""

    def __init__(self, known: dict[str, str]) -> None:
        self._known = known

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name(self._known.get(node.id, node.id))

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, str):  # an annotation in quotes
            try:
                written = ast.parse(node.value, mode="eval").body
            except (SyntaxError, ValueError):
                return node
            return node if isinstance(written, ast.Constant) else _transformed(written, self._known)
        return node


def _transformed(annotation: ast.expr, known: dict[str, str]) -> ast.expr:
    found: ast.expr = _InFull(known).visit(annotation)
    return found


def _in_full(annotation: ast.expr, known: dict[str, str]) -> str:
    """The annotation as text, each name by the module that it is from."""
    text = ast.unparse(_transformed(annotation, known))
    for spelling, canonical in _SAME.items():
        text = text.replace(spelling, canonical)
    return text


def copy_handlers(source: Path, root: Path) -> None:
    """Have the backend in `root` use copies of the handlers in `source`, and of their tests if it is in a backend.

    Raises:
        OSError: a file cannot be read or written.
    """
    pairs = [(source, root / FOLDER)]
    if source.resolve().parts[-2:] == tuple(FOLDER.split("/")):
        pairs.append((source.resolve().parents[1] / TESTS, root / TESTS))
    for folder, target in pairs:
        for path in _own(target):
            path.unlink()
        for path in _own(folder):
            copy = target / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())


def _own(folder: Path) -> list[Path]:
    """The Python files of the developer in a folder, whose `__init__.py` is bkgen's."""
    return [path for path in folder.rglob("*.py") if path != folder / "__init__.py"]
