"""All files of a backend."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from bkgen.assets import folder
from bkgen.migrate.history import INITIAL, SCHEMA
from bkgen.migrate.snapshot import schema_of
from bkgen.migrate.step import Step
from bkgen.model.endpoints import Access, Grant
from bkgen.model.in_shapes import objects
from bkgen.model.service import Service
from bkgen.model.shapes import ColumnValue, FactValue, Given
from bkgen.model.types import Kind, Type
from bkgen.pydantic_models import ModelProcess
from bkgen.render.accounts import accounts_view
from bkgen.render.action_failures import may_be_too_large
from bkgen.render.audit import audit_view
from bkgen.render.caches import caches_view
from bkgen.render.data import data_view
from bkgen.render.drafts import Draft, Origin, endpoint_origin, reference_origin, table_origin
from bkgen.render.entries import entries_view
from bkgen.render.environment import rendered
from bkgen.render.errors import errors_view
from bkgen.render.formatting import LINE_LENGTH, formatted
from bkgen.render.homes import homes
from bkgen.render.keys import keys_view
from bkgen.render.literals import comment
from bkgen.render.migrations import initial_view, revision_path, revision_view, schema_text
from bkgen.render.mongodb import keeps_in_mongodb
from bkgen.render.origins import (
    account_query_origins,
    application_origins,
    caller_origins,
    entry_origins,
    migration_origins,
    model_origins,
    new_account_origins,
    settings_origins,
)
from bkgen.render.packages import package_drafts, schemas_draft
from bkgen.render.plan_tests import plan_tests
from bkgen.render.policies import policies_view, policy_origins
from bkgen.render.provenance import record
from bkgen.render.pruning import SharedFiles, Uses
from bkgen.render.readme import readme_origins, readme_view
from bkgen.render.schemas import declared, model_batches, steps_in
from bkgen.render.scopes import scopes_view
from bkgen.render.security import security_view
from bkgen.render.service import service_view, sets_default
from bkgen.render.tables import model_view
from bkgen.render.tests import test_drafts
from bkgen.render.transactions import reads_one_state
from bkgen.render.versions import asks_version, tells_version
from bkgen.render.who_may import who_may

PROVENANCE = ".bkgen/provenance.json"

Feature = Callable[[Service], bool]


def _accounts(service: Service) -> bool:
    return service.accounts is not None


def _has_public_keys(service: Service) -> bool:
    return service.accounts is not None and service.accounts.tokens.has_public_keys


def _uses_cookies(service: Service) -> bool:
    return service.accounts is not None and service.accounts.tokens.cookies


def _authenticates(service: Service) -> bool:
    return any(endpoint.access is not Access.ANYONE for endpoint in service.endpoints)


def _rate_limits(service: Service) -> bool:
    return any(endpoint.rate_limit for endpoint in service.endpoints)


def _limits_all_requests(service: Service) -> bool:
    return service.rate_limit is not None


def _handles(service: Service) -> bool:
    return any(endpoint.handler for endpoint in service.endpoints)


def _asks_on_entry(service: Service) -> bool:
    return any(endpoint.entry for endpoint in service.endpoints)


def _takes_keys(service: Service) -> bool:
    return any(endpoint.idempotency for endpoint in service.endpoints)


def _has_versions(service: Service) -> bool:
    return any(asks_version(one) or tells_version(one, service) for one in service.endpoints)


def _keeps_answers(service: Service) -> bool:
    return any(endpoint.cache for endpoint in service.endpoints)


def _has_api_keys(service: Service) -> bool:
    return service.accounts is not None and service.accounts.api_keys is not None


def _has_scopes(service: Service) -> bool:
    return scopes_view(service) is not None


def _takes_client_credentials(service: Service) -> bool:
    return any(Grant.CLIENT_CREDENTIALS in endpoint.grants for endpoint in service.endpoints)


def _has_second_factor(service: Service) -> bool:
    return service.accounts is not None and service.accounts.second_factor is not None


def _audits(service: Service) -> bool:
    return service.audit is not None


def _mails(service: Service) -> bool:
    return service.accounts is not None and service.accounts.mails is not None


def _signs_in_by_providers(service: Service) -> bool:
    return service.accounts is not None and service.accounts.oauth2 is not None


def _takes_bodies(service: Service) -> bool:
    return any(endpoint.body for endpoint in service.endpoints)


def _has_tables(service: Service) -> bool:
    return any(not (table.is_collection or table.added) for table in service.tables)


def _takes_files(service: Service) -> bool:
    return service.largest_form > 0


def _finds_rows(service: Service) -> bool:
    return bool(plan_tests(service))


_TIMES = frozenset({Kind.DATE, Kind.DATETIME, Kind.TIME})


def _takes_decimals(service: Service) -> bool:
    return any(type_.kind is Kind.DECIMAL for type_ in _parameter_types(service))


def _takes_times(service: Service) -> bool:
    fields = (field.shape for one in service.endpoints for shape in objects(one.request) for field in shape.fields)
    types = [shape.type for shape in fields if isinstance(shape, ColumnValue | FactValue | Given)]
    return any(type_.kind in _TIMES for type_ in (*_parameter_types(service), *types))


def _parameter_types(service: Service) -> Iterator[Type]:
    """The types of all that paths and queries take."""
    for endpoint in service.endpoints:
        yield from (parameter.type for parameter in endpoint.path_parameters)
        yield from (parameter.type for parameter in endpoint.query)


def _takes_text(service: Service) -> bool:
    return not {"app.tidying.PlainText", "app.tidying.SafeHtml"}.isdisjoint(steps_in(service))


def _takes_html(service: Service) -> bool:
    return "app.tidying.SafeHtml" in steps_in(service)


def _takes_public_urls(service: Service) -> bool:
    return "app.public_urls.PublicUrl" in steps_in(service)


def _measures(service: Service) -> bool:
    return any(may_be_too_large(endpoint, service) for endpoint in service.endpoints)


def _tells_causes_apart(service: Service) -> bool:
    return service.errors.detailed


def _signs_tokens(service: Service) -> bool:
    return service.accounts is not None and service.accounts.outside is None


def _takes_outside_tokens(service: Service) -> bool:
    return service.accounts is not None and service.accounts.outside is not None


# Files that not every backend has, beside those of which it uses nothing.
_ONLY_WITH: dict[str, Feature] = {
    **{f"app/data/{name}.py": _has_tables for name in ("__init__", "__main__", "rows", "transactions")},
    "tests/test_data.py": _has_tables,
    "tests/large_tables.py": _finds_rows,
    "tests/test_rate_limits.py": _rate_limits,
    "tests/test_service_limit.py": _limits_all_requests,
    "tests/test_steps.py": _measures,
    "tests/test_storable.py": _takes_bodies,
    "tests/test_forms.py": _takes_files,
    "tests/test_as_written.py": _takes_times,
    "tests/test_exact_decimals.py": _takes_decimals,
    "tests/test_plain_text.py": _takes_text,
    "tests/test_safe_html.py": _takes_html,
    "tests/test_public_urls.py": _takes_public_urls,
    "app/errors/texts.py": _tells_causes_apart,
    "app/idempotency.py": _takes_keys,
    "app/etags.py": _has_versions,
    "app/caches.py": _keeps_answers,
    "tests/test_cached.py": _keeps_answers,
    "tests/test_redis_away.py": _keeps_answers,
    "tests/test_told_commits.py": _keeps_answers,
    "app/handlers/__init__.py": _handles,
    "tests/handlers/__init__.py": _handles,
    "app/auth/account.py": _authenticates,
    "app/auth/api_keys.py": _has_api_keys,
    "app/auth/scopes.py": _has_scopes,
    "app/auth/client_credentials.py": _takes_client_credentials,
    "app/auth/caller.py": _authenticates,
    "app/auth/entry.py": _asks_on_entry,
    "tests/guarded_endpoint.py": _asks_on_entry,
    "app/audit.py": _audits,
    "app/auth/second_factor.py": _has_second_factor,
    "app/auth/queries.py": _accounts,
    "app/auth/mailed_tokens.py": _mails,
    "app/auth/mails.py": _mails,
    "app/auth/identities.py": _signs_in_by_providers,
    "app/auth/providers.py": _signs_in_by_providers,
    "tests/openid_provider.py": _signs_in_by_providers,
    "app/auth/scheme.py": _accounts,
    "app/auth/cookies.py": _uses_cookies,
    "app/create_key.py": _has_public_keys,
    "app/create_user.py": _accounts,
    "app/tokens.py": _signs_tokens,
    "app/auth/issuer.py": _takes_outside_tokens,
    "tests/issuer.py": _takes_outside_tokens,
    "app/private_keys.py": _has_public_keys,
}
# Templates that make several files each, or that are part of others.
_REVISION = "migrations/revision.py"
_MANY = ("app/auth/statements/", "app/models/model.py", "app/package/", "tests/", _REVISION)
_DEFINED = re.compile(r"^(?:async def|def|class) (\w+)", re.MULTILINE)
_PRUNED = ("app/", "tests/")
_SETTINGS = "pyproject.toml"
_SECURITY = "SECURITY.md"
_LATE = (_SETTINGS, _SECURITY)
"""Templates that tell of other files."""
_FIXTURES = ("curl", "rows")
"""What the developer's own tests find in any backend."""
_PROMISED = ("Conflict", "NotFound", "Refused", "find_row", "read_row")
"""What handlers are told that they find in `app/errors` and `app/steps.py`."""


