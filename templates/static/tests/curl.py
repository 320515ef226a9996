"""Requests as a person would send them: with curl, by a line that can be copied and run."""

import json
import os
import shlex
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, TypedDict, Unpack
from urllib.parse import quote, urlencode

from tests.endpoints import RATE_LIMITED, SCHEME

METHOD_ARGUMENTS = {"GET": [], "HEAD": ["-I"]}

addresses = (f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in count(1))


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Options(TypedDict, total=False):
    """What a call may have beside its endpoint."""

    path: Mapping[str, object]  # values of the parameters in the path
    query: Mapping[str, object]
    json: Any  # the body
    data: str  # the body as it is, or `@file`
    content_type: str
    token: str  # an access token
    headers: Mapping[str, str]
    client: str  # the address that a proxy reports


class Curl:
    """Calls endpoints, named as in `GET /posts/{id}`, of the server at `url`.

    A call of a rate-limited endpoint comes from an address of its own unless it names a `client`.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    def __call__(self, endpoint: str, **options: Unpack[Options]) -> Reply:
        """Call `endpoint` and give the reply."""
        command = ["curl", "-sS", "-i", *self._arguments(endpoint, options)]
        started = time.perf_counter()
        output = _run(command)
        milliseconds = (time.perf_counter() - started) * 1000
        while output.startswith("HTTP/"):  # more than once after `100 Continue`
            head, _, output = output.partition("\n\n")
        reply = _reply(head, output)
        _log(endpoint, reply.status, command, milliseconds)
        return reply

    def burst(self, endpoint: str, times: int, **options: Unpack[Options]) -> list[Reply]:
        """The replies to the same call, made so many times over one connection.

        Only the last of them has its body.
        """
        *arguments, url = self._arguments(endpoint, options)
        started = time.perf_counter()
        with NamedTemporaryFile(prefix="body-") as body:  # each reply overwrites that before it
            report = ["-D", "-", "-o", body.name]
            command = ["curl", "-sS", *report, *arguments, f"{url}#[1-{times}]"]
            heads = _run(command).strip().split("\n\n")
            text = Path(body.name).read_text(encoding="utf-8")
        milliseconds = (time.perf_counter() - started) * 1000 / times
        replies = [_reply(head, text if head is heads[-1] else "") for head in heads]
        for status in {reply.status for reply in replies}:
            _log(endpoint, status, command, milliseconds)
        return replies

    def _arguments(self, endpoint: str, options: Options) -> list[str]:
        method, path = endpoint.split(" ")
        for name, value in options.get("path", {}).items():
            path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
        if query := options.get("query"):
            path += "?" + urlencode(query, doseq=True)
        headers = dict(options.get("headers", {}))
        if "token" in options:
            headers["Authorization"] = f"{SCHEME} {options['token']}"
        if "client" in options:
            headers["X-Forwarded-For"] = options["client"]
        elif endpoint in RATE_LIMITED:
            headers["X-Forwarded-For"] = next(addresses)
        body = json.dumps(options["json"]) if "json" in options else options.get("data")
        if body is not None:
            headers["Content-Type"] = options.get("content_type", "application/json")
        return [
            *METHOD_ARGUMENTS.get(method, ["-X", method]),
            *(part for name, value in headers.items() for part in ("-H", f"{name}: {value}")),
            *(["--data-binary", body] if body is not None else []),
            self.url + path,
        ]


def _reply(head: str, text: str) -> Reply:
    """The reply with the head that curl shows."""
    first, *lines = head.split("\n")
    headers = dict(line.split(": ", 1) for line in lines)
    names = {name.lower(): value for name, value in headers.items()}
    return Reply(int(first.split()[1]), names, text)


def _run(command: list[str]) -> str:
    """What curl prints. The line is shown, for pytest to show it where a test fails."""
    print(shlex.join(command))
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False)
    print(done.stdout + done.stderr)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _log(endpoint: str, status: int, command: list[str], milliseconds: float) -> None:
    """Append the call to the file that CURL_LOG names, if it does."""
    if log := os.environ.get("CURL_LOG"):
        line = {
            "endpoint": endpoint,
            "status": status,
            "command": shlex.join(command),
            "milliseconds": round(milliseconds, 1),
            "test": os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0],
        }
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
