"""What documents are made of, from the JSON Schema of their collection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from bkgen.diagnostics import Diagnostics
from bkgen.model.types import ArrayForm, Kind, Member, ObjectForm, Type
from bkgen.resolve import names, texts
from bkgen.resolve.constraints import KEYWORDS, written_type
from bkgen.resolve.nodes import flag, number, strings
from bkgen.resolve.words import singular
from bkgen.source import Entry, List, Map, Scalar, Span

MOST_ITEMS = 100
"""Items of an array that does not say how many it may have."""

_SCALARS = ("string", "integer", "number", "boolean")
_TYPES = (*_SCALARS, "object", "array")
_NOTES = frozenset({"$schema", "$id", "$comment", "title", "description", "examples", "deprecated"})
"""Keywords that say nothing about values."""
_OF_VALUES = (KEYWORDS - {"required", "nullable", "default", "mediaTypes", "maxBytes"}) | {"type"}
_OF_OBJECTS = frozenset({"type", "properties", "required", "additionalProperties"})
_OF_ARRAYS = frozenset({"type", "items", "minItems", "maxItems"})
_OF_FIELDS = frozenset({"default", "readOnly"})
"""What only a field of the document itself can say."""
_TIDYING = frozenset({"sanitize", "trim", "normalize", "hosts"})
_INSTEAD = {
    "$ref": "write what it refers to in its place",
    "const": 'write "enum" with one string',
    "oneOf": "write one object with all fields, of which `required` names those that are always there",
    "anyOf": "write one object with all fields, of which `required` names those that are always there",
    "allOf": "write all of it as one object",
    "patternProperties": 'write "type": "object" alone for an object of any fields',
    "writeOnly": "give the field a policy `visible`, which says who sees it",
    "uniqueItems": "leave it out: equal items are allowed",
}
_NO_PLACE = {Kind.BYTES: "bytes", Kind.FILE: "a file"}


@dataclass(frozen=True, slots=True)
class Property:
    """A property of an object as its schema has it; `nullable` where its type says null."""

    name: str
    type: Type
    nullable: bool
    node: Map
    name_span: Span
    required: bool


@dataclass
class FormReader:
    """Reads the schema of one collection; what it cannot be is in `diagnostics`.

    Attributes:
        of: the word for one document, behind which the models of its objects are called.
        phrase: the same with its article: `an order`.
    """

    of: str
    phrase: str
    diagnostics: Diagnostics
    _taken: set[str] = field(default_factory=set)

    def properties(self, node: Map, place: str, *, top: bool = False) -> list[Property]:
        """The properties of an object, those that can be; `place` names it in messages."""
        listed = node.get("properties")
        if not isinstance(listed, Map) or not listed.entries:
            fix = 'write "properties": {"title": {"type": "string"}}'
            self.diagnostics.add("BK750", node.span, f"{place} says no `properties`", fix)
            return []
        known = set(listed.keys())
        needed = {name for name, _ in strings(node.get("required"))}
        for name, span in strings(node.get("required")):
            if name not in known:
                message = f"`required` names `{name}`, which is no property of {place}"
                self.diagnostics.add("BK750", span, message, self.diagnostics.nearest(span, name, known) or "remove it")
        self._refuse_open(node, place)
        return [found for entry in listed if (found := self._property(entry, entry.key in needed, top))]

    def _property(self, entry: Entry, required: bool, top: bool) -> Property | None:
        name, value = entry.key, entry.value
        if not texts.check_sql_name("field", name, entry.key_span, self.diagnostics):
            return None
        if name[0].isdigit():
            fix = "begin it with a letter"
            self.diagnostics.add("BK752", entry.key_span, f"the field `{name}` begins with a digit", fix)
            return None
        if not isinstance(value, Map):
            self.diagnostics.add("BK750", value.span, f"`{name}` has no schema", 'write {"type": "string"}')
            return None
        found = self.type_of(value, name, top=top)
        return Property(name, found[0], found[1], value, entry.key_span, required) if found else None

    def type_of(self, node: Map, name: str, *, top: bool = False, item: bool = False) -> tuple[Type, bool] | None:
        """The type of a value, or of an `item`, and whether it may be null; None where it cannot be."""
        written, nullable = self._type_name(node, name)
        if written is None:
            return None
        known = _OF_OBJECTS if written == "object" else _OF_ARRAYS if written == "array" else _OF_VALUES
        known = known | (_OF_FIELDS if top else frozenset())
        if not self._has_only(node, known if top else known - _TIDYING, name):
            return None
        match written:
            case "object" if "properties" not in node:
                self._refuse_open(node, f"`{name}`", free=True)
                return Type(Kind.OBJECT), nullable
            case "object":
                return Type(Kind.JSON, form=self._object(node, name, item)), nullable
            case "array":
                form = self._array(node, name)
                return (Type(Kind.JSON, form=form), nullable) if form else None
        kept = tuple(entry for entry in node if entry.key in _OF_VALUES and entry.key not in ("type", "description"))
        kind = Entry("type", node.span, Scalar(written, node.span))
        found = written_type(Map((kind, *kept), node.span), self.diagnostics)
        if found is None:
            return None
        if found.type.kind in _NO_PLACE:
            message = f"`{name}` is {_NO_PLACE[found.type.kind]}, which no document holds"
            self.diagnostics.add("BK752", node.span, message, "keep it in a table, whose columns may hold it")
            return None
        return found.type, nullable

    def _type_name(self, node: Map, name: str) -> tuple[str | None, bool]:
        """The one type beside null that a schema allows, and whether it allows null."""
        told = node.get("type")
        if told is None and isinstance(node.get("enum"), List):
            return "string", False
        listed = [word for word, _ in strings(told)]
        types = [word for word in listed if word != "null"]
        if len(types) == 1 and types[0] in _TYPES:
            return types[0], len(listed) > 1
        message = f"`{name}` is of no one type"
        if "type" not in node and (key := next((entry.key for entry in node if entry.key in _INSTEAD), None)):
            self.diagnostics.add("BK751", node.span, f"`{key}` is not supported here", _INSTEAD[key])
            return None, False
        fix = f"write one of {', '.join(_TYPES)}; [\"string\", \"null\"] for one that may be null"
        self.diagnostics.add("BK750", told.span if told is not None else node.span, message, fix)
        return None, False

    def _has_only(self, node: Map, known: frozenset[str], name: str) -> bool:
        strange = [entry for entry in node if entry.key not in known | _NOTES]
        for entry in strange:
            fix = _INSTEAD.get(entry.key)
            if entry.key in _OF_FIELDS or entry.key in _TIDYING:
                fix = "only the fields of the document itself can say that: remove it"
            fix = fix or self.diagnostics.nearest(entry.key_span, entry.key, known)
            fix = fix or "its keywords: " + ", ".join(f"`{word}`" for word in sorted(known - _OF_FIELDS))
            self.diagnostics.add("BK751", entry.key_span, f"`{entry.key}` is not supported in `{name}`", fix)
        return not strange

    def _refuse_open(self, node: Map, place: str, *, free: bool = False) -> None:
        """Adds `BK751` where an object with properties may have others, too, or a free one may have none."""
        others = node.entry("additionalProperties")
        if others is None or flag(node, "additionalProperties") is free:
            return
        fix = 'leave it out: other fields are refused; an object of any fields is "type": "object" alone'
        message = f"{place} says what its properties are, and allows others"
        if free:
            message, fix = f"{place} has no properties, and says something of them", "leave it out: any are allowed"
        self.diagnostics.add("BK751", others.key_span, message, fix)

    def _object(self, node: Map, name: str, item: bool) -> ObjectForm:
        model = names.unique(names.class_name(f"{name} of {self.of}"), self._taken, "")
        self._taken.add(model)
        phrase = f"{'a' if item else 'the'} {' '.join(names.words(name))} of {self.phrase}"
        inner = FormReader(f"{name} of {self.of}", phrase, self.diagnostics, self._taken)
        attributes: set[str] = set()
        members = []
        for one in inner.properties(node, f"`{name}`"):
            attribute = names.unique(names.attribute(one.name), attributes)
            attributes.add(attribute)
            description = texts.free_text(one.node, "description", self.diagnostics)
            members.append(Member(one.name, attribute, one.type, one.required, one.nullable, description))
        return ObjectForm(model, phrase, tuple(members), texts.free_text(node, "description", self.diagnostics))

    def _array(self, node: Map, name: str) -> ArrayForm | None:
        items = node.get("items")
        if not isinstance(items, Map):
            fix = 'write "items": {"type": "string"}'
            self.diagnostics.add("BK750", node.span, f"`{name}` does not say what its items are", fix)
            return None
        found = self.type_of(items, singular(name), item=True)
        if found is None:
            return None
        if found[1]:
            message, fix = f"the items of `{name}` may be null", "leave null out: an item that is none is not there"
            self.diagnostics.add("BK751", items.span, message, fix)
        least, most = number(node, "minItems") or 0, number(node, "maxItems") or MOST_ITEMS
        if least > most:
            message = f"`{name}` has {least} items at least, and {most} at most"
            self.diagnostics.add("BK750", node.span, message, 'say more in "maxItems"')
            return None
        return ArrayForm(found[0], least, most)


def values_within(type_: Type, path: tuple[str, ...], always: bool) -> Iterator[tuple[tuple[str, ...], Type, bool]]:
    """(path, type, whether it is always there) of what is within an object, but for items of arrays."""
    if not isinstance(type_.form, ObjectForm):
        return
    for member in type_.form.members:
        there = always and member.required and not member.nullable
        if member.type.kind is not Kind.DECIMAL:
            yield (*path, member.name), member.type, there
        yield from values_within(member.type, (*path, member.name), there)
