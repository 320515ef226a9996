"""Files to try things with: of each media type one that is real, and as small as can be."""

import io
import struct
import zipfile
import zlib
from base64 import b64decode
from hashlib import sha256
from typing import Any

from app.data.row import Holds


def described(name: str, media_type: str, content: bytes) -> dict[str, Any]:
    """What is stored beside the content of a file."""
    known = {"name": name, "mediaType": media_type, "size": len(content)}
    return {**known, "sha256": sha256(content).hexdigest()}


def _png() -> bytes:
    """An image of one black pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">2I5B", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(2))
    chunks = chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _pdf() -> bytes:
    """A document of one empty page."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    )
    body, places = b"%PDF-1.4\n", b""
    for number, content in enumerate(objects, 1):
        places += b"%010d 00000 n \n" % len(body)
        body += b"%d 0 obj%sendobj\n" % (number, content)
    table = b"xref\n0 4\n0000000000 65535 f \n" + places
    end = b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    return body + table + end


def _zip() -> bytes:
    """An archive of one file."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr("a.txt", "a")
    return archive.getvalue()


FILES = {
    "image/png": ("a.png", _png()),
    "image/jpeg": (
        "a.jpg",
        b64decode(
            "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP//////////////////////////////////////////////////"
            "////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//E"
            "ABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z"
        ),
    ),
    "image/gif": ("a.gif", b64decode("R0lGODdhAQABAIAAAAAAAAAAACwAAAAAAQABAAAIBAABBAQAOw==")),
    "image/webp": (
        "a.webp",
        b64decode("UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEADMDOJaQAA3AA/uxnAAA="),
    ),
    "image/avif": (
        "a.avif",
        b64decode(
            "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAADrbWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGlj"
            "dAAAAAAAAAAAAAAAAAAAAAAOcGl0bQAAAAAAAQAAAB5pbG9jAAAAAEQAAAEAAQAAAAEAAAETAAAAIAAAAChp"
            "aW5mAAAAAAABAAAAGmluZmUCAAAAAAEAAGF2MDFDb2xvcgAAAABqaXBycAAAAEtpcGNvAAAAFGlzcGUAAAAA"
            "AAAAAQAAAAEAAAAQcGl4aQAAAAADCAgIAAAADGF2MUOBAAwAAAAAE2NvbHJuY2x4AAEADQAGgAAAABdpcG1h"
            "AAAAAAAAAAEAAQQBAoMEAAAAKG1kYXQSAAoIGAAGiAhoNCAyEh/3h4UV3///4sAAAJA1jjx+3A=="
        ),
    ),
    "application/pdf": ("a.pdf", _pdf()),
    "application/zip": ("a.zip", _zip()),
    "text/plain": ("a.txt", "Grüße\n".encode()),
    "text/csv": ("a.csv", b"name,size\r\na,1\r\n"),
}


def holds(column: str, media_type: str) -> Holds:
    """A column with the content of the file that `column` describes."""
    name, content = FILES[media_type]
    return Holds(column, content, described(name, media_type, content))
