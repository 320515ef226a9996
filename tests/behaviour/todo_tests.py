"""What the public tests of Todo-Backend ask of a server, asked with curl from the page of another origin.

It stands in the `tests/` of the generated backend of `examples/todo` while it runs.
"""

import json
import subprocess
from typing import Any

import pytest

from tests.curl import Curl
from tests.rows import Rows

ORIGIN = "https://page.example"


@pytest.fixture(autouse=True)
def empty(rows: Rows) -> None:
    rows.database.clear()


def call(method: str, url: str, body: Any = None) -> Any:
    """The JSON that comes back, or None for an empty body; it must be a success that pages may read."""
    sent = [] if body is None else ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
    command = ["curl", "-sS", "-f", "-D", "/dev/stderr", "-X", method, "-H", f"Origin: {ORIGIN}", *sent, url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    assert "access-control-allow-origin: *" in done.stderr.lower()
    assert "access-control-allow-credentials" not in done.stderr.lower()
    return json.loads(done.stdout) if done.stdout else None


def new(root: str, **fields: Any) -> str:
    url = call("POST", root, {"title": "blah", **fields})["url"]
    assert isinstance(url, str)
    return url


def test_new_todos_are_listed_and_not_completed(curl: Curl) -> None:
    root = f"{curl.url}/todos"
    made = call("POST", root, {"title": "walk the dog"})
    assert (made["title"], made["completed"]) == ("walk the dog", False)
    assert call("GET", root) == [made]


def test_the_collection_can_be_deleted(curl: Curl) -> None:
    root = f"{curl.url}/todos"
    new(root), new(root)
    assert call("DELETE", root) is None
    assert call("GET", root) == []
    assert call("DELETE", root) is None


def test_urls_lead_to_todos(curl: Curl) -> None:
    root = f"{curl.url}/todos"
    first, second = new(root, title="the first"), new(root, title="the second")
    assert [call("GET", todo["url"]) for todo in call("GET", root)] == call("GET", root)
    assert (call("GET", first)["title"], call("GET", second)["title"]) == ("the first", "the second")


def test_a_change_is_kept_in_the_todo_and_in_the_list(curl: Curl) -> None:
    root = f"{curl.url}/todos"
    url = new(root, order=10)
    changed = call("PATCH", url, {"title": "bathe the cat", "completed": True, "order": 95})
    assert changed == {"title": "bathe the cat", "completed": True, "order": 95, "url": url}
    assert call("GET", url) == changed
    assert call("GET", root) == [changed]


def test_a_deleted_todo_is_gone(curl: Curl) -> None:
    root = f"{curl.url}/todos"
    url = new(root, order=523)
    assert call("GET", url)["order"] == 523
    assert call("DELETE", url) is None
    assert call("GET", root) == []


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_any_page_may_ask_for_any_method(curl: Curl, method: str) -> None:
    headers = [f"Origin: {ORIGIN}", f"Access-Control-Request-Method: {method}"]
    headers.append("Access-Control-Request-Headers: content-type")
    arguments = [part for header in headers for part in ("-H", header)]
    command = ["curl", "-sS", "-i", "-X", "OPTIONS", *arguments, f"{curl.url}/todos/1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    head = done.stdout.lower()
    assert head.startswith("http/1.1 200")
    assert "access-control-allow-origin: *" in head
    assert method.lower() in head.partition("access-control-allow-methods:")[2].partition("\n")[0]
    assert "content-type" in head.partition("access-control-allow-headers:")[2].partition("\n")[0]
