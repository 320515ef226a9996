"""Files that tests send: of each type one that is real, and as small as can be."""

from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.data.files import FILES, described

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
        return described(self["name"], self["mediaType"], self.content)

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


def a_file(media_type: str) -> FileToSend:
    """A file that is of this type."""
    name, content = FILES[media_type]
    return FileToSend(name, media_type, content)
