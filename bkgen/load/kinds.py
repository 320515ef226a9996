"""Tells what a document is, and takes it apart into endpoints, tables, collections, views and a service."""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.diagnostics import Diagnostics, did_you_mean
from bkgen.load.canonical import canonical
from bkgen.load.documents import Document, Kind
from bkgen.load.synonyms import DOCUMENT, ENDPOINT, SERVICE, TABLE, fold
from bkgen.source import Entry, List, Map, Node, Span

_WHAT_A_DOCUMENT_IS = (
    'write `{"endpoints": [...], "tables": [...], "views": [...], "service": {...}}`; each of them is optional'
)
_OPENAPI = ("openapi", "swagger")
_KINDS = {
    "endpoints": Kind.ENDPOINT,
    "tables": Kind.TABLE,
    "collections": Kind.COLLECTION,
    "views": Kind.VIEW,
    "service": Kind.SERVICE,
}

# The template that the language grew from wraps its documents in these, and calls endpoints so: accepted as it stands.
_WRAPPERS = ("context", "databaseschema")  # folded
_WRAPPED_ENDPOINTS = "api_endpoints"


def parts(root: Node, diagnostics: Diagnostics) -> list[Document]:
    """The endpoints, tables, views and service of a document, in canonical form and in its order."""
    match root:
        case List():
            return _parts(Map((Entry("endpoints", root.span, root),), root.span), diagnostics)
        case Map() if any(key in root for key in _OPENAPI):
            _refuse_openapi(root, diagnostics)
            return []
        case Map() if _is_endpoint(root):
            endpoint = Map(tuple(entry for entry in root if entry.key != "$schema"), root.span)
            return [Document(Kind.ENDPOINT, canonical(endpoint, ENDPOINT, diagnostics))]
        case Map():
            return _parts(Map(tuple(_unwrapped(root)), root.span), diagnostics)
    diagnostics.add("BK201", root.span, "a document is an object or an array", _WHAT_A_DOCUMENT_IS)
    return []


def _refuse_openapi(root: Map, diagnostics: Diagnostics) -> None:
    key = next(entry for entry in root if entry.key in _OPENAPI)
    fix = 'write its operations as endpoints: `{"endpoints": [{"method": ..., "path": ..., "response": ...}]}`'
    diagnostics.add("BK202", key.key_span, "this is an OpenAPI document, and bkgen reads its own contracts only", fix)


def _is_endpoint(root: Map) -> bool:
    """Whether a document is one endpoint: it says a method or a path, and nothing that only a larger document says."""
    names = [fold(entry.key) for entry in root]
    says_endpoint = any(ENDPOINT.spelled.get(name) in ("method", "path") for name in names)
    return says_endpoint and not any(DOCUMENT.spelled.get(name) in ("endpoints", "tables") for name in names)


def _unwrapped(root: Map) -> Iterator[Entry]:
    """The keys of a document and of the wrappers in it."""
    for entry in root:
        match entry:
            case Entry(key="$schema"):
                pass
            case Entry(key=key, value=Map() as inner) if fold(key) == "databaseschema" and _is_tables(inner):
                yield Entry("tables", entry.key_span, inner)
            case Entry(key=key, value=Map() as inner) if fold(key) in _WRAPPERS:
                yield from _unwrapped(inner)
            case Entry(key=key, value=List()) if fold(key) == "databaseschema":
                yield Entry("tables", entry.key_span, entry.value)
            case Entry(key=key) if key == _WRAPPED_ENDPOINTS:
                yield Entry("endpoints", entry.key_span, entry.value)
            case _:
                yield entry


def _is_tables(schema: Map) -> bool:
    """Whether a `database_schema` is keyed by the names of tables: none of them is a word that documents have."""
    words = [fold(entry.key) for entry in schema]
    spoken = DOCUMENT.spelled.keys() | DOCUMENT.later | set(_WRAPPERS)
    return all(isinstance(entry.value, Map | List) for entry in schema) and bool(words) and spoken.isdisjoint(words)


def _parts(root: Map, diagnostics: Diagnostics) -> list[Document]:
    document = canonical(root, DOCUMENT, diagnostics)
    known = [entry for entry in document if entry.key in DOCUMENT.keys]
    unknown = [entry for entry in document if entry.key not in DOCUMENT.keys]
    if not known and not _is_planned(root):
        _refuse_unknown(root, unknown, diagnostics)
        return []
    for entry in unknown:
        fix = "write it into `service`" if entry.key in SERVICE.keys else None
        fix = fix or diagnostics.nearest(entry.key_span, entry.key, DOCUMENT.keys)
        diagnostics.add("BK204", entry.key_span, f"a document has no key `{entry.key}`", fix or _WHAT_A_DOCUMENT_IS)
    return [part for entry in known for part in _objects(entry, diagnostics)]


def _is_planned(root: Map) -> bool:
    return any(fold(entry.key) in DOCUMENT.later for entry in root)


def _refuse_unknown(root: Map, unknown: list[Entry], diagnostics: Diagnostics) -> None:
    """Tells what a document may be; the marker stands at its first key."""
    fix = next((found for entry in unknown[:20] if (found := did_you_mean(entry.key, DOCUMENT.keys))), None)
    if any(TABLE.spelled.get(fold(entry.key)) == "columns" for entry in unknown):
        fix = 'write tables as `{"tables": [{"name": ..., "columns": [...]}]}`'
    place: Span = unknown[0].key_span if unknown else root.span
    message = "nothing here says what this document is: it has no endpoint, no tables, no views and no service"
    diagnostics.add("BK201", place, message, fix or _WHAT_A_DOCUMENT_IS)


def _objects(entry: Entry, diagnostics: Diagnostics) -> Iterator[Document]:
    """The objects that one key of a document holds."""
    kind, nodes = _KINDS[entry.key], [entry.value]
    if kind is not Kind.SERVICE:
        if not isinstance(entry.value, List):
            fix = f'write `"{entry.key}": [...]`'
            diagnostics.add("BK206", entry.value.span, f"`{entry.key}` must be an array", fix)
            return
        nodes = list(entry.value)
    for node in nodes:
        if isinstance(node, Map):
            yield Document(kind, node)
        else:
            diagnostics.add("BK206", node.span, f"this {kind} must be an object", "write `{...}`")
