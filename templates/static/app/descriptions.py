"""What the OpenAPI document says of texts and decimals, and Pydantic leaves unsaid."""

from typing import Any

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

# No control characters but tab, line feed and carriage return.
WANTED = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

DESCRIBED = {"pattern", "format", "enum", "const", "contentEncoding"}


def describe_texts(schema: Any) -> None:
    """Have each text in a JSON Schema, of which nothing else is said, have the pattern `WANTED`."""
    match schema:
        case {"type": "string"} if not schema.keys() & DESCRIBED:
            schema["pattern"] = WANTED
        case dict():
            for part in schema.values():
                describe_texts(part)
        case list():
            for part in schema:
                describe_texts(part)


class Described:
    """Has `describe_texts` complete the schema of a parameter."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        found = handler(schema)
        describe_texts(found)
        return found


def describe_decimals(model: type[BaseModel], properties: dict[str, Any]) -> None:
    """Say how many digits the decimals of a model have, and how they are written as texts."""
    for name, field in model.model_fields.items():
        match properties[field.alias or name]:
            case {"anyOf": [{"type": "number"} as number, {"type": "string"} as text, *_]}:
                limits = [limit for limit in field.metadata if hasattr(limit, "max_digits")]
                digits = limits[0].max_digits if limits else None
                places = limits[0].decimal_places if limits else None
                _describe_decimal(number, text, digits, places)


def _describe_decimal(
    number: dict[str, Any], text: dict[str, Any], digits: int | None, places: int | None
) -> None:
    positive = max(number.get("minimum", -1), number.get("exclusiveMinimum", -1)) >= 0
    sign = "" if positive else "-?"
    nonzero = "(?!0*[.]?0*$)" if number.get("exclusiveMinimum") == 0 else ""
    whole = _up_to(None if digits is None else digits - (places or 0))
    fraction = "" if places == 0 else f"([.]{_up_to(places)})?"
    text["pattern"] = f"^{sign}{nonzero}{whole}{fraction}$"
    if places is not None:
        number["multipleOf"] = 10.0**-places
    if digits is not None:
        most = 10 ** (digits - (places or 0))
        number["exclusiveMaximum"] = min(most, number.get("exclusiveMaximum", most))
        if not positive:
            number["exclusiveMinimum"] = max(-most, number.get("exclusiveMinimum", -most))


def _up_to(digits: int | None) -> str:
    """The pattern of one digit, or more, up to so many."""
    return "[0-9]+" if digits is None else f"[0-9]{{1,{digits}}}"
