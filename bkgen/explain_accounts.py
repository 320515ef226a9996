"""How people sign in, in words, for `bkgen explain`."""

from __future__ import annotations

from bkgen.amounts import duration
from bkgen.explain_roles import told_roles
from bkgen.model.endpoints import Grant
from bkgen.model.outside_issuer import OutsideIssuer
from bkgen.model.service import Service, TokenRules
from bkgen.report import visible


def told_accounts(service: Service) -> list[tuple[str, str]]:
    """(label, sentence) of what is known of accounts; nothing where nobody signs in."""
    accounts = service.accounts
    if accounts is None:
        return []
    minutes = duration(accounts.access_token_seconds)
    if accounts.outside is not None:
        told = _told_outside(accounts.table, accounts.identity, accounts.outside)
    else:
        told = [
            ("table", f"`{accounts.table}`; people sign in by `{accounts.identity}`"),
            ("password", f"only its argon2 hash is kept, in `{accounts.password_hash}`"),
            ("token", f"valid for {minutes}, sent as `Authorization: {accounts.scheme} ...`"),
            ("signed", _signed(accounts.tokens)),
        ]
    if accounts.tokens.cookies:
        others = f" and of {', '.join(map(visible, service.cors_origins))}" if service.cors_origins else ""
        told.append(("cookies", f"the tokens, for pages of the same origin{others}"))
    if accounts.roles.all:
        told += told_roles(accounts)
    if accounts.sessions:
        days = duration(accounts.refresh_token_seconds)
        told.append(("sessions", f"kept in `{accounts.sessions}`; refresh tokens are valid for {days}"))
    if accounts.api_keys:
        keys = accounts.api_keys
        told.append(("API keys", f"`{keys.prefix}_...`, sent like tokens; their hashes are kept in `{keys.table}`"))
        if keys.scopes:
            told.append(
                ("scopes", f"{', '.join(map(visible, keys.scopes))}; a key without any opens all of its account")
            )
    if (path := next((e.path for e in service.endpoints if Grant.CLIENT_CREDENTIALS in e.grants), None)) is not None:
        told.append(("programs", f"get a token of {minutes} for an API key and its id: POST {visible(path)}"))
    if accounts.second_factor:
        factor = accounts.second_factor
        told.append(
            ("codes", f"of authenticators, by secrets in `{factor.secrets}`; or from `{factor.recovery}`, once")
        )
    if accounts.slow_guesses:
        told.append(("guesses", "slowed down by name, but not from where the account has signed in before"))
    return told


def _told_outside(table: str, subject: str, issuer: OutsideIssuer) -> list[tuple[str, str]]:
    first = "gets an account" if issuer.makes_accounts else "is refused (401)"
    return [
        ("table", f"`{table}`; `{subject}` is what the issuer of the tokens calls somebody"),
        ("token", "of an outside issuer (`OIDC_ISSUER`) for this service (`OIDC_AUDIENCE`), sent as `Bearer`"),
        ("first", f"who comes for the first time {first}"),
    ]


def _signed(tokens: TokenRules) -> str:
    secret, published = (
        "a secret (`SECRET_KEY`)",
        "private keys (`JWT_PRIVATE_KEYS`), whose public halves are published",
    )
    by = published if tokens.has_public_keys else secret
    return f"{tokens.algorithm}, by {by}; issuer {visible(tokens.issuer)}, audience {visible(tokens.audience)}"
