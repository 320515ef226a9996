"""Reads YAML with the position of every key and value.

A document is YAML 1.2's core schema without anchors, aliases, tags and merge keys: what can also be written in JSON.
So `no`, `on` and `2026-01-01` are strings. Whole numbers are taken as keys, for statuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from bkgen.diagnostics import Diagnostics
from bkgen.load.positions import Positions
from bkgen.load.tree import RefusedError, TreeBuilder
from bkgen.load.yaml_mistakes import explain, refuse_control_characters
from bkgen.source import Node, SourceFile, Span

# The C parser, where PyYAML was built with it, is about ten times as fast.
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader

_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_REAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


def read_yaml(file: SourceFile, diagnostics: Diagnostics) -> Node | None:
    """The tree of a YAML document. Raises `RefusedError` where it is no YAML, or not of the kind that is read."""
    positions = Positions(file)
    refuse_control_characters(positions)
    try:
        return _Reader(positions, TreeBuilder(positions, diagnostics)).read()
    except yaml.MarkedYAMLError as error:
        raise explain(positions, error) from None


class _Reader:
    """Feeds the events of PyYAML's parser to a tree builder."""

    def __init__(self, positions: Positions, tree: TreeBuilder) -> None:
        self._positions = positions
        self._tree = tree
        self._end = 0  # of the value before; an indented collection ends there, not where the next token begins

    def read(self) -> Node | None:
        documents = 0
        events: Iterator[yaml.Event] = yaml.parse(self._positions.file.text, Loader=_LOADER)
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents == 2:
                    fix = "write each document into a file of its own"
                    raise RefusedError("BK123", self._span(event), "a second document begins here", fix)
            elif isinstance(event, yaml.NodeEvent):
                self._node(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                start, end = _offsets(event)
                # One that ends with a bracket ends there, and not with its last value.
                self._end = end if end > start else self._end
                self._tree.end(self._end)
        return self._tree.root

    def _node(self, event: yaml.NodeEvent) -> None:
        if isinstance(event, yaml.AliasEvent):
            raise RefusedError(
                "BK120", self._span(event), f"`*{event.anchor}` is an alias", "write the value itself here"
            )
        if event.anchor is not None:
            raise RefusedError("BK120", self._span(event), f"`&{event.anchor}` is an anchor", "remove it")
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        if event.tag is not None:
            raise RefusedError("BK121", self._span(event), f"`{_short(event.tag)}` is a tag", "remove it")
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
            return
        if self._tree.expects_key:
            raise RefusedError("BK124", self._span(event), "a key is a list or a mapping", "write a string")
        self._tree.begin(*_offsets(event), is_map=isinstance(event, yaml.MappingStartEvent))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        start, end = _offsets(event)
        end = start + len(self._positions.file.text[start:end].rstrip())
        self._end = end
        value: str = event.value
        is_plain = event.style is None or event.style == ""
        if self._tree.expects_key:
            self._key(value, start, end, is_plain)
        elif not is_plain:
            self._tree.text(value, start, end)
        elif value in _WORDS:
            self._tree.word(_WORDS[value], start, end)
        elif _INTEGER.fullmatch(value):
            self._tree.integer(value, start, end)
        elif _BASED.fullmatch(value):
            self._tree.integer(value, start, end, base=16 if value.startswith("0x") else 8)
        elif _REAL.fullmatch(value):
            self._tree.real(value, start, end)
        elif _NOT_FINITE.fullmatch(value):
            span = self._positions.span(start, end)
            raise RefusedError("BK116", span, f"`{value}` is no finite number", "write a finite number or `null`")
        else:
            self._tree.text(value, start, end)

    def _key(self, value: str, start: int, end: int, is_plain: bool) -> None:
        if is_plain and value == "<<":
            raise RefusedError("BK122", self._positions.span(start, end), "`<<` is a merge key", "write its keys here")
        is_other = value in _WORDS or _BASED.fullmatch(value) or _REAL.fullmatch(value) or _NOT_FINITE.fullmatch(value)
        if is_plain and is_other and not value.isdecimal():
            written = f'write `"{value}"`' if value else "write a key before the colon"
            raise RefusedError("BK124", self._positions.span(start, end), f"the key `{value}` is no string", written)
        self._tree.key(value, start, end)

    def _span(self, event: yaml.Event) -> Span:
        text = self._positions.file.text
        start, end = _offsets(event)
        end = start + len(text[start:end].rstrip())
        return self._positions.span(start, max(end, start + 1))


def _offsets(event: yaml.Event) -> tuple[int, int]:
    """Where an event begins and ends in the text."""
    assert event.start_mark is not None
    assert event.end_mark is not None
    return event.start_mark.index, event.end_mark.index


def _short(tag: str) -> str:
    """A tag as people write it."""
    return tag.replace("tag:yaml.org,2002:", "!!")
