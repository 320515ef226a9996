"""Takes out of the files that backends share whatever the backend at hand has no use for.

Such a file defines all that any backend may need. What stays is what other files import and speak of, and what that
needs in turn. See specs/decisions/0033-shared-files-are-pruned.md.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign

_IMPORT = re.compile(r"^from +([\w.]+) +import +(?:\(([^)]*)\)|(.*))$", re.MULTILINE)
_IMPORT_OF_ONE_LINE = re.compile(r"^from [^(\n]*$", re.MULTILINE)
_SAID = re.compile(r'^ *(?:"""[^"\\\n]*"""|#.*)$', re.MULTILINE)  # docstrings of one line, and comments
_NAME = re.compile(r"(?<![\w.\"'])[^\W\d]\w*")  # in any letters: tables are called as people call them
_ATTRIBUTE = re.compile(r"\.([^\W\d]\w*)")
_QUOTED = re.compile(r"[\"']([^\W\d]\w*)[\"']")
_FOUND_BY_NAME = ("test_", "pytest_", "__")


@dataclass(slots=True)
class Uses:
    """What code speaks of.

    Attributes:
        imported: (module, name in it).
        attributes: what stands behind a point.
        words: names of any kind, and words in quotation marks: so tests ask for fixtures.
    """

    imported: set[tuple[str, str]] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)

    def add(self, code: str, imports: Mapping[str, tuple[str, str]]) -> None:
        """Add what `code` speaks of; `imports` are the names it has from elsewhere."""
        code = _SAID.sub("", code)
        names = set(_NAME.findall(code))
        self.imported.update(imports[name] for name in names & imports.keys())
        self.attributes.update(_ATTRIBUTE.findall(code))
        self.words |= names
        self.words.update(_QUOTED.findall(code))

    def add_files(self, texts: Iterable[str]) -> None:
        """Add what whole files speak of."""
        for text in texts:
            self.add(_IMPORT_OF_ONE_LINE.sub("", text), _imports(text))


class SharedFiles:
    """Files of Python that define all that any backend may need.

    Args:
        texts: by path.
        promised: definitions that stay whether they are used or not.
    """

    def __init__(self, texts: Mapping[str, str], promised: Collection[str] = ()) -> None:
        self._files = [_File(path, text) for path, text in texts.items()]
        self._promised = promised

    def pruned(self, used: Uses) -> dict[str, str]:
        """Path -> text with what is used alone; files of which nothing is used are missing.

        `used` is what all other files speak of; it grows by what the shared ones speak of.
        """
        for file in self._files:
            file.begin(used)
        while any(file.grow(used, self._promised) for file in self._files):
            pass  # one may need what another has left out so far
        return {file.path: file.rest() for file in self._files if file.kept or file.acts or file.is_plain}


@dataclass(frozen=True, slots=True)
class _Part:
    """A definition of a shared file.

    Attributes:
        lines: the first and the last, counted from 1: comments above it and decorators are among them.
        serves: definitions of the file that its decorators name: it stays where they do.
        fixture: whether it is one of pytest.
        found: whether it stays by its name alone, or because it works without being asked for.
    """

    name: str
    lines: tuple[int, int]
    code: str
    serves: frozenset[str]
    fixture: bool
    found: bool


class _File:
    """A shared file, of which more and more is found to be used.

    Attributes:
        kept: the parts that are used, as far as is known.
        acts: whether it does something when it is imported.
        is_plain: whether it defines nothing anyway.
    """

    def __init__(self, path: str, text: str) -> None:
        tree = ast.parse(text)
        self.path = path
        self.kept: list[_Part] = []
        self._module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        package, _, name = self._module.rpartition(".")
        self._place = (package, name)  # where it is imported from as a whole
        self._text = text
        self._parts = list(_parts(tree, text))
        self._imports = {
            name.asname or name.name: (node.module or "", name.name)
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for name in node.names
        }
        loose = [node for node in tree.body if not _name(node) and not _is_passive(node)]
        self._loose = "\n".join(map(ast.unparse, loose))
        self.acts = bool(loose)
        self.is_plain = not self._parts
        self._names = Uses()  # of what is kept here

    def begin(self, used: Uses) -> None:
        """Adds to `used` what the file needs whoever uses it: for what it does by itself, or only to give it on."""
        self._take(self._loose, used)
        if self.is_plain:
            used.imported.update(self._imports.values())

    def grow(self, used: Uses, promised: Collection[str]) -> bool:
        """Keep what is now known to be used, and say whether that was anything; `used` grows by what it needs."""
        before = len(self.kept)
        for part in self._parts:
            if part not in self.kept and (part.name in promised or self._is_used(part, used)):
                self.kept.append(part)
                self._take(part.code, used)
                if part.name == "__all__":
                    given_on = self._imports.keys() & set(_QUOTED.findall(part.code))
                    used.imported |= {self._imports[name] for name in given_on}
        return len(self.kept) > before

    def rest(self) -> str:
        """The text of what is used."""
        return _without(self._text, [part.lines for part in self._parts if part not in self.kept])

    def _take(self, code: str, used: Uses) -> None:
        used.add(code, self._imports)
        self._names.add(code, {})

    def _is_used(self, part: _Part, used: Uses) -> bool:
        if part.found or (part.fixture and part.name in used.words):
            return True
        if part.serves and part.serves <= {one.name for one in self.kept}:
            return True
        if part.name in self._names.words or (self._module, part.name) in used.imported:
            return True
        return self._place in used.imported and part.name in used.attributes


def _parts(tree: ast.Module, text: str) -> Iterator[_Part]:
    lines = text.splitlines()
    own = {_name(node) for node in tree.body}
    for node in tree.body:
        name = _name(node)
        if not name:
            continue
        assert isinstance(node, _Definition)
        span = _span(node, lines)
        code = "\n".join(lines[span[0] - 1 : span[1]])
        decorators = _decorators(node)
        named = {one.id for decorator in decorators for one in ast.walk(decorator) if isinstance(one, ast.Name)}
        words = " ".join(map(ast.unparse, decorators))
        found = name.startswith(_FOUND_BY_NAME) or "autouse" in words
        yield _Part(name, span, code, frozenset(named & own), "fixture" in words, found)


def _name(node: ast.stmt) -> str:
    """What a statement defines; empty where it does something else."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
        case _:
            return ""


def _is_passive(node: ast.stmt) -> bool:
    """Whether a statement is an import or a docstring."""
    return isinstance(node, ast.Import | ast.ImportFrom) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def _decorators(node: _Definition) -> list[ast.expr]:
    return [] if isinstance(node, ast.Assign | ast.AnnAssign) else node.decorator_list


def _span(node: _Definition, lines: list[str]) -> tuple[int, int]:
    first = min(one.lineno for one in (node, *_decorators(node)))
    while first > 1 and lines[first - 2].lstrip().startswith("#"):
        first -= 1
    assert node.end_lineno is not None
    return first, node.end_lineno


def _imports(text: str) -> dict[str, tuple[str, str]]:
    """Name in the file -> the module that it is from, and its name there."""
    found = {}
    for module, *names in _IMPORT.findall(text):
        for entry in ",".join(names).split(","):
            if words := entry.split():  # `a` or `a as b`
                found[words[-1]] = (module, words[0])
    return found


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    gone = {line for first, last in spans for line in range(first, last + 1)}
    return "".join(line for number, line in enumerate(text.splitlines(keepends=True), 1) if number not in gone)
