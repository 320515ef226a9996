"""`bkgen run` follows its documents; `bkgen try` curls what was generated."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from bkgen.starter import write_starter

EXAMPLES = Path(__file__).parents[2] / "examples"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def soon(true: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@contextmanager
def serving(documents: Path, port: int, temporary: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A running `bkgen run`, and the file that it prints to."""
    output = temporary / "output"
    with output.open("w") as stream:
        command = [sys.executable, "-m", "bkgen", "run", str(documents), "--port", str(port)]
        environment = {**os.environ, "TMPDIR": str(temporary)}
        process = subprocess.Popen(command, env=environment, stdout=stream, stderr=stream, text=True)
        try:
            yield process, output
        finally:
            process.terminate()  # not killed: it has a server to end
            process.wait(60)


def openapi(port: int) -> str:
    try:
        with urlopen(f"http://127.0.0.1:{port}/openapi.json", timeout=5) as answer:
            return str(answer.read().decode())
    except (URLError, ConnectionError):
        return ""


def test_run_follows_the_documents_and_ends_with_nothing_left(tmp_path: Path) -> None:
    contract, _ = write_starter(tmp_path / "documents")
    port = free_port()
    (tmp_path / "temporary").mkdir()
    with serving(contract.parent, port, tmp_path / "temporary") as (process, output):
        soon(lambda: f"http://127.0.0.1:{port}/docs" in output.read_text())
        good = contract.read_text()
        contract.write_text(good.replace('"PATCH"', '"FETCH"'))
        soon(lambda: "last good" in output.read_text())
        assert "error[BK" in output.read_text()
        assert "/api/notes" in openapi(port)
        contract.write_text(good.replace("There is no such note", "Gone"))
        soon(lambda: "Gone" in openapi(port))
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
    assert output.read_text().endswith("Stopped.\n")
    assert "Traceback" not in output.read_text()
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
    assert [path.name for path in (tmp_path / "temporary").iterdir()] == ["output"]


def test_run_says_how_to_add_an_account_that_can_sign_in(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "temporary").mkdir()
    with serving(EXAMPLES / "shop", port, tmp_path / "temporary") as (_, output):
        soon(lambda: "To add an account: (" in output.read_text())
        command = output.read_text().partition("To add an account: (")[2].partition(")\n")[0]
        told = subprocess.run(command, shell=True, capture_output=True, text=True, check=True).stdout
        assert "--role" in told
        subprocess.run(
            command.replace("--help", "--email a@b.example --name Ann --role admin"),
            shell=True,
            input="correct horse battery\n",
            text=True,
            check=True,
        )
        body = b'{"email": "a@b.example", "password": "correct horse battery"}'
        request = Request(f"http://127.0.0.1:{port}/auth/login", body, {"Content-Type": "application/json"})
        with urlopen(request, timeout=10) as answer:
            assert answer.status == 200


def test_run_answers_by_both_names_of_this_machine_where_people_sign_in_by_a_provider(tmp_path: Path) -> None:
    port = free_port()
    with serving(EXAMPLES / "accounts", port, tmp_path) as (_, output):
        soon(lambda: f"http://127.0.0.1:{port}/docs" in output.read_text())
        for host in ("127.0.0.1", "localhost"):
            request = Request(f"http://127.0.0.1:{port}/health/live", headers={"Host": f"{host}:{port}"})
            with urlopen(request, timeout=10) as answer:
                assert answer.status == 200


def test_run_refuses_a_port_in_use(tmp_path: Path) -> None:
    write_starter(tmp_path)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        command = [sys.executable, "-m", "bkgen", "run", str(tmp_path), "--port", str(port)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, f"Error: Port {port} is in use: choose another one with --port.\n")


@pytest.mark.parametrize(
    ("example", "expected"), [("login", {200, 401, 422, 429}), ("minimal", {200, 201, 204, 404, 422})]
)
def test_try_curls_every_endpoint_of_an_example(example: str, expected: set[int]) -> None:
    command = [sys.executable, "-m", "bkgen", "try", str(EXAMPLES / example)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    heading, *lines = done.stdout.splitlines()
    assert heading.split() == ["ENDPOINT", "STATUS", "SENT", "TIME"]
    assert re.search(r"calls of curl in [0-9.]+ s", done.stdout)
    assert "Next:" in done.stdout
    statuses = {int(word) for line in lines for word in line.split()[:3] if re.fullmatch(r"[1-5]\d\d", word)}
    assert expected <= statuses


def test_try_shows_what_failed_and_points_to_it(tmp_path: Path) -> None:
    contract, _ = write_starter(tmp_path / "documents")
    folder = tmp_path / "backend"
    command = [sys.executable, "-m", "bkgen"]
    subprocess.run([*command, "generate", str(contract.parent), "-o", str(folder)], capture_output=True, check=True)
    test = next(folder.glob("tests/notes/test_*.py"))
    test.write_text(test.read_text().replace("assert reply.status == 201", "assert reply.status == 299"))
    done = subprocess.run(
        [*command, "try", str(contract.parent), "-o", str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert re.search(r"^ +201 +FAILED: (got|assert 201 == 299)", done.stdout, re.MULTILINE), done.stdout
    assert "\x1b" not in done.stdout
    assert "assert 201 == 299" in done.stderr
    assert re.search(r"^  tests/notes/test_notes.py::test_\w+_201$", done.stderr, re.MULTILINE)


def processes_below(folder: Path) -> list[str]:
    """The command lines of all processes whose environment or command names `folder`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if str(folder).encode() in (process / "environ").read_bytes():
                found.append(command)
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("reason", [signal.SIGINT, signal.SIGTERM])
def test_try_ends_on_demand_with_nothing_left(tmp_path: Path, reason: signal.Signals) -> None:
    command = [sys.executable, "-m", "bkgen", "try", str(EXAMPLES / "minimal")]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        soon(lambda: any("-m app" in command for command in processes_below(tmp_path)), 60)
        process.send_signal(reason)
        _, told = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 130
    assert told.endswith("Stopped.\n")
    assert processes_below(tmp_path) == []


def write_handler(backend: Path) -> Path:
    """A handler of the developer's with its test, in the folders of a backend; the folder of the first."""
    handlers, tests = backend / "app" / "handlers", backend / "tests" / "handlers"
    handlers.mkdir(parents=True)
    tests.mkdir(parents=True)
    (handlers / "words.py").write_text(
        "from sqlalchemy import Connection\n\n"
        "from app.words import schemas\n\n\n"
        "def count(connection: Connection, body: schemas.CountRequest) -> schemas.CountAnswer:\n"
        '    """Count words."""\n'
        "    return schemas.CountAnswer(words=len(body.text.split()))\n"
    )
    (tests / "test_words.py").write_text(
        "from tests.curl import Curl\n\n\n"
        "def test_count_200(curl: Curl) -> None:\n"
        '    reply = curl("POST /words/count", json={"text": "one two"})\n'
        '    assert (reply.status, reply.json) == (200, {"words": 2})\n'
    )
    return handlers


def test_try_takes_handlers_and_their_tests_from_a_folder(tmp_path: Path) -> None:
    contract = tmp_path / "contract.json"
    contract.write_text(
        '[{"method": "POST", "path": "/words/count", "handler": "words:count", '
        '"requestBody": {"text": "string"}, "response": {"200": {"words": "integer"}}}]'
    )
    command = [sys.executable, "-m", "bkgen", "try", str(contract)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "error[BK710]" in done.stderr
    handlers = write_handler(tmp_path / "backend")
    done = subprocess.run([*command, "--handlers", str(handlers)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"POST /words/count +200 ", done.stdout)