def render(service: Service, models: ModelProcess | None = None, step: Step | None = None) -> dict[str, str]:
    """Every file of the backend: path with `/` -> text, in the order of the paths.

    `models` is a process that was started earlier, so that it is ready by now. `step` says how the schema changed
    since the last run; without it this is the first one.
    """
    if models is None:
        with ModelProcess() as models:
            return render(service, models, step)
    step = step or Step(schema_of(service))
    everything: dict[str, Draft] = {}
    # Ruff lays out what is there while more is written, and models are made.
    with ThreadPoolExecutor() as pool:
        finished = []
        for drafts, settings in _drafts(service, models, step):
            finished.append(pool.submit(_finished, drafts, settings))
            everything |= drafts
    files = {path: text for found in finished for path, text in found.result().items()}
    files[PROVENANCE] = record(everything)
    if step.kept is not None:
        del files[INITIAL]
        files |= step.kept
    return dict(sorted(files.items()))


def _finished(drafts: Mapping[str, Draft], settings: str) -> dict[str, str]:
    """The texts of drafts, laid out and headed."""
    texts = {path: draft.text for path, draft in drafts.items()}
    texts |= formatted({path: text for path, text in texts.items() if path.endswith(".py")}, settings)
    return {path: _with_header(path, text, drafts[path]) for path, text in texts.items()}


