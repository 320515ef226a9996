"""What `bkgen try` tells is taken from the curl commands that the tests ran."""

import json
from pathlib import Path

import click
import pytest

from bkgen.run.calls import Answer, Call, read_calls, sent, summarise
from bkgen.run.outcomes import Missing, Outcome, missing, read_outcomes
from bkgen.run.table import shortened, table
from bkgen.run.trial import run_suite

SUITE = """
import json, os

def call(**record):
    with open(os.environ["CURL_LOG"], "a") as log:
        log.write(json.dumps({"test": "t", "milliseconds": 1.0, **record}) + "\\n")

def test_one():
    call(endpoint="GET /b", status=200, command="curl -sS http://127.0.0.1:1/b?limit=2")

def test_two():
    for milliseconds in (3.0, 9.0, 5.0):
        command = "curl -sS -X POST http://127.0.0.1:1/a -d '{\\"email\\": \\"a@b.c\\"}'"
        call(endpoint="POST /a", status=401, command=command, milliseconds=milliseconds)
    assert "PASS" == "PASS"
"""


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("curl -sS http://127.0.0.1:80/a", ""),
        ("curl -sS 'http://127.0.0.1:80/a?limit=1&offset=2'", "?limit=1&offset=2"),
        ("curl -sS -X POST http://h/a --data '{\"a\": \"it'\\''s\"}'", '{"a": "it\'s"}'),
        ("curl -sS http://h/a --json '{\n  \"a\": 1\n}'", '{ "a": 1 }'),
        ("curl -sS http://h/a --data-binary @/tmp/folder/large.json", "@large.json"),
        ("curl -sS http://h/a -H 'Content-Type: application/json' --data-raw ''", ""),
    ],
)
def test_what_was_sent_is_the_body_or_the_query(command: str, expected: str) -> None:
    assert sent(command) == expected


def test_calls_with_the_same_answer_are_one_line(tmp_path: Path) -> None:
    log = tmp_path / "log"
    records = [
        {"endpoint": "POST /a", "status": 401, "command": "curl http://h/a -d second", "milliseconds": 9, "test": ""},
        {"endpoint": "GET /a", "status": 200, "command": "curl http://h/a", "milliseconds": 1, "test": ""},
        {"endpoint": "POST /a", "status": 401, "command": "curl http://h/a -d third", "milliseconds": 3, "test": ""},
        {"endpoint": "POST /a", "status": 200, "command": "curl http://h/a -d first", "milliseconds": 1, "test": ""},
    ]
    log.write_text("".join(json.dumps(record) + "\n" for record in records))
    assert summarise(read_calls(log), ["POST /a", "GET /a"]) == [
        Answer("POST /a", 200, "first", 1),
        Answer("POST /a", 401, "second", 6),
        Answer("GET /a", 200, "", 1),
    ]
    assert summarise(read_calls(log), ["GET /a", "GET /b"]) == [Answer("GET /a", 200, "", 1)]


def test_the_table_fits_its_width_and_names_an_endpoint_once() -> None:
    answers = [
        Answer("GET /a", 200, "", 1.4),
        Answer("POST /a", 201, "x" * 100, 1234.5),
        Answer("POST /a", 422, "\x1b[2J", 2),
    ]
    assert [click.unstyle(line) for line in table(answers, [], 60)] == [
        "ENDPOINT  STATUS  SENT                                  TIME",
        "GET /a    200                                           1 ms",
        "POST /a   201     xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…  1,234 ms",
        "          422     \\u001b[2J                             2 ms",
    ]
    assert shortened("abc", 3) == "abc"
    assert shortened("abcd", 3) == "ab…"


@pytest.mark.parametrize("word", ["PASS", "FAIL"])
def test_a_suite_is_run_with_its_calls_counted(tmp_path: Path, word: str) -> None:
    (tmp_path / "test_it.py").write_text(SUITE.replace('"PASS" ==', f'"{word}" =='))
    progress: list[int] = []
    trial = run_suite(tmp_path, progress.append)
    assert trial.passed == (word == "PASS")
    assert [(call.endpoint, call.status, call.milliseconds) for call in trial.calls] == [
        ("GET /b", 200, 1.0),
        ("POST /a", 401, 3.0),
        ("POST /a", 401, 9.0),
        ("POST /a", 401, 5.0),
    ]
    assert progress[0] == 0
    assert ("2 passed" in trial.output) == trial.passed


EVERY = 'classname="tests.test_every_endpoint" name='
REPORT = f"""<testsuites><testsuite>
<testcase classname="tests.auth.test_auth" name="test_login_200"><failure message="assert 500 == 200&#10;"/></testcase>
<testcase classname="tests.auth.test_auth" name="test_login_401"/>
<testcase classname="tests.notes.test_notes" name="test_list_notes_200"><skipped message="too few"/></testcase>
<testcase {EVERY}"test_503_without_the_database[GET /notes/{{id}}]@cut off server"><error message="none"/></testcase>
<testcase classname="tests.test_limits" name="test_429_after[POST /login-9-60]"><skipped message="slow"/></testcase>
<testcase {EVERY}"test_unknown_field[POST /login]"><failure message="no"/></testcase>
<testcase classname="tests.test_start" name="test_with_no_database"><failure message="no"/></testcase>
</testsuite></testsuites>"""
ENDPOINTS = {"login": "POST /login", "list_notes": "GET /notes", "list": "GET /lists", "read_note": "GET /notes/{id}"}


def test_what_failed_is_told_by_endpoint_and_status(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    assert read_outcomes(report) == []
    report.write_text(REPORT)
    outcomes = read_outcomes(report)
    assert outcomes[0] == Outcome("tests/auth/test_auth.py::test_login_200", True, "assert 500 == 200")
    assert [outcome.failed for outcome in outcomes] == [True, False, True, False, True, True]
    calls = [Call("POST /login", 500, "curl", 1, "tests/auth/test_auth.py::test_login_200")]
    assert missing(outcomes, calls, ENDPOINTS) == [
        Missing("POST /login", 200, True, "got 500"),
        Missing("GET /notes", 200, False, "too few"),
        Missing("GET /notes/{id}", 503, True, "none"),
        Missing("POST /login", 429, False, "slow"),
        Missing("POST /login", None, True, "no"),
    ]


def test_what_failed_stands_in_the_table_in_red() -> None:
    answers = [Answer("GET /a", 200, "", 1), Answer("GET /a", 503, "", 2), Answer("GET /b", 200, "", 3)]
    unanswered = [
        Missing("GET /b", 404, True, "got 500"),
        Missing("GET /a", 404, False, "too few"),
        Missing("GET /a", 503, False, "too few"),
    ]
    lines = list(table(answers, unanswered, 50))
    assert [click.unstyle(line).split() for line in lines[1:]] == [
        ["GET", "/a", "200", "1", "ms"],
        ["404", "not", "tried:", "too", "few"],
        ["503", "2", "ms"],
        ["GET", "/b", "200", "3", "ms"],
        ["404", "FAILED:", "got", "500"],
    ]
    assert click.style("FAILED: got 500".ljust(26), fg="red") in lines[-1]
