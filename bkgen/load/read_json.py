"""Reads JSON with the position of every key and value.

The standard library decides whether a text is JSON. One that is gets its positions from a pass over its tokens, which
therefore need not look for mistakes.
"""

from __future__ import annotations

import json
import re

from bkgen.diagnostics import Diagnostics
from bkgen.load.json_mistakes import explain
from bkgen.load.positions import Positions
from bkgen.load.tree import TreeBuilder
from bkgen.source import Node, SourceFile

# Strings, brackets, and everything else that is no separator: numbers and words.
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]|[^\s\[\]{}:,"]+', re.DOTALL)
_NOT_FINITE = ("NaN", "Infinity", "-Infinity")
_WORDS = {"true": True, "false": False, "null": None}


class _NotFiniteError(ValueError):
    """Raised for the words that Python reads and JSON does not know."""


def read_json(file: SourceFile, diagnostics: Diagnostics) -> Node | None:
    """The tree of a JSON document. Raises `RefusedError` where it is no JSON."""
    positions = Positions(file)
    try:
        # Numbers are converted, and their size is checked, where their position is known.
        json.loads(file.text, parse_constant=_refuse, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        raise explain(positions, error.pos) from None
    except _NotFiniteError:
        words = (piece for piece in _TOKEN.finditer(file.text) if piece.group().startswith(_NOT_FINITE))
        raise explain(positions, next(words).start()) from None
    except RecursionError:
        pass  # the tokens tell where the limit is passed
    return _tree(file.text, TreeBuilder(positions, diagnostics))


def _refuse(word: str) -> None:
    raise _NotFiniteError(word)


def _tree(text: str, tree: TreeBuilder) -> Node | None:
    for match in _TOKEN.finditer(text):
        piece = match.group()
        start, end = match.span()
        match piece[0]:
            case '"':
                value = json.loads(piece) if "\\" in piece else piece[1:-1]
                if tree.expects_key:
                    tree.key(value, start, end)
                else:
                    tree.text(value, start, end)
            case "{" | "[":
                tree.begin(start, end, is_map=piece == "{")
            case "}" | "]":
                tree.end(end)
            case _ if piece in _WORDS:
                tree.word(_WORDS[piece], start, end)
            case _ if piece.lstrip("-").isdigit():
                tree.integer(piece, start, end)
            case _:
                tree.real(piece, start, end)
    return tree.root
