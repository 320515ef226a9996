"""The words of an expression."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bkgen.resolve.expressions.mistakes import MistakeError
from bkgen.resolve.expressions.syntax import Place
from bkgen.resolve.texts import visible

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?(?P<after>[A-Za-z_]\w*)?)
    |(?P<prefix>[bBrR]+(?=["']))
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<symbol>==|!=|<=|>=|&&|\|\||[-+*/%!<>?:.,()\[\]{}])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "`": "`", "?": "?"}
_OTHER_LANGUAGES = {
    "=": ("`=` is no operator", "write `==` to compare"),
    "&": ("`&` is no operator", "write `&&`"),
    "|": ("`|` is no operator", "write `||`"),
}
_OTHER_WORDS = {"and": "&&", "or": "||", "not": "!", "None": "null", "True": "true", "False": "false", "is": "=="}


@dataclass(frozen=True, slots=True)
class Token:
    """A word; `kind` is `name`, `number`, `string`, `symbol` or `end`, and the text of a string is its value."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def place(self) -> Place:
        return self.start, self.end

    @property
    def shown(self) -> str:
        return "the end" if self.kind == "end" else f"`{self.text}`" if self.kind != "string" else "a string"


def tokens(text: str) -> list[Token]:
    """The words of `text`, the last of kind `end`. Raises `MistakeError` for what is no word."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _no_token(text, at)
        kind, place = match.lastgroup or "", match.span()
        kind = "number" if kind == "after" else kind
        if kind == "prefix":
            raise MistakeError("BK802", place, "only plain strings are part of the language", f"remove `{match[0]}`")
        if match["after"]:
            raise MistakeError("BK801", place, f"`{match[0]}` is no number", "write whole numbers in plain digits")
        if match[0] in _OTHER_WORDS and not (found and found[-1].text == "."):
            raise MistakeError("BK801", place, f"`{match[0]}` is no word of CEL", f"write `{_OTHER_WORDS[match[0]]}`")
        if kind != "space":
            value = _unescaped(match[0][1:-1], at + 1) if kind == "string" else match[0]
            found.append(Token(kind, value, *place))
        at = match.end()
    return [*found, Token("end", "", at, at)]


def _no_token(text: str, at: int) -> MistakeError:
    if text[at] in "\"'":
        return MistakeError("BK801", (at, len(text)), "this string has no end", f"close it with {text[at]}")
    hint = "names in expressions are of a to z, digits and `_`: call it otherwise" if text[at].isalpha() else None
    unknown = f"the character {visible(text[at])} means nothing here"
    message, fix = _OTHER_LANGUAGES.get(text[at], (unknown, hint))
    return MistakeError("BK801", (at, at + 1), message, fix)


def _unescaped(text: str, offset: int) -> str:
    """What a string means whose inside, as written from `offset` on, is `text`."""

    def character(match: re.Match[str]) -> str:
        place = (offset + match.start(), offset + match.end())
        if match[4] is not None:
            if match[4] not in _SIMPLE:
                raise MistakeError("BK801", place, f"`{match[0]}` is no escape", r"write `\\` for a backslash")
            return _SIMPLE[match[4]]
        code = int(match[1] or match[2] or match[3], 16)
        if code == 0 or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
            raise MistakeError("BK801", place, f"`{match[0]}` is no character that a text may hold", "remove it")
        return chr(code)

    if (at := text.find("\0")) >= 0:
        place = (offset + at, offset + at + 1)
        raise MistakeError("BK801", place, "the character U+0000 is none that a text may hold", "remove it")
    return _ESCAPE.sub(character, text)
