"""Files that clients send and get: what they are by their content, and what they are called."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from hashlib import sha256
from typing import Annotated, Any
from unicodedata import normalize
from urllib.parse import quote

import puremagic
from fastapi.responses import StreamingResponse
from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from app.schemas import Answer

HEAD = 4096  # bytes of a file that have its signature
PIECE = 256 * 1024  # bytes that are sent at once
MOST_CHARACTERS = 100  # of a name
# How the name of a file may end, so that no machine takes it for anything else than it is. What has
# no signature is any text.
ENDINGS = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "image/avif": (".avif",),
    "application/pdf": (".pdf",),
    "application/zip": (".zip",),
    "text/plain": (".txt", ".md", ".log"),
    "text/csv": (".csv",),
}
# What file systems, headers and the eye read as something else than a sign of a name: controls, and
# what turns the direction of writing.
MISLEADING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff0-\uffff]+"
)
CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # which no text needs
SPECIAL = re.compile('[<>:"|?*]')


class StoredFile(Answer):
    """What a file is called, what it is, and how many bytes it has."""

    name: str
    media_type: Annotated[str, Field(alias="mediaType")]
    size: int


class SentFile:
    """A file of a form, of a media type that its content has been found to be."""

    def __init__(self, name: str, media_type: str, content: bytes) -> None:
        self.content = content
        self.description = {
            "name": name,
            "mediaType": media_type,
            "size": len(content),
            "sha256": sha256(content).hexdigest(),
        }

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.is_instance_schema(cls)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "format": "binary"}


def with_contents(values: dict[str, Any], /, **contents: str) -> dict[str, Any]:
    """The values of columns, those of `contents` with the column that gets the bytes of the file."""
    stored = dict(values)
    for column, content in contents.items():
        file: SentFile | None = values.get(column)
        if column in values:
            stored[column] = file.description if file else None
            stored[content] = file.content if file else None
    return stored


def media_type_of(content: bytes, said: str, accepted: Sequence[str]) -> str:
    """Which of the accepted types a file is by its content; `said` chooses where it can be several.

    Raises:
        ValueError: it is none of them, or not what is said.
    """
    if not content:
        raise ValueError("must not be an empty file")
    is_text = any(one.startswith("text/") for one in accepted) and _is_text(content)
    found = [one for one in accepted if (is_text if one.startswith("text/") else _is(content, one))]
    if not found:
        raise ValueError(f"must be a file of the type {' or '.join(accepted)}")
    if said not in ("", "application/octet-stream", *found):
        raise ValueError(f"is not of the type that it says: it is {found[0]}")
    return said if said in found else found[0]


def _is(content: bytes, media_type: str) -> bool:
    try:
        matches = puremagic.magic_string(content[:HEAD])
    except puremagic.PureError:
        return False
    return any(match.mime_type == media_type for match in matches)


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return not CONTROLS.search(content)


def sent_file(name: str, content: bytes, said: str, accepted: Sequence[str]) -> SentFile:
    """A file that is what it has to be. It takes a while for a large one, so a thread does it.

    Raises:
        ValueError: it is not.
    """
    media_type = media_type_of(content, said, accepted)
    return SentFile(harmless_name(name, media_type), media_type, content)


def harmless_name(sent: str, media_type: str) -> str:
    """The name of a file without folders and misleading signs, with an ending of its type."""
    name = MISLEADING.sub("", normalize("NFC", sent)).replace("\\", "/").rpartition("/")[2]
    name = SPECIAL.sub("_", name).strip(" .")
    known = next((one for one in ENDINGS[media_type] if name.lower().endswith(one)), "")
    stem = name[: len(name) - len(known)]
    ending = name[len(stem) :] or ENDINGS[media_type][0]
    return f"{stem[: MOST_CHARACTERS - len(ending)].strip(' .') or 'file'}{ending}"


class Download(StreamingResponse):
    """The answer that is a file, which browsers save and never show.

    It is given in pieces, each of which a client may take its time for.
    """

    def __init__(self, description: Mapping[str, Any], content: bytes) -> None:
        name: str = description["name"]
        plain = re.sub(r"[^ -~]", "_", name)
        super().__init__(
            _pieces(content),
            media_type=description["mediaType"],
            headers={
                "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}",
                "Content-Length": str(len(content)),
                "ETag": f'"{description["sha256"]}"',
            },
        )


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), PIECE):
        yield content[start : start + PIECE]


def file_of(*media_types: str) -> dict[int | str, dict[str, Any]]:
    """A success that is a file, for the `responses` of a route."""
    schema = {"schema": {"type": "string", "format": "binary"}}
    header = {"schema": {"type": "string"}}
    return {
        200: {
            "description": "The file",
            "content": dict.fromkeys(media_types, schema),
            "headers": {"Content-Disposition": header, "ETag": header},
        }
    }
