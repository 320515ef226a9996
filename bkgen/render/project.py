"""All files of a backend."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path

from bkgen.assets import folder
from bkgen.model.service import Service
from bkgen.render.accounts import accounts_view
from bkgen.render.drafts import Draft, Origin
from bkgen.render.environment import rendered
from bkgen.render.formatting import LINE_LENGTH, formatted
from bkgen.render.literals import comment
from bkgen.render.packages import model_origins, package_drafts
from bkgen.render.provenance import Range, ranges
from bkgen.render.readme import readme_view
from bkgen.render.schemas import declared, homes
from bkgen.render.service import service_view
from bkgen.render.tables import migration_view, model_view
from bkgen.render.tests import test_drafts

PROVENANCE = ".bkgen/provenance.json"

Feature = Callable[[Service], bool]


def _accounts(service: Service) -> bool:
    return service.accounts is not None


def _authenticates(service: Service) -> bool:
    return any(endpoint.authenticated for endpoint in service.endpoints)


def _sessions(service: Service) -> bool:
    return service.accounts is not None and service.accounts.sessions is not None


def _rate_limits(service: Service) -> bool:
    return any(endpoint.rate_limit for endpoint in service.endpoints)


# Files that not every backend has; all others below templates/ are in each.
_ONLY_WITH: dict[str, Feature] = {
    "app/security.py": _accounts,
    "app/refresh_tokens.py": _sessions,
    "app/rate_limits.py": _rate_limits,
    "tests/test_rate_limits.py": _rate_limits,
    "app/auth/account.py": _authenticates,
    "app/auth/queries.py": _accounts,
    "app/auth/scheme.py": _accounts,
    "app/create_user.py": _accounts,
}
# Templates that make several files each, or that are part of others.
_MANY = ("app/models/model.py", "app/package/", "tests/")
# Files that hold only those of their definitions which other files use.
_AS_USED = ("app/models/metadata.py", "app/schemas.py", "pyproject.toml")
_USED = re.compile(r"[A-Za-z_]\w*")
_IMPORT = re.compile(r"^from .*$", re.MULTILINE)


def render(service: Service) -> dict[str, str]:
    """Every file of the backend: path with `/` -> text, in the order of the paths."""
    drafts = _drafts(service)
    python = {path: draft.text for path, draft in drafts.items() if path.endswith(".py")}
    texts = {path: draft.text for path, draft in drafts.items()}
    texts |= formatted(python, drafts["pyproject.toml"].text)
    files: dict[str, str] = {}
    provenance: dict[str, list[Range]] = {}
    for path, text in sorted(texts.items()):
        headed = _with_header(path, text, drafts[path])
        if found := ranges(path, headed, drafts[path]):
            provenance[path] = found
        files[path] = headed
    files[PROVENANCE] = json.dumps(provenance, indent=1, ensure_ascii=False) + "\n"
    return dict(sorted(files.items()))


def _drafts(service: Service) -> dict[str, Draft]:
    known = homes(service)
    accounts = accounts_view(service, known)
    drafts = dict(_static(service))
    for table in service.tables:
        text = rendered("app/models/model.py", model=model_view(table, service))
        drafts[f"app/models/{table.module}.py"] = Draft(text, model_origins(table))
    for package, found in declared(service, known).items():
        drafts |= package_drafts(package, service, known, found, accounts)
    view = {
        "service": service_view(service),
        "accounts": accounts,
        "migration": migration_view(service),
        "readme": readme_view(service),
        "models": sorted(service.tables, key=lambda table: table.module),
    }
    spans = [*(table.span for table in service.tables), *(endpoint.span for endpoint in service.endpoints)]
    everything = tuple(Origin(span, "the whole service") for span in spans)
    for template in _project_templates():
        if _wanted(template, service):
            drafts[template] = Draft(rendered(template, **view), documents=everything)
    drafts |= test_drafts(service, accounts, everything)
    used = frozenset(word for draft in drafts.values() for word in _USED.findall(_IMPORT.sub("", draft.text)))
    for template in _AS_USED:
        drafts[template] = Draft(rendered(template, used=used, **view), documents=everything)
    return drafts


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
