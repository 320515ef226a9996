"""Names of Python things from names in documents.

Every function here is total: any name that `bkgen.resolve.texts` lets pass becomes a valid identifier that hides
nothing the generated code needs. Names that end up equal are found where they meet (`BK305`, `BK513`).
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from bkgen.resolve.words import listed

_PYDANTIC = listed(
    "construct copy dict from_orm json parse_file parse_obj parse_raw schema schema_json update_forward_refs validate "
    "model_computed_fields model_config model_construct model_copy model_dump model_dump_json model_extra model_fields "
    "model_fields_set model_json_schema model_parametrized_name model_post_init model_rebuild model_validate "
    "model_validate_json model_validate_strings"
)
_SQLALCHEMY = listed("literal_column metadata mro register registry type_annotation_map mapped_column self")
_ANNOTATIONS = listed("bool bytes date datetime dict float int list object set str time timedelta tuple")
_DEFAULTS = listed("local_now utc_now utc_today uuid4")
_ATTRIBUTES = _PYDANTIC | _SQLALCHEMY | _ANNOTATIONS | _DEFAULTS | {"storable"}
"""Taken in the class body of a model or schema: by its base class, or by the annotations of later attributes."""

_EXPRESSIONS = listed(
    "aliased all and_ any as_number average case cast decimal_average digits exact exists false format literal not_ "
    "operator or_ quotient ratio read_integer read_number remainder slugify sorted strpos sum true type_coerce "
    "unless_none utc_date utc_day"
)
"""Taken by the code of expressions."""

_PARAMETERS = (
    _ANNOTATIONS
    | _DEFAULTS
    | _EXPRESSIONS
    | listed(
        "account allowed answers behind bindparam body cached changed_document changes conditions connection content "
        "containing_words database delete fetch_allowed fetch_one find_row found func held if_match insert len max "
        "measured min naming_conflicts new_document once order policies queries read_form read_row request require "
        "response router row rows rows_of schemas select self session settings sorted_by split_keys statement tagged "
        "total update upsert values visible which with_contents write_distinct written"
    )
)
"""Taken inside the functions of a router or of queries."""

_MODULES = listed(
    "add_error_handlers app audit auth aux cache cached caches clients con conflicts conftest create_user curl cursors "
    "data database descriptions distinct endpoint endpoints engines errors etags expressions gc guesses handlers "
    "health http idempotency issuer json_documents large_tables lifespan links load_settings logging main metadata "
    "migrations models mongodb multipart nul open_limiter openid openid_provider policies prn program_keys protocols "
    "public_urls queries rate_limits refresh_tokens related room router rows schemas search security server settings "
    "shapes shared_cache sorting steps stored_files tests tidying token_requests totp views"
)
"""Taken in `app/`, `app/models/` or `tests/`."""

_CLASSES = listed(
    "AccessToken Annotated Answer Any AnyUrl ApiError ArgumentParser BadCode BadCredentials BadReference "
    "BadRefreshToken BadToken Base Base64 BaseModel BigInteger BigSerial Body Boolean CalendarDate Caller Changed "
    "CheckConstraint ClockTime CodeNeeded Column ColumnElement ColumnExpressionArgument Conflict Connection "
    "Credentials Curl Database DatabaseSettings Date DateTime Decimal Double Download EmailStr EmptyIsNull Enum "
    "ExactDecimal ExactNumeric Exception Executable False Field Float Follows Forbidden ForeignKey "
    "ForeignKeyConstraint Held HeldDep IfMatch Index Integer Invalid IsoText Iterable Iterator JSON Json JsonDocument "
    "JsonPart KeySecret KnownCaller LargeBinary LargeTables List ListOrder Literal LocalMoment Lowercase Malformed "
    "Mapped MetaData Missing MISSING Moment NewAccount Nfc Nfkc None NotFound Numeric Once PasswordHash Path PlainText "
    "Problem PublicUrl Reckoned RefreshToken Refused Request Response Row RowMapping Rows SafeHtml Scaled "
    "ScratchDatabase Secret SecretStr Select SentFile Sequence Session Settings SmallInteger SmallSerial SortKey "
    "SQLColumnExpression StoredFile StrictBool StrictFloat StrictInt String Table Text Time Trimmed True Type "
    "Unauthenticated Unavailable UniqueConstraint Unverified Url UtcDateTime UUID Uuid ValidationError"
)
"""Taken where models and schemas are written."""


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """The words of a name in lower case: `firstName`, `first-name` and `FIRST_NAME` are all two."""
    name = unicodedata.normalize("NFKC", name)
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", name)
    name = re.sub(r"[\W_]+", " ", name).casefold()
    if not name.isascii():  # some digits, such as U+111E1, are part of a word and of no identifier
        name = "".join(character if f"a{character}".isidentifier() else " " for character in name)
    return tuple(name.split())


def snake(name: str) -> str:
    """The name in snake case; it may still be a keyword, start with a digit or be empty."""
    return "_".join(words(name))


def pascal(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in words(name))


def fold(name: str) -> str:
    """The name without case, `_`, `-` and other separators: what two spellings of one name have in common."""
    return "".join(words(name))


def attribute(name: str) -> str:
    """The attribute of a model or schema for a column or field."""
    return _free(_identifier(snake(name), "field"), _ATTRIBUTES)


def parameter(name: str) -> str:
    """The parameter of a function for a name in a path or query."""
    return _free(_identifier(snake(name), "value"), _PARAMETERS)


def module(name: str) -> str:
    """The module or package for a name in snake case."""
    return _free(_identifier(name, "table"), _MODULES)


def class_name(name: str) -> str:
    """`OrderItem`; or `OrderItemRecord` where that is taken, or would look like a constant."""
    found = pascal(name)
    found = found if found.isidentifier() else f"Table{found}"
    taken = keyword.iskeyword(found) or found in _CLASSES or found == found.upper()
    return f"{found}Record" if taken else found


def unique(wanted: str, taken: Iterable[str], separator: str = "_") -> str:
    """`wanted`, or with the first number behind it that is free."""
    taken = set(taken)
    number = 2
    name = wanted
    while name in taken:
        name, number = f"{wanted}{separator}{number}", number + 1
    return name


def _identifier(name: str, fallback: str) -> str:
    if not name:
        return fallback
    return name if name.isidentifier() else f"{fallback}_{name}"


def _free(name: str, taken: frozenset[str]) -> str:
    return f"{name}_" if keyword.iskeyword(name) or name in taken or name.startswith("model_") else name