def _drafts(service: Service, models: ModelProcess, step: Step) -> Iterator[tuple[dict[str, Draft], str]]:
    """All files, a part at a time, with pyproject.toml for Ruff; last those that hold models or what others use."""
    known = homes(service)
    bodies = {package: found for package, found in declared(service, known).items() if found}
    accounts = accounts_view(service, known)
    errors = errors_view(service)
    table = who_may(service)
    policies = policies_view(service)
    view = {
        "service": service_view(service),
        "errors": errors,
        "accounts": accounts,
        "mails": accounts.mails if accounts else None,
        "oauth2": accounts.oauth2 if accounts else None,
        "keys": keys_view(service),
        "versions": _has_versions(service),
        "caches": caches_view(service),
        "audit": audit_view(service),
        "migration": initial_view(step.schema),
        "policies": policies,
        "entries": entries_view(service),
        "readme": readme_view(service, table),
        "data": data_view(service),
        "models": sorted(service.tables, key=lambda table: table.module),
    }
    everything = tuple(_everything(service))
    origins = {
        "README.md": readme_origins(service),
        "app/auth/queries.py": account_query_origins(service, known),
        "app/auth/caller.py": caller_origins(service),
        "app/auth/entry.py": entry_origins(service),
        "app/create_user.py": new_account_origins(service, accounts),
        "app/main.py": application_origins(service),
        "app/policies.py": policy_origins(policies),
        "app/settings.py": settings_origins(service),
        INITIAL: migration_origins(service),
    }
    wholes = {
        "app/database.py": tuple(endpoint_origin(one) for one in service.endpoints if reads_one_state(one)),
        "app/conflicts.py": tuple(reference_origin(reference) for table in service.tables for reference in table.joint),
    }
    # Those of which a part depends on the contract.
    varied = {
        "app/errors/__init__.py": errors.detailed or errors.forbids,
        "app/errors/answers.py": errors.detailed,
        "app/errors/exception_handlers.py": errors.detailed or _handles(service),
        "app/errors/invalid.py": errors.detailed
        or errors.invalid_as_400
        or _takes_keys(service)
        or service.has_versions,
        "app/errors/openapi.py": errors.detailed or service.limits_requests,
        "app/errors/statuses.py": errors.more_kinds or service.has_versions,
        "migrations/env.py": keeps_in_mongodb(service) or sets_default(service),
    }
    wholes |= {path: everything if varies else () for path, varies in varied.items()}
    texts = models.start(model_batches(bodies, known, service))
    common = dict(_static(service))
    for template in _project_templates():
        if _wanted(template, service):
            text = rendered(template, **view)
            common[template] = Draft(text, origins.get(template, {}), wholes.get(template, everything))
    common[SCHEMA] = Draft(schema_text(step), documents=everything)
    for passage in step.passages:
        text = rendered(_REVISION, revision=revision_view(passage))
        common[revision_path(passage)] = Draft(text, documents=everything)
    settings = rendered(_SETTINGS, modules=frozenset(), **view)
    code = {}
    for one in service.tables:
        text = rendered("app/models/model.py", model=model_view(one, service))
        code[f"app/models/{one.module}.py"] = Draft(text, model_origins(one, service))
    for package in sorted({*service.packages, *bodies}):
        code |= package_drafts(package, service, known, bodies.get(package, {}), accounts, errors)
    yield code, settings
    tests: dict[str, Draft] = {}
    for path, draft in test_drafts(service, accounts, table, everything).items():
        (common if _is_common(path) else tests)[path] = draft
    yield tests, settings
    migrations = [draft for path, draft in common.items() if path.startswith("migrations/") and path.endswith(".py")]
    used = Uses()
    used.add_files(draft.text for draft in (*code.values(), *tests.values(), *migrations))
    shared = _shared(common, service)
    late = {
        f"app/{package}/schemas.py": schemas_draft(package, found, texts()[package], service)
        for package, found in bodies.items()
    }
    used.add_files(draft.text for draft in late.values())
    kept = shared.pruned(used)
    late |= {path: draft for path, draft in common.items() if not _is_shared(path)}
    late |= {path: _with_parts_of(common[path], text) for path, text in kept.items()}
    shown = {path: draft.text for path, draft in (tests | late).items() if path.startswith("tests/")}
    late[_SECURITY] = Draft(rendered(_SECURITY, risks=security_view(shown), **view), documents=everything)
    modules = {module for module, _ in used.imported}
    late[_SETTINGS] = Draft(rendered(_SETTINGS, modules=modules, **view), documents=everything)
    yield late, settings


