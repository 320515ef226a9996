"""Risks: the words that are known, and what a policy lets everyone do."""

from __future__ import annotations

from pathlib import Path

import pytest

from bkgen.assets import folder
from bkgen.diagnostics import Diagnostics
from bkgen.explain import explain
from bkgen.model.policies import Deed
from bkgen.model.service import Service
from bkgen.pipeline import compile_documents, generate
from bkgen.resolve.allowed_deeds import NOBODY, holds_for_all, truth
from bkgen.resolve.risks.sensitive import is_personal, is_secret, named_secret

USERS = """
tables:
  - name: users
    columns:
      - {name: id, type: uuid, primary: true}
      - {name: email, type: email, unique: true}
      - {name: password_hash, type: VARCHAR(255)}
      - {name: role, type: reader | editor, default: reader, readOnly: true}
"""
LOGIN = """
  - {method: POST, path: /login, response: {200: {token: string}}, rateLimit: 5 per minute}
"""


EXAMPLES = sorted(path.name for path in folder("examples").iterdir() if path.is_dir())


def compiled(directory: Path, text: str) -> tuple[Service, Diagnostics]:
    (directory / "api.yaml").write_text(text, encoding="utf-8")
    service, diagnostics = compile_documents([directory])
    assert service is not None, list(diagnostics)
    return service, diagnostics


def risks(diagnostics: Diagnostics) -> list[str]:
    return [found.code for found in diagnostics if found.code > "BK9"]


@pytest.mark.parametrize(
    "name",
    ["password", "resetToken", "API_KEY", "api-key", "client_secret", "totp", "token_hash", "recovery_code", "otp2"],
)
def test_secrets_are_known_by_their_last_words(name: str) -> None:
    assert named_secret(name)


@pytest.mark.parametrize(
    "name", ["next_token", "pageToken", "token_type", "content_hash", "key", "public_key", "code", "_"]
)
def test_what_only_resembles_a_secret_is_none(name: str) -> None:
    assert not named_secret(name)


def test_columns_are_sensitive_by_name_and_type(tmp_path: Path) -> None:
    columns = {
        "contact": "email",
        "home_phone": "VARCHAR(20)",
        "billingAddress": "text",
        "address_line_2": "text",
        "date_of_birth": "date",
        "ip_address": "VARCHAR(45)",
        "email_verified": "boolean",
        "newsletter_email": "boolean",
        "walletAddress": "text",
        "name": "text",
        "tokens": "integer",
        "invite_token": "uuid",
        "reset_token": "integer",
    }
    listed = "".join(f"      - {{name: {name}, type: {kind}}}\n" for name, kind in columns.items())
    table = f"tables:\n  - name: people\n    columns:\n      - {{name: id, type: uuid, primary: true}}\n{listed}"
    service, _ = compiled(tmp_path, table)
    found = service.table("people").columns
    assert [column.name for column in found if is_personal(column)] == list(columns)[:6]
    assert [column.name for column in found if is_secret(column)] == ["invite_token"]


@pytest.mark.parametrize(
    ("policy", "everyone", "nobody"),
    [
        ("true", True, True),
        ("actor != null", True, False),
        ("actor.role in ['reader', 'editor']", True, False),
        ("actor.role == 'editor'", False, False),
        ("row.owner_id == actor.id", False, False),
        ("row.owner_id == actor.id || actor != null", True, False),
        ("row.owner.notes.exists(n, n.owner_id == actor.id)", False, False),
        ("row.text != ''", False, None),
    ],
)
def test_what_a_policy_lets_everyone_and_nobody_do(
    tmp_path: Path, policy: str, everyone: bool, nobody: bool | None
) -> None:
    notes = f"""
  - name: notes
    columns:
      - {{name: id, type: uuid, primary: true}}
      - {{name: text, type: text}}
      - {{name: owner_id, type: uuid, references: users.id}}
    policies: {{read: "true", update: "{policy}"}}
endpoints:{LOGIN}
"""
    service, _ = compiled(tmp_path, USERS + notes)
    rule = service.policies["notes"].allowed[Deed.UPDATE].expression
    assert holds_for_all(rule, service) is everyone
    assert truth(rule, NOBODY) is nobody


OPEN = """
  - name: notes
    columns:
      - {name: id, type: uuid, primary: true}
      - {name: text, type: text}
"""


@pytest.mark.parametrize("place", ["service", "table", "endpoint"])
def test_a_risk_is_accepted_in_the_service_the_table_or_the_endpoint(tmp_path: Path, place: str) -> None:
    accept = {one: "accept: {BK902: Anyone may leave a note}" if one == place else "" for one in ("service", "table")}
    here = "\n    accept: {BK902: Anyone may leave a note}" if place == "endpoint" else ""
    text = f"""{USERS}{OPEN}    {accept["table"]}
service: {{name: Notes, {accept["service"]}}}
endpoints:{LOGIN}
  - method: POST
    path: /notes
    response: {{201: object}}{here}
"""
    service, diagnostics = compiled(tmp_path, text)
    assert risks(diagnostics) == []
    (accepted,) = service.accepted
    assert (accepted.code, accepted.reason) == ("BK902", "Anyone may leave a note")
    assert "accepted risks\n  BK902" in explain(service)


def test_the_readme_of_the_backend_tells_accepted_risks_and_no_text_becomes_markup(tmp_path: Path) -> None:
    text = f"""{USERS}{OPEN}    accept: {{BK902: "A | b <script> of `notes`"}}
endpoints:{LOGIN}
  - {{method: POST, path: /notes, response: {{201: object}}}}
"""
    compiled(tmp_path, text)
    generate([tmp_path / "api.yaml"], tmp_path / "backend")
    readme = (tmp_path / "backend" / "README.md").read_text(encoding="utf-8")
    told = r"POST /notes lets anyone make rows of \`notes\` without signing in"
    assert "## Accepted risks" in readme
    assert rf"| BK902 | {told} | A \| b \<script\> of \`notes\` |" in readme


def test_the_narrowest_acceptance_counts_and_another_one_is_told(tmp_path: Path) -> None:
    text = f"""{USERS}{OPEN}
service: {{accept: {{BK902: The gateway asks who it is}}}}
endpoints:{LOGIN}
  - {{method: POST, path: /notes, response: {{201: object}}, accept: {{BK902: Anyone may leave a note}}}}
"""
    service, diagnostics = compiled(tmp_path, text)
    assert [one.reason for one in service.accepted] == ["Anyone may leave a note"]
    assert risks(diagnostics) == ["BK990"]


def test_documents_on_one_line_are_told_apart_by_their_columns(tmp_path: Path) -> None:
    key = '{"name": "id", "type": "uuid", "primary": true}'
    phone = '{"name": "phone", "type": "text", "accept": {"BK905": "It is a number of a shop"}}'
    in_table = '"accept": {"BK905": "It is the phone book"}'
    columns = f'"columns": [{key}, {phone}]'
    read = '{"method": "GET", "path": "/guests", "response": {"200": ["object"]}}'
    text = f'{{"tables": [{{"name": "guests", {in_table}, {columns}}}], "endpoints": [{read}]}}'
    service, diagnostics = compiled(tmp_path, text)
    assert [one.reason for one in service.accepted] == ["It is a number of a shop"]
    assert risks(diagnostics) == ["BK990"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_have_no_risk_that_they_do_not_accept_but_that_nobody_signs_in_to_the_least_of_them(name: str) -> None:
    service, diagnostics = compile_documents([folder("examples") / name])
    assert service is not None
    assert risks(diagnostics) == (["BK903"] if name == "minimal" else [])
