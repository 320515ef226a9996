"""View of SECURITY.md: what the backend does about each of the ten risks of OWASP for APIs, and which tests show it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_TEST = re.compile(r"^(?:async )?def (test_\w+)\(", re.MULTILINE)
_FEW = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that the backend does; it stands in the file where tests show it, and only there.

    Attributes:
        text: a sentence in Markdown.
        file: a pattern of the paths of the tests that show it.
        test: a pattern of their names, of which it may be a part.
    """

    text: str
    file: str
    test: str = ""


@dataclass(frozen=True, slots=True)
class Risk:
    """One of the ten.

    Attributes:
        anyway: a sentence that holds for every backend, and that no test could show; empty where there is none.
        otherwise: what is so where no claim is shown.
    """

    title: str
    claims: tuple[Claim, ...]
    anyway: str = ""
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class RiskView:
    """A section: its title, and lines of a list in Markdown."""

    title: str
    lines: tuple[str, ...]


_ENDPOINTS = r"tests/\w+/test_\w+\.py"
_EVERY = r"tests/test_every_endpoint\.py"

RISKS = (
    Risk(
        "API1:2023 Broken object level authorization",
        (
            Claim(
                "A row that somebody may not see is as if it were not there: it is 404, and in no list. The policy is a"
                " condition of the statement itself, before pages and counts.",
                _ENDPOINTS,
                r"of_a_row_that_is_not_there_for_it",
            ),
            Claim(
                "Who may see a row and not change it gets 403, and the row stays as it was.",
                _ENDPOINTS,
                r"_403(_where_a_policy_forbids_it|_where_it_may_not_change_the_state|$)",
            ),
            Claim("A row is found below its own parent alone.", _ENDPOINTS, r"_404_below_another_parent"),
        ),
        otherwise="The contract has no policies: whoever may call an endpoint may have any row that it is about.",
    ),
    Risk(
        "API2:2023 Broken authentication",
        (
            Claim(
                "A token that was tampered with, has expired, is not valid yet, is for another audience or of another"
                " issuer, or is signed by another key, another algorithm or by none is 401 wherever one is asked for.",
                r"tests/test_access_tokens\.py",
            ),
            Claim(
                "The issuer of tokens changes its keys without a restart here, and its known ones outlive its failures;"
                " made-up names of keys do not flood it.",
                r"tests/test_issuer\.py",
                r"new_key|known_keys|flood|503",
            ),
            Claim(
                "A wrong password and a name of nobody get the same answer, after the same work.",
                _ENDPOINTS,
                r"does_not_tell_who_has_an_account",
            ),
            Claim(
                "Guesses at the password of one account are slowed down, from wherever they come, and never keep its"
                " owner out.",
                r"tests/test_guesses\.py",
            ),
            Claim("Passwords that are easy to guess are refused.", _ENDPOINTS, r"easy_to_guess"),
            Claim("No answer repeats a password.", _ENDPOINTS, r"does_not_repeat_the_password"),
            Claim(
                "A refresh token is good once: where it comes again, its session ends.",
                _ENDPOINTS,
                r"for_a_token_that_was_used_ends_the_session",
            ),
            Claim("A token of a session that has ended is 401.", _ENDPOINTS, r"_401_after_the_session"),
            Claim(
                "Who signs in by a provider comes back in the browser that began, with a code and an ID token that are"
                " for just that, and gets no account whose address either side has not verified.",
                r"tests/auth/test_oauth2\.py",
                r"_40[0139]_for",
            ),
            Claim(
                "Tokens in mails are good once, for one thing and for a short time.",
                r"tests/auth/test_mails\.py",
                r"_400_for_(a_token|one_of_two)",
            ),
            Claim(
                "Who asks for a mail is not told which addresses are known.",
                r"tests/auth/test_mails\.py",
                r"tells_nobody_which_addresses_are_known",
            ),
            Claim(
                "Whoever has a second factor signs in by a code beside the password, which is good once, or by a"
                " recovery code; guesses at either are slowed down.",
                r"tests/auth/test_second_factor\.py",
                r"_(401|429)_",
            ),
            Claim(
                "Sign-ins, changes of what somebody signs in with, and refusals are in an audit trail, without"
                " secrets.",
                r"tests/test_audit\.py",
            ),
            Claim(
                "Cookies are out of reach of scripts, and nothing is done for a page of another site.",
                r"tests/test_cookies\.py",
            ),
            Claim(
                "API keys are kept as hashes, end when they are revoked, and open neither the account nor keys.",
                r"tests/test_api_keys\.py",
            ),
            Claim(
                "A token that a program gets for its API key opens no more than the key, ends with it, and is nobody's"
                " session.",
                r"tests/auth/test_client_credentials\.py",
                r"_40[013]_|opens_what_its_key_opens",
            ),
        ),
        otherwise="There are no accounts: nobody has to say who they are.",
    ),
    Risk(
        "API3:2023 Broken object property level authorization",
        (
            Claim(
                "A field that the contract does not have is refused, so that nothing else is ever assigned.",
                _EVERY,
                r"unknown_field",
            ),
            Claim(
                "Fields are written by those alone who may write them.",
                _ENDPOINTS,
                r"may_not_be_(written|sent)",
            ),
        ),
        anyway="An answer has the fields of the contract and no others: each test of an answer compares all of it"
        " (`tests/shapes.py`).",
    ),
    Risk(
        "API4:2023 Unrestricted resource consumption",
        (
            Claim(
                "Bodies, heads and queries have a largest size, and none may be compressed.",
                _EVERY,
                r"_413_|_compressed_",
            ),
            Claim(
                "A file has at most the bytes of its column, and a form few parts: what is more is refused while it"
                " comes, for these endpoints alone.",
                r"tests/test_forms\.py",
                r"_413_|malformed_form",
            ),
            Claim(
                "Who sends slowly, for ever or much at once is cut off, and keeps nobody out.", r"tests/test_floods\.py"
            ),
            Claim(
                "Clients may call an endpoint as often as the contract says, and cannot hide behind a made-up address.",
                r"tests/test_rate_limits\.py",
            ),
            Claim("A client may send so much in all, whatever it asks for.", r"tests/test_service_limit\.py", r"_429_"),
            Claim("While Redis is down, nothing passes uncounted.", r"tests/test_redis_down\.py"),
            Claim("Pages of lists have a largest size.", _EVERY, r"bad_query"),
            Claim("A list takes as many statements for many rows as for one.", _ENDPOINTS, r"as_many_statements"),
        ),
    ),
    Risk(
        "API5:2023 Broken function level authorization",
        (
            Claim(
                "Every kind of caller is tried at every endpoint, and gets in where the contract lets it in, and"
                " nowhere else.",
                r"tests/test_who_may_what\.py",
            ),
            Claim(
                "Whoever lacks the role, the permission or the membership gets 403.",
                _ENDPOINTS,
                r"where_the_account_may_not_come_in",
            ),
            Claim(
                "An API key with scopes opens the endpoints that ask for one of these, as far as its account may, and"
                " gets 403 everywhere else.",
                r"tests/test_scopes\.py",
            ),
        ),
        otherwise="There are no roles: an endpoint is for everybody, or for everybody who is signed in.",
    ),
    Risk(
        "API6:2023 Unrestricted access to sensitive business flows",
        (
            Claim("A step that was taken cannot be taken again, nor out of turn.", _ENDPOINTS, r"_409_from_"),
            Claim(
                "A request that is sent twice with one `Idempotency-Key` acts once.",
                _ENDPOINTS,
                r"acts_once_for_a_key",
            ),
            Claim("Nobody is flooded with mails.", r"tests/auth/test_mails\.py", r"sends_no_flood"),
            Claim(
                "Whoever automates a flow is held by its rate limit.",
                r"tests/test_rate_limits\.py",
                r"_429_after_exactly",
            ),
        ),
        otherwise="No flow has an order or a limit of its own.",
    ),
    Risk(
        "API7:2023 Server side request forgery",
        (
            Claim(
                "A URL that the contract wants public is kept in one form, as browsers read it, and leads to no private"
                " or local host by its text; what its name says when it is looked up is for who goes there.",
                r"tests/test_public_urls\.py",
                r"refused",
            ),
        ),
        anyway="The backend asks no address that a client names: it connects to its database and to what its settings"
        " name, and to nothing else.",
    ),
    Risk(
        "API8:2023 Security misconfiguration",
        (
            Claim(
                "It does not start with a secret that is missing, short or known, or with a setting that cannot be.",
                r"tests/test_settings\.py",
                r"bad_setting|stands_in_one_place|file_that_is_none",
            ),
            Claim(
                "A failure tells the number of the request and nothing of the code; the log has the rest.",
                _EVERY,
                r"_500_names_the_request",
            ),
            Claim(
                "Every answer tells browsers not to guess types, not to frame and not to keep it.",
                _EVERY,
                r"tells_browsers",
            ),
            Claim("Other hosts than its own are refused.", r"tests/test_headers\.py", r"_400_for_another_host"),
            Claim("Pages of other origins call it where the contract lists them.", r"tests/test_cors\.py", r"page"),
            Claim(
                "Text that the contract calls plain is kept without signs that nobody sees and that turn its direction,"
                " in one normal form, and its limits and unique rules hold for that.",
                r"tests/(test_plain_text|[a-z_0-9]+/test_[a-z_0-9]+)\.py",
                r"nobody_sees|tidies_text|however_it_is_written",
            ),
            Claim(
                "HTML that clients write keeps a few harmless tags; scripts, handlers, styles and other links go.",
                r"tests/test_safe_html\.py",
                r"harmless_markup",
            ),
            Claim(
                "A file is what its content says, and of a type that its column takes; browsers save it and never show"
                " it.",
                r"tests/(test_forms|[a-z_0-9]+/test_[a-z_0-9]+)\.py",
                r"bad_file|_download_\w+_200",
            ),
            Claim(
                "The name of a file has no folders, no line ends and nothing that misleads who reads it.",
                r"tests/test_forms\.py",
                r"names_are_harmless",
            ),
            Claim(
                "Quotes, markup, statements of SQL and templates are text, and come back as they were sent.",
                r"tests/test_storable\.py",
                r"keeps_all_other_text",
            ),
        ),
    ),
    Risk(
        "API9:2023 Improper inventory management",
        (
            Claim("Every endpoint stands in the OpenAPI document with all its statuses.", _EVERY, r"is_documented"),
            Claim("Nothing else answers.", _EVERY, r"_404_for_an_unknown_route|_405_"),
        ),
    ),
    Risk(
        "API10:2023 Unsafe consumption of APIs",
        (
            Claim(
                "What a provider says of people is checked before it is believed, and bounded in time and size; no"
                " answer of one is followed to another address.",
                r"tests/auth/test_oauth2\.py",
                r"id_token|for_a_provider|userinfo|stored",
            ),
        ),
        anyway="What comes back from the database, Redis or a mail server is no input: no answer of theirs is run, or"
        " followed to another address.",
    ),
)


