"""What the servers under test have mailed: they write it to a file."""

import json
import re
import time
from pathlib import Path
from tempfile import mkdtemp

FILE = Path(mkdtemp(prefix="mails-")) / "mails.jsonl"
FRONTEND = "https://front.example.com"


def mails_to(address: str, count: int) -> list[str]:
    """The texts of the mails to `address`, when there are so many: they go out behind the answer."""
    deadline = time.monotonic() + 20
    while len(found := _read(address)) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(found) == count
    return found


def token_in(text: str, page: str) -> str:
    """The token in the link to a `page` of the front end."""
    before, _, after = (FRONTEND + page).partition("{token}")
    found = re.search(rf"{re.escape(before)}([\w-]+){re.escape(after)}", text)
    assert found is not None, text
    return found[1]


def _read(address: str) -> list[str]:
    lines = FILE.read_text("utf-8").splitlines(keepends=True) if FILE.exists() else []
    mails = [json.loads(line) for line in lines if line.endswith("\n")]
    return [mail["text"] for mail in mails if mail["to"] == address]
