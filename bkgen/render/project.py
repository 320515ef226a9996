"""All files of a backend."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from bkgen.assets import folder
from bkgen.model.endpoints import Access, Search, Sort
from bkgen.model.service import Service
from bkgen.model.shapes import Fact
from bkgen.pydantic_models import ModelProcess
from bkgen.render.accounts import accounts_view
from bkgen.render.building import reads_more, relations_read
from bkgen.render.drafts import Draft, Origin, endpoint_origin, reference_origin, table_origin
from bkgen.render.environment import rendered
from bkgen.render.errors import errors_view
from bkgen.render.expressions.imports import HELPERS
from bkgen.render.formatting import LINE_LENGTH, formatted
from bkgen.render.homes import homes
from bkgen.render.keys import keys_view
from bkgen.render.literals import comment
from bkgen.render.origins import (
    account_query_origins,
    application_origins,
    caller_origins,
    migration_origins,
    model_origins,
    new_account_origins,
    settings_origins,
)
from bkgen.render.packages import package_drafts, schemas_draft
from bkgen.render.policies import policies_view
from bkgen.render.provenance import ranges, record
from bkgen.render.readme import readme_origins, readme_view
from bkgen.render.schemas import declared, model_batches
from bkgen.render.service import service_view
from bkgen.render.shapes import objects_of
from bkgen.render.sharing import shared
from bkgen.render.snapshots import reads_one_state
from bkgen.render.tables import migration_view, model_view
from bkgen.render.tests import test_drafts
from bkgen.render.who_may import who_may
from bkgen.resolve.vocabulary import has_links

PROVENANCE = ".bkgen/provenance.json"

Feature = Callable[[Service], bool]


def _accounts(service: Service) -> bool:
    return service.accounts is not None


def _authenticates(service: Service) -> bool:
    return any(endpoint.access is not Access.ANYONE for endpoint in service.endpoints)


def _sessions(service: Service) -> bool:
    return service.accounts is not None and service.accounts.sessions is not None


def _rate_limits(service: Service) -> bool:
    return any(endpoint.rate_limit for endpoint in service.endpoints)


def _cursors(service: Service) -> bool:
    return any(query.fact is Fact.CURSOR for endpoint in service.endpoints for query in endpoint.query)


def _searches(service: Service) -> bool:
    return any(isinstance(query.use, Search) for endpoint in service.endpoints for query in endpoint.query)


def _sorts(service: Service) -> bool:
    chosen = any(isinstance(query.use, Sort) for endpoint in service.endpoints for query in endpoint.query)
    return chosen or _cursors(service)


def _acts(service: Service) -> bool:
    return any(endpoint.steps for endpoint in service.endpoints)


def _handles(service: Service) -> bool:
    return any(endpoint.handler for endpoint in service.endpoints)


def _refuses(service: Service) -> bool:
    return _acts(service) or _handles(service)


def _takes_keys(service: Service) -> bool:
    return any(endpoint.idempotency for endpoint in service.endpoints)


def _distinguishes(service: Service) -> bool:
    return any(one.distinct for endpoint in service.endpoints for one in endpoint.derived)


def _links(service: Service) -> bool:
    return any(has_links(endpoint.success.body) for endpoint in service.endpoints)


def _nests(service: Service) -> bool:
    bodies = [endpoint.success.body for endpoint in service.endpoints]
    return any(reads_more(shape) for shape in objects_of(*bodies))


def _nests_by_several(service: Service) -> bool:
    bodies = [endpoint.success.body for endpoint in service.endpoints]
    return any(len(one.pairs) > 1 for shape in objects_of(*bodies) for one in relations_read(shape))


def _tells_causes_apart(service: Service) -> bool:
    return service.errors.detailed


# Files that not every backend has; all others below templates/ are in each.
_ONLY_WITH: dict[str, Feature] = {
    "app/security.py": _accounts,
    "app/refresh_tokens.py": _sessions,
    "app/rate_limits.py": _rate_limits,
    "tests/test_rate_limits.py": _rate_limits,
    "app/related.py": _nests,
    "app/related_by_several.py": _nests_by_several,
    "app/links.py": _links,
    "app/error_details.py": _tells_causes_apart,
    "app/error_texts.py": _tells_causes_apart,
    "app/cursors.py": _cursors,
    "app/distinct.py": _distinguishes,
    "app/search.py": _searches,
    "app/sorting.py": _sorts,
    "app/idempotency.py": _takes_keys,
    "app/handlers/__init__.py": _handles,
    "tests/handlers/__init__.py": _handles,
    "app/auth/account.py": _authenticates,
    "app/auth/caller.py": _authenticates,
    "app/auth/queries.py": _accounts,
    "app/auth/scheme.py": _accounts,
    "app/create_user.py": _accounts,
}
# Templates that make several files each, or that are part of others.
_MANY = ("app/models/model.py", "app/package/", "tests/")
# Files that hold only those of their definitions which other files use.
_EXPRESSIONS = "app/expressions.py"
_POLICIES = "app/policies.py"
_STEPS = "app/steps.py"
_AS_USED = (_EXPRESSIONS, _POLICIES, _STEPS, "app/models/metadata.py", "app/schemas.py", "pyproject.toml")
_USED = re.compile(r"[A-Za-z_]\w*")
_CALLED = re.compile(r"\b([A-Za-z_]\w*)\(")
_IMPORT = re.compile(r"^from .*$", re.MULTILINE)


def render(service: Service, models: ModelProcess | None = None) -> dict[str, str]:
    """Every file of the backend: path with `/` -> text, in the order of the paths.

    `models` is a process that was started earlier, so that it is ready by now.
    """
    if models is None:
        with ModelProcess() as models:
            return render(service, models)
    files: dict[str, str] = {}
    ranges_of: dict[str, str] = {}
    # What needs no models is finished while those are being made.
    for drafts, settings in _drafts(service, models):
        finished = _finished(drafts, settings)
        found = shared(ranges, [(path, text, drafts[path]) for path, text in finished.items()])
        ranges_of |= zip(finished, found, strict=True)
        files |= finished
    files[PROVENANCE] = record(sorted(ranges_of.items()))
    return dict(sorted(files.items()))


def _finished(drafts: Mapping[str, Draft], settings: str) -> dict[str, str]:
    """The texts of drafts, laid out and headed."""
    texts = {path: draft.text for path, draft in drafts.items()}
    texts |= formatted({path: text for path, text in texts.items() if path.endswith(".py")}, settings)
    return {path: _with_header(path, text, drafts[path]) for path, text in texts.items()}


def _drafts(service: Service, models: ModelProcess) -> Iterator[tuple[dict[str, Draft], str]]:
    """All files but those that hold models or what others use, then these; each time with the settings of Ruff."""
    known = homes(service)
    bodies = {package: found for package, found in declared(service, known).items() if found}
    accounts = accounts_view(service, known)
    errors = errors_view(service)
    table = who_may(service)
    view = {
        "service": service_view(service),
        "errors": errors,
        "accounts": accounts,
        "keys": keys_view(service),
        "migration": migration_view(service),
        "policies": policies_view(service),
        "readme": readme_view(service, table),
        "models": sorted(service.tables, key=lambda table: table.module),
    }
    everything = tuple(_everything(service))
    origins = {
        "README.md": readme_origins(service),
        "app/auth/queries.py": account_query_origins(service, known),
        "app/auth/caller.py": caller_origins(service),
        "app/create_user.py": new_account_origins(service, accounts),
        "app/main.py": application_origins(service),
        "app/settings.py": settings_origins(service),
        "migrations/versions/0001_initial.py": migration_origins(service),
    }
    wholes = {
        "app/database.py": tuple(endpoint_origin(one) for one in service.endpoints if reads_one_state(one)),
        "app/conflicts.py": tuple(reference_origin(reference) for table in service.tables for reference in table.joint),
        "app/errors.py": everything if errors.detailed or errors.forbids else (),
    }
    texts = models.start(model_batches(bodies, known, service))
    drafts = dict(_static(service))
    for one in service.tables:
        text = rendered("app/models/model.py", model=model_view(one, service))
        drafts[f"app/models/{one.module}.py"] = Draft(text, model_origins(one, service))
    for package in sorted({*service.packages, *bodies}):
        drafts |= package_drafts(package, service, known, bodies.get(package, {}), accounts, errors)
    for template in _project_templates():
        if _wanted(template, service):
            text = rendered(template, **view)
            drafts[template] = Draft(text, origins.get(template, {}), wholes.get(template, everything))
    drafts |= test_drafts(service, accounts, table, everything)
    settings = rendered("pyproject.toml", used=frozenset(), **view)
    yield drafts, settings
    late = {
        f"app/{package}/schemas.py": schemas_draft(package, found, texts()[package], service)
        for package, found in bodies.items()
    }
    every = [draft.text for draft in (*drafts.values(), *late.values())]
    used = frozenset(word for text in every for word in _USED.findall(_IMPORT.sub("", text)))
    calls = {name for text in every for name in _CALLED.findall(text)}
    for template in _AS_USED:
        if _is_used(template, calls, service):
            late[template] = Draft(rendered(template, used=used, **view), documents=everything)
    yield late, settings


def _is_used(template: str, calls: set[str], service: Service) -> bool:
    """Whether a file of which only the used part is written has one."""
    wanted = {_EXPRESSIONS: bool(calls & HELPERS), _POLICIES: bool(service.policies), _STEPS: _refuses(service)}
    return wanted.get(template, True)


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
    return sorted(name for name in names if name not in _AS_USED and not name.startswith(_MANY))


def _with_header(path: str, text: str, draft: Draft) -> str:
    """The text under a line that says where the file came from; JSON has no place for one."""
    origins = (*draft.origins.values(), *draft.documents)
    documents = sorted({origin.span.file.name for origin in origins})
    source = f"from {', '.join(map(comment, documents))}" if documents else "the same for every contract"
    line = f"Generated by bkgen, {source}."
    suffix = Path(path).suffix
    if suffix == ".md":
        return f"<!-- {line.replace('--', '- -')} -->\n\n{text}"
    mark = "##" if suffix == ".mako" else "#"
    return "\n".join([*(f"{mark} {part}" for part in textwrap.wrap(line, LINE_LENGTH - 3)), text])