def security_view(tests: Mapping[str, str]) -> tuple[RiskView, ...]:
    """All risks, with what `tests` (path -> text) show of them."""
    names = {path: _TEST.findall(text) for path, text in sorted(tests.items())}
    return tuple(RiskView(risk.title, tuple(_lines(risk, names))) for risk in RISKS)


def _lines(risk: Risk, names: Mapping[str, list[str]]) -> Iterator[str]:
    shown = [(claim, list(_evidence(claim, names))) for claim in risk.claims]
    lines = [f"{claim.text} Shown by {_listed(evidence)}." for claim, evidence in shown if evidence]
    if risk.anyway:
        lines.append(risk.anyway)
    yield from lines or [risk.otherwise]


def _evidence(claim: Claim, names: Mapping[str, list[str]]) -> Iterator[tuple[str, list[str]]]:
    """The files that show a claim, each with the names of its tests; no names where all of them do."""
    for path, tests in names.items():
        if re.fullmatch(claim.file, path):
            found = [test for test in tests if re.search(claim.test, test)]
            if found:
                yield path, found if claim.test else []


def _listed(evidence: Iterable[tuple[str, list[str]]]) -> str:
    parts = [f"`{path}`{_named(tests)}" for path, tests in evidence]
    return ", ".join(parts)


def _named(tests: list[str]) -> str:
    if not tests:
        return ""
    more = f" and {len(tests) - _FEW} more" if len(tests) > _FEW else ""
    return f" ({', '.join(f'`{test}`' for test in tests[:_FEW])}{more})"
