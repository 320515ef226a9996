"""Types of single values: what a column holds, a body field takes, a parameter is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """The language's type names. SQL spellings (`VARCHAR(255)`, `TIMESTAMPTZ`) are resolved to these."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    UUID = "uuid"
    EMAIL = "email"
    URL = "url"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    DECIMAL = "decimal"
    BYTES = "bytes"
    JSON = "json"
    OBJECT = "object"
    ANY = "any"
    FILE = "file"


class Sanitize(StrEnum):
    """What a text that clients send is made safe as."""

    TEXT = "text"
    HTML = "html"


class NormalForm(StrEnum):
    """The one way of Unicode in which a text is written."""

    NFC = "NFC"
    NFKC = "NFKC"


@dataclass(frozen=True, slots=True)
class Member:
    """A field of an object within a document; it may be absent unless it is `required`."""

    name: str
    attribute: str
    type: Type
    required: bool
    nullable: bool
    description: str = ""


@dataclass(frozen=True, slots=True)
class ObjectForm:
    """What an object within a document is made of; `name` is that of its Pydantic model, `words` are its path."""

    name: str
    words: str
    members: tuple[Member, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class ArrayForm:
    """What an array within a document is made of: `least` to `most` items."""

    items: Type
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Type:
    """A scalar type with its constraints; constraints that do not apply to the kind are None.

    Attributes:
        min_length, max_length: of strings in characters, of bytes in bytes.
        minimum, maximum: inclusive bounds of numbers. An integer column always has both, from its width.
        exclusive_minimum, exclusive_maximum: exclusive bounds of numbers.
        precision, scale: of decimals: digits in all, and digits behind the point.
        enum: the allowed strings, in the order of the document; empty where any is allowed.
        bits: width of an integer column: 16, 32 or 64.
        timezone: of datetimes and times: whether they carry an offset.
        sanitize, trim, normalize: how a string that a client sends is tidied before it is checked; None where nothing
            is said.
        public: of URLs: whether their host has to be a public one.
        media_types: of files: those that their content may be of.
        max_bytes: of files: how large one may be.
        form: of JSON within a document: what it is made of; None where any JSON is allowed.
    """

    kind: Kind
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    minimum: int | Decimal | None = None
    maximum: int | Decimal | None = None
    exclusive_minimum: int | Decimal | None = None
    exclusive_maximum: int | Decimal | None = None
    multiple_of: int | Decimal | None = None
    precision: int | None = None
    scale: int | None = None
    enum: tuple[str, ...] = ()
    bits: int | None = None
    timezone: bool = True
    sanitize: Sanitize | None = None
    trim: bool | None = None
    normalize: NormalForm | None = None
    public: bool = False
    media_types: tuple[str, ...] = ()
    max_bytes: int | None = None
    form: ObjectForm | ArrayForm | None = None

    @property
    def is_trimmed(self) -> bool:
        """Whether white space around a string is removed: of what is sanitized, unless it says otherwise."""
        return self.sanitize is not None if self.trim is None else self.trim

    @property
    def normal_form(self) -> NormalForm | None:
        """The normal form that a string gets."""
        return self.normalize or (NormalForm.NFC if self.sanitize is not None else None)

    @property
    def is_tidied(self) -> bool:
        """Whether a string is stored as something else than what was sent."""
        return self.is_trimmed or self.normal_form is not None

    @property
    def tidying(self) -> tuple[Sanitize | None, bool, NormalForm | None]:
        """All that is done to a string before it is checked."""
        return self.sanitize, self.is_trimmed, self.normal_form
