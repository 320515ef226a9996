"""Bodies that are forms (multipart/form-data): texts, and files of limited size and type."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import Any, Generic, TypeAlias, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from jiter import from_json
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from python_multipart.multipart import parse_options_header
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from app.errors import TooLarge
from app.errors.invalid import NotReadable
from app.errors.statuses import KINDS
from app.http import REPEATED
from app.room import Held, HeldDep
from app.settings import Settings
from app.stored_files import sent_file

MEDIA_TYPE = "multipart/form-data"
MORE_PARTS = 10  # than a form has fields: what is there in vain is named in the answer
PLAIN = {"integer", "number", "boolean"}

Sent = TypeVar("Sent", bound=BaseModel)
Problem = dict[str, Any]
ReadForm: TypeAlias = Callable[[], Awaitable[Sent]]


class Limits:
    """What a field takes for a file."""

    def __init__(self, max_bytes: int, *media_types: str) -> None:
        self.max_bytes = max_bytes
        self.media_types = media_types


class Parser(MultiPartParser):
    """One that knows whether the form came to its end."""

    is_whole = False

    def on_end(self) -> None:
        self.is_whole = True


class Form(Generic[Sent]):
    """The body of a route, as a dependency that gives what reads it: so all else of the request is checked before.

    Texts stand for what JSON has: numbers, true and false are written alike, and nothing stands for
    null where that may be.

    Attributes:
        model: what the fields are checked by.
        files: name of a field -> what it takes.
    """

    def __init__(self, model: type[Sent], files: Mapping[str, Limits]) -> None:
        self.model = model
        self.files = files
        self.schema = model.model_json_schema()
        properties: Mapping[str, dict[str, Any]] = self.schema["properties"]
        self._types = {name: _types(schema) for name, schema in properties.items()}

    async def __call__(self, request: Request, held: HeldDep) -> ReadForm[Sent]:
        return partial(self._read, request, held)

    async def _read(self, request: Request, held: Held) -> Sent:
        """The form, which is in memory until the request is answered.

        Raises:
            HTTPException: the body is no form, too large, or too slow, or there is no room for it.
            RequestValidationError: it is not as the contract says.
        """
        media_type, options = parse_options_header(request.headers.get("Content-Type"))
        charset = options.get(b"charset", b"utf-8").lower()  # names are read by it
        if media_type.decode("latin-1") != MEDIA_TYPE or charset not in (b"utf-8", b"utf8"):
            raise HTTPException(415, KINDS[415][1])
        settings: Settings = request.app.state.settings
        most = settings.max_body_bytes + sum(one.max_bytes for one in self.files.values())
        if int(request.headers.get("Content-Length", 0)) > most:
            raise TooLarge
        parser = Parser(
            request.headers,
            _counted(request.stream(), held, most),
            max_files=len(self.files) + MORE_PARTS,
            max_fields=len(self._types) + MORE_PARTS,
            max_part_size=settings.max_body_bytes,
        )
        parser.spool_max_size = most
        return await self._checked(await _parts(parser, settings.request_timeout_seconds))

    async def _checked(self, parts: Iterable[tuple[str, str | UploadFile]]) -> Sent:
        """
        Raises:
            TooLarge: a file is.
            RequestValidationError: the form is not as the contract says.
        """
        values, problems = await self._values(parts)
        try:
            sent = self.model.model_validate(values)
        except ValidationError as error:
            told = {problem["loc"][1] for problem in problems}
            found = error.errors(include_url=False)
            problems += [_at(one, *one["loc"]) for one in found if one["loc"][0] not in told]
        if problems:
            raise RequestValidationError(problems)
        return sent

    async def _values(
        self, parts: Iterable[tuple[str, str | UploadFile]]
    ) -> tuple[dict[str, Any], list[Problem]]:
        """The values of the fields, and what is wrong with those that have none.

        Raises:
            TooLarge: a file is.
        """
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for name, part in parts:
            if isinstance(part, UploadFile) and not part.filename and not part.size:
                continue  # a browser sends this where nobody has chosen a file
            try:
                value = await self._value(name, part)
            except ValueError as error:
                problems.append(_at({"type": "file", "msg": str(error), "input": ()}, name))
                continue
            if name in values:
                problems.append(_at(REPEATED, name))
            values[name] = value
        return values, problems

    async def _value(self, name: str, part: str | UploadFile) -> Any:
        types = self._types.get(name, set())
        if part == "" and "null" in types:
            return None
        if name not in self.files:
            if isinstance(part, UploadFile):
                raise ValueError("must not be a file" if types else "is not a known field")
            return _plain(part) if types & PLAIN and "string" not in types else part
        if not isinstance(part, UploadFile):
            raise ValueError("must be a file")
        limits, content = self.files[name], await part.read()
        if len(content) > limits.max_bytes:
            raise TooLarge
        said = (part.content_type or "").partition(";")[0].strip().lower()
        name = part.filename or ""
        return await asyncio.to_thread(sent_file, name, content, said, limits.media_types)

    @property
    def documented(self) -> dict[str, Any]:
        """The request body, for the OpenAPI document."""
        encoding = {
            name: {"contentType": ", ".join(limits.media_types)}
            for name, limits in self.files.items()
        }
        content = {MEDIA_TYPE: {"schema": self.schema, "encoding": encoding}}
        return {"requestBody": {"required": True, "content": content}}


def fields_of_form(route: Any) -> dict[str, FieldInfo]:
    """The fields of the form that a route takes; none where it takes none, or is no route."""
    dependant = getattr(route, "dependant", None)
    calls = [one.call for one in dependant.dependencies] if dependant is not None else []
    return next((dict(call.model.model_fields) for call in calls if isinstance(call, Form)), {})


async def _counted(stream: AsyncGenerator[bytes], held: Held, most: int) -> AsyncGenerator[bytes]:
    """What comes, as long as it is not too much for a form and there is room for it.

    Raises:
        TooLarge, Unavailable: it is too much, there is none.
    """
    async for chunk in stream:
        held.add(len(chunk))
        if held.size > most:
            raise TooLarge
        yield chunk


async def _parts(parser: Parser, seconds: float) -> list[tuple[str, str | UploadFile]]:
    """The parts of the form, none of them in a file of the server.

    Raises:
        HTTPException: they are too large or too slow, or there is no room for them.
        RequestValidationError: they are no form, or too many.
    """
    try:
        async with asyncio.timeout(seconds):
            parts = (await parser.parse()).multi_items()
    except TimeoutError:
        raise HTTPException(408, headers={"Connection": "close"}) from None
    except ClientDisconnect:  # nobody gets the answer
        raise HTTPException(400, headers={"Connection": "close"}) from None
    except MultiPartException as error:
        raise RequestValidationError([], body=NotReadable(error.message)) from None
    if not parser.is_whole:
        raise RequestValidationError([], body=NotReadable("The form ends before its end"))
    return parts


def _types(schema: Mapping[str, Any]) -> set[str]:
    """The types of JSON that a value can be of."""
    return {part.get("type", "string") for part in schema.get("anyOf", [schema])}


def _plain(text: str) -> Any:
    """The value that the text has in JSON, or the text, which is then refused."""
    try:
        return from_json(text.encode(), allow_inf_nan=False)
    except ValueError:
        return text


def _at(problem: Mapping[str, Any], *place: str | int) -> Problem:
    """What is wrong with a part of the body."""
    return {**problem, "loc": ("body", *place)}
