"""The one way by which a value from a document becomes Python source text."""

from __future__ import annotations

import re
import textwrap
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

_DOCSTRING_WIDTH = 86


def literal(value: Any) -> str:
    """A Python expression for a JSON value or a Decimal. Whatever a text holds, it stays inside its quotes.

    Strings are in ASCII where they hold anything that could hide or move text on a screen; all else is as typed.
    """
    match value:
        case None | bool() | int():
            return repr(value)
        case float():
            return repr(value)
        case Decimal():
            return f"Decimal({literal(str(value))})"
        case str():
            return _string(value)
        case list() | tuple():
            inner = ", ".join(literal(item) for item in value)
            return f"[{inner}]"
        case dict():
            inner = ", ".join(f"{literal(key)}: {literal(item)}" for key, item in value.items())
            return f"{{{inner}}}"
        case _:
            raise TypeError(f"no literal for {type(value).__name__}")


def _string(value: str) -> str:
    # JSON's escapes are all Python's too, but for characters beyond the BMP, which JSON writes as surrogate pairs.
    if value.isprintable():
        return encode_basestring(value)
    return '"' + "".join(_character(character) for character in value) + '"'


def _character(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character == "\n":
        return "\\n"
    if character.isprintable():
        return character
    return f"\\U{ord(character):08x}" if ord(character) > 0xFFFF else f"\\u{ord(character):04x}"


def wrapped(sentence: str, details: str = "") -> list[str]:
    """The lines of a description: a sentence, and behind an empty line the details, whose own lines are kept."""
    lines = textwrap.wrap(sentence, _DOCSTRING_WIDTH)
    for line in ["", *details.splitlines()] if details else []:
        lines += textwrap.wrap(line, _DOCSTRING_WIDTH) or [""]
    return lines


def docstring(sentence: str, details: str = "", indent: int = 4) -> str:
    """A docstring of a definition whose body is indented by `indent` spaces, quotes included."""
    lines = [_escaped(line) for line in wrapped(sentence, details)]
    if len(lines) == 1:
        return f'"""{lines[0]}"""'
    margin = " " * indent
    return '"""' + f"\n{margin}".join(lines) + f'\n{margin}"""'


def _escaped(line: str) -> str:
    """A line as it can stand in a docstring. It is escaped after wrapping, so that no escape is cut in two."""
    if "\\" not in line and '"""' not in line and not line.endswith('"'):
        return line
    return line.replace("\\", "\\\\").replace('"', '\\"')


def comment(text: str) -> str:
    """`text` as it can stand behind `# `: on one line, without characters that a terminal or editor would obey."""
    return "".join(character if character.isprintable() else " " for character in text)


def markdown(text: str) -> str:
    """`text` so that Markdown shows it as it is, on one line and inside a table cell too."""
    line = re.sub(r"([\\`*_{}\[\]<>|#&~$])", r"\\\1", " ".join(text.split()))
    return re.sub(r"^(\d*)([-+=.)])", r"\1\\\2", line)
