"""Files that tests send: of each type one that is real, and as small as can be."""

import io
import struct
import zipfile
import zlib
from base64 import b64decode
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

FOLDER = TemporaryDirectory(prefix="sent-files-")
# What clients call files to get out of a folder, into a header, or past who reads the name.
HOSTILE_NAMES = {
    "../../etc/passwd": "passwd",
    "..\\..\\boot": "boot",
    "/etc/cron.d/job": "job",
    "a\r\nX-Evil: y": "a%0D%0AX-Evil_ y",
    "..": "file",
    "invoice\u202egpj.exe": "invoicegpj.exe",
    'a"; filename="b': "a%22; filename=%22b",
    "e\u0301t\u00e9": "\u00e9t\u00e9",
    "x" * 300: "x" * 100,
    "\u00fc" * 300: "\u00fc" * 100,
}


class FileToSend(dict[str, Any]):
    """A file: a dictionary as answers show it, with its content."""

    def __init__(self, name: str, media_type: str, content: bytes) -> None:
        super().__init__(name=name, mediaType=media_type, size=len(content))
        self.content = content

    @property
    def description(self) -> dict[str, Any]:
        """What is stored beside the content."""
        return {**self, "sha256": sha256(self.content).hexdigest()}

    def called(self, name: str) -> "FileToSend":
        """The same under another name."""
        return FileToSend(name, self["mediaType"], self.content)

    @property
    def argument(self) -> str:
        """What curl is given behind `-F name=`."""
        file = Path(FOLDER.name) / sha256(self.content).hexdigest()
        file.write_bytes(self.content)
        quoted = self["name"].replace("\\", "\\\\").replace('"', '\\"')
        return f'@{file};type={self["mediaType"]};filename="{quoted}"'


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


def a_file(media_type: str) -> FileToSend:
    """A file that is of this type."""
    name, content = FILES[media_type]
    return FileToSend(name, media_type, content)