def _shared(common: Mapping[str, Draft], service: Service) -> SharedFiles:
    promised = (*_FIXTURES, *(_PROMISED if _handles(service) else ()))
    return SharedFiles({path: draft.text for path, draft in common.items() if _is_shared(path)}, promised)


def _is_shared(path: str) -> bool:
    """Whether the backend has only those parts of a file that it uses."""
    return path.endswith(".py") and path.startswith(_PRUNED)


def _with_parts_of(draft: Draft, text: str) -> Draft:
    """The draft with `text`, which has no other parts, and maybe less of them."""
    gone = set(_DEFINED.findall(draft.text)) - set(_DEFINED.findall(text))
    origins = {name: origin for name, origin in draft.origins.items() if name.partition(".")[0] not in gone}
    return replace(draft, text=text, origins=origins)


def _is_common(path: str) -> bool:
    """Whether a file of tests is one that backends have in common, and not one of a package."""
    return path.count("/") == 1 or path.startswith("tests/auth/")


def _everything(service: Service) -> Iterable[Origin]:
    """All that the documents declare."""
    if service.span is not None:
        yield Origin(service.span, "the service")
    yield from map(table_origin, service.tables)
    yield from (endpoint_origin(endpoint) for endpoint in service.endpoints if endpoint.declared)


def _wanted(path: str, service: Service) -> bool:
    return path not in _ONLY_WITH or _ONLY_WITH[path](service)


def _static(service: Service) -> Iterable[tuple[str, Draft]]:
    root = folder("templates") / "static"
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and "__pycache__" not in name and _wanted(name, service):
            yield name, Draft(path.read_text(encoding="utf-8"))


def _project_templates() -> list[str]:
    """The templates that make one file each, called by the path of that file."""
    root = folder("templates") / "project"
    names = (path.relative_to(root).as_posix().removesuffix(".jinja") for path in root.rglob("*.jinja"))
    return sorted(name for name in names if name not in _LATE and not name.startswith(_MANY))


def _with_header(path: str, text: str, draft: Draft) -> str:
    """The text under a line that says where the file came from; JSON has no place for one."""
    origins = (*draft.origins.values(), *draft.documents)
    documents = sorted({origin.span.file.name for origin in origins})
    source = f"from {', '.join(map(comment, documents))}" if documents else "the same for every contract"
    line = f"Generated by bkgen, {source}."
    suffix = Path(path).suffix
    if suffix == ".json":
        return text
    if suffix == ".md":
        return f"<!-- {line.replace('--', '- -')} -->\n\n{text}"
    mark = "##" if suffix == ".mako" else "#"
    return "\n".join([*(f"{mark} {part}" for part in textwrap.wrap(line, LINE_LENGTH - 3)), text])
