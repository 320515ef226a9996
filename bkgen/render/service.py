"""View of the whole service: `main.py`, settings, README."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.endpoints import HEALTH_OPERATIONS, RateLimit
from bkgen.model.in_shapes import objects_of
from bkgen.model.service import Service
from bkgen.model.shapes import ColumnValue, Given, Object
from bkgen.model.tables import OnDelete
from bkgen.model.types import Kind
from bkgen.render.literals import docstring
from bkgen.render.mongodb import keeps_in_mongodb, obstacle_in
from bkgen.render.oauth2 import sends_on
from bkgen.render.transactions import is_alone, reads_one_state
from bkgen.resolve.vocabulary import has_links
from bkgen.resolve.words import phrase


@dataclass(frozen=True, slots=True)
class ServiceView:
    """What the templates at the top of the backend need.

    Attributes:
        packages: the folders under `app/` that have a router, `health` last.
        tags: (tag, description) for OpenAPI.
        autocommits: whether statements of some endpoint are transactions of their own.
        snapshots: whether several statements have to see one state of the database.
        probes: the paths of the health endpoints.
        links: whether answers have URLs of the backend itself.
        decimals: whether bodies have any.
        rate_limits: whether requests are counted; `limits_requests`: whether answers tell how many are left.
        rate_limit: of each client, for all endpoints together.
        limits_fail_open: whether each process counts alone while Redis does not answer.
        refers_jointly: whether some reference has several columns.
        sets_default: whether the deletion of some row sets a default in those that refer to it.
        has_collections: whether some rows are documents.
        mongodb: whether MongoDB can keep them; `not_in_mongodb` says why not, empty where it can.
        reads_replica: whether some endpoint may read from a replica of the database.
        handles: whether the developer writes what some endpoint does.
        largest_form: how many bytes the files of one request have at most; 0 where none has any.
        has_downloads: whether some answer is a file.
        frontend: what leads to the front end; empty where nothing does.
    """

    name: str
    slug: str
    version: str
    description: str
    init_docstring: str
    packages: tuple[str, ...]
    tags: tuple[tuple[str, str], ...]
    probes: tuple[str, ...]
    rate_limits: bool
    limits_requests: bool
    rate_limit: RateLimit | None
    limits_fail_open: bool
    links: bool
    autocommits: bool
    snapshots: bool
    max_body_bytes: int
    cors_origins: tuple[str, ...]
    cors_setting: bool
    cors: bool
    decimals: bool
    refers_jointly: bool
    sets_default: bool
    has_collections: bool
    mongodb: bool
    not_in_mongodb: str
    reads_replica: bool
    handles: bool
    largest_form: int
    has_downloads: bool
    frontend: str


def service_view(service: Service) -> ServiceView:
    packages = [package for package in service.packages if package != "health"]
    obstacle = obstacle_in(service)
    return ServiceView(
        name=service.name,
        slug=service.slug,
        version=service.version,
        description=service.description or f"The {service.name} API.",
        init_docstring=docstring(f"The {service.name} backend: `python -m app` starts it.", indent=0),
        packages=(*packages, "health"),
        tags=(
            *((package, _tag(package, service)) for package in packages),
            ("health", "For load balancers and orchestrators."),
        ),
        probes=tuple(one.path for one in service.endpoints if one.operation in HEALTH_OPERATIONS),
        rate_limits=service.counts_requests,
        limits_requests=service.limits_requests,
        rate_limit=service.rate_limit,
        limits_fail_open=service.limits_fail_open,
        autocommits=any(is_alone(endpoint, service) for endpoint in service.endpoints),
        snapshots=any(map(reads_one_state, service.endpoints)),
        links=any(has_links(endpoint.success.body) for endpoint in service.endpoints),
        max_body_bytes=service.max_body_bytes,
        cors_origins=service.cors_origins,
        cors_setting=service.cors_setting,
        cors=service.cors,
        decimals=any(_has_decimals(endpoint.body) for endpoint in service.endpoints),
        refers_jointly=any(table.joint for table in service.tables),
        sets_default=sets_default(service),
        has_collections=any(table.is_collection for table in service.tables),
        mongodb=keeps_in_mongodb(service),
        not_in_mongodb=f"documents stay in that database, for {obstacle}" if obstacle else "",
        reads_replica=service.reads_replica,
        handles=any(endpoint.handler for endpoint in service.endpoints),
        largest_form=service.largest_form,
        has_downloads=service.has_downloads,
        frontend=_frontend(service),
    )


def sets_default(service: Service) -> bool:
    """Whether the deletion of some row sets a default in those that refer to it."""
    return any(one.on_delete is OnDelete.SET_DEFAULT for table in service.tables for one in table.references)


def _frontend(service: Service) -> str:
    mails = service.accounts is not None and service.accounts.mails is not None
    sent = ["the links in mails lead"] if mails else []
    sent += ["people are sent when they have signed in"] if any(map(sends_on, service.endpoints)) else []
    return " and ".join(sent)


def _tag(package: str, service: Service) -> str:
    if package == "auth":
        return "Signing in and out."
    table = next((table for table in service.tables if table.package == package), None)
    if table and table.description:
        return table.description
    return f"{phrase(table.plural if table else package).capitalize()}."


def _has_decimals(body: Object | None) -> bool:
    fields = (field.shape for shape in objects_of(body) for field in shape.fields)
    return any(isinstance(one, ColumnValue | Given) and one.type.kind is Kind.DECIMAL for one in fields)
