"""Forms: what is not as the contract says is refused, whoever sends it and however."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.data.files import FILES
from app.stored_files import harmless_name
from tests.curl import Curl
from tests.endpoints import ENDPOINTS
from tests.form_endpoint import FormEndpoint
from tests.sent_files import HOSTILE_NAMES, FileToSend, a_file
from tests.server import ENVIRONMENT, Server
from tests.test_every_endpoint import assert_fails, options
from tests.test_floods import drip

FORM = "multipart/form-data; boundary=x"
FORMS = [endpoint for endpoint in ENDPOINTS if isinstance(endpoint, FormEndpoint)]
every_form = pytest.mark.parametrize("endpoint", FORMS, ids=str)


def part(name: str, text: str = "", more: str = "") -> str:
    """A part of a form, with more in its head."""
    return f'--x\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{text}\r\n'


def of_another_type(media_types: list[str]) -> FileToSend:
    """A file of none of these types, in the name of the first."""
    content = next(content for one, (_, content) in FILES.items() if one not in media_types)
    if all(one.startswith("text/") for one in media_types):
        content = b"\x00" + content
    return FileToSend("a", media_types[0], content)


@every_form
@pytest.mark.parametrize("chunked", [False, True])
def test_413_for_a_form_over_the_limit(
    endpoint: FormEndpoint,
    chunked: bool,
    curl: Curl,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    most = int(ENVIRONMENT["MAX_BODY_BYTES"]) + sum(most for most, _ in endpoint.files.values())
    body = tmp_path / "too_large"
    head = part("no_such_field", more='; filename="a"').removesuffix("\r\n")
    body.write_bytes(head.encode() + bytes(most + 1 - len(head)))
    headers = {"Transfer-Encoding": "chunked"} if chunked else {}
    call = options(
        endpoint, request, data=f"@{body}", content_type=FORM, headers={**headers, "Expect": ""}
    )
    assert_fails(curl(endpoint.name, **call), endpoint, 413)


@every_form
def test_413_for_a_file_over_its_limit(
    endpoint: FormEndpoint, curl: Curl, request: pytest.FixtureRequest
) -> None:
    for name, (most, media_types) in endpoint.files.items():
        file = a_file(media_types[0])
        whole = FileToSend(file["name"], media_types[0], file.content.ljust(most + 1, b"\n"))
        body = {**(endpoint.body or {}), name: whole}
        assert_fails(curl(endpoint.name, **options(endpoint, request, json=body)), endpoint, 413)


@pytest.mark.xdist_group("guarded server")
@pytest.mark.parametrize("endpoint", [one for one in FORMS if one.token is None][:1], ids=str)
def test_408_for_a_form_that_never_ends(endpoint: FormEndpoint, guarded_server: Server) -> None:
    method, path = endpoint.name.split(" ")
    head = f"{method} {path.format_map(endpoint.path)} HTTP/1.1\r\nHost: api.example.com\r\n"
    lines = f"Content-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n\r\n"
    beginning = part("no_such_field", more='; filename="a"')
    answer = drip(
        guarded_server, f"{head}{lines}{len(beginning):x}\r\n{beginning}\r\n", "1\r\n \r\n"
    )
    assert answer.startswith("HTTP/1.1 408 Request Timeout\r\n")


@every_form
@pytest.mark.parametrize("media_type", ["application/json", "text/plain", ""])
def test_415_for_what_is_no_form(
    endpoint: FormEndpoint, media_type: str, curl: Curl, request: pytest.FixtureRequest
) -> None:
    call = options(endpoint, request, data="{}", content_type=media_type)
    assert_fails(curl(endpoint.name, **call), endpoint, 415)


@every_form
def test_415_for_a_compressed_form(endpoint: FormEndpoint, curl: Curl) -> None:
    headers = {"Content-Encoding": "gzip"}
    reply = curl(endpoint.name, path=endpoint.path, json=endpoint.body, headers=headers)
    assert reply.status == 415
    assert reply.headers["accept-encoding"] == "identity"


@every_form
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", "--x--\r\n"),
        (FORM, "no form"),
        (FORM, part("a").replace('; name="a"', "") + "--x--\r\n"),
        (FORM, part("a", more="".join(f"\r\nX-{n}: y" for n in range(50))) + "--x--\r\n"),
        (FORM, part("a", more=f"\r\nX: {'y' * 10_000}") + "--x--\r\n"),
        (FORM, part("a") * 1000 + "--x--\r\n"),
        (FORM, part("a", more='; filename="a"') * 1000 + "--x--\r\n"),
    ],
    ids=[
        "no boundary",
        "text",
        "no name",
        "many headers",
        "long header",
        "many parts",
        "many files",
    ],
)
def test_malformed_form(
    endpoint: FormEndpoint,
    content_type: str,
    body: str,
    curl: Curl,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    file = tmp_path / "form"
    file.write_text(body, newline="")
    call = options(endpoint, request, data=f"@{file}", content_type=content_type)
    assert_fails(curl(endpoint.name, **call), endpoint, endpoint.malformed)


@every_form
@pytest.mark.parametrize(
    "bad",
    [
        of_another_type,
        lambda media_types: FileToSend("a", media_types[0], b""),
        lambda media_types: FileToSend("a", "text/html", a_file(media_types[0]).content),
        lambda media_types: FileToSend(
            "a", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'>\0"
        ),
        lambda _: "a text",
    ],
    ids=["of another type", "empty", "that says it is HTML", "SVG", "that is none"],
)
def test_bad_file(
    endpoint: FormEndpoint,
    bad: Callable[[list[str]], object],
    curl: Curl,
    request: pytest.FixtureRequest,
) -> None:
    for name, (_, media_types) in endpoint.files.items():
        body = {**(endpoint.body or {}), name: bad(media_types)}
        reply = curl(endpoint.name, **options(endpoint, request, json=body))
        assert_fails(reply, endpoint, endpoint.invalid)
        assert endpoint.invalid in endpoint.literals or name in reply.text


@pytest.mark.parametrize(("sent", "kept"), HOSTILE_NAMES.items())
def test_names_are_harmless(sent: str, kept: str) -> None:
    as_curl_sends = sent.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
    assert harmless_name(as_curl_sends, "image/png") == f"{kept[:96]}.png"
    name = harmless_name(sent, "image/png")
    assert len(name) <= 100
    assert not set(name) & set('/\\\r\n\0"<>:|?*\u202e')


@every_form
def test_unknown_file(endpoint: FormEndpoint, curl: Curl, request: pytest.FixtureRequest) -> None:
    body = {**(endpoint.body or {}), "no_such_field": a_file("image/png")}
    reply = curl(endpoint.name, **options(endpoint, request, json=body))
    assert_fails(reply, endpoint, endpoint.invalid)
    assert endpoint.invalid in endpoint.literals or "no_such_field" in reply.text


@every_form
def test_field_that_is_there_twice(
    endpoint: FormEndpoint, curl: Curl, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    file = tmp_path / "form"
    for name in endpoint.body or {}:
        file.write_text(part(name, "1") * 2 + "--x--\r\n", newline="")
        call = options(endpoint, request, data=f"@{file}", content_type=FORM)
        reply = curl(endpoint.name, **call)
        assert_fails(reply, endpoint, endpoint.invalid)
        assert endpoint.invalid in endpoint.literals or name in reply.text
